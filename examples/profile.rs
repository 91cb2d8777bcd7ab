fn main() {
    let filter = sidestep::Filter::builtin().unwrap();
    let mut sc = filter.scanner();
    let n: usize = std::env::args().nth(1).map_or(1, |a| a.parse().unwrap());
    let text = std::fs::read_to_string(std::env::args().nth(2).unwrap_or("benches/data/clean.txt".into())).unwrap();
    let lines: Vec<&str> = text.lines().filter(|l| !l.is_empty()).collect();
    let mut flagged = 0;
    for l in &lines {
        if sc.scan(l).is_flagged() {
            flagged += 1
        }
    }
    for _ in 0..3 {
        let t = std::time::Instant::now();
        for _ in 0..n {
            run(&lines, &mut sc, &mut flagged)
        }
        println!(
            "{} lines mean {} B: {} ns/msg flagged {flagged} heap {}",
            lines.len(),
            text.len() / lines.len(),
            t.elapsed().as_nanos() / (n * lines.len()) as u128,
            filter.heap_bytes()
        );
    }
}
#[inline(never)]
fn run(lines: &[&str], sc: &mut sidestep::Scanner, flagged: &mut usize) {
    for l in lines {
        if sc.scan(l).is_flagged() {
            *flagged += 1
        }
    }
}

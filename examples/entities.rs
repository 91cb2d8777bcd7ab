//! Prints the identifiers found in each line of standard input: line number, then `kind confidence value start end disguises` for each, tab-separated.
//! The escapes `\n`, `\t`, `\r`, `\\` and `\u{X}` of the test data are undone first. With the argument `--time` it prints ns per line instead.
use sidestep::limits::{Budget, ScanLimits};
use sidestep::matcher::entity::{EntityHits, EntityOptions, Heard, find, vocabulary};
use sidestep::text::Text;
use std::io::{BufRead, Write};

fn unescape(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let tail = &rest[at + 1..];
        let (text, used) = match tail.chars().next() {
            Some('n') => ("\n".into(), 1),
            Some('t') => ("\t".into(), 1),
            Some('r') => ("\r".into(), 1),
            Some('\\') => ("\\".into(), 1),
            Some('|') => ("|".into(), 1),
            Some('u') if tail.starts_with("u{") => {
                let end = tail.find('}').unwrap_or(2);
                let c = u32::from_str_radix(&tail[2..end], 16).ok().and_then(char::from_u32).unwrap_or('\u{FFFD}');
                (c.to_string(), end + 1)
            }
            _ => ("\\".to_string(), 0),
        };
        out.push_str(&text);
        rest = &tail[used..];
    }
    out + rest
}

fn main() -> std::io::Result<()> {
    let timing = std::env::args().any(|a| a == "--time");
    let words = vocabulary();
    let limits = ScanLimits::default();
    let options = EntityOptions::default();
    let (mut text, mut hits) = (Text::new(), EntityHits::default());
    let lines: Vec<String> = std::io::stdin().lock().lines().map(|l| l.map(|l| unescape(&l))).collect::<Result<_, _>>()?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut spent = Vec::new();
    for (n, line) in lines.iter().enumerate() {
        text.read(line.as_bytes());
        let known = Heard::listen(&text, &words);
        let mut budget = Budget::for_message(&limits, line.len());
        if timing {
            let mut best = u128::MAX;
            for _ in 0..5 {
                let start = std::time::Instant::now();
                find(&text, line.as_bytes(), known, &options, &mut budget, &mut hits);
                best = best.min(start.elapsed().as_nanos());
                budget = Budget::for_message(&limits, line.len());
            }
            spent.push((best, text.facts().digits));
            continue;
        }
        find(&text, line.as_bytes(), known, &options, &mut budget, &mut hits);
        write!(out, "{n}")?;
        for hit in hits.hits() {
            let span = text.source_span(hit.start as usize..hit.end as usize);
            let kind = format!("{:?}", hit.kind).to_lowercase();
            let disguises = hit.evasion.names().collect::<Vec<_>>().join("+");
            let value = hits.value(hit).replace(['\t', '\n', '\r'], " ");
            write!(out, "\t{kind}\u{1f}{}\u{1f}{value}\u{1f}{}\u{1f}{}\u{1f}{disguises}", hit.confidence, span.start, span.end)?;
        }
        writeln!(out)?;
    }
    if timing {
        let mut report = |name: &str, mut ns: Vec<u128>| {
            ns.sort_unstable();
            let at = |p: usize| ns.get(ns.len() * p / 1000).copied().unwrap_or(0);
            writeln!(
                out,
                "{name}: {} lines, mean {} ns, p50 {} p90 {} p99 {} max {}",
                ns.len(),
                ns.iter().sum::<u128>() / (ns.len().max(1) as u128),
                at(500),
                at(900),
                at(990),
                ns.last().copied().unwrap_or(0)
            )
        };
        report("all", spent.iter().map(|s| s.0).collect())?;
        report("five digits and more", spent.iter().filter(|s| s.1 >= 5).map(|s| s.0).collect())?;
        report("no digit", spent.iter().filter(|s| s.1 == 0).map(|s| s.0).collect())?;
    }
    Ok(())
}

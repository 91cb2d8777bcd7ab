//! Packs made to hurt: each is refused with a diagnostic, or taken, in bounded time and memory; the program that runs goes on. What is only wrong is in
//! tests/data/packs and `packs.rs`.

use sidestep::limits::{PackLimits, ScanLimits};
use sidestep::pack::{SourceFile, load_sources};
use sidestep::reload::SharedFilter;
use sidestep::{Filter, LoadError};
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const HEAD: &str = "[pack]\nid = \"t\"\nversion = \"1\"\nengine = \">=0.1\"\n";

fn rule_with(body: &str) -> SourceFile {
    SourceFile::new("p.toml", format!("{HEAD}[[rule]]\nid = \"r.a\"\ncategory = \"x\"\nweight = 2\n{body}\n"))
}

/// The codes of the faults for which files are refused; none where they load.
fn codes(files: &[SourceFile]) -> Vec<&'static str> {
    match load_sources(files, &PackLimits::default()) {
        Ok(_) => Vec::new(),
        Err(error) => error.errors().map(|d| d.code).collect(),
    }
}

/// Unoptimized, on a busy machine: what grows without bound takes minutes.
fn within<T>(seconds: u64, name: &str, act: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let out = act();
    assert!(started.elapsed() < Duration::from_secs(seconds), "{name}: {:?}", started.elapsed());
    out
}

#[test]
fn patterns_that_explode_are_refused() {
    let nested = |open: &str, close: &str, n: usize| format!("{}a{}", open.repeat(n), close.repeat(n));
    let patterns = [
        ("repetitions of repetitions", r"((a{100}){100}){100}".to_owned()),
        ("repetitions of a large class", r"(?:\w{1000}){1000}".to_owned()),
        ("alternatives of repetitions", vec![r"\pL{200}"; 400].join("|")),
        ("repetitions behind a look-ahead", r"(?=(\w{500}){500})x".to_owned()),
        ("brackets in brackets", nested("(", ")", 2000)),
        ("brackets that end nothing", "(".repeat(4000)),
        ("look-around in look-around", nested("(?=", ")", 900)),
        ("look-behind in look-behind", nested("(?<=", ")", 700)),
        ("classes in classes", nested("[", "]", 2000)),
        ("a count beyond all numbers", "a{99999999999999999999}".to_owned()),
    ];
    for (name, pattern) in patterns {
        assert!(pattern.len() <= PackLimits::default().pattern_bytes, "{name} is not refused for its length");
        let file = rule_with(&format!("regex = '{pattern}'\ngate = [\"plug\"]"));
        let found = within(20, name, || codes(&[file]));
        assert!(["E020", "E021", "E022", "E023"].contains(found.first().unwrap_or(&"none")), "{name}: {found:?}");
    }
    assert_eq!(codes(&[rule_with(&format!("regex = '{}'", "a".repeat(4097)))]), ["E015"]);
}

/// Fifty-six lists and two hundred signs of one rule, each of which an everyday word is in: more than a byte counts.
#[test]
fn a_rule_of_hundreds_of_members_fires() {
    let words: Vec<String> = ('q'..='z').flat_map(|a| ('a'..='z').map(move |b| format!("{a}{b}"))).collect();
    let words = &words[..256];
    let (all, signs) = words.split_at(56);
    let ids = |words: &[String]| words.iter().map(|word| format!("\"cue.{word}\"")).collect::<Vec<_>>().join(", ");
    let cue = |word: &String| format!("[[rule]]\nid = \"cue.{word}\"\nterms = [\"{word}\", \"the | word\"]\n");
    let members = format!("all = [{}]\nat_least = {{ count = 200, of = [{}] }}\n", ids(all), ids(signs));
    let pack =
        format!("{HEAD}{}[[rule]]\nid = \"r.a\"\ncategory = \"x\"\nweight = 2\n{members}", words.iter().map(cue).collect::<String>());
    let filter = Filter::from_sources(&[SourceFile::new("p.toml", pack)]).unwrap();
    let mut scanner = filter.scanner();
    assert!(scanner.scan(&words.join(" ")).is_flagged());
    assert!(!scanner.scan(&words[1..].join(" ")).is_flagged());
}

/// Patterns whose steps double with each letter, or look over all of the text at each step: given up, said so, and the rest is judged.
#[test]
fn patterns_that_go_back_without_end_are_given_up() {
    let other = "[[rule]]\nid = \"r.b\"\ncategory = \"x\"\nweight = 2\nterms = [\"telegram\"]";
    for pattern in [r"(?=(a+)+$)(?:a|aa)+b", r"(?:(?:(?:(?=a)a|b){99}){99}){99}", r"((a{30})*){300}\1b", r"(?:(?=.*a)(?=.*!)a?)+b"] {
        let filter = Filter::from_sources(&[rule_with(&format!("regex = '{pattern}'\ngate = [\"plug\"]\n{other}"))]);
        let filter = filter.unwrap_or_else(|e| panic!("{pattern}: {e}"));
        let message = format!("telegram plug {}!", "a".repeat(20_000));
        let verdict = within(20, pattern, || filter.scanner().scan(&message));
        assert!(verdict.limits.backtrack_steps && verdict.findings.iter().any(|f| f.rule == "r.b"), "{pattern}");
    }
}

#[test]
fn ten_million_terms_are_refused() {
    let files = |count: usize, lines: usize| {
        let names: Vec<String> = (0..count).map(|n| format!("l{n}.terms")).collect();
        let rules: String = names.iter().map(|n| format!("[[rule]]\nid = \"r.{}\"\nterms_file = \"{n}\"\n", n.replace('.', "-"))).collect();
        let lists = names.into_iter().map(|n| SourceFile::new(n, "a\n".repeat(lines)));
        std::iter::once(SourceFile::new("p.toml", format!("{HEAD}{rules}"))).chain(lists).collect::<Vec<_>>()
    };
    // In ten files of the largest kind, in one file that is too large, and in more files than are read.
    for (name, files) in
        [("ten files", files(10, 1_000_000)), ("one file", files(1, 10_000_000)), ("a thousand files", files(1000, 10_000))]
    {
        let found = within(60, name, || codes(&files));
        assert!(found.contains(&"E015"), "{name}: {:?}", found.first());
        assert!(found.len() <= PackLimits::default().diagnostics, "{name}");
    }
    let inline = rule_with(&format!("terms = [{}]", "\"a\",".repeat(1_000_000)));
    assert!(within(60, "in a list", || codes(&[inline])).contains(&"E015"));
}

/// References that fan out, as many as there may be and as deep: each rule names all of those a step below. They are walked once.
#[test]
fn references_that_fan_out_are_walked_once() {
    let (steps, width) = (PackLimits::default().reference_depth, 70);
    let mut rules = String::new();
    for step in 0..=steps {
        for n in 0..width {
            let source = if step == 0 { format!("terms = [\"abc{n}\"]") } else { format!("any = [\"r.s{}.*\"]", step - 1) };
            rules += &format!("[[rule]]\nid = \"r.s{step}.n{n}\"\n{source}\n");
        }
    }
    assert!(steps * width * width > PackLimits::default().references * 3 / 4);
    rules += "[[rule]]\nid = \"r.top\"\ncategory = \"x\"\nweight = 2\nall = [\"r.s3.n0\"]\n";
    let file = SourceFile::new("p.toml", format!("{HEAD}{rules}"));
    let filter = within(60, "loading", || Filter::from_sources(&[file])).unwrap_or_else(|e| panic!("{e}"));
    let mut scanner = filter.scanner();
    let verdict = scanner.scan("abc1 abc2");
    assert!(verdict.limits.is_empty() && verdict.findings.iter().any(|f| f.rule == "r.top"), "{:?}", verdict.limits);
    let message = "abc1 abc2 ".repeat(1000);
    within(20, "scanning", || scanner.scan(&message));
    let limits = ScanLimits::default();
    let most = u64::from(limits.work_base) + u64::from(limits.work_per_byte) * message.len() as u64;
    assert!(scanner.work_spent() <= most + most / 4, "{} units of {most}", scanner.work_spent());
}

/// How a cue names the next.
type Link = fn(&str) -> String;

/// Cues that are looked for when another asks, each of which asks the next; the last one's pattern is `x` and digits.
fn chain(length: usize, link: Link) -> SourceFile {
    let mut rules = String::from("[[rule]]\nid = \"r.n0\"\nregex = 'x[0-9]+'\n");
    for n in 1..length {
        rules += &format!("[[rule]]\nid = \"r.n{n}\"\n{}\n", link(&format!("\"r.n{}\"", n - 1)));
    }
    let top = format!("[[rule]]\nid = \"r.top\"\ncategory = \"x\"\nweight = 2\nterms = [\"telegram\"]\nneeds = [\"r.n{}\"]\n", length - 1);
    SourceFile::new("p.toml", format!("{HEAD}{rules}{top}"))
}

/// The longest chains that load are followed on little stack and with little work; longer ones are refused.
#[test]
fn chains_of_cues_are_followed_as_far_as_they_may_lead() {
    let most = PackLimits::default().reference_depth;
    let links: [(&str, Link); 4] = [
        ("compositions", |next| format!("all = [{next}]")),
        ("compositions of several", |next| format!("at_least = {{ count = 1, of = [{next}] }}")),
        ("compositions that need", |next| format!("all = [\"r.n0\"]\nneeds = [{next}]\nneeds_within = \"message\"")),
        ("patterns that need", |next| format!("regex = 'x[0-9]*'\nneeds = [{next}]\nneeds_within = \"message\"")),
    ];
    for (name, link) in links {
        assert_eq!(codes(&[chain(most + 1, link)]), ["E015"], "{name}");
        let found = within(20, name, || codes(&[chain(9000, link)]));
        assert!(found.contains(&"E015"), "{name}: {found:?}");
        let filter = Filter::from_sources(&[chain(most, link)]).unwrap_or_else(|e| panic!("{name}: {e}"));
        let small = std::thread::Builder::new().stack_size(512 << 10);
        let judge = move || {
            let mut scanner = filter.scanner();
            let verdict = scanner.scan("telegram x1 x2");
            assert!(verdict.findings.iter().any(|f| f.rule == "r.top"), "{verdict:?}");
            assert_eq!(scanner.explain(b"telegram x1 x2").verdict, verdict);
            scanner.scan(&format!("telegram {}", "x1 ".repeat(10_000)));
        };
        within(20, name, || small.spawn(judge).unwrap().join().unwrap());
    }
}

/// A folder that is gone when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sidestep-hostile-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn path_codes(path: PathBuf) -> Vec<&'static str> {
    match Filter::from_paths(&[path]) {
        Ok(_) => Vec::new(),
        Err(error) => error.errors().map(|d| d.code).collect(),
    }
}

#[test]
fn paths_that_the_system_refuses_are_named() {
    let folder = Folder::new("refused");
    fs::write(folder.0.join("file"), "").unwrap();
    for path in [folder.0.join("file/p.toml"), folder.0.join("n".repeat(300)), PathBuf::from("a\0b")] {
        assert_eq!(path_codes(path.clone()), ["E001"], "{path:?}");
    }
}

#[cfg(unix)]
#[test]
fn links_in_circles_are_named() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new("links");
    // A folder that holds itself, under a pack's name and others; two links that name each other.
    symlink(".", folder.0.join("self.toml")).unwrap();
    assert_eq!(path_codes(folder.0.clone()), ["E001"]);
    fs::remove_file(folder.0.join("self.toml")).unwrap();
    symlink(".", folder.0.join("self")).unwrap();
    symlink("b.toml", folder.0.join("a.toml")).unwrap();
    symlink("a.toml", folder.0.join("b.toml")).unwrap();
    assert_eq!(path_codes(folder.0.clone()), ["E001", "E001"]);
    assert_eq!(path_codes(folder.0.join("self/self/self/a.toml")), ["E001"]);
}

/// A shut folder, a shut pack, and a pack whose list is shut are refused; the program that runs goes on.
#[cfg(unix)]
fn refuses_what_is_shut(folder: &std::path::Path) {
    let shared = SharedFilter::new(Filter::from_sources(&[rule_with("terms = [\"abc\"]")]).unwrap());
    for (name, code) in [("folder", "E001"), ("pack", "E001"), ("list", "E001")] {
        let path = folder.join(name);
        assert_eq!(path_codes(path.clone()), [code], "{name}");
        assert!(shared.reload(|| Filter::from_paths(&[path])).is_err() && shared.generation() == 0, "{name}");
    }
    assert!(shared.scanner().scan("abc").is_flagged());
}

/// The superuser reads what is shut to all: there the test runs itself once more, as nobody.
#[cfg(unix)]
#[test]
fn what_may_not_be_read_is_named() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    use std::path::Path;
    use std::process::Command;
    const SHUT: &str = "SIDESTEP_TEST_SHUT_FOLDER";
    const NOBODY: u32 = 65534;
    if let Some(folder) = std::env::var_os(SHUT) {
        return refuses_what_is_shut(Path::new(&folder));
    }
    let set_mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let shut = Folder::new("shut");
    let pack = format!("{HEAD}[[rule]]\nid = \"r.a\"\nterms_file = \"x.terms\"\n");
    let places = ["folder", "pack/p.toml", "list/x.terms"].map(|place| shut.0.join(place));
    for name in ["folder", "pack", "list"] {
        fs::create_dir(shut.0.join(name)).unwrap();
        fs::write(shut.0.join(name).join("p.toml"), &pack).unwrap();
        fs::write(shut.0.join(name).join("x.terms"), "abc\n").unwrap();
    }
    set_mode(&shut.0, 0o755);
    places.iter().for_each(|place| set_mode(place, 0o000));
    if fs::read_dir(&places[0]).is_err() {
        refuses_what_is_shut(&shut.0);
    } else {
        // Where nobody may not enter the build folder, a copy is run.
        let (own, copy) = (std::env::current_exe().unwrap(), shut.0.join("test"));
        let run = |program: &Path| {
            let mut command = Command::new(program);
            command.args(["--exact", "hostile_packs::what_may_not_be_read_is_named"]).env(SHUT, &shut.0).current_dir("/");
            command.uid(NOBODY).gid(NOBODY).output()
        };
        let output = run(&own).or_else(|_| fs::copy(&own, &copy).and_then(|_| run(&copy))).unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("1 passed"), "{said}");
    }
    places.iter().for_each(|place| set_mode(place, 0o700));
}

/// A file is read once: whatever is written meanwhile, a load gives one of the packs that were ever whole, or faults.
#[test]
fn a_file_that_changes_while_it_is_read_gives_a_pack_or_faults() {
    let folder = Folder::new("changing");
    let file = folder.0.join("p.toml");
    let pack = |n: usize| {
        format!("{HEAD}[[rule]]\nid = \"r.a\"\ncategory = \"x\"\nweight = 2\nterms = [{}]\n", format!("\"word{n}\",").repeat(2000 * n))
    };
    let packs = [pack(1), pack(3)];
    fs::write(&file, &packs[0]).unwrap();
    let load = || Filter::from_paths(std::slice::from_ref(&folder.0));
    let shared = SharedFilter::new(load().unwrap());
    let stop = AtomicBool::new(false);
    let (mut taken, mut refused) = (0, 0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in (0..2).cycle() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                // In place, so that readers meet it empty, and in parts.
                fs::write(&file, &packs[n]).unwrap();
            }
        });
        for _ in 0..40 {
            let before = shared.generation();
            match shared.reload(load) {
                Ok(()) => taken += 1,
                Err(LoadError { diagnostics, .. }) => {
                    assert!(!diagnostics.is_empty());
                    assert_eq!(shared.generation(), before, "what is refused changes nothing");
                    refused += 1;
                }
            }
            let verdict = shared.scanner().scan("word1 word3");
            assert_eq!((verdict.findings.len(), verdict.score), (1, 2.0), "one pack judges, whole: {verdict:?}");
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert_eq!(taken + refused, 40);
}

//! Packs that must be refused, or warned of, each fault in its place; bounds at n-1, n, n+1; hostile files.

use sidestep::diagnostic::{CODES, Diagnostic, LoadError, Severity};
use sidestep::limits::PackLimits;
use sidestep::pack::{Loaded, SourceFile, lint, load_paths, load_sources};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What `@head` in a case stands for: four lines.
const HEAD: &str = "[pack]\nid = \"t\"\nversion = \"1\"\nengine = \">=0.1\"\n";
const TODAY: &str = "2026-11-21";

fn diagnostics(result: &Result<Loaded, LoadError>) -> Vec<Diagnostic> {
    match result {
        Ok(loaded) => lint(loaded, Some(TODAY)),
        Err(error) => error.diagnostics.clone(),
    }
}

fn places(diagnostics: &[Diagnostic]) -> Vec<String> {
    let mut places: Vec<String> = diagnostics.iter().map(|d| format!("{} {}", d.code, d.place)).collect();
    places.sort();
    places
}

/// What a set of pack files must be told.
struct Case {
    name: String,
    sources: Vec<SourceFile>,
    expect: Vec<String>,
    says: Option<String>,
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/packs");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    let mut cases = Vec::new();
    for file in files {
        let document: toml::Table = fs::read_to_string(&file).unwrap().parse().unwrap();
        for case in document["case"].as_array().unwrap() {
            let text = |v: &toml::Value| v.as_str().unwrap().to_owned();
            let sources = case["files"].as_table().unwrap().iter();
            cases.push(Case {
                name: text(&case["name"]),
                sources: sources.map(|(name, body)| SourceFile::new(name, text(body).replace("@head\n", HEAD))).collect(),
                expect: case["expect"].as_array().unwrap().iter().map(text).collect(),
                says: case.get("says").map(text),
            });
        }
    }
    assert!(cases.len() > 30, "the cases are found");
    cases
}

#[test]
fn every_fault_is_found_in_its_place() {
    let mut wrong = Vec::new();
    for Case { name, sources, mut expect, says } in cases() {
        let found = diagnostics(&load_sources(&sources, &PackLimits::default()));
        expect.sort();
        if places(&found) != expect {
            let shown: Vec<String> = found.iter().map(ToString::to_string).collect();
            wrong.push(format!("{name}: expected {expect:?}, found {:?}\n{}", places(&found), shown.join("\n")));
        }
        if let Some(says) = says
            && !found.iter().any(|d| d.message.contains(&says) || d.help.contains(&says))
        {
            wrong.push(format!("{name}: nothing says {says:?}: {found:#?}"));
        }
        for d in &found {
            let file = sources.iter().find(|s| *s.name == *d.place.file).unwrap();
            assert!(d.place.start <= d.place.end && d.place.end <= file.bytes.len(), "{name}: {d:?}");
            assert!(!d.message.is_empty() && !d.help.is_empty(), "{name}: {d:?}");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Codes that only files on a disk, or bytes, can have; each has a test of its own below.
const ELSEWHERE: &[&str] = &["E001", "E002", "E003"];

#[test]
fn every_code_has_a_case_and_a_line_in_the_manual() {
    let tested: BTreeSet<String> = cases().iter().flat_map(|c| c.expect.iter().map(|e| e[..4].to_owned())).collect();
    let manual = include_str!("../../docs/PACKS.md");
    for code in CODES {
        assert!(tested.contains(code.code) || ELSEWHERE.contains(&code.code), "{} has no case", code.code);
        assert!(manual.contains(&format!("| {} | {} |", code.code, code.title)), "docs/PACKS.md: | {} | {} |", code.code, code.title);
    }
    let numbered: BTreeSet<&str> = CODES.iter().map(|c| c.code).collect();
    assert_eq!(numbered.len(), CODES.len(), "a code stands for one thing");
    assert_eq!(manual.lines().filter(|l| l.starts_with("| E0") || l.starts_with("| W0")).count(), CODES.len());
}

fn pack(rules: &str) -> Vec<SourceFile> {
    vec![SourceFile::new("p.toml", format!("{HEAD}{rules}"))]
}

fn rule(n: usize, body: &str) -> String {
    format!("[[rule]]\nid = \"r.n{n}\"\n{body}\n")
}

/// A pack of one rule, and the file that it names: a line so many times.
fn pack_beside(body: &str, name: &'static str, line: &str, lines: usize) -> Vec<SourceFile> {
    let mut files = pack(&rule(0, body));
    files.push(SourceFile::new(name, line.repeat(lines)));
    files
}

fn codes_under(limits: &PackLimits, files: &[SourceFile]) -> Vec<String> {
    match load_sources(files, limits) {
        Ok(_) => Vec::new(),
        Err(error) => error.errors().map(|d| d.code.to_owned()).collect(),
    }
}

/// Sets one bound to seven.
type SetBound = fn(&mut PackLimits);
/// Makes packs with so many of what is bounded.
type MakePacks = fn(usize) -> Vec<SourceFile>;

/// Rules of terms, and one that names some.
fn naming(names: &str, rules: usize) -> String {
    let named: String = (1..=rules).map(|n| rule(n, "terms = [\"abc\"]")).collect();
    named + &rule(0, &format!("any = [{names}]")).replace("r.n0", "q.b")
}

/// Bounds of which a pack can have any number: how to set one, and a pack with so many of it.
const BOUNDS: &[(&str, SetBound, MakePacks)] = &[
    (
        "files",
        |l| l.files = 7,
        |n| (0..n).map(|i| SourceFile::new(format!("{i}.toml"), HEAD.replace("\"t\"", &format!("\"t{i}\"")))).collect(),
    ),
    ("rules", |l| l.rules = 7, |n| pack(&(0..n).map(|i| rule(i, "terms = [\"abc\"]")).collect::<String>())),
    ("terms", |l| l.terms = 7, |n| pack(&rule(0, &format!("terms = [{}]", "\"abc\",".repeat(n))))),
    (
        "terms of two rules",
        |l| l.terms = 7,
        |n| pack(&(rule(0, "terms = [\"a\", \"b\"]") + &rule(1, &format!("terms = [{}]", "\"abc\",".repeat(n - 2))))),
    ),
    ("terms of a file", |l| l.terms = 7, |n| pack_beside("terms_file = \"x.terms\"", "x.terms", "abc\n", n)),
    ("words of a file", |l| l.terms = 7, |n| pack_beside("words_file = \"x.words\"\nwords_least = 1", "x.words", "1.0 abc\n", n)),
    ("term_chars", |l| l.term_chars = 7, |n| pack(&rule(0, &format!("terms = [\"{} | word\"]", "é".repeat(n))))),
    ("example_chars", |l| l.example_chars = 7, |n| pack(&rule(0, &format!("terms = [\"abc\"]\nmatch = \"{}\"", "é".repeat(n))))),
    ("text_chars", |l| l.text_chars = 7, |n| pack(&rule(0, &format!("terms = [\"abc\"]\nabout = \"{}\"", "é".repeat(n))))),
    ("list", |l| l.list = 7, |n| pack(&rule(0, &format!("terms = [\"abc\"]\nmatch = [{}]", "\"abc\",".repeat(n))))),
    ("list of a values file", |l| l.list = 7, |n| pack_beside("entity = \"cas\"\nvalues_file = \"x.values\"", "x.values", "50-00-0\n", n)),
    ("references", |l| l.references = 7, |n| pack(&naming(&(1..=n).map(|m| format!("\"r.n{m}\",")).collect::<String>(), n))),
    ("references by prefix", |l| l.references = 7, |n| pack(&naming("\"r.*\"", n))),
    (
        "reference_depth",
        |l| l.reference_depth = 7,
        |n| {
            let links: String = (1..=n).map(|m| rule(m, &format!("any = [\"r.n{}\"]", m - 1))).collect();
            pack(&format!("{}{links}", rule(0, "terms = [\"abc\"]")))
        },
    ),
    ("patterns", |l| l.patterns = 7, |n| pack(&rule(0, &format!("regex = [{}]", "'abc',".repeat(n))))),
    ("pattern_bytes", |l| l.pattern_bytes = 7, |n| pack(&rule(0, &format!("regex = '{}'", "a".repeat(n))))),
    ("nesting", |l| l.nesting = 7, |n| pack(&format!("x = {}{}\n", "[".repeat(n), "]".repeat(n)))),
    ("nesting of keys", |l| l.nesting = 7, |n| pack(&format!("x{} = 1\n", ".x".repeat(n - 1)))),
];

#[test]
fn bounds_hold_at_one_below_at_and_one_above() {
    for (name, set, make) in BOUNDS {
        let mut limits = PackLimits::default();
        set(&mut limits);
        let limit = |n| codes_under(&limits, &make(n)).contains(&"E015".to_owned());
        assert_eq!((limit(6), limit(7), limit(8)), (false, false, true), "{name}");
    }
}

#[test]
fn bounds_on_bytes_and_compiled_size() {
    let files = pack(&rule(0, "terms = [\"abc\"]"));
    let size = files[0].bytes.len();
    for (bound, refused) in [(size - 1, true), (size, false), (size + 1, false)] {
        let mut limits = PackLimits::default();
        limits.file_bytes = bound;
        assert_eq!(!codes_under(&limits, &files).is_empty(), refused, "file_bytes {bound}");
        let mut limits = PackLimits::default();
        limits.total_bytes = bound;
        assert_eq!(!codes_under(&limits, &files).is_empty(), refused, "total_bytes {bound}");
    }
    let heavy = pack(&rule(0, r"regex = '(?:\w{200}){200}x'"));
    assert_eq!(codes_under(&PackLimits::default(), &heavy), ["E022"]);
}

#[test]
fn diagnostics_beyond_their_bound_are_counted() {
    let mut limits = PackLimits::default();
    limits.diagnostics = 7;
    for (n, kept, left) in [(6, 6, 0), (7, 7, 0), (8, 7, 1)] {
        let files = pack(&(0..n).map(|i| rule(i, "terms = [\"...\"]")).collect::<String>());
        let error = load_sources(&files, &limits).unwrap_err();
        assert_eq!((error.diagnostics.len(), error.left_out), (kept, left), "{n}");
        assert_eq!(error.to_string().ends_with("and 1 more"), left == 1);
    }
}

#[test]
fn hostile_files_are_refused_in_bounded_time() {
    let deep = "[".to_owned() + &"a.".repeat(1_500_000) + "a]\n";
    let brackets = "x = ".to_owned() + &"[".repeat(3_000_000);
    let naming = |i: usize, more: &str| rule(i, &format!("terms = [\"abc\"]\nneeds = [\"r.n{}\"{more}]", (i + 1) % 9_999));
    let circle: String = (0..9_999).map(|i| naming(i, "")).collect();
    let each_other: String = (0..9_999).map(|i| naming(i, ", \"r.*\"")).collect();
    let unknown: String = (0..9_999).map(|i| rule(i, &format!("terms = [\"abc\"]\nneeds = [\"r.m{i}\"]"))).collect();
    let started = std::time::Instant::now();
    for (name, body, code) in [
        ("dotted header", deep, "E015"),
        ("open brackets", brackets, "E015"),
        ("a circle of all rules", circle, "E019"),
        ("all rules name all", each_other, "E015"),
        ("unknown references", unknown, "E018"),
        ("too many faults", "=\n".repeat(1_000_000), "E004"),
    ] {
        let codes = codes_under(&PackLimits::default(), &pack(&body));
        assert!(codes.iter().any(|c| c == code), "{name}: {:?}", codes.first());
        assert!(codes.len() <= PackLimits::default().diagnostics, "{name}");
    }
    // Seconds, unoptimized, on a busy machine: what is quadratic takes hours.
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

#[test]
fn bytes_that_are_no_utf8_are_placed() {
    let mut bytes = format!("{HEAD}# caf").into_bytes();
    bytes.extend(b"\xE9\n");
    let error = load_sources(&[SourceFile::new("p.toml", bytes)], &PackLimits::default()).unwrap_err();
    assert_eq!(places(&error.diagnostics), ["E003 p.toml:5:6"]);
    let d = &error.diagnostics[0];
    assert_eq!(d.place.end - d.place.start, 1);
    assert!(error.source("p.toml").is_some());
}

#[test]
fn byte_order_mark_and_crlf_change_nothing_but_the_hash() {
    let body = format!("{HEAD}[[rule]]\nid = \"r.a\"\nterms = [\"abc\"]\nterms_file = \"x.terms\"\n");
    let plain = [SourceFile::new("p.toml", body.clone()), SourceFile::new("x.terms", "one\ntwo\n")];
    let marked = [
        SourceFile::new("p.toml", format!("\u{FEFF}{}", body.replace('\n', "\r\n"))),
        SourceFile::new("x.terms", "\u{FEFF}one\r\ntwo\r\n"),
    ];
    let read = |files: &[SourceFile]| load_sources(files, &PackLimits::default()).unwrap().packs.remove(0);
    let (a, b) = (read(&plain), read(&marked));
    assert_ne!(a.hash, b.hash);
    let terms = |p: &sidestep::pack::model::Pack| match &p.rules[0].source {
        sidestep::pack::model::Source::Terms(t) => {
            t.iter().map(|t| (t.text.to_owned(), t.place().line, t.place().column)).collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(terms(&a), terms(&b));
    assert_eq!(a.rules[0].place.line, b.rules[0].place.line);
}

/// A folder that is gone when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sidestep-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn load_codes(paths: &[PathBuf]) -> Vec<&'static str> {
    diagnostics(&load_paths(paths, &PackLimits::default())).into_iter().map(|d| d.code).collect()
}

const ONE_RULE: &str =
    "[[rule]]\nid = \"r.a\"\ncategory = \"drugs\"\nweight = 3\nterms_file = \"x.terms\"\nmatch = \"a\"\nno_match = \"b\"\n";

#[test]
fn folder_file_and_memory_give_the_same_packs_and_hash() {
    let folder = Folder::new("same");
    let file = folder.write("p.toml", &format!("{HEAD}{ONE_RULE}"));
    folder.write("x.terms", "zzyzx\n");
    folder.write(".x.toml.swp", "no pack");
    let hash = |r: Result<Loaded, LoadError>| r.unwrap().packs.remove(0).hash;
    let from_folder = hash(load_paths(std::slice::from_ref(&folder.0), &PackLimits::default()));
    assert_eq!(from_folder.len(), 64);
    assert_eq!(from_folder, hash(load_paths(&[file], &PackLimits::default())));
    let memory = [SourceFile::new("deep/er/x.terms", "zzyzx\n"), SourceFile::new("deep/er/p.toml", format!("{HEAD}{ONE_RULE}"))];
    assert_eq!(from_folder, hash(load_sources(&memory, &PackLimits::default())));
    folder.write("x.terms", "zzyzy\n");
    assert_ne!(from_folder, hash(load_paths(std::slice::from_ref(&folder.0), &PackLimits::default())));
}

#[test]
fn paths_without_packs_are_refused() {
    let folder = Folder::new("empty");
    assert_eq!(load_codes(std::slice::from_ref(&folder.0)), ["E002"]);
    assert_eq!(load_codes(&[folder.0.join("nowhere.toml")]), ["E001"]);
    let terms = folder.write("only.terms", "abc\n");
    assert_eq!(load_codes(&[terms]), ["E002"]);
    assert!(load_codes(&[]).is_empty());
}

#[cfg(unix)]
#[test]
fn links_pipes_and_devices_are_not_followed_out_of_the_folder() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new("links");
    let outside = Folder::new("outside");
    symlink("loop.toml", folder.0.join("loop.toml")).unwrap();
    assert_eq!(load_codes(std::slice::from_ref(&folder.0)), ["E001"]);
    fs::remove_file(folder.0.join("loop.toml")).unwrap();
    symlink("/dev/zero", folder.0.join("zero.toml")).unwrap();
    assert_eq!(load_codes(std::slice::from_ref(&folder.0)), ["E001"]);
    fs::remove_file(folder.0.join("zero.toml")).unwrap();
    folder.write("p.toml", &format!("{HEAD}{ONE_RULE}"));
    symlink(outside.write("secret.terms", "abc\n"), folder.0.join("x.terms")).unwrap();
    assert_eq!(load_codes(std::slice::from_ref(&folder.0)), ["E026"]);
    // Links inside the folder are how mounted configuration is laid out.
    fs::remove_file(folder.0.join("x.terms")).unwrap();
    fs::create_dir(folder.0.join("..data")).unwrap();
    folder.write("..data/x.terms", "zzyzx\n");
    symlink("..data/x.terms", folder.0.join("x.terms")).unwrap();
    assert!(load_codes(std::slice::from_ref(&folder.0)).is_empty());
}

#[test]
fn diagnostics_as_text_and_json() {
    let error = load_sources(&pack(&rule(0, "category = \"drugs\"\nweight = 0\nterms = [\"abc\"]")), &PackLimits::default()).unwrap_err();
    assert_eq!(error.to_string(), "error[E012]: weight 0 is out of range\n  --> p.toml:8:10\n  help: write a number above 0 up to 100");
    let json: serde_json::Value = serde_json::from_str(error.to_json_lines().trim()).unwrap();
    assert_eq!((json["code"].as_str(), json["severity"].as_str(), json["place"]["line"].as_u64()), (Some("E012"), Some("error"), Some(8)));
    assert_eq!(error.errors().filter(|d| d.severity == Severity::Error).count(), 1);
}

#[cfg(feature = "builtin")]
#[test]
fn shipped_packs_load_without_error() {
    let sources = sidestep::pack::builtin_sources();
    assert!(!sources.is_empty());
    if let Err(error) = load_sources(sources, &PackLimits::default()) {
        panic!("{error}");
    }
}

#[test]
fn the_manuals_worked_example_has_no_fault() {
    let manual = include_str!("../../docs/PACKS.md");
    let example = manual.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let result = load_sources(&[SourceFile::new("ours.toml", example)], &PackLimits::default());
    assert_eq!(places(&diagnostics(&result)), [""; 0]);
}

#[test]
fn an_error_printed_for_programmers_holds_no_packs() {
    let text = "[pack]\nid = \"broken\"\n# a remark of the editor\n";
    let error = sidestep::Filter::from_sources(&[SourceFile::new("broken.toml", text.as_bytes().to_vec())]).unwrap_err();
    let printed = format!("{error:?}");
    assert!(printed.contains("broken.toml") && printed.contains(&format!("bytes: {}", text.len())), "{printed}");
    assert!(!printed.contains("a remark of the editor"), "{printed}");
}

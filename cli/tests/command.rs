//! The command as its users run it: arguments, standard streams and exit status.

use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

fn data(name: &str) -> String {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name).display().to_string()
}

fn run_with(args: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sidestep"))
        .args(args)
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // A command that stops at an error closes its input: a write that fails is no fault.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

/// The arguments after the command, with the tests' own pack.
fn mini(command: &[&str], input: &[u8]) -> Output {
    let pack = data("mini.toml");
    let mut args = vec![command[0], "--no-builtin", "--rules", &pack];
    args.extend(&command[1..]);
    run_with(&args, input)
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn json_lines(output: &Output) -> Vec<Value> {
    out(output).lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

#[test]
fn scan_writes_the_contract() {
    let output = mini(
        &["scan", "--format", "jsonl"],
        b"{\"id\":\"42\",\"text\":\"add me on wh4tsapp, jane.doe77@gmail.com\",\"conv\":\"c\",\"turn\":1}\n",
    );
    assert_eq!(code(&output), 1);
    let mut verdict = json_lines(&output).remove(0);
    let hash = verdict["packs"][0]["hash"].take();
    assert_eq!(hash.as_str().map(str::len), Some(64));
    let wanted = json!({
        "id": "42", "action": "review", "score": 8.0,
        "categories": {"contact": {"score": 4.0, "action": "review"}, "diversion": {"score": 4.0, "action": "review"}},
        "findings": [
            {"rule": "diversion.app.whatsapp", "category": "diversion", "start": 10, "end": 18, "text": "wh4tsapp", "matched": "whatsapp",
             "evasion": ["leet"], "weight": 4.0},
            {"rule": "contact.mail", "category": "contact", "start": 20, "end": 40, "text": "jane.doe77@gmail.com", "matched": "email",
             "value": "jane.doe77@gmail.com", "evasion": [], "weight": 4.0}
        ],
        "packs": [{"id": "mini", "version": "1.2", "hash": null}], "engine": env!("CARGO_PKG_VERSION")
    });
    assert_eq!(verdict, wanted);
}

#[test]
fn scan_names_plain_lines_by_number_and_keeps_their_order_with_any_number_of_threads() {
    let lines: String = (1..=20_000).map(|i| if i % 7 == 0 { format!("{i} add me on tg\n") } else { format!("{i} hello\r\n") }).collect();
    let one = mini(&["scan", "--format", "jsonl", "--threads", "1"], lines.as_bytes());
    let many = mini(&["scan", "--format", "jsonl", "--threads", "5"], lines.as_bytes());
    assert_eq!(one.stdout, many.stdout);
    let verdicts = json_lines(&many);
    assert_eq!(verdicts.len(), 20_000);
    for (i, verdict) in verdicts.iter().enumerate() {
        assert_eq!(verdict["id"], (i + 1).to_string());
        assert_eq!(verdict["action"] != "allow", (i + 1) % 7 == 0);
    }
}

#[test]
fn scan_exit_status_says_whether_something_was_flagged() {
    let status = |input: &[u8]| code(&mini(&["scan"], input));
    assert_eq!(status(b""), 0);
    assert_eq!(status(b"hello\n"), 0);
    assert_eq!(status(b"let us meet elsewhere\n"), 0, "a shadow rule never counts");
    assert_eq!(status(b"add me on tg"), 1);
    assert_eq!(code(&mini(&["scan", "/nowhere/at-all"], b"")), 2);
    assert_eq!(code(&mini(&["scan", "/"], b"")), 2);
    assert_eq!(code(&run_with(&["scan", "--no-builtin"], b"")), 2);
    assert_eq!(code(&run_with(&["scan", "--format", "xml"], b"")), 2);
}

#[test]
fn scan_takes_any_bytes() {
    let mut input = b"\xFF\xFE add me on tg \x00\n{\"text\":\"add me on tg\\ud83d\"}\n{broken\n".to_vec();
    input.extend([0x80; 300]);
    let verdicts = json_lines(&mini(&["scan", "--format", "jsonl"], &input));
    let actions: Vec<&str> = verdicts.iter().map(|v| v["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["warn", "warn", "allow", "allow"]);
    assert_eq!((&verdicts[0]["findings"][0]["start"], &verdicts[0]["findings"][0]["end"]), (&json!(13), &json!(15)));
}

#[test]
fn scan_text_is_for_people_and_safe_on_a_terminal() {
    let output = mini(&["scan"], b"hello\nadd me\x1b[2J on tg\n");
    let text = out(&output);
    assert!(text.starts_with("line 2  warn  2.5  diversion 2.5 warn\n"), "{text}");
    assert!(text.contains("diversion.app.tg  \"tg\" 14..16") && text.contains("\\u{1B}[2J"), "{text}");
    assert!(!text.contains('\x1b') && !text.contains("hello"), "{text}");
    let pack = data("mini.toml");
    let coloured = run_with(&["--color", "always", "scan", "--no-builtin", "--rules", &pack], b"add me on tg\n");
    assert!(out(&coloured).contains('\x1b'));
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sidestep"))
        .args(["scan", "--no-builtin", "--rules", &data("mini.toml"), "--format", "jsonl"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    for _ in 0..100_000 {
        if stdin.write_all(b"add me on tg\n").is_err() {
            break;
        }
    }
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!((code(&output), err(&output).as_str()), (1, ""));
}

#[test]
fn explain_shows_the_sum_and_what_nearly_fired() {
    let output = mini(&["explain", "--color", "never", "add me on wh4tsapp or tg"], b"");
    let text = out(&output);
    assert_eq!(code(&output), 1);
    assert!(text.starts_with("add me on wh4tsapp or tg\n          ^^^^^^^^    ^^\n"), "{text}");
    for part in ["cue.add  \"add me\" 0..6", "diversion: 4 + 2.5 = 6.5  review  (warn 2, review 4, block 8)", "verdict: review"] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    let near = out(&mini(&["explain"], b"no whatsapp, tg is a county\n"));
    assert!(near.contains("diversion.app.tg  \"tg\" 13..15: ") && near.contains("`guard.no` is near by"), "{near}");
    let document: Value = serde_json::from_str(&out(&mini(&["explain", "--format", "json", "ᴀdd me on tg elsewhere"], b""))).unwrap();
    assert_eq!(document["verdict"]["action"], "warn");
    assert_eq!(document["uncounted"][0]["rule"], "diversion.trial");
    assert_eq!(document["steps"][0]["folded"], "a");
}

#[test]
fn fold_writes_one_object_a_line() {
    let output = run_with(&["fold", "--format", "jsonl"], "Add ＭＥ\n{\"text\":\"hi\"}\n".as_bytes());
    assert_eq!(code(&output), 0);
    let lines = json_lines(&output);
    assert_eq!(
        lines[0],
        json!({"text": "Add ＭＥ", "folded": "add me", "key": "adme", "tokens": ["add", "me"], "evidence": ["fullwidth"]})
    );
    assert_eq!(lines[1]["text"], "hi");
}

#[test]
fn lint_names_every_fault_with_its_line_and_its_mend() {
    let output = run_with(&["lint", &data("bad")], b"");
    let text = out(&output);
    assert_eq!(code(&output), 2, "{text}");
    for part in ["bad.toml:9:", "did you mean `weight`?", "did you mean `fuzzy=1`?", "cue.nobody", "wieght = 2"] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    let report: Value = serde_json::from_str(&out(&run_with(&["lint", "--format", "json", &data("bad")], b""))).unwrap();
    assert_eq!(
        report["errors"].as_u64(),
        report["diagnostics"].as_array().map(|d| d.iter().filter(|d| d["severity"] == "error").count() as u64)
    );
    assert!(report["diagnostics"][0]["place"]["line"].as_u64() >= Some(1));
    let scan = run_with(&["scan", "--no-builtin", "--rules", &data("bad")], b"hello\n");
    assert_eq!((code(&scan), out(&scan).as_str()), (2, ""));
    assert!(err(&scan).contains("wieght = 2"), "{}", err(&scan));
}

#[test]
fn lint_holds_review_dates_against_the_day_given() {
    let lint = |extra: &[&str]| {
        let path = data("failing.toml");
        let mut args = vec!["lint", path.as_str()];
        args.extend(extra);
        run_with(&args, b"")
    };
    assert!(out(&lint(&["--today", "2020-01-02"])).contains("W001"));
    assert!(!out(&lint(&["--today", "2020-01-01"])).contains("W001"));
    assert_eq!((code(&lint(&[])), code(&lint(&["--deny-warnings"]))), (0, 1));
    assert_eq!(code(&lint(&["--today", "soon"])), 2);
}

#[test]
fn test_names_the_failing_lines_and_counts() {
    let good = mini(&["test", "--strength"], b"");
    assert_eq!(code(&good), 0, "{}", out(&good));
    assert!(out(&good).ends_with("0 rules with weak examples\n14 passed, 0 failed\n"), "{}", out(&good));
    let path = data("failing.toml");
    let bad = run_with(&["test", "--no-builtin", "--rules", &path, "--strength"], b"");
    let text = out(&bad);
    assert_eq!(code(&bad), 1);
    for part in [
        "failing.toml:19: diversion.app.signal should fire and does not\n    are you on signal",
        "failing.toml:20: diversion.app.signal should not fire and does\n    signal strength is better later",
        "no `no_match` line is held back",
        "4 passed, 2 failed",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
}

#[test]
fn audit_counts_by_hand() {
    let set = data("labelled.jsonl");
    let report: Value = serde_json::from_str(&out(&mini(&["audit", "--format", "json", &set], b""))).unwrap();
    let all = &report["sets"][0]["messages"]["all"];
    let share = |v: &Value| (v["hits"].as_u64().unwrap(), v["of"].as_u64().unwrap());
    assert_eq!(share(&all["caught"]), (4, 5));
    assert_eq!(share(&all["categories_found"]), (3, 5));
    assert_eq!(share(&all["negatives_flagged"]), (1, 3));
    assert_eq!(share(&all["negatives_review"]), (0, 3));
    assert_eq!(share(&all["precision"]), (4, 5));
    assert_eq!(share(&all["categories"]["diversion"]["recall"]), (2, 3));
    assert_eq!(share(&all["categories"]["diversion"]["precision"]), (2, 3), "one of `any` is neither right nor wrong in a category");
    assert_eq!(share(&all["evasions"]["coded"]["caught"]), (0, 1));
    assert_eq!(share(&all["languages"]["zh"]["caught"]), (1, 1));
    assert_eq!(share(&all["sources"]["t"]["flagged"]), (1, 3));
    assert_eq!(share(&report["sets"][0]["messages"]["odd"]["caught"]), (1, 2));
    assert_eq!(share(&report["sets"][0]["messages"]["even"]["caught"]), (3, 3));
    let text = out(&mini(&["audit", &set], b""));
    for part in ["violating messages caught", "80.0% [37.6-96.4] 4/5", "1 in 3 (1/3)"] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    let page = out(&mini(&["audit", "--format", "html", &set], b""));
    assert!(page.starts_with("<!doctype html>") && page.contains("labelled.jsonl") && !page.contains("http"), "{page}");
}

#[test]
fn audit_lists_only_odd_ids_unless_told() {
    let set = data("labelled.jsonl");
    let list = |extra: &[&str]| {
        let mut args = vec!["audit", "--format", "json"];
        args.extend(extra);
        args.push(&set);
        let output = mini(&args, b"");
        let ids = json_lines(&output).iter().map(|l| l["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        (ids.join(" "), err(&output))
    };
    assert_eq!(list(&["--list", "missed"]).0, "t-003");
    assert_eq!(list(&["--list", "flagged"]).0, "t-007");
    let (ids, note) = list(&["--list", "partial"]);
    assert_eq!(ids, "");
    assert!(note.contains("0 listed, 1 of the other half withheld"), "{note}");
    assert_eq!(list(&["--list", "partial", "--half", "even"]).0, "t-002");
    assert_eq!(list(&["--list", "missed", "--category", "contact", "--half", "all"]).0, "t-002");
    assert_eq!(list(&["--list", "all", "--lang", "zh", "--half", "all"]).0, "s:8");
}

#[test]
fn audit_takes_tables_of_cases_and_refuses_what_it_does_not_know() {
    let report: Value = serde_json::from_str(&out(&mini(&["audit", "--format", "json", &data("evasion_matrix.tsv")], b""))).unwrap();
    let cases = &report["sets"][0]["cases"];
    assert_eq!((&cases["total"][0]["hits"], &cases["total"][0]["of"]), (&json!(2), &json!(3)));
    assert_eq!(code(&mini(&["audit", &data("mini.toml")], b"")), 2);
}

#[test]
fn audit_judges_a_case_under_the_options_of_its_note() {
    let packs = format!("{}/../tests/data/all-identifiers.toml", env!("CARGO_MANIFEST_DIR"));
    let args = ["audit", "--no-builtin", "--rules", &packs, "--format", "json"];
    let report = |more: &[&str]| out(&run_with(&[&args, more, &[&data("contact_cases.tsv")]].concat(), b""));
    let figures: Value = serde_json::from_str(&report(&[])).unwrap();
    let total = &figures["sets"][0]["cases"]["total"];
    assert_eq!((&total[0]["hits"], &total[0]["of"], &total[1]["hits"]), (&json!(8), &json!(9), &json!(8)));
    let missed: Value = serde_json::from_str(report(&["--list", "missed"]).trim()).unwrap();
    assert_eq!(missed["text"], "lily@example.com");
}

#[test]
fn evasion_generator_is_the_same_for_the_same_seed() {
    let evade = |seed: &str| out(&mini(&["audit", "--evade", "--seed", seed, "--format", "json"], b""));
    let (one, again, other) = (evade("7"), evade("7"), evade("8"));
    assert_eq!(one, again);
    let report: Value = serde_json::from_str(&one).unwrap();
    let evaded = &report["evaded"][0];
    assert_eq!(evaded["messages"], 4);
    // Of the words only `whatsapp` (in two lines) may be misspelled; `tg` is too short for anything but look-alikes.
    assert_eq!(evaded["singles"]["typo"]["of"], 2);
    assert_eq!(evaded["singles"]["spaced"]["of"], 2);
    assert_eq!(evaded["singles"]["zerowidth"]["of"], 4);
    assert!(other.contains("\"seed\": 8"));
}

#[test]
fn catalogue_is_written_and_checked() {
    let file = std::env::temp_dir().join(format!("sidestep-catalogue-{}.md", std::process::id()));
    let path = file.display().to_string();
    assert_eq!(code(&mini(&["catalogue", "-o", &path], b"")), 0);
    let page = std::fs::read_to_string(&file).unwrap();
    for part in ["### `diversion.app.tg`", "- needs 1 of `cue.add` near by", "shadow (found, never counted)", "| diversion | 2 | 4 | 8 |"] {
        assert!(page.contains(part), "{part} in\n{page}");
    }
    assert_eq!(code(&mini(&["catalogue", "-o", &path, "--check"], b"")), 0);
    std::fs::write(&file, "old").unwrap();
    assert_eq!(code(&mini(&["catalogue", "-o", &path, "--check"], b"")), 1);
    std::fs::remove_file(&file).unwrap();
}

#[test]
fn learn_writes_points_and_what_to_ask_for() {
    let labelled = data("labelled.jsonl");
    let learn = |category: &str, more: &[&str]| {
        run_with(&[&["learn", category, &labelled, "--least-messages", "1", "--strength", "100", "--most", "3"], more].concat(), b"")
    };
    let learned = learn("diversion", &[]);
    assert_eq!(code(&learned), 0, "{}", err(&learned));
    let page = out(&learned);
    let head = "# Points of words for diversion, learned by sidestep learn from 7 messages, 3 of them diversion, and 0 harmless ones.\n\
        # Reached by 1 of 3 diversion, 0 of 4 other labelled and 0 of 0 harmless messages:\n# words_least = 6.1\n";
    assert!(page.starts_with(head), "{page}");
    let points: Vec<f64> = page.lines().skip(3).map(|line| line.split_once('\t').unwrap().0.parse().unwrap()).collect();
    assert!(points.is_sorted_by(|a, b| a >= b) && points.first() == Some(&3.0) && !points.contains(&0.0), "{page}");
    assert_eq!(out(&learn("diversion", &[])), page);

    let ordinary = out(&learn("diversion", &["--harmless", &labelled, "--harmless-half", "even"]));
    assert!(ordinary.contains("and 4 harmless ones.") && ordinary.contains(" and 0 of 4 harmless messages:"), "{ordinary}");
    let nothing = learn("cheese", &[]);
    assert_eq!((code(&nothing), out(&nothing)), (2, String::new()));
    assert!(err(&nothing).contains("no message of the files expects `cheese`"), "{}", err(&nothing));
}

/// A command that goes on reading: lines are written to it and its answers read one by one.
struct Talk {
    child: std::process::Child,
    input: std::process::ChildStdin,
    answers: std::io::Lines<std::io::BufReader<std::process::ChildStdout>>,
    told: std::io::Lines<std::io::BufReader<std::process::ChildStderr>>,
}

impl Talk {
    fn begin(args: &[&str]) -> Self {
        use std::io::BufRead;
        let mut command = Command::new(env!("CARGO_BIN_EXE_sidestep"));
        let mut child = command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let answers = std::io::BufReader::new(child.stdout.take().unwrap()).lines();
        let told = std::io::BufReader::new(child.stderr.take().unwrap()).lines();
        Self { input: child.stdin.take().unwrap(), child, answers, told }
    }

    fn ask(&mut self, message: &str) -> Value {
        writeln!(self.input, "{message}").unwrap();
        serde_json::from_str(&self.answers.next().unwrap().unwrap()).unwrap()
    }

    /// What is told up to a line that holds these words.
    fn told_until(&mut self, words: &str) -> String {
        let mut told = String::new();
        for line in self.told.by_ref() {
            told += &line.unwrap();
            told.push('\n');
            if told.contains(words) {
                break;
            }
        }
        assert!(told.contains(words), "{told}");
        told
    }

    fn end(mut self) -> i32 {
        drop(self.input);
        self.child.wait().unwrap().code().unwrap()
    }
}

#[test]
fn packs_that_change_are_loaded_again_once_they_rest() {
    let folder = std::env::temp_dir().join(format!("sidestep-watch-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("p.toml");
    let pack = |word: &str| {
        format!(
            "[pack]\nid = 'p'\nversion = '1'\nengine = '>=0.1'\n[[rule]]\nid = 'x.y'\ncategory = 'x'\nweight = 2\nterms = ['{word}']\nterms_file = 'more.terms'\n"
        )
    };
    std::fs::write(folder.join("more.terms"), "viber\n").unwrap();
    std::fs::write(&file, pack("telegram")).unwrap();
    let path = folder.display().to_string();
    let mut talk = Talk::begin(&["scan", "--watch", "--format", "jsonl", "--no-builtin", "--rules", &path]);
    let score = |talk: &mut Talk, message: &str| talk.ask(message)["score"].as_f64().unwrap();
    assert_eq!((score(&mut talk, "telegram"), score(&mut talk, "whatsapp")), (2.0, 0.0));
    // Renamed over, as editors and deployments do.
    std::fs::write(folder.join(".p.new"), pack("whatsapp")).unwrap();
    std::fs::rename(folder.join(".p.new"), &file).unwrap();
    talk.told_until("packs loaded again: p 1");
    assert_eq!((score(&mut talk, "telegram"), score(&mut talk, "whatsapp")), (0.0, 2.0));
    // A list beside the pack.
    std::fs::write(folder.join("more.terms"), "threema\n").unwrap();
    talk.told_until("packs loaded again");
    assert_eq!(score(&mut talk, "threema"), 2.0);
    // Half of a pack is refused, told of once, and changes nothing.
    let whole = pack("signal");
    std::fs::write(&file, whole.split_at(whole.len() / 2).0).unwrap();
    let told = talk.told_until("the packs before go on: p 1");
    assert!(told.contains("p.toml"), "{told}");
    assert_eq!((score(&mut talk, "whatsapp"), score(&mut talk, "signal")), (2.0, 0.0));
    std::fs::write(&file, whole).unwrap();
    let told = talk.told_until("packs loaded again");
    assert!(!told.contains("error"), "told of once: {told}");
    assert_eq!(score(&mut talk, "signal"), 2.0);
    assert_eq!(talk.end(), 1);
    let _ = std::fs::remove_dir_all(&folder);
}

#[test]
fn nothing_to_watch_is_an_error() {
    let output = run_with(&["scan", "--watch"], b"");
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("--rules"), "{}", err(&output));
}

//! Rules at work: messages, packs and the verdicts expected, from `tests/data/verdicts.toml`.

use serde::Deserialize;
use sidestep::pack::SourceFile;
use sidestep::{Action, Filter};
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Programs {
    program: Vec<Program>,
}

#[derive(Deserialize)]
struct Program {
    name: String,
    pack: String,
    /// Files that the pack names.
    #[serde(default)]
    files: BTreeMap<String, String>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    text: String,
    rules: Vec<String>,
    action: Option<Action>,
    score: Option<f64>,
}

#[test]
fn rules_fire_on_the_words_expected() {
    let programs: Programs = toml::from_str(include_str!("../data/verdicts.toml")).unwrap();
    let mut wrong = Vec::new();
    for program in programs.program {
        let files = program.files.into_iter().chain([("test.toml".to_owned(), program.pack)]);
        let sources: Vec<SourceFile> = files.map(|(name, text)| SourceFile::new(name, text)).collect();
        let filter = Filter::from_sources(&sources).unwrap_or_else(|e| panic!("{e}"));
        let mut scanner = filter.scanner();
        for case in program.cases {
            let verdict = scanner.scan(&case.text);
            let mut found: Vec<String> = verdict.findings.iter().map(|f| format!("{}={}", f.rule, f.text)).collect();
            let mut expected = case.rules.clone();
            found.sort();
            expected.sort();
            let sum: f64 = verdict.findings.iter().map(|f| f.weight).sum();
            assert!((sum - verdict.score).abs() < 1e-9, "{}: {sum} is not {}", case.text, verdict.score);
            let right = found == expected
                && case.action.is_none_or(|a| a == verdict.action)
                && case.score.is_none_or(|s| (s - verdict.score).abs() < 1e-9);
            if !right {
                wrong.push(format!(
                    "{}: {}\n  found {found:?} {:?} {}\n  expected {expected:?}",
                    program.name, case.text, verdict.action, verdict.score
                ));
            }
            let json = serde_json::to_string(&verdict).unwrap();
            assert_eq!(serde_json::from_str::<sidestep::Verdict>(&json).unwrap(), verdict);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

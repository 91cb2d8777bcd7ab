//! The text stage: its promises over any bytes, and cases from tests/data/fold.tsv.

use proptest::prelude::*;
use sidestep::evasion::Evasion;
use sidestep::text::{Text, TokenFlags, keys};

fn read(source: &[u8]) -> Text {
    let mut text = Text::new();
    text.read(source);
    text
}

/// Pieces that meet each other in hostile text: every kind of character the fold treats specially, and references.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-zA-Z0-9]{1,4}",
        2 => prop::sample::select(vec![" ", "\n", "'", ".", "&", "#", "%", "\\", ";", "u", "x", "&#", "&amp;", "&#115;", "\\u0430", "%41", "%74%65", "＆", "＃", "％", "５", "；"]).prop_map(str::to_owned),
        3 => prop::sample::select(vec!["а", "в", "ы", "я", "Σ", "ς", "ν", "Ν", "ё", "й", "ա", "Ꭺ", "𝔀", "ⓦ", "ｗ", "卂", "加", "信", "ᄒ", "ᅡ", "ᆫ", "ﾊ", "ﾞ", "か", "ก", "ا", "ש", "ក"]).prop_map(str::to_owned),
        2 => prop::sample::select(vec!["\u{200B}", "\u{AD}", "\u{202E}", "\u{202C}", "\u{FE0F}", "\u{20E3}", "\u{301}", "\u{336}", "\u{306}", "\u{308}", "\u{200D}", "\u{E0061}", "\u{2800}", "\u{3164}", "\u{1F3FB}", "\u{FFFD}"]).prop_map(str::to_owned),
        2 => prop::sample::select(vec!["€", "₱", "∩", "∈", "❌", "⭕", "📧", "🅰", "ℹ️", "👻", "🇺", "🇸", "ɐ", "ǝ", "ɟ", "½", "ﬁ", "㎏", "→"]).prop_map(str::to_owned),
        2 => any::<char>().prop_map(String::from),
    ]
}

fn message() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => prop::collection::vec(piece(), 0..14).prop_map(|pieces| pieces.concat().into_bytes()),
        1 => prop::collection::vec(any::<u8>(), 0..40),
    ]
}

/// Whether a place is between characters of the message, ill-formed sequences taken for one character each.
fn is_boundary(source: &[u8], at: usize) -> bool {
    let mut offset = 0;
    for chunk in source.utf8_chunks() {
        let valid = chunk.valid();
        if at <= offset + valid.len() {
            return valid.is_char_boundary(at - offset);
        }
        offset += valid.len() + chunk.invalid().len();
    }
    at == offset
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn source_map_is_in_bounds_on_character_boundaries_and_monotone(source in message()) {
        let text = read(&source);
        let mut last = 0;
        for at in 0..=text.folded().len() {
            let place = text.source_span(at..at).start;
            prop_assert!(last <= place && place <= source.len());
            prop_assert!(is_boundary(&source, place), "{place}");
            last = place;
        }
        prop_assert_eq!(text.source_span(0..usize::MAX).end, source.len());
        prop_assert_eq!(text.class().len(), text.folded().len() + keys::PADDING);
    }

    #[test]
    fn folding_a_folded_text_changes_nothing(source in message()) {
        let once = read(&source);
        let twice = read(once.folded().as_bytes());
        prop_assert_eq!(once.folded(), twice.folded());
        prop_assert_eq!(once.tokens(), twice.tokens());
        prop_assert_eq!(once.class(), twice.class());
    }

    #[test]
    fn tokens_are_ordered_not_empty_and_on_boundaries(source in message()) {
        let text = read(&source);
        let mut end = 0;
        for token in text.tokens() {
            prop_assert!(end <= token.start && token.start < token.end);
            prop_assert!(text.folded().get(token.range()).is_some());
            prop_assert!(text.class().get(token.range()).unwrap().iter().any(|&c| c != 0));
            end = token.end;
        }
    }

    #[test]
    fn a_reused_text_reads_as_a_fresh_one(first in message(), second in message()) {
        let mut reused = read(&first);
        reused.read(&second);
        let fresh = read(&second);
        prop_assert_eq!(reused.folded(), fresh.folded());
        prop_assert_eq!(reused.tokens(), fresh.tokens());
        prop_assert_eq!(reused.facts(), fresh.facts());
        prop_assert_eq!(reused.evidence(0..usize::MAX), fresh.evidence(0..usize::MAX));
    }

    #[test]
    fn skeleton_of_a_skeleton_is_the_same_for_what_was_folded(source in message()) {
        let text = read(&source);
        let (mut once, mut twice) = (String::new(), String::new());
        keys::skeleton(text.folded(), &mut once);
        keys::skeleton(&once, &mut twice);
        prop_assert_eq!(once, twice);
    }
}

#[test]
fn cases_of_the_table_fold_as_it_says() {
    let mut failed = Vec::new();
    for (number, line) in include_str!("../data/fold.tsv").lines().enumerate().filter(|(_, l)| !l.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [source, folded, evidence] = fields[..] else { panic!("fold.tsv:{}: not three columns", number + 1) };
        let text = read(unescaped(source).as_bytes());
        let seen = text.evidence(0..text.folded().len()).names().collect::<Vec<_>>().join(" ");
        if text.folded() != unescaped(folded) || seen != evidence {
            failed.push(format!("{}: {source} -> {:?} [{seen}], not {folded:?} [{evidence}]", number + 1, text.folded()));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// Undoes `\n` and `\{200B}`, which stand in the table for what a reader would not see.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("\\{") {
        out.push_str(&rest[..at]);
        let end = at + rest[at..].find('}').expect("no } after \\{");
        out.push(char::from_u32(u32::from_str_radix(&rest[at + 2..end], 16).unwrap()).unwrap());
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    out.replace("\\n", "\n")
}

#[test]
fn marks_and_invisible_characters_belong_to_the_character_before() {
    let source = "xe\u{301}\u{200B}y";
    let text = read(source.as_bytes());
    assert_eq!(text.folded(), "xey");
    let span = text.source_span(1..2);
    assert_eq!(&source[span.start..span.end], "e\u{301}\u{200B}");
}

#[test]
fn a_flag_alone_is_one_emoji_and_a_run_is_letters() {
    let text = read("🇺🇸 visit 🇵 🇪 🇷".as_bytes());
    assert_eq!(text.folded(), "🇺🇸 visit p e r");
    assert!(text.tokens()[0].flags.has(TokenFlags::EMOJI));
    assert!(text.evidence(text.folded().len() - 1..text.folded().len()).contains(Evasion::STYLED));
}

/// `SIDESTEP_NORMALIZER_CASES=cases.tsv cargo test --test it -- --ignored --nocapture normalizer`: input, expected words, source; lists what differs.
#[test]
#[ignore = "needs a file of cases that is no part of the project"]
fn normalizer_cases_of_other_projects_have_the_key_of_the_expected_words() {
    let path = std::env::var("SIDESTEP_NORMALIZER_CASES").expect("SIDESTEP_NORMALIZER_CASES");
    let cases = std::fs::read_to_string(path).unwrap();
    let (mut all, mut failed) = (0, Vec::new());
    for line in cases.lines() {
        let mut fields = line.split('\t');
        let (Some(input), Some(want)) = (fields.next(), fields.next()) else { continue };
        all += 1;
        let (mut got_key, mut want_key) = (String::new(), String::new());
        keys::key(input, &mut got_key);
        keys::key(want, &mut want_key);
        let got = read(input.as_bytes());
        if got.folded() != read(want.as_bytes()).folded() && got_key != want_key {
            failed.push(format!("{input}\t{want}\tfolded {}\tkey {got_key}", got.folded()));
        }
    }
    println!("{}", failed.join("\n"));
    println!("{} of {all}: {:.1}%", all - failed.len(), 100.0 * (all - failed.len()) as f64 / all as f64);
    assert!(failed.len() * 20 <= all, "{} of {all} differ", failed.len());
}

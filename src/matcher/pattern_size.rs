//! How large a pattern is once compiled, at most. In: a parsed pattern. Out: bytes. Keeps: never less than the engine takes, so a pattern within its bound by this
//! measure compiles whenever that is wanted. Must not know: engines, texts.

use regex_syntax::hir::{Class, Hir, HirKind};
use regex_syntax::utf8::Utf8Sequences;

/// Bytes of a state of the automaton with its transitions.
const STATE_BYTES: usize = 48;

/// States before and after the pattern itself.
const FRAME: usize = 16;

/// Bytes that a pattern's automaton takes at most. Linear in the pattern; nested as deep as the parser allows.
pub(super) fn at_most(pattern: &Hir) -> usize {
    states(pattern).saturating_add(FRAME).saturating_mul(STATE_BYTES)
}

fn states(hir: &Hir) -> usize {
    let sum = |parts: &[Hir]| parts.iter().fold(1, |sum: usize, part| sum.saturating_add(states(part)).saturating_add(2));
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 1,
        HirKind::Literal(literal) => literal.0.len() + 1,
        HirKind::Class(Class::Bytes(class)) => class.ranges().len() + 1,
        HirKind::Class(Class::Unicode(class)) => class.ranges().iter().map(|r| of_range(r.start(), r.end())).sum::<usize>() + 2,
        HirKind::Repetition(repetition) => {
            // As often as it may come; the last of endlessly many goes back to itself.
            let times = repetition.max.unwrap_or(repetition.min).max(repetition.min).max(1) as usize;
            states(&repetition.sub).saturating_add(2).saturating_mul(times)
        }
        HirKind::Capture(capture) => states(&capture.sub).saturating_add(2),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => sum(parts),
    }
}

fn of_range(start: char, end: char) -> usize {
    // What differs in the last byte alone is one sequence.
    let (first, last) = (&mut [0; 4], &mut [0; 4]);
    let (first, last) = (start.encode_utf8(first).as_bytes(), end.encode_utf8(last).as_bytes());
    if first.len() == last.len() && first.split_last().map(|(_, front)| front) == last.split_last().map(|(_, front)| front) {
        return first.len() + 1;
    }
    Utf8Sequences::new(start, end).map(|sequence| sequence.len() + 1).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_takes_what_its_sequences_take() {
        for (start, end) in [
            ('a', 'z'),
            ('a', 'é'),
            ('é', 'é'),
            ('\u{80}', '\u{BF}'),
            ('а', 'я'),
            ('\u{800}', '\u{83F}'),
            ('\0', char::MAX),
            ('\u{10000}', '\u{10001}'),
        ] {
            let sequences = Utf8Sequences::new(start, end).map(|sequence| sequence.len() + 1).sum::<usize>();
            assert_eq!(of_range(start, end), sequences, "{start:?} {end:?}");
        }
    }

    #[test]
    fn what_is_within_the_measure_compiles_within_it() {
        let patterns = [
            "a",
            "telegram|whatsapp|signal|wechat|kakaotalk",
            r"\d{8,11}[^\d\n]{0,9}(?:扣|叩|寇)",
            r"\w{0,4}(?:an|durch)",
            r"(?: \w+){0,4} durch",
            r"[\pL\d]{5,12}[^\d\n]{0,3}[+夹佳伽]",
            r"[^\pL\pN\n]{0,3}[\x{16A0}-\x{16FF}]",
            "(?-u:[a-z0-9_.+-])+@[a-z]+",
            "(?:(?:a{3}|b+){7}c?){2,9}",
            "((a)|(b)|(c(d)))*e",
            ".{0,24}x.{1,14}",
            r"(?i)straße|ſ|k",
            r"^\s*[\p{Greek}\p{Cyrillic}]+$",
            r"\PL{1,20}",
            "x{0,200}",
            "(?:x+){3,}y*z{0}",
            r"(?:\w*){2,}\d{3}",
            r"(?:[а-я]+ ){1,5}\w{2,4}",
        ];
        for pattern in patterns {
            let most = at_most(&regex_syntax::parse(pattern).unwrap());
            assert!(regex::RegexBuilder::new(pattern).size_limit(most).build().is_ok(), "{pattern} takes more than {most} bytes");
            // Short ones take no automaton at all.
            let far_less = most > 20_000 && regex::RegexBuilder::new(pattern).size_limit(most / 20).build().is_ok();
            assert!(!far_less, "{pattern} takes far less than {most} bytes");
        }
    }
}

//! Terms and their options. In: lines of a `.terms` or `.values` file, or texts of a pack. Out: [`Term`]s, values. Keeps: linear in the file; one allocation
//! a term. Must not know: rules, TOML.

use super::document::{Str, shown};
use super::model::{Reference, Term};
use super::names;
use super::place::{BOM, Lines};
use super::report::Report;
use crate::diagnostic::{FileSpan, code};
use crate::limits::PackLimits;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

/// What stands after ` | `, or in a line `[...]`.
#[derive(Debug, Clone, Default)]
struct Options {
    fuzzy: u8,
    word: bool,
    case: bool,
    homophone: bool,
    disguised: bool,
    needs: Arc<[Reference]>,
    lang: Option<Arc<str>>,
}

const OPTIONS: &[&str] = &["fuzzy=0", "fuzzy=1", "fuzzy=2", "word", "case", "homophone", "disguised", "needs=", "lang="];

/// Letters from which on a term may be misspelled by one edit, and by two.
const FUZZY_FROM: [usize; 3] = [0, 5, 10];

/// The lines of a file that say something, trimmed, with the byte and the line and column where each begins.
fn lines(text: &str) -> impl Iterator<Item = (&str, usize, usize, usize)> {
    let skip = if text.starts_with(BOM) { BOM.len_utf8() } else { 0 };
    let mut next = skip;
    text.get(skip..).unwrap_or_default().split('\n').enumerate().filter_map(move |(index, line)| {
        let start = next;
        next += line.len() + 1;
        let front = line.trim_start();
        let indent = line.len() - front.len();
        let column = 1 + line.get(..indent).unwrap_or_default().chars().count();
        let trimmed = front.trim_end();
        (!trimmed.is_empty() && !trimmed.starts_with('#')).then_some((trimmed, start + indent, index + 1, column))
    })
}

/// Reads a `.terms` file.
pub(super) fn read_file(file: &Lines<'_>, limits: &PackLimits, report: &mut Report, out: &mut Vec<Term>) {
    let mut defaults = Options::default();
    for (line, start, number, column) in lines(file.text()) {
        if out.len() > limits.terms {
            return;
        }
        if let Some(inner) = line.strip_prefix('[') {
            let place = file.at(start..start + line.len());
            defaults = Options::default();
            match inner.strip_suffix(']') {
                Some(words) => read_options(words, &mut defaults, &|r| file.at(start + 1 + r.start..start + 1 + r.end), report),
                None => report.add(
                    code::BAD_OPTION,
                    place,
                    "this line of options is not closed",
                    "end it with ]; a term that begins with [ goes into the pack's `terms`",
                ),
            }
            continue;
        }
        let (text, _) = split(line);
        let place = FileSpan { file: Arc::clone(file.file()), start, end: start + text.len(), line: number, column };
        out.extend(read_term(line.into(), &defaults, place, &|r| file.at(start + r.start..start + r.end), limits, report));
    }
}

/// Reads a term of a pack's `terms` list.
pub(super) fn read_inline(text: Str, limits: &PackLimits, report: &mut Report) -> Option<Term> {
    let Str { text, place } = text;
    let trimmed = text.trim();
    let line = if trimmed.len() == text.len() { text } else { trimmed.to_owned() };
    let around = &place;
    read_term(line.into(), &Options::default(), place.clone(), &|_| around.clone(), limits, report)
}

/// A term and its options, apart at the last bar that stands free.
fn split(line: &str) -> (&str, Option<(usize, &str)>) {
    for at in memchr::memrchr_iter(b'|', line.as_bytes()) {
        let (front, back) = (line.get(..at).unwrap_or_default(), line.get(at + 1..).unwrap_or_default());
        if front.ends_with([' ', '\t']) && (back.is_empty() || back.starts_with([' ', '\t'])) {
            return (front.trim_end(), Some((at + 1, back)));
        }
    }
    (line, None)
}

fn read_term(
    line: Cow<'_, str>,
    defaults: &Options,
    place: FileSpan,
    at: &dyn Fn(Range<usize>) -> FileSpan,
    limits: &PackLimits,
    report: &mut Report,
) -> Option<Term> {
    let seen = line.bytes().fold(0, |seen, b| seen | SIGNS.get(usize::from(b)).copied().unwrap_or(0));
    let has_bar = seen & BAR != 0;
    let (text, options) = if has_bar { split(&line) } else { (&*line, None) };
    let mut chosen = defaults.clone();
    if let Some((from, words)) = options {
        read_options(words, &mut chosen, &|r| at(from + r.start..from + r.end), report);
        warn_of_short_fuzzy(text, words, chosen.fuzzy, &place, report);
    } else if has_bar
        && let Some((_, after)) = text.rsplit_once('|')
        && OPTIONS.iter().any(|o| after.trim_start().starts_with(o))
    {
        report.add(
            code::NO_EFFECT,
            place.clone(),
            "a bar without a space on both sides belongs to the term",
            "write ` | ` before the options",
        );
    }
    let is_plain = seen == WORD && text.len() <= limits.term_chars;
    if !is_plain && !is_term(text, &place, limits, report) {
        return None;
    }
    let length = text.len();
    let text = match line {
        Cow::Owned(line) if line.len() == length => line,
        line => line.get(..length).unwrap_or_default().to_owned(),
    };
    Some(Term {
        text,
        place,
        fuzzy: chosen.fuzzy,
        word: chosen.word || chosen.case,
        case: chosen.case,
        homophone: chosen.homophone,
        disguised: chosen.disguised,
        needs: chosen.needs,
        lang: chosen.lang,
    })
}

/// What a byte of a term says: that there is something to find, that options may follow, that it may be part of a control character.
const WORD: u8 = 1;
const BAR: u8 = 2;
const CONTROL: u8 = 4;

/// The signs of all bytes.
const SIGNS: [u8; 256] = signs();

#[allow(clippy::indexing_slicing, reason = "runs when compiled")]
const fn signs() -> [u8; 256] {
    let mut signs = [0; 256];
    let mut b = 0;
    while b < 256 {
        signs[b] = match b as u8 {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => WORD,
            b'|' => BAR,
            // Control characters are ASCII, or begin with the last of these.
            0..b' ' | 0x7F | 0xC2 => CONTROL,
            _ => 0,
        };
        b += 1;
    }
    signs
}

/// Whether a text can be a term; reported otherwise.
fn is_term(text: &str, place: &FileSpan, limits: &PackLimits, report: &mut Report) -> bool {
    if !can_match(text) {
        let message = format!("the term `{}` has no letter, digit or picture to find", shown(text));
        report.add(code::BAD_TERM, place.clone(), message, "write the word in plain spelling");
        return false;
    }
    if let Some(c) = text.chars().find(|c| c.is_control()) {
        let message = format!("the term `{}` holds a control character (U+{:04X})", shown(text), u32::from(c));
        report.add(code::BAD_TERM, place.clone(), message, "delete it; one term stands on one line");
        return false;
    }
    if text.len() > limits.term_chars {
        let length = text.chars().count();
        if length > limits.term_chars {
            let message = format!("the term is {length} characters long; at most {} are read", limits.term_chars);
            report.add(code::LIMIT, place.clone(), message, "keep the two or three words that nobody else writes");
            return false;
        }
    }
    true
}

/// Whether something in it can be found: a letter, a digit, or a sign beyond punctuation such as an emoji.
fn can_match(text: &str) -> bool {
    text.chars().any(|c| c.is_alphanumeric() || (c >= '\u{2190}' && !matches!(c, '\u{3000}'..='\u{3004}' | '\u{FE00}'..='\u{FE0F}' | BOM)))
}

fn warn_of_short_fuzzy(text: &str, words: &str, fuzzy: u8, place: &FileSpan, report: &mut Report) {
    let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
    let least = FUZZY_FROM.get(usize::from(fuzzy)).copied().unwrap_or(0);
    let asked = words.split_ascii_whitespace().any(|w| w.starts_with("fuzzy="));
    if asked && letters < least && text.is_ascii() {
        report.add(
            code::SHORT_FUZZY,
            place.clone(),
            format!("fuzzy={fuzzy} counts from {least} letters on; `{}` has {letters}", shown(text)),
            format!("write fuzzy={}", if letters >= 5 { 1 } else { 0 }),
        );
    }
}

fn read_options(words: &str, into: &mut Options, at: &dyn Fn(Range<usize>) -> FileSpan, report: &mut Report) {
    for word in words.split_ascii_whitespace() {
        let from = word.as_ptr() as usize - words.as_ptr() as usize;
        let place = || at(from..from + word.len());
        match word.split_once('=') {
            None if word == "word" => into.word = true,
            None if word == "case" => into.case = true,
            None if word == "homophone" => into.homophone = true,
            None if word == "disguised" => into.disguised = true,
            Some(("fuzzy", "0")) => into.fuzzy = 0,
            Some(("fuzzy", "1")) => into.fuzzy = 1,
            Some(("fuzzy", "2")) => into.fuzzy = 2,
            Some(("fuzzy", _)) => {
                report.add(
                    code::BAD_OPTION,
                    place(),
                    format!("`{}` is no number of edits", shown(word)),
                    "write fuzzy=0, fuzzy=1 or fuzzy=2",
                );
            }
            Some(("lang", tag)) if names::is_language(tag) => into.lang = Some(tag.into()),
            Some(("lang", _)) => {
                report.add(
                    code::BAD_ID,
                    place(),
                    format!("`{}` is no BCP 47 language", shown(word)),
                    "write a tag such as lang=es or lang=zh-Hant",
                );
            }
            Some(("needs", ids)) => read_needs(ids, from + "needs=".len(), into, at, report),
            _ => {
                let help = report.did_you_mean(
                    word,
                    OPTIONS.iter().copied(),
                    "the options are fuzzy=, word, case, homophone, disguised, needs=, lang=",
                );
                report.add(code::BAD_OPTION, place(), format!("a term has no option `{}`", shown(word)), help);
            }
        }
    }
}

fn read_needs(ids: &str, from: usize, into: &mut Options, at: &dyn Fn(Range<usize>) -> FileSpan, report: &mut Report) {
    let mut needs = Vec::new();
    let mut start = from;
    for id in ids.split(',') {
        let place = at(start..start + id.len());
        if names::is_reference(id) {
            needs.push(Reference { id: id.to_owned(), place });
        } else {
            report.add(
                code::BAD_ID,
                place,
                format!("`{}` is no rule id", shown(id)),
                "write ids apart by commas without spaces: needs=cue.offer,cue.price",
            );
        }
        start += id.len() + 1;
    }
    into.needs = needs.into();
}

/// Reads a `.values` file: one value a line, ` | name` may follow.
pub(super) fn read_values(file: &Lines<'_>) -> Vec<(String, FileSpan)> {
    lines(file.text())
        .map(|(line, start, number, column)| {
            let (value, _) = split(line);
            (value.to_owned(), FileSpan { file: Arc::clone(file.file()), start, end: start + value.len(), line: number, column })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<Term>, Vec<&'static str>) {
        let (limits, mut report, mut out) = (PackLimits::default(), Report::new(100), Vec::new());
        read_file(&Lines::new("x.terms".into(), text), &limits, &mut report, &mut out);
        (out, report.finish(|_| 0).0.into_iter().map(|d| d.code).collect())
    }

    #[test]
    fn options_of_a_line_stand_over_those_of_the_section() {
        let (terms, faults) = read(
            "\u{FEFF}# head\r\n[fuzzy=1 lang=es]\r\n  papel fino\r\nwasap | fuzzy=0 word\r\n[]\r\n微信 | homophone needs=cue.a,cue.b.*\r\n",
        );
        assert_eq!(faults, [""; 0]);
        let seen: Vec<_> =
            terms.iter().map(|t| (t.text.as_str(), t.fuzzy, t.word, t.lang.as_deref(), t.place.line, t.place.column)).collect();
        assert_eq!(
            seen,
            [("papel fino", 1, false, Some("es"), 3, 3), ("wasap", 0, true, Some("es"), 4, 1), ("微信", 0, false, None, 6, 1)]
        );
        assert_eq!(terms[2].needs.iter().map(|r| (r.id.as_str(), r.place.column)).collect::<Vec<_>>(), [("cue.a", 22), ("cue.b.*", 28)]);
    }

    #[test]
    fn a_bar_inside_a_term_needs_options_after_another_bar() {
        let (terms, faults) = read("a | b | word\nc|d\ne |\n");
        assert_eq!(faults, [""; 0]);
        assert_eq!(terms.iter().map(|t| (t.text.as_str(), t.word)).collect::<Vec<_>>(), [("a | b", true), ("c|d", false), ("e", false)]);
    }

    #[test]
    fn places_of_terms_are_those_of_the_line_index() {
        let text = "\u{FEFF}\u{3000}alpha | fuzzy=1\n\n\tbéta gamma\r\nδ";
        let lines = Lines::new("x.terms".into(), text);
        let (terms, _) = read(text);
        assert_eq!(terms.len(), 3);
        for term in terms {
            assert_eq!(term.place, lines.at(term.place.start..term.place.end));
            assert_eq!(&text[term.place.start..term.place.end], term.text);
        }
    }
}

//! Terms and their options. In: lines of a `.terms` or `.values` file, or texts of a pack. Out: [`Terms`], values. Keeps: linear in the file; no allocation for a
//! term. Must not know: rules, TOML.

use super::document::shown;
use super::list::{Options, Terms};
use super::model::Reference;
use super::names;
use super::place::{BOM, Lines};
use super::report::Report;
use crate::diagnostic::{FileSpan, code};
use crate::limits::PackLimits;
use std::ops::Range;

const OPTIONS: &[&str] = &["fuzzy=0", "fuzzy=1", "fuzzy=2", "word", "case", "homophone", "disguised", "needs=", "lang="];

/// Letters from which on a term may be misspelled by one edit, and by two.
const FUZZY_FROM: [usize; 3] = [0, 5, 10];

/// The lines of a file that say something, trimmed, with the byte where each begins.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (&str, usize)> {
    let mut next = if text.starts_with(BOM) { BOM.len_utf8() } else { 0 };
    text.get(next..).unwrap_or_default().split('\n').filter_map(move |line| {
        let front = line.trim_start();
        let start = next + line.len() - front.len();
        next += line.len() + 1;
        let trimmed = front.trim_end();
        (!trimmed.is_empty() && !trimmed.starts_with('#')).then_some((trimmed, start))
    })
}

/// What is read: a line of a file, or a text of a pack.
struct Written<'l> {
    lines: &'l Lines,
    /// Where it begins in the file, if it stands there as it is.
    at: Option<usize>,
    /// What is pointed at for all of it; `None`: at what it is about.
    value: Option<&'l Range<usize>>,
}

impl Written<'_> {
    fn range(&self, within: Range<usize>) -> Range<usize> {
        let at = self.at.unwrap_or(0);
        self.value.cloned().unwrap_or(at + within.start..at + within.end)
    }

    fn place(&self, within: Range<usize>) -> FileSpan {
        self.lines.at(self.range(within))
    }
}

/// Reads a `.terms` file.
pub(super) fn read_file(file: &Lines, limits: &PackLimits, report: &mut Report, out: &mut Terms) {
    let mut defaults = Options::default();
    for (line, start) in lines(file.text()) {
        if out.len() > limits.terms {
            return;
        }
        let written = Written { lines: file, at: Some(start), value: None };
        if let Some(inner) = line.strip_prefix('[') {
            defaults = Options::default();
            match inner.strip_suffix(']') {
                Some(words) => read_options(words, 1, &mut defaults, &written, report),
                None => report.add(
                    code::BAD_OPTION,
                    written.place(0..line.len()),
                    "this line of options is not closed",
                    "end it with ]; a term that begins with [ goes into the pack's `terms`",
                ),
            }
            continue;
        }
        read_term(line, &defaults, &written, limits, report, out);
    }
}

/// Reads a term of a pack's `terms` list: a text, where it begins in the file if it stands there as it is, and the range of the value that it is.
pub(super) fn read_inline(
    file: &Lines,
    (text, at): (&str, Option<usize>),
    value: &Range<usize>,
    limits: &PackLimits,
    report: &mut Report,
    out: &mut Terms,
) {
    let front = text.trim_start();
    let at = at.map(|at| at + text.len() - front.len());
    read_term(front.trim_end(), &Options::default(), &Written { lines: file, at, value: Some(value) }, limits, report, out);
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

fn read_term(line: &str, defaults: &Options, written: &Written<'_>, limits: &PackLimits, report: &mut Report, out: &mut Terms) {
    let seen = line.bytes().fold(0, |seen, b| seen | SIGNS.get(usize::from(b)).copied().unwrap_or(0));
    let has_bar = seen & BAR != 0;
    let (text, options) = if has_bar { split(line) } else { (line, None) };
    let place = || written.place(0..text.len());
    let chosen = options.map(|(from, words)| {
        let mut chosen = defaults.clone();
        read_options(words, from, &mut chosen, written, report);
        warn_of_short_fuzzy(text, words, chosen.fuzzy, &place, report);
        chosen
    });
    if chosen.is_none()
        && has_bar
        && let Some((_, after)) = text.rsplit_once('|')
        && OPTIONS.iter().any(|o| after.trim_start().starts_with(o))
    {
        report.add(code::NO_EFFECT, place(), "a bar without a space on both sides belongs to the term", "write ` | ` before the options");
    }
    let is_plain = seen == WORD && text.len() <= limits.term_chars;
    if is_plain || is_term(text, &place, limits, report) {
        let section = out.section(written.lines.file(), chosen.as_ref().unwrap_or(defaults));
        out.push(section, text, written.at, written.range(0..text.len()));
    }
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
fn is_term(text: &str, place: &dyn Fn() -> FileSpan, limits: &PackLimits, report: &mut Report) -> bool {
    if !can_match(text) {
        let message = format!("the term `{}` has no letter, digit or picture to find", shown(text));
        report.add(code::BAD_TERM, place(), message, "write the word in plain spelling");
        return false;
    }
    if let Some(c) = text.chars().find(|c| c.is_control()) {
        let message = format!("the term `{}` holds a control character (U+{:04X})", shown(text), u32::from(c));
        report.add(code::BAD_TERM, place(), message, "delete it; one term stands on one line");
        return false;
    }
    if text.len() > limits.term_chars {
        let length = text.chars().count();
        if length > limits.term_chars {
            let message = format!("the term is {length} characters long; at most {} are read", limits.term_chars);
            report.add(code::LIMIT, place(), message, "keep the two or three words that nobody else writes");
            return false;
        }
    }
    true
}

/// Whether something in it can be found: a letter, a digit, or a sign beyond punctuation such as an emoji.
fn can_match(text: &str) -> bool {
    text.chars().any(|c| c.is_alphanumeric() || (c >= '\u{2190}' && !matches!(c, '\u{3000}'..='\u{3004}' | '\u{FE00}'..='\u{FE0F}' | BOM)))
}

fn warn_of_short_fuzzy(text: &str, words: &str, fuzzy: u8, place: &dyn Fn() -> FileSpan, report: &mut Report) {
    if !words.split_ascii_whitespace().any(|w| w.starts_with("fuzzy=")) {
        return;
    }
    let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
    let least = FUZZY_FROM.get(usize::from(fuzzy)).copied().unwrap_or(0);
    if letters < least && text.is_ascii() {
        report.add(
            code::SHORT_FUZZY,
            place(),
            format!("fuzzy={fuzzy} counts from {least} letters on; `{}` has {letters}", shown(text)),
            format!("write fuzzy={}", if letters >= 5 { 1 } else { 0 }),
        );
    }
}

/// Reads options that stand from a place on in what is written.
fn read_options(words: &str, start: usize, into: &mut Options, written: &Written<'_>, report: &mut Report) {
    for word in words.split_ascii_whitespace() {
        let from = start + word.as_ptr() as usize - words.as_ptr() as usize;
        let place = || written.place(from..from + word.len());
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
            Some(("needs", ids)) => read_needs(ids, from + "needs=".len(), into, written, report),
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

fn read_needs(ids: &str, from: usize, into: &mut Options, written: &Written<'_>, report: &mut Report) {
    let mut needs = Vec::new();
    let mut start = from;
    for id in ids.split(',') {
        let place = written.place(start..start + id.len());
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
pub(super) fn read_values(file: &Lines) -> Vec<(String, FileSpan)> {
    lines(file.text())
        .map(|(line, start)| {
            let (value, _) = split(line);
            (value.to_owned(), file.at(start..start + value.len()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Terms, Vec<&'static str>) {
        let (limits, mut report, mut out) = (PackLimits::default(), Report::new(100), Terms::default());
        read_file(&Lines::new("x.terms".into(), text.into()), &limits, &mut report, &mut out);
        (out, report.finish(|_| 0).0.into_iter().map(|d| d.code).collect())
    }

    #[test]
    fn options_of_a_line_stand_over_those_of_the_section() {
        let (terms, faults) = read(
            "\u{FEFF}# head\r\n[fuzzy=1 lang=es]\r\n  papel fino\r\nwasap | fuzzy=0 word\r\n[]\r\n微信 | homophone needs=cue.a,cue.b.*\r\n",
        );
        assert_eq!(faults, [""; 0]);
        let seen: Vec<_> = terms.iter().map(|t| (t.text, t.fuzzy, t.word, t.lang, t.place().line, t.place().column)).collect();
        assert_eq!(
            seen,
            [("papel fino", 1, false, Some("es"), 3, 3), ("wasap", 0, true, Some("es"), 4, 1), ("微信", 0, false, None, 6, 1)]
        );
        assert_eq!(
            terms.iter().nth(2).unwrap().needs.iter().map(|r| (r.id.as_str(), r.place.column)).collect::<Vec<_>>(),
            [("cue.a", 22), ("cue.b.*", 28)]
        );
    }

    #[test]
    fn a_bar_inside_a_term_needs_options_after_another_bar() {
        let (terms, faults) = read("a | b | word\nc|d\ne |\n");
        assert_eq!(faults, [""; 0]);
        assert_eq!(terms.iter().map(|t| (t.text, t.word)).collect::<Vec<_>>(), [("a | b", true), ("c|d", false), ("e", false)]);
    }

    #[test]
    fn places_of_terms_are_those_of_the_line_index() {
        let text = "\u{FEFF}\u{3000}alpha | fuzzy=1\n\n\tbéta gamma\r\nδ";
        let lines = Lines::new("x.terms".into(), text.into());
        let (terms, _) = read(text);
        assert_eq!(terms.len(), 3);
        for term in terms.iter() {
            let place = term.place();
            assert_eq!(place, lines.at(place.start..place.end));
            assert_eq!(&text[place.start..place.end], term.text);
        }
    }
}

//! The text around a host or address. In: a folded text and a place. Out: what stands there. Keeps: a bounded stretch is looked at on both sides. Must not know:
//! atoms.

use crate::matcher::entity::Search;
use crate::matcher::entity::items::{Gap, Kind};
use crate::matcher::entity::tables::mean;
use std::ops::Range;

/// The most bytes that are looked at on either side of a place.
const AROUND: usize = 512;

/// Items and words before a host that are looked at.
const ITEMS_BEFORE: usize = 6;
const WORDS_BEFORE: usize = 3;

/// The schemes of the web, whole, defanged or torn, without their `s`.
const WEB: &[&str] = &["http", "hxxp", "ftp", "htp", "p", "tp", "ttp"];

/// The text near a place, cut at character boundaries.
pub(in crate::matcher::entity) fn around(folded: &str, at: usize) -> Range<usize> {
    let start = (at.saturating_sub(AROUND)..=at).find(|i| folded.is_char_boundary(*i)).unwrap_or(at);
    let end = (at..=(at + AROUND).min(folded.len())).rev().find(|i| folded.is_char_boundary(*i)).unwrap_or(at);
    start..end
}

/// The run of visible characters around a byte.
pub(in crate::matcher::entity) fn chunk(folded: &str, at: usize) -> (usize, usize) {
    let window = around(folded, at);
    let before = folded.get(window.start..at).unwrap_or_default();
    let after = folded.get(at..window.end).unwrap_or_default();
    let start = before.rfind(char::is_whitespace).map_or(window.start, |i| window.start + i + 1);
    let end = after.find(char::is_whitespace).map_or(window.end, |i| at + i);
    (if folded.is_char_boundary(start) { start } else { at }, end)
}

/// Whether nothing, a mark or a line's end follows a place.
pub(in crate::matcher::entity) fn clause_ends(search: &Search<'_>, at: usize) -> bool {
    let rest = search.folded.get(at..).unwrap_or_default();
    let after = rest.trim_start_matches([' ', '\t']);
    match after.chars().next() {
        None | Some('\n' | '\r' | ',' | ';' | '!' | '?' | ')' | ']' | '"' | '\'' | '/' | '|') => true,
        Some('.' | ':') => after.get(1..).is_none_or(|more| !more.starts_with(|c: char| c.is_alphanumeric())),
        Some(c) => !c.is_alphanumeric() && !c.is_ascii(),
    }
}

/// Whether a word before an item tells that a web address follows, or a word of place right before it.
pub(super) fn site_before(search: &Search<'_>, item: usize) -> bool {
    let before = search.items.get(..item).unwrap_or_default().iter().rev().take(ITEMS_BEFORE);
    let line = before.take_while(|i| i.gap != Gap::Line || i.kind != Kind::Mark);
    let mut words = line.filter(|i| i.kind == Kind::Word).take(WORDS_BEFORE).peekable();
    words.peek().is_some_and(|w| w.has(mean::ON)) || words.any(|w| search.tables.is_site_word(w.text(search.folded)))
}

/// Where a scheme begins that stands before a host (`https://`, `hxxp ://`, `h**ps:\\`).
pub(super) fn scheme_before(folded: &str, at: usize) -> Option<usize> {
    let window = around(folded, at).start;
    let before = folded.get(window..at).unwrap_or_default();
    let bare = before.trim_end_matches(|c: char| c == ' ' || "/\\:_[]()@".contains(c));
    let marks = before.get(bare.len()..).unwrap_or_default();
    if marks.bytes().filter(|b| b"/\\_".contains(b)).count() < 2 {
        return None;
    }
    let letters = |c: char| c.is_ascii_alphanumeric() || "*+.-".contains(c);
    let mut start = bare.char_indices().rev().find(|(_, c)| !letters(*c)).map_or(0, |(i, c)| i + c.len_utf8());
    start += bare.get(start..).map_or(0, |w| w.len() - w.trim_start_matches(['.', '+', '-']).len());
    let word = bare.get(start..).unwrap_or_default();
    if matches!(word, "p" | "ps" | "tp") {
        let rest = bare.get(..start).unwrap_or_default().trim_end();
        start = rest.rfind(|c: char| !letters(c)).map_or(0, |i| i + 1);
    }
    let told = word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '*') && (marks.contains(':') || is_web(word));
    told.then_some(window + start)
}

fn is_web(scheme: &str) -> bool {
    let scheme = scheme.trim_end_matches('s');
    WEB.contains(&scheme) || scheme.len() == 4 && scheme.starts_with('h') && scheme.ends_with('p')
}

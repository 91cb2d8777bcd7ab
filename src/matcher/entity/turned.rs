//! Telephone numbers upside down: `ƐᔭƖ0 ϛϛϛ ᄅ0ᄅ` is `202 555 0143` turned round. In: tokens and the bytes they came from. Out: hits. Keeps: each token is
//! read once. Must not know: rules.

use super::numbers::national;
use super::{EntityKind, Finding, Search};
use crate::evasion::Evasion;

/// Digits turned by half a circle: the glyph as written, the digit that is meant, whether it can only be a turned one.
const GLYPHS: &[(char, u8, bool)] = &[
    ('0', b'0', false),
    ('1', b'1', false),
    ('Ɩ', b'1', true),
    ('⇂', b'1', true),
    ('↊', b'2', true),
    ('ᄅ', b'2', true),
    ('Ƨ', b'2', true),
    ('Ɛ', b'3', true),
    ('↋', b'3', true),
    ('ᔭ', b'4', true),
    ('ᔡ', b'4', true),
    ('ㄣ', b'4', true),
    ('5', b'5', false),
    ('ϛ', b'5', true),
    ('Ϛ', b'5', true),
    ('9', b'6', false),
    ('ㄥ', b'7', true),
    ('Ɫ', b'7', true),
    ('8', b'8', false),
    ('6', b'9', false),
];
/// The fewest glyphs that can only be turned digits.
const SURELY: usize = 3;
/// Bytes that may stand between two tokens of a number.
const BETWEEN: usize = 3;
/// Most digits of a number.
const DIGITS: usize = 15;

fn turned(c: char) -> Option<(u8, bool)> {
    GLYPHS.iter().find(|(glyph, ..)| *glyph == c).map(|&(_, digit, only)| (digit, only))
}

/// Whether a source holds one of the commonest turned digits; one of them stands in nearly every turned number.
pub(super) fn may_hold(source: &[u8]) -> bool {
    ["Ɩ", "Ɛ", "ϛ", "ㄥ"].iter().any(|glyph| memchr::memmem::find(source, glyph.as_bytes()).is_some())
}

pub(super) fn find(search: &mut Search<'_>, spare: &mut String) {
    if search.source.is_ascii() || !may_hold(search.source) {
        return;
    }
    let mut index = 0;
    while index < search.text.tokens().len() {
        if !search.budget.charge(4) {
            return;
        }
        index = number(search, spare, index).max(index + 1);
    }
}

/// Reads the turned number that begins at a token; gives the token after it.
fn number(search: &mut Search<'_>, spare: &mut String, from: usize) -> usize {
    spare.clear();
    let mut surely = 0;
    let mut next = from;
    let mut range = 0..0;
    for token in search.text.tokens().iter().skip(from) {
        let here = token.range();
        let between = search.folded.get(range.end..here.start).unwrap_or("?");
        let apart = next > from && !(between.len() <= BETWEEN && between.bytes().all(|b| b" -./()".contains(&b)));
        let cased = search.cased(here.clone());
        if apart || cased.is_empty() || spare.len() + cased.len() > 3 * DIGITS || !cased.chars().all(|c| turned(c).is_some()) {
            break;
        }
        for (digit, only) in cased.chars().filter_map(turned) {
            spare.push(char::from(digit));
            surely += usize::from(only);
        }
        range = if next == from { here } else { range.start..here.end };
        next += 1;
    }
    if surely < SURELY || !(7..=DIGITS).contains(&spare.len()) {
        return next;
    }
    let digits: String = spare.chars().rev().collect();
    let number = national(&digits, search.options, None);
    let value = match &number {
        Some(number) => search.out.value_of(&["+", number.digits()]),
        None => search.out.value_of(&[&digits]),
    };
    let evasion = search.text.evidence(range.clone()) | Evasion::FLIPPED;
    search.out.push(Finding { kind: EntityKind::Phone, start: range.start, end: range.end, confidence: 80, evasion }, value);
    next
}

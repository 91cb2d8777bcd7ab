//! Cuts a folded text into the pieces that identifiers are made of. In: [`Text`]. Out: items in order: digits, words with what they mean, marks.
//! Keeps: items do not overlap and lie on character boundaries; one pass. Must not know: kinds of identifiers.

use super::tables::{Strength, Tables, UNSPACED_WORD, Word, mean};
use crate::limits::Budget;
use crate::text::{Text, TokenFlags};

/// What an item is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// ASCII digits.
    Digits,
    /// Letters that stand beside digits and look like digits.
    Leet,
    /// A word, a piece of one, or one character of an unspaced script.
    Word,
    /// One ASCII punctuation mark, or another symbol.
    Mark,
    /// One emoji.
    Emoji,
}

/// White space before an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// None.
    None,
    /// Spaces.
    Space,
    /// A line end.
    Line,
}

/// One piece of the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    pub start: usize,
    pub end: usize,
    pub kind: Kind,
    pub gap: Gap,
    /// The first byte of a mark.
    pub mark: u8,
    /// What the tables know of it.
    pub word: Option<&'static Word>,
    /// It begins a token of the text stage.
    pub first: bool,
    /// It ends a token.
    pub last: bool,
}

impl Item {
    pub(super) fn has(&self, meaning: u32) -> bool {
        self.word.is_some_and(|w| w.has(meaning))
    }

    pub(super) fn is_mark(&self, marks: &[u8]) -> bool {
        self.kind == Kind::Mark && marks.contains(&self.mark)
    }

    pub(super) fn text<'t>(&self, folded: &'t str) -> &'t str {
        folded.get(self.start..self.end).unwrap_or_default()
    }

    /// Touches the item before it.
    pub(super) fn glued(&self) -> bool {
        self.gap == Gap::None
    }

    /// A word, digits or letters for digits.
    pub(super) fn is_wordy(&self) -> bool {
        matches!(self.kind, Kind::Digits | Kind::Leet | Kind::Word)
    }
}

/// Letters that are written for a digit, and the digit.
pub(super) fn leet_digit(letter: char) -> Option<u8> {
    Some(match letter {
        'o' | 'q' | 'о' => b'0',
        'i' | 'l' | '|' | 'і' => b'1',
        'z' => b'2',
        'з' => b'3',
        'ч' => b'4',
        's' => b'5',
        'б' => b'6',
        'b' => b'8',
        'g' => b'9',
        _ => return None,
    })
}

/// The letter for a digit that is written for one inside a word.
pub(super) fn leet_letter(digit: u8) -> u8 {
    match digit {
        b'0' => b'o',
        b'1' => b'i',
        b'3' => b'e',
        b'4' => b'a',
        b'5' => b's',
        b'7' => b't',
        b'8' => b'b',
        other => other,
    }
}

/// The Cyrillic letter for a digit that is written for one.
pub(super) fn cyrillic_letter(c: char) -> char {
    match c {
        '0' => 'о',
        '1' => 'и',
        '3' => 'е',
        '4' => 'а',
        '6' => 'б',
        other => other,
    }
}

/// A token with one of these is more than one run of ASCII letters.
const MIXED: TokenFlags = TokenFlags::DIGIT.or(TokenFlags::WIDE).or(TokenFlags::APOSTROPHE);

/// Fills `items`. Stops where the budget ends.
pub(super) fn cut(text: &Text, tables: &'static Tables, budget: &mut Budget, items: &mut Vec<Item>) {
    items.clear();
    let folded = text.folded();
    let mut at = 0;
    for token in text.tokens() {
        let range = token.range();
        if !budget.charge(2 + (range.end - at.min(range.end)) as u64 / 4) {
            return;
        }
        let gap = marks(folded, at, range.start, items);
        let from = items.len();
        if token.flags.has(TokenFlags::EMOJI) {
            let word = tables.word(folded.get(range.clone()).unwrap_or_default());
            items.push(Item { start: range.start, end: range.end, kind: Kind::Emoji, gap, mark: 0, word, first: true, last: true });
        } else if token.flags.intersects(MIXED) {
            cut_token(folded, range.clone(), tables, items);
        } else {
            word(folded.get(range.clone()).unwrap_or_default(), range.start, tables, items);
        }
        if let Some(first) = items.get_mut(from) {
            first.gap = gap;
            first.first = true;
        }
        if items.len() > from
            && let Some(last) = items.last_mut()
        {
            last.last = true;
        }
        at = range.end;
    }
    marks(folded, at, folded.len(), items);
}

/// The marks between two tokens; gives the white space after the last of them.
fn marks(folded: &str, start: usize, end: usize, items: &mut Vec<Item>) -> Gap {
    if folded.as_bytes().get(start..end) == Some(b" ") {
        return Gap::Space;
    }
    let mut gap = Gap::None;
    for (i, c) in folded.get(start..end).unwrap_or_default().char_indices() {
        if c == '\n' || c == '\r' {
            gap = Gap::Line;
        } else if c.is_whitespace() || c.is_control() {
            gap = gap.max(Gap::Space);
        } else {
            let at = start + i;
            let mark = if c.is_ascii() { c as u8 } else { swapped_mark(c) };
            items.push(Item { start: at, end: at + c.len_utf8(), kind: Kind::Mark, gap, mark, word: None, first: true, last: true });
            gap = Gap::None;
        }
    }
    gap
}

/// The ASCII mark that another script's mark is used for; zero for others.
fn swapped_mark(c: char) -> u8 {
    match c {
        '。' | '．' | '｡' | '•' | '·' | '・' | '‧' | '∙' => b'.',
        '，' | '、' => b',',
        '：' => b':',
        '＠' | '﹫' => b'@',
        '‐'..='―' | '−' | '－' | '﹣' | '〜' | '～' | 'ー' => b'-',
        '／' | '⁄' | '∕' => b'/',
        '（' | '【' | '「' | '〔' => b'(',
        '）' | '】' | '」' | '〕' => b')',
        '＋' => b'+',
        '“' | '”' | '„' | '«' | '»' | '＂' => b'"',
        '€' | '£' | '¥' | '￥' | '₹' | '₽' | '₩' | '₺' | '₦' | '฿' | '₫' | '₱' => b'$',
        _ => 0,
    }
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum Class {
    Digit,
    Letter,
    Wide,
    Other,
}

fn class(c: char) -> Class {
    match c {
        '0'..='9' => Class::Digit,
        'a'..='z' | 'A'..='Z' => Class::Letter,
        c if c.is_ascii() => Class::Other,
        _ => Class::Wide,
    }
}

pub(super) fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c), 0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x2E80..=0xA4CF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}

fn cut_token(folded: &str, range: std::ops::Range<usize>, tables: &'static Tables, items: &mut Vec<Item>) {
    let token = folded.get(range.clone()).unwrap_or_default();
    let digits = token.bytes().any(|b| b.is_ascii_digit());
    let mixed = digits && token.bytes().any(|b| b.is_ascii_alphabetic());
    let cyrillic = digits && token.chars().any(|c| matches!(c, 'а'..='я'));
    if (mixed || cyrillic) && leet_name(token, range.start, tables, items) {
        return;
    }
    let mut at = 0;
    while let Some(rest) = token.get(at..).filter(|r| !r.is_empty()) {
        let first = rest.chars().next().unwrap_or(' ');
        let kind = class(first);
        let len = rest.char_indices().find(|(_, c)| class(*c) != kind).map_or(rest.len(), |(i, _)| i);
        let run = rest.get(..len).unwrap_or_default();
        let start = range.start + at;
        match kind {
            Class::Digit => push(items, start, start + len, Kind::Digits, None),
            Class::Letter
                if mixed
                    && run.chars().all(|c| leet_digit(c).is_some())
                    && tables.word(run).is_none_or(|w| w.value < 0 || run.len() == 1) =>
            {
                push(items, start, start + len, Kind::Leet, tables.word(run));
            }
            Class::Letter => word(run, start, tables, items),
            Class::Wide if is_unspaced(first) => unspaced(run, start, tables, items),
            // Cyrillic letters beside digits: `89О5 12З`.
            Class::Wide if len < token.len() && run.chars().all(|c| leet_digit(c).is_some()) => {
                push(items, start, start + len, Kind::Leet, None);
            }
            Class::Wide => push(items, start, start + len, Kind::Word, tables.word(run)),
            Class::Other => {
                for (i, c) in run.char_indices() {
                    let mark = if c.is_ascii() { c as u8 } else { 0 };
                    let s = start + i;
                    items.push(Item {
                        start: s,
                        end: s + c.len_utf8(),
                        kind: Kind::Mark,
                        gap: Gap::None,
                        mark,
                        word: None,
                        first: false,
                        last: false,
                    });
                }
            }
        }
        at += len.max(1);
    }
}

fn push(items: &mut Vec<Item>, start: usize, end: usize, kind: Kind, word: Option<&'static Word>) {
    items.push(Item { start, end, kind, gap: Gap::None, mark: 0, word, first: false, last: false });
}

/// A token with digits for letters that names an app or mail service (`t3legram`) is one word.
fn leet_name(token: &str, start: usize, tables: &'static Tables, items: &mut Vec<Item>) -> bool {
    if !token.is_ascii() {
        return cyrillic_name(token, start, tables, items);
    }
    let mut plain = [0u8; 16];
    if token.len() < 2 || token.len() > plain.len() {
        return false;
    }
    for (to, from) in plain.iter_mut().zip(token.bytes()) {
        *to = leet_letter(from);
    }
    if let Some(found) = tables.word(token).filter(|w| w.value >= 0 && w.has(mean::STRONG)) {
        push(items, start, start + token.len(), Kind::Word, Some(found));
        return true;
    }
    if let Some(found) = tables.word(token).filter(|w| w.has(mean::DOT)) {
        push(items, start, start + token.len(), Kind::Word, Some(found));
        return true;
    }
    let named = |name: &[u8]| std::str::from_utf8(name).ok().and_then(|n| tables.app(n)).is_some_and(|a| a.strength != Strength::Weak);
    let app = token.len() >= 4 && plain.get(..token.len()).is_some_and(named);
    if !(app || token.starts_with(|c: char| c.is_ascii_alphabetic())) {
        return false;
    }
    let number = |name: &[u8]| {
        std::str::from_utf8(name).ok().and_then(|n| tables.word(n)).filter(|w| w.lang == 0 && w.value >= 0 && w.has(mean::STRONG))
    };
    if let Some(found) = plain.get(..token.len()).filter(|n| n.len() >= 3).and_then(number) {
        push(items, start, start + token.len(), Kind::Word, Some(found));
        return true;
    }
    let named = |name: &[u8]| std::str::from_utf8(name).is_ok_and(|n| tables.app(n).is_some() || tables.provider(n).is_some());
    if !plain.get(..token.len()).is_some_and(named) {
        for (to, from) in plain.iter_mut().zip(token.bytes()).filter(|(_, from)| *from == b'1') {
            *to = if from == b'1' { b'l' } else { *to };
        }
        if !plain.get(..token.len()).is_some_and(named) {
            for (to, _) in plain.iter_mut().zip(token.bytes()).filter(|(_, from)| *from == b'1') {
                *to = b'i';
            }
        }
    }
    let Some(name) = plain.get(..token.len()).and_then(|p| std::str::from_utf8(p).ok()) else { return false };
    let useful = mean::APP_START | mean::PROVIDER_START | mean::IS | mean::INVITE | mean::CUE | mean::MAIL;
    let Some(found) = tables.word(name).filter(|w| w.has(useful) && w.value < 0) else { return false };
    let named = tables.app(name).is_some() || tables.provider(name).is_some();
    if !named && (!found.has(useful & !(mean::APP_START | mean::PROVIDER_START)) || token.len() > 8) {
        return false;
    }
    push(items, start, start + token.len(), Kind::Word, Some(found));
    true
}

/// The same with Cyrillic letters: `т3л3гр4м`.
fn cyrillic_name(token: &str, start: usize, tables: &'static Tables, items: &mut Vec<Item>) -> bool {
    let mut plain = [0u8; 40];
    let mut len = 0;
    for c in token.chars() {
        let c = cyrillic_letter(c);
        let Some(to) = plain.get_mut(len..len + c.len_utf8()) else { return false };
        len += c.encode_utf8(to).len();
    }
    let name = plain.get(..len).and_then(|p| std::str::from_utf8(p).ok()).unwrap_or_default();
    let Some(found) = tables.word(name).filter(|_| tables.app(name).is_some_and(|a| a.strength != Strength::Weak)) else { return false };
    push(items, start, start + token.len(), Kind::Word, Some(found));
    true
}

/// A run of letters: a word, or digit words written together (`sixoneseventhree`).
fn word(run: &str, start: usize, tables: &'static Tables, items: &mut Vec<Item>) {
    let known = tables.word(run).or_else(|| unrepeated(run, tables));
    if known.is_none() && run.len() >= 6 && digit_words(run, start, tables, items) {
        return;
    }
    push(items, start, start + run.len(), Kind::Word, known);
}

/// The word that is left when letters written three times and more are written once or twice (`fiiive`, `caaall`).
fn unrepeated(run: &str, tables: &'static Tables) -> Option<&'static Word> {
    let bytes = run.as_bytes();
    if run.len() > 24 || run.len() < 4 || !bytes.windows(2).any(|w| matches!(w, [a, b] if a == b)) {
        return None;
    }
    let mut once = [0u8; 24];
    let mut len = 0;
    let mut before = 0;
    for &b in bytes {
        if b != before {
            *once.get_mut(len)? = b;
            len += 1;
        }
        before = b;
    }
    tables.word(std::str::from_utf8(once.get(..len)?).ok()?).filter(|w| w.value >= 0 && w.has(mean::STRONG))
}

/// Whether a token begins with the name of a digit, as those do that are nothing else (`ninewonseven`).
pub(super) fn begins_with_digit(text: &Text, token: std::ops::Range<usize>) -> bool {
    let token = text.folded().get(token).unwrap_or_default();
    let digit = |len| token.get(..len).and_then(|t| super::tables::tables().word(t)).is_some_and(|w| (0..10).contains(&w.value));
    (3..=6).any(digit)
}

/// The longest run of letters that is cut into digit words.
const GLUED: usize = 64;

/// Cuts a run of letters that is nothing but digit words; `false`, and nothing pushed, where it is not.
fn digit_words(run: &str, start: usize, tables: &'static Tables, items: &mut Vec<Item>) -> bool {
    let piece = |at: usize, len: usize| {
        let text = run.get(at..at + len)?;
        tables.word(text).filter(|word| word.is_digit(text))
    };
    if run.len() > GLUED || !tables.begins_like_digit(run) || !(1..=9).any(|len| piece(0, len).is_some()) {
        return false;
    }
    let mut lengths = [0u8; GLUED + 1];
    for at in (0..run.len()).rev() {
        let fits = (1..=9usize.min(run.len() - at)).rev().find(|&len| {
            let rest = at + len == run.len() || lengths.get(at + len).is_some_and(|l| *l > 0);
            rest && piece(at, len).is_some()
        });
        if let (Some(len), Some(slot)) = (fits, lengths.get_mut(at)) {
            *slot = len as u8;
        }
    }
    let length = |at: usize| lengths.get(at).map_or(run.len(), |&l| usize::from(l).max(1));
    let (mut sure, mut heard, mut at) = (0, 0, 0);
    while at < run.len() {
        let strong = run.get(at..at + length(at)) == Some("oh") || piece(at, length(at)).is_some_and(|w| w.has(mean::STRONG | mean::TIMES));
        *if strong { &mut sure } else { &mut heard } += 1;
        at += length(at);
    }
    // Words that only sound like a digit (`won`, `ate`) need one that is one, and others beside it.
    let whole = lengths.first().is_some_and(|&len| len > 0 && usize::from(len) < run.len());
    let whole = whole && (heard == 0 || sure > 0 && sure + heard > 2 && !tables.is_common(run));
    let mut at = 0;
    while whole && at < run.len() {
        let len = length(at);
        push(items, start + at, start + at + len, Kind::Word, piece(at, len));
        at += len;
    }
    whole
}

/// A run of a script without spaces: the longest table words, other characters one by one.
fn unspaced(run: &str, start: usize, tables: &'static Tables, items: &mut Vec<Item>) {
    let mut at = 0;
    while let Some(rest) = run.get(at..).filter(|r| !r.is_empty()) {
        let mut ends = [0usize; UNSPACED_WORD];
        let mut count = 0;
        for ((i, c), slot) in rest.char_indices().zip(ends.iter_mut()) {
            *slot = i + c.len_utf8();
            count += 1;
        }
        let found = ends.iter().take(count).rev().find_map(|&end| tables.word(rest.get(..end)?).map(|w| (end, w)));
        let (len, word) = match found {
            Some((end, word)) => (end, Some(word)),
            None => (ends.first().copied().unwrap_or(1).max(1), None),
        };
        push(items, start + at, start + at + len, Kind::Word, word);
        at += len;
    }
}

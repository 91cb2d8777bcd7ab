//! Folds terms as messages are folded, by shorter ways where these give the same. In: a term as its editor writes it. Out: its letters, key classes and words.
//! Keeps: every way gives what reading the term as a message would. Must not know: where the term is put.

use super::TermSpec;
use super::store::Term;
use super::token_keys::key_classes;
use super::variants;
use crate::text::{Text, TokenFlags, keys};

/// Fewest letters of a term that is looked for with one edit, and with two.
pub(super) const FUZZY_ONE: usize = 5;
const FUZZY_TWO: usize = 10;

/// Folds terms, one after another.
#[derive(Debug, Default)]
pub(super) struct Folder {
    pub(super) text: Text,
    pub(super) folded: String,
    /// The words without what is between them and without apostrophes, then [`keys::PADDING`] zeros.
    pub(super) letters: Vec<u8>,
    /// Their key classes, and as many zeros.
    pub(super) classes: Vec<u8>,
    /// Where each word ends in both.
    pub(super) ends: Vec<usize>,
    /// Bit for each of the first 64 letters at which a word begins.
    pub(super) cuts: u64,
    /// Every word is one byte.
    pub(super) single: bool,
    /// Some word is of a script without spaces.
    pub(super) unspaced: bool,
    pub(super) key: Vec<u8>,
}

impl Folder {
    pub(super) fn fold(&mut self, text: &str) {
        self.letters.clear();
        self.classes.clear();
        self.ends.clear();
        self.key.clear();
        (self.cuts, self.single, self.unspaced) = (0, true, false);
        if text.bytes().all(is_plain) {
            self.fold_plain(text.as_bytes());
        } else if !self.fold_simply(text) {
            self.fold_any(text);
        }
        self.letters.extend_from_slice(&[0; keys::PADDING]);
        self.classes.extend_from_slice(&[0; keys::PADDING]);
    }

    /// Any term, by the code that reads messages.
    fn fold_any(&mut self, term: &str) {
        let mut text = std::mem::take(&mut self.text);
        text.read(term.as_bytes());
        for token in text.tokens() {
            self.begin_word();
            let word = text.folded().as_bytes().get(token.range()).unwrap_or_default();
            self.letters.extend(word.iter().filter(|&&b| b != b'\''));
            self.classes.extend(key_classes(&text, token));
            self.single &= word.len() == 1;
            self.unspaced |= token.flags.has(TokenFlags::UNSPACED);
            self.ends.push(self.classes.len());
        }
        self.text = text;
        if let Some(collapsed) = variants::collapse(self.classes.iter().copied()) {
            self.key.extend_from_slice(collapsed.as_slice());
        }
    }

    /// The same for most terms outside ASCII, by a short way; `false`, and nothing done, for others.
    fn fold_simply(&mut self, term: &str) -> bool {
        let mut folded = std::mem::take(&mut self.folded);
        let simple = Text::read_simply(term, &mut folded);
        if let Some(unspaced) = simple {
            self.unspaced = unspaced;
            self.fold_plain(folded.as_bytes());
            if !folded.is_ascii() {
                self.key.clear();
                if let Some(collapsed) = variants::collapse(self.classes.iter().copied()) {
                    self.key.extend_from_slice(collapsed.as_slice());
                }
            }
        }
        self.folded = folded;
        simple.is_some()
    }

    /// The same for text in which nothing is folded but letter case of ASCII, and all that is not ASCII is letters: where the term is `unspaced`, of scripts
    /// without spaces.
    fn fold_plain(&mut self, term: &[u8]) {
        self.letters.resize(term.len(), 0);
        self.classes.resize(term.len(), 0);
        self.key.resize(term.len(), 0);
        // How many letters and key classes there are, and where the word begins that is open.
        let (mut letters, mut keys, mut last, mut open) = (0, 0, 0, None);
        for (at, &b) in term.iter().enumerate() {
            let class = PLAIN_CLASS.get(usize::from(b)).copied().unwrap_or(0);
            if class == 0 {
                let around = (at.checked_sub(1).and_then(|before| term.get(before)), term.get(at + 1));
                let is_letter = |b: &u8| b.is_ascii_alphabetic() || !b.is_ascii() && !self.unspaced;
                if b == b'\'' && matches!(around, (Some(a), Some(b)) if is_letter(a) && is_letter(b)) {
                    // An apostrophe between letters is part of their word.
                    self.single = false;
                } else if let Some(begun) = open.take() {
                    self.single &= letters == begun + 1;
                    self.ends.push(letters);
                }
            } else {
                if self.unspaced
                    && at.checked_sub(1).and_then(|before| term.get(before)).is_some_and(|before| before.is_ascii() != b.is_ascii())
                    && let Some(begun) = open.take()
                {
                    self.single &= letters == begun + 1;
                    self.ends.push(letters);
                }
                if open.is_none() {
                    self.cuts |= if letters < 64 { 1 << letters } else { 0 };
                    open = Some(letters);
                }
                if let (Some(letter), Some(place), Some(key)) =
                    (self.letters.get_mut(letters), self.classes.get_mut(letters), self.key.get_mut(keys))
                {
                    (*letter, *place, *key) = (b.to_ascii_lowercase(), class, class);
                }
                letters += 1;
                keys += usize::from(class != last);
                last = class;
            }
        }
        if let Some(begun) = open {
            self.single &= letters == begun + 1;
            self.ends.push(letters);
        }
        self.letters.truncate(letters);
        self.classes.truncate(letters);
        self.key.truncate(if keys > variants::KEY_MAX { 0 } else { keys });
    }

    fn begin_word(&mut self) {
        if self.letters.len() < 64 {
            self.cuts |= 1 << self.letters.len();
        }
    }

    /// Number of letters, in bytes.
    pub(super) fn len(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    pub(super) fn letters(&self) -> &[u8] {
        self.letters.get(..self.letters.len().saturating_sub(keys::PADDING)).unwrap_or_default()
    }

    /// The term that was folded.
    pub(super) fn term(&self, spec: &TermSpec<'_>) -> Term<'_> {
        let letters = self.letters();
        let count = letters.iter().filter(|b| (**b & 0xC0) != 0x80).count();
        let fuzzy = match spec.fuzzy {
            0 => 0,
            _ if count < FUZZY_ONE => 0,
            1 => 1,
            _ if count < FUZZY_TWO => 1,
            _ => 2,
        };
        let word = spec.word || spec.case || (count <= 3 && letters.is_ascii()) || (self.single && self.ends.len() > 1 && count <= 3);
        Term {
            letters,
            cuts: self.cuts,
            fuzzy: if word { 0 } else { fuzzy },
            word,
            case: spec.case,
            disguised: spec.disguised,
            leads: false,
        }
    }
}

/// The class of each byte in either letter case.
const PLAIN_CLASS: [u8; 256] = plain_class_table();

#[allow(clippy::indexing_slicing, reason = "runs when compiled")]
const fn plain_class_table() -> [u8; 256] {
    let mut table = [0; 256];
    let mut b = 0;
    while b < 256 {
        table[b] = keys::CLASS[(b as u8).to_ascii_lowercase() as usize];
        b += 1;
    }
    table
}

/// ASCII that is neither a control character nor begins a reference or an escape.
const fn is_plain(b: u8) -> bool {
    matches!(b, b' '..=b'~') && !matches!(b, b'&' | b'%' | b'\\')
}

/// A word of a folded term.
#[derive(Debug, Clone, Copy)]
pub(super) struct TermWord<'f> {
    pub(super) letters: &'f [u8],
    pub(super) class: &'f [u8],
    /// Of the letters.
    pub(super) hash: u64,
}

/// Calls `each` with the words of the term that was folded.
pub(super) fn each_word(folder: &Folder, mut each: impl FnMut(TermWord<'_>)) {
    let mut start = 0;
    for &end in &folder.ends {
        if let (Some(letters), Some(class)) = (folder.letters.get(start..end), folder.classes.get(start..end)) {
            each(TermWord { letters, class, hash: keys::hash_at(&folder.letters, start, end - start) });
        }
        start = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Folded = (Vec<u8>, Vec<u8>, Vec<usize>, u64, bool, (Vec<u8>, bool));

    fn folded(fold: impl FnOnce(&mut Folder)) -> Folded {
        let mut folder = Folder { single: true, ..Folder::default() };
        fold(&mut folder);
        (folder.letters, folder.classes, folder.ends, folder.cuts, folder.single, (folder.key, folder.unspaced))
    }

    proptest! {
        #[test]
        fn plain_terms_are_folded_as_all_others_are(term in "[ -%'-~]{0,12}|[a-cA-C1 '.-]{0,90}") {
            prop_assume!(term.bytes().all(is_plain));
            prop_assert_eq!(folded(|f| f.fold_plain(term.as_bytes())), folded(|f| f.fold_any(&term)));
        }

        #[test]
        fn so_are_terms_that_are_folded_simply(term in "[a-cA-C1 '.éÑüảßøłæйЙаесорхАЕСдЖїґў加微商信車ぱガ号ก①ａ ' & ‘ £ ° 👻 \u{301}\u{308}]{0,9}|[абвАВ' 1a]{0,9}|[加微商信車]{0,5}|[加微信 aB'é1-]{0,7}|[асос елда'1 a-]{0,9}|[ a-cé'ñ]{0,9}") {
            let mut simple = true;
            let short = folded(|f| simple = f.fold_simply(&term));
            prop_assume!(simple);
            prop_assert_eq!(short, folded(|f| f.fold_any(&term)), "{:?}", term);
        }
    }
}

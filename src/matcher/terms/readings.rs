//! What the second reading made of a message, for whoever looks for more than terms in it. In: a text that was looked through, and one of the windows that were
//! rewritten. Out: that window as it reads with its disguises of shape undone, marks and `@` standing as they are, and where each part of it comes from.
//! Keeps: nothing is written before somebody asks. Must not know: what is looked for.

use super::reread::{Cut, Manner, Reread, Rewritten, source};
use super::{Run, TermIndex, TermScratch, variants};
use crate::evasion::Evasion;
use crate::limits::Budget;
use crate::matcher::entity::Heard;
use crate::matcher::terms::groups::Scope;
use crate::text::Text;
use std::ops::Range;

/// Fewest letters of a word that has an `@` in it for a letter: `sn@p`.
const NAMED: usize = 4;

/// Words of a text that the second reading rewrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Window {
    /// The first word and the one after the last.
    pub(super) words: (u32, u32),
    /// What the identifier finders would hear in it.
    pub heard: Heard,
    /// Letters set apart in it may be cut into words otherwise than where the gaps are wider.
    pub(super) cut: bool,
}

/// A window as it reads.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'r> {
    pub(super) joined: &'r Rewritten,
    pub(super) joined_text: &'r Text,
    pub(super) turned: &'r Rewritten,
    pub(super) turned_text: &'r Text,
}

impl Reading<'_> {
    /// What it says.
    #[must_use]
    pub const fn text(&self) -> &Text {
        self.turned_text
    }

    /// The bytes that [`Self::text`] was read from.
    #[must_use]
    pub const fn source(&self) -> &[u8] {
        self.turned.letters.as_bytes()
    }

    /// What a range of its folded text stands for in the folded text of the message, and what was undone there: nothing where it stands as it did.
    #[must_use]
    pub fn origin(&self, range: Range<usize>) -> (Range<usize>, Evasion) {
        let (middle, turned) = self.turned.origin(source(self.turned_text, range));
        let (range, joined) = self.joined.origin(source(self.joined_text, middle));
        (range, turned | joined)
    }
}

impl TermScratch {
    /// The windows of the last text that the second reading rewrote.
    #[must_use]
    pub fn windows(&self) -> &[Window] {
        &self.windows
    }
}

impl TermIndex {
    /// Calls `each` with every way in which a window of the text that `scratch` looked through last reads, as long as there is budget.
    pub fn each_reading(
        &self,
        (text, message): (&Text, &[u8]),
        window: Window,
        scratch: &mut TermScratch,
        budget: &mut Budget,
        each: &mut dyn FnMut(&Reading<'_>, &mut Budget),
    ) {
        let mut again = scratch.reread.take().unwrap_or_default();
        let mut run =
            Run { text, source: message, scope: Scope::All, wanted: &|_| true, scratch, budget, out: &mut Vec::new(), again: None };
        for cut in [Cut::Gaps, Cut::Best].into_iter().take(1 + usize::from(window.cut)) {
            if !self.rewrite(&mut run, &mut again, window, cut) {
                break;
            }
            let Reread { joined, joined_text, turned, turned_text, .. } = &*again;
            each(&Reading { joined, joined_text, turned, turned_text }, run.budget);
        }
        scratch.reread = Some(again);
    }

    /// Writes a window anew; `false` where the budget ends.
    fn rewrite(&self, run: &mut Run<'_>, again: &mut Reread, window: Window, cut: Cut) -> bool {
        let words = window.words.0 as usize..window.words.1 as usize;
        if !self.charge(run, &words) {
            return false;
        }
        let manner = Manner { cut, marks: true, ..Manner::default() };
        let Reread { joined, turned, joined_text, turned_text, .. } = again;
        self.join_pieces(run, words, manner, joined);
        joined_text.read(joined.letters.as_bytes());
        if self.restore_names(run.text.folded(), joined, joined_text) {
            joined_text.read(joined.letters.as_bytes());
        }
        self.turn_words(run, joined, joined_text, manner, turned);
        turned_text.read(turned.letters.as_bytes());
        !run.budget.is_exhausted()
    }

    /// In words that are in no dictionary puts back the digits and `@` that letters were written for: names have them. Chooses between the two letters that a
    /// stroke is. Whether there were any.
    fn restore_names(&self, text: &str, joined: &mut Rewritten, joined_text: &Text) -> bool {
        let mut restored = false;
        for token in joined_text.tokens() {
            let word = joined_text.folded().get(token.range()).unwrap_or_default();
            let known = word.len() > 1 && self.knows(word.as_bytes());
            for at in source(joined_text, token.range()) {
                let Some(shown) = joined.written_for(text, at) else { continue };
                match shown {
                    b'@' if !known || word.len() < NAMED => joined.write(at, shown, Evasion::NONE),
                    b'0'..=b'9' if !known => joined.write(at, shown, Evasion::NONE),
                    b'!' | b'|' | b'1' => joined.write(at, stroke(joined.letters.as_bytes(), at), Evasion::LEET),
                    _ => continue,
                }
                restored = true;
            }
        }
        restored
    }
}

/// The letter for a stroke: `l` before a vowel, behind one where no `l` follows, and behind an `l` at the end.
fn stroke(letters: &[u8], at: usize) -> u8 {
    let letter = |at: Option<usize>| at.and_then(|at| letters.get(at)).copied().unwrap_or(b' ');
    let (before, after) = (letter(at.checked_sub(1)), letter(Some(at + 1)));
    let ends = !after.is_ascii_alphanumeric();
    let l = variants::is_vowel(after) || variants::is_vowel(before) && after != b'l' || ends && before == b'l';
    if l { b'l' } else { b'i' }
}

//! Reads the part of an address before its `@`: `jane.doe`, `jane dot doe`, `j a n e`. In: atoms. Out: where it begins, its text in a buffer. Keeps: one pass to the
//! left, a bounded number of atoms. Must not know: the host.

use super::atoms::{Atom, Form, Part};
use super::{ADDRESS_ATOMS, Addresses};
use crate::matcher::entity::Search;
use crate::matcher::entity::items::Gap;

/// Words that are written into an address to be taken out by the reader.
const DECOYS: &[&str] = &[
    "removethis",
    "nospam",
    "no-spam",
    "no_spam",
    "deletethis",
    "remove.this",
    "remove_this",
    "removeme",
    "takethisout",
    "spamfree",
    "antispam",
    "remove-this",
];

/// Takes the decoys out of a text that is so much longer than they are; `true` where there were some.
pub(super) fn take_out_decoys(text: &mut String, longer: usize) -> bool {
    let mut found = false;
    for decoy in DECOYS {
        if let Some(at) = text.find(decoy).filter(|_| text.len() > decoy.len() + longer) {
            text.replace_range(at..at + decoy.len(), "");
            found = true;
        }
    }
    found
}

/// How the part before an `@` goes on to the left.
#[derive(Clone, Copy, Default)]
struct Way {
    /// The atom where it begins so far.
    from: usize,
    /// A mark was bracketed, a word, spaced.
    hidden: bool,
    /// It is spelled letter by letter.
    spread: bool,
}

impl Addresses {
    /// Reads the part before the `@` at atom `at`, right to left, into `self.local`; gives the atom where it begins and whether it is spoken.
    pub(super) fn read_local(&mut self, search: &Search<'_>, at: usize) -> Option<(usize, bool)> {
        let from = at.checked_sub(1)?;
        let last = self.name(search, from)?;
        let spread = last.len() == 1 && self.atoms.get(at).is_some_and(|a| !a.glued());
        let mut way = Way { from, hidden: false, spread };
        for _ in 0..ADDRESS_ATOMS {
            if !self.step_left(search, &mut way) {
                break;
            }
        }
        self.local.clear();
        for atom in self.atoms.get(way.from..at)? {
            match atom.part {
                Part::Dot => self.local.push('.'),
                Part::Dash => self.local.push('-'),
                Part::Under => self.local.push('_'),
                Part::Plus => self.local.push('+'),
                _ => self.local.push_str(search.folded.get(atom.start..atom.end).unwrap_or_default()),
            }
        }
        let decoys = take_out_decoys(&mut self.local, 0);
        while self.local.ends_with(['.', '_', '-']) {
            self.local.pop();
        }
        Some((way.from, way.hidden || decoys))
    }

    /// Takes the atoms before those read so far; `false` where the way ends.
    fn step_left(&self, search: &Search<'_>, way: &mut Way) -> bool {
        let atom = |back: usize| way.from.checked_sub(back).and_then(|i| self.atoms.get(i));
        let (Some(here), Some(join)) = (atom(0), atom(1)) else { return false };
        if join.part == Part::Name {
            let spelled = way.spread && here.gap == Gap::Space && join.len() == 1;
            way.from -= usize::from(spelled);
            way.hidden |= spelled;
            return spelled;
        }
        let before = way.from.checked_sub(2).and_then(|b| self.name(search, b));
        let single = before.is_some_and(|b| b.len() == 1);
        let glued = here.glued() && join.glued();
        let hidden = join.form != Form::Mark;
        if before.is_some() && joins(join, here, glued || way.spread && single) {
            way.from -= 2;
            way.hidden |= hidden;
            way.spread |= single && !glued;
            return true;
        }
        // A name may begin with an underscore.
        way.from -= usize::from(join.is_mark(&[Part::Under]) && here.glued());
        false
    }
}

/// Whether a mark joins the name behind it to the one before it. `close`: they touch it, or single letters stand about it.
fn joins(join: &Atom, here: &Atom, close: bool) -> bool {
    match join.form {
        Form::Mark => close && matches!(join.part, Part::Dot | Part::Dash | Part::Under | Part::Plus),
        Form::Bracket => join.part == Part::Dot,
        Form::Word => matches!(join.part, Part::Dot | Part::Under | Part::Dash) && here.gap != Gap::Line,
        Form::Swapped => false,
    }
}

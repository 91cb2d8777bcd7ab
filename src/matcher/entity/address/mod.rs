//! E-mail addresses and links, in clear, bracketed, spaced or spoken. In: items. Out: hits. Keeps: each atom is read a bounded number of times.
//! Must not know: rules. An atom is a name or one of the marks that hold addresses together, however it is written: `.`, `[.]`, `(dot)`, ` dot `, ` punto `.
//!
//! `atoms` cuts the items so. From an `@` on, `email` reads a host to the right (`host`) and the part before it to the left (`local`); from a name on,
//! `provider` looks for a mail service that is named without `@`, `link` for a host and what follows it (`path`). `known` says what is a host, `near` looks
//! at the text around one, `classify` says what a link is and how sure.

mod atoms;
mod classify;
mod email;
mod host;
mod known;
mod link;
mod local;
mod near;
mod path;
mod provider;

use super::Search;
use super::items::{Item, Kind};
use super::tables::mean;
use atoms::{Atom, Form, Part};

pub(super) use email::address;
pub(super) use known::{is_distinct, known_host};
pub(super) use link::literal;
pub(super) use near::{around, chunk, clause_ends};

/// Reused buffers.
#[derive(Debug, Clone, Default)]
pub(super) struct Addresses {
    atoms: Vec<Atom>,
    host: String,
    local: String,
    path: String,
    spare: String,
}

/// Work units of a look on both sides of an `@`, and of one at what may be a host.
const AT_WORK: u64 = 72;
const NAME_WORK: u64 = 4;
const LINK_WORK: u64 = 15;

/// The most atoms of one address.
const ADDRESS_ATOMS: usize = 64;

/// Marks that no address needs; a comma only where the next item touches it.
const APART: &[u8] = b",;:!?'-";

/// Whether a message holds what may join an address: a dot, an at-sign or what else may stand for one, or the ending of a host whose dot is left out.
fn may_join(search: &Search<'_>) -> bool {
    let joins = |at: usize, item: &Item| match item.kind {
        Kind::Mark if item.is_mark(b",") => search.items.get(at + 1).is_some_and(Item::glued),
        Kind::Mark => !item.is_mark(APART),
        _ => false,
    };
    search.means_anywhere(mean::AT | mean::DOT)
        || search.text.facts().unspaced
        || search.items.iter().enumerate().any(|(at, item)| joins(at, item))
        || ["com", "www"].iter().any(|name| search.folded.contains(name))
}

pub(super) fn find(search: &mut Search<'_>, own: &mut Addresses) {
    let joined = may_join(search);
    if !(joined || search.means_anywhere(mean::PROVIDER_START)) {
        return;
    }
    atoms::cut(search, &mut own.atoms);
    let mut done = 0;
    for at in 0..own.atoms.len() {
        let Some(atom) = own.atoms.get(at).copied() else { break };
        if atom.start < done {
            continue;
        }
        let work = match atom.part {
            Part::At => AT_WORK,
            Part::Name => NAME_WORK,
            _ => 1,
        };
        if !search.budget.charge(work) {
            return;
        }
        let mut linked = false;
        let end = match atom.part {
            Part::At => {
                email::email(search, own, at).or_else(|| (atom.form == Form::Mark).then(|| email::backwards(search, own, at)).flatten())
            }
            Part::Name => provider::spoken(search, own, at).or_else(|| {
                if !joined {
                    return None;
                }
                let end = link::link(search, own, at);
                linked = end.is_some();
                end
            }),
            _ => None,
        };
        done = end.unwrap_or(done);
        if linked && !search.budget.charge(LINK_WORK) {
            return;
        }
    }
}

impl Addresses {
    /// The text of an atom that is a name.
    fn name<'t>(&self, search: &Search<'t>, at: usize) -> Option<&'t str> {
        let atom = self.atoms.get(at).filter(|a| a.part == Part::Name)?;
        search.folded.get(atom.start..atom.end)
    }

    /// Whether an atom touches the one before it.
    fn glued(&self, at: usize) -> bool {
        self.atoms.get(at).is_some_and(Atom::glued)
    }

    fn is_part(&self, at: usize, part: Part) -> bool {
        self.atoms.get(at).is_some_and(|a| a.part == part)
    }
}

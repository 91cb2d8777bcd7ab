//! Mail services: named without `@` ("gmail jane.doe77", "jane dot doe gee mail com", "my g-mail: jane.doe"), or without their ending behind one. In: atoms.
//! Out: hits, and hosts made whole. Keeps: a bounded number of atoms is looked at on both sides. Must not know: hosts that no table has.

use super::Addresses;
use super::atoms::{Atom, Part};
use super::host::Host;
use super::known::known_host;
use super::near::clause_ends;
use crate::evasion::Evasion;
use crate::matcher::entity::items::{Gap, leet_letter};
use crate::matcher::entity::tables::mean;
use crate::matcher::entity::{EntityKind, Finding, Search, mailboxes};

/// Endings that may follow a mail service's name behind a space, and behind an emoji.
const ENDS_APART: &[&str] = &["com", "net", "org", "ru", "de", "fr", "me", "comm", "cn"];
const ENDS_BEHIND_EMOJI: &[&str] = &["com", "net", "ru", "de", "fr"];
/// Those that follow one named without `@`.
const ENDS_SPOKEN: &[&str] = &["com", "comm", "net"];

/// Most words of a mail service's name.
const WORDS: usize = 3;
/// Most marks and words between its name and the account.
const BETWEEN: usize = 4;
/// Letters of a mail service's name that is written for another, and of what is read so far of one that is written apart.
const PLAIN: usize = 24;
const APART: usize = 12;

/// Finds a mail service named without `@`; `at` is the atom where its name may begin.
pub(super) fn spoken(search: &mut Search<'_>, own: &mut Addresses, at: usize) -> Option<usize> {
    let atom = own.atoms.get(at)?;
    if !search.items.get(atom.item)?.has(mean::PROVIDER_START) {
        return None;
    }
    let (next, host) = own.named_provider(search, at)?;
    // Bare numbers (`163`, `qq`) are too often something else.
    if own.spare.starts_with(|c: char| c.is_ascii_digit()) || host == "qq.com" {
        return None;
    }
    let next = own.after_end(search, next);
    account_before(search, own, at, (next, host)).or_else(|| account_after(search, own, at, (next, host)))
}

/// "jane dot doe gee mail com", `jane77 gmail com`
fn account_before(search: &mut Search<'_>, own: &mut Addresses, at: usize, (next, host): (usize, &str)) -> Option<usize> {
    let (from, hidden) = own.read_local(search, at)?;
    let long = || own.local.len() >= 5 && own.name(search, next - 1) == Some("com") && !search.tables.is_common(&own.local);
    let told = hidden || next > at + 1 && (is_like_id(&own.local) || long());
    if !told || own.local.is_empty() || own.atoms.get(at)?.gap != Gap::Space {
        return None;
    }
    let (start, end) = (own.atoms.get(from)?.start, own.atoms.get(next - 1)?.end);
    let value = search.out.value_of(&[&own.local, "@", host]);
    let confidence = if hidden { 78 } else { 66 };
    let evasion = search.text.evidence(start..end) | Evasion::PUNCT;
    search.out.push(Finding { kind: EntityKind::Email, start, end, confidence, evasion }, value);
    Some(end)
}

/// "gmail jane.doe77", "my g-mail: jane.doe"
fn account_after(search: &mut Search<'_>, own: &Addresses, at: usize, (next, host): (usize, &str)) -> Option<usize> {
    let first = own.after_cue(search, next);
    let last = own.dotted_name(search, first);
    own.name(search, first)?;
    let begin = own.atoms.get(first)?;
    let end = own.atoms.get(last)?.end;
    let local = search.folded.get(begin.start..end)?;
    let everyday = first == next && mailboxes::EVERYDAY.contains(&host);
    let addressed = own.is_part(last + 1, Part::At);
    if !is_like_id(local) || everyday || addressed || begin.gap == Gap::Line || is_talk(search, local, last > first, end) {
        return None;
    }
    let start = own.atoms.get(at)?.start;
    let value = search.out.value_of(&[local, "@", host]);
    let evasion = search.text.evidence(start..end) | Evasion::CODED;
    search.out.push(Finding { kind: EntityKind::Email, start, end, confidence: 70, evasion }, value);
    Some(end)
}

/// Letters, and a digit or mark among them.
fn is_like_id(name: &str) -> bool {
    name.len() >= 4 && name.bytes().any(|b| b.is_ascii_alphabetic()) && name.bytes().any(|b| b.is_ascii_digit() || b == b'_' || b == b'.')
}

/// Whether what follows a mail service's name is words, with dots or dashes between them, or a host of everyday words.
fn is_talk(search: &Search<'_>, local: &str, joined: bool, end: usize) -> bool {
    if local.bytes().any(|b| b.is_ascii_digit() || b == b'_') {
        return false;
    }
    let words = || match mailboxes::form(search, local) {
        None => true,
        Some(form) => form == mailboxes::Form::Plain && !clause_ends(search, end),
    };
    let host = || known_host(search, local).is_some() && local.split('.').all(|part| search.tables.is_known(part));
    joined && words() || host()
}

impl Addresses {
    /// The mail service whose name, in a few words, begins at an atom, and the atom after it. The words stay in `self.spare`.
    fn named_provider(&mut self, search: &Search<'_>, at: usize) -> Option<(usize, &'static str)> {
        self.spare.clear();
        let mut best = None;
        let mut next = at;
        for _ in 0..WORDS {
            let Some(name) = self.name(search, next) else { break };
            self.spare.push_str(name);
            if !search.tables.may_begin_name(&self.spare) {
                break;
            }
            next += 1;
            if let Some(host) = search.tables.provider(&self.spare) {
                best = Some((next, host));
            }
            next += usize::from(self.atoms.get(next).is_some_and(|a| a.part == Part::Dash && a.glued()));
        }
        best
    }

    /// The atom after the ending of a mail service's name, where it has one.
    fn after_end(&self, search: &Search<'_>, next: usize) -> usize {
        if self.is_part(next, Part::Dot) && self.name(search, next + 1).is_some_and(|n| search.tables.tld(n).is_some()) {
            next + 2
        } else {
            next + usize::from(self.name(search, next).is_some_and(|n| ENDS_SPOKEN.contains(&n)))
        }
    }

    /// The atom after what says that a mail service's account comes: marks, `is`, `mail`.
    fn after_cue(&self, search: &Search<'_>, next: usize) -> usize {
        let cue = |a: &Atom| {
            let item = search.items.get(a.item);
            let mark = a.part == Part::Dash || a.part == Part::Other && item.is_some_and(|i| i.is_mark(b":=-(\"'>"));
            mark || item.is_some_and(|i| i.has(mean::IS | mean::MAIL) && i.first && i.last)
        };
        let on = |i: usize| self.atoms.get(i).is_some_and(|a| a.gap != Gap::Line && cue(a));
        (next..next + BETWEEN).find(|i| !on(*i)).unwrap_or(next + BETWEEN)
    }

    /// The last atom of names that are joined by marks.
    fn dotted_name(&self, search: &Search<'_>, first: usize) -> usize {
        let mut last = first;
        while self.atoms.get(last + 1).is_some_and(|a| matches!(a.part, Part::Dot | Part::Under | Part::Dash) && a.glued())
            && self.glued(last + 2)
            && self.name(search, last + 2).is_some()
        {
            last += 2;
        }
        last
    }

    /// Whether the host read so far and the next atom are one mail service's name, written apart.
    pub(super) fn split_provider(&mut self, search: &Search<'_>, at: usize) -> bool {
        self.spare.clear();
        self.spare.push_str(&self.host);
        self.spare.push_str(self.name(search, at).unwrap_or_default());
        self.host.len() < APART && search.tables.provider(&self.spare).is_some() && search.tables.provider(&self.host).is_none()
    }

    /// Makes a mail service's host of a name without one: `gmail`, `163 com`, `outlookcom`. `false` where it is none.
    pub(super) fn complete_provider(&mut self, search: &Search<'_>, host: &mut Host) -> bool {
        self.spare.clear();
        self.spare.extend(self.host.chars().filter(|c| *c != '-'));
        let (name, end) = self.spare.rsplit_once('.').unwrap_or((&self.spare, ""));
        let Some(known) = provider_of(search, name) else { return false };
        if !end.is_empty() && end != "comm" && self.host.starts_with(known.split('.').next().unwrap_or("?")) {
            return true;
        }
        if end.is_empty() {
            let taken = self.end_apart(search, host.next);
            if taken > 0 {
                host.next += taken;
                host.end = self.atoms.get(host.next - 1).map_or(host.end, |a| a.end);
            }
            host.hidden = true;
        }
        self.host.clear();
        self.host.push_str(known);
        true
    }

    /// How many atoms after a mail service's name are its ending: `gmail com`, `gmail😀com`.
    fn end_apart(&self, search: &Search<'_>, next: usize) -> usize {
        let is = |at: usize, ends: &[&str]| self.name(search, at).is_some_and(|n| ends.contains(&n));
        if is(next, ENDS_APART) {
            1
        } else if self.is_part(next, Part::Emoji) && is(next + 1, ENDS_BEHIND_EMOJI) {
            2
        } else {
            0
        }
    }
}

/// The mail service of a name: as it is, with digits for letters, or with its ending written on (`outlookcom`, `gmaildotcom`).
fn provider_of(search: &Search<'_>, name: &str) -> Option<&'static str> {
    let mut plain = [0u8; PLAIN];
    for (to, from) in plain.iter_mut().zip(name.bytes()) {
        *to = leet_letter(from);
    }
    let plain = plain.get(..name.len()).and_then(|p| std::str::from_utf8(p).ok()).unwrap_or_default();
    let glued = || name.strip_suffix("dotcom").or_else(|| name.strip_suffix("com"));
    let provider = |name: &str| search.tables.provider(name);
    provider(name).or_else(|| provider(plain)).or_else(|| provider(glued()?))
}

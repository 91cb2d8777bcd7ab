//! Reads a host from atoms: `shop.com`, `shop [.] com`, `shop dot com`, `s h o p . c o m`. In: atoms. Out: a [`Host`], its text in a buffer. Keeps: one pass to the
//! right, a bounded number of atoms. Must not know: what stands before the host, whether its ending is known.

use super::atoms::{Atom, Form, Part};
use super::known::{COUNTRIES, DISTINCT, is_distinct, russian_end};
use super::near::{clause_ends, site_before};
use super::{ADDRESS_ATOMS, Addresses};
use crate::matcher::entity::Search;
use crate::matcher::entity::items::Gap;
use crate::matcher::entity::tables::Tld;

/// Endings after which a host that is spelled letter by letter is whole.
const SPELLED_ENDS: &[&str] = &["com", "net", "org", "ru", "de", "fr"];
/// Endings that make a host of a name and a dot with a space beside it.
const STRONG_ENDS: &[&str] = &["com", "net", "org", "biz", "ru", "de", "xyz"];
/// Endings that are everyday words in some language, and those of them that only a clause's end tells.
const WORDY_ENDS: &[&str] = &["me", "in", "es", "it", "tv", "cc", "co", "io", "de"];
const CLAUSE_ENDS: &[&str] = &["me", "in", "es", "it"];
/// Words for a dot that are everyday words, and the endings that they may stand before.
const WORDY_DOTS: &[&str] = &["point", "period", "dat"];
const AFTER_WORDY_DOT: &[&str] = &["com", "net", "org", "fr"];

/// The longest name that an app's short host has before its dot, and that of one which a wordy ending makes a host.
const SHORT: usize = 4;
const VERY_SHORT: usize = 3;

/// A host as read from atoms.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Host {
    /// Atom after it.
    pub next: usize,
    pub end: usize,
    pub dots: usize,
    /// A dot was bracketed, a word, spaced.
    pub hidden: bool,
    /// Another mark stood for a dot.
    pub swapped: bool,
    pub spoken: bool,
}

impl Addresses {
    /// Reads a host from atom `from` into `self.host`. `lenient`: behind an at-sign that is hidden itself.
    pub(super) fn read_host(&mut self, search: &Search<'_>, from: usize, lenient: bool) -> Option<Host> {
        self.host.clear();
        let first = self.name(search, from)?;
        self.host.push_str(first);
        let host = Host { end: self.atoms.get(from)?.end, ..Host::default() };
        let single = is_letter(first, lenient);
        let mut reader = Reader { own: self, search, from, lenient, at: from + 1, host, single, spread: false };
        for _ in 0..ADDRESS_ATOMS {
            if !reader.step() {
                break;
            }
        }
        Some(Host { next: reader.at, ..reader.host })
    }

    /// Whether a dot with a space beside it ends a host: a name that is no everyday word, and an ending that says so by itself. `com` is a word in some
    /// languages, so that the clause must end behind it unless it touches its dot.
    fn loose_dot(&self, search: &Search<'_>, first: usize, at: usize) -> bool {
        let (Some(dot), Some(end), Some(name)) = (self.atoms.get(at), self.atoms.get(at + 1), self.name(search, at + 1)) else {
            return false;
        };
        let two = self.atoms.get(at + 2).is_some_and(|a| a.part == Part::Dot && a.gap != Gap::Line)
            && self.name(search, at + 3).is_some_and(|n| COUNTRIES.contains(&n));
        let glued = dot.gap == Gap::Space && end.gap == Gap::None;
        let long = self.host.len() >= 2 * DISTINCT;
        let domain = search.tables.tld(name);
        let strong =
            STRONG_ENDS.contains(&name) || name == "co" && two || matches!(domain, Some(Tld::Plain | Tld::Quiet)) && (glued || long);
        let alone = first == 0 && end.end >= search.folded.trim_end().len() && domain.is_some();
        if !(strong || alone) || !is_distinct(search, &self.host) {
            return false;
        }
        let told = || if glued { long } else { clause_ends(search, end.end) };
        let placed = || self.atoms.get(first).is_some_and(|f| site_before(search, f.item));
        alone || two || dot.gap != Gap::Line && end.gap != Gap::Line && (told() || placed())
    }

    pub(super) fn path_follows(&self, at: usize) -> bool {
        self.is_part(at + 1, Part::Slash)
    }

    /// Whether the name read so far, a dot and this domain are an app's short host (`t . me`).
    fn known_short(&mut self, search: &Search<'_>, domain: Option<&str>) -> bool {
        self.spare.clear();
        self.spare.push_str(&self.host);
        self.spare.push('.');
        self.spare.push_str(domain.unwrap_or("?"));
        search.tables.app_host(&self.spare).is_some()
    }

    /// Whether a spoken dot is followed by a domain that is spoken, now or after more labels.
    fn spoken_end(&self, search: &Search<'_>, dot: usize) -> bool {
        let at = dot + 1;
        let Some(name) = self.name(search, at) else { return false };
        let word = self.atoms.get(dot).and_then(|d| search.folded.get(d.start..d.end)).unwrap_or_default();
        if WORDY_DOTS.contains(&word) {
            return AFTER_WORDY_DOT.contains(&name);
        }
        if word == "точка" && russian_end(name).is_some() {
            return true;
        }
        let label = |i: usize| self.name(search, i).is_some_and(|n| search.tables.is_spoken_tld(n));
        let more = |i: usize| self.is_part(i, Part::Dot);
        let distinct = || is_distinct(search, &self.host);
        let ends = || self.atoms.get(at).is_some_and(|a| clause_ends(search, a.end));
        if WORDY_ENDS.contains(&name) {
            return self.path_follows(at)
                || self.host.len() <= VERY_SHORT
                || word != "dot"
                || more(at + 1) && label(at + 2)
                || distinct() && (!CLAUSE_ENDS.contains(&name) || ends());
        }
        label(at)
            || name.len() >= 2 && search.tables.tld(name).is_some() && distinct() && (self.path_follows(at) || ends())
            || more(at + 1) && (label(at + 2) || more(at + 3) && label(at + 4))
            || name == "comm"
    }
}

/// A single letter, or a digit where the host is read leniently.
fn is_letter(name: &str, lenient: bool) -> bool {
    name.len() == 1 && name.starts_with(|c: char| c.is_ascii_alphabetic() || lenient && c.is_ascii_digit())
}

/// A host while it is read.
struct Reader<'r, 's> {
    own: &'r mut Addresses,
    search: &'r Search<'s>,
    from: usize,
    lenient: bool,
    /// The atom in hand.
    at: usize,
    host: Host,
    /// The label read last is one letter.
    single: bool,
    /// The host is spelled letter by letter.
    spread: bool,
}

impl<'s> Reader<'_, 's> {
    /// Takes the atom in hand; `false` where the host ends before it.
    fn step(&mut self) -> bool {
        let Some(atom) = self.own.atoms.get(self.at).copied() else { return false };
        let next = self.own.name(self.search, self.at + 1);
        match atom.part {
            Part::Name => self.piece(&atom, next),
            Part::Dot => self.dot(&atom, next) && self.join('.', &atom, next),
            Part::Dash => self.dash(&atom, next),
            _ => false,
        }
    }

    /// A name behind a space: a letter of a host that is spelled, or the rest of a mail service's name.
    fn piece(&mut self, atom: &Atom, next: Option<&str>) -> bool {
        let letter = |name: &str| is_letter(name, self.lenient);
        let spelled = self.single
            && atom.gap == Gap::Space
            && atom.len() == 1
            && (self.host.dots == 0 || self.spread)
            && (self.spread || next.is_some_and(letter));
        if spelled {
            let label = self.own.host.rsplit('.').next().unwrap_or_default();
            if self.host.dots > 0 && SPELLED_ENDS.contains(&label) {
                return false;
            }
            self.spread = true;
        } else if !(self.lenient && self.host.dots == 0 && atom.gap == Gap::Space && self.own.split_provider(self.search, self.at)) {
            return false;
        }
        self.own.host.push_str(self.own.name(self.search, self.at).unwrap_or_default());
        self.host.hidden = true;
        self.host.end = atom.end;
        self.at += 1;
        true
    }

    /// Whether a dot goes on with the host, and how it is hidden.
    fn dot(&mut self, atom: &Atom, next: Option<&str>) -> bool {
        match atom.form {
            Form::Mark => {
                let hidden = self.plain_dot(atom, next);
                self.host.hidden |= hidden == Some(true);
                hidden.is_some()
            }
            Form::Bracket => {
                self.host.hidden |= next.is_some();
                next.is_some()
            }
            Form::Word => {
                let spoken = self.spoken_dot(atom, next);
                self.host.hidden |= spoken;
                self.host.spoken |= spoken;
                spoken
            }
            Form::Swapped => {
                let swapped = self.own.glued(self.at + 1) && next.is_some_and(|n| self.search.tables.tld(n).is_some());
                self.host.swapped |= swapped;
                swapped
            }
        }
    }

    /// Whether a dot that is written as one is hidden by the spaces beside it; `None` where it ends a sentence.
    fn plain_dot(&mut self, atom: &Atom, next: Option<&str>) -> Option<bool> {
        let (own, search) = (&mut *self.own, self.search);
        if atom.glued() && own.glued(self.at + 1) && next.is_some() {
            return Some(false);
        }
        let line = atom.gap == Gap::Line;
        let ends = |n: &str| search.tables.is_spoken_tld(n) || self.spread && is_letter(n, self.lenient);
        let told = || self.spread || self.lenient && search.tables.provider(&own.host).is_some();
        if !line && next.is_some_and(ends) && told() || self.host.dots == 0 && own.loose_dot(search, self.from, self.at) {
            return Some(true);
        }
        let second_level = own.host.ends_with(".co") || own.host.ends_with(".com");
        if !line && self.host.dots == 1 && self.host.hidden && second_level && next.is_some_and(|n| COUNTRIES.contains(&n)) {
            return Some(false);
        }
        (!line && own.host.len() <= SHORT && own.known_short(search, next)).then_some(true)
    }

    fn spoken_dot(&mut self, atom: &Atom, next: Option<&str>) -> bool {
        let (own, search) = (&mut *self.own, self.search);
        next.is_some()
            && atom.gap != Gap::Line
            && (own.spoken_end(search, self.at) || own.path_follows(self.at + 1) && own.known_short(search, next))
    }

    fn dash(&mut self, atom: &Atom, next: Option<&'s str>) -> bool {
        match atom.form {
            Form::Mark if atom.glued() && self.own.glued(self.at + 1) && next.is_some() => self.join('-', atom, next),
            Form::Mark if self.own.host.ends_with("xn") && self.own.glued(self.at + 2) => self.punycode(),
            Form::Word if next.is_some() => {
                self.host.spoken = true;
                self.join('-', atom, next)
            }
            _ => false,
        }
    }

    /// `xn--tst-qla`: two dashes.
    fn punycode(&mut self) -> bool {
        let label = self.at + 2;
        self.own.host.push_str("--");
        self.own.host.push_str(self.own.name(self.search, label).unwrap_or_default());
        self.host.end = self.own.atoms.get(label).map_or(self.host.end, |a| a.end);
        self.at += 3;
        true
    }

    /// Adds a mark and the name behind it.
    fn join(&mut self, mark: char, atom: &Atom, next: Option<&str>) -> bool {
        let own = &mut *self.own;
        let spoken = mark == '.' && atom.form == Form::Word && self.host.spoken;
        let end = next.filter(|_| spoken).and_then(russian_end);
        match own.host.as_str() {
            "вк" if end.is_some() => own.host.replace_range(.., "vk"),
            "т" if end.is_some() => own.host.replace_range(.., "t"),
            _ => {}
        }
        own.host.push(mark);
        own.host.push_str(end.or(next).unwrap_or_default());
        self.host.dots += usize::from(mark == '.');
        self.single = next.is_some_and(|n| is_letter(n, self.lenient));
        self.host.end = own.atoms.get(self.at + 1).map_or(self.host.end, |a| a.end);
        self.at += 2;
        true
    }
}

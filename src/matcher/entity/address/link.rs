//! Links and bare hosts: `https://shop.com/x`, `shop dot com`, `www shop com`, `double u a dot me`. In: atoms. Out: hits. Keeps: a host is read once, from where its
//! labels or its spelling begin. Must not know: what a link leads to.

use super::Addresses;
use super::atoms::{Atom, Part};
use super::classify::{Spot, classify};
use super::host::Host;
use super::known::{DISTINCT, is_distinct, is_ip_address, known_host};
use super::near::{clause_ends, scheme_before};
use super::path::path;
use crate::matcher::entity::items::Gap;
use crate::matcher::entity::tables::{Tld, mean};
use crate::matcher::entity::{EntityKind, Finding, Search};
use std::ops::Range;

/// How what may be a link begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Start {
    /// With a label and a dot, or letters that stand apart.
    Host,
    /// "double u"
    Spelled,
    /// `www shop com`
    Www,
    /// `shop com`, `shop_com`
    Dotless,
}

/// Finds the link that begins with the name at an atom.
pub(super) fn link(search: &mut Search<'_>, own: &mut Addresses, at: usize) -> Option<usize> {
    let start = own.start(search, at)?;
    if own.is_inside(search, at) {
        return None;
    }
    if start == Start::Spelled {
        return spelled(search, own, at);
    }
    if own.is_torn(search, at) {
        return None;
    }
    match start {
        Start::Www => undotted(search, own, at, at + 1),
        Start::Dotless => undotted(search, own, at, at).or_else(|| dotted(search, own, at)),
        _ => dotted(search, own, at),
    }
}

/// `shop.com/x`, and all that is written so, hidden or not.
fn dotted(search: &mut Search<'_>, own: &mut Addresses, at: usize) -> Option<usize> {
    let atom = own.atoms.get(at).copied()?;
    let mut host = own.read_host(search, at, false)?;
    if host.dots == 0 {
        own.add_dotcom(search, &mut host)?;
    }
    if own.atoms.get(host.next).is_some_and(|a| a.is_mark(&[Part::At]) && a.glued()) {
        return None;
    }
    let scheme = scheme_before(search.folded, atom.start);
    let known = known_host(search, &own.host);
    if known.is_none() && is_odd_site(search, own, &host) {
        let (end, value) = (host.end, search.out.value_of(&[&own.host]));
        let evasion = search.text.evidence(atom.start..end);
        search.out.push(Finding { kind: EntityKind::Link, start: atom.start, end, confidence: 56, evasion }, value);
        return Some(end);
    }
    let told = || is_told_address(search, own, &host, scheme.is_some());
    let tld = known.or_else(|| told().then_some(Tld::Path)).filter(|_| !search.tables.is_no_host(&own.host))?;
    let end = path(search, own, &host);
    if is_talk(search, own, &host) || own.is_rest_of_torn(search, at) {
        return None;
    }
    let start = scheme.unwrap_or(atom.start);
    classify(search, own, &Spot { start, end, host, scheme: scheme.is_some(), tld, first: atom.start, item: atom.item })
}

/// `www.balonky.xy`: a site whose ending no table has.
fn is_odd_site(search: &Search<'_>, own: &Addresses, host: &Host) -> bool {
    let goes_on = |rest: &str| rest.starts_with(|c: char| c.is_alphanumeric() || "-_@".contains(c));
    host.dots == 1
        && !search.folded.get(host.end..).is_some_and(goes_on)
        && own.host.strip_prefix("www.").is_some_and(|label| is_distinct(search, label))
}

/// Whether a host without a known ending is one all the same: a machine's address with a scheme or a path or hidden, or a hidden host behind a scheme.
fn is_told_address(search: &Search<'_>, own: &Addresses, host: &Host, scheme: bool) -> bool {
    let letters = |label: &str| label.bytes().all(|b| b.is_ascii_alphabetic());
    if scheme && host.hidden && own.host.rsplit('.').next().is_some_and(letters) {
        return true;
    }
    let after = search.folded.get(host.end..).unwrap_or_default().strip_prefix('/');
    let directory = || after.is_some_and(|path| path.starts_with(|c: char| c.is_ascii_alphabetic()));
    is_ip_address(&own.host) && (scheme || host.hidden || directory())
}

/// "so dot com": an everyday word before a spoken dot, and nothing behind it.
fn is_talk(search: &Search<'_>, own: &Addresses, host: &Host) -> bool {
    let label = own.host.split_once('.').filter(|(_, rest)| host.spoken && !rest.contains('.')).map(|(label, _)| label);
    let word = |w: &str| w != "then" && search.tables.word(w).is_some_and(|w| w.has(mean::STOP | mean::ON | mean::IS));
    own.path.is_empty() && label.is_some_and(word) && search.tables.app_host(&own.host).is_none()
}

impl Addresses {
    /// How a link begins at an atom; `None` where none does.
    fn start(&self, search: &Search<'_>, at: usize) -> Option<Start> {
        let (atom, next) = (self.atoms.get(at)?, self.atoms.get(at + 1)?);
        let is = |i: usize, word: &str| self.name(search, i) == Some(word);
        let spaced = next.part == Part::Name && next.gap == Gap::Space;
        let under = || next.part == Part::Under && next.glued() && self.glued(at + 2) && is(at + 2, "com");
        let host = || matches!(next.part, Part::Dot | Part::Dash) || atom.len() == 1 && next.part == Part::Name || is(at + 1, "dotcom");
        if is(at, "double") && is(at + 1, "u") {
            Some(Start::Spelled)
        } else if spaced && is(at, "www") {
            Some(Start::Www)
        } else if spaced && is(at + 1, "com") || under() {
            Some(Start::Dotless)
        } else {
            host().then_some(Start::Host)
        }
    }

    /// The atom before one, where they touch.
    fn touching(&self, at: usize) -> Option<&Atom> {
        self.atoms.get(at.checked_sub(1)?).filter(|_| self.glued(at))
    }

    /// Whether a dot stands before an atom and no space on either side of it.
    fn dot_before(&self, at: usize) -> bool {
        self.touching(at).is_some_and(|b| b.is_mark(&[Part::Dot]) && b.glued())
    }

    /// Whether an atom is a letter or label inside a host: were that read from each of them on, a long chain would cost its square.
    fn is_inside(&self, search: &Search<'_>, at: usize) -> bool {
        let Some(atom) = self.atoms.get(at) else { return true };
        let letter = |a: &Atom| a.part == Part::Name && a.len() == 1;
        let before = at.checked_sub(1).and_then(|b| self.atoms.get(b));
        let spelled = letter(atom) && atom.gap == Gap::Space && self.is_part(at + 1, Part::Name) && before.is_some_and(letter);
        let label = || self.dot_before(at) && at.checked_sub(2).is_some_and(|b| self.is_part(b, Part::Name));
        spelled || label() && scheme_before(search.folded, atom.start).is_none()
    }

    /// Whether an atom is torn off what stands before it: behind a dash, a slash, an at-sign, a percent sign.
    fn is_torn(&self, search: &Search<'_>, at: usize) -> bool {
        let (Some(atom), Some(before)) = (self.atoms.get(at), self.touching(at)) else { return false };
        let joined = before.is_mark(&[Part::Dash, Part::Under]) || before.is_mark(&[Part::Slash]) && before.glued();
        let address = before.is_mark(&[Part::At]) && before.glued();
        let escaped = before.part == Part::Other && search.folded.as_bytes().get(before.start) == Some(&b'%');
        address || escaped || joined && scheme_before(search.folded, atom.start).is_none()
    }

    /// Whether the label before a host, in a link with a scheme, ends with a mark that no label ends with (RFC 1123), and the host is no app's with a path:
    /// `http://shop-.example.com`.
    fn is_rest_of_torn(&self, search: &Search<'_>, at: usize) -> bool {
        let mark = at.checked_sub(2).and_then(|i| self.atoms.get(i));
        let torn = self.dot_before(at) && mark.is_some_and(|m| m.is_mark(&[Part::Dash, Part::Under]) && m.glued());
        let label = at.checked_sub(3).and_then(|i| self.atoms.get(i)).filter(|a| torn && a.part == Part::Name);
        label.is_some_and(|a| scheme_before(search.folded, a.start).is_some())
            && (self.path.len() < 2 || search.tables.app_host(&self.host).is_none())
    }

    /// `shop dotcom`
    fn add_dotcom(&mut self, search: &Search<'_>, host: &mut Host) -> Option<()> {
        self.name(search, host.next).filter(|n| *n == "dotcom")?;
        let end = self.atoms.get(host.next).filter(|a| a.gap != Gap::Line)?.end;
        self.host.push_str(".com");
        *host = Host { end, next: host.next + 1, dots: 1, hidden: true, ..*host };
        Some(())
    }
}

/// `www some-shop com`, `someshop com`, `someshop_com`: a host whose dot is left out. Without `www` its name is no everyday word, and the clause ends.
fn undotted(search: &mut Search<'_>, own: &mut Addresses, at: usize, label: usize) -> Option<usize> {
    let (www, start) = (label > at, own.atoms.get(at)?.start);
    let mut last = label;
    while www && own.atoms.get(last + 1).is_some_and(|a| a.part == Part::Dash && a.glued()) && own.glued(last + 2) {
        last += 2;
    }
    let name = search.folded.get(own.atoms.get(label)?.start..own.atoms.get(last)?.end)?;
    let under = own.is_part(last + 1, Part::Under);
    let place = last + 1 + usize::from(under);
    let domain = own.name(search, place).filter(|d| search.tables.is_spoken_tld(d))?;
    let atom = own.atoms.get(place).filter(|a| under || a.gap == Gap::Space)?;
    let (ends, distinct) = (clause_ends(search, atom.end), is_distinct(search, name));
    let told = if www { ends || distinct } else { ends && distinct && name.len() > DISTINCT + 1 };
    let joined = own.atoms.get(place + 1).is_some_and(|a| a.glued() && !matches!(a.part, Part::Other | Part::Dot | Part::Slash));
    if !told || joined {
        return None;
    }
    let host = Host { next: place + 1, end: atom.end, dots: 1, hidden: true, ..Host::default() };
    own.host.clear();
    own.host.extend([name, ".", domain]);
    let tld = known_host(search, &own.host).map(|tld| if www { tld } else { Tld::Path })?;
    let end = path(search, own, &host);
    classify(search, own, &Spot { start, end, host, scheme: false, tld, first: start, item: at })
}

/// "double u a dot me slash ...".
fn spelled(search: &mut Search<'_>, own: &mut Addresses, at: usize) -> Option<usize> {
    let start = own.atoms.get(at)?.start;
    let host = own.read_host(search, at + 2, false)?;
    own.host.insert(0, 'w');
    let tld = known_host(search, &own.host).filter(|_| host.dots > 0)?;
    let end = path(search, own, &host);
    classify(search, own, &Spot { start, end, host, scheme: false, tld, first: start, item: 0 })
}

/// A link that was decoded from a chunk.
pub(in crate::matcher::entity) fn literal(search: &mut Search<'_>, own: &mut Addresses, chunk: Range<usize>, url: &str) {
    let Some((_, rest)) = url.split_once("://") else { return };
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    own.host.clear();
    own.host.extend(host.chars().map(|c| c.to_ascii_lowercase()));
    own.path.clear();
    own.path.push_str(path);
    let Some(tld) = known_host(search, &own.host) else { return };
    let host = Host { hidden: true, end: chunk.end, ..Host::default() };
    classify(search, own, &Spot { start: chunk.start, end: chunk.end, host, scheme: true, tld, first: chunk.start, item: 0 });
}

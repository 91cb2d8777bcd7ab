//! E-mail addresses and links, in clear, bracketed, spaced or spoken. In: items. Out: hits. Keeps: each atom is read a bounded number of times.
//! Must not know: rules. An atom is a name or one of the marks that hold addresses together, however it is written: `.`, `[.]`, `(dot)`, ` dot `, ` punto `.

use super::items::{Gap, Item, Kind, is_unspaced, leet_letter};
use super::tables::{Tld, Word, mean};
use super::{EntityKind, Finding, Search, mailboxes};
use crate::evasion::Evasion;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Name,
    At,
    Dot,
    Dash,
    Under,
    Slash,
    Plus,
    Emoji,
    Other,
}

/// How a joining mark is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// As it should be.
    Mark,
    /// In brackets or behind another decoy.
    Bracket,
    /// As a word.
    Word,
    /// Another mark stands for it.
    Swapped,
}

#[derive(Debug, Clone, Copy)]
struct Atom {
    part: Part,
    form: Form,
    gap: Gap,
    start: usize,
    end: usize,
    item: usize,
}

/// Reused buffers.
#[derive(Debug, Clone, Default)]
pub(super) struct Addresses {
    atoms: Vec<Atom>,
    host: String,
    local: String,
    path: String,
    spare: String,
}

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
/// Work units of a look on both sides of an `@`, and of one at what may be a host.
const AT_WORK: u64 = 24;
const NAME_WORK: u64 = 3;
const LINK_WORK: u64 = 12;

/// The most atoms of one address.
const ADDRESS_ATOMS: usize = 64;

pub(super) fn find(search: &mut Search<'_>, own: &mut Addresses) {
    atoms(search, &mut own.atoms);
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
        match atom.part {
            Part::At => {
                if let Some(end) = email(search, own, at) {
                    done = end;
                } else if atom.form == Form::Mark
                    && let Some(end) = backwards(search, own, at)
                {
                    done = end;
                }
            }
            Part::Name => {
                if let Some(end) = spoken_provider(search, own, at) {
                    done = end;
                } else if let Some(end) = link(search, own, at) {
                    done = end;
                    if !search.budget.charge(LINK_WORK) {
                        return;
                    }
                }
            }
            _ => {}
        }
    }
}

fn is_bracket(item: &Item) -> bool {
    item.is_mark(b"()[]{}<>\\^\"")
}

fn atoms(search: &Search<'_>, out: &mut Vec<Atom>) {
    out.clear();
    let items = search.items;
    let mut i = 0;
    let mut bracket: Option<Gap> = None;
    while let Some(item) = items.get(i) {
        let (part, mut form) = part_of(search, i);
        let mut atom = Atom { part, form, gap: item.gap, start: item.start, end: item.end, item: i };
        if part == Part::Name {
            while let Some(next) = items.get(i + 1).filter(|n| n.glued() && n.is_wordy() && !unspaced(n, search.folded)) {
                if unspaced(item, search.folded) {
                    break;
                }
                atom.end = next.end;
                i += 1;
            }
        }
        if part == Part::Emoji && item.kind == Kind::Word {
            i += 1;
            continue;
        }
        if is_bracket(item) && decoy_bracket(search, i, out.last()) {
            if let Some(last) = out.last_mut().filter(|l| l.form != Form::Swapped && matches!(l.part, Part::At | Part::Dot)) {
                last.form = Form::Bracket;
            }
            bracket = Some(bracket.map_or(item.gap, |g| g.max(item.gap)));
            i += 1;
            continue;
        }
        let decoy = item.is_mark(b"-/_*");
        if decoy
            && items.get(i + 1).is_some_and(|n| {
                n.glued() && n.kind == Kind::Word && n.has(mean::AT | mean::DOT) && n.end - n.start >= 2 && n.first && n.last
            })
            && items.get(i + 2).is_some_and(|n| n.glued() && n.is_mark(b"-/_*"))
        {
            bracket = Some(Gap::None);
            i += 1;
            continue;
        }
        if decoy && out.last().is_some_and(|a| a.form == Form::Bracket && a.end == item.start && matches!(a.part, Part::At | Part::Dot)) {
            bracket = Some(Gap::None);
            i += 1;
            continue;
        }
        if let Some(gap) = bracket.take() {
            atom.gap = atom.gap.max(gap);
            if matches!(part, Part::At | Part::Dot) {
                form = if form == Form::Swapped { form } else { Form::Bracket };
            }
        }
        atom.form = form;
        out.push(atom);
        i += 1;
    }
}

/// Whether a bracket belongs to the dot or at-sign beside it: brackets on both sides of that, or everything written together.
fn decoy_bracket(search: &Search<'_>, at: usize, last: Option<&Atom>) -> bool {
    let items = search.items;
    let bracket = |i: usize| items.get(i).is_some_and(is_bracket);
    let joins = |i: usize| matches!(part_of(search, i).0, Part::At | Part::Dot);
    let glued = |i: usize| items.get(i).is_some_and(Item::glued);
    let mut first = at;
    while first > 0 && at - first < MARKS && bracket(first - 1) {
        first -= 1;
    }
    let mut next = at;
    while next - at < MARKS && bracket(next) {
        next += 1;
    }
    if joins(next) {
        if bracket(next + 1) {
            return true;
        }
        if items.get(next + 2).is_some_and(is_bracket)
            && first > 0
            && items.get(next + 1).is_some_and(|n| search.tables.is_spoken_tld(n.text(search.folded)))
            && items.get(first - 1).is_some_and(|n| n.is_wordy() && is_distinct(search, n.text(search.folded)))
        {
            return true;
        }
        return (first..=next + 1).all(glued) && first > 0 && items.get(next).is_some_and(|i| i.is_mark(b".@"));
    }
    let before = first.checked_sub(1).filter(|_| last.is_some_and(|l| matches!(l.part, Part::At | Part::Dot)));
    let Some(before) = before.filter(|b| joins(*b)) else { return false };
    if before > 0 && bracket(before - 1) {
        return true;
    }
    (before..=next).all(glued) && items.get(before).is_some_and(|i| i.is_mark(b".@"))
}

/// The most brackets beside a dot.
const MARKS: usize = 8;

fn unspaced(item: &Item, folded: &str) -> bool {
    item.text(folded).chars().next().is_some_and(is_unspaced)
}

/// What an item is in an address.
fn part_of(search: &Search<'_>, at: usize) -> (Part, Form) {
    let items = search.items;
    let Some(item) = items.get(at) else { return (Part::Other, Form::Mark) };
    let before = at.checked_sub(1).and_then(|i| items.get(i));
    let after = items.get(at + 1);
    let between = item.glued() && before.is_some_and(Item::is_wordy) && after.is_some_and(|a| a.glued() && a.is_wordy());
    match item.kind {
        Kind::Mark => match item.mark {
            b'@' => (Part::At, Form::Mark),
            b'.' => (Part::Dot, if search.folded.as_bytes().get(item.start) == Some(&b'.') { Form::Mark } else { Form::Swapped }),
            b',' if between => (Part::Dot, Form::Swapped),
            b'#' if between => (Part::At, Form::Swapped),
            b'-' => (Part::Dash, Form::Mark),
            b'_' => (Part::Under, Form::Mark),
            b'+' => (Part::Plus, Form::Mark),
            b'/' => (Part::Slash, Form::Mark),
            0 => match sign_part(search.tables.word(item.text(search.folded)), before, after) {
                (Part::Emoji, form) => (Part::Other, form),
                sign => sign,
            },
            _ => (Part::Other, Form::Mark),
        },
        Kind::Emoji => sign_part(item.word, before, after),
        Kind::Word => {
            if item.text(search.folded) == "圈" && after.is_some_and(|a| a.glued() && a.text(search.folded) == "a") {
                return (Part::At, Form::Word);
            }
            if item.text(search.folded) == "a" && before.is_some_and(|b| item.glued() && b.text(search.folded) == "圈") {
                return (Part::Emoji, Form::Mark);
            }
            let alone = unspaced(item, search.folded) || item.first && item.last;
            let bracketed = before.is_some_and(is_bracket) && after.is_some_and(is_bracket);
            if !alone {
                (Part::Name, Form::Mark)
            } else if item.has(mean::AT) && !ends_host(search.folded, item)
                || bracketed && matches!(item.text(search.folded), "et" | "a" | "t")
            {
                (Part::At, Form::Word)
            } else if item.has(mean::DOT) {
                (Part::Dot, Form::Word)
            } else if item.has(mean::DASH) {
                (Part::Dash, Form::Word)
            } else if item.has(mean::UNDERSCORE) {
                (Part::Under, Form::Word)
            } else if item.has(mean::SLASH) {
                (Part::Slash, Form::Word)
            } else if unspaced(item, search.folded) {
                (Part::Other, Form::Mark)
            } else {
                (Part::Name, Form::Mark)
            }
        }
        _ => (Part::Name, Form::Mark),
    }
}

/// `.at` at the end of a host.
fn ends_host(folded: &str, item: &Item) -> bool {
    let bytes = folded.as_bytes();
    let label = item.start.checked_sub(2).and_then(|b| bytes.get(b)).is_some_and(u8::is_ascii_alphanumeric);
    let on = bytes.get(item.end).is_some_and(|b| b"._-@".contains(b) || b.is_ascii_alphanumeric());
    item.text(folded) == "at" && bytes.get(item.start.wrapping_sub(1)) == Some(&b'.') && label && !on
}

/// An emoji that is named after the sign it stands for (monkey, snail; a round spot), between two words.
fn sign_part(sign: Option<&Word>, before: Option<&Item>, after: Option<&Item>) -> (Part, Form) {
    let between = before.is_some_and(Item::is_wordy) && after.is_some_and(Item::is_wordy);
    let part = match between {
        true if sign.is_some_and(|s| s.has(mean::AT)) => Part::At,
        true if sign.is_some_and(|s| s.has(mean::DOT)) => Part::Dot,
        _ => return (Part::Emoji, Form::Mark),
    };
    (part, Form::Word)
}

/// A host as read from atoms.
#[derive(Debug, Clone, Copy, Default)]
struct Host {
    /// Atom after it.
    next: usize,
    end: usize,
    dots: usize,
    /// A dot was bracketed, a word, spaced.
    hidden: bool,
    /// Another mark stood for a dot.
    swapped: bool,
    spoken: bool,
}

impl Addresses {
    fn name<'t>(&self, search: &Search<'t>, at: usize) -> Option<&'t str> {
        let atom = self.atoms.get(at).filter(|a| a.part == Part::Name)?;
        search.folded.get(atom.start..atom.end)
    }

    /// Whether the label before a host, in a link with a scheme, ends with a mark that no label ends with (RFC 1123): `http://shop-.example.com`.
    fn torn_label(&self, search: &Search<'_>, at: usize) -> bool {
        let mark = at.checked_sub(2).and_then(|i| self.atoms.get(i));
        let torn = mark.is_some_and(|m| matches!(m.part, Part::Dash | Part::Under) && m.form == Form::Mark && m.gap == Gap::None);
        let label = at.checked_sub(3).and_then(|i| self.atoms.get(i)).filter(|a| torn && a.part == Part::Name);
        label.is_some_and(|a| scheme_before(search.folded, a.start).0)
    }

    fn glued(&self, at: usize) -> bool {
        self.atoms.get(at).is_some_and(|a| a.gap == Gap::None)
    }

    /// Reads a host from atom `from` into `self.host`.
    fn read_host(&mut self, search: &Search<'_>, from: usize, lenient: bool) -> Option<Host> {
        self.host.clear();
        let mut host = Host::default();
        let mut at = from;
        let first = self.name(search, at)?;
        self.host.push_str(first);
        let letter = |name: &str| name.len() == 1 && name.starts_with(|c: char| c.is_ascii_alphabetic() || lenient && c.is_ascii_digit());
        let mut single = letter(first);
        let mut spread = false;
        host.end = self.atoms.get(at)?.end;
        at += 1;
        for _ in 0..ADDRESS_ATOMS {
            let Some(atom) = self.atoms.get(at).copied() else { break };
            let next = self.name(search, at + 1);
            match (atom.part, atom.form) {
                (Part::Name, _)
                    if single
                        && atom.gap == Gap::Space
                        && atom.end - atom.start == 1
                        && (host.dots == 0 || spread)
                        && (spread || next.is_some_and(letter)) =>
                {
                    let label = self.host.rsplit('.').next().unwrap_or_default();
                    if host.dots > 0 && matches!(label, "com" | "net" | "org" | "ru" | "de" | "fr") {
                        break;
                    }
                    spread = true;
                    self.host.push_str(self.name(search, at).unwrap_or_default());
                    host.hidden = true;
                    host.end = atom.end;
                    at += 1;
                    continue;
                }
                (Part::Name, _) if lenient && host.dots == 0 && atom.gap == Gap::Space && self.split_provider(search, at) => {
                    self.host.push_str(self.name(search, at).unwrap_or_default());
                    host.hidden = true;
                    host.end = atom.end;
                    at += 1;
                    continue;
                }
                (Part::Dot, Form::Mark) if atom.gap == Gap::None && self.glued(at + 1) && next.is_some() => {}
                (Part::Dot, Form::Mark)
                    if next.is_some_and(|n| search.tables.is_spoken_tld(n) || letter(n) && spread)
                        && atom.gap != Gap::Line
                        && (lenient && search.tables.provider(&self.host).is_some() || spread) =>
                {
                    host.hidden = true;
                }
                (Part::Dot, Form::Bracket) if next.is_some() => host.hidden = true,
                (Part::Dot, Form::Mark) if host.dots == 0 && self.loose_dot(search, from, at) => host.hidden = true,
                (Part::Dot, Form::Mark)
                    if host.dots == 1
                        && host.hidden
                        && atom.gap != Gap::Line
                        && (self.host.ends_with(".co") || self.host.ends_with(".com"))
                        && next.is_some_and(|n| COUNTRIES.contains(&n)) => {}
                (Part::Dot, Form::Mark) if atom.gap != Gap::Line && self.host.len() <= 4 && self.known_short(search, next) => {
                    host.hidden = true
                }
                (Part::Dot, Form::Word)
                    if next.is_some()
                        && atom.gap != Gap::Line
                        && (self.spoken_end(search, at, at + 1) || self.path_follows(at + 1) && self.known_short(search, next)) =>
                {
                    host.hidden = true;
                    host.spoken = true;
                }
                (Part::Dot, Form::Swapped) if self.glued(at + 1) && next.is_some_and(|n| search.tables.tld(n).is_some()) => {
                    host.swapped = true
                }
                (Part::Dash, Form::Mark) if atom.gap == Gap::None && self.glued(at + 1) && next.is_some() => {}
                (Part::Dash, Form::Mark) if self.host.ends_with("xn") && self.glued(at + 2) => {
                    self.host.push_str("--");
                    self.host.push_str(self.name(search, at + 2).unwrap_or_default());
                    host.end = self.atoms.get(at + 2).map_or(host.end, |a| a.end);
                    at += 3;
                    continue;
                }
                (Part::Dash, Form::Word) if next.is_some() => host.spoken = true,
                _ => break,
            }
            let (mark, dots) = if atom.part == Part::Dot { ('.', 1) } else { ('-', 0) };
            let end = next.filter(|_| atom.part == Part::Dot && atom.form == Form::Word && host.spoken).and_then(russian_end);
            match self.host.as_str() {
                "вк" if end.is_some() => self.host.replace_range(.., "vk"),
                "т" if end.is_some() => self.host.replace_range(.., "t"),
                _ => {}
            }
            self.host.push(mark);
            self.host.push_str(end.or(next).unwrap_or_default());
            host.dots += dots;
            single = next.is_some_and(letter);
            host.end = self.atoms.get(at + 1).map_or(host.end, |a| a.end);
            at += 2;
        }
        host.next = at;
        Some(host)
    }

    /// Whether a dot with a space beside it ends a host: a name that is no everyday word, and an ending that says so by itself. `com` is a word in some
    /// languages, so that the clause must end behind it unless it touches its dot.
    fn loose_dot(&self, search: &Search<'_>, first: usize, at: usize) -> bool {
        let (Some(dot), Some(end)) = (self.atoms.get(at), self.atoms.get(at + 1)) else { return false };
        let two = matches!(self.atoms.get(at + 2), Some(a) if a.part == Part::Dot && a.gap != Gap::Line)
            && self.name(search, at + 3).is_some_and(|n| COUNTRIES.contains(&n));
        let strong =
            self.name(search, at + 1).is_some_and(|n| matches!(n, "com" | "net" | "org" | "biz" | "ru" | "de" | "xyz") || n == "co" && two);
        let glued = dot.gap == Gap::Space && end.gap == Gap::None;
        let domain = self.name(search, at + 1).and_then(|n| search.tables.tld(n));
        let strong = strong || matches!(domain, Some(Tld::Plain | Tld::Quiet)) && (glued || self.host.len() >= 2 * DISTINCT);
        let alone = first == 0 && end.end >= search.folded.trim_end().len() && domain.is_some();
        if alone && is_distinct(search, &self.host) {
            return true;
        }
        if strong && two && is_distinct(search, &self.host) {
            return true;
        }
        strong
            && dot.gap != Gap::Line
            && end.gap != Gap::Line
            && is_distinct(search, &self.host)
            && (glued && self.host.len() >= 2 * DISTINCT
                || !glued && clause_ends(search, end.end)
                || self.atoms.get(first).is_some_and(|f| site_before(search, f.item)))
    }

    fn path_follows(&self, at: usize) -> bool {
        self.atoms.get(at + 1).is_some_and(|a| a.part == Part::Slash)
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
    fn spoken_end(&self, search: &Search<'_>, dot: usize, at: usize) -> bool {
        let word = self.atoms.get(dot).and_then(|d| search.folded.get(d.start..d.end)).unwrap_or_default();
        if matches!(word, "point" | "period" | "dat") {
            return self.name(search, at).is_some_and(|n| matches!(n, "com" | "net" | "org" | "fr"));
        }
        if word == "точка" && self.name(search, at).and_then(russian_end).is_some() {
            return true;
        }
        let label = |i: usize| self.name(search, i).is_some_and(|n| search.tables.is_spoken_tld(n));
        let more = |i: usize| self.atoms.get(i).is_some_and(|a| a.part == Part::Dot);
        if let Some(domain @ ("me" | "in" | "es" | "it" | "tv" | "cc" | "co" | "io" | "de")) = self.name(search, at) {
            let slash = self.path_follows(at);
            let ends = || self.atoms.get(at).is_some_and(|a| clause_ends(search, a.end));
            let told = || !matches!(domain, "me" | "in" | "es" | "it") || ends();
            return slash
                || self.host.len() <= 3
                || word != "dot"
                || more(at + 1) && label(at + 2)
                || is_distinct(search, &self.host) && told();
        }
        let follows = || self.path_follows(at) || self.atoms.get(at).is_some_and(|a| clause_ends(search, a.end));
        let other = |n: &str| n.len() >= 2 && search.tables.tld(n).is_some() && is_distinct(search, &self.host) && follows();
        label(at)
            || self.name(search, at).is_some_and(other)
            || more(at + 1) && (label(at + 2) || more(at + 3) && label(at + 4))
            || self.name(search, at).is_some_and(|n| n == "comm")
    }

    /// Whether the host read so far and the next atom are one mail service's name, written apart.
    fn split_provider(&mut self, search: &Search<'_>, at: usize) -> bool {
        let len = self.host.len();
        self.spare.clear();
        self.spare.push_str(&self.host);
        self.spare.push_str(self.name(search, at).unwrap_or_default());
        len < 12 && search.tables.provider(&self.spare).is_some() && search.tables.provider(&self.host).is_none()
    }

    /// Makes a mail service's host of a name without one: `gmail`, `163 com`, `outlookcom`. `false` where it is none.
    fn complete_provider(&mut self, search: &Search<'_>, host: &mut Host) -> bool {
        self.spare.clear();
        self.spare.extend(self.host.chars().filter(|c| *c != '-'));
        let (name, tld) = match self.spare.rsplit_once('.') {
            Some((name, tld)) => (name, tld),
            None => (self.spare.as_str(), ""),
        };
        let tld_after = if tld.is_empty() {
            self.name(search, host.next).filter(|n| matches!(*n, "com" | "net" | "org" | "ru" | "de" | "fr" | "me" | "comm" | "cn"))
        } else {
            None
        };
        let mut plain = [0u8; 24];
        for (to, from) in plain.iter_mut().zip(name.bytes()) {
            *to = leet_letter(from);
        }
        let plain = plain.get(..name.len()).and_then(|p| std::str::from_utf8(p).ok()).unwrap_or_default();
        let known = search.tables.provider(name).or_else(|| search.tables.provider(plain)).or_else(|| {
            let glued = name.strip_suffix("dotcom").or_else(|| name.strip_suffix("com"))?;
            search.tables.provider(glued)
        });
        let Some(known) = known else { return false };
        if tld.is_empty() {
            if tld_after.is_some() {
                host.next += 1;
                host.end = self.atoms.get(host.next - 1).map_or(host.end, |a| a.end);
            } else if let (Some(Part::Emoji), Some("com" | "net" | "ru" | "de" | "fr")) =
                (self.atoms.get(host.next).map(|a| a.part), self.name(search, host.next + 1))
            {
                host.next += 2;
                host.end = self.atoms.get(host.next - 1).map_or(host.end, |a| a.end);
            }
            host.hidden = true;
        } else if self.host.starts_with(known.split('.').next().unwrap_or("?")) && tld != "comm" {
            return true;
        }
        self.host.clear();
        self.host.push_str(known);
        true
    }

    /// Reads the part before the `@` at atom `at`, right to left, into `self.local`; gives the atom where it begins and whether it is spoken.
    fn read_local(&mut self, search: &Search<'_>, at: usize) -> Option<(usize, bool)> {
        let mut from = at.checked_sub(1)?;
        self.name(search, from)?;
        let mut hidden = false;
        let mut spread = self.name(search, from).is_some_and(|n| n.len() == 1) && self.atoms.get(at).is_some_and(|a| a.gap != Gap::None);
        for _ in 0..ADDRESS_ATOMS {
            let Some(here) = self.atoms.get(from).copied() else { break };
            let Some(join) = from.checked_sub(1).and_then(|j| self.atoms.get(j).copied()) else { break };
            let before = from.checked_sub(2).and_then(|b| self.name(search, b));
            let glued = here.gap == Gap::None && join.gap == Gap::None;
            match (join.part, join.form) {
                (Part::Name, _) if spread && here.gap == Gap::Space && join.end - join.start == 1 => {
                    from -= 1;
                    hidden = true;
                    continue;
                }
                (Part::Dot | Part::Dash | Part::Under | Part::Plus, Form::Mark)
                    if before.is_some() && (glued || spread && before.is_some_and(|b| b.len() == 1)) => {}
                (Part::Dot, Form::Bracket) if before.is_some() => hidden = true,
                (Part::Dot | Part::Under | Part::Dash, Form::Word) if before.is_some() && here.gap != Gap::Line => hidden = true,
                (Part::Under, Form::Mark) if here.gap == Gap::None => {
                    from -= 1;
                    break;
                }
                _ => break,
            }
            from -= 2;
            spread = spread || before.is_some_and(|b| b.len() == 1) && !glued;
        }
        self.local.clear();
        for atom in self.atoms.get(from..at)? {
            match atom.part {
                Part::Dot => self.local.push('.'),
                Part::Dash => self.local.push('-'),
                Part::Under => self.local.push('_'),
                Part::Plus => self.local.push('+'),
                _ => self.local.push_str(search.folded.get(atom.start..atom.end).unwrap_or_default()),
            }
        }
        for decoy in DECOYS {
            if let Some(found) = self.local.find(decoy).filter(|_| self.local.len() > decoy.len()) {
                self.local.replace_range(found..found + decoy.len(), "");
                hidden = true;
            }
        }
        while self.local.ends_with(['.', '_', '-']) {
            self.local.pop();
        }
        Some((from, hidden))
    }
}

/// What speaks for an address: a known ending.
pub(super) fn known_host(search: &Search<'_>, host: &str) -> Option<Tld> {
    let (rest, last) = host.rsplit_once('.')?;
    if rest.is_empty()
        || rest.split('.').any(|l| l.is_empty() || l.starts_with('-') || l.ends_with('-') || l.len() > 63)
        || host.len() > 253
    {
        return None;
    }
    if last.bytes().any(|b| b.is_ascii_digit()) && !last.starts_with("xn--") {
        return None;
    }
    search
        .tables
        .tld(last)
        .or_else(|| psl::suffix(host.as_bytes()).filter(|s| s.is_known() && s.as_bytes().len() < host.len()).map(|_| Tld::Word))
}

/// An ending told in Russian letters, which the text stage folds beside Latin ones.
fn russian_end(name: &str) -> Option<&'static str> {
    match name {
        "ру" | "py" => Some("ru"),
        "ком" | "kom" => Some("com"),
        "рф" => Some("рф"),
        "ме" => Some("me"),
        _ => None,
    }
}

/// What follows `co` and `com` in hosts.
const COUNTRIES: &[&str] = &["uk", "nz", "za", "br", "au", "mx", "jp", "cn", "tr", "ar", "kr", "tw"];

/// The fewest letters of a name that is taken for a host by its ending alone.
const DISTINCT: usize = 5;

/// Whether a name of letters, digits and dashes is no everyday word and none that the finders know.
pub(super) fn is_distinct(search: &Search<'_>, name: &str) -> bool {
    let letters = name.bytes().filter(u8::is_ascii_alphabetic).count();
    letters >= DISTINCT
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !name.split('-').all(|part| search.tables.is_known(part))
        && !search.tables.is_known(name)
}

/// Whether nothing, a mark or a line's end follows a place.
pub(super) fn clause_ends(search: &Search<'_>, at: usize) -> bool {
    let rest = search.folded.get(at..).unwrap_or_default();
    let after = rest.trim_start_matches([' ', '\t']);
    match after.chars().next() {
        None | Some('\n' | '\r' | ',' | ';' | '!' | '?' | ')' | ']' | '"' | '\'' | '/' | '|') => true,
        Some('.' | ':') => after.get(1..).is_none_or(|more| !more.starts_with(|c: char| c.is_alphanumeric())),
        Some(c) => !c.is_alphanumeric() && !c.is_ascii(),
    }
}

/// Whether a word before an item tells that a web address follows, or a word of place right before it.
fn site_before(search: &Search<'_>, item: usize) -> bool {
    let before =
        search.items.get(..item).unwrap_or_default().iter().rev().take(6).take_while(|i| i.gap != Gap::Line || i.kind != Kind::Mark);
    let mut words = before.filter(|i| i.kind == Kind::Word).take(3).peekable();
    words.peek().is_some_and(|w| w.has(mean::ON)) || words.any(|w| search.tables.is_site_word(w.text(search.folded)))
}

fn email(search: &mut Search<'_>, own: &mut Addresses, at: usize) -> Option<usize> {
    let atom = own.atoms.get(at).copied()?;
    let spaced = atom.gap != Gap::None || !own.glued(at + 1);
    let mut host = own.read_host(search, at + 1, spaced || atom.form != Form::Mark)?;
    if host.dots == 0 && search.tables.is_upi(&own.host) && (!spaced || search.means_anywhere(mean::UPI)) {
        let (from, _) = own.read_local(search, at)?;
        let start = own.atoms.get(from)?.start;
        let value = search.out.value_of(&[&own.local, "@", &own.host]);
        search.out.push(
            Finding { kind: EntityKind::BankAccount, start, end: host.end, confidence: 85, evasion: search.text.evidence(start..host.end) },
            value,
        );
        return Some(host.end);
    }
    let listed = own.complete_provider(search, &mut host);
    while host.dots > 1 && known_host(search, &own.host).is_none() {
        let Some(cut) = own.host.rfind('.') else { break };
        own.host.truncate(cut);
        host.dots -= 1;
    }
    let tld = known_host(search, &own.host);
    let short = search.folded.get(atom.start..atom.end).is_some_and(|w| matches!(w, "a" | "et"));
    if tld.is_none() || own.host.contains('_') || short && atom.form != Form::Mark && (tld != Some(Tld::Plain) || atom.gap == Gap::Line) {
        return None;
    }
    let (from, hidden_local) = own.read_local(search, at)?;
    let start = own.atoms.get(from)?.start;
    let prior = own.atoms.get(at - 1).copied()?;
    let plain_word = atom.form == Form::Word && search.folded.get(atom.start..atom.end).is_some_and(|w| w == "at" || w == "ات" || w == "a");
    let lone = own
        .name(search, at - 1)
        .is_some_and(|n| search.tables.word(n).is_some_and(|w| w.has(mean::STOP | mean::INVITE | mean::CUE | mean::MAIL)));
    let like_id = own.local.bytes().any(|b| b.is_ascii_digit() || b == b'_' || b == b'.');
    let cue = search.word_before(own.atoms.get(from)?.item, 6, mean::MAIL | mean::INVITE);
    if own.local.is_empty() || own.local.len() > 64 || prior.gap == Gap::Line && atom.gap != Gap::None {
        return None;
    }
    let mut confidence = match atom.form {
        Form::Mark if !spaced => 96,
        Form::Mark => 84,
        Form::Bracket => 88,
        Form::Word if plain_word => {
            if listed {
                80
            } else if host.spoken || host.hidden {
                76
            } else {
                60
            }
        }
        Form::Word => 84,
        Form::Swapped if listed => 80,
        Form::Swapped => return None,
    };
    let path_follows = search.folded.as_bytes().get(host.end) == Some(&b'/');
    if plain_word && (lone && !(like_id && listed) || path_follows) {
        return None;
    }
    let plain_tld = tld == Some(Tld::Plain) || own.host.rsplit('.').next().is_some_and(|t| search.tables.is_spoken_tld(t));
    let spot = Spot { start, end: host.end, host, scheme: false, tld: Tld::Word, first: own.atoms.get(at + 1)?.start, item: 0 };
    if plain_word && !listed && (!plain_tld || sentence_break(search, &spot)) {
        confidence = 30;
    }
    let distinct = own.local.len() >= 5 && !search.tables.is_common(&own.local);
    if plain_word && listed && !like_id && !cue {
        confidence = if distinct { 60 } else { 35 };
    }
    if atom.form == Form::Mark && spaced && !host.hidden && !listed && !cue && lone {
        confidence = 40;
    }
    if host.swapped && !listed && own.host.ends_with(".com") {
        confidence = confidence.min(80);
    }
    let mut evasion = search.text.evidence(start..host.end);
    if atom.form != Form::Mark || host.hidden || hidden_local {
        evasion |= if spaced && atom.form == Form::Mark { Evasion::SPACED } else { Evasion::PUNCT };
    }
    if host.swapped {
        evasion |= Evasion::PUNCT;
    }
    for decoy in DECOYS {
        if let Some(found) = own.host.find(decoy).filter(|_| own.host.len() > decoy.len() + 4) {
            own.host.replace_range(found..found + decoy.len(), "");
        }
    }
    let plain = !listed && !host.hidden && !host.spoken && !host.swapped && host.dots == own.host.matches('.').count();
    let written = if plain { unicode_host(search, spot.first..host.end) } else { None };
    let value = search.out.value_of(&[&own.local, "@", written.as_deref().unwrap_or(own.host.trim_start_matches('.'))]);
    search.out.push(Finding { kind: EntityKind::Email, start, end: host.end, confidence, evasion }, value);
    Some(host.end)
}

/// A mail service named without `@`: "gmail jane.doe77", "jane dot doe gee mail com", "my g-mail: jane.doe".
fn spoken_provider(search: &mut Search<'_>, own: &mut Addresses, at: usize) -> Option<usize> {
    let atom = own.atoms.get(at).copied()?;
    if !search.items.get(atom.item)?.has(mean::PROVIDER_START) {
        return None;
    }
    own.spare.clear();
    let mut best: Option<(usize, &'static str)> = None;
    let mut i = at;
    for _ in 0..3 {
        let Some(name) = own.name(search, i) else { break };
        own.spare.push_str(name);
        if let Some(host) = search.tables.provider(&own.spare) {
            best = Some((i + 1, host));
        }
        i += 1;
        if own.atoms.get(i).is_some_and(|a| a.part == Part::Dash && a.gap == Gap::None) {
            i += 1;
        }
    }
    let (mut next, host) = best?;
    let numeric = own.spare.bytes().next().is_some_and(|b| b.is_ascii_digit()) || host == "qq.com";
    if matches!(own.atoms.get(next).map(|a| (a.part, a.form)), Some((Part::Dot, _)))
        && own.name(search, next + 1).is_some_and(|n| search.tables.tld(n).is_some())
    {
        next += 2;
    } else if own.name(search, next).is_some_and(|n| matches!(n, "com" | "comm" | "net")) {
        next += 1;
    }
    let like_id = |name: &str| {
        name.len() >= 4
            && name.bytes().any(|b| b.is_ascii_alphabetic())
            && name.bytes().any(|b| b.is_ascii_digit() || b == b'_' || b == b'.')
    };
    let end_of = |own: &Addresses, n: usize| own.atoms.get(n.saturating_sub(1)).map_or(atom.end, |a| a.end);
    if let Some((from, hidden)) = own.read_local(search, at)
        && (hidden
            || next > at + 1
                && (like_id(&own.local)
                    || own.local.len() >= 5 && own.name(search, next - 1) == Some("com") && !search.tables.is_common(&own.local)))
        && !own.local.is_empty()
        && own.atoms.get(at).is_some_and(|a| a.gap == Gap::Space)
        && !numeric
    {
        let start = own.atoms.get(from)?.start;
        let end = end_of(own, next);
        let value = search.out.value_of(&[&own.local, "@", host]);
        let confidence = if hidden { 78 } else { 66 };
        search.out.push(
            Finding { kind: EntityKind::Email, start, end, confidence, evasion: search.text.evidence(start..end) | Evasion::PUNCT },
            value,
        );
        return Some(end);
    }
    if numeric {
        return None;
    }
    let mut j = next;
    for _ in 0..4 {
        let Some(a) = own.atoms.get(j) else { break };
        let item = search.items.get(a.item);
        let skip = a.part == Part::Other && item.is_some_and(|i| i.is_mark(b":=-(\"'>"))
            || a.part == Part::Dash
            || item.is_some_and(|i| i.has(mean::IS | mean::MAIL) && i.first && i.last);
        if !skip || a.gap == Gap::Line {
            break;
        }
        j += 1;
    }
    let mut k = j;
    while matches!(own.atoms.get(k + 1).map(|a| (a.part, a.gap)), Some((Part::Dot | Part::Under | Part::Dash, Gap::None)))
        && own.glued(k + 2)
        && own.name(search, k + 2).is_some()
    {
        k += 2;
    }
    own.name(search, j)?;
    let local = search.folded.get(own.atoms.get(j)?.start..own.atoms.get(k)?.end)?;
    let follows_at = own.atoms.get(k + 1).is_some_and(|a| a.part == Part::At);
    let dotted = !local.bytes().any(|b| b.is_ascii_digit() || b == b'_');
    let ends = clause_ends(search, own.atoms.get(k)?.end);
    let talk = dotted
        && k > j
        && match mailboxes::form(search, local) {
            None => true,
            Some(form) => form == mailboxes::Form::Plain && !ends,
        };
    let hosted = dotted && known_host(search, local).is_some() && local.split('.').all(|part| search.tables.is_known(part));
    let everyday = j == next && mailboxes::EVERYDAY.contains(&host);
    if !like_id(local) || everyday || talk || hosted || follows_at || own.atoms.get(j).is_some_and(|a| a.gap == Gap::Line) {
        return None;
    }
    let end = own.atoms.get(k)?.end;
    let value = search.out.value_of(&[local, "@", host]);
    search.out.push(
        Finding {
            kind: EntityKind::Email,
            start: atom.start,
            end,
            confidence: 70,
            evasion: search.text.evidence(atom.start..end) | Evasion::CODED,
        },
        value,
    );
    Some(end)
}

/// The run of visible characters around a byte.
pub(super) fn chunk(folded: &str, at: usize) -> (usize, usize) {
    let window = around(folded, at);
    let before = folded.get(window.start..at).unwrap_or_default();
    let after = folded.get(at..window.end).unwrap_or_default();
    let start = before.rfind(char::is_whitespace).map_or(window.start, |i| window.start + i + 1);
    let end = after.find(char::is_whitespace).map_or(window.end, |i| at + i);
    (if folded.is_char_boundary(start) { start } else { at }, end)
}

/// The most bytes that are looked at on either side of a place.
const AROUND: usize = 512;

/// The text near a place, cut at character boundaries.
pub(super) fn around(folded: &str, at: usize) -> std::ops::Range<usize> {
    let start = (at.saturating_sub(AROUND)..=at).find(|i| folded.is_char_boundary(*i)).unwrap_or(at);
    let end = (at..=(at + AROUND).min(folded.len())).rev().find(|i| folded.is_char_boundary(*i)).unwrap_or(at);
    start..end
}

/// What one look for an address written backwards takes of the message's tries.
const BACKWARDS: u32 = 16;

/// An e-mail address written from its end.
fn backwards(search: &mut Search<'_>, own: &mut Addresses, at: usize) -> Option<usize> {
    search.tries = search.tries.checked_sub(BACKWARDS)?;
    let atom = own.atoms.get(at)?;
    let (start, end) = chunk(search.folded, atom.start);
    let text = search.folded.get(start..end).filter(|t| t.len() <= 96 && t.is_ascii())?;
    own.spare.clear();
    own.spare.extend(text.trim_matches(|c: char| !c.is_ascii_alphanumeric()).chars().rev());
    let (local, host) = own.spare.split_once('@')?;
    let common = ["com", "net", "org", "ru", "cn", "de", "fr", "es", "br", "uk", "me", "mx"].contains(&host.rsplit('.').next()?);
    if local.is_empty()
        || !common
        || known_host(search, host).is_none()
        || !local.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-+".contains(&b))
    {
        return None;
    }
    let value = search.out.value_of(&[local, "@", host]);
    search.out.push(
        Finding { kind: EntityKind::Email, start, end, confidence: 88, evasion: search.text.evidence(start..end) | Evasion::REVERSED },
        value,
    );
    Some(end)
}

fn link(search: &mut Search<'_>, own: &mut Addresses, at: usize) -> Option<usize> {
    let atom = own.atoms.get(at).copied()?;
    let next = own.atoms.get(at + 1)?;
    let starts = matches!(next.part, Part::Dot | Part::Dash)
        || atom.end - atom.start == 1 && next.part == Part::Name
        || own.name(search, at + 1) == Some("dotcom");
    let spaced = next.part == Part::Name && next.gap == Gap::Space;
    let www = spaced && atom.end - atom.start == 3 && own.name(search, at) == Some("www");
    let dotless = spaced && next.end - next.start == 3 && own.name(search, at + 1) == Some("com")
        || next.part == Part::Under && next.gap == Gap::None && own.glued(at + 2) && own.name(search, at + 2) == Some("com");
    let starts = starts || www || dotless;
    let before = at.checked_sub(1).and_then(|b| own.atoms.get(b));
    // A host begins where its labels or its spelling begin: were it read from each of them on, a long chain would cost its square.
    let letter = |a: &Atom| a.part == Part::Name && a.end - a.start == 1;
    let spelled = letter(&atom) && atom.gap == Gap::Space && next.part == Part::Name && before.is_some_and(letter);
    let dot = before.is_some_and(|b| b.part == Part::Dot && b.form == Form::Mark && b.gap == Gap::None) && atom.gap == Gap::None;
    let label = dot && at.checked_sub(2).and_then(|b| own.atoms.get(b)).is_some_and(|b| b.part == Part::Name);
    if spelled || label && !scheme_before(search.folded, atom.start).0 {
        return None;
    }
    let torn = before.is_some_and(|b| matches!(b.part, Part::Dash | Part::Under) && b.form == Form::Mark) && atom.gap == Gap::None;
    let spelled_w = own.name(search, at) == Some("double") && own.name(search, at + 1) == Some("u");
    if spelled_w {
        return spelled_link(search, own, at);
    }
    let torn = torn || before.is_some_and(|b| b.part == Part::Slash && b.form == Form::Mark && b.gap == Gap::None) && atom.gap == Gap::None;
    if torn && !scheme_before(search.folded, atom.start).0
        || !starts
        || before.is_some_and(|b| matches!(b.part, Part::At) && b.form == Form::Mark && atom.gap == Gap::None && b.gap == Gap::None)
    {
        return None;
    }
    let escaped =
        before.is_some_and(|b| b.part == Part::Other && search.folded.as_bytes().get(b.start) == Some(&b'%')) && atom.gap == Gap::None;
    if escaped {
        return None;
    }
    if www {
        return undotted(search, own, at, at + 1);
    }
    if let Some(end) = dotless.then(|| undotted(search, own, at, at)).flatten() {
        return Some(end);
    }
    let mut host = own.read_host(search, at, false)?;
    if host.dots == 0 {
        if own.name(search, host.next) != Some("dotcom") || own.atoms.get(host.next)?.gap == Gap::Line {
            return None;
        }
        own.host.push_str(".com");
        host.end = own.atoms.get(host.next)?.end;
        host.next += 1;
        host.dots = 1;
        host.hidden = true;
    }
    let start = own.atoms.get(at)?.start;
    if own.atoms.get(host.next).is_some_and(|a| a.part == Part::At && a.form == Form::Mark && a.gap == Gap::None) {
        return None;
    }
    let (scheme, scheme_start) = scheme_before(search.folded, start);
    let address = scheme && own.host.split('.').count() == 4 && own.host.split('.').all(|l| l.parse::<u8>().is_ok());
    let tld = known_host(search, &own.host);
    let numeric = own.host.split('.').count() == 4 && own.host.split('.').all(|l| l.parse::<u8>().is_ok());
    let directory = || {
        let after = search.folded.get(host.end..).unwrap_or_default().strip_prefix('/');
        after.is_some_and(|path| path.starts_with(|c: char| c.is_ascii_alphabetic()))
    };
    let address = address || numeric && (host.hidden || directory());
    let defanged = scheme && host.hidden && own.host.rsplit('.').next().is_some_and(|l| l.bytes().all(|b| b.is_ascii_alphabetic()));
    let apart = search.folded.get(host.end..).is_none_or(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || "-_@".contains(c)));
    if tld.is_none() && host.dots == 1 && apart && own.host.strip_prefix("www.").is_some_and(|label| is_distinct(search, label)) {
        let (end, value) = (host.end, search.out.value_of(&[&own.host]));
        search.out.push(Finding { kind: EntityKind::Link, start, end, confidence: 56, evasion: search.text.evidence(start..end) }, value);
        return Some(end);
    }
    if tld.is_none() && !address && !defanged || search.tables.is_no_host(&own.host) {
        return None;
    }
    let end = path(search, own, &host, host.next);
    let word = own.host.split_once('.').filter(|(_, rest)| host.spoken && !rest.contains('.')).map(|(label, _)| label);
    let talk = |w: &str| w != "then" && search.tables.word(w).is_some_and(|w| w.has(mean::STOP | mean::ON | mean::IS));
    if own.path.is_empty() && word.is_some_and(talk) && search.tables.app_host(&own.host).is_none() {
        return None;
    }
    if dot && own.torn_label(search, at) && (own.path.len() < 2 || search.tables.app_host(&own.host).is_none()) {
        return None;
    }
    let tld = tld.unwrap_or(Tld::Path);
    classify(search, own, &Spot { start: if scheme { scheme_start } else { start }, end, host, scheme, tld, first: start, item: atom.item })
}

/// A link that was decoded from a chunk.
pub(super) fn literal(search: &mut Search<'_>, own: &mut Addresses, chunk: std::ops::Range<usize>, url: &str) {
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

/// An address whose `@` was written otherwise.
pub(super) fn address(search: &mut Search<'_>, own: &mut Addresses, chunk: std::ops::Range<usize>, (local, host): (&str, &str)) {
    own.host.clear();
    own.host.extend(host.chars().map(|c| c.to_ascii_lowercase()));
    own.local.clear();
    own.local.extend(local.chars().map(|c| c.to_ascii_lowercase()));
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-+".contains(&b));
    if !plain(&own.host) || !plain(&own.local) || known_host(search, &own.host).is_none() {
        return;
    }
    let value = search.out.value_of(&[&own.local, "@", &own.host]);
    let evasion = search.text.evidence(chunk.clone()) | Evasion::STYLED;
    search.out.push(Finding { kind: EntityKind::Email, start: chunk.start, end: chunk.end, confidence: 90, evasion }, value);
}

/// `www some-shop com`, `someshop com`, `someshop_com`: a host whose dot is left out. Without `www` its name is no everyday word, and the clause ends.
fn undotted(search: &mut Search<'_>, own: &mut Addresses, at: usize, label: usize) -> Option<usize> {
    let start = own.atoms.get(at)?.start;
    let mut last = label;
    while label > at && own.atoms.get(last + 1).is_some_and(|a| a.part == Part::Dash && a.gap == Gap::None) && own.glued(last + 2) {
        last += 2;
    }
    let name = search.folded.get(own.atoms.get(label)?.start..own.atoms.get(last)?.end)?;
    let under = own.atoms.get(last + 1).is_some_and(|a| a.part == Part::Under);
    let place = last + 1 + usize::from(under);
    let domain = own.name(search, place).filter(|d| search.tables.is_spoken_tld(d))?;
    let atom = own.atoms.get(place).filter(|a| under || a.gap == Gap::Space)?;
    let (ends, distinct) = (clause_ends(search, atom.end), is_distinct(search, name));
    let told = if label > at { ends || distinct } else { ends && distinct && name.len() > DISTINCT + 1 };
    let joined = own.atoms.get(place + 1).is_some_and(|a| a.gap == Gap::None && !matches!(a.part, Part::Other | Part::Dot | Part::Slash));
    if !told || joined {
        return None;
    }
    own.host.clear();
    own.host.push_str(name);
    own.host.push('.');
    own.host.push_str(domain);
    let host = Host { next: place + 1, end: atom.end, dots: 1, hidden: true, ..Host::default() };
    let tld = known_host(search, &own.host).map(|tld| if label > at { tld } else { Tld::Path })?;
    let end = path(search, own, &host, host.next);
    classify(search, own, &Spot { start, end, host, scheme: false, tld, first: start, item: at })
}

/// "double u a dot me slash ...".
fn spelled_link(search: &mut Search<'_>, own: &mut Addresses, at: usize) -> Option<usize> {
    let start = own.atoms.get(at)?.start;
    let host = own.read_host(search, at + 2, false)?;
    own.host.insert(0, 'w');
    let tld = known_host(search, &own.host).filter(|_| host.dots > 0)?;
    let end = path(search, own, &host, host.next);
    classify(search, own, &Spot { start, end, host, scheme: false, tld, first: start, item: 0 })
}

struct Spot {
    start: usize,
    end: usize,
    host: Host,
    scheme: bool,
    tld: Tld,
    first: usize,
    /// The item where it begins; zero where that is not known.
    item: usize,
}

/// Whether a scheme stands before a host (`https://`, `hxxp ://`, `h**ps:\\`), and where it begins.
fn scheme_before(folded: &str, at: usize) -> (bool, usize) {
    let window = around(folded, at).start;
    let before = folded.get(window..at).unwrap_or_default();
    let bare = before.trim_end_matches(|c: char| c == ' ' || "/\\:_[]()@".contains(c));
    let marks = before.get(bare.len()..).unwrap_or_default();
    let slashes = marks.bytes().filter(|b| b"/\\_".contains(b)).count();
    let colon = marks.contains(':');
    if slashes < 2 {
        return (false, at);
    }
    let letters = |c: char| c.is_ascii_alphanumeric() || "*+.-".contains(c);
    let mut start =
        bare.rfind(|c: char| !letters(c)).map_or(0, |i| i + bare.get(i..).and_then(|s| s.chars().next()).map_or(1, char::len_utf8));
    start += bare.get(start..).map_or(0, |w| w.len() - w.trim_start_matches(['.', '+', '-']).len());
    let word = bare.get(start..).unwrap_or_default();
    if word == "p" || word == "ps" || word == "tp" {
        let rest = bare.get(..start).unwrap_or_default().trim_end();
        start = rest.rfind(|c: char| !letters(c)).map_or(0, |i| i + 1);
    }
    let web = word.trim_end_matches('s');
    let web =
        matches!(web, "http" | "hxxp" | "ftp" | "htp" | "p" | "tp" | "ttp") || web.len() == 4 && web.starts_with('h') && web.ends_with('p');
    (!word.is_empty() && (colon || web) && word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '*'), window + start)
}

/// Reads what follows a host into `own.path`, as written or spoken; gives the end.
fn path(search: &Search<'_>, own: &mut Addresses, host: &Host, next: usize) -> usize {
    own.path.clear();
    let rest = search.folded.get(host.end..around(search.folded, host.end).end).unwrap_or_default();
    let rest = rest.strip_prefix('\\').unwrap_or(rest);
    if rest.starts_with(['/', '?', '#']) || rest.starts_with(':') && rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit) {
        let stop = rest
            .find(|c: char| {
                c.is_whitespace()
                    || c.is_control()
                    || "<>\"`|".contains(c)
                    || is_unspaced(c)
                    || matches!(c, '，' | '。' | '）' | '；' | '\u{FFFD}')
            })
            .unwrap_or(rest.len());
        let mut text = rest.get(..stop).unwrap_or_default();
        loop {
            let shorter = text.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', ']', '}', '#']);
            let open = shorter.bytes().filter(|b| *b == b'(').count();
            let close = shorter.bytes().filter(|b| *b == b')').count();
            let shorter = if close > open { shorter.strip_suffix(')').unwrap_or(shorter) } else { shorter };
            if shorter.len() == text.len() {
                break;
            }
            text = shorter;
        }
        own.path.push_str(text);
        return host.end + text.len();
    }
    let mut end = host.end;
    let mut at = next;
    let mut join = false;
    for _ in 0..ADDRESS_ATOMS {
        let Some(atom) = own.atoms.get(at).copied() else { break };
        if atom.gap == Gap::Line {
            break;
        }
        let mark = match (atom.part, atom.form) {
            (Part::Slash, Form::Word) => '/',
            (Part::Slash, Form::Mark) if own.path.is_empty() && host.hidden => '/',
            _ if own.path.is_empty() => break,
            (Part::Dot, Form::Word | Form::Bracket) => '.',
            (Part::Dash, Form::Word) => '-',
            (Part::Under, _) => '_',
            (Part::At, Form::Mark) if join => '@',
            (Part::Name, _) => {
                let value = search.items.get(atom.item).and_then(|i| i.word).map_or(-1, |w| w.value);
                if !(join || (0..10).contains(&value)) {
                    break;
                }
                if (0..10).contains(&value) && search.items.get(atom.item).is_some_and(|i| i.last) {
                    own.path.push(char::from(b'0' + value as u8));
                } else {
                    own.path.push_str(search.folded.get(atom.start..atom.end).unwrap_or_default());
                }
                end = atom.end;
                join = false;
                at += 1;
                continue;
            }
            _ => break,
        };
        own.path.push(mark);
        join = true;
        at += 1;
    }
    while own.path.ends_with(['-', '_', '.']) {
        own.path.pop();
    }
    end
}

/// Decides what a link is and how sure it is.
fn classify(search: &mut Search<'_>, own: &mut Addresses, spot: &Spot) -> Option<usize> {
    let tables = search.tables;
    let bare_host = own.host.strip_prefix("www.").unwrap_or(&own.host);
    let www = bare_host.len() < own.host.len();
    let path = own.path.trim_matches('/');
    let has_path = !path.is_empty();
    let hidden = spot.host.hidden || spot.host.spoken;
    let mut evasion = search.text.evidence(spot.start..spot.end);
    if hidden || spot.host.swapped {
        evasion |= Evasion::PUNCT;
    }
    let sentence = sentence_break(search, spot);
    let alone = spot.end - spot.start + 2 >= search.folded.trim().len();
    own.spare.clear();
    own.spare.push_str(bare_host);
    own.spare.push('/');
    own.spare.push_str(path.split('/').next().unwrap_or_default());
    let pay = tables.pay_host(bare_host).or_else(|| tables.pay_host(&own.spare));
    let app = tables.app_host(bare_host);
    let (kind, confidence) = if pay.is_some() && has_path {
        (EntityKind::PayLink, 90)
    } else if let Some(app) = app.filter(|_| has_path) {
        match app {
            "shortener" | "paste" | "webchat" => (EntityKind::Link, 85),
            _ => (EntityKind::AppLink, 93),
        }
    } else {
        let points = match (spot.scheme, www, has_path, hidden, spot.tld) {
            (true, _, _, _, Tld::Word) if bare_host.len() < 5 => 60,
            (true, ..) => 82,
            (_, true, ..) if bare_host.contains('.') => 80,
            (_, _, true, _, Tld::Plain) => 74,
            (_, _, _, true, Tld::Plain) => 72,
            (_, _, true, true, _) => 66,
            (_, _, true, _, Tld::Path | Tld::Quiet) => 58,
            (_, _, true, _, Tld::Word) => 44,
            (_, _, _, true, Tld::Path | Tld::Quiet) => 60,
            (_, _, _, true, Tld::Word) => 46,
            (_, _, _, _, Tld::Plain) => 62,
            (_, _, _, _, Tld::Path | Tld::Quiet) if bare_host.matches('.').count() > 1 => 56,
            (_, _, _, _, Tld::Path | Tld::Quiet) if alone => 52,
            (_, _, _, _, Tld::Path | Tld::Quiet) => 42,
            (_, _, _, _, Tld::Word) => 30,
        };
        let named = if points < NAMED_HOST || spot.host.swapped { named_host(search, bare_host, spot) } else { None };
        let points = points.max(named.unwrap_or(0));
        let swapped = if !spot.host.swapped {
            0
        } else if named.is_some() {
            8
        } else {
            30
        };
        (EntityKind::Link, points - swapped - if sentence { 40 } else { 0 })
    };
    let owner = app.filter(|_| kind == EntityKind::AppLink);
    let value = match owner {
        Some(app) => account(own, app).map(|name| search.out.value_of(&[app, ":", name])),
        None => None,
    };
    let value = value.unwrap_or_else(|| {
        let slash = if has_path && !own.path.starts_with([':', '?', '#', '/']) { "/" } else { "" };
        let cased = search.cased(spot.end.saturating_sub(own.path.len())..spot.end);
        let path = if cased.len() == own.path.len() && cased.eq_ignore_ascii_case(&own.path) { cased } else { own.path.as_str() };
        let accented = app.is_none() && !hidden && !spot.host.swapped;
        let written = if accented { unicode_host(search, spot.first..spot.host.end) } else { None };
        let host = written.as_deref().map_or(bare_host, |w| w.strip_prefix("www.").unwrap_or(w));
        search.out.value_of(&[host, slash, path.trim_end_matches('/')])
    });
    search.out.push(
        Finding { kind, start: spot.start, end: spot.end, confidence: u8::try_from(confidence.clamp(0, 99)).unwrap_or(0), evasion },
        value,
    );
    (confidence >= 40).then_some(spot.end)
}

/// What a bare host has at least whose name is no everyday word.
const NAMED_HOST: i32 = 54;

/// The points of a bare host of one name and an ending, where the name is no everyday word and the ending, the words before it or the end of the clause say
/// that it is one.
fn named_host(search: &Search<'_>, host: &str, spot: &Spot) -> Option<i32> {
    let (name, domain) = host.split_once('.')?;
    const FILES: &[&str] = &["md", "js", "py", "sh", "rs", "zip", "mov", "pl", "mp", "ps", "cs", "cc", "so", "la"];
    if !is_distinct(search, name)
        || domain.contains('.')
            && !spot.host.hidden
            && !domain.split_once('.').is_some_and(|(co, end)| matches!(co, "co" | "com") && COUNTRIES.contains(&end))
        || FILES.contains(&domain)
        || search.tables.app_host(host).is_some()
    {
        return None;
    }
    let alone = domain.len() >= 3 && spot.end - spot.start + 2 >= search.folded.trim().len();
    let placed = || alone || spot.item > 0 && site_before(search, spot.item);
    let told = match spot.tld {
        _ if spot.host.swapped => spot.tld == Tld::Plain && (clause_ends(search, spot.end) || placed()),
        Tld::Quiet => true,
        Tld::Plain => false,
        Tld::Path | Tld::Word => spot.host.hidden || placed(),
    };
    told.then_some(if spot.host.swapped { 62 } else { NAMED_HOST })
}

/// A host with letters of its own language (`täst.com`, `xn--tst-qla.com`) as IDNA writes it; `None` where it is plain, or its letters are mixed from
/// scripts to look like others.
fn unicode_host(search: &Search<'_>, host: std::ops::Range<usize>) -> Option<String> {
    let evasion = search.text.evidence(host.clone());
    let cased = search.cased(host);
    let told = cased.is_ascii() && cased.to_ascii_lowercase().contains("xn--") || evasion.intersects(Evasion::ACCENT);
    if !told || evasion.intersects(Evasion::HOMOGLYPH | Evasion::LEET | Evasion::ZEROWIDTH | Evasion::ZALGO) {
        return None;
    }
    let (host, checked) = idna::domain_to_unicode(cased);
    checked.is_ok().then_some(host)
}

/// `gracias.de nada`, `bom dia.com certeza`: an everyday word, and an ending that is a word too before another that often follows it.
fn worded_end(search: &Search<'_>, spot: &Spot) -> bool {
    const AFTER_DE: &[&str] = &[
        "nada", "la", "las", "los", "un", "una", "que", "todo", "todos", "mi", "su", "tu", "verdad", "hecho", "acuerdo", "segunda", "mano",
        "novo", "nuevo",
    ];
    const AFTER_COM: &[&str] = &[
        "certeza", "a", "o", "as", "os", "um", "uma", "todo", "toda", "tudo", "muito", "muita", "pouco", "meu", "minha", "nota", "caixa",
        "garantia", "defeito",
    ];
    let Some((name, domain)) = search.folded.get(spot.first..spot.host.end).and_then(|h| h.split_once('.')) else { return false };
    let after = match domain {
        "de" => AFTER_DE,
        "com" => AFTER_COM,
        _ => return false,
    };
    let next = search.folded.get(spot.host.end..).and_then(|rest| rest.strip_prefix(' ')).unwrap_or_default();
    let next = next.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    after.contains(&next) && search.tables.is_known(name)
}

/// A sentence that ends without a space after its dot: a capital letter, then small ones, follows the dot.
fn sentence_break(search: &Search<'_>, spot: &Spot) -> bool {
    if spot.host.hidden || spot.scheme {
        return false;
    }
    if worded_end(search, spot) {
        return true;
    }
    let cased = search.cased(spot.first..spot.host.end);
    let Some((before, last)) = cased.rsplit_once('.') else { return false };
    let capital = |s: &str| {
        s.starts_with(|c: char| c.is_ascii_uppercase())
            && s.get(1..).is_some_and(|r| r.is_empty() || r.bytes().any(|b| b.is_ascii_lowercase()))
    };
    let lower = before.bytes().any(|b| b.is_ascii_lowercase());
    lower && capital(last) && !before.starts_with(|c: char| c.is_ascii_uppercase()) || capital(last) && capital(before)
}

/// The account that the path of an app's link names.
fn account<'p>(own: &'p Addresses, app: &str) -> Option<&'p str> {
    let mut path = own.path.trim_start_matches(['/', '\\']);
    if own.host.starts_with("chat.whatsapp") || own.host == "discord.gg" || own.host.starts_with("discord") {
        return None;
    }
    for prefix in [
        "ti/p/",
        "r/ti/p/",
        "ti/g/",
        "add/",
        "u/",
        "user/",
        "users/",
        "in/",
        "p/",
        "s/",
        "profile/",
        "o/",
        "c/",
        "im/",
        "send/?phone=",
        "send?phone=",
        "message/",
        "@",
    ] {
        if let Some(rest) = path.strip_prefix(prefix) {
            path = rest;
        }
    }
    let path = path.trim_start_matches(['@', '+', '~']);
    let end = path.find(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c))).unwrap_or(path.len());
    let name = path.get(..end)?.trim_end_matches(['.', '-']);
    let invite = own.path.starts_with("/+")
        || name == "joinchat"
        || name == "invite"
        || name == "send"
        || app == "line" && own.path.contains("/ti/");
    (name.len() >= 2 && !invite).then_some(name)
}

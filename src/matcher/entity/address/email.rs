//! E-mail addresses around an `@`, however that is written. In: atoms. Out: hits. Keeps: the host has a known ending or is a mail service's. Must not know: mail
//! services that are named without `@`.

use super::Addresses;
use super::atoms::{Atom, Form};
use super::classify::is_sentence_break;
use super::host::Host;
use super::known::{known_host, unicode_host};
use super::local::take_out_decoys;
use super::near::chunk;
use crate::evasion::Evasion;
use crate::matcher::entity::items::Gap;
use crate::matcher::entity::tables::{Tld, mean};
use crate::matcher::entity::{EntityKind, Finding, Search};
use std::ops::Range;

/// The longest part before an `@` (RFC 5321).
const LOCAL: usize = 64;
/// What a host is longer by than a decoy that is taken out of it.
const DECOY_HOST: usize = 4;
/// The fewest letters of a name that is no everyday word.
const DISTINCT: usize = 5;
/// Words before an address that are looked at for a cue.
const CUE_WORDS: usize = 6;
/// What one look for an address written backwards takes of the message's tries, and its longest text.
const BACKWARDS: u32 = 16;
const BACKWARDS_TEXT: usize = 96;
/// The endings of addresses that are looked for backwards.
const BACKWARDS_ENDS: &[&str] = &["com", "net", "org", "ru", "cn", "de", "fr", "es", "br", "uk", "me", "mx"];

/// An address while it is judged; its texts stand in the buffers.
struct Mail {
    /// The `@`, and its place among the atoms.
    atom: Atom,
    at: usize,
    host: Host,
    tld: Tld,
    /// A mail service's host.
    listed: bool,
    /// Spaces stand beside the `@`.
    spaced: bool,
    /// The item with which it begins.
    item: usize,
    /// Where its host begins.
    host_start: usize,
    hidden_local: bool,
}

/// Finds the address around the `@` at an atom.
pub(super) fn email(search: &mut Search<'_>, own: &mut Addresses, at: usize) -> Option<usize> {
    let atom = own.atoms.get(at).copied()?;
    let spaced = !atom.glued() || !own.glued(at + 1);
    let mut host = own.read_host(search, at + 1, spaced || atom.form != Form::Mark)?;
    if host.dots == 0 && search.tables.is_upi(&own.host) && (!spaced || search.means_anywhere(mean::UPI)) {
        return payment_address(search, own, at, host.end);
    }
    let listed = own.complete_provider(search, &mut host);
    let tld = own.cut_to_known(search, &mut host)?;
    let short = search.folded.get(atom.start..atom.end).is_some_and(|w| matches!(w, "a" | "et"));
    if own.host.contains('_') || short && atom.form != Form::Mark && (tld != Tld::Plain || atom.gap == Gap::Line) {
        return None;
    }
    let (from, hidden_local) = own.read_local(search, at)?;
    let first = own.atoms.get(from)?;
    let (start, item, host_start) = (first.start, first.item, own.atoms.get(at + 1)?.start);
    if own.local.is_empty() || own.local.len() > LOCAL || own.atoms.get(at - 1)?.gap == Gap::Line && !atom.glued() {
        return None;
    }
    let mail = Mail { atom, at, host, tld, listed, spaced, item, host_start, hidden_local };
    let confidence = confidence(search, own, &mail)?;
    let evasion = search.text.evidence(start..host.end) | disguises(&mail);
    take_out_decoys(&mut own.host, DECOY_HOST);
    let plain = !listed && !host.hidden && !host.spoken && !host.swapped && host.dots == own.host.matches('.').count();
    let written = if plain { unicode_host(search, host_start..host.end) } else { None };
    let value = search.out.value_of(&[&own.local, "@", written.as_deref().unwrap_or(own.host.trim_start_matches('.'))]);
    search.out.push(Finding { kind: EntityKind::Email, start, end: host.end, confidence, evasion }, value);
    Some(host.end)
}

/// An account of India's payment interface: `jane@okaxis`.
fn payment_address(search: &mut Search<'_>, own: &mut Addresses, at: usize, end: usize) -> Option<usize> {
    let (from, _) = own.read_local(search, at)?;
    let start = own.atoms.get(from)?.start;
    let value = search.out.value_of(&[&own.local, "@", &own.host]);
    let evasion = search.text.evidence(start..end);
    search.out.push(Finding { kind: EntityKind::BankAccount, start, end, confidence: 85, evasion }, value);
    Some(end)
}

impl Addresses {
    /// Takes labels off the end of the host until its ending is known.
    fn cut_to_known(&mut self, search: &Search<'_>, host: &mut Host) -> Option<Tld> {
        loop {
            let known = known_host(search, &self.host);
            if known.is_some() || host.dots <= 1 {
                return known;
            }
            self.host.truncate(self.host.rfind('.')?);
            host.dots -= 1;
        }
    }
}

/// How sure an address is; `None` where it is none.
fn confidence(search: &Search<'_>, own: &Addresses, mail: &Mail) -> Option<u8> {
    let sign = search.folded.get(mail.atom.start..mail.atom.end).unwrap_or_default();
    // A word before the sign that is seldom a name: `look at`, `mail me at`.
    let lone = own
        .name(search, mail.at - 1)
        .is_some_and(|n| search.tables.word(n).is_some_and(|w| w.has(mean::STOP | mean::INVITE | mean::CUE | mean::MAIL)));
    let cue = search.word_before(mail.item, CUE_WORDS, mean::MAIL | mean::INVITE);
    if mail.atom.form == Form::Word && matches!(sign, "at" | "ات" | "a") {
        return said(search, own, mail, lone, cue);
    }
    let Mail { host, listed, .. } = *mail;
    let sure = match mail.atom.form {
        Form::Mark if !mail.spaced => 96,
        Form::Mark if lone && !cue && !host.hidden && !listed => 40,
        Form::Mark | Form::Word => 84,
        Form::Bracket => 88,
        Form::Swapped if listed => 80,
        Form::Swapped => return None,
    };
    Some(if host.swapped && !listed && own.host.ends_with(".com") { sure.min(80) } else { sure })
}

/// How sure an address is whose `@` is an everyday word.
fn said(search: &Search<'_>, own: &Addresses, mail: &Mail, lone: bool, cue: bool) -> Option<u8> {
    let host = &mail.host;
    let like_id = own.local.bytes().any(|b| b.is_ascii_digit() || b == b'_' || b == b'.');
    let path_follows = search.folded.as_bytes().get(host.end) == Some(&b'/');
    if lone && !(like_id && mail.listed) || path_follows {
        return None;
    }
    if mail.listed {
        let distinct = || own.local.len() >= DISTINCT && !search.tables.is_common(&own.local);
        return Some(match like_id || cue {
            true => 80,
            false if distinct() => 60,
            false => 35,
        });
    }
    let plain = mail.tld == Tld::Plain || own.host.rsplit('.').next().is_some_and(|t| search.tables.is_spoken_tld(t));
    Some(match plain && !is_sentence_break(search, mail.host_start, host) {
        true if host.spoken || host.hidden => 76,
        true => 60,
        false => 30,
    })
}

/// How its marks hide an address.
fn disguises(mail: &Mail) -> Evasion {
    let host = &mail.host;
    let hidden = mail.atom.form != Form::Mark || host.hidden || mail.hidden_local;
    let spaced = mail.spaced && mail.atom.form == Form::Mark;
    let punct = host.swapped || hidden && !spaced;
    let marks = if punct { Evasion::PUNCT } else { Evasion::NONE };
    marks | if hidden && spaced { Evasion::SPACED } else { Evasion::NONE }
}

/// An e-mail address written from its end.
pub(super) fn backwards(search: &mut Search<'_>, own: &mut Addresses, at: usize) -> Option<usize> {
    search.tries = search.tries.checked_sub(BACKWARDS)?;
    let atom = own.atoms.get(at)?;
    let (start, end) = chunk(search.folded, atom.start);
    let text = search.folded.get(start..end).filter(|t| t.len() <= BACKWARDS_TEXT && t.is_ascii())?;
    own.spare.clear();
    own.spare.extend(text.trim_matches(|c: char| !c.is_ascii_alphanumeric()).chars().rev());
    let (local, host) = own.spare.split_once('@')?;
    let ending = host.rsplit('.').next()?;
    if !BACKWARDS_ENDS.contains(&ending) || known_host(search, host).is_none() || !is_plain(local) {
        return None;
    }
    let value = search.out.value_of(&[local, "@", host]);
    let evasion = search.text.evidence(start..end) | Evasion::REVERSED;
    search.out.push(Finding { kind: EntityKind::Email, start, end, confidence: 88, evasion }, value);
    Some(end)
}

/// An address whose `@` was written otherwise.
pub(in crate::matcher::entity) fn address(search: &mut Search<'_>, own: &mut Addresses, chunk: Range<usize>, (local, host): (&str, &str)) {
    own.host.clear();
    own.host.extend(host.chars().map(|c| c.to_ascii_lowercase()));
    own.local.clear();
    own.local.extend(local.chars().map(|c| c.to_ascii_lowercase()));
    if !is_plain(&own.host) || !is_plain(&own.local) || known_host(search, &own.host).is_none() {
        return;
    }
    let value = search.out.value_of(&[&own.local, "@", &own.host]);
    let evasion = search.text.evidence(chunk.clone()) | Evasion::STYLED;
    search.out.push(Finding { kind: EntityKind::Email, start: chunk.start, end: chunk.end, confidence: 90, evasion }, value);
}

/// Letters, digits and the marks that addresses are written with.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-+".contains(&b))
}

//! What a link is, how sure that is, and its value. In: a host and path in the buffers, and where they stand. Out: a hit. Keeps: a bare host must look like one
//! by more than its dot. Must not know: how the host was read.

use super::Addresses;
use super::host::Host;
use super::known::{COUNTRIES, is_distinct, unicode_host};
use super::near::{clause_ends, site_before};
use crate::evasion::Evasion;
use crate::matcher::entity::tables::Tld;
use crate::matcher::entity::{EntityKind, Finding, Search};
use std::ops::Range;

/// A link, as far as it is read.
pub(super) struct Spot {
    pub start: usize,
    pub end: usize,
    pub host: Host,
    pub scheme: bool,
    pub tld: Tld,
    /// Where its host begins.
    pub first: usize,
    /// The item where it begins; zero where that is not known.
    pub item: usize,
}

/// How sure a link to a payment service's account is, one to an app's account, and one to what apps merely hold.
const PAY_LINK: i32 = 90;
const APP_LINK: i32 = 93;
const APP_PAGE: i32 = 85;
/// Names in the table of apps whose links lead to no account of theirs.
const NO_ACCOUNTS: &[&str] = &["shortener", "paste", "webchat"];

/// What a bare host has at least whose name is no everyday word; and one with another mark for its dot.
const NAMED_HOST: i32 = 54;
const NAMED_SWAPPED: i32 = 62;
/// What another mark for a dot takes from it, and from a host of everyday words.
const SWAPPED_NAMED: i32 = 8;
const SWAPPED: i32 = 30;
/// What a sentence takes that ends at the dot.
const SENTENCE: i32 = 40;
/// The least that keeps others from reading the same text.
const TAKEN: i32 = 40;

/// Endings of files that are endings of hosts as well.
const FILES: &[&str] = &["md", "js", "py", "sh", "rs", "zip", "mov", "pl", "mp", "ps", "cs", "cc", "so", "la"];

/// What often follows a Spanish or Portuguese word that is an ending too.
const AFTER_DE: &[&str] = &[
    "nada", "la", "las", "los", "un", "una", "que", "todo", "todos", "mi", "su", "tu", "verdad", "hecho", "acuerdo", "segunda", "mano",
    "novo", "nuevo",
];
const AFTER_COM: &[&str] = &[
    "certeza", "a", "o", "as", "os", "um", "uma", "todo", "toda", "tudo", "muito", "muita", "pouco", "meu", "minha", "nota", "caixa",
    "garantia", "defeito",
];

/// What stands before the account in the paths of apps' links, each at most once, in this order.
const BEFORE_ACCOUNT: &[&str] = &[
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
];
/// Paths of invitations, which name no account.
const INVITES: &[&str] = &["joinchat", "invite", "send"];

/// Decides what a link is and how sure it is, and hands it over; gives its end where it is likely.
pub(super) fn classify(search: &mut Search<'_>, own: &mut Addresses, spot: &Spot) -> Option<usize> {
    let app = search.tables.app_host(bare(&own.host));
    let (kind, confidence) = kind(search, own, spot, app);
    let mut evasion = search.text.evidence(spot.start..spot.end);
    if spot.host.hidden || spot.host.spoken || spot.host.swapped {
        evasion |= Evasion::PUNCT;
    }
    let named = app.filter(|_| kind == EntityKind::AppLink).and_then(|app| Some((app, account(own, app)?)));
    let value = match named {
        Some((app, name)) => search.out.value_of(&[app, ":", name]),
        None => value(search, own, spot, app.is_some()),
    };
    let sure = u8::try_from(confidence.clamp(0, 99)).unwrap_or(0);
    search.out.push(Finding { kind, start: spot.start, end: spot.end, confidence: sure, evasion }, value);
    (confidence >= TAKEN).then_some(spot.end)
}

/// A host without `www.`.
fn bare(host: &str) -> &str {
    host.strip_prefix("www.").unwrap_or(host)
}

/// The kind of a link and how sure it is. `app`: whose host it has.
fn kind(search: &Search<'_>, own: &mut Addresses, spot: &Spot, app: Option<&str>) -> (EntityKind, i32) {
    let path = own.path.trim_matches('/');
    if !path.is_empty() {
        let host = bare(&own.host);
        own.spare.clear();
        own.spare.extend([host, "/", path.split('/').next().unwrap_or_default()]);
        if search.tables.pay_host(host).or_else(|| search.tables.pay_host(&own.spare)).is_some() {
            return (EntityKind::PayLink, PAY_LINK);
        }
        match app {
            Some(app) if NO_ACCOUNTS.contains(&app) => return (EntityKind::Link, APP_PAGE),
            Some(_) => return (EntityKind::AppLink, APP_LINK),
            None => {}
        }
    }
    let points = form_points(search, own, spot);
    let named = if points < NAMED_HOST || spot.host.swapped { named_host(search, bare(&own.host), spot) } else { None };
    let swapped = match (spot.host.swapped, named) {
        (false, _) => 0,
        (true, Some(_)) => SWAPPED_NAMED,
        (true, None) => SWAPPED,
    };
    let sentence = if !spot.scheme && is_sentence_break(search, spot.first, &spot.host) { SENTENCE } else { 0 };
    (EntityKind::Link, points.max(named.unwrap_or(0)) - swapped - sentence)
}

/// The points of a link by its form.
fn form_points(search: &Search<'_>, own: &Addresses, spot: &Spot) -> i32 {
    let host = bare(&own.host);
    let www = host.len() < own.host.len() && host.contains('.');
    let has_path = !own.path.trim_matches('/').is_empty();
    let hidden = spot.host.hidden || spot.host.spoken;
    let labels = host.matches('.').count() > 1;
    let alone = spot.end - spot.start + 2 >= search.folded.trim().len();
    match (spot.scheme, www, has_path, hidden, spot.tld) {
        (true, _, _, _, Tld::Word) if host.len() < 5 => 60,
        (true, ..) => 82,
        (_, true, ..) => 80,
        (_, _, true, _, Tld::Plain) => 74,
        (_, _, _, true, Tld::Plain) => 72,
        (_, _, true, true, _) => 66,
        (_, _, true, _, Tld::Path | Tld::Quiet) => 58,
        (_, _, true, _, Tld::Word) => 44,
        (_, _, _, true, Tld::Path | Tld::Quiet) => 60,
        (_, _, _, true, Tld::Word) => 46,
        (_, _, _, _, Tld::Plain) => 62,
        (_, _, _, _, Tld::Path | Tld::Quiet) if labels => 56,
        (_, _, _, _, Tld::Path | Tld::Quiet) if alone => 52,
        (_, _, _, _, Tld::Path | Tld::Quiet) => 42,
        (_, _, _, _, Tld::Word) => 30,
    }
}

/// The value of a link that names no account: host and path, the path in the letter case in which it was sent.
fn value(search: &mut Search<'_>, own: &Addresses, spot: &Spot, app: bool) -> Range<u32> {
    let slash = if own.path.trim_matches('/').is_empty() || own.path.starts_with([':', '?', '#', '/']) { "" } else { "/" };
    let cased = search.cased(spot.end.saturating_sub(own.path.len())..spot.end);
    let path = if cased.len() == own.path.len() && cased.eq_ignore_ascii_case(&own.path) { cased } else { own.path.as_str() };
    let accented = !app && !spot.host.hidden && !spot.host.spoken && !spot.host.swapped;
    let written = if accented { unicode_host(search, spot.first..spot.host.end) } else { None };
    let host = bare(written.as_deref().unwrap_or(&own.host));
    search.out.value_of(&[host, slash, path.trim_end_matches('/')])
}

/// The points of a bare host of one name and an ending, where the name is no everyday word and the ending, the words before it or the end of the clause say
/// that it is one.
fn named_host(search: &Search<'_>, host: &str, spot: &Spot) -> Option<i32> {
    let (name, domain) = host.split_once('.')?;
    let second_level = || domain.split_once('.').is_some_and(|(co, end)| matches!(co, "co" | "com") && COUNTRIES.contains(&end));
    let deep = domain.contains('.') && !spot.host.hidden && !second_level();
    if deep || FILES.contains(&domain) || !is_distinct(search, name) || search.tables.app_host(host).is_some() {
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
    told.then_some(if spot.host.swapped { NAMED_SWAPPED } else { NAMED_HOST })
}

/// A sentence that ends without a space after its dot: a capital letter, then small ones, follows the dot. `first`: where the host begins.
pub(super) fn is_sentence_break(search: &Search<'_>, first: usize, host: &Host) -> bool {
    if host.hidden {
        return false;
    }
    if is_worded_end(search, first, host) {
        return true;
    }
    let cased = search.cased(first..host.end);
    let Some((before, last)) = cased.rsplit_once('.') else { return false };
    let upper = |s: &str| s.starts_with(|c: char| c.is_ascii_uppercase());
    let lower = |s: &str| s.bytes().any(|b| b.is_ascii_lowercase());
    let capital = |s: &str| upper(s) && s.get(1..).is_some_and(|rest| rest.is_empty() || lower(rest));
    capital(last) && (lower(before) && !upper(before) || capital(before))
}

/// `gracias.de nada`, `bom dia.com certeza`: an everyday word, and an ending that is a word too before another that often follows it.
fn is_worded_end(search: &Search<'_>, first: usize, host: &Host) -> bool {
    let Some((name, domain)) = search.folded.get(first..host.end).and_then(|h| h.split_once('.')) else { return false };
    let after = match domain {
        "de" => AFTER_DE,
        "com" => AFTER_COM,
        _ => return false,
    };
    let next = search.folded.get(host.end..).and_then(|rest| rest.strip_prefix(' ')).unwrap_or_default();
    let next = next.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    after.contains(&next) && search.tables.is_known(name)
}

/// The account that the path of an app's link names.
fn account<'p>(own: &'p Addresses, app: &str) -> Option<&'p str> {
    if own.host.starts_with("chat.whatsapp") || own.host.starts_with("discord") {
        return None;
    }
    let path = own.path.trim_start_matches(['/', '\\']);
    let path = BEFORE_ACCOUNT.iter().fold(path, |path, prefix| path.strip_prefix(prefix).unwrap_or(path));
    let path = path.trim_start_matches(['@', '+', '~']);
    let end = path.find(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c))).unwrap_or(path.len());
    let name = path.get(..end)?.trim_end_matches(['.', '-']);
    let invite = own.path.starts_with("/+") || INVITES.contains(&name) || app == "line" && own.path.contains("/ti/");
    (name.len() >= 2 && !invite).then_some(name)
}

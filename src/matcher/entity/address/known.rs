//! What makes a name a host: a known ending, a name that is no everyday word. In: names. Out: yes or no. Keeps: nothing is looked up anywhere but in tables.
//! Must not know: where the name stands.

use crate::evasion::Evasion;
use crate::matcher::entity::Search;
use crate::matcher::entity::tables::Tld;
use std::ops::Range;

/// What follows `co` and `com` in hosts.
pub(super) const COUNTRIES: &[&str] = &["uk", "nz", "za", "br", "au", "mx", "jp", "cn", "tr", "ar", "kr", "tw"];

/// The fewest letters of a name that is taken for a host by its ending alone.
pub(super) const DISTINCT: usize = 5;

/// The longest label of a host and the longest host (RFC 1035).
const LABEL: usize = 63;
const HOST: usize = 253;

/// What speaks for an address: a known ending.
pub(in crate::matcher::entity) fn known_host(search: &Search<'_>, host: &str) -> Option<Tld> {
    let (rest, last) = host.rsplit_once('.')?;
    let odd = |label: &str| label.is_empty() || label.starts_with('-') || label.ends_with('-') || label.len() > LABEL;
    if rest.is_empty() || rest.split('.').any(odd) || host.len() > HOST {
        return None;
    }
    if last.bytes().any(|b| b.is_ascii_digit()) && !last.starts_with("xn--") {
        return None;
    }
    let listed = || psl::suffix(host.as_bytes()).filter(|s| s.is_known() && s.as_bytes().len() < host.len());
    search.tables.tld(last).or_else(|| listed().map(|_| Tld::Word))
}

/// An ending told in Russian letters, which the text stage folds beside Latin ones.
pub(super) fn russian_end(name: &str) -> Option<&'static str> {
    match name {
        "ру" | "py" => Some("ru"),
        "ком" | "kom" => Some("com"),
        "рф" => Some("рф"),
        "ме" => Some("me"),
        _ => None,
    }
}

/// Whether a name of letters, digits and dashes is no everyday word and none that the finders know.
pub(in crate::matcher::entity) fn is_distinct(search: &Search<'_>, name: &str) -> bool {
    let letters = name.bytes().filter(u8::is_ascii_alphabetic).count();
    letters >= DISTINCT
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !name.split('-').all(|part| search.tables.is_known(part))
        && !search.tables.is_known(name)
}

/// `192.168.100.20`
pub(super) fn is_ip_address(host: &str) -> bool {
    host.split('.').count() == 4 && host.split('.').all(|label| label.parse::<u8>().is_ok())
}

/// A host with letters of its own language (`täst.com`, `xn--tst-qla.com`) as IDNA writes it; `None` where it is plain, or its letters are mixed from
/// scripts to look like others.
pub(super) fn unicode_host(search: &Search<'_>, host: Range<usize>) -> Option<String> {
    let evasion = search.text.evidence(host.clone());
    let cased = search.cased(host);
    let told = cased.is_ascii() && cased.to_ascii_lowercase().contains("xn--") || evasion.intersects(Evasion::ACCENT);
    if !told || evasion.intersects(Evasion::HOMOGLYPH | Evasion::LEET | Evasion::ZEROWIDTH | Evasion::ZALGO) {
        return None;
    }
    let (host, checked) = idna::domain_to_unicode(cased);
    checked.is_ok().then_some(host)
}

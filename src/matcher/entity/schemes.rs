//! Links that only their scheme tells: `tg://resolve?domain=x`, `tcp://shop/x`, `https://user:word@shop.example`, `http://☃.net`. In: a folded text.
//! Out: hits. Keeps: each `://` is looked at once, a bounded stretch on both sides. Must not know: rules. Hosts that follow the usual form are `address`'s.

use super::address::{around, known_host};
use super::{EntityKind, Finding, Search};

/// The longest scheme that is read.
const SCHEME: usize = 24;

pub(super) fn find(search: &mut Search<'_>) {
    let folded = search.folded;
    for at in memchr::memmem::find_iter(folded.as_bytes(), b"://") {
        if !search.budget.charge(8) {
            return;
        }
        link(search, at);
    }
}

/// The scheme that ends at a byte.
fn scheme(folded: &str, end: usize) -> Option<&str> {
    let before = folded.get(..end)?;
    let length = before.bytes().rev().take(SCHEME + 1).take_while(|b| b.is_ascii_alphanumeric() || b"+.-".contains(b)).count();
    let run = before.get(end - length..)?;
    let name = run.trim_start_matches(['.', '+', '-']);
    (length <= SCHEME && name.starts_with(|c: char| c.is_ascii_alphabetic())).then_some(name)
}

fn link(search: &mut Search<'_>, at: usize) -> Option<()> {
    let folded = search.folded;
    let scheme = scheme(folded, at)?;
    let start = at - scheme.len();
    let rest = folded.get(at + 3..around(folded, at + 3).end)?;
    let stop = rest.find(|c: char| c.is_whitespace() || c.is_control() || "<>\"`|，。）；".contains(c)).unwrap_or(rest.len());
    // Where no space ends it the same stretch is read again for each scheme in it.
    if !search.budget.charge(stop as u64 / 2) {
        return None;
    }
    let rest = rest.get(..stop)?.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', ')', ']', '}', '/']);
    let end = at + 3 + rest.len();
    let evasion = search.text.evidence(start..end);
    if let Some((app, account)) = account(search, scheme, rest) {
        let value = search.out.value_of(&[app, ":", account]);
        search.out.push(Finding { kind: EntityKind::AppLink, start, end, confidence: 93, evasion }, value);
        return Some(());
    }
    let authority = rest.get(..rest.find(['/', '?', '#']).unwrap_or(rest.len()))?;
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit())).map_or(host, |(name, _)| name);
    let escaped = unescaped(name);
    let name = escaped.as_deref().unwrap_or(name);
    let confidence = confidence(search, scheme, user, name)?;
    let path = rest.get(authority.len()..)?.trim_end_matches('/');
    let value = match is_web(scheme) {
        true => search.out.value_of(&[escaped.as_deref().unwrap_or(host), path]),
        false => search.out.value_of(&[scheme, "://", rest]),
    };
    search.out.push(Finding { kind: EntityKind::Link, start, end, confidence, evasion }, value);
    Some(())
}

fn is_web(scheme: &str) -> bool {
    matches!(scheme, "http" | "https" | "hxxp" | "hxxps" | "ftp" | "ftps")
}

/// A host whose letters stand as percent signs and hexadecimal (`%e2%98%83.net`), as a browser reads it; `None` where nothing stands so.
fn unescaped(host: &str) -> Option<String> {
    let plain = host.contains('%').then(|| percent_decode(host)).flatten()?;
    let (host, checked) = idna::domain_to_unicode(&plain);
    checked.is_ok().then_some(host)
}

fn percent_decode(host: &str) -> Option<String> {
    let mut out = Vec::with_capacity(host.len());
    let mut bytes = host.bytes();
    while let Some(byte) = bytes.next() {
        let hex = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
        out.push(if byte == b'%' { hex(bytes.next()?)? << 4 | hex(bytes.next()?)? } else { byte });
    }
    String::from_utf8(out).ok()
}

/// Whether labels of a host above its registered name hold underscores, as host names in use do: `a_b.shop.com`, not `shop_x.com`.
fn underscored(host: &str) -> bool {
    let edge = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_alphanumeric());
    let whole = |label: &str| edge(label.bytes().next()) && edge(label.bytes().last());
    host.contains('_') && host.split('.').all(whole) && !host.rsplit('.').take(2).any(|label| label.contains('_'))
}

/// How sure a link is that has no host of the usual form; `None` where it is none, or the host is read elsewhere.
fn confidence(search: &Search<'_>, scheme: &str, user: &str, host: &str) -> Option<u8> {
    let named = |b: u8| b.is_ascii_alphanumeric() || b >= 0x80 || b == b'-' || b == b'.';
    let listed = host.bytes().all(named) && known_host(search, host).is_some();
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~%!$&'*+,;=:".contains(&b);
    if !user.is_empty() {
        return (listed && user.bytes().all(plain)).then_some(92);
    }
    if is_web(scheme) {
        return (listed && !host.is_ascii() || underscored(host) && known_host(search, host).is_some()).then_some(74);
    }
    let own = matches!(scheme, "file" | "about" | "chrome" | "data" | "content" | "jar") || matches!(host, "localhost" | "");
    let begins = host.starts_with(|c: char| c.is_alphanumeric() || c == '+');
    (!own && begins).then_some(56)
}

/// The app and the account that a link of an app's own scheme names.
fn account<'r>(search: &Search<'_>, scheme: &str, rest: &'r str) -> Option<(&'static str, &'r str)> {
    let &(app, marks) = search.tables.app_scheme(scheme)?;
    let name = marks.split('|').find_map(|mark| rest.strip_prefix(mark))?.trim_start_matches(['+', '@', '~']);
    let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c))).unwrap_or(name.len());
    name.get(..end).filter(|n| n.len() >= 2).map(|name| (app, name))
}

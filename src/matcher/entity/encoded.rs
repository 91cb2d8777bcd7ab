//! Links and addresses behind an encoding that any reader can undo: percent signs, hexadecimal, Base64, a circled `a` for `@`, capitals for the joints
//! (`lilydoeATgmailDOTcom`). In: chunks of visible
//! characters. Out: hits, by way of [`super::address`]. Keeps: each chunk is decoded at most once. Must not know: rules.

use super::Search;
use super::address::{Addresses, address, chunk, literal};
use crate::text::Text;

/// The longest chunk that is decoded.
const LONGEST: usize = 512;

pub(super) fn find(search: &mut Search<'_>, own: &mut Addresses, spare: &mut String) {
    let folded = search.folded;
    let facts = search.text.facts();
    let percent = facts.has_symbol(b'%') && (folded.contains("%2f") || folded.contains("%3a"));
    let hex = facts.digits > 0 && folded.contains("68747470");
    let base64 = facts.digits > 0 && memchr::memmem::find(search.source, b"aHR0c").is_some();
    let circled = facts.rewritten && CIRCLED.iter().any(|c| memchr::memmem::find(search.source, c.as_bytes()).is_some());
    let joints = search.text.tokens().iter().any(|t| ends_like_host(search.text, t.range()));
    if !(percent || hex || base64 || circled || joints) {
        return;
    }
    let mut done = 0;
    for index in 0..search.text.tokens().len() {
        let Some(at) = search.text.tokens().get(index).map(|t| t.start as usize) else { break };
        if at < done {
            continue;
        }
        let (start, end) = chunk(folded, at);
        done = end.max(at + 1);
        if end - start > LONGEST || !search.budget.charge((end - start) as u64) {
            continue;
        }
        let cased = search.cased(start..end);
        spare.clear();
        if let Some((local, host)) = CIRCLED.iter().find_map(|c| cased.split_once(c)) {
            address(search, own, start..end, (local, host));
        } else if let Some((local, host)) = in_capitals(cased, spare).then(|| spare.split_once('@')).flatten() {
            address(search, own, start..end, (local, host));
        } else if percent && cased.contains('%') && from_percent(cased, spare)
            || hex && from_hex(cased, spare)
            || base64 && from_base64(cased, spare)
        {
            literal(search, own, start..end, spare);
        }
    }
}

/// Endings of a host that is written together with its dot.
const ENDINGS: [&str; 8] = ["dotcom", "dotnet", "dotorg", "dotme", "dotru", "dotde", "dotfr", "dotcn"];

/// Whether a token ends as a host does whose dot is a word.
pub(super) fn ends_like_host(text: &Text, token: std::ops::Range<usize>) -> bool {
    text.folded().get(token).is_some_and(|word| ENDINGS.iter().any(|e| word.ends_with(e)))
}

/// Writes `lily@gmail.com` for `lilyATgmailDOTcom`; `false` where the joints are no capitals between small letters.
fn in_capitals(cased: &str, out: &mut String) -> bool {
    let small = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b));
    let Some((before, tld)) = cased.rsplit_once("DOT") else { return false };
    let Some((local, host)) = before.rsplit_once("AT") else { return false };
    let plain = local.ends_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit()) && !local.contains("AT");
    if !small(tld) || !small(&host.replace("DOT", ".")) || !plain {
        return false;
    }
    out.push_str(&local.replace("DOT", "."));
    out.push('@');
    out.push_str(&host.replace("DOT", "."));
    out.push('.');
    out.push_str(tld);
    true
}

const CIRCLED: [&str; 3] = ["ⓐ", "Ⓐ", "🅐"];

fn keep(byte: u8, out: &mut String) -> bool {
    let visible = (0x21..0x7f).contains(&byte);
    if visible {
        out.push(char::from(byte));
    }
    visible
}

fn nibble(b: u8) -> Option<u8> {
    char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok())
}

fn from_percent(text: &str, out: &mut String) -> bool {
    let mut bytes = text.bytes();
    while let Some(b) = bytes.next() {
        let byte = if b == b'%' {
            let (Some(high), Some(low)) = (bytes.next().and_then(nibble), bytes.next().and_then(nibble)) else { return false };
            high << 4 | low
        } else {
            b
        };
        if !keep(byte, out) {
            return false;
        }
    }
    true
}

fn from_hex(text: &str, out: &mut String) -> bool {
    text.starts_with("68747470")
        && text.len().is_multiple_of(2)
        && text.as_bytes().chunks(2).all(|pair| match pair {
            [a, b] => nibble(*a).zip(nibble(*b)).is_some_and(|(high, low)| keep(high << 4 | low, out)),
            _ => false,
        })
}

fn from_base64(text: &str, out: &mut String) -> bool {
    let Some(text) = text.find("aHR0c").and_then(|at| text.get(at..)) else { return false };
    let (mut bits, mut held) = (0u32, 0u32);
    for b in text.bytes() {
        let digit = match b {
            b'A'..=b'Z' => b - b'A',
            b'a'..=b'z' => b - b'a' + 26,
            b'0'..=b'9' => b - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => break,
        };
        held = (held << 6 | u32::from(digit)) & 0xff_ffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            if !keep((held >> bits & 0xff) as u8, out) {
                return false;
            }
        }
    }
    out.len() > 10
}

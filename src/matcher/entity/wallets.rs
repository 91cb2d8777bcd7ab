//! Cryptocurrency addresses and IBANs, told by their check sums. In: tokens of the folded text and the bytes they came from (the letter case matters).
//! Out: hits. Keeps: a token is decoded at most once per scheme. Must not know: rules.

use super::tables::mean;
use super::{EntityKind, Finding, Search};
use sha2::{Digest as _, Sha256};
use sha3::Keccak256;

/// Shortest and longest token that is looked at.
const SHORTEST: usize = 14;
const LONGEST: usize = 112;

pub(super) fn find(search: &mut Search<'_>, spare: &mut String) {
    for index in 0..search.text.tokens().len() {
        let Some(token) = search.text.tokens().get(index) else { break };
        let range = token.range();
        let len = range.end - range.start;
        if !(4..=LONGEST).contains(&len) {
            continue;
        }
        let head = search.folded.as_bytes().get(range.start..range.start + 4).unwrap_or_default();
        let iban = head.iter().take(2).all(u8::is_ascii_alphabetic) && head.iter().skip(2).all(u8::is_ascii_digit);
        if iban && len <= 34 {
            if !search.budget.charge(16) {
                return;
            }
            iban_at(search, index, spare);
        }
        if len >= SHORTEST {
            if !search.budget.charge(len as u64) {
                return;
            }
            wallet_at(search, range, spare);
        }
    }
}

/// The account that begins at a token: the token, or it and the groups after it.
fn iban_at(search: &mut Search<'_>, index: usize, spare: &mut String) {
    let tokens = search.text.tokens();
    let Some(first) = tokens.get(index).map(|t| t.range()) else { return };
    spare.clear();
    let mut end = first.start;
    let mut found = None;
    for token in tokens.iter().skip(index).take(10) {
        let range = token.range();
        let between = search.folded.get(end..range.start).unwrap_or_default();
        if end > first.start && !(between.len() <= 3 && between.bytes().all(|b| b == b' ' || b == b'-' || b == b'.')) {
            break;
        }
        let text = search.folded.get(range.clone()).unwrap_or_default();
        if !text.bytes().all(|b| b.is_ascii_alphanumeric()) || spare.len() + text.len() > 34 {
            break;
        }
        spare.extend(text.chars().map(|c| c.to_ascii_uppercase()));
        end = range.end;
        if spare.len() >= 15 && is_iban(spare) {
            found = Some((end, spare.len()));
        }
    }
    let Some((end, len)) = found else { return };
    let value = search.out.value_of(&[spare.get(..len).unwrap_or_default()]);
    search.out.push(
        Finding { kind: EntityKind::Iban, start: first.start, end, confidence: 96, evasion: search.text.evidence(first.start..end) },
        value,
    );
}

/// Countries of the SWIFT registry that the crate `iban_validate` does not hold, and the length of their accounts; facts: ISO 13616 registry.
const OTHER_COUNTRIES: &[(&str, usize)] = &[("HN", 28), ("PK", 24)];

fn is_iban(text: &str) -> bool {
    let other = OTHER_COUNTRIES.iter().any(|(country, len)| text.len() == *len && text.starts_with(country));
    text.parse::<iban::Iban>().is_ok() || other && text.parse::<iban::BaseIban>().is_ok()
}

fn wallet_at(search: &mut Search<'_>, range: std::ops::Range<usize>, spare: &mut String) {
    let cased = search.cased(range.clone());
    spare.clear();
    spare.extend(cased.chars().filter(char::is_ascii_alphanumeric));
    let hex = spare.bytes().all(|b| b.is_ascii_hexdigit());
    if hex && (spare.len() == 66 && spare.starts_with("05") || spare.len() == 76) {
        let app = if spare.len() == 66 { "session:" } else { "tox:" };
        spare.make_ascii_lowercase();
        let value = search.out.value_of(&[app, spare]);
        let evasion = search.text.evidence(range.clone());
        search.out.push(Finding { kind: EntityKind::Handle, start: range.start, end: range.end, confidence: 80, evasion }, value);
        return;
    }
    let Some(scheme) = scheme(spare) else { return };
    let confidence = match scheme.checked {
        true => 97,
        false if search.means_anywhere(mean::COIN) => 85,
        false => 60,
    };
    let lower = scheme.fold;
    if lower {
        spare.make_ascii_lowercase();
    }
    let value = search.out.value_of(&[scheme.coin, ":", spare]);
    let evasion = search.text.evidence(range.clone());
    search.out.push(Finding { kind: EntityKind::Wallet, start: range.start, end: range.end, confidence, evasion }, value);
}

struct Scheme {
    coin: &'static str,
    /// A check sum was verified.
    checked: bool,
    /// The letter case carries nothing.
    fold: bool,
}

const fn checked(coin: &'static str) -> Option<Scheme> {
    Some(Scheme { coin, checked: true, fold: false })
}

fn scheme(text: &str) -> Option<Scheme> {
    let len = text.len();
    let bytes = text.as_bytes();
    if len == 42 && (text.starts_with("0x") || text.starts_with("0X")) {
        return ethereum(text);
    }
    if let Some(coin) = segwit(text) {
        return Some(Scheme { coin, checked: true, fold: true });
    }
    if !(25..=LONGEST).contains(&len) {
        return None;
    }
    let mixed = bytes.iter().any(u8::is_ascii_digit) && bytes.iter().any(u8::is_ascii_alphabetic);
    if !mixed {
        return None;
    }
    if len == 56 && bytes.first() == Some(&b'G') {
        return stellar(text);
    }
    if (len == 95 || len == 106) && matches!(bytes.first(), Some(b'4' | b'8')) {
        return monero(text);
    }
    if text.starts_with("Ae2") || text.starts_with("DdzFF") {
        return cardano(text);
    }
    if len > 44 {
        return None;
    }
    base58check(text).or_else(|| ripple(text)).or_else(|| solana(text))
}

fn double_sha(data: &[u8]) -> [u8; 4] {
    let hash = Sha256::digest(Sha256::digest(data));
    let mut head = [0; 4];
    head.copy_from_slice(hash.get(..4).unwrap_or(&[0; 4]));
    head
}

fn decode58(text: &str, alphabet: &bs58::Alphabet, buffer: &mut [u8; 128]) -> Option<usize> {
    bs58::decode(text).with_alphabet(alphabet).onto(&mut buffer[..]).ok()
}

/// Version byte and what follows it, where the check sum holds.
fn checked58<'b>(text: &str, alphabet: &bs58::Alphabet, buffer: &'b mut [u8; 128]) -> Option<&'b [u8]> {
    let len = decode58(text, alphabet, buffer)?;
    let (body, check) = buffer.get(..len)?.split_at_checked(len.checked_sub(4)?)?;
    (double_sha(body) == *check).then_some(body)
}

fn base58check(text: &str) -> Option<Scheme> {
    let mut buffer = [0; 128];
    let body = checked58(text, bs58::Alphabet::BITCOIN, &mut buffer)?;
    match (body.first(), body.len()) {
        (Some(0x00 | 0x05), 21) => checked("btc"),
        (Some(0x6f | 0xc4), 21) => checked("btc"),
        (Some(0x41), 21) => checked("trx"),
        (Some(0x30 | 0x32), 21) => checked("ltc"),
        (Some(0x1e | 0x16), 21) => checked("doge"),
        (Some(0x4c | 0x10), 21) => checked("dash"),
        (Some(0x1c), 22) => checked("zec"),
        _ => None,
    }
}

fn ripple(text: &str) -> Option<Scheme> {
    let mut buffer = [0; 128];
    let body = text.starts_with('r').then(|| checked58(text, bs58::Alphabet::RIPPLE, &mut buffer)).flatten()?;
    if body.len() == 21 { checked("xrp") } else { None }
}

/// No check sum: 32 bytes in base58, with digits and letters of both cases mixed as chance mixes them.
fn solana(text: &str) -> Option<Scheme> {
    if !(32..=44).contains(&text.len()) {
        return None;
    }
    let count = |f: fn(&u8) -> bool| text.as_bytes().iter().filter(|b| f(b)).count();
    if count(u8::is_ascii_digit) < 2 || count(u8::is_ascii_uppercase) < 6 || count(u8::is_ascii_lowercase) < 6 {
        return None;
    }
    let mut buffer = [0; 128];
    (decode58(text, bs58::Alphabet::BITCOIN, &mut buffer)? == 32).then_some(Scheme { coin: "sol", checked: false, fold: false })
}

fn monero(text: &str) -> Option<Scheme> {
    let mut data = [0u8; 80];
    let mut len = 0;
    for block in text.as_bytes().chunks(11) {
        let size = match block.len() {
            11 => 8,
            10 => 7,
            9 => 6,
            7 => 5,
            6 => 4,
            5 => 3,
            3 => 2,
            2 => 1,
            _ => return None,
        };
        let mut value = 0u128;
        for b in block {
            let digit = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".iter().position(|a| a == b)?;
            value = value * 58 + digit as u128;
        }
        let bytes = value.to_be_bytes();
        data.get_mut(len..len + size)?.copy_from_slice(bytes.get(16 - size..)?);
        len += size;
    }
    let (body, check) = data.get(..len)?.split_at_checked(len.checked_sub(4)?)?;
    (Keccak256::digest(body).get(..4)? == check).then_some(Scheme { coin: "xmr", checked: true, fold: false })
}

fn ethereum(text: &str) -> Option<Scheme> {
    let hex = text.get(2..)?;
    if !hex.bytes().all(|b| b.is_ascii_hexdigit()) || text.starts_with("0X") {
        return None;
    }
    let upper = hex.bytes().any(|b| b.is_ascii_uppercase());
    let lower = hex.bytes().any(|b| b.is_ascii_lowercase());
    if upper && lower {
        let mut plain = [0u8; 40];
        plain.copy_from_slice(hex.as_bytes());
        plain.make_ascii_lowercase();
        let hash = Keccak256::digest(plain);
        for (i, b) in hex.bytes().enumerate() {
            let nibble = hash.get(i / 2).map_or(0, |h| if i % 2 == 0 { h >> 4 } else { h & 15 });
            if b.is_ascii_alphabetic() && (nibble >= 8) != b.is_ascii_uppercase() {
                return None;
            }
        }
        return checked("eth");
    }
    Some(Scheme { coin: "eth", checked: true, fold: true })
}

/// SegWit and other bech32 addresses.
fn segwit(text: &str) -> Option<&'static str> {
    const PARTS: &[(&str, &str)] = &[("bc", "btc"), ("tb", "btc"), ("ltc", "ltc"), ("bnb", "bnb"), ("cosmos", "atom"), ("addr", "ada")];
    let (_, coin) = PARTS.iter().find(|(hrp, _)| {
        text.get(..hrp.len()).is_some_and(|h| h.eq_ignore_ascii_case(hrp)) && text.as_bytes().get(hrp.len()) == Some(&b'1')
    })?;
    let valid = match *coin {
        "btc" | "ltc" => bech32::segwit::decode(text).is_ok(),
        _ => bech32::primitives::decode::CheckedHrpstring::new::<bech32::Bech32>(text).is_ok() && text.len() >= 38,
    };
    (valid || text.len() >= 14 && old_segwit(text)).then_some(*coin)
}

/// Later witness versions in the older check sum of BIP-173.
fn old_segwit(text: &str) -> bool {
    let version = text.find('1').and_then(|at| text.as_bytes().get(at + 1)).copied().unwrap_or(b'q').to_ascii_lowercase();
    version != b'q'
        && bech32::primitives::decode::CheckedHrpstring::new::<bech32::Bech32>(text)
            .is_ok_and(|c| matches!(c.byte_iter().count(), 2..=32 | 34..=41))
}

fn stellar(text: &str) -> Option<Scheme> {
    let mut data = [0u8; 36];
    let (mut bits, mut held, mut len) = (0u32, 0u32, 0usize);
    for b in text.bytes() {
        let digit = match b {
            b'A'..=b'Z' => b - b'A',
            b'2'..=b'7' => b - b'2' + 26,
            _ => return None,
        };
        held = (held << 5) | u32::from(digit);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            *data.get_mut(len)? = ((held >> bits) & 0xff) as u8;
            len += 1;
        }
    }
    let (body, check) = data.split_at_checked(33)?;
    let crc = body
        .iter()
        .take(len.min(33))
        .fold(0u16, |crc, &b| (0..8).fold(crc ^ (u16::from(b) << 8), |c, _| if c & 0x8000 != 0 { (c << 1) ^ 0x1021 } else { c << 1 }));
    if check.get(..2)? == crc.to_le_bytes() { checked("xlm") } else { None }
}

/// Byron addresses: CBOR with a CRC-32 over what it holds.
fn cardano(text: &str) -> Option<Scheme> {
    let mut buffer = [0; 128];
    let len = decode58(text, bs58::Alphabet::BITCOIN, &mut buffer)?;
    let data = buffer.get(..len)?;
    let [0x82, 0xd8, 0x18, 0x58, size, rest @ ..] = data else { return None };
    let (payload, tail) = rest.split_at_checked(usize::from(*size))?;
    let [0x1a, check @ ..] = tail else { return None };
    let crc = !payload
        .iter()
        .fold(u32::MAX, |crc, &b| (0..8).fold(crc ^ u32::from(b), |c, _| if c & 1 != 0 { (c >> 1) ^ 0xEDB8_8320 } else { c >> 1 }));
    if check == crc.to_be_bytes() { checked("ada") } else { None }
}

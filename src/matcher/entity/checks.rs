//! Check digits. In: digits. Out: whether the check holds. Keeps: no allocation. Must not know: where the digits come from.

fn digit(b: u8) -> u32 {
    u32::from(b.saturating_sub(b'0'))
}

/// Luhn's check (ISO/IEC 7812).
pub(super) fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, b)| {
            let d = digit(b);
            if i % 2 == 0 {
                d
            } else if d > 4 {
                2 * d - 9
            } else {
                2 * d
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// A payment card: the issuer's range, its length and Luhn's check.
pub(super) fn card(digits: &str) -> bool {
    let head = |n: usize| digits.get(..n).and_then(|d| d.parse::<u32>().ok()).unwrap_or(0);
    let len = digits.len();
    let issuer = match head(2) {
        40..=49 => matches!(len, 13 | 16 | 19),
        51..=55 => len == 16,
        34 | 37 => len == 15,
        30 | 36 | 38 | 39 => (14..=19).contains(&len),
        60 | 64 | 65 => (16..=19).contains(&len),
        62 | 81 => (16..=19).contains(&len),
        35 => (3528..=3589).contains(&head(4)) && (16..=19).contains(&len),
        22..=27 => ((2221..=2720).contains(&head(4)) || (2200..=2204).contains(&head(4))) && len == 16,
        50 | 56..=58 | 63 | 67 => (13..=19).contains(&len),
        _ => false,
    };
    issuer && luhn(digits) && !digits.bytes().all(|b| Some(b) == digits.bytes().next())
}

/// The check digit of a CAS number written without dashes.
pub(super) fn cas(digits: &str) -> bool {
    let Some((body, check)) = digits.len().checked_sub(1).map(|at| digits.split_at(at)) else { return false };
    if !(4..=9).contains(&body.len()) || body.starts_with('0') {
        return false;
    }
    let sum: u32 = body.bytes().rev().zip(1u32..).map(|(b, weight)| digit(b) * weight).sum();
    Some(sum % 10) == check.bytes().next().map(digit)
}

/// The check digit of an EAN-13 (GTIN, ISBN).
pub(super) fn ean(digits: &str) -> bool {
    let sum: u32 = digits.bytes().rev().enumerate().map(|(i, b)| digit(b) * if i % 2 == 0 { 1 } else { 3 }).sum();
    sum.is_multiple_of(10)
}

fn weighted(digits: &str, weights: &[u32]) -> u32 {
    digits.bytes().zip(weights.iter().cycle()).map(|(b, w)| digit(b) * w % 10).sum()
}

/// A US routing number (ABA).
pub(super) fn routing(digits: &str) -> bool {
    let sum: u32 = digits.bytes().zip([3, 7, 1].iter().cycle()).map(|(b, w)| digit(b) * w).sum();
    let head: u32 = digits.get(..2).and_then(|d| d.parse().ok()).unwrap_or(99);
    digits.len() == 9 && sum.is_multiple_of(10) && matches!(head, 1..=12 | 21..=32 | 61..=72 | 80)
}

/// A Mexican CLABE.
pub(super) fn clabe(digits: &str) -> bool {
    let Some((body, check)) = digits.split_at_checked(17) else { return false };
    check.len() == 1 && Some((10 - weighted(body, &[3, 7, 1]) % 10) % 10) == check.bytes().next().map(digit)
}

/// An Argentine CBU or CVU.
pub(super) fn cbu(digits: &str) -> bool {
    let block = |from: usize, to: usize, weights: &[u32]| {
        let (Some(body), Some(check)) = (digits.get(from..to), digits.get(to..=to)) else { return false };
        let sum: u32 = body.bytes().zip(weights.iter().cycle()).map(|(b, w)| digit(b) * w).sum();
        Some((10 - sum % 10) % 10) == check.bytes().next().map(digit)
    };
    digits.len() == 22 && block(0, 7, &[7, 1, 3, 9]) && block(8, 21, &[3, 9, 7, 1])
}

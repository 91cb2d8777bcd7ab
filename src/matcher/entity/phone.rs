//! Numbering plans. In: digits, with or without a country code. Out: the number in E.164 where some plan holds it. Keeps: bounded work, one parse per
//! region tried. Must not know: the message. With the feature `phone-metadata` the plans of all countries; without it lengths and shapes only.

/// A number that a plan holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number {
    digits: [u8; 16],
    len: u8,
}

impl Number {
    /// Country code and national number, without the plus.
    pub(super) fn digits(&self) -> &str {
        self.digits.get(..self.len as usize).and_then(|d| std::str::from_utf8(d).ok()).unwrap_or_default()
    }

    fn new(digits: &[u8]) -> Option<Self> {
        let mut number = Self { digits: [0; 16], len: u8::try_from(digits.len()).ok()? };
        number.digits.get_mut(..digits.len())?.copy_from_slice(digits);
        Some(number)
    }
}

/// How many digits of a number are its country code, and where its plan ends the groups of the rest, counted from the last digit, as bits.
#[cfg(feature = "phone-metadata")]
pub(super) fn grouping(number: &Number) -> (usize, u32) {
    use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat};
    let digits = number.digits();
    let parsed = with_plus(digits, |text| PHONE_NUMBER_UTIL.parse(text, None).ok());
    let Some(parsed) = parsed else { return (0, 0) };
    let written = parsed.format_as(PhoneNumberFormat::RFC3966);
    let mut groups = written.trim_start_matches("tel:+").split('-');
    let code = groups.next().map_or(0, str::len);
    (code, ends(groups.map(str::len), digits.len().saturating_sub(code)))
}

/// Without the plans: three, three and four digits in North America, no groups elsewhere.
#[cfg(not(feature = "phone-metadata"))]
pub(super) fn grouping(number: &Number) -> (usize, u32) {
    let digits = number.digits();
    let code = PLANS.iter().filter(|(_, code, ..)| digits.starts_with(code)).map(|(_, code, ..)| code.len()).max().unwrap_or(0);
    (code, if digits.starts_with('1') { ends([3, 3, 4].into_iter(), 10) } else { 0 })
}

/// Where groups of these lengths end within so many digits, counted from the last.
fn ends(lengths: impl Iterator<Item = usize>, total: usize) -> u32 {
    let mut left = total;
    lengths.fold(0, |ends, len| {
        left = left.saturating_sub(len);
        if (1..32).contains(&left) { ends | 1 << left } else { ends }
    })
}

/// Reads `digits` as an international number (country code first).
pub(super) fn international(digits: &str) -> Option<Number> {
    with_plus(digits, |text| read(text, None))
}

/// Hands on digits with a plus before them.
fn with_plus<T>(digits: &str, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
    let mut text = [b'+'; 20];
    text.get_mut(1..=digits.len())?.copy_from_slice(digits.as_bytes());
    read(std::str::from_utf8(text.get(..=digits.len())?).ok()?)
}

/// Reads `digits` as a national number of a region (ISO 3166-1 alpha-2).
pub(super) fn national(digits: &str, region: &str) -> Option<Number> {
    read(digits, Some(region))
}

/// Whether a national number is written as its region writes it: with the trunk prefix where that always stands.
#[cfg(feature = "phone-metadata")]
pub(super) fn is_whole(digits: &str, region: &str) -> bool {
    use rlibphonenumber::phonenumber_matcher::FindNumberExt;
    let Ok(region) = region.parse::<rlibphonenumber::Region>() else { return false };
    digits.find_phone_numbers_with_preferred_region(region).next().is_some_and(|found| found.end() == digits.len())
}

/// Without the plans any national number of the region.
#[cfg(not(feature = "phone-metadata"))]
pub(super) fn is_whole(digits: &str, region: &str) -> bool {
    national(digits, region).is_some()
}

#[cfg(feature = "phone-metadata")]
fn read(text: &str, region: Option<&str>) -> Option<Number> {
    use rlibphonenumber::PHONE_NUMBER_UTIL;
    use rlibphonenumber::enums::Region;
    let region = match region {
        Some(name) => Some(name.parse::<Region>().ok()?),
        None => None,
    };
    let number = PHONE_NUMBER_UTIL.parse(text, region).ok()?;
    if !number.is_valid() {
        return None;
    }
    let e164 = number.format_as(rlibphonenumber::PhoneNumberFormat::E164);
    Number::new(e164.strip_prefix('+')?.as_bytes())
}

/// Country codes, trunk prefix and the lengths of national numbers of the largest regions. Facts: ITU-T E.164 and the national plans.
#[cfg(not(feature = "phone-metadata"))]
const PLANS: &[(&str, &str, &str, std::ops::RangeInclusive<usize>)] = &[
    ("US", "1", "", 10..=10),
    ("CA", "1", "", 10..=10),
    ("CN", "86", "0", 10..=11),
    ("GB", "44", "0", 10..=10),
    ("DE", "49", "0", 9..=11),
    ("FR", "33", "0", 9..=9),
    ("ES", "34", "", 9..=9),
    ("IT", "39", "", 9..=11),
    ("RU", "7", "8", 10..=10),
    ("BR", "55", "0", 10..=11),
    ("MX", "52", "", 10..=10),
    ("IN", "91", "0", 10..=10),
    ("ID", "62", "0", 9..=12),
    ("TR", "90", "0", 10..=10),
    ("TH", "66", "0", 8..=9),
    ("VN", "84", "0", 9..=10),
    ("PH", "63", "0", 9..=10),
    ("JP", "81", "0", 9..=10),
    ("KR", "82", "0", 8..=10),
    ("AU", "61", "0", 9..=9),
    ("NG", "234", "0", 8..=10),
    ("SA", "966", "0", 9..=9),
    ("AE", "971", "0", 8..=9),
    ("EG", "20", "0", 9..=10),
];

#[cfg(not(feature = "phone-metadata"))]
fn read(text: &str, region: Option<&str>) -> Option<Number> {
    let join = |code: &str, rest: &str| {
        let mut all = [0u8; 16];
        let len = code.len() + rest.len();
        all.get_mut(..code.len())?.copy_from_slice(code.as_bytes());
        all.get_mut(code.len()..len)?.copy_from_slice(rest.as_bytes());
        Number::new(all.get(..len)?)
    };
    match region {
        None => {
            let digits = text.strip_prefix('+')?;
            let &(_, code, _, _) =
                PLANS.iter().find(|(_, code, _, lens)| digits.strip_prefix(code).is_some_and(|rest| lens.contains(&rest.len())))?;
            join(code, digits.strip_prefix(code)?)
        }
        Some(name) => {
            let (_, code, trunk, lens) = PLANS.iter().find(|(region, ..)| *region == name)?;
            let rest = if trunk.is_empty() { text } else { text.strip_prefix(trunk).unwrap_or(text) };
            let nanp = *code == "1";
            let rest = if nanp && rest.len() == 11 { rest.strip_prefix('1')? } else { rest };
            let well = lens.contains(&rest.len()) && (!nanp || (!rest.starts_with(['0', '1']) && !rest.get(3..4)?.starts_with(['0', '1'])));
            if well { join(code, rest) } else { None }
        }
    }
}

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

/// Reads `digits` as an international number (country code first).
pub(super) fn international(digits: &str) -> Option<Number> {
    let mut text = [b'+'; 20];
    text.get_mut(1..=digits.len())?.copy_from_slice(digits.as_bytes());
    read(std::str::from_utf8(text.get(..=digits.len())?).ok()?, None)
}

/// Reads `digits` as a national number of a region (ISO 3166-1 alpha-2).
pub(super) fn national(digits: &str, region: &str) -> Option<Number> {
    read(digits, Some(region))
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

//! Which numbering plan holds a number. In: digits, the language of the words around them, the countries of the options. Out: the number in full. Keeps: plans
//! are asked for a bounded number of regions. Must not know: items, points.

use super::groups::{NO_LANGUAGE, Stretch};
use super::spoken;
use crate::limits::Budget;
use crate::matcher::entity::tables::LANGUAGES;
use crate::matcher::entity::{EntityOptions, phone};

/// Country codes of numbers that are often given in full without a plus.
const BARE_CODES: &[&str] = &["86", "44", "91", "55", "52", "62", "49", "33", "34", "7", "90", "64", "1"];

/// Regions whose national numbers begin with a nought, tried when nothing says which country is meant, and the work of that.
const TRUNK_REGIONS: &[&str] = &["DE", "FR", "TR", "AU", "PH", "ID", "TH", "IN", "NG", "ZA", "JP", "KR", "VN"];
const TRUNK_WORK: u64 = 200;

/// Regions of a language, the likeliest first.
const LANGUAGE_REGIONS: &[(&str, &[&str])] = &[
    ("es", &["MX", "ES", "AR", "CO", "CL", "PE"]),
    ("pt", &["BR", "PT"]),
    ("fr", &["FR", "BE", "CA"]),
    ("de", &["DE", "AT", "CH"]),
    ("ru", &["RU", "UA", "KZ"]),
    ("zh", &["CN", "TW", "HK"]),
    ("hi", &["IN", "PK"]),
    ("ar", &["SA", "AE", "EG"]),
    ("id", &["ID", "MY"]),
    ("tr", &["TR"]),
    ("th", &["TH"]),
    ("vi", &["VN"]),
    ("it", &["IT"]),
    ("ja", &["JP"]),
    ("ko", &["KR"]),
];

/// Regions of numbers by their length (zero: any) and first digits, where no language says more; the first that fits.
const FORM_REGIONS: &[(usize, &str, &[&str])] =
    &[(11, "1", &["CN", "US"]), (11, "8", &["RU"]), (11, "07", &["GB"]), (0, "0", &["GB"]), (0, "", &["US"])];

/// The number of a plan that these digits are, tried in the regions that fit the message's language or the options.
pub(super) fn plan(stretch: &Stretch<'_>, lang: u8, options: &EntityOptions) -> Option<phone::Number> {
    let digits = stretch.digits;
    if stretch.first.plus {
        return phone::international(digits);
    }
    if let Some(rest) = digits.strip_prefix("00").filter(|d| d.len() >= 9) {
        return phone::international(rest);
    }
    if let Some(rest) = digits.strip_prefix("011").filter(|d| d.len() >= 10)
        && let Some(number) = phone::international(rest)
    {
        return Some(number);
    }
    let lang = spoken::language(stretch).or_else(|| (lang != NO_LANGUAGE && lang != 0).then_some(lang));
    national(digits, options, lang).or_else(|| {
        let coded = options.countries.is_empty() && digits.len() >= 11 && BARE_CODES.iter().any(|c| digits.starts_with(c));
        coded.then(|| phone::international(digits)).flatten()
    })
}

/// Whether a plan holds the number; one of a country that the options name must be written as it is dialled there.
pub(super) fn is_planned(stretch: &Stretch<'_>, lang: u8, options: &EntityOptions, budget: &mut Budget) -> bool {
    let number = plan(stretch, lang, options);
    let digits = stretch.digits;
    if options.countries.is_empty() {
        return number.is_some() || planned_anywhere(digits, budget);
    }
    let abroad = stretch.first.plus || digits.starts_with("00") || digits.starts_with("011");
    number.is_some() && (abroad || options.countries.iter().any(|region| phone::is_whole(digits, region)))
}

/// Whether a plan of a large country holds a number with a trunk zero, when nothing says which country is meant.
fn planned_anywhere(digits: &str, budget: &mut Budget) -> bool {
    if digits.len() == 10 && digits.starts_with(['6', '7', '8', '9']) {
        return phone::national(digits, "IN").is_some();
    }
    let trunk = digits.starts_with('0') && !digits.starts_with("00") && (9..=12).contains(&digits.len());
    trunk && budget.charge(TRUNK_WORK) && TRUNK_REGIONS.iter().any(|region| phone::national(digits, region).is_some())
}

/// The number that digits are in the countries of the options or, where none are named, in those of a language and of the digits' own form.
pub(in crate::matcher::entity) fn national(digits: &str, options: &EntityOptions, lang: Option<u8>) -> Option<phone::Number> {
    if options.countries.is_empty() {
        return regions(lang, digits).iter().find_map(|region| phone::national(digits, region));
    }
    options.countries.iter().find_map(|region| phone::national(digits, region))
}

/// The regions in which a number is tried when the host names none: those of the language it is told in, else those that its own form names.
fn regions(lang: Option<u8>, digits: &str) -> &'static [&'static str] {
    let lang = lang.and_then(|l| LANGUAGES.get(l as usize)).copied().unwrap_or("");
    let spoken = LANGUAGE_REGIONS.iter().find(|(language, _)| *language == lang).map(|(_, regions)| *regions);
    let fits = |len: usize, prefix: &str| (len == 0 || digits.len() == len) && digits.starts_with(prefix);
    let formed = || FORM_REGIONS.iter().find(|(len, prefix, _)| fits(*len, prefix)).map(|(.., regions)| *regions);
    spoken.or_else(formed).unwrap_or_default()
}

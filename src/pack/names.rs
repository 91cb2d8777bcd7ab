//! Well-formed names. In: words. Out: whether they are ids, versions, categories, languages, countries, distances. Must not know: where they stand.

use super::model::Distance;

/// Code points of an id, category, language or version.
pub(super) const NAME_CHARS: usize = 80;

/// Most words that a distance may span: more is the whole message.
pub(super) const DISTANCE_WORDS: u16 = 1000;

fn joined(name: &str, joints: &[char], word: impl Fn(&str) -> bool) -> bool {
    name.len() <= NAME_CHARS && name.split(joints).all(|part| !part.is_empty() && word(part))
}

fn lower_or_digit(part: &str) -> bool {
    part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

/// Words of a-z and 0-9 joined by `.` or `-`.
pub(super) fn is_rule_id(name: &str) -> bool {
    joined(name, &['.', '-'], lower_or_digit)
}

/// A rule id, or its beginning and `.*`.
pub(super) fn is_reference(name: &str) -> bool {
    is_rule_id(name.strip_suffix(".*").unwrap_or(name))
}

/// Words of a-z and 0-9 joined by `-`.
pub(super) fn is_kebab(name: &str) -> bool {
    joined(name, &['-'], lower_or_digit)
}

/// Numbers joined by `.`.
pub(super) fn is_version(name: &str) -> bool {
    joined(name, &['.'], |part| part.bytes().all(|b| b.is_ascii_digit()))
}

/// A BCP 47 tag by its form: a language of two or three letters, then subtags of one to eight letters and digits.
pub(super) fn is_language(name: &str) -> bool {
    let first = name.split('-').next().unwrap_or_default();
    (2..=3).contains(&first.len())
        && first.bytes().all(|b| b.is_ascii_alphabetic())
        && joined(name, &['-'], |part| part.len() <= 8 && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// The codes of ISO 3166-1 alpha-2, and XK, which telephony uses for Kosovo.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH \
CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK \
HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN \
MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH \
SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";

pub(super) fn is_country(name: &str) -> bool {
    COUNTRIES.split_ascii_whitespace().any(|c| c == name)
}

/// A host name by its form: labels of letters, digits and hyphens, at least two of them, lower case.
pub(super) fn is_host(name: &str) -> bool {
    name.len() <= 253
        && name.contains('.')
        && name.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c == '-' || (c.is_alphanumeric() && !c.is_uppercase()))
        })
}

/// A CAS registry number with a right check digit: each digit before the last, counted from the right, times its place, modulo ten.
pub(super) fn is_cas(value: &str) -> bool {
    let parts: Vec<&str> = value.split('-').collect();
    let [a, b, check] = parts.as_slice() else { return false };
    if !(2..=7).contains(&a.len()) || b.len() != 2 || check.len() != 1 || !value.bytes().all(|c| c.is_ascii_digit() || c == b'-') {
        return false;
    }
    let digits = a.bytes().chain(b.bytes()).rev().map(|d| u32::from(d - b'0'));
    let sum: u32 = digits.zip(1..).map(|(d, place)| d * place).sum();
    check.bytes().next().is_some_and(|c| u32::from(c - b'0') == sum % 10)
}

/// `"message"`, `"sentence"`, `"N words"`, `"N words before"`, `"N words after"`.
pub(super) fn distance(text: &str) -> Option<Distance> {
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    match words.as_slice() {
        ["message"] => Some(Distance::Message),
        ["sentence"] => Some(Distance::Sentence),
        [count, "words" | "word", side @ ..] => {
            let count = count.bytes().all(|b| b.is_ascii_digit()).then(|| count.parse::<u16>().ok()).flatten()?;
            let count = Some(count).filter(|c| *c <= DISTANCE_WORDS)?;
            match side {
                [] => Some(Distance::Words(count)),
                ["before"] => Some(Distance::WordsBefore(count)),
                ["after"] => Some(Distance::WordsAfter(count)),
                _ => None,
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cas_numbers_are_judged_by_their_check_digit() {
        for good in ["7732-18-5", "103-79-7", "21409-26-7", "50-00-0"] {
            assert!(is_cas(good), "{good}");
        }
        for bad in ["7732-18-6", "7732-185", "1-18-5", "7732-18-5-1", "77a2-18-5", "", "--", "12345678-18-5"] {
            assert!(!is_cas(bad), "{bad}");
        }
    }

    #[test]
    fn names_by_their_form() {
        assert!(is_rule_id("diversion.app.we-chat2") && is_reference("diversion.app.*"));
        for bad in ["", ".", "a..b", "a.", "-a", "A", "a_b", "a.*.b", &"a".repeat(NAME_CHARS + 1)] {
            assert!(!is_rule_id(bad) && !is_reference(bad), "{bad}");
        }
        assert!(is_language("zh-Hant") && is_language("hi-Latn") && !is_language("english") && !is_language("e") && !is_language("en-"));
        assert!(is_version("2026.11.0") && !is_version("1.x") && !is_version("1..2"));
        assert!(is_country("GB") && !is_country("UK") && !is_country("gb") && !is_country("A"));
        assert!(is_host("market.example") && !is_host("localhost") && !is_host("https://a.b") && !is_host("A.b"));
    }

    #[test]
    fn distances() {
        assert_eq!(distance("12 words"), Some(Distance::Words(12)));
        assert_eq!(distance("0 words before"), Some(Distance::WordsBefore(0)));
        assert_eq!(distance("1 word after"), Some(Distance::WordsAfter(1)));
        assert_eq!(distance("1000 words"), Some(Distance::Words(1000)));
        for bad in ["", "1001 words", "-1 words", "+1 words", "12", "words", "12 words around", "12 words after all", "Message"] {
            assert_eq!(distance(bad), None, "{bad}");
        }
    }
}

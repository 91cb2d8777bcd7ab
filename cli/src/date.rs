//! Days. In: the system's clock, or a word. Out: ISO 8601 dates, UTC.

use std::time::{SystemTime, UNIX_EPOCH};

/// Today in UTC, `YYYY-MM-DD`.
pub fn today() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
    let (year, month, day) = civil(i64::try_from(seconds / 86_400).unwrap_or(0));
    format!("{year:04}-{month:02}-{day:02}")
}

/// Proleptic Gregorian date of a day number counted from 1970-01-01. Counts in eras of 400 years that begin on 1 March, so that the leap day comes last.
const fn civil(day_number: i64) -> (i64, i64, i64) {
    let shifted = day_number + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

/// Checks a date given as `YYYY-MM-DD`.
pub fn parse(word: &str) -> Result<String, String> {
    let mut parts = word.split('-').map(|p| (p.len(), p.parse::<u32>()));
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some((4, Ok(_))), Some((2, Ok(1..=12))), Some((2, Ok(1..=31))), None) => Ok(word.to_owned()),
        _ => Err("a date is written YYYY-MM-DD".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{civil, parse};

    #[test]
    fn civil_dates_over_leap_days_and_eras() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(11_016), (2000, 2, 29));
        assert_eq!(civil(11_017), (2000, 3, 1));
        assert_eq!(civil(20_778), (2026, 11, 21));
        assert_eq!(civil(47_541), (2100, 3, 1));
    }

    #[test]
    fn only_iso_dates_are_taken() {
        assert!(parse("2027-04-01").is_ok());
        assert!(["2027-4-1", "2027-13-01", "tomorrow", "2027-04-01-1"].iter().all(|w| parse(w).is_err()));
    }
}

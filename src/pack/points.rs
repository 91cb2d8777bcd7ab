//! Words with points. In: lines of a `.words` file. Out: keys and points. Keeps: linear in the file; a fault for every line that cannot be read. Must not know:
//! rules, how points add up.

use super::document::shown;
use super::model::WordPoints;
use super::place::Lines;
use super::report::Report;
use super::terms::lines;
use crate::diagnostic::code;
use crate::matcher::wording::{Wording, key_of};
use crate::text::Text;

/// Reads a `.words` file: on each line points, a tab or spaces, and a word or two.
pub(super) fn read_file(file: &Lines, report: &mut Report, out: &mut Vec<WordPoints>) {
    let mut text = Text::new();
    for (line, start) in lines(file.text()) {
        let (number, words) = line.split_once(char::is_whitespace).map_or((line, ""), |(number, words)| (number, words.trim_start()));
        let place = file.at(start..start + line.len());
        let Some(points) = hundredths(number) else {
            let message = format!("`{}` is no number of points from -{MOST} to {MOST}", shown(number));
            report.add(code::BAD_POINTS, place, message, "write the points first, such as 1.2 or -0.4, then a tab and the word");
            continue;
        };
        match key_of(words, &mut text) {
            Some(key) => out.push(WordPoints { key, points }),
            None => {
                let message = format!("`{}` is no word and no pair of words", shown(words));
                report.add(code::BAD_POINTS, place, message, "write one word or two, or # and a digit for a row of so many digits");
            }
        }
    }
}

/// The most points of a word.
const MOST: i16 = Wording::MOST / 100;

fn hundredths(number: &str) -> Option<i16> {
    let points = number.parse::<f64>().ok()?;
    (points.abs() <= f64::from(MOST)).then(|| (points * 100.0).round() as i16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_that_cannot_be_read_is_a_fault() {
        let (mut report, mut out) = (Report::new(100), Vec::new());
        let text = "# head\n1.25\tcash\n-0.5 no fee\n0.2\t#4\n\nmuch\tcash\n1e9\tcash\n1.0\n2\tthree words here\nNaN\tx\n";
        read_file(&Lines::new("x.words".into(), text.into()), &mut report, &mut out);
        assert_eq!(out.iter().map(|w| w.points).collect::<Vec<_>>(), [125, -50, 20]);
        let faults: Vec<_> = report.finish(|_| 0).0.into_iter().map(|d| (d.code, d.place.line)).collect();
        assert_eq!(faults, [("E029", 6), ("E029", 7), ("E029", 8), ("E029", 9), ("E029", 10)]);
    }
}

//! Builds the messages of a text. Keeps: the same definition and terms give the same messages.

use crate::definitions::{TextDef, folder};
use crate::random::Random;
use std::fs;

/// The messages of a text. `terms` are what `plant_every` plants.
#[must_use]
pub fn messages(def: &TextDef, terms: &[String]) -> Vec<String> {
    if let Some(unit) = &def.repeat {
        let times = def.bytes.unwrap_or(unit.len()) / unit.len();
        return vec![unit.repeat(times)];
    }
    let mut out = joined(&lines(&def.files), def.bytes.unwrap_or(0));
    if let Some(every) = def.plant_every {
        plant(&mut out, every, terms);
    }
    out
}

fn lines(files: &[String]) -> Vec<String> {
    let read = |name: &String| {
        let file = folder().join("data").join(name);
        fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()))
    };
    files.iter().map(read).flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// Joins consecutive lines until a message has three quarters of `bytes`, so that the mean comes near it.
fn joined(lines: &[String], bytes: usize) -> Vec<String> {
    let mut out = vec![String::new()];
    for line in lines {
        if let Some(last) = out.last_mut() {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(line);
            if last.len() >= bytes * 3 / 4 {
                out.push(String::new());
            }
        }
    }
    out.retain(|m| m.len() >= bytes * 3 / 4 && !m.is_empty());
    out
}

fn plant(messages: &mut [String], every: usize, terms: &[String]) {
    let mut random = Random::new(7);
    for (number, message) in messages.iter_mut().enumerate().filter(|(number, _)| number % every == 0) {
        let hidden = disguise(random.one_of::<String>(terms), number / every);
        *message = format!("{hidden} {message}");
    }
}

/// Hides a term in one of four ways.
fn disguise(term: &str, way: usize) -> String {
    let swapped = |from: &str, to: &[char]| -> String {
        term.chars().map(|c| from.chars().position(|f| f == c).and_then(|at| to.get(at)).copied().unwrap_or(c)).collect()
    };
    match way % 4 {
        0 => swapped("aeo", &['4', '3', '0']),
        1 => swapped("aeop", &['а', 'е', 'о', 'р']),
        2 => term.split(' ').map(|w| w.chars().map(String::from).collect::<Vec<_>>().join(".")).collect::<Vec<_>>().join(" "),
        _ => term.chars().flat_map(|c| std::iter::repeat_n(c, if "aeiou".contains(c) { 3 } else { 1 })).collect(),
    }
}

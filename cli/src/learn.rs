//! `sidestep learn`. In: labelled messages, and ordinary ones. Out: a file of words with points for a category, and the points to ask for. Keeps: same files, same
//! options: same points; every word is written so that it is read as the same word. Must not know: rules, packs, how messages are judged.

mod solve;

use crate::args::{HalfArg, LearnArgs};
use crate::audit::labelled::{Half, Labelled};
use crate::audit::set;
use crate::failure::Failure;
use crate::{Outcome, print};
use sidestep::matcher::wording::{MOST_WORDS, Unit, Wording, key_of, units, written};
use sidestep::text::Text;
use std::collections::{HashMap, HashSet};
use std::fmt::Write;
use std::path::PathBuf;

pub fn run(args: &LearnArgs) -> Result<Outcome, Failure> {
    let lessons = Lessons::read(args)?;
    print(&learn(&lessons, args).written(&lessons, args))?;
    Ok(Outcome::Clean)
}

/// What is learned from: labelled messages, then ordinary ones.
struct Lessons {
    texts: Vec<Vec<u8>>,
    positive: Vec<bool>,
    /// Labelled with nothing at all: most of them are made to look like trouble.
    harmless: Vec<bool>,
    /// How many are labelled.
    labelled: usize,
}

impl Lessons {
    fn read(args: &LearnArgs) -> Result<Self, Failure> {
        let LearnArgs { category, .. } = args;
        let mut items = read_all(&args.files)?;
        // Reviewers who would take another category as well say nothing of this one.
        items.retain(|item| item.expect.contains(category) || !item.any.contains(category));
        items.retain(is_added_up);
        let mut positive: Vec<bool> = items.iter().map(|item| item.expect.contains(category)).collect();
        if !positive.contains(&true) {
            return Err(Failure::Other(format!("no message of the files expects `{category}`: nothing to learn from")));
        }
        let labelled = items.len();
        let harmless = items.iter().map(|item| !item.is_violating()).collect();
        items.extend(read_all(&args.harmless)?.into_iter().filter(|item| is_of(item, args.harmless_half) && is_added_up(item)));
        positive.resize(items.len(), false);
        Ok(Self { texts: items.into_iter().map(|item| item.text).collect(), positive, harmless, labelled })
    }
}

fn read_all(files: &[PathBuf]) -> Result<Vec<Labelled>, Failure> {
    let mut items = Vec::new();
    for file in files {
        items.append(&mut set::read(file)?);
    }
    Ok(items)
}

/// Whether a message is short enough for points of words.
fn is_added_up(item: &Labelled) -> bool {
    units_of(&item.text).len() <= MOST_WORDS
}

fn units_of(message: &[u8]) -> Vec<Unit> {
    let (mut text, mut read) = (Text::new(), Vec::new());
    text.read(message);
    units(&text, &mut read);
    read
}

fn is_of(item: &Labelled, half: HalfArg) -> bool {
    match half {
        HalfArg::All => true,
        HalfArg::Odd => item.half() == Some(Half::Odd),
        HalfArg::Even => item.half() == Some(Half::Even),
    }
}

/// A word, or a pair of neighbouring ones.
#[derive(Debug)]
struct Feature {
    key: u64,
    /// As it stands in a file of points: as in the first message where it is in letters, or else in the first one, if that is read as the same word.
    written: Option<String>,
    /// The messages that it stands in, ascending.
    messages: Vec<u32>,
}

impl Feature {
    /// Whether it can be written, in plain words, none of which is to be left out.
    fn is_taken(&self, without: &[String]) -> bool {
        let words = self.written.as_deref().unwrap_or_default();
        !words.is_empty() && words.split(' ').all(|word| is_plain(word) && !without.iter().any(|out| out == word))
    }

    /// Takes a spelling if there is none, or one in letters instead of a disguised one.
    fn offer(&mut self, write: &dyn Fn() -> String, spelling: &mut Text) {
        if self.written.as_deref().is_some_and(is_in_letters) {
            return;
        }
        let words = write();
        if (self.written.is_none() || is_in_letters(&words)) && is_read_as(&words, self.key, spelling) {
            self.written = Some(words);
        }
    }
}

/// Whether a word is of letters or a row of digits: not `bc1qw508`, which is only itself.
fn is_plain(word: &str) -> bool {
    word.starts_with('#') || !word.bytes().any(|b| b.is_ascii_digit())
}

fn is_in_letters(words: &str) -> bool {
    words.chars().all(|c| c.is_alphabetic() || c == ' ')
}

/// The words and pairs of the messages, in the order in which they are first seen.
#[derive(Default)]
struct Features {
    all: Vec<Feature>,
    of_key: HashMap<u64, usize>,
    text: Text,
    units: Vec<Unit>,
    spelling: Text,
}

impl Features {
    fn add(&mut self, number: u32, message: &[u8]) {
        let Self { all, of_key, text, units: read, spelling } = self;
        text.read(message);
        units(text, read);
        let mut note = |key: u64, write: &dyn Fn() -> String| {
            let at = *of_key.entry(key).or_insert(all.len());
            if at == all.len() {
                all.push(Feature { key, written: None, messages: Vec::new() });
            }
            let Some(feature) = all.get_mut(at) else { return };
            if feature.messages.last() != Some(&number) {
                feature.messages.push(number);
                feature.offer(write, spelling);
            }
        };
        for (at, &unit) in read.iter().enumerate() {
            note(unit.key, &|| written(text, unit));
            if let Some(&next) = read.get(at + 1) {
                note(unit.pair(next), &|| format!("{} {}", written(text, unit), written(text, next)));
            }
        }
    }
}

fn is_read_as(words: &str, key: u64, spelling: &mut Text) -> bool {
    !words.contains(char::is_control) && key_of(words, spelling) == Some(key)
}

/// Tenths of a point: what is written.
type Tenths = i64;

/// What was learned.
struct Learned {
    /// Most points first.
    lines: Vec<(Tenths, String)>,
    least: Tenths,
    /// What each message comes to.
    scores: Vec<Tenths>,
}

/// Points of words by their keys, and what speaks against all messages alike.
struct Points {
    of_key: HashMap<u64, Tenths>,
    intercept: Tenths,
}

fn learn(lessons: &Lessons, args: &LearnArgs) -> Learned {
    let mut features = Features::default();
    for (number, message) in (0..).zip(&lessons.texts) {
        features.add(number, message);
    }
    features.all.retain(|feature| feature.messages.len() >= args.least_messages && feature.is_taken(&args.without));
    let points = points_of(&features.all, &lessons.positive, args, &|_| true);
    let mut lines: Vec<(Tenths, String)> =
        features.all.iter().filter_map(|feature| Some((*points.of_key.get(&feature.key)?, feature.written.clone()?))).collect();
    lines.sort_by(|(a, x), (b, y)| b.cmp(a).then_with(|| x.cmp(y)));
    // Two words are not to tell alone.
    let least = least_for(&features.all, lessons, args).unwrap_or(-points.intercept).max(2 * tenths(args.most) + 1);
    let scores = lessons.texts.iter().map(|message| points.score(message)).collect();
    Learned { lines, least, scores }
}

/// Learns from the messages whose numbers are to be taken.
fn points_of(features: &[Feature], positive: &[bool], args: &LearnArgs, takes: &dyn Fn(usize) -> bool) -> Points {
    let numbers: Vec<usize> = (0..positive.len()).filter(|&number| takes(number)).collect();
    let mut renumbered = vec![None; positive.len()];
    for (new, &number) in (0u32..).zip(&numbers) {
        if let Some(place) = renumbered.get_mut(number) {
            *place = Some(new);
        }
    }
    let taken: Vec<bool> = numbers.iter().filter_map(|&number| positive.get(number)).copied().collect();
    let column = |feature: &Feature| feature.messages.iter().filter_map(|&old| *renumbered.get(old as usize)?).collect();
    let columns: Vec<Vec<u32>> = features.iter().map(column).collect();
    let columns: Vec<&[u32]> = columns.iter().map(Vec::as_slice).collect();
    let model = solve::solve(&columns, &taken, args.strength);
    let most = tenths(args.most);
    let weighed = features.iter().zip(&model.weights).map(|(feature, weight)| (feature.key, tenths(*weight).clamp(-LEAST, most)));
    Points { of_key: weighed.filter(|(_, points)| *points != 0).collect(), intercept: tenths(model.intercept) }
}

/// What harmless messages stay below that were not learned from: each part of them is held against what the other parts teach.
fn least_for(features: &[Feature], lessons: &Lessons, args: &LearnArgs) -> Option<Tenths> {
    if lessons.texts.len() == lessons.labelled {
        return None;
    }
    let (mut ordinary, mut looking) = (Vec::new(), Vec::new());
    for part in 0..PARTS {
        let points = points_of(features, &lessons.positive, args, &|number| number % PARTS != part);
        for (number, message) in lessons.texts.iter().enumerate().filter(|(number, _)| number % PARTS == part) {
            match lessons.harmless.get(number) {
                None => ordinary.push(points.score(message)),
                Some(true) => looking.push(points.score(message)),
                Some(false) => {}
            }
        }
    }
    let may = |scores: &[Tenths], one_in: usize| least(scores, scores.len() / one_in.max(1));
    Some(may(&ordinary, args.one_in.get()).max(may(&looking, args.one_in.get() / LOOKING)))
}

/// Of harmless messages that are made to look like trouble so many more may reach the points.
const LOOKING: usize = 40;
/// The most points against, in tenths, that a `.words` file may hold.
const LEAST: Tenths = Wording::MOST as Tenths / 10;
/// Parts of the messages that are left out by turns.
const PARTS: usize = 4;

fn tenths(points: f64) -> Tenths {
    (points * 10.0).round() as Tenths
}

/// The fewest points that no more than `may` of the scores reach.
fn least(scores: &[Tenths], may: usize) -> Tenths {
    let mut scores = scores.to_vec();
    scores.sort_unstable_by(|a, b| b.cmp(a));
    scores.get(may).map_or(1, |first_out| first_out + 1)
}

impl Points {
    /// Sums up a message as a rule would: each word and pair once.
    fn score(&self, message: &[u8]) -> Tenths {
        let read = units_of(message);
        let pairs = read.iter().zip(read.get(1..).unwrap_or_default()).map(|(unit, next)| unit.pair(*next));
        let keys: HashSet<u64> = read.iter().map(|unit| unit.key).chain(pairs).collect();
        keys.iter().filter_map(|key| self.of_key.get(key)).sum()
    }
}

impl Learned {
    fn written(&self, lessons: &Lessons, args: &LearnArgs) -> String {
        let category = &args.category;
        // Messages of a kind, and how many of them reach what is asked for.
        let count = |is_of: &dyn Fn(usize, bool) -> bool| {
            let kind = || lessons.positive.iter().zip(&self.scores).enumerate().filter(|(at, (positive, _))| is_of(*at, **positive));
            (kind().filter(|(_, (_, score))| **score >= self.least).count(), kind().count())
        };
        let labelled = lessons.labelled;
        let (reach, of) = count(&|_, positive| positive);
        let (others, of_others) = count(&|at, positive| at < labelled && !positive);
        let (harmless, of_harmless) = count(&|at, _| at >= labelled);
        let mut out = format!(
            "# Points of words for {category}, learned by sidestep learn from {labelled} messages, {of} of them {category}, and {of_harmless} harmless ones.\n"
        );
        let _ = writeln!(
            out,
            "# Reached by {reach} of {of} {category}, {others} of {of_others} other labelled and {harmless} of {of_harmless} harmless messages:"
        );
        let _ = writeln!(out, "# words_least = {}", decimal(self.least));
        for (points, words) in &self.lines {
            let _ = writeln!(out, "{}\t{words}", decimal(*points));
        }
        out
    }
}

fn decimal(tenths: Tenths) -> String {
    format!("{}{}.{}", if tenths < 0 { "-" } else { "" }, tenths.abs() / 10, tenths.abs() % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_and_what_is_asked_for() {
        for (points, shown) in [(1.26, "1.3"), (-0.34, "-0.3"), (0.04, "0.0"), (12.0, "12.0")] {
            assert_eq!(decimal(tenths(points)), shown);
        }
        let scores = [5, 30, 12, 12, -4];
        assert_eq!([0, 1, 2, 3, 9].map(|may| least(&scores, may)), [31, 13, 13, 6, 1]);
    }

    #[test]
    fn words_and_pairs_count_once_a_message_and_are_written_so_that_they_are_read_again() {
        let mut features = Features::default();
        for (number, message) in (0..).zip(["P4y c4sh, pay 1234", "pay cash"]) {
            features.add(number, message.as_bytes());
        }
        let seen: Vec<_> = features.all.iter().map(|f| (f.written.as_deref().unwrap(), &*f.messages)).collect();
        let (both, first): (&[u32], &[u32]) = (&[0, 1], &[0]);
        assert_eq!(seen, [("pay", both), ("pay cash", both), ("cash", both), ("c4sh pay", first), ("pay #4", first), ("#4", first)]);
    }
}

//! Ways to hide a word. In: a word and a generator of chance. Out: the word as somebody would hide it, or nothing where that way has no grip on it or
//! would leave nothing readable (docs/AUDIT.md has the rule). Keeps: same seed, same disguise. Must not know: rules, packs, verdicts.

use fastrand::Rng;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What a disguise asks of a term for being seen through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// Nothing: what is put between the characters is not seen or not read.
    Nothing,
    /// That it is read by people: characters look or read alike.
    Reading,
    /// As [`Self::Reading`], but the letter case is free.
    Case,
    /// The term is not `word`: letters are swapped by key, set apart, repeated.
    Shape,
    /// The term is `fuzzy`.
    Fuzzy,
    /// It is a number that reaches somebody.
    Digits,
}

/// One way to hide a word.
#[derive(Debug)]
pub struct Disguise {
    /// As in the evaluation sets.
    pub name: &'static str,
    pub asks: Asks,
    apply: fn(&mut Word, &mut Rng) -> Option<()>,
}

/// All ways, in the order in which two of them are laid over each other: first what changes the spelling, then what changes letters, then what is put
/// between them.
pub const ALL: &[Disguise] = &[
    Disguise { name: "typo", asks: Asks::Fuzzy, apply: typo },
    Disguise { name: "phonetic", asks: Asks::Fuzzy, apply: phonetic },
    Disguise { name: "vowels", asks: Asks::Fuzzy, apply: drop_vowels },
    Disguise { name: "reversed", asks: Asks::Fuzzy, apply: reverse },
    Disguise { name: "repeat", asks: Asks::Shape, apply: repeat },
    Disguise { name: "numberwords", asks: Asks::Digits, apply: number_words },
    Disguise { name: "flipped", asks: Asks::Shape, apply: flip },
    Disguise { name: "case", asks: Asks::Case, apply: change_case },
    Disguise { name: "accent", asks: Asks::Reading, apply: |w, r| substitute(w, r, "accent") },
    Disguise { name: "homoglyph", asks: Asks::Reading, apply: |w, r| substitute(w, r, "homoglyph") },
    Disguise { name: "leet", asks: Asks::Shape, apply: |w, r| substitute(w, r, "leet") },
    Disguise { name: "emoji", asks: Asks::Shape, apply: |w, r| substitute(w, r, "emoji") },
    Disguise { name: "fullwidth", asks: Asks::Reading, apply: fullwidth },
    Disguise { name: "styled", asks: Asks::Reading, apply: style },
    Disguise { name: "zalgo", asks: Asks::Nothing, apply: zalgo },
    Disguise { name: "zerowidth", asks: Asks::Nothing, apply: zero_width },
    Disguise { name: "spaced", asks: Asks::Shape, apply: space },
    Disguise { name: "punct", asks: Asks::Shape, apply: punctuate },
    Disguise { name: "split", asks: Asks::Shape, apply: split },
];

/// A character, or what stands for it now.
#[derive(Debug, Clone)]
struct Cell {
    /// What it was, lower case.
    letter: char,
    shown: String,
    changed: bool,
    /// What follows it.
    gap: String,
}

/// A word or phrase on its way into disguise.
#[derive(Debug, Clone)]
pub struct Word {
    cells: Vec<Cell>,
}

impl Word {
    pub fn new(text: &str) -> Self {
        let cell =
            |c: char| Cell { letter: c.to_lowercase().next().unwrap_or(c), shown: c.to_string(), changed: false, gap: String::new() };
        Self { cells: text.chars().map(cell).collect() }
    }

    pub fn text(&self) -> String {
        self.cells.iter().flat_map(|c| [c.shown.as_str(), c.gap.as_str()]).collect()
    }

    /// Whether the letters of both are upper and lower case alike.
    pub fn cased_as(&self, other: &Self) -> bool {
        let upper = |word: &Self| word.text().chars().filter(|c| c.is_alphabetic()).map(char::is_uppercase).collect::<Vec<_>>();
        upper(self) == upper(other)
    }

    pub fn has_letters(&self) -> bool {
        self.cells.iter().any(|c| c.letter.is_alphabetic())
    }

    /// Letters and digits.
    pub fn letters(&self) -> usize {
        self.cells.iter().filter(|c| c.letter.is_alphanumeric()).count()
    }

    fn is_one_word(&self) -> bool {
        self.cells.iter().all(|c| c.letter.is_alphanumeric())
    }

    /// Cells that still show a letter or digit as it was.
    fn open(&self) -> Vec<usize> {
        (0..self.cells.len()).filter(|&i| !self.cells[i].changed && self.cells[i].letter.is_alphanumeric()).collect()
    }

    fn change(&mut self, at: usize, shown: String) {
        self.cells[at].shown = shown;
        self.cells[at].changed = true;
    }

    /// Places between two letters or digits of the same word.
    fn inner_gaps(&self) -> Vec<usize> {
        (1..self.cells.len())
            .map(|i| i - 1)
            .filter(|&i| self.cells[i].letter.is_alphanumeric() && self.cells[i + 1].letter.is_alphanumeric())
            .collect()
    }
}

impl Disguise {
    /// Lays the disguise over a word; `None` where it has no grip.
    pub fn lay(&self, word: &Word, rng: &mut Rng) -> Option<Word> {
        let mut hidden = word.clone();
        (self.apply)(&mut hidden, rng)?;
        Some(hidden)
    }

    /// Whether the two laid over each other leave something readable: one change of spelling is enough, and a word stands on its head once.
    pub fn goes_with(&self, other: &Self) -> bool {
        let rewrites = |d: &Self| d.asks == Asks::Fuzzy || d.name == "flipped";
        !(rewrites(self) && rewrites(other))
    }
}

/// Kind, then letter: what stands for it.
type Tables = HashMap<&'static str, HashMap<&'static str, Vec<&'static str>>>;

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let mut tables = Tables::new();
    for line in include_str!("disguises.tsv").lines().filter(|l| !l.starts_with('#')) {
        let mut fields = line.split('\t');
        if let (Some(kind), Some(letter), Some(shown)) = (fields.next(), fields.next(), fields.next()) {
            tables.entry(kind).or_default().insert(letter, shown.split(' ').collect());
        }
    }
    tables
});

fn table(kind: &str) -> Option<&'static HashMap<&'static str, Vec<&'static str>>> {
    TABLES.get(kind)
}

fn instead(kind: &str, letter: char, rng: &mut Rng) -> Option<&'static str> {
    let choices = table(kind)?.get(letter.encode_utf8(&mut [0; 4]) as &str)?;
    rng.choice(choices).copied()
}

/// Replaces one letter at least and half of those that can be at most: a person leaves the word to be read.
fn substitute(word: &mut Word, rng: &mut Rng, kind: &str) -> Option<()> {
    let known = table(kind)?;
    let mut can: Vec<usize> =
        word.open().into_iter().filter(|&i| known.contains_key(word.cells[i].letter.encode_utf8(&mut [0; 4]) as &str)).collect();
    if can.is_empty() {
        return None;
    }
    rng.shuffle(&mut can);
    let most = can.len().div_ceil(2);
    for at in can.into_iter().take(rng.usize(1..=most)) {
        let shown = instead(kind, word.cells[at].letter, rng)?;
        word.change(at, shown.to_owned());
    }
    Some(())
}

/// Replaces every letter that can be.
fn replace_all(word: &mut Word, mut by: impl FnMut(char) -> Option<String>) -> Option<()> {
    let mut any = false;
    for at in word.open() {
        if let Some(shown) = by(word.cells[at].shown.chars().next()?) {
            word.change(at, shown);
            any = true;
        }
    }
    any.then_some(())
}

/// The character that lies so far from `first` as the letter from its alphabet's first.
fn shifted(c: char, from: char, first: u32) -> Option<String> {
    char::from_u32(first + (u32::from(c) - u32::from(from))).map(String::from)
}

fn fullwidth(word: &mut Word, _: &mut Rng) -> Option<()> {
    replace_all(word, |c| c.is_ascii_graphic().then(|| shifted(c, '!', 0xFF01)).flatten())
}

fn style(word: &mut Word, rng: &mut Rng) -> Option<()> {
    // First characters of upper case, lower case and digits: bold, sans-serif bold, monospace, circled.
    const SETS: [(u32, u32, u32); 4] =
        [(0x1D400, 0x1D41A, 0x1D7CE), (0x1D5D4, 0x1D5EE, 0x1D7EC), (0x1D670, 0x1D68A, 0x1D7F6), (0x24B6, 0x24D0, 0)];
    let set = rng.usize(0..SETS.len() + 2);
    replace_all(word, |c| match SETS.get(set) {
        Some(&(upper, lower, digit)) => match c {
            'A'..='Z' => shifted(c, 'A', upper),
            'a'..='z' => shifted(c, 'a', lower),
            '1'..='9' if digit == 0 => shifted(c, '1', 0x2460),
            '0'..='9' if digit != 0 => shifted(c, '0', digit),
            _ => None,
        },
        None if set == SETS.len() => c.is_ascii_alphabetic().then(|| shifted(c.to_ascii_uppercase(), 'A', 0x1F130)).flatten(),
        None => instead("smallcap", c.to_ascii_lowercase(), &mut Rng::with_seed(0)).map(str::to_owned),
    })
}

/// Other letter case in at least one place and not everywhere.
fn change_case(word: &mut Word, rng: &mut Rng) -> Option<()> {
    let mut cased: Vec<usize> =
        word.open().into_iter().filter(|&i| word.cells[i].shown.chars().all(|c| c.is_lowercase() || c.is_uppercase())).collect();
    if cased.is_empty() {
        return None;
    }
    rng.shuffle(&mut cased);
    for at in cased.iter().copied().take(rng.usize(1..=cased.len())) {
        let shown = &word.cells[at].shown;
        let swapped = if shown.chars().all(char::is_lowercase) { shown.to_uppercase() } else { shown.to_lowercase() };
        word.cells[at].shown = swapped;
    }
    Some(())
}

fn zalgo(word: &mut Word, rng: &mut Rng) -> Option<()> {
    let letters = word.inner_gaps();
    if letters.is_empty() {
        return None;
    }
    for at in letters {
        for _ in 0..rng.usize(1..=4) {
            word.cells[at].shown.push(char::from_u32(rng.u32(0x0300..=0x0341)).unwrap_or('\u{0300}'));
        }
    }
    Some(())
}

/// Puts `with` after some of the letters, one at least.
fn insert(word: &mut Word, rng: &mut Rng, all: bool, mut with: impl FnMut(&mut Rng) -> String) -> Option<()> {
    let mut gaps = word.inner_gaps();
    if gaps.is_empty() {
        return None;
    }
    if !all {
        rng.shuffle(&mut gaps);
        gaps.truncate(rng.usize(1..=gaps.len()));
    }
    for at in gaps {
        let gap = with(rng);
        word.cells[at].gap.push_str(&gap);
    }
    Some(())
}

fn zero_width(word: &mut Word, rng: &mut Rng) -> Option<()> {
    const INVISIBLE: [char; 7] = ['\u{200B}', '\u{200C}', '\u{200D}', '\u{2060}', '\u{FEFF}', '\u{AD}', '\u{FE0F}'];
    insert(word, rng, false, |rng| rng.choice(INVISIBLE).map(String::from).unwrap_or_default())
}

/// Every letter apart; words that were apart already are two spaces apart.
fn space(word: &mut Word, rng: &mut Rng) -> Option<()> {
    insert(word, rng, true, |_| " ".to_owned())?;
    word.cells.iter_mut().filter(|c| c.letter == ' ').for_each(|c| c.gap.push(' '));
    Some(())
}

fn punctuate(word: &mut Word, rng: &mut Rng) -> Option<()> {
    const MARKS: [&str; 6] = [".", "-", "_", "*", "~", "/"];
    let mark = *rng.choice(&MARKS)?;
    insert(word, rng, true, |_| mark.to_owned())
}

fn split(word: &mut Word, rng: &mut Rng) -> Option<()> {
    let gaps = word.inner_gaps();
    let inner: Vec<usize> = gaps.iter().copied().filter(|g| *g > 0 && g + 2 < word.cells.len()).collect();
    let at = *rng.choice(if inner.is_empty() { &gaps } else { &inner })?;
    word.cells[at].gap.push('\n');
    Some(())
}

fn repeat(word: &mut Word, rng: &mut Rng) -> Option<()> {
    let open: Vec<usize> = word.open().into_iter().filter(|&i| word.cells[i].letter.is_alphabetic()).collect();
    let times = rng.usize(1..=3.min(open.len().max(1)));
    for _ in 0..times {
        let at = *rng.choice(&open)?;
        let letter = word.cells[at].shown.chars().next()?;
        word.cells[at].shown.extend(std::iter::repeat_n(letter, rng.usize(1..=4)));
    }
    Some(())
}

fn number_words(word: &mut Word, rng: &mut Rng) -> Option<()> {
    let digits: Vec<usize> = word.open().into_iter().filter(|&i| word.cells[i].letter.is_ascii_digit()).collect();
    if digits.len() < 7 {
        return None;
    }
    for &at in &digits {
        let shown = instead("numberwords", word.cells[at].letter, rng)?;
        word.change(at, shown.to_owned());
        if at + 1 < word.cells.len() && word.cells[at + 1].letter.is_alphanumeric() {
            word.cells[at].gap.push(' ');
        }
    }
    Some(())
}

/// Upside down and turned round; only words all of whose letters can be, and that have four at least.
fn flip(word: &mut Word, rng: &mut Rng) -> Option<()> {
    if !word.is_one_word() || word.letters() < 4 {
        return None;
    }
    for at in 0..word.cells.len() {
        let shown = instead("flipped", word.cells[at].letter, rng)?;
        word.change(at, shown.to_owned());
    }
    word.cells.reverse();
    Some(())
}

/// Letters backwards: one word of five letters at least that is no palindrome.
fn reverse(word: &mut Word, _: &mut Rng) -> Option<()> {
    let letters: Vec<char> = word.cells.iter().map(|c| c.letter).collect();
    if !word.is_one_word() || letters.len() < 5 || letters.iter().eq(letters.iter().rev()) {
        return None;
    }
    word.cells.reverse();
    Some(())
}

const fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u')
}

/// Drops all vowels but a word's first letter; four consonants at least stay.
fn drop_vowels(word: &mut Word, _: &mut Rng) -> Option<()> {
    let consonants = word.cells.iter().filter(|c| c.letter.is_ascii_alphabetic() && !is_vowel(c.letter)).count();
    let before = word.cells.len();
    let latin = word.cells.iter().filter(|c| c.letter.is_alphanumeric()).all(|c| c.letter.is_ascii());
    if consonants < 4 || !latin || !word.is_one_word() {
        return None;
    }
    let mut first = true;
    word.cells.retain(|c| std::mem::take(&mut first) || !is_vowel(c.letter));
    (word.cells.len() < before).then_some(())
}

/// One edit in a word of five Latin or Cyrillic letters at least, never in its first letter.
fn typo(word: &mut Word, rng: &mut Rng) -> Option<()> {
    if !word.is_one_word() || word.cells.len() < 5 || !word.cells.iter().all(|c| c.letter.is_lowercase() || c.letter.is_ascii_digit()) {
        return None;
    }
    let at = rng.usize(1..word.cells.len());
    let cyrillic = ('а'..='я').contains(&word.cells[at].letter);
    let (first, last) = if cyrillic { ('а', 'я') } else { ('a', 'z') };
    let other = rng.char(first..=last);
    match rng.u8(0..4) {
        0 => drop(word.cells.remove(at)),
        1 => word.cells.insert(at, Cell { letter: other, shown: other.to_string(), changed: false, gap: String::new() }),
        2 if other != word.cells[at].letter => {
            word.cells[at] = Cell { letter: other, shown: other.to_string(), changed: false, gap: String::new() }
        }
        _ => {
            let next = if at + 1 < word.cells.len() { at + 1 } else { at - 1 };
            if word.cells[at].letter == word.cells[next].letter {
                word.cells.remove(at);
            } else {
                word.cells.swap(at, next);
            }
        }
    }
    Some(())
}

/// One spelling by another that sounds the same, in a word of five letters at least.
fn phonetic(word: &mut Word, rng: &mut Rng) -> Option<()> {
    let text: String = word.cells.iter().map(|c| c.letter).collect();
    if !word.is_one_word() || text.len() < 5 || !text.is_ascii() {
        return None;
    }
    let sounds = table("sound")?;
    let mut places: Vec<(usize, &str, &str)> = sounds
        .iter()
        .flat_map(|(from, to)| text.match_indices(*from).map(move |(at, from)| (at, from, to[0])))
        .filter(|(at, from, _)| *at > 0 || from.len() > 1 || *from == "f")
        .collect();
    places.sort_unstable();
    let &(at, from, to) = rng.choice(&places)?;
    let spelled = format!("{}{to}{}", &text[..at], &text[at + from.len()..]);
    *word = Word::new(&spelled);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::{ALL, Asks, Word};
    use fastrand::Rng;

    #[test]
    fn every_disguise_changes_a_word_and_is_the_same_for_the_same_seed() {
        for disguise in ALL {
            let word = Word::new(if disguise.asks == Asks::Digits { "+12125550147" } else { "telephone" });
            for seed in 0..50 {
                let lay = || disguise.lay(&word, &mut Rng::with_seed(seed)).map(|w| w.text());
                let hidden = lay().unwrap_or_else(|| panic!("{} has no grip", disguise.name));
                assert_ne!(hidden, word.text(), "{}", disguise.name);
                assert_eq!(Some(hidden), lay());
            }
        }
    }

    #[test]
    fn what_would_not_be_readable_is_not_made() {
        let made = |name: &str, text: &str| {
            let disguise = ALL.iter().find(|d| d.name == name).unwrap();
            disguise.lay(&Word::new(text), &mut Rng::with_seed(1)).map(|w| w.text())
        };
        for (name, text) in [
            ("vowels", "adipex"),
            ("vowels", "tele"),
            ("reversed", "level"),
            ("reversed", "meth"),
            ("typo", "meth"),
            ("flipped", "tg"),
            ("phonetic", "snap"),
            ("numberwords", "911"),
            ("spaced", "x"),
            ("leet", "км"),
            ("case", "微信"),
            ("styled", "微信"),
        ] {
            assert_eq!(made(name, text), None, "{name} {text}");
        }
        assert_eq!(made("vowels", "telegram").as_deref(), Some("tlgrm"));
        assert_eq!(made("reversed", "telegram").as_deref(), Some("margelet"));
        assert_eq!(made("flipped", "telegram").as_deref(), Some("ɯɐɹƃǝlǝʇ"));
        assert_eq!(made("spaced", "pill press").as_deref(), Some("p i l l  p r e s s"));
        assert_eq!(made("numberwords", "555 0199").as_deref(), Some("five five five zero one nine nine"));
    }
}

//! Runs of digits: what may belong to one number, with the marks and words that keep it apart. In: items. Out: a [`Run`] and where it ends. Keeps: a bounded
//! number of digits, groups, and marks and words between two groups. Must not know: what a number is for, or whether it is one.

use super::groups::{NO_LANGUAGE, Run, sep};
use super::readings::{
    count_word, counted, decoy_character, decoy_word, digit_behind, han_dash, is_digit_like, is_price, roman, roman_run, starts_unspaced,
};
use super::spoken;
use crate::matcher::entity::Search;
use crate::matcher::entity::items::{Gap, Item, Kind};
use crate::matcher::entity::tables::{Form, mean};

/// Most marks between two groups.
const MARKS_BETWEEN: usize = 8;
/// Words that a run may begin with besides those that name numbers.
const LEADS: u32 = mean::TIMES | mean::PLUS;
/// Most connecting words between two groups.
const WORDS_BETWEEN: usize = 4;

/// What stands between the digits read last and the next.
#[derive(Debug, Clone, Copy)]
pub(super) struct Between {
    /// As bits.
    pub sep: u16,
    /// How often the next digit is meant ("double"); zero where nothing is said.
    pub times: usize,
    /// A plus stands before the next digits.
    pub plus: bool,
    /// A word for a dash stands before them.
    pub dash: bool,
    marks: usize,
    words: usize,
    /// The language of the word that connects them.
    lang: u8,
}

impl Between {
    const NOTHING: Self = Self { sep: 0, times: 0, plus: false, dash: false, marks: 0, words: 0, lang: NO_LANGUAGE };

    /// Counts a mark; `false` where it is one too many.
    fn mark(&mut self) -> bool {
        self.marks += 1;
        self.marks <= MARKS_BETWEEN
    }

    /// Counts a word; `false` where it is one too many.
    fn word(&mut self) -> bool {
        self.words += 1;
        self.sep |= sep::WORDS;
        self.words <= WORDS_BETWEEN
    }
}

/// Whether a run may begin with an item: most words of a message are none of these.
pub(super) fn may_begin(search: &Search<'_>, at: usize) -> bool {
    search.items.get(at).is_some_and(|item| match item.kind {
        Kind::Digits | Kind::Leet => true,
        Kind::Word => item.word.is_some_and(|w| w.value >= 0 || w.has(LEADS)) || roman(item.text(search.folded)).is_some(),
        Kind::Mark | Kind::Emoji => item.has(LEADS) || item.is_mark(b"+"),
    })
}

/// Reads the run of digits that begins at item `at`; gives the item after it, or `at` where there is none.
pub(super) fn read(search: &Search<'_>, run: &mut Run, at: usize) -> usize {
    run.clear();
    let roman_end = roman_run(search, at);
    let mut reader = Reader { search, run, at, end: at, roman_end, between: Between::NOTHING };
    while !reader.run.is_full() && reader.step() {}
    reader.end
}

/// A run while it is read.
struct Reader<'r, 's> {
    search: &'r Search<'s>,
    run: &'r mut Run,
    /// The item in hand.
    at: usize,
    /// The item after the last one that gave digits.
    end: usize,
    /// Where the Roman numerals end that the run begins with.
    roman_end: usize,
    between: Between,
}

impl Reader<'_, '_> {
    /// Takes the item in hand; `false` where the run ends before it.
    fn step(&mut self) -> bool {
        let search = self.search;
        let Some(item) = search.items.get(self.at) else { return false };
        if self.begun() {
            self.between.sep |= gap_sep(item.gap);
        }
        if self.at < self.roman_end
            && let Some(value) = roman(item.text(search.folded))
        {
            self.run.push_roman(self.at, self.between.sep, value);
            self.taken();
            return true;
        }
        if let Some((times, digit)) = counted(search.items, self.at) {
            self.between.times = times;
            self.at = digit;
        } else if self.between.times == 0 && item.word.is_some_and(|w| w.form == Form::Several) {
            return false;
        }
        if is_digit_like(search, self.at, self.run, self.between.sep) && !han_dash(search, self.at, self.run) {
            if is_price(search.items, self.at) {
                return false;
            }
            self.digits();
            return true;
        }
        if !self.begun() && !item.has(LEADS) && !item.is_mark(b"+") {
            return false;
        }
        let passed = match item.kind {
            Kind::Mark => self.mark(item),
            Kind::Emoji => {
                self.between.sep |= sep::EMOJI;
                self.between.mark()
            }
            Kind::Word => self.word(item),
            _ => false,
        };
        self.at += 1;
        passed
    }

    fn begun(&self) -> bool {
        !self.run.groups.is_empty()
    }

    /// The item in hand gave digits.
    fn taken(&mut self) {
        self.between = Between::NOTHING;
        self.at += 1;
        self.end = self.at;
    }

    fn digits(&mut self) {
        spoken::add(self.run, self.search, self.at, &self.between);
        if let Some(group) = self.run.groups.last_mut().filter(|g| g.lang == NO_LANGUAGE) {
            group.lang = self.between.lang;
        }
        self.taken();
    }

    fn mark(&mut self, item: &Item) -> bool {
        if item.mark == b'+' {
            // With spaces on both sides and a number before, it adds.
            self.between.plus = item.glued() || !self.begun() || self.search.items.get(self.at + 1).is_some_and(Item::glued);
        }
        self.between.sep |= mark_sep(item.mark);
        self.between.mark()
    }

    /// A word that gives no digits but may stand between those of a number.
    fn word(&mut self, item: &Item) -> bool {
        let search = self.search;
        if item.has(mean::TIMES)
            && let Some(digit) = digit_behind(search.items, self.at)
        {
            self.between.times = times(item.text(search.folded));
            // The step goes on to it.
            self.at = digit - 1;
        } else if item.has(mean::PLUS) {
            self.between.plus = true;
        } else if item.has(mean::DASH | mean::DOT | mean::SLASH)
            && self.begun()
            && (!item.glued() || item.has(mean::DASH) && starts_unspaced(item, search.folded))
        {
            self.between.dash |= item.has(mean::DASH);
            self.between.sep |= if item.has(mean::DASH) { sep::DASH } else { sep::DOT };
        } else if self.announces_account(item) {
            return self.between.word();
        } else if item.has(mean::CONNECT) && self.begun() && (!item.glued() || starts_unspaced(item, search.folded)) {
            return self.connect(item);
        } else if han_dash(search, self.at, self.run) {
            self.between.sep |= sep::DASH;
        } else if decoy_character(search, self.at, self.run) || decoy_word(search, self.at) {
            self.between.marks += 1;
            self.between.sep |= sep::OTHER;
        } else {
            return false;
        }
        true
    }

    /// Whether a word between a sort code or routing number and an account says that this comes: `12-34-56 account number 12345678`.
    fn announces_account(&self, item: &Item) -> bool {
        (item.has(mean::BANK) || self.between.sep & sep::WORDS != 0 && item.has(mean::NUMBER))
            && matches!(self.run.digits.len(), 6 | 8 | 9)
            && !item.glued()
    }

    fn connect(&mut self, item: &Item) -> bool {
        if item.has(mean::ORDINAL) && count_word(self.search, self.at + 1) {
            self.at += 1;
        }
        self.between.lang = item.word.map_or(self.between.lang, |w| w.lang);
        self.between.word()
    }
}

fn gap_sep(gap: Gap) -> u16 {
    match gap {
        Gap::None => 0,
        Gap::Space => sep::SPACE,
        Gap::Line => sep::LINE,
    }
}

fn mark_sep(mark: u8) -> u16 {
    match mark {
        b'-' => sep::DASH,
        b'.' => sep::DOT,
        b',' | b';' => sep::COMMA,
        b'/' => sep::SLASH,
        b'(' | b')' | b'[' | b']' | b'<' | b'>' | b'{' | b'}' => sep::PAREN,
        b':' => sep::COLON,
        b'+' => sep::PLUS,
        _ => sep::OTHER,
    }
}

/// How often the digit after a word such as "double" is meant.
fn times(word: &str) -> usize {
    match word {
        "triple" | "treble" | "triplo" | "dreimal" => 3,
        "quadruple" | "quad" | "viermal" => 4,
        _ => 2,
    }
}

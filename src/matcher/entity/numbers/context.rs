//! The words before and after a number, and what speaks for or against it there. In: items, and which of them are the number. Out: a [`Context`]. Keeps: a
//! bounded number of items is looked at on both sides. Must not know: the number's digits.

use super::groups::{Group, NO_LANGUAGE, sep};
use super::readings::starts_unspaced;
use crate::matcher::entity::Search;
use crate::matcher::entity::items::{Gap, Item, Kind};
use crate::matcher::entity::tables::mean;

/// Items looked at before and after a number.
const ITEMS_BEFORE: usize = 24;
const ITEMS_AFTER: usize = 12;
/// Words that count after a number.
const WORDS_AFTER: usize = 4;
/// Words that count before one where a line ends between.
const WORDS_ABOVE: usize = 5;
/// Words in which an invitation counts.
const WORDS_INVITE: usize = 5;

/// Words that count before a number.
const WORDS_BEFORE: usize = 8;
/// Points of such a word by its place, the nearest first: one that says that a number comes, that it is a telephone's, that it is something else.
const NUMBER_BEFORE: [i32; WORDS_BEFORE] = [14, 14, 14, 6, 6, 6, 6, 6];
const CUE_BEFORE: [i32; WORDS_BEFORE] = [30, 30, 30, 30, 20, 20, 12, 12];
const AGAINST_BEFORE: [i32; WORDS_BEFORE] = [-70, -70, -50, -25, -25, -25, -25, -25];

/// What an emoji such as a telephone gives, and points beyond which it gives none.
const CUE_EMOJI: i32 = 28;
const CUE_EMOJI_BELOW: i32 = 25;

/// The least and the most that the words around a number give.
const POINTS: (i32, i32) = (-90, 45);

/// What the words near a number say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context {
    pub points: i32,
    /// A word says that it is a telephone's, that it is something else.
    pub cue: bool,
    pub against: bool,
    /// What the three words before it mean.
    pub means: u32,
    /// Whether a word says that a number comes, or near by what else it is: bits of [`mean`].
    pub near: u32,
    pub lang: u8,
    /// A letter stands right before the first digit, or after the last.
    pub letter_before: bool,
    pub letter_after: bool,
    /// Letters touch it on both sides, one of them its plus sign: a piece of something longer.
    pub letters_around: bool,
    pub hash: bool,
    /// Nothing else is in the message.
    pub alone: bool,
}

impl Context {
    const NOTHING: Self = Self {
        points: 0,
        cue: false,
        against: false,
        means: 0,
        near: 0,
        lang: NO_LANGUAGE,
        letter_before: false,
        letter_after: false,
        letters_around: false,
        hash: false,
        alone: false,
    };

    /// The words before and after some groups of a run.
    pub(super) fn of(search: &Search<'_>, groups: &[Group]) -> Self {
        let mut context = Self::NOTHING;
        let (Some(first), Some(last)) = (groups.first(), groups.last()) else { return context };
        before(search, first.first, &mut context);
        context.alone = search.is_alone(first.first, last.last);
        let lines = groups.iter().skip(1).any(|g| g.sep & sep::LINE != 0);
        after(search, last.last, lines, &mut context);
        context.letters_around = context.letter_after && letters_touch_plus(search.items, first.first);
        context.points = context.points.clamp(POINTS.0, POINTS.1);
        context
    }
}

/// Whether letters, and a plus glued to them, stand right before an item.
fn letters_touch_plus(items: &[Item], at: usize) -> bool {
    let letters = at.checked_sub(2).and_then(|i| items.get(i));
    letters.is_some_and(|i| i.kind == Kind::Word && !i.has(mean::CUE | mean::PLUS | mean::NUMBER))
        && items.get(at - 1).is_some_and(|i| i.glued() && i.is_mark(b"+"))
}

fn before(search: &Search<'_>, first: usize, context: &mut Context) {
    let items = search.items.get(..first).unwrap_or_default();
    let (Some(number), Some(nearest)) = (search.items.get(first), items.last()) else { return };
    if number.glued() {
        touching(search, nearest, context);
    }
    let crossed = number.gap == Gap::Line && !nearest.is_mark(b":");
    let mut walk = Before { search, context, words: 0, marks: 0, numbered: 0, crossed, code: false };
    for item in items.iter().rev().take(ITEMS_BEFORE) {
        let on = match item.kind {
            Kind::Mark => walk.mark(item),
            Kind::Emoji => walk.emoji(item),
            _ => walk.word(item),
        };
        if !on {
            break;
        }
        walk.crossed |= item.gap == Gap::Line;
    }
}

/// What touches the first digit.
fn touching(search: &Search<'_>, item: &Item, context: &mut Context) {
    if item.is_mark(b"_") && item.glued() {
        context.letter_before = true;
    }
    if item.kind != Kind::Word {
        return;
    }
    if !starts_unspaced(item, search.folded) {
        context.letter_before = !(item.has(mean::CUE | mean::PLUS) && item.end - item.start > 1);
    } else if item.word.is_none() {
        context.points -= 16;
    }
}

/// The way from a number to the left.
struct Before<'b, 's> {
    search: &'b Search<'s>,
    context: &'b mut Context,
    /// Words and marks seen.
    words: usize,
    marks: usize,
    /// The place of the last word that says that a number comes.
    numbered: usize,
    /// A line ends between here and the number.
    crossed: bool,
    /// The word after this one is "code".
    code: bool,
}

impl Before<'_, '_> {
    fn mark(&mut self, item: &Item) -> bool {
        self.marks += 1;
        if item.mark == b'#' && self.words == 0 && self.marks <= 2 {
            self.context.hash = true;
            self.context.points -= 25;
        }
        if item.mark == b'$' && self.marks == 1 && self.words == 0 {
            self.context.points -= 70;
        }
        true
    }

    fn emoji(&mut self, item: &Item) -> bool {
        if item.has(mean::CUE) && self.context.points < CUE_EMOJI_BELOW {
            self.context.points += CUE_EMOJI;
            self.context.cue = true;
        }
        true
    }

    /// `false` where the way ends.
    fn word(&mut self, item: &Item) -> bool {
        self.words += 1;
        if self.words > WORDS_BEFORE {
            return false;
        }
        let text = item.text(self.search.folded);
        let area = self.code && text == "area";
        self.code = text == "code";
        self.points(item, area);
        if self.words <= 2 && item.has(mean::CURRENCY) && !self.crossed {
            self.context.points -= 45;
            self.context.means |= mean::CURRENCY;
        }
        if self.words <= 3 {
            self.context.means |= item.word.map_or(0, |w| w.means);
        }
        !(self.crossed && self.words >= WORDS_ABOVE)
    }

    /// The points of a word by what it says first of all. A cue that stands nearer outweighs what is further off.
    fn points(&mut self, item: &Item, area: bool) {
        let (context, words) = (&mut *self.context, self.words);
        let place = |table: [i32; WORDS_BEFORE], words: usize| table.get(words - 1).copied().unwrap_or(0);
        if context.cue {
            return;
        }
        if item.has(mean::AGAINST) && !self.crossed {
            // `order number is 1234567`: what stands right before "number" counts as near as that.
            let named = self.numbered == words - 1 && words > 1;
            let words = if named { 1 } else { words };
            context.points += place(AGAINST_BEFORE, words);
            context.against = true;
            if words <= 3 {
                context.near |= mean::AGAINST;
            }
        } else if item.has(mean::NUMBER) && !context.against {
            self.numbered = words;
            context.points += place(NUMBER_BEFORE, words);
            context.lang = context.lang.min(item.word.filter(|w| w.value < 0).map_or(NO_LANGUAGE, |w| w.lang));
            context.near |= mean::NUMBER;
        } else if area || item.has(mean::CUE) {
            context.points += place(CUE_BEFORE, words);
            context.cue = true;
            context.lang = context.lang.min(item.word.map_or(NO_LANGUAGE, |w| w.lang));
        } else if item.has(mean::INVITE) && words <= WORDS_INVITE {
            context.points += 14;
        }
    }
}

/// `lines`: the number is told over several. What is told so may end with a line that says what it is.
fn after(search: &Search<'_>, last: usize, lines: bool, context: &mut Context) {
    let items = search.items;
    let next = items.get(last + 1);
    if let Some(next) = next.filter(|n| n.glued()) {
        touched(search, next, context);
    }
    let mut words = 0;
    for (n, item) in items.get(last + 1..).unwrap_or_default().iter().take(ITEMS_AFTER).enumerate() {
        let at = last + 1 + n;
        if item.gap == Gap::Line && !(lines && n == 0) || words >= WORDS_AFTER {
            break;
        }
        if words == 0 && extension(items, at) {
            context.points += if item.end - item.start > 1 { 25 } else { 14 };
            break;
        }
        if item.is_mark(b"?!") || item.kind == Kind::Digits {
            break;
        }
        if item.kind == Kind::Mark {
            if item.mark == b'$' && words == 0 {
                context.points -= 50;
            }
            continue;
        }
        words += 1;
        if !word_after(search, at, words, context) {
            break;
        }
    }
}

/// What touches the last digit.
fn touched(search: &Search<'_>, item: &Item, context: &mut Context) {
    if item.is_mark(b"%") {
        context.points -= 70;
    }
    context.letter_after = item.kind == Kind::Word
        && !item.has(mean::EXTENSION)
        && (item.end - item.start <= 3 || !item.has(mean::CUE))
        && !starts_unspaced(item, search.folded);
}

/// The word `words` after a number; `false` where it says all that is to be known.
fn word_after(search: &Search<'_>, at: usize, words: usize, context: &mut Context) -> bool {
    let Some(item) = search.items.get(at) else { return false };
    if item.has(mean::CUE | mean::REVERSE) {
        context.points += if words <= 2 { 18 } else { 12 };
        context.cue = true;
        context.lang = context.lang.min(item.word.filter(|w| w.value < 0).map_or(NO_LANGUAGE, |w| w.lang));
        return false;
    }
    if words == 1 && item.has(mean::UNIT | mean::CURRENCY) {
        context.points -= 50;
        context.against = true;
        context.means |= item.word.map_or(0, |w| w.means) & mean::UNIT;
    } else if words <= 3 && item.has(mean::AGAINST) && !context.cue && !in_case(search, at) {
        context.points -= 35;
        context.against = true;
    }
    if item.has(mean::INVITE) {
        context.points += 12;
    }
    true
}

/// "in case ...", which is not a case's number.
fn in_case(search: &Search<'_>, at: usize) -> bool {
    let text = |i: Option<usize>| i.and_then(|i| search.items.get(i)).map_or("", |i| i.text(search.folded));
    text(Some(at)) == "case" && text(at.checked_sub(1)) == "in"
}

/// `x3456`, `ext. 49`: an extension after a number.
fn extension(items: &[Item], at: usize) -> bool {
    let Some(item) = items.get(at).filter(|i| i.kind == Kind::Word && i.has(mean::EXTENSION)) else { return false };
    let mut after = items.get(at + 1..).unwrap_or_default().iter();
    let short = |i: &Item| i.kind == Kind::Digits && (2..=7).contains(&(i.end - i.start));
    let dotted = item.end - item.start > 1;
    after.next().is_some_and(|n| short(n) || dotted && n.is_mark(b".:") && after.next().is_some_and(short))
}

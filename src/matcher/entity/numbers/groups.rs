//! The digits of a run, in the groups in which they are written. In: digits, group by group. Out: runs, and stretches of their groups as one number.
//! Keeps: a group's digits lie in the run's, in order. Must not know: items, words, what a number is for.

use super::spoken::spell;

/// How two groups of digits are kept apart, as bits.
pub(super) mod sep {
    pub const SPACE: u16 = 1;
    pub const DASH: u16 = 1 << 1;
    pub const DOT: u16 = 1 << 2;
    pub const COMMA: u16 = 1 << 3;
    pub const SLASH: u16 = 1 << 4;
    pub const PAREN: u16 = 1 << 5;
    pub const COLON: u16 = 1 << 6;
    pub const OTHER: u16 = 1 << 7;
    pub const LINE: u16 = 1 << 8;
    pub const WORDS: u16 = 1 << 9;
    pub const EMOJI: u16 = 1 << 10;
    pub const PLUS: u16 = 1 << 11;
    /// Marks that commonly stand between the groups of a phone number.
    pub const USUAL: u16 = SPACE | DASH | DOT | PAREN;
}

/// Most digits in a run; the rest begins a new one.
const RUN_DIGITS: usize = 64;
/// Most groups in a run.
const RUN_GROUPS: usize = 40;

/// The language of what is told in none.
pub(super) const NO_LANGUAGE: u8 = 255;

/// Digits that stand together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    /// Items, first and last.
    pub first: usize,
    pub last: usize,
    /// Place and number of its digits.
    pub at: usize,
    pub len: usize,
    /// What keeps it apart from the group before.
    pub sep: u16,
    /// Spelled with words, some of them everyday words, letters for digits.
    pub words: u8,
    pub weak: u8,
    pub leet: bool,
    /// A plus stands before it; a word for a dash does.
    pub plus: bool,
    pub dash: bool,
    /// The number that a word named, and the size of what may still be added to it.
    pub value: u32,
    pub open: u32,
    pub lang: u8,
}

impl Group {
    /// A group of one item, as yet without digits.
    pub(super) const fn new(item: usize, at: usize, sep: u16) -> Self {
        Self {
            first: item,
            last: item,
            at,
            len: 0,
            sep,
            words: 0,
            weak: 0,
            leet: false,
            plus: false,
            dash: false,
            value: 0,
            open: 0,
            lang: NO_LANGUAGE,
        }
    }

    /// Takes in what is written on right behind it.
    fn append(&mut self, next: &Self) {
        self.last = next.last;
        self.len += next.len;
        self.words = self.words.saturating_add(next.words);
        self.weak = self.weak.saturating_add(next.weak);
        self.leet |= next.leet;
        self.open = next.open;
        self.value = next.value;
        if self.lang == NO_LANGUAGE {
            self.lang = next.lang;
        }
    }
}

/// Reused buffers.
#[derive(Debug, Clone, Default)]
pub(in crate::matcher::entity) struct Run {
    pub(super) digits: Vec<u8>,
    pub(super) groups: Vec<Group>,
}

impl Run {
    pub(super) fn clear(&mut self) {
        self.digits.clear();
        self.groups.clear();
    }

    pub(super) fn is_full(&self) -> bool {
        self.digits.len() >= RUN_DIGITS || self.groups.len() >= RUN_GROUPS
    }

    /// How many words spell its digits.
    pub(super) fn spelled_words(&self) -> usize {
        self.groups.iter().map(|g| usize::from(g.words)).sum()
    }

    /// Adds a group whose digits stand at the end already; one that is glued to the group before becomes part of that.
    pub(super) fn push(&mut self, group: Group, glued: bool) {
        match self.groups.last_mut() {
            Some(last) if glued => last.append(&group),
            _ => self.groups.push(group),
        }
    }

    /// Adds a Roman numeral.
    pub(super) fn push_roman(&mut self, item: usize, sep: u16, value: u32) {
        let mut group = Group::new(item, self.digits.len(), sep);
        spell(&mut self.digits, value);
        group.len = self.digits.len() - group.at;
        group.words = 1;
        self.groups.push(group);
    }
}

/// Some neighbouring groups of a run, read as one number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    pub from: usize,
    pub to: usize,
}

/// The groups of a window with their digits; there is one group at least.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch<'r> {
    pub groups: &'r [Group],
    pub first: &'r Group,
    pub last: &'r Group,
    pub digits: &'r str,
    /// What keeps its groups apart, together.
    pub seps: u16,
}

impl<'r> Stretch<'r> {
    pub(super) fn of(run: &'r Run, window: Window) -> Option<Self> {
        let groups = run.groups.get(window.from..window.to)?;
        let (first, last) = (groups.first()?, groups.last()?);
        let digits = run.digits.get(first.at..last.at + last.len).and_then(|d| std::str::from_utf8(d).ok()).unwrap_or_default();
        let seps = groups.iter().skip(1).fold(0, |all, g| all | g.sep);
        Some(Self { groups, first, last, digits, seps })
    }

    /// How many digits it has.
    pub(super) fn len(&self) -> usize {
        self.digits.len()
    }

    /// How many groups it has.
    pub(super) fn count(&self) -> usize {
        self.groups.len()
    }

    /// The length of a group; zero where there is none.
    pub(super) fn group_len(&self, n: usize) -> usize {
        self.groups.get(n).map_or(0, |g| g.len)
    }

    /// Whether its first groups have these lengths.
    pub(super) fn begins(&self, lens: &[usize]) -> bool {
        lens.iter().enumerate().all(|(n, len)| self.group_len(n) == *len)
    }

    /// Whether it has groups of these lengths and no others.
    pub(super) fn is(&self, lens: &[usize]) -> bool {
        self.count() == lens.len() && self.begins(lens)
    }

    /// The digits of one of its groups.
    pub(super) fn text(&self, group: &Group) -> &'r str {
        let start = group.at - self.first.at;
        self.digits.get(start..start + group.len).unwrap_or_default()
    }

    /// The number that a group is, where it has the digits of one.
    pub(super) fn value_of(&self, group: &Group) -> Option<u32> {
        self.text(group).parse().ok()
    }

    /// The number that a group is; zero where there is none.
    pub(super) fn value(&self, n: usize) -> u32 {
        self.groups.get(n).and_then(|g| self.value_of(g)).unwrap_or(0)
    }

    /// How many words spell it, and how many of those are everyday words.
    pub(super) fn words(&self) -> usize {
        self.groups.iter().map(|g| usize::from(g.words)).sum()
    }

    pub(super) fn weak(&self) -> usize {
        self.groups.iter().map(|g| usize::from(g.weak)).sum()
    }

    /// How many groups are one digit that no word spells.
    pub(super) fn singles(&self) -> usize {
        self.groups.iter().filter(|g| g.len == 1 && g.words == 0).count()
    }

    /// Whether nothing else keeps its groups apart than these.
    pub(super) fn only(&self, seps: u16) -> bool {
        self.seps & !seps == 0
    }

    /// Whether one of these keeps some of its groups apart.
    pub(super) fn any(&self, seps: u16) -> bool {
        self.seps & seps != 0
    }

    /// Whether each digit is the one before and one more.
    pub(super) fn rises(&self) -> bool {
        self.digits.as_bytes().windows(2).all(|w| matches!(w, [a, b] if *b == a + 1))
    }
}

//! Typed identifiers. In: a folded text. Out: hits with kind, range, canonical value and confidence. Keeps: no allocation in steady state; linear in the
//! text and charged to the budget. Must not know: rules, scores, packs, terms.
//!
//! The message is cut once into items (digits, words with what the tables know of them, marks). Over the items go the finders: `address` (e-mail, links; `schemes` and `encoded` for odd ones,
//! `mailboxes` for addresses without `@`), `handles` (accounts, cash tags; `ids` for those with a form of their own), `numbers` (phones, cards, CAS numbers, bank accounts) and, over the tokens, `wallets` (coins, IBAN). Each finder
//! gives points from 0 to 100: the form, check digits, cues near by, and words that speak against it. Where two hits overlap the surer one stays.

mod address;
mod again;
mod checks;
mod encoded;
mod handles;
mod ids;
mod items;
mod mailboxes;
mod numbers;
mod phone;
mod schemes;
mod tables;
mod turned;
mod wallets;

use crate::evasion::Evasion;
use crate::limits::Budget;
use crate::text::{Text, TokenFlags};
use items::{Item, Kind};
use serde::{Deserialize, Serialize};
use std::ops::Range;
use tables::{Tables, mean, tables};

pub use again::is_worth_rewriting;

/// What an identifier is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EntityKind {
    /// A telephone number; value in E.164 (`+14155550132`) where the country is known, national digits otherwise.
    Phone,
    /// An e-mail address; value in lower case, `local@host`.
    Email,
    /// A link or bare host; value `host/path` in lower case host.
    Link,
    /// A link to an account of a messenger or social network; value `app:handle` or `host/path` where no handle can be read.
    AppLink,
    /// A messenger or social-network handle; value `app:handle`, or `@handle` where no app is named.
    Handle,
    /// A cryptocurrency address; value `btc:...`, `eth:...` and so on.
    Wallet,
    /// An IBAN; value without spaces, upper case.
    Iban,
    /// A payment card number; value all digits.
    Card,
    /// A cash tag such as `$name`; value with its sign, lower case.
    Cashtag,
    /// A link to a payment service's account; value `host/path`.
    PayLink,
    /// A bank account given by its national numbers (sort code and account, routing number ...); value digits.
    BankAccount,
    /// A CAS registry number with a right check digit; value `7732-18-5`.
    Cas,
}

/// How the digits of a telephone number are kept apart, held against the way that its country writes it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grouping {
    /// In whatever way; also a number that no plan holds.
    #[default]
    Any,
    /// No group that the country writes together is torn apart.
    Kept,
    /// As the country writes it, or in one piece.
    Exact,
}

/// One identifier found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntityHit {
    /// What it is.
    pub kind: EntityKind,
    /// Its range in the folded text.
    pub start: u32,
    /// End of its range in the folded text.
    pub end: u32,
    /// How sure the finder is, 0 to 100: form, check digits, cues before it and words that speak against it.
    pub confidence: u8,
    /// Disguises undone.
    pub evasion: Evasion,
    /// Of a phone: its grouping, where [`EntityOptions::groupings`] asks for it.
    pub grouping: Grouping,
    value_start: u32,
    value_end: u32,
}

/// The identifiers of one message; reused.
#[derive(Debug, Clone, Default)]
pub struct EntityHits {
    hits: Vec<EntityHit>,
    values: String,
    scratch: Scratch,
}

/// The finders' buffers.
#[derive(Debug, Clone, Default)]
struct Scratch {
    items: Vec<Item>,
    run: numbers::Run,
    addresses: address::Addresses,
    handles: handles::Handles,
    mailboxes: mailboxes::Mailboxes,
    spare: String,
}

impl EntityHits {
    /// The hits, by start.
    #[must_use]
    pub fn hits(&self) -> &[EntityHit] {
        &self.hits
    }

    /// The canonical value of a hit of this collection.
    #[must_use]
    pub fn value(&self, hit: &EntityHit) -> &str {
        self.values.get(hit.value_start as usize..hit.value_end as usize).unwrap_or_default()
    }

    /// Forgets all hits.
    pub fn clear(&mut self) {
        self.hits.clear();
        self.values.clear();
    }

    /// Writes a value from its parts.
    fn value_of(&mut self, parts: &[&str]) -> Range<u32> {
        let start = self.values.len() as u32;
        for part in parts {
            self.values.push_str(part);
        }
        start..self.values.len() as u32
    }

    fn push(&mut self, finding: Finding, value: Range<u32>) {
        if finding.confidence == 0 || finding.start >= finding.end || self.hits.len() >= HITS {
            return;
        }
        self.hits.push(EntityHit {
            kind: finding.kind,
            start: finding.start as u32,
            end: finding.end as u32,
            confidence: finding.confidence,
            evasion: finding.evasion,
            grouping: Grouping::Any,
            value_start: value.start,
            value_end: value.end,
        });
    }

    /// Notes how the number that was pushed last is grouped.
    fn group_last(&mut self, start: usize, grouping: Grouping) {
        if let Some(hit) = self.hits.last_mut().filter(|h| h.start as usize == start && h.kind == EntityKind::Phone) {
            hit.grouping = grouping;
        }
    }

    /// Keeps the surest of hits that overlap, in order of their start.
    fn settle(&mut self) {
        self.hits.sort_unstable_by_key(|h| (std::cmp::Reverse(rank(h)), h.start, std::cmp::Reverse(h.end)));
        let mut kept = 0;
        for at in 0..self.hits.len() {
            let Some(hit) = self.hits.get(at).copied() else { break };
            let free = self.hits.get(..kept).unwrap_or_default().iter().all(|k| k.end <= hit.start || hit.end <= k.start);
            if free && let Some(slot) = self.hits.get_mut(kept) {
                *slot = hit;
                kept += 1;
            }
        }
        self.hits.truncate(kept);
        self.hits.sort_unstable_by_key(|h| h.start);
    }
}

/// The most hits kept of one message; [`EntityHits::settle`] compares each with each.
const HITS: usize = 128;

/// Which of two overlapping hits stays: the surer, then the longer kind of identifier.
fn rank(hit: &EntityHit) -> (u8, u8) {
    let kind = match hit.kind {
        EntityKind::Wallet | EntityKind::Iban | EntityKind::AppLink | EntityKind::PayLink => 3,
        EntityKind::Email | EntityKind::Link | EntityKind::Cas | EntityKind::Card | EntityKind::BankAccount => 2,
        EntityKind::Phone | EntityKind::Cashtag => 1,
        EntityKind::Handle => 0,
    };
    (hit.confidence / 10 + if kind >= 2 && hit.confidence >= 50 { 3 } else { 0 }, kind)
}

/// What a finder hands over; [`EntityHits::push`] makes a hit of it.
#[derive(Debug, Clone, Copy)]
struct Finding {
    kind: EntityKind,
    start: usize,
    end: usize,
    confidence: u8,
    evasion: Evasion,
}

/// One message while it is searched.
struct Search<'s> {
    text: &'s Text,
    folded: &'s str,
    source: &'s [u8],
    items: &'s [Item],
    tables: &'static Tables,
    options: &'s EntityOptions,
    budget: &'s mut Budget,
    out: &'s mut EntityHits,
    /// What the words of the message mean, together.
    means: u32,
    /// Words, digits and emoji of the message.
    wordy: usize,
    /// The first app named surely.
    app: Option<&'static str>,
    /// How often a number may still be looked for inside a longer run.
    tries: u32,
}

/// The most items looked at on either side of an identifier.
const NEAR: usize = 32;
/// The most numbers that are tried inside longer runs of one message.
const TRIES: u32 = 256;

impl<'s> Search<'s> {
    /// The original of a folded range where it is UTF-8: its letter case is as sent.
    fn cased(&self, folded: Range<usize>) -> &'s str {
        std::str::from_utf8(self.written(folded)).unwrap_or_default()
    }

    /// The original of a folded range, in bytes as sent.
    fn written(&self, folded: Range<usize>) -> &'s [u8] {
        let span = self.text.source_span(folded);
        self.source.get(span.start..span.end).unwrap_or_default()
    }

    /// Whether a word with one of these meanings stands among the `words` words before an item.
    fn word_before(&self, at: usize, words: usize, meaning: u32) -> bool {
        self.items
            .get(..at)
            .unwrap_or_default()
            .iter()
            .rev()
            .take(NEAR)
            .filter(|i| i.kind == Kind::Word || i.kind == Kind::Emoji)
            .take(words)
            .any(|i| i.has(meaning))
    }

    /// What the six words before and the four after a stretch of items mean.
    fn means_near(&self, first: usize, last: usize) -> u32 {
        let words = |i: &&Item| i.kind == Kind::Word;
        let before = self.items.get(..first).unwrap_or_default().iter().rev().take(NEAR).filter(words).take(6);
        let after = self.items.get(last + 1..).unwrap_or_default().iter().take(NEAR).filter(words).take(4);
        before.chain(after).fold(0, |all, i| all | i.word.map_or(0, |w| w.means))
    }

    /// Whether nothing else is in the message than these items.
    fn is_alone(&self, first: usize, last: usize) -> bool {
        let inside = self.items.get(first..=last).unwrap_or_default();
        inside.len() < 128 && inside.iter().filter(|i| i.is_wordy() || i.kind == Kind::Emoji).count() == self.wordy
    }

    fn means_anywhere(&self, meaning: u32) -> bool {
        self.means & meaning != 0
    }

    /// Whether the message says near by that something is written backwards.
    fn reverse_near(&self, first: usize, last: usize) -> bool {
        let near = self.items.get(first.saturating_sub(8)..first).unwrap_or_default();
        let says = |i: &Item| i.has(mean::REVERSE);
        let arrow = self.items.get(last + 1).is_some_and(|i| i.is_mark(b"<"))
            && self.items.get(last + 2).is_some_and(|i| i.glued() && i.is_mark(b"-"));
        let strong = |i: &Item| says(i) && !matches!(i.text(self.folded), "back" | "flip");
        let told = |i: &Item| {
            i.text(self.folded) == "back"
                && self.word_before(first, 8, mean::REVERSE)
                && near.iter().any(|r| matches!(r.text(self.folded), "read" | "reading" | "from"))
        };
        arrow || near.iter().any(|i| strong(i) || told(i)) || self.items.get(last + 1..).unwrap_or_default().iter().take(8).any(strong)
    }
}

/// What the rules of a program ask of the finders together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityOptions {
    /// Regions in which national phone numbers are tried, ISO 3166-1 alpha-2, in order; empty: a built-in list of the largest.
    pub countries: Vec<String>,
    /// Whether hits tell their [`Grouping`]; it costs a look into the plan of each number found.
    pub groupings: bool,
}

/// Words that the finders listen for, in folded spelling. The term index flags them while it looks up tokens, so that a message without them costs nothing
/// here.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    /// One of them opens the gate: `dot`, providers, names of apps. Everyday words (`to`, `at`) are not among them.
    pub openers: Vec<&'static str>,
    /// Names of digits and numbers: several open the gate together, or with digits.
    pub numbers: Vec<&'static str>,
}

/// How many words of a message are in the [`Vocabulary`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Heard {
    /// Of its openers.
    pub openers: u32,
    /// Of its numbers.
    pub numbers: u32,
}

impl Heard {
    /// Counts the words of a text one by one: for callers without a term index.
    #[must_use]
    pub fn listen(text: &Text, vocabulary: &Vocabulary) -> Self {
        let words = || text.tokens().iter().filter_map(|t| text.folded().get(t.range()));
        let count = |list: &[&str]| words().filter(|w| list.contains(w)).count() as u32;
        Self { openers: count(&vocabulary.openers), numbers: count(&vocabulary.numbers) }
    }
}

/// The words that the finders listen for.
#[must_use]
pub fn vocabulary() -> Vocabulary {
    Vocabulary { openers: tables().vocabulary().collect(), numbers: tables().number_words().collect() }
}

/// Finds the identifiers of a message. `source` is what `text` was read from (wallets and paths need its letter case); `heard` counts the words of
/// [`vocabulary`]. A message that holds nothing of what identifiers are made of is left at once; others cost time linear in
/// their length, charged to `budget`. Where the budget ends the hits found so far stay.
pub fn find(text: &Text, source: &[u8], heard: Heard, options: &EntityOptions, budget: &mut Budget, out: &mut EntityHits) {
    out.clear();
    if !gate(text, source, heard) {
        return;
    }
    let tables = tables();
    let mut scratch = std::mem::take(&mut out.scratch);
    let mut cut = std::mem::take(&mut scratch.items);
    items::cut(text, tables, budget, &mut cut);
    let means = cut.iter().fold(0, |all, i| all | i.word.map_or(0, |w| w.means));
    let wordy = cut.iter().filter(|i| i.is_wordy() || i.kind == Kind::Emoji).count();
    let mut search =
        Search { text, folded: text.folded(), source, items: &cut, tables, options, budget, out, means, wordy, app: None, tries: TRIES };
    address::find(&mut search, &mut scratch.addresses);
    schemes::find(&mut search);
    encoded::find(&mut search, &mut scratch.addresses, &mut scratch.spare);
    mailboxes::find(&mut search, &mut scratch.mailboxes);
    handles::find(&mut search, &mut scratch.handles);
    ids::find(&mut search);
    numbers::find(&mut search, &mut scratch.run);
    turned::find(&mut search, &mut scratch.spare);
    wallets::find(&mut search, &mut scratch.spare);
    out.settle();
    scratch.items = cut;
    out.scratch = scratch;
}

/// The fewest digits that open the gate by themselves.
const GATE_DIGITS: u32 = 5;

/// Digits, and number words counted twice, that open it together: what spells an identifier has at least so many.
const GATE_NUMBERS: u32 = 7;

fn gate(text: &Text, source: &[u8], heard: Heard) -> bool {
    let facts = text.facts();
    facts.digits >= GATE_DIGITS
        || heard.openers > 0
        || facts.digits + 2 * heard.numbers >= GATE_NUMBERS
        || facts.has_symbol(b'@')
        || facts.has_symbol(b'$')
        || facts.has_symbol(b'/')
        || facts.has_symbol(b'_')
        || facts.has_symbol(b'%') && facts.digits > 0
        || facts.has_symbol(b'.') && inner_dot(text.folded().as_bytes())
        || facts.unspaced && unspaced_gate(text)
        || facts.digits >= 4
            && (facts.has_symbol(b'#') || facts.has_symbol(b'-') && text.folded().contains("00-") || text.folded().contains("800 "))
        || text.tokens().iter().any(|t| {
            t.end - t.start >= 25
                || t.end - t.start >= 12 && (encoded::ends_like_host(text, t.range()) || items::begins_with_digit(text, t.range()))
        })
        || facts.digits > 0 && leet_gate(text)
        || facts.rewritten && turned::may_hold(source)
}

/// A long token of digits and letters, or enough characters of tokens that are nothing but digits and letters for them.
fn leet_gate(text: &Text) -> bool {
    let mut digits = 0;
    text.tokens().iter().filter(|t| t.flags.has(TokenFlags::DIGIT)).any(|t| {
        let word = text.folded().get(t.range()).unwrap_or_default();
        let readable = word.chars().all(|c| c.is_ascii_digit() || items::leet_digit(c).is_some());
        digits += if readable { word.len() } else { 0 };
        digits >= GATE_LEET || word.len() >= 6 && t.flags.has(TokenFlags::LETTER)
    })
}

/// The fewest digits and letters for digits that open the gate: a number has at least so many.
const GATE_LEET: usize = 7;

/// A message in a script without spaces: Chinese numerals for a number, or Latin letters and digits for an account.
fn unspaced_gate(text: &Text) -> bool {
    const NUMERALS: &str = "零〇一二三四五六七八九壹贰貳叁參肆伍陆陸柒捌玖幺两兩洞拐勾衣医依衫山散死寺思舞午武刘流柳溜骑齐吧爸霸酒久灵玲凌";
    let folded = text.folded();
    folded.bytes().any(|b| b.is_ascii_alphanumeric()) || folded.chars().filter(|c| !c.is_ascii() && NUMERALS.contains(*c)).count() >= 6
}

/// A dot between two characters of a word, or beside a bracket or another decoy.
fn inner_dot(folded: &[u8]) -> bool {
    let word = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || *b >= 0x80);
    let near = |b: Option<&u8>| word(b) || b.is_some_and(|b| b"[](){}<>\\^".contains(b));
    memchr::memchr_iter(b'.', folded).any(|at| {
        let (before, after) = (at.checked_sub(1).and_then(|b| folded.get(b)), folded.get(at + 1));
        near(after) && (near(before) || before == Some(&b' ') && word(at.checked_sub(2).and_then(|b| folded.get(b))))
    })
}

//! A read-only hash table from 64-bit keys to lists of numbers, and a growing one to number things while it is built. In: pairs at build time. Out: one probe per look-up, mostly one cache line. Keeps: a
//! key that was put in is found; a stranger is taken for a known key once in 2^31 or so, which verification mends. Must not know: what the numbers mean.

use crate::matcher::bulk;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::cmp::Ordering;

/// Open addressing; a slot is a tag (the low half of a key) and a payload, zero when empty.
#[derive(Debug, Clone, Default)]
pub struct KeyTable {
    /// Those where keys are at home, in the order of their high halves, and behind them as many as the last ones flow over into. The last one is empty.
    slots: Vec<u64>,
    homes: u32,
}

/// A key table as it is written: which slots are taken, and those, little endian.
#[derive(Serialize, Deserialize)]
struct Sparse<'b> {
    /// Slots that are homes; 0 for a table that was never built.
    homes: u32,
    /// Slots in all.
    slots: u32,
    #[serde(borrow)]
    is_taken: Cow<'b, [u8]>,
    #[serde(borrow)]
    taken: Cow<'b, [u8]>,
}

impl Serialize for KeyTable {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let bits = |slots: &[u64]| slots.iter().rev().fold(0u64, |bits, &slot| bits << 1 | u64::from(slot != 0));
        let is_taken = self.slots.chunks(64).flat_map(|slots| bits(slots).to_le_bytes()).collect();
        let taken = self.slots.iter().filter(|slot| **slot != 0).flat_map(|slot| slot.to_le_bytes()).collect();
        Sparse { homes: self.homes, slots: self.slots.len() as u32, is_taken: Cow::Owned(is_taken), taken: Cow::Owned(taken) }.serialize(to)
    }
}

impl<'d> Deserialize<'d> for KeyTable {
    fn deserialize<D: Deserializer<'d>>(from: D) -> Result<Self, D::Error> {
        Self::try_from(Sparse::deserialize(from)?).map_err(D::Error::custom)
    }
}

impl TryFrom<Sparse<'_>> for KeyTable {
    type Error = &'static str;

    fn try_from(sparse: Sparse<'_>) -> Result<Self, Self::Error> {
        let ((is_taken, []), (taken, [])) = (sparse.is_taken.as_chunks::<8>(), sparse.taken.as_chunks::<8>()) else {
            return Err("a table with a part of a slot");
        };
        let (homes, count) = (sparse.homes as usize, sparse.slots as usize);
        if count == 0 && homes == 0 && is_taken.is_empty() && taken.is_empty() {
            return Ok(Self::default());
        }
        // Half full when built, or somewhat less where keys fell together: so what is made is no larger than a few times what was read.
        let least = capacity_of(taken.len());
        if !(least..=least * 2).contains(&homes) || !(homes + 1..=homes + 1 + taken.len()).contains(&count) {
            return Err("a table of a size that its keys do not need");
        }
        let known: usize = is_taken.iter().map(|bits| u64::from_le_bytes(*bits).count_ones() as usize).sum();
        if is_taken.len() != count.div_ceil(64) || known != taken.len() {
            return Err("a table whose slots are not where it says");
        }
        let mut slots = vec![0; count];
        let mut next = taken.iter().map(|slot| u64::from_le_bytes(*slot));
        for (part, bits) in slots.chunks_mut(64).zip(is_taken) {
            let mut bits = u64::from_le_bytes(*bits);
            while bits != 0 {
                let at = bits.trailing_zeros() as usize;
                bits &= bits - 1;
                match (part.get_mut(at), next.next()) {
                    (Some(slot), Some(taken)) if taken != 0 => *slot = taken,
                    _ => return Err("a table with a slot that is empty or outside of it"),
                }
            }
        }
        if slots.last() == Some(&0) { Ok(Self { slots, homes: sparse.homes }) } else { Err("a table without an end") }
    }
}

/// Slots of a table of so many keys: at most half of them are taken.
fn capacity_of(keys: usize) -> usize {
    (keys * 2).max(16)
}

impl KeyTable {
    /// An empty table with room for so many keys.
    pub fn with_capacity(keys: usize) -> Self {
        let homes = capacity_of(keys);
        Self { slots: vec![0; homes + 1], homes: homes as u32 }
    }

    /// Where a key is at home: the order of keys is that of their homes, so a table of any size has its keys evenly.
    #[inline]
    const fn home(&self, key: u64) -> usize {
        (((key >> 32) * self.homes as u64) >> 32) as usize
    }

    /// Puts what is new into a slot that is free.
    #[inline]
    fn fill(&mut self, at: usize, slot: u64) {
        if let Some(free) = self.slots.get_mut(at) {
            *free = slot;
        }
        if at + 1 == self.slots.len() {
            self.slots.push(0);
        }
    }

    /// Adds a key for which there must be room. The payload must not be zero; of a key that comes again the first one stays.
    #[inline]
    pub fn insert(&mut self, key: u64, payload: u32) {
        debug_assert_ne!(payload, 0);
        let mut at = self.home(key);
        while let Some(&slot) = self.slots.get(at).filter(|slot| **slot != 0) {
            if (slot >> 32) as u32 == key as u32 {
                return;
            }
            at += 1;
        }
        self.fill(at, u64::from(key as u32) << 32 | u64::from(payload));
    }

    /// The payload of a key, zero where there is none.
    #[inline]
    pub fn get(&self, key: u64) -> u32 {
        let mut at = self.home(key);
        let tag = key as u32;
        while let Some(&slot) = self.slots.get(at) {
            if (slot >> 32) as u32 == tag || slot == 0 {
                return slot as u32;
            }
            at += 1;
        }
        0
    }

    /// Sets a bit in the payload of a key that is there, unless it has one of some others.
    pub fn mark(&mut self, key: u64, bit: u32, unless: u32) {
        let mut at = self.home(key);
        while let Some(slot) = self.slots.get_mut(at).filter(|slot| **slot != 0) {
            if (*slot >> 32) as u32 == key as u32 {
                *slot |= u64::from(if *slot as u32 & unless == 0 { bit } else { 0 });
                return;
            }
            at += 1;
        }
    }

    /// A filter of the keys whose payloads have one of some bits.
    pub fn filter(&self, bits: u32) -> KeyFilter {
        let tags = || self.slots.iter().filter(|&&slot| slot as u32 & bits != 0).map(|slot| slot >> 32);
        let mut filter = KeyFilter::with_capacity(tags().count());
        tags().for_each(|tag| filter.insert(tag));
        filter
    }

    /// Whether something holds for all payloads, and for zero.
    pub fn all_payloads(&self, holds: impl Fn(u32) -> bool) -> bool {
        bulk::all(&self.slots, |&slot| holds(slot as u32))
    }

    /// Bytes on the heap.
    pub fn heap_bytes(&self) -> usize {
        self.slots.capacity() * 8
    }
}

/// Which keys a table has, in a few bits each: it stays in the cache where the table does not. A stranger passes for a known key once in four to eight: more bits would cost more waiting for memory than they save.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct KeyFilter {
    #[serde(with = "bulk")]
    bits: Vec<u64>,
    /// Of a key's tag, the low half of it, the bits above this are its place.
    shift: u32,
}

impl KeyFilter {
    const BITS: usize = 4;

    fn with_capacity(keys: usize) -> Self {
        let bits = (keys * Self::BITS).next_power_of_two().clamp(64, 1 << 32);
        Self { bits: vec![0; bits / 64], shift: 32 - bits.trailing_zeros() }
    }

    const fn place(&self, key: u64) -> usize {
        ((key & u32::MAX as u64) >> self.shift) as usize
    }

    fn insert(&mut self, key: u64) {
        let place = self.place(key);
        if let Some(bits) = self.bits.get_mut(place / 64) {
            *bits |= 1 << (place % 64);
        }
    }

    /// Whether a key may be one of those.
    #[inline]
    pub fn may_hold(&self, key: u64) -> bool {
        let place = self.place(key);
        self.bits.get(place / 64).is_some_and(|bits| bits >> (place % 64) & 1 == 1)
    }

    /// Whether every place that a key may have is there, or none.
    pub fn is_sound(&self) -> bool {
        self.bits.is_empty() || self.shift <= 26 && self.bits.len() == 1 << (26 - self.shift)
    }

    /// Bytes on the heap.
    pub fn heap_bytes(&self) -> usize {
        self.bits.capacity() * 8
    }
}

/// Marks the payload of a list that holds a marked item.
const MARKED: u32 = 1 << 31;

/// Marks the payload of a list of one item: it is the item's place, no list's number.
const SINGLE: u32 = 1 << 30;

/// A key table whose payloads are lists.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ListTable {
    table: KeyTable,
    /// Where each longer list begins and ends in `items`.
    #[serde(with = "bulk")]
    ranges: Vec<[u32; 2]>,
    #[serde(with = "bulk")]
    items: Vec<u32>,
}

impl ListTable {
    /// Builds the table from pairs in any order; equal pairs count once. A list that holds an item that `is_marked` is so as a whole.
    pub fn build(pairs: Vec<(u64, u32)>, is_marked: impl Fn(u32) -> bool) -> Self {
        let mut sorted = sorted(&pairs);
        drop(pairs);
        sorted.dedup();
        let lists = || sorted.chunk_by(|a, b| a.0 == b.0);
        let count = lists().count();
        let mut table = KeyTable::with_capacity(count);
        let mut ranges = Vec::new();
        let mut items = Vec::with_capacity(sorted.len());
        for list in lists() {
            let start = items.len() as u32;
            items.extend(list.iter().map(|&(_, item)| item));
            let payload = if list.len() == 1 {
                SINGLE | start
            } else {
                ranges.push([start, items.len() as u32]);
                ranges.len() as u32
            };
            let mark = if list.iter().any(|&(_, item)| is_marked(item)) { MARKED } else { 0 };
            if let Some(&(key, _)) = list.first() {
                table.insert(key, payload | mark);
            }
        }
        ranges.shrink_to_fit();
        Self { table, ranges, items }
    }

    /// The list of a key; empty where there is none.
    #[inline]
    pub fn get(&self, key: u64) -> &[u32] {
        self.list(self.table.get(key))
    }

    /// The list of a key if it is marked; empty where there is none.
    #[inline]
    pub fn get_marked(&self, key: u64) -> &[u32] {
        let list = self.table.get(key);
        if list & MARKED == 0 { &[] } else { self.list(list) }
    }

    fn list(&self, payload: u32) -> &[u32] {
        let list = payload & !MARKED;
        let range = if list & SINGLE != 0 {
            let at = (list & !SINGLE) as usize;
            at..at + 1
        } else {
            let [start, end] = self.ranges.get((list as usize).wrapping_sub(1)).copied().unwrap_or_default();
            start as usize..end as usize
        };
        self.items.get(range).unwrap_or_default()
    }

    /// Whether every key has its list, and every item is one that `exists`.
    pub fn is_sound(&self, exists: impl Fn(u32) -> bool) -> bool {
        let (lists, items) = (self.ranges.len() as u32, self.items.len() as u32);
        // Without a branch, for which of the three a slot is nobody can foretell.
        let is_list = |payload: u32| {
            let (list, is_single) = (payload & !(MARKED | SINGLE), payload & SINGLE != 0);
            let (number, count) = if is_single { (list, items) } else { (list.wrapping_sub(1), lists) };
            number < count
        };
        bulk::all(&self.table.slots, |&slot| (slot == 0) | is_list(slot as u32))
            && bulk::all(&self.ranges, |&[start, end]| (start <= end) & (end <= items))
            && bulk::all(&self.items, |&item| exists(item))
    }

    /// Bytes on the heap.
    pub fn heap_bytes(&self) -> usize {
        self.table.heap_bytes() + self.ranges.capacity() * 8 + self.items.capacity() * 4
    }
}

/// Sorts items: first apart by a number below `parts` that is in the order wanted, then each part by itself.
pub fn sort_parts<T: Copy + Default>(items: &[T], parts: usize, part: impl Fn(&T) -> usize, order: impl Fn(&T, &T) -> Ordering) -> Vec<T> {
    let mut ends = vec![0u32; parts];
    for item in items {
        if let Some(count) = ends.get_mut(part(item)) {
            *count += 1;
        }
    }
    let mut sum = 0;
    for end in &mut ends {
        sum += std::mem::replace(end, sum);
    }
    let mut out = vec![T::default(); items.len()];
    for item in items {
        if let Some(next) = ends.get_mut(part(item)) {
            if let Some(slot) = out.get_mut(*next as usize) {
                *slot = *item;
            }
            *next += 1;
        }
    }
    let mut start = 0;
    for end in ends {
        match out.get_mut(start..end as usize).unwrap_or_default() {
            [] | [_] => {}
            part => part.sort_unstable_by(&order),
        }
        start = end as usize;
    }
    out
}

/// Sorts pairs whose keys are hashes.
fn sorted(pairs: &[(u64, u32)]) -> Vec<(u64, u32)> {
    let bits = (pairs.len() / 4).checked_ilog2().unwrap_or(0).max(1);
    sort_parts(pairs, 1 << bits, |pair| (pair.0 >> (64 - bits)) as usize, Ord::cmp)
}

/// A key table while it is built: its keys have numbers in the order in which they come. The keys are kept by the caller.
#[derive(Debug, Clone, Default)]
pub struct KeyNumbers {
    /// A slot has the number plus one where the table will have a payload.
    table: KeyTable,
    taken: u32,
    /// Two keys look the same to the table.
    clash: bool,
}

impl KeyNumbers {
    /// With room for so many keys.
    pub fn with_capacity(keys: usize) -> Self {
        Self { table: KeyTable::with_capacity(keys), taken: 0, clash: false }
    }

    /// The number of a key; `key_of` tells the key that has a number.
    pub fn get(&self, key: u64, key_of: impl Fn(u32) -> Option<u64>) -> Option<u32> {
        self.find(key, key_of).ok()
    }

    /// The number of a key, or the free slot for it and whether another key that looks the same stands before that.
    fn find(&self, key: u64, key_of: impl Fn(u32) -> Option<u64>) -> Result<u32, (usize, bool)> {
        let mut at = self.table.home(key);
        let mut clash = false;
        while let Some(&slot) = self.table.slots.get(at).filter(|&&slot| slot != 0) {
            if (slot >> 32) as u32 == key as u32 {
                let number = (slot as u32).wrapping_sub(1);
                if key_of(number) == Some(key) {
                    return Ok(number);
                }
                clash = true;
            }
            at += 1;
        }
        Err((at, clash))
    }

    /// The number of a key, a new one where it has none.
    #[inline]
    pub fn number(&mut self, key: u64, key_of: impl Fn(u32) -> Option<u64>) -> u32 {
        let (mut free, clash) = match self.find(key, &key_of) {
            Ok(number) => return number,
            Err(free) => free,
        };
        if (self.taken + 1) * 2 > self.table.homes {
            self.grow(&key_of);
            free = self.find(key, |_| None).err().map_or(0, |(free, _)| free);
        }
        self.clash |= clash;
        self.table.fill(free, u64::from(key as u32) << 32 | u64::from(self.taken + 1));
        self.taken += 1;
        self.taken - 1
    }

    fn grow(&mut self, key_of: impl Fn(u32) -> Option<u64>) {
        let keys = (0..self.taken).filter_map(|number| Some((number, key_of(number)?)));
        let mut larger = KeyTable::with_capacity(self.table.homes as usize);
        keys.for_each(|(number, key)| larger.insert(key, number + 1));
        self.table = larger;
    }

    /// The table of all keys with the payload of each by number: the same as if they were put in one after another.
    pub fn into_table(self, payloads: &[u32], key_of: impl Fn(u32) -> Option<u64>) -> KeyTable {
        let mut table = self.table;
        if self.clash || table.homes as usize != capacity_of(payloads.len()) {
            table = KeyTable::with_capacity(payloads.len());
            payloads.iter().zip(0..).for_each(|(&payload, number)| table.insert(key_of(number).unwrap_or(0), payload));
            return table;
        }
        for slot in table.slots.iter_mut().filter(|slot| **slot != 0) {
            let payload = payloads.get((*slot as u32).wrapping_sub(1) as usize).copied().unwrap_or(0);
            *slot = *slot >> 32 << 32 | u64::from(payload);
        }
        table
    }
}

/// Numbers by hash, while tables are built. What has a number is kept by the caller, who tells whether it is the one meant.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// Open addressing; a slot is the high half of a hash and the number plus one, zero when empty. At most half of them are taken.
    slots: Vec<u64>,
    taken: usize,
}

impl Places {
    const HASH: u64 = !(u32::MAX as u64);

    /// With room for so many numbers.
    pub fn with_capacity(numbers: usize) -> Self {
        Self { slots: vec![0; capacity_of(numbers).next_power_of_two()], taken: 0 }
    }

    /// The number under a hash for which `is_it`.
    pub fn get(&self, hash: u64, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        self.find(hash, is_it).ok()
    }

    /// The number under a hash for which `is_it`; where there is none, `next` is noted and returned.
    pub fn number(&mut self, hash: u64, next: u32, is_it: impl Fn(u32) -> bool) -> u32 {
        match self.find(hash, is_it) {
            Ok(number) => number,
            Err(mut free) => {
                if (self.taken + 1) * 2 > self.slots.len() {
                    self.grow();
                    free = self.find(hash, |_| false).unwrap_or_else(|free| free as u32) as usize;
                }
                if let Some(slot) = self.slots.get_mut(free) {
                    *slot = hash & Self::HASH | u64::from(next + 1);
                }
                self.taken += 1;
                next
            }
        }
    }

    /// The number, or the free slot.
    fn find(&self, hash: u64, is_it: impl Fn(u32) -> bool) -> Result<u32, usize> {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = self.home(hash);
        while let Some(&slot) = self.slots.get(at) {
            if slot == 0 {
                break;
            }
            let number = (slot as u32).wrapping_sub(1);
            if (slot ^ hash) & Self::HASH == 0 && is_it(number) {
                return Ok(number);
            }
            at = (at + 1) & mask;
        }
        Err(at)
    }

    fn home(&self, hash: u64) -> usize {
        hash.checked_shr(64 - self.slots.len().checked_ilog2().unwrap_or(0)).unwrap_or(0) as usize
    }

    fn grow(&mut self) {
        let larger = vec![0; (self.slots.len() * 2).max(16)];
        for slot in std::mem::replace(&mut self.slots, larger).into_iter().filter(|&slot| slot != 0) {
            if let Err(free) = self.find(slot & Self::HASH, |_| false)
                && let Some(place) = self.slots.get_mut(free)
            {
                *place = slot;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_put_in_is_found_and_strangers_are_not() {
        let key = |n: u64| n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let pairs: Vec<_> = (0..5000u32).flat_map(|n| [(key(u64::from(n) + 1), n), (key(u64::from(n) + 1), n + 7)]).collect();
        let table = ListTable::build(pairs, |item| item < 100);
        for n in 0..5000u32 {
            assert_eq!(table.get(key(u64::from(n) + 1)), [n, n + 7]);
            let marked: &[u32] = if n < 100 { &[n, n + 7] } else { &[] };
            assert_eq!(table.get_marked(key(u64::from(n) + 1)), marked);
        }
        assert!((5001..20_000).all(|n| table.get(key(n)).is_empty()));
    }

    #[test]
    fn keys_at_the_end_flow_over_and_are_read_again() {
        let key = |n: u64| u64::from(u32::MAX) << 32 | n;
        let mut table = KeyTable::with_capacity(20);
        (1..=20u32).for_each(|n| table.insert(key(u64::from(n)), n));
        let bytes = postcard::to_stdvec(&table).unwrap();
        let again: KeyTable = postcard::from_bytes(&bytes).unwrap();
        for table in [&table, &again] {
            assert!((1..=20).all(|n| table.get(key(u64::from(n))) == n));
            assert_eq!((table.get(key(21)), table.get(0), table.slots.len()), (0, 0, 60));
        }
    }

    #[test]
    fn tables_that_are_not_as_they_are_built_are_refused() {
        let mut table = KeyTable::with_capacity(20);
        (1..=20).for_each(|n| table.insert(n << 40 | n, 1));
        let read = |table: &KeyTable| postcard::from_bytes::<KeyTable>(&postcard::to_stdvec(table).unwrap());
        assert!(read(&table).is_ok() && read(&KeyTable::default()).is_ok());
        for homes in [0, 1, 39, 81, u32::MAX] {
            assert!(read(&KeyTable { homes, ..table.clone() }).is_err(), "{homes}");
        }
        let without_end = table.slots.split_last().unwrap().1.to_vec();
        assert!(read(&KeyTable { slots: without_end, ..table }).is_err());
    }

    #[test]
    fn a_filter_holds_the_keys_asked_for_and_few_others() {
        let key = |n: u64| n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut table = KeyTable::with_capacity(4000);
        (1..=4000u32).for_each(|n| table.insert(key(u64::from(n)), 8 + n % 2));
        let filter = table.filter(1);
        assert!(filter.is_sound());
        assert!((1..=4000).step_by(2).all(|n| filter.may_hold(key(n))));
        let strangers = (5000..15_000).filter(|&n| filter.may_hold(key(n))).count();
        let others = (2..=4000).step_by(2).filter(|&n| filter.may_hold(key(n))).count();
        assert!(strangers < 3000 && others < 600, "{strangers} of 10,000 strangers, {others} of 2,000 others");
        assert!(!KeyFilter::default().may_hold(key(1)) && KeyTable::default().filter(1).is_sound());
    }

    #[test]
    fn keys_that_are_numbered_make_the_table_of_one_after_another() {
        for (count, room) in [(0, 0), (1, 0), (3000, 0), (3000, 3000), (3000, 100_000)] {
            let key = |n: u32| (n < count).then(|| u64::from(n + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
            let mut numbers = KeyNumbers::with_capacity(room);
            for n in (0..count).chain(0..count) {
                assert_eq!(numbers.number(key(n).unwrap(), key), n);
            }
            assert_eq!((numbers.get(1, key), count == 0 || numbers.get(key(0).unwrap(), key) == Some(0)), (None, true));
            let payloads: Vec<u32> = (0..count).map(|n| n * 7 + 1).collect();
            let mut table = KeyTable::with_capacity(payloads.len());
            (0..count).for_each(|n| table.insert(key(n).unwrap(), payloads[n as usize]));
            let numbered = numbers.into_table(&payloads, key);
            assert_eq!((numbered.slots, numbered.homes), (table.slots, table.homes), "{count} {room}");
        }
    }

    #[test]
    fn each_thing_has_one_number_whatever_its_hash() {
        let words: Vec<String> = (0..3000).map(|n| format!("w{}", n % 1000)).collect();
        for bits in [0, 3, 40, 64] {
            let hash = |word: &str| {
                let sum = word.bytes().fold(7u64, |sum, b| (sum ^ u64::from(b)).wrapping_mul(0x9E37_79B9_7F4A_7C15));
                sum & u64::MAX.checked_shl(64 - bits).unwrap_or(0)
            };
            let (mut places, mut seen) = (Places::default(), Vec::new());
            for word in &words {
                let next = seen.len() as u32;
                let number = places.number(hash(word), next, |known| seen[known as usize] == word);
                if number == next {
                    seen.push(word);
                }
                assert_eq!(seen[number as usize], word);
                assert_eq!(places.get(hash(word), |known| seen[known as usize] == word), Some(number));
            }
            assert_eq!((seen.len(), places.get(hash("x"), |_| false)), (1000, None));
        }
    }
}

//! A read-only hash table from 64-bit keys to lists of numbers. In: pairs at build time. Out: one probe per look-up, mostly one cache line. Keeps: a
//! key that was put in is found; a stranger is taken for a known key once in 2^31 or so, which verification mends. Must not know: what the numbers mean.

/// Open addressing; a slot is a tag (high 32 bits of the key's mix) and a payload, zero when empty.
#[derive(Debug, Clone, Default)]
pub struct KeyTable {
    slots: Vec<u64>,
    shift: u32,
}

impl KeyTable {
    /// Builds the table; payloads must not be zero, keys must be distinct (a repeated key's first payload stays).
    pub fn build(pairs: &[(u64, u32)]) -> Self {
        let capacity = (pairs.len() * 2).next_power_of_two().max(16);
        let mut table = Self { slots: vec![0; capacity], shift: 64 - capacity.trailing_zeros() };
        for &(key, payload) in pairs {
            debug_assert_ne!(payload, 0);
            table.insert(key, payload);
        }
        table
    }

    fn insert(&mut self, key: u64, payload: u32) {
        let mask = self.slots.len() - 1;
        let mut at = (key >> self.shift) as usize;
        let tag = key as u32;
        while let Some(slot) = self.slots.get_mut(at) {
            if *slot == 0 {
                *slot = u64::from(tag) << 32 | u64::from(payload);
                return;
            }
            if (*slot >> 32) as u32 == tag {
                return;
            }
            at = (at + 1) & mask;
        }
    }

    /// The payload of a key, zero where there is none.
    #[inline]
    pub fn get(&self, key: u64) -> u32 {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = (key >> self.shift) as usize;
        let tag = key as u32;
        while let Some(&slot) = self.slots.get(at & mask) {
            if slot == 0 {
                return 0;
            }
            if (slot >> 32) as u32 == tag {
                return slot as u32;
            }
            at += 1;
        }
        0
    }

    /// Bytes on the heap.
    pub fn heap_bytes(&self) -> usize {
        self.slots.capacity() * 8
    }
}

/// A key table whose payloads are lists.
#[derive(Debug, Clone, Default)]
pub struct ListTable {
    table: KeyTable,
    /// Start of each list in `items`, and the end of the last.
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl ListTable {
    /// Builds the table from pairs in any order; equal pairs count once.
    pub fn build(mut pairs: Vec<(u64, u32)>) -> Self {
        pairs = sorted(pairs);
        pairs.dedup();
        let mut keys = Vec::new();
        let mut starts = Vec::new();
        let mut items = Vec::with_capacity(pairs.len());
        for (key, item) in pairs {
            if keys.last().is_none_or(|&(last, _)| last != key) {
                starts.push(items.len() as u32);
                keys.push((key, starts.len() as u32));
            }
            items.push(item);
        }
        starts.push(items.len() as u32);
        Self { table: KeyTable::build(&keys), starts, items }
    }

    /// The list of a key; empty where there is none.
    #[inline]
    pub fn get(&self, key: u64) -> &[u32] {
        match self.table.get(key) {
            0 => &[],
            list => {
                let bound = |i: u32| self.starts.get(i as usize).map_or(0, |&s| s as usize);
                self.items.get(bound(list - 1)..bound(list)).unwrap_or_default()
            }
        }
    }

    /// Bytes on the heap.
    pub fn heap_bytes(&self) -> usize {
        self.table.heap_bytes() + self.starts.capacity() * 4 + self.items.capacity() * 4
    }
}

/// Sorts pairs whose keys are hashes: first apart by the keys' leading bits, then each part by itself.
fn sorted(pairs: Vec<(u64, u32)>) -> Vec<(u64, u32)> {
    let bits = (pairs.len() / 16).checked_ilog2().unwrap_or(0);
    if bits == 0 {
        let mut pairs = pairs;
        pairs.sort_unstable();
        return pairs;
    }
    let part = |key: u64| (key >> (64 - bits)) as usize;
    let mut ends = vec![0u32; 1 << bits];
    for &(key, _) in &pairs {
        if let Some(count) = ends.get_mut(part(key)) {
            *count += 1;
        }
    }
    let mut sum = 0;
    for end in &mut ends {
        sum += std::mem::replace(end, sum);
    }
    let mut out = vec![(0, 0); pairs.len()];
    for pair in pairs {
        if let Some(next) = ends.get_mut(part(pair.0)) {
            if let Some(slot) = out.get_mut(*next as usize) {
                *slot = pair;
            }
            *next += 1;
        }
    }
    let mut start = 0;
    for end in ends {
        out.get_mut(start..end as usize).unwrap_or_default().sort_unstable();
        start = end as usize;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_put_in_is_found_and_strangers_are_not() {
        let key = |n: u64| n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let pairs: Vec<_> = (0..5000u32).flat_map(|n| [(key(u64::from(n) + 1), n), (key(u64::from(n) + 1), n + 7)]).collect();
        let table = ListTable::build(pairs);
        for n in 0..5000u32 {
            assert_eq!(table.get(key(u64::from(n) + 1)), [n, n + 7]);
        }
        assert!((5001..20_000).all(|n| table.get(key(n)).is_empty()));
    }
}

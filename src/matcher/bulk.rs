//! Long arrays in compiled programs. In: slices of numbers. Out: their bytes, little endian, and back. Keeps: one copy each way, whatever the machine; what
//! is not a whole number of items is refused. Must not know: what the numbers mean.

use serde::de::{Error, Visitor};
use serde::{Deserializer, Serializer};
use std::fmt;
use std::marker::PhantomData;

/// A value of a fixed number of bytes.
pub(crate) trait Fixed: Sized {
    /// Its bytes.
    const BYTES: usize;
    /// Appends them.
    fn put(&self, out: &mut Vec<u8>);
    /// Reads them; bytes that are not there are zero.
    fn take(bytes: &[u8]) -> Self;
    /// Reads as many as there are whole ones.
    fn take_all(bytes: &[u8]) -> Vec<Self> {
        bytes.chunks_exact(Self::BYTES).map(Self::take).collect()
    }
}

macro_rules! fixed_number {
    ($($number:ty),*) => {$(
        impl Fixed for $number {
            const BYTES: usize = size_of::<$number>();
            fn put(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }
            #[inline]
            fn take(bytes: &[u8]) -> Self {
                bytes.first_chunk().map_or(0, |bytes| Self::from_le_bytes(*bytes))
            }
            fn take_all(bytes: &[u8]) -> Vec<Self> {
                // In chunks of a known size this is one copy.
                bytes.as_chunks().0.iter().map(|bytes| Self::from_le_bytes(*bytes)).collect()
            }
        }
    )*};
}

fixed_number!(i16, u32, u64);

impl Fixed for u8 {
    const BYTES: usize = 1;
    fn put(&self, out: &mut Vec<u8>) {
        out.push(*self);
    }
    fn take(bytes: &[u8]) -> Self {
        bytes.first().copied().unwrap_or(0)
    }
    fn take_all(bytes: &[u8]) -> Vec<Self> {
        bytes.to_vec()
    }
}

impl<const N: usize> Fixed for [u32; N] {
    const BYTES: usize = 4 * N;
    fn put(&self, out: &mut Vec<u8>) {
        self.iter().for_each(|number| number.put(out));
    }
    #[inline]
    fn take(bytes: &[u8]) -> Self {
        let (numbers, _) = bytes.as_chunks::<4>();
        std::array::from_fn(|i| numbers.get(i).map_or(0, |bytes| u32::from_le_bytes(*bytes)))
    }
}

/// Whether something holds for all items, without a branch for each: most often it does, and then nothing is gained by stopping at the first for which not.
pub(crate) fn all<I: IntoIterator>(items: I, holds: impl Fn(I::Item) -> bool) -> bool {
    items.into_iter().fold(true, |all, item| all & holds(item))
}

/// Whether numbers ascend.
pub(crate) fn is_sorted(numbers: &[u32]) -> bool {
    let next = numbers.get(1..).unwrap_or_default();
    all(numbers.iter().zip(next), |(a, b)| a <= b)
}

/// For `#[serde(with = "bulk")]`.
pub(crate) fn serialize<T: Fixed, S: Serializer>(items: &[T], to: S) -> Result<S::Ok, S::Error> {
    let mut bytes = Vec::with_capacity(items.len() * T::BYTES);
    items.iter().for_each(|item| item.put(&mut bytes));
    to.serialize_bytes(&bytes)
}

/// For `#[serde(with = "bulk")]`.
pub(crate) fn deserialize<'d, T: Fixed, D: Deserializer<'d>>(from: D) -> Result<Vec<T>, D::Error> {
    struct Items<T>(PhantomData<T>);

    impl<T: Fixed> Visitor<'_> for Items<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "items of {} bytes", T::BYTES)
        }

        fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
            if bytes.len().is_multiple_of(T::BYTES) { Ok(T::take_all(bytes)) } else { Err(E::invalid_length(bytes.len(), &self)) }
        }
    }

    from.deserialize_bytes(Items(PhantomData))
}

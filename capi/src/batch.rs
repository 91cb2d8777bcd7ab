//! Columns of messages as Arrow lays them out. In: data, offsets, validity bits. Out: rows. Keeps: all offsets are checked before the first row is handed out.
#![forbid(unsafe_code)]

use crate::codes::SIDESTEP_ERROR_OFFSETS;

/// An offset of an Arrow column: 32 bits, or 64 in the large types.
pub(crate) trait Offset: Copy {
    /// The offset as an index; `None` below zero.
    fn index(self) -> Option<usize>;
}

impl Offset for i32 {
    fn index(self) -> Option<usize> {
        usize::try_from(self).ok()
    }
}

impl Offset for i64 {
    fn index(self) -> Option<usize> {
        usize::try_from(self).ok()
    }
}

/// Rows of a column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column<'a, O> {
    data: &'a [u8],
    /// One more than there are rows.
    offsets: &'a [O],
    /// One bit a row from bit `first` on, least significant first; empty: no row is null.
    validity: &'a [u8],
    first: usize,
}

impl<'a, O: Offset> Column<'a, O> {
    /// Checks every offset.
    pub(crate) fn new(data: &'a [u8], offsets: &'a [O], validity: &'a [u8], first: usize) -> Result<Self, i32> {
        let mut before = 0;
        for offset in offsets {
            match offset.index() {
                Some(at) if before <= at && at <= data.len() => before = at,
                _ => return Err(SIDESTEP_ERROR_OFFSETS),
            }
        }
        Ok(Self { data, offsets, validity, first })
    }

    /// The rows in order; `None` for a null one.
    pub(crate) fn rows(self) -> impl Iterator<Item = Option<&'a [u8]>> {
        self.offsets.windows(2).enumerate().map(move |(row, ends)| {
            let [start, end] = ends else { return None };
            let row = self.first + row;
            let valid = self.validity.is_empty() || self.validity.get(row / 8).is_some_and(|byte| byte >> (row % 8) & 1 == 1);
            if valid { self.data.get(start.index()?..end.index()?) } else { None }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_follow_offsets_and_validity_bits() {
        let column = Column::new(b"abcdef", &[1_i32, 3, 3, 6], &[0b0001_0100], 2).unwrap();
        assert_eq!(column.rows().collect::<Vec<_>>(), [Some(&b"bc"[..]), None, Some(&b"def"[..])]);
    }

    #[test]
    fn offsets_that_lie_are_refused() {
        for offsets in [&[0_i64, 7][..], &[-1, 3], &[4, 2], &[i64::MAX, i64::MAX], &[0, i64::MIN]] {
            assert_eq!(Column::new(b"abcdef", offsets, &[], 0).err(), Some(SIDESTEP_ERROR_OFFSETS), "{offsets:?}");
        }
    }
}

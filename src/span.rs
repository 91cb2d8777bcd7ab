//! Byte ranges. In: nothing. Keeps: `start <= end`. Must not know: what a range points into beyond "the original message" or "the folded text".

use serde::{Deserialize, Serialize};

/// A half-open byte range, `start..end`.
///
/// Public results use it for bytes of the message *as it was sent*; inside the library the same type names a range of the
/// folded text, and the docs of each field say which.
///
/// ```
/// use sidestep::span::Span;
/// let s = Span::new(3, 7);
/// assert_eq!((s.len(), s.contains(3), s.contains(7)), (4, true, false));
/// assert!(s.overlaps(Span::new(6, 9)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset just past the last byte.
    pub end: usize,
}

impl Span {
    /// Makes a range; an `end` before `start` gives the empty range at `start`.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end: if end < start { start } else { end } }
    }

    /// Length in bytes.
    #[must_use]
    pub const fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether the range holds no byte.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether the byte at `offset` lies inside.
    #[must_use]
    pub const fn contains(self, offset: usize) -> bool {
        self.start <= offset && offset < self.end
    }

    /// Whether the two ranges share a byte.
    #[must_use]
    pub const fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// The smallest range that holds both.
    #[must_use]
    pub const fn cover(self, other: Self) -> Self {
        Self {
            start: if self.start < other.start { self.start } else { other.start },
            end: if self.end > other.end { self.end } else { other.end },
        }
    }
}

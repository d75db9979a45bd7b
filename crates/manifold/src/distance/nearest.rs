//! The nearest points of each point, as they come from a GPU.

use std::ops::Range;

/// For each window of some rows of windows, and each point there, its k nearest others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearestLists {
    points: usize,
    k: usize,
    columns: usize,
    rows: Range<usize>,
    indices: Vec<u32>,
    lengths: Vec<u32>,
}

/// The lists of one window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowLists<'a> {
    points: usize,
    k: usize,
    indices: &'a [u32],
    lengths: &'a [u32],
}

impl NearestLists {
    /// The lists of `points` points at each window of `columns` x `rows`: row after row of windows, point after
    /// point, `k` entries each in the order that [`WindowLists::of`] gives. `None` if the numbers of indices
    /// and lengths do not match that.
    #[must_use]
    pub fn new(
        (points, k): (usize, usize),
        (columns, rows): (usize, Range<usize>),
        indices: Vec<u32>,
        lengths: Vec<u32>,
    ) -> Option<NearestLists> {
        let entries = points * k * columns * rows.len();
        let right = indices.len() == entries && lengths.len() == entries;
        right.then_some(NearestLists { points, k, columns, rows, indices, lengths })
    }

    /// Rows of windows that these lists belong to.
    #[must_use]
    pub fn rows(&self) -> Range<usize> {
        self.rows.clone()
    }

    /// The lists of the window in this column and row; both must be among those here.
    #[must_use]
    pub fn window(&self, column: usize, row: usize) -> WindowLists<'_> {
        let entries = self.points * self.k;
        let start = ((row - self.rows.start) * self.columns + column) * entries;
        let (points, k) = (self.points, self.k);
        WindowLists {
            points,
            k,
            indices: &self.indices[start..start + entries],
            lengths: &self.lengths[start..start + entries],
        }
    }
}

impl<'a> WindowLists<'a> {
    /// Number of points.
    #[must_use]
    pub fn points(&self) -> usize {
        self.points
    }

    /// Neighbors of each point.
    #[must_use]
    pub fn k(&self) -> usize {
        self.k
    }

    /// (neighbor, length) of point `i`, by distance, then index. A length is the distance in the unit
    /// that was requested, rounded, and at least 1.
    #[must_use]
    pub fn of(&self, i: usize) -> impl ExactSizeIterator<Item = (u32, u32)> + 'a {
        let range = i * self.k..(i + 1) * self.k;
        self.indices[range.clone()].iter().copied().zip(self.lengths[range].iter().copied())
    }
}

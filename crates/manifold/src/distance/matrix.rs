//! Distances between all pairs of n points.

use super::DistanceError;

/// Euclidean distances between `n` points: the strict upper triangle, row by row, i.e. the pairs
/// (0,1), (0,2), …, (0,n-1), (1,2), … Finite and non-negative.
#[derive(Clone, Debug, PartialEq)]
pub struct DistanceMatrix {
    n: usize,
    upper: Vec<f32>,
}

impl DistanceMatrix {
    /// Entries in the strict upper triangle of `n` points.
    #[must_use]
    pub const fn pairs(n: usize) -> usize {
        n * n.saturating_sub(1) / 2
    }

    /// Takes `n (n - 1) / 2` distances in the order of the type's description. Fails on another
    /// length, and on a negative or non-finite entry. `n` is at least 1.
    pub fn from_upper(n: usize, upper: Vec<f32>) -> Result<DistanceMatrix, DistanceError> {
        if n == 0 {
            return Err(DistanceError::NoPoints);
        }
        let expected = Self::pairs(n);
        if upper.len() != expected {
            return Err(DistanceError::UpperLength { n, expected, got: upper.len() });
        }
        let matrix = DistanceMatrix { n, upper };
        for i in 0..n {
            for (j, &value) in (i + 1..n).zip(matrix.upper_row(i)) {
                if !(value.is_finite() && value >= 0.0) {
                    return Err(DistanceError::NotADistance { i, j, value });
                }
            }
        }
        Ok(matrix)
    }

    /// Calls `distance(i, j)` for every pair i < j in order. Fails like [`Self::from_upper`].
    pub fn from_fn(
        n: usize,
        mut distance: impl FnMut(usize, usize) -> f32,
    ) -> Result<DistanceMatrix, DistanceError> {
        let mut upper = Vec::with_capacity(Self::pairs(n));
        for i in 0..n {
            upper.extend((i + 1..n).map(|j| distance(i, j)));
        }
        Self::from_upper(n, upper)
    }

    /// Number of points.
    #[must_use]
    pub fn n(&self) -> usize {
        self.n
    }

    /// Distance between points `i` and `j`, both below `n`; 0 where they are equal.
    #[must_use]
    pub fn get(&self, i: usize, j: usize) -> f32 {
        let (low, high) = (i.min(j), i.max(j));
        if low == high { 0.0 } else { self.upper[self.row_start(low) + high - low - 1] }
    }

    /// Distances of point `i` to the points `i + 1 .. n`.
    #[must_use]
    pub fn upper_row(&self, i: usize) -> &[f32] {
        let start = self.row_start(i);
        &self.upper[start..start + self.n - i - 1]
    }

    /// Distances of point `i` to all points 0, 1, …, n - 1, itself (0) included.
    #[must_use]
    pub fn row(&self, i: usize) -> impl ExactSizeIterator<Item = f32> + '_ {
        (0..self.n).map(move |j| self.get(i, j))
    }

    /// The whole triangle, in the order of the type's description.
    #[must_use]
    pub fn upper(&self) -> &[f32] {
        &self.upper
    }

    fn row_start(&self, i: usize) -> usize {
        i * (2 * self.n - i - 1) / 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_lie_where_the_order_says() {
        let m = DistanceMatrix::from_fn(5, |i, j| (10 * i + j) as f32).unwrap();
        for i in 0..5 {
            for j in 0..5 {
                let expected = if i == j { 0 } else { 10 * i.min(j) + i.max(j) };
                assert_eq!(m.get(i, j), expected as f32);
            }
            assert_eq!(m.row(i).collect::<Vec<_>>(), (0..5).map(|j| m.get(i, j)).collect::<Vec<_>>());
        }
        assert_eq!(m.upper_row(2), [23.0, 24.0]);
        assert_eq!(m.upper_row(4), [0.0; 0]);
        assert_eq!(m.upper().len(), DistanceMatrix::pairs(5));
    }

    #[test]
    fn one_point_has_an_empty_triangle() {
        let m = DistanceMatrix::from_upper(1, vec![]).unwrap();
        assert_eq!((m.n(), m.get(0, 0)), (1, 0.0));
    }

    #[test]
    fn refuses_what_is_not_a_distance() {
        assert_eq!(DistanceMatrix::from_upper(0, vec![]), Err(DistanceError::NoPoints));
        assert_eq!(
            DistanceMatrix::from_upper(3, vec![1.0]),
            Err(DistanceError::UpperLength { n: 3, expected: 3, got: 1 })
        );
        for value in [-1.0, f32::INFINITY] {
            assert_eq!(
                DistanceMatrix::from_upper(3, vec![1.0, 2.0, value]),
                Err(DistanceError::NotADistance { i: 1, j: 2, value })
            );
        }
        assert!(DistanceMatrix::from_upper(2, vec![f32::NAN]).is_err());
    }
}

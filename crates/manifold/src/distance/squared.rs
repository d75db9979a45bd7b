//! Exact squared distances between all pairs: the form that selecting neighbors reads.

use super::{DistanceError, DistanceMatrix};

/// Squared distances between `n` points, exact integers in units of 1 / `divisor` of a squared
/// gray level. The whole symmetric matrix is kept, row after row: selecting the k smallest of a
/// row reads it in order.
///
/// `divisor` is 1 for plain distances, where an entry is Σ (a - b)², and the number of pixels m
/// for leveled ones, where an entry is m Σ (a - b)² - (Σa - Σb)², i.e. m times the squared
/// distance of the patches less their own means.
///
/// A buffer: one value serves any number of windows without allocating again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SquaredDistances {
    n: usize,
    divisor: u64,
    values: Vec<u64>,
}

impl SquaredDistances {
    /// An empty buffer for `n` points: all distances 0, `divisor` 1.
    #[must_use]
    pub fn new(n: usize) -> SquaredDistances {
        SquaredDistances { n, divisor: 1, values: vec![0; n * n] }
    }

    /// Takes `value(i, j)`, which must be symmetric and 0 for i = j, in squared gray levels.
    pub fn from_fn(n: usize, value: impl Fn(usize, usize) -> u64) -> SquaredDistances {
        let values = (0..n * n).map(|at| value(at / n, at % n)).collect();
        SquaredDistances { n, divisor: 1, values }
    }

    /// Number of points.
    #[must_use]
    pub fn n(&self) -> usize {
        self.n
    }

    /// Units of one squared gray level; see the type's description.
    #[must_use]
    pub fn divisor(&self) -> u64 {
        self.divisor
    }

    /// Squared distances of point `i` to all points, itself (0) included, in units of 1 / `divisor`.
    #[must_use]
    pub fn row(&self, i: usize) -> &[u64] {
        &self.values[i * self.n..(i + 1) * self.n]
    }

    /// Squared distance of two points in units of 1 / `divisor`.
    #[must_use]
    pub fn get(&self, i: usize, j: usize) -> u64 {
        self.values[i * self.n + j]
    }

    /// The n x n matrix, row after row.
    #[must_use]
    pub fn values(&self) -> &[u64] {
        &self.values
    }

    /// Euclidean distance of two points in gray levels.
    #[must_use]
    pub fn distance(&self, i: usize, j: usize) -> f64 {
        (self.get(i, j) as f64 / self.divisor as f64).sqrt()
    }

    /// The same as distances in gray levels, rounded to `f32`. Fails when there is no point.
    pub fn to_matrix(&self) -> Result<DistanceMatrix, DistanceError> {
        DistanceMatrix::from_fn(self.n, |i, j| self.distance(i, j) as f32)
    }

    /// Makes room for `n` points, sets the unit of the entries, and hands them out.
    pub fn reset(&mut self, n: usize, divisor: u64) -> &mut [u64] {
        self.n = n;
        self.divisor = divisor;
        self.values.resize(n * n, 0);
        &mut self.values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_roots_in_gray_levels() {
        let mut squared = SquaredDistances::new(2);
        squared.reset(2, 4).copy_from_slice(&[0, 36, 36, 0]);
        assert_eq!(squared.distance(1, 0), 3.0);
        assert_eq!(squared.row(1), [36, 0]);
        assert_eq!(squared.to_matrix().unwrap().upper(), [3.0]);
        assert!(SquaredDistances::new(0).to_matrix().is_err());
    }
}

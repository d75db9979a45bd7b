//! The factors.

use algebra::{MatMut, MatRef, Skinny as _, Working as _};

use crate::embed::linear::sum_in_order;
use crate::points::Points;

/// Points processed in one go.
pub(super) const ROWS: usize = 256;

/// W (n x k) and Hᵀ (d x k), both row by row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Factors {
    pub k: usize,
    pub weights: Vec<f32>,
    pub parts: Vec<f32>,
}

/// AᵀA (k x k) for `values` of k to a row, in 64 bits.
pub(super) fn square(values: &[f32], k: usize) -> Vec<f32> {
    let part = |range: std::ops::Range<usize>| {
        let rows = &values[range.start * k..range.end * k];
        let mut sum = vec![0.0f32; k * k];
        f32::transposed_times(rows, k, rows, k, &mut sum);
        sum.iter().map(|&x| f64::from(x)).collect::<Vec<f64>>()
    };
    let add = |total: &mut Vec<f64>, part: Vec<f64>| total.iter_mut().zip(part).for_each(|(t, p)| *t += p);
    let total = sum_in_order(values.len() / k, ROWS, part, add).unwrap_or_default();
    total.into_iter().map(|x| x as f32).collect()
}

/// to = A B.
pub(super) fn times(to: &mut [f32], a: MatRef<'_, f32>, b: MatRef<'_, f32>) {
    let to = MatMut::from_row_major_slice_mut(to, a.nrows(), b.ncols());
    f32::multiply(to, a, b);
}

impl Factors {
    /// Both times a power of two.
    pub(super) fn scaled(mut self, scale: f32) -> Factors {
        self.weights.iter_mut().chain(&mut self.parts).for_each(|x| *x *= scale);
        self
    }

    /// |X - WH|, the differences taken in 64 bits.
    pub(super) fn error(&self, points: &Points) -> f64 {
        let (k, d) = (self.k, points.dimensions());
        let parts = MatRef::from_row_major_slice(&self.parts, d, k);
        let part = |range: std::ops::Range<usize>| {
            let weights = &self.weights[range.start * k..range.end * k];
            let mut sums = vec![0.0f32; range.len() * d];
            let rows = MatRef::from_row_major_slice(weights, range.len(), k);
            times(&mut sums, rows, parts.transpose());
            let values = &points.values()[range.start * d..range.end * d];
            let squares = sums.iter().zip(values).map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2));
            squares.sum::<f64>()
        };
        sum_in_order(points.n(), ROWS, part, |total, part| *total += part).unwrap_or(0.0).sqrt()
    }
}

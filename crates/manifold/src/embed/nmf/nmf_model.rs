//! The factors.

use algebra::{MatMut, MatRef, Skinny as _, Working as _};

use super::{EmbedError, Embedding, descent, refuse_negative};
use crate::checked::{checked, is_table, not_negative};
use crate::embed::Transform;
use crate::embed::linear::sum_in_order;
use crate::points::Points;
use crate::progress::Progress;

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

checked! {
    /// Parts and how much of each the points have.
    #[derive(Clone, Debug, PartialEq)]
    pub struct NmfModel {
        embedding: Embedding,
        columns: usize,
        components: Vec<f32>,
        error: f64,
        relative: f64,
        steps: usize,
        converged: bool,
    }
}

impl NmfModel {
    fn is_whole(&self) -> bool {
        self.columns > 0
            && is_table(self.components.len(), self.embedding.dimensions(), self.columns)
            && not_negative(&self.components)
            && not_negative(self.embedding.coordinates())
            && not_negative(&[self.error, self.relative])
    }

    pub(super) fn new(
        points: &Points,
        factors: Factors,
        steps: usize,
        converged: bool,
    ) -> Result<NmfModel, EmbedError> {
        let (k, d) = (factors.k, points.dimensions());
        let error = factors.error(points);
        let length = points.values().iter().map(|&x| f64::from(x).powi(2)).sum::<f64>().sqrt();
        let relative = if length > 0.0 { error / length } else { 0.0 };
        let components = (0..k * d).map(|at| factors.parts[at % d * k + at / d]).collect();
        let weights = factors.weights.iter().map(|&w| f64::from(w)).collect();
        let embedding = Embedding::computed(k, weights)?;
        Ok(NmfModel { embedding, columns: d, components, error, relative, steps, converged })
    }

    /// W: how much of each part each point has.
    #[must_use]
    pub fn embedding(&self) -> &Embedding {
        &self.embedding
    }

    /// The parts: k rows of d, one after the other.
    #[must_use]
    pub fn components(&self) -> &[f32] {
        &self.components
    }

    /// Part `i`.
    #[must_use]
    pub fn component(&self, i: usize) -> &[f32] {
        &self.components[i * self.columns..(i + 1) * self.columns]
    }

    /// |X - WH|, the Frobenius norm.
    #[must_use]
    pub fn reconstruction_error(&self) -> f64 {
        self.error
    }

    /// The same relative to |X|.
    #[must_use]
    pub fn relative_error(&self) -> f64 {
        self.relative
    }

    /// Steps taken.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// Whether the tolerance was reached.
    #[must_use]
    pub fn converged(&self) -> bool {
        self.converged
    }
}

impl Transform for NmfModel {
    /// How much of each part new points have: the non-negative least squares fit, by coordinate descent.
    fn transform(&self, points: &Points, _progress: &dyn Progress) -> Result<Embedding, EmbedError> {
        if points.dimensions() != self.columns {
            return Err(EmbedError::NewPoints { given: points.dimensions(), wanted: self.columns });
        }
        refuse_negative(points)?;
        let k = self.components.len() / self.columns;
        Embedding::computed(k, descent::fit_weights(points, &self.components, k))
    }
}

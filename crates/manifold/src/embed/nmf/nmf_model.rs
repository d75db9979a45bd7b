//! What non-negative matrix factorization finds.

use super::factors::Factors;
use super::{EmbedError, Embedding, descent, refuse_negative};
use crate::checked::{checked, is_table, not_negative};
use crate::embed::Transform;
use crate::points::Points;
use crate::progress::Progress;

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

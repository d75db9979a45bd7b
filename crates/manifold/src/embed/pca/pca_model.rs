//! The fitted analysis.

use algebra::Mat;

use super::solve::{Axes, exact};
use crate::checked::{checked, finite, is_table, not_negative};
use crate::embed::Transform;
use crate::embed::linear::{Centered, project};
use crate::embed::{EmbedError, Embedding};
use crate::points::Points;
use crate::progress::Progress;

checked! {
    /// Components, energies and scores.
    #[derive(Clone, Debug, PartialEq)]
    pub struct PcaModel {
        embedding: Embedding,
        mean: Vec<f64>,
        components: Vec<f64>,
        singular: Vec<f64>,
        variance: Vec<f64>,
        total: f64,
        noise: f64,
        whiten: bool,
    }
}

impl PcaModel {
    fn is_whole(&self) -> bool {
        let (d, k) = (self.mean.len(), self.embedding.dimensions());
        let sizes = d > 0 && is_table(self.components.len(), k, d);
        sizes
            && [self.singular.len(), self.variance.len()] == [k, k]
            && finite(&self.mean)
            && finite(&self.components)
            && not_negative(&self.singular)
            && not_negative(&self.variance)
            && self.variance[0] > 0.0
            && not_negative(&[self.total, self.noise])
            && self.total > 0.0
    }

    pub(super) fn new(mean: Vec<f64>, axes: Axes, n: usize, whiten: bool) -> PcaModel {
        let (d, k) = axes.components.shape();
        let components = (0..k * d).map(|at| axes.components[(at % d, at / d)]).collect();
        let freedom = (n - 1) as f64;
        let variance: Vec<f64> = axes.singular.iter().map(|s| s * s / freedom).collect();
        let total = axes.squares / freedom;
        let rest = (total - variance.iter().sum::<f64>()).max(0.0);
        let noise = if n.min(d) > k { rest / (n.min(d) - k) as f64 } else { 0.0 };
        let embedding = Embedding::empty(k);
        PcaModel { embedding, mean, components, singular: axes.singular, variance, total, noise, whiten }
    }

    pub(super) fn set_embedding(&mut self, embedding: Embedding) {
        self.embedding = embedding;
    }

    /// Scores of the points that were fitted.
    #[must_use]
    pub fn embedding(&self) -> &Embedding {
        &self.embedding
    }

    /// Mean of each column.
    #[must_use]
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }

    /// Component `i`: a unit vector of d numbers.
    #[must_use]
    pub fn component(&self, i: usize) -> &[f64] {
        &self.components[i * self.mean.len()..(i + 1) * self.mean.len()]
    }

    /// All components, one after the other.
    #[must_use]
    pub fn components(&self) -> &[f64] {
        &self.components
    }

    /// Singular values of the centered table, descending.
    #[must_use]
    pub fn singular_values(&self) -> &[f64] {
        &self.singular
    }

    /// Energy of each component: the variance of its scores (n - 1 degrees of freedom).
    #[must_use]
    pub fn explained_variance(&self) -> &[f64] {
        &self.variance
    }

    /// Share of each component in the energy of all d.
    #[must_use]
    pub fn explained_variance_ratio(&self) -> Vec<f64> {
        self.variance.iter().map(|variance| variance / self.total).collect()
    }

    /// Variance of the table, all columns together.
    #[must_use]
    pub fn total_variance(&self) -> f64 {
        self.total
    }

    /// Mean variance of the directions that were left out, 0 if there are none: what probabilistic PCA
    /// takes for noise.
    #[must_use]
    pub fn noise_variance(&self) -> f64 {
        self.noise
    }

    /// Whether coordinates are scaled to unit variance.
    #[must_use]
    pub fn whitened(&self) -> bool {
        self.whiten
    }

    /// What scores are divided by; infinity for components without energy.
    fn lengths(&self) -> impl Iterator<Item = f64> {
        let least = f64::EPSILON * self.variance[0];
        self.variance.iter().map(move |&v| match self.whiten {
            true if v <= least => f64::INFINITY,
            true => v.sqrt(),
            false => 1.0,
        })
    }

    pub(super) fn scores(&self, points: &Points) -> Vec<f64> {
        let (d, k) = (self.mean.len(), self.variance.len());
        let lengths: Vec<f64> = self.lengths().collect();
        let entry = |i: usize, j: usize| self.components[j * d + i] / lengths[j];
        let table = Centered { points, center: &self.mean };
        if exact(points.n() as f64 * (d * k) as f64, points) {
            project::<f64>(&table, Mat::from_fn(d, k, entry).as_ref())
        } else {
            project::<f32>(&table, Mat::from_fn(d, k, |i, j| entry(i, j) as f32).as_ref())
        }
    }

    /// The points that have these scores: the best reconstruction of what was transformed.
    pub fn inverse_transform(&self, scores: &Embedding) -> Result<Points, EmbedError> {
        let (d, k) = (self.mean.len(), self.variance.len());
        if scores.dimensions() != k {
            return Err(EmbedError::NewPoints { given: scores.dimensions(), wanted: k });
        }
        let lengths: Vec<f64> =
            self.lengths().map(|length| if length.is_finite() { length } else { 0.0 }).collect();
        let mut values = Vec::with_capacity(scores.n() * d);
        let mut sum = vec![0.0; d];
        for i in 0..scores.n() {
            sum.copy_from_slice(&self.mean);
            for ((score, length), component) in
                scores.point(i).iter().zip(&lengths).zip(self.components.chunks_exact(d))
            {
                sum.iter_mut().zip(component).for_each(|(sum, v)| *sum += score * length * v);
            }
            values.extend(sum.iter().map(|&x| x as f32));
        }
        Ok(Points::new(values, d)?)
    }

    /// Root of the mean squared distance between the points and their reconstruction.
    pub fn reconstruction_error(&self, points: &Points, progress: &dyn Progress) -> Result<f64, EmbedError> {
        let back = self.inverse_transform(&self.transform(points, progress)?)?;
        let pairs = points.values().iter().zip(back.values());
        let squares: f64 = pairs.map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2)).sum();
        Ok((squares / points.n() as f64).sqrt())
    }
}

impl Transform for PcaModel {
    /// Scores of new points.
    fn transform(&self, points: &Points, _progress: &dyn Progress) -> Result<Embedding, EmbedError> {
        if points.dimensions() != self.mean.len() {
            return Err(EmbedError::NewPoints { given: points.dimensions(), wanted: self.mean.len() });
        }
        Embedding::computed(self.variance.len(), self.scores(points))
    }
}

//! Principal component analysis.
//!
//! With the n x d table X, its mean m and Xc = X - 1mᵀ: S = XcᵀXc / (n - 1) = Σ λ_i v_i v_iᵀ,
//! λ_1 >= λ_2 >= … Component i is v_i, its energy (explained variance) λ_i, the scores of a point x
//! vᵢᵀ(x - m), and their sum with the components, m + Σ score_i v_i, is the point of the k-dimensional
//! plane nearest to x. The singular values of Xc are √((n - 1) λ_i). Whitened scores are divided by √λ_i.
//! Signs: the entry of largest magnitude of each v_i is positive.
//!
//! There are three ways to the same answer: see [`PcaSolver`]. Products of large tables are summed in 32 bits over up to
//! 4096 rows and in 64 beyond: components whose energy is below 1e-6 of the largest are lost in it
//! unless the solver is [`PcaSolver::Svd`], which works in 64 bits throughout, as the others do for
//! small tables.
//! Source: Pearson, Phil. Mag. 2 (1901); Hotelling, J. Educ. Psych. 24 (1933); randomized: Halko, Martinsson
//! and Tropp, SIAM Review 53 (2011), algorithm 4.4.
//!
//! ```
//! use manifold::embed::{Fit, Pca};
//! use manifold::points::Points;
//! use manifold::progress::Silent;
//!
//! let points = Points::new(vec![0.0, 0.0, 1.0, 2.0, 2.0, 4.0, 3.0, 6.0], 2)?;
//! let model = Pca::new(1).fit(&points, &Silent)?;
//! assert!((model.explained_variance_ratio()[0] - 1.0).abs() < 1e-12); // all lie on a line
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod pca_model;
mod solve;
#[cfg(test)]
mod tests;

use algebra::Mat;

use crate::embed::Fit;
use crate::embed::{EmbedError, Embedding};
use crate::points::Points;
use crate::progress::{Progress, Stage};

use super::linear::{Centered, column_means, project};
pub use pca_model::PcaModel;

/// Left vectors (n x k), values and right vectors (d x k) of a table.
pub(super) struct Singular {
    pub left: Mat<f64>,
    pub values: Vec<f64>,
    pub right: Mat<f64>,
}

/// Of the table itself, not centered.
pub(super) fn singular_vectors(
    points: &Points,
    k: usize,
    solver: PcaSolver,
    seed: u64,
) -> Result<Singular, EmbedError> {
    let origin = vec![0.0; points.dimensions()];
    let table = Centered { points, center: &origin };
    let found = solve::axes(&table, k, solver, seed)?;
    let scores = project::<f64>(&table, found.components.as_ref());
    let length = |j: usize| found.singular[j].max(f64::MIN_POSITIVE);
    let left = Mat::from_fn(points.n(), k, |i, j| scores[i * k + j] / length(j));
    Ok(Singular { left, values: found.singular, right: found.components })
}

/// How the components are found.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum PcaSolver {
    /// [`Eigen`](PcaSolver::Eigen) while the smaller side of the table is at most 1500, or a fifth or more
    /// of it is requested; else [`Randomized`](PcaSolver::Randomized) with 10 and 4.
    #[default]
    Auto,
    /// All eigenvectors of the d x d covariance, or where n < d of the n x n matrix XcXcᵀ.
    Eigen,
    /// All singular vectors of Xc, in 64 bits: slower, and exact to the last component.
    Svd,
    /// A random subspace of k + `oversampling` dimensions that is multiplied `power_iterations` times by
    /// the covariance. Good if energies fall off; otherwise the components beyond get mixed.
    Randomized {
        /// Dimensions beyond those requested.
        oversampling: usize,
        /// Products with the covariance.
        power_iterations: usize,
    },
}

/// Settings of the analysis.
#[derive(Clone, Debug, PartialEq)]
pub struct Pca {
    dimensions: usize,
    solver: PcaSolver,
    whiten: bool,
    seed: u64,
}

impl Pca {
    /// Keeps `dimensions` components: from 1 to the smaller of n and d. [`PcaSolver::Auto`], no
    /// whitening, seed 0.
    #[must_use]
    pub fn new(dimensions: usize) -> Pca {
        Pca { dimensions, solver: PcaSolver::default(), whiten: false, seed: 0 }
    }

    /// How the components are found.
    #[must_use]
    pub fn solver(self, solver: PcaSolver) -> Pca {
        Pca { solver, ..self }
    }

    /// Whether scores are brought to variance 1; those of components without energy are 0.
    #[must_use]
    pub fn whiten(self, whiten: bool) -> Pca {
        Pca { whiten, ..self }
    }

    /// Seed of the randomized solver; the others need none.
    #[must_use]
    pub fn seed(self, seed: u64) -> Pca {
        Pca { seed, ..self }
    }
}

impl Fit<Points> for Pca {
    type Model = PcaModel;

    fn fit(&self, points: &Points, progress: &dyn Progress) -> Result<PcaModel, EmbedError> {
        let (n, d) = (points.n(), points.dimensions());
        if n < 2 {
            return Err(EmbedError::TooFew { n, needed: 2 });
        }
        let most = n.min(d);
        if self.dimensions == 0 || self.dimensions > most {
            return Err(EmbedError::Dimensions { dimensions: self.dimensions, most });
        }
        let told = |done| match progress.advance(Stage::EIGENVECTORS, done, Some(2)) {
            std::ops::ControlFlow::Break(()) => Err(EmbedError::Canceled),
            std::ops::ControlFlow::Continue(()) => Ok(()),
        };
        told(0)?;
        let mean = column_means(points);
        let table = Centered { points, center: &mean };
        let axes = solve::axes(&table, self.dimensions, self.solver, self.seed)?;
        if axes.squares <= 0.0 {
            return Err(EmbedError::Coincide);
        }
        told(1)?;
        let mut model = PcaModel::new(mean, axes, n, self.whiten);
        let scores = model.scores(points);
        model.set_embedding(Embedding::computed(self.dimensions, scores)?);
        told(2)?;
        Ok(model)
    }
}

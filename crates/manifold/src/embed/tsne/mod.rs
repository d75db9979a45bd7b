//! SNE and t-SNE: neighbors stay neighbors.
//!
//! From affinities P of the points ([`affinity`]) the embedding y minimizes
//!
//! KL(P‖Q) = Σ_ij P_ij ln(P_ij / Q_ij), Q_ij = w(|y_i − y_j|²) / Z, Z = Σ_{i≠j} w(|y_i − y_j|²),
//! w(d²) = (1 + d²/ν)^(−(ν+1)/2).
//!
//! ν = 1 degree of freedom is t-SNE; as ν grows w becomes Gauss' exp(−d²/2), symmetric SNE; below 1
//! the tails are heavier and clusters fall apart further. With φ_i = Σ_j w(|y_i − y_j|²) the gradient
//! is 2(ν+1)/ν Σ_j P_ij (y_i − y_j)/(1 + d_ij²/ν) + (2/Z)∇φ_i: attraction is summed over neighbors
//! ([`attraction`]), repulsion is the gradient of one potential, computed pair by pair ([`exact`]),
//! by a tree of cells ([`tree`]) or by a spline on a grid ([`spline`]).
//!
//! Sources: Hinton and Roweis, Stochastic neighbor embedding, NIPS 2002; van der Maaten and Hinton,
//! Visualizing data using t-SNE, JMLR 9 (2008); van der Maaten, Accelerating t-SNE using tree-based
//! algorithms, JMLR 15 (2014); Linderman et al., Nature Methods 16 (2019); Kobak et al., Heavy-tailed
//! kernels, ECML 2019; learning rate n/exaggeration and PCA start: Belkina et al. and Kobak and
//! Berens, Nature Communications 10 (2019).
//!
//! ```
//! use manifold::embed::{EmbedError, Fit, Tsne};
//! use manifold::points::Points;
//! use manifold::progress::Silent;
//!
//! // Two clusters of ten points each.
//! let values = (0..20).flat_map(|i| [(i / 10 * 9) as f32, (i % 10) as f32 * 0.1]).collect();
//! let model = Tsne::new(2).perplexity(3.0).fit(&Points::new(values, 2)?, &Silent)?;
//! assert!(model.kl() < 0.5);
//! # Ok::<(), EmbedError>(())
//! ```

mod affinity;
mod attraction;
#[cfg_attr(not(feature = "cuda"), path = "cuda_disabled.rs")]
mod cuda;
mod descent;
mod exact;
mod fit;
mod place;
mod spline;
mod start;
mod tail;
#[cfg(test)]
mod tests;
mod tree;
mod tsne_model;

use super::{EmbedError, Embedding};
use crate::device::Device;
use crate::knn::Search;

pub use fit::FEWEST_ON_GRID;
pub use tsne_model::TsneModel;

/// How repulsion is computed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Gradient {
    /// Exact for few points; else interpolated in the plane, Barnes-Hut with θ = 0.5 elsewhere. On a GPU
    /// exact there as well.
    #[default]
    Auto,
    /// Pair by pair.
    Exact,
    /// Cells of width s count as one point at distances above s/θ; 0 <= θ <= 1. On the CPU alone.
    BarnesHut {
        /// Size of a cell over its distance up to which it stands for its points.
        theta: f64,
    },
    /// By splines on a grid: 2 dimensions only. Up to [`FEWEST_ON_GRID`] points pair by pair.
    Interpolated,
}

/// Where the points start.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Start {
    /// At their leading principal components, shrunk to a standard deviation of 1e-4. From
    /// distances or neighbors, which have none, at random.
    #[default]
    Pca,
    /// At random, normally distributed with standard deviation 1e-4.
    Random,
    /// There, unchanged.
    Given(Embedding),
}

/// How far a step goes along the gradient.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum LearningRate {
    /// The number of points over the exaggeration of the phase.
    #[default]
    Auto,
    /// This; above 0.
    Fixed(f64),
}

/// Settings of t-SNE.
#[derive(Clone, Debug, PartialEq)]
pub struct Tsne {
    dimensions: usize,
    perplexity: f64,
    degrees_of_freedom: f64,
    gradient: Gradient,
    exaggeration: f64,
    early_steps: usize,
    steps: usize,
    learning_rate: LearningRate,
    early_momentum: f64,
    momentum: f64,
    start: Start,
    seed: u64,
    search: Search,
    report_every: usize,
    keep_when_stopped: bool,
    device: Device,
}

impl Tsne {
    /// Into 1, 2 or 3 dimensions.
    #[must_use]
    pub fn new(dimensions: usize) -> Tsne {
        Tsne {
            dimensions,
            perplexity: 30.0,
            degrees_of_freedom: 1.0,
            gradient: Gradient::Auto,
            exaggeration: 12.0,
            early_steps: 250,
            steps: 500,
            learning_rate: LearningRate::Auto,
            early_momentum: 0.5,
            momentum: 0.8,
            start: Start::Pca,
            seed: 0,
            search: Search::Auto,
            report_every: 50,
            keep_when_stopped: false,
            device: Device::cpu(),
        }
    }

    /// Effective number of neighbors, from 1; 30. Where that is not below a third of the n points, a
    /// fit takes (n - 1) / 3 ([`perplexity_for`](Tsne::perplexity_for)).
    #[must_use]
    pub fn perplexity(self, perplexity: f64) -> Tsne {
        Tsne { perplexity, ..self }
    }

    /// ν of the tails, above 0: 1 is t-SNE, infinity is SNE; 1.
    #[must_use]
    pub fn degrees_of_freedom(self, degrees_of_freedom: f64) -> Tsne {
        Tsne { degrees_of_freedom, ..self }
    }

    /// How the repulsion is summed.
    #[must_use]
    pub fn gradient(self, gradient: Gradient) -> Tsne {
        Tsne { gradient, ..self }
    }

    /// P is multiplied by `exaggeration` (at least 1) for the first `steps`; 12 and 250.
    #[must_use]
    pub fn exaggeration(self, exaggeration: f64, steps: usize) -> Tsne {
        Tsne { exaggeration, early_steps: steps, ..self }
    }

    /// Steps after those of exaggeration; 500.
    #[must_use]
    pub fn steps(self, steps: usize) -> Tsne {
        Tsne { steps, ..self }
    }

    /// The size of the steps.
    #[must_use]
    pub fn learning_rate(self, learning_rate: LearningRate) -> Tsne {
        Tsne { learning_rate, ..self }
    }

    /// Momentum while P is exaggerated and after, each from 0 to below 1; 0.5 and 0.8.
    #[must_use]
    pub fn momentum(self, early: f64, later: f64) -> Tsne {
        Tsne { early_momentum: early, momentum: later, ..self }
    }

    /// Where the points start.
    #[must_use]
    pub fn start(self, start: Start) -> Tsne {
        Tsne { start, ..self }
    }

    /// Seed of a random start and of an approximate search; 0.
    #[must_use]
    pub fn seed(self, seed: u64) -> Tsne {
        Tsne { seed, ..self }
    }

    /// How neighbors are looked for; [`Search::Auto`].
    #[must_use]
    pub fn search(self, search: Search) -> Tsne {
        Tsne { search, ..self }
    }

    /// Steps between reports of the divergence, at least 1; 50.
    #[must_use]
    pub fn report_every(self, steps: usize) -> Tsne {
        Tsne { report_every: steps, ..self }
    }

    /// If stopped during the descent, `fit` returns the result so far; otherwise it fails with
    /// [`EmbedError::Canceled`]; false.
    #[must_use]
    pub fn keep_when_stopped(self, keep: bool) -> Tsne {
        Tsne { keep_when_stopped: keep, ..self }
    }

    /// What the descent runs on; [`Device::cpu`]. Affinities, and places for new points, are computed on the CPU.
    #[must_use]
    pub fn device(self, device: Device) -> Tsne {
        Tsne { device, ..self }
    }
}

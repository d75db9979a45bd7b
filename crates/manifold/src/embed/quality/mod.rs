//! How good an embedding is: one function per measure.
//!
//! | measure | asks | range, best |
//! |---|---|---|
//! | [`trustworthiness`] | are neighbors in the embedding neighbors in the data? | 0–1, 1 |
//! | [`continuity`] | are neighbors in the data neighbors in the embedding? | 0–1, 1 |
//! | [`preservation`] | how many of the k neighbors in the data are so in the embedding? | 0–1, 1 |
//! | [`recall`] | how many of the true neighbors did a search find? | 0–1, 1 |
//! | [`residual_variance`] | how much of one set of distances does another not explain? | 0–1, 0 |
//! | [`geodesic_residual_variance`] | the same of distances along the data's neighborhood graph | 0–1, 0 |
//! | [`procrustes_disparity`] | how far from the truth, after shift, turn and scaling? | 0–1, 0 |
//! | [`label_accuracy`] | does the vote of the k neighbors give each point's label? | 0–1, 1 |
//! | [`neighborhood_hit`] | which share of the neighbors has the point's label? | 0–1, 1 |
//! | [`kl_divergence`] | how far are the embedding's affinities from given ones? | 0–∞, 0 |
//!
//! [`neighborhoods`] gives the first three in the time of one.
//!
//! Measures over all points take n² distances. Up to [`Queries::EXACT`] points they are exact; above,
//! they use a random sample of the points, and [`Measured`] says so. Sums are taken in an order that
//! does not depend on the number of threads.

mod divergence;
mod geodesic;
mod labels;
mod preserved;
mod procrustes;
mod ranks;
mod residual;
mod rows;

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

pub use divergence::{Affinity, kl_divergence};
pub use geodesic::geodesic_residual_variance;
pub use labels::{label_accuracy, neighborhood_hit};
pub use preserved::{preservation, recall};
pub use procrustes::procrustes_disparity;
pub use ranks::{Neighborhoods, continuity, neighborhoods, trustworthiness};
pub use residual::{Pairwise, residual_variance};

/// Which points are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queries {
    exact: usize,
    sample: usize,
    seed: u64,
}

impl Default for Queries {
    /// All points up to [`EXACT`](Queries::EXACT) of them, else [`SAMPLE`](Queries::SAMPLE); seed 0.
    fn default() -> Queries {
        Queries { exact: Queries::EXACT, sample: Queries::SAMPLE, seed: 0 }
    }
}

impl Queries {
    /// Number of points up to which each is measured.
    pub const EXACT: usize = 10_000;
    /// Points measured if there are more. Trustworthiness of one point varies by about 0.02, so
    /// the mean of this many is good to 4e-4.
    pub const SAMPLE: usize = 3_000;

    /// Every point, however many there are.
    #[must_use]
    pub fn all() -> Queries {
        Queries { exact: usize::MAX, ..Queries::default() }
    }

    /// A sample of `count` points (1 or more) where there are more than that.
    #[must_use]
    pub fn at_most(count: usize) -> Queries {
        let count = count.max(1);
        Queries { exact: count, sample: count, seed: 0 }
    }

    /// Seed of the sample.
    #[must_use]
    pub fn seed(self, seed: u64) -> Queries {
        Queries { seed, ..self }
    }

    /// The points measured, ascending.
    fn of(&self, n: usize) -> Vec<usize> {
        if n <= self.exact {
            return (0..n).collect();
        }
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        let mut all: Vec<usize> = (0..n).collect();
        let mut chosen = all.partial_shuffle(&mut random, self.sample.min(n)).0.to_vec();
        chosen.sort_unstable();
        chosen
    }
}

/// A mean over points.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Measured {
    /// The measure.
    pub value: f64,
    /// Points measured.
    pub queries: usize,
    /// All points.
    pub points: usize,
}

impl Measured {
    /// Whether all points were measured.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.queries == self.points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_of_the_size_asked() {
        assert_eq!(Queries::default().of(10_000).len(), 10_000);
        assert_eq!(Queries::default().of(10_001).len(), 3_000);
        assert_eq!(Queries::all().of(20_000).len(), 20_000);
        let few = Queries::at_most(5).of(50);
        assert!(few.len() == 5 && few.is_sorted() && few[4] < 50);
        assert_ne!(few, Queries::at_most(5).seed(1).of(50));
        assert_eq!(few, Queries::at_most(5).of(50));
    }
}

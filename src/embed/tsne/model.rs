//! What t-SNE gives, and where new points belong in it.

use crate::embed::Embedding;
use crate::points::Points;

/// What a descent leaves.
pub(super) struct Parts {
    pub coordinates: Vec<f64>,
    pub kl: f64,
    pub history: Vec<(usize, f64)>,
    pub steps: usize,
}

/// A fitted t-SNE.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct TsneModel {
    embedding: Embedding,
    perplexity: f64,
    /// Infinity does not survive every format.
    degrees_of_freedom: Option<f64>,
    kl: f64,
    history: Vec<(usize, f64)>,
    steps: usize,
    points: Option<Points>,
}

impl TsneModel {
    pub(super) fn new(
        dimensions: usize,
        perplexity: f64,
        degrees_of_freedom: f64,
        parts: Parts,
        points: Option<Points>,
    ) -> TsneModel {
        TsneModel {
            embedding: Embedding::new(dimensions, parts.coordinates),
            perplexity,
            degrees_of_freedom: Some(degrees_of_freedom).filter(|nu| nu.is_finite()),
            kl: parts.kl,
            history: parts.history,
            steps: parts.steps,
            points,
        }
    }

    pub fn embedding(&self) -> &Embedding {
        &self.embedding
    }

    /// KL(P‖Q) in nats, P from three times the perplexity of neighbours. Z is summed pair by pair for
    /// up to 20000 points, else by the way that pushes: a spline moves it by less than 1e-3.
    pub fn kl(&self) -> f64 {
        self.kl
    }

    /// (steps done, KL), every [`report_every`](super::Tsne::report_every) steps, with the
    /// interpolated or otherwise approximate Z of the descent and without exaggeration.
    pub fn history(&self) -> &[(usize, f64)] {
        &self.history
    }

    /// Steps done: fewer than asked for if the descent was stopped.
    pub fn steps(&self) -> usize {
        self.steps
    }
}

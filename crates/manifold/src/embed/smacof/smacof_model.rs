//! The fitted scaling.

use super::ranks::{Ranks, scale};
use super::{Run, embedding_of};
use crate::checked::{checked, finite, not_negative};
use crate::embed::{EmbedError, Embedding, SquareDistances};

checked! {
    /// Points and stress.
    #[derive(Clone, Debug, PartialEq)]
    pub struct SmacofModel {
        embedding: Embedding,
        metric: bool,
        raw: f64,
        squares: f64,
        steps: usize,
        converged: bool,
        stopped: bool,
    }
}

checked! {
    /// The pairs i < j of a Shepard diagram, in ascending order of their dissimilarity.
    #[derive(Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct Shepard {
        /// What was given.
        pub dissimilarities: Vec<f64>,
        /// What distances should be.
        pub disparities: Vec<f64>,
        /// What they are.
        pub distances: Vec<f64>,
    }
}

impl Shepard {
    fn is_whole(&self) -> bool {
        let all = [&self.dissimilarities, &self.disparities, &self.distances];
        all.iter().all(|values| values.len() == self.distances.len() && finite(values))
    }
}

impl SmacofModel {
    fn is_whole(&self) -> bool {
        not_negative(&[self.raw, self.squares])
    }

    pub(super) fn new(run: Run, metric: bool) -> Result<SmacofModel, EmbedError> {
        let embedding = embedding_of(&run.places)?;
        let Run { measure, steps, converged, stopped, .. } = run;
        Ok(SmacofModel {
            embedding,
            metric,
            raw: measure.raw,
            squares: measure.squares,
            steps,
            converged,
            stopped,
        })
    }

    /// Coordinates of the points it was fitted on.
    #[must_use]
    pub fn embedding(&self) -> &Embedding {
        &self.embedding
    }

    /// Whether distances were to be the dissimilarities themselves.
    #[must_use]
    pub fn metric(&self) -> bool {
        self.metric
    }

    /// Σ (d - δ̂)² over pairs.
    #[must_use]
    pub fn raw_stress(&self) -> f64 {
        self.raw
    }

    /// Kruskal's stress-1, √(Σ (d - δ̂)² / Σ d²).
    #[must_use]
    pub fn stress1(&self) -> f64 {
        (self.raw / self.squares).sqrt()
    }

    /// Steps of the start that led here.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// Whether the tolerance was reached.
    #[must_use]
    pub fn converged(&self) -> bool {
        self.converged
    }

    /// Whether the work was stopped early.
    #[must_use]
    pub fn stopped(&self) -> bool {
        self.stopped
    }

    /// Given dissimilarities, disparities and distances of all pairs. `distances` are those that were fitted.
    pub fn shepard(&self, distances: &SquareDistances) -> Result<Shepard, EmbedError> {
        let (n, k) = (self.embedding.n(), self.embedding.dimensions());
        if distances.n() != n {
            return Err(EmbedError::NewPoints { given: distances.n(), wanted: n });
        }
        let ranks = Ranks::new(distances);
        let places: Vec<Vec<f64>> =
            (0..k).map(|axis| (0..n).map(|i| self.embedding.point(i)[axis]).collect()).collect();
        let (order, fitted) = ranks.disparities(&places);
        let pairs = order.iter().map(|&at| ranks.pairs()[at as usize]);
        let pairs: Vec<(usize, usize)> = pairs.map(|(i, j)| (i as usize, j as usize)).collect();
        let dissimilarities: Vec<f64> = pairs.iter().map(|&(i, j)| distances.get(i, j)).collect();
        let apart = |&(i, j): &(usize, usize)| {
            let both = self.embedding.point(i).iter().zip(self.embedding.point(j));
            both.map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
        };
        let disparities = if self.metric {
            dissimilarities.clone()
        } else {
            let scale = scale(&fitted);
            fitted.into_iter().map(|value| value * scale).collect()
        };
        Ok(Shepard { dissimilarities, disparities, distances: pairs.iter().map(apart).collect() })
    }
}

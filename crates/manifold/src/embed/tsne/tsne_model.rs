//! The result of t-SNE, and where new points belong in it.

use std::num::NonZeroUsize;

use super::place::place;
use super::tail::{Cauchy, Gauss, Student, Tail};
use crate::checked::checked;
use crate::embed::Transform;
use crate::embed::{EmbedError, Embedding};
use crate::knn::{Knn, NeighborLists};
use crate::points::{LARGEST, Points};
use crate::progress::Progress;

/// The result of a descent.
pub(super) struct Parts {
    pub coordinates: Vec<f64>,
    pub kl: f64,
    pub history: Vec<(usize, f64)>,
    pub steps: usize,
}

checked! {
    /// A fitted t-SNE.
    #[derive(Clone, Debug, PartialEq)]
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
}

impl TsneModel {
    fn is_whole(&self) -> bool {
        let n = self.embedding.n();
        (1..=3).contains(&self.embedding.dimensions())
            && self.embedding.coordinates().iter().all(|x| x.abs() <= f64::from(LARGEST))
            && self.perplexity >= 1.0
            && 3.0 * self.perplexity < n as f64
            && self.degrees_of_freedom.is_none_or(|nu| nu.is_finite() && nu > 0.0)
            && self.kl.is_finite()
            && self.history.iter().all(|(_, kl)| kl.is_finite())
            && self.points.as_ref().is_none_or(|points| points.n() == n)
    }

    pub(super) fn new(
        dimensions: usize,
        perplexity: f64,
        degrees_of_freedom: f64,
        parts: Parts,
        points: Option<Points>,
    ) -> Result<TsneModel, EmbedError> {
        Ok(TsneModel {
            embedding: Embedding::computed(dimensions, parts.coordinates)?,
            perplexity,
            degrees_of_freedom: Some(degrees_of_freedom).filter(|nu| nu.is_finite()),
            kl: parts.kl,
            history: parts.history,
            steps: parts.steps,
            points,
        })
    }

    /// Coordinates of the points it was fitted on.
    #[must_use]
    pub fn embedding(&self) -> &Embedding {
        &self.embedding
    }

    /// The perplexity that it was fitted with: what was set, lowered where the points were few.
    #[must_use]
    pub fn perplexity(&self) -> f64 {
        self.perplexity
    }

    /// KL(P‖Q) in nats, P from three times the perplexity of neighbors. Z is summed pair by pair for
    /// up to 20000 points, else in the way that repulsion is computed: a spline moves ln Z by less than 5e-3, on
    /// spread embeddings by 1e-4.
    #[must_use]
    pub fn kl(&self) -> f64 {
        self.kl
    }

    /// (steps done, KL), every [`report_every`](super::Tsne::report_every) steps, with the
    /// interpolated or otherwise approximate Z of the descent and without exaggeration.
    #[must_use]
    pub fn history(&self) -> &[(usize, f64)] {
        &self.history
    }

    /// Steps done: fewer than requested if the descent was stopped.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.steps
    }

    fn place<T: Tail>(
        &self,
        neighbors: &NeighborLists,
        tail: T,
        width: f64,
        progress: &dyn Progress,
    ) -> Result<Vec<f64>, EmbedError> {
        let rest = self.embedding.coordinates();
        match self.embedding.dimensions() {
            1 => place::<T, 1>(rest, neighbors, self.perplexity, tail, width, progress),
            2 => place::<T, 2>(rest, neighbors, self.perplexity, tail, width, progress),
            _ => place::<T, 3>(rest, neighbors, self.perplexity, tail, width, progress),
        }
    }
}

impl Transform for TsneModel {
    /// Places for new points among those of the model, which stay where they are: steps down the divergence of
    /// the new points' own affinities. A model of distances or neighbors has none.
    fn transform(&self, points: &Points, progress: &dyn Progress) -> Result<Embedding, EmbedError> {
        let Some(fitted) = &self.points else {
            return Err(EmbedError::NotOnPoints);
        };
        let (given, wanted) = (points.dimensions(), fitted.dimensions());
        if given != wanted {
            return Err(EmbedError::NewPoints { given, wanted });
        }
        let k = NonZeroUsize::MIN.saturating_add((3.0 * self.perplexity) as usize - 1);
        let neighbors = Knn::new(k).query(fitted, points, progress)?;
        let placed = match self.degrees_of_freedom {
            Some(1.0) => self.place(&neighbors, Cauchy, 1.0, progress),
            Some(nu) => self.place(&neighbors, Student(nu), nu.min(1.0).sqrt(), progress),
            None => self.place(&neighbors, Gauss, 1.0, progress),
        }?;
        Embedding::computed(self.embedding.dimensions(), placed)
    }
}

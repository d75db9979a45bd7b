//! From points, distances or neighbours to a model.

use std::num::NonZeroUsize;

use super::affinity::Affinities;
use super::descent::{Descent, Pace, Push};
use super::model::Parts;
use super::spline::Spline;
use super::tail::{Cauchy, Gauss, Student, Tail};
use super::{EmbedError, Gradient, LearningRate, Start, Tsne, TsneModel, start};
use crate::embed::SquareDistances;
use crate::embed::quality::Affinity;
use crate::knn::{Knn, KnnError, NeighbourLists};
use crate::points::Points;
use crate::progress::{Progress, Stage};

/// Up to here pair by pair is faster than by a spline, and than by a tree.
const FEW_IN_PLANE: usize = 600;
const FEW: usize = 3000;

/// θ of Barnes and Hut.
pub(super) const THETA: f64 = 0.5;

/// Up to here Z of the final divergence is summed pair by pair (0.2 s on two cores).
const EXACT_NORMALISER: usize = 20_000;

impl Tsne {
    pub fn fit(&self, points: &Points, progress: &dyn Progress) -> Result<TsneModel, EmbedError> {
        self.check(points.n())?;
        let neighbours = Knn::new(self.neighbours(points.n())).search(self.search).seed(self.seed);
        let neighbours = neighbours.fit(points, progress).map_err(stopped)?;
        let start = match &self.start {
            Start::Pca => start::components(points, self.dimensions)?,
            other => self.begin(other, points.n())?,
        };
        self.run(&neighbours, start, Some(points), progress)
    }

    /// P of the points, as the descent uses it: both (i, j) and (j, i), ascending. With
    /// [`kl_divergence`](crate::embed::quality::kl_divergence) it measures any embedding of them.
    pub fn affinities(&self, points: &Points, progress: &dyn Progress) -> Result<Vec<Affinity>, EmbedError> {
        self.check(points.n())?;
        let neighbours = Knn::new(self.neighbours(points.n())).search(self.search).seed(self.seed);
        let p = Affinities::of(&neighbours.fit(points, progress).map_err(stopped)?, self.perplexity);
        let of = |i: usize| {
            let (columns, values) = p.row(i);
            columns.iter().zip(values).map(move |(&j, &p)| Affinity { i: i as u32, j, p: p.into() })
        };
        Ok((0..p.n()).flat_map(of).collect())
    }

    /// From distances between all pairs.
    pub fn fit_distances(
        &self,
        distances: &SquareDistances,
        progress: &dyn Progress,
    ) -> Result<TsneModel, EmbedError> {
        self.check(distances.n())?;
        let neighbours = nearest(distances, self.neighbours(distances.n()).get());
        let start = self.begin(&self.start, distances.n())?;
        self.run(&neighbours, start, None, progress)
    }

    /// From the nearest neighbours of each point, best three times the perplexity of them and no
    /// fewer than it.
    pub fn fit_neighbours(
        &self,
        neighbours: &NeighbourLists,
        progress: &dyn Progress,
    ) -> Result<TsneModel, EmbedError> {
        self.check(neighbours.n())?;
        // Lists of queries among other points are none of these points.
        if let Some(&far) = neighbours.all_indices().iter().find(|&&j| j as usize >= neighbours.n()) {
            return Err(EmbedError::Count { given: far as usize + 1, wanted: neighbours.n() });
        }
        if self.perplexity > neighbours.k() as f64 {
            return Err(EmbedError::Setting {
                setting: "perplexity",
                value: self.perplexity,
                range: "at most the number of neighbours given",
            });
        }
        let start = self.begin(&self.start, neighbours.n())?;
        self.run(neighbours, start, None, progress)
    }

    fn check(&self, n: usize) -> Result<(), EmbedError> {
        if self.dimensions == 0 || self.dimensions > 3 {
            return Err(EmbedError::Dimensions { dimensions: self.dimensions, most: 3 });
        }
        if n < 4 {
            return Err(EmbedError::TooFew { n, needed: 4 });
        }
        let theta = match self.gradient {
            Gradient::BarnesHut { theta } => theta,
            _ => THETA,
        };
        let rate = match self.learning_rate {
            LearningRate::Fixed(rate) => rate,
            LearningRate::Auto => 1.0,
        };
        // Written so that NaN is refused as well.
        let settings = [
            (
                "perplexity",
                self.perplexity,
                self.perplexity >= 1.0 && 3.0 * self.perplexity < n as f64,
                "from 1 to below a third of the number of points",
            ),
            ("degrees of freedom", self.degrees_of_freedom, self.degrees_of_freedom > 0.0, "above 0"),
            ("theta", theta, (0.0..=1.0).contains(&theta), "from 0 to 1"),
            (
                "exaggeration",
                self.exaggeration,
                self.exaggeration >= 1.0 && self.exaggeration.is_finite(),
                "at least 1",
            ),
            ("learning rate", rate, rate > 0.0 && rate.is_finite(), "above 0"),
            (
                "early momentum",
                self.early_momentum,
                (0.0..1.0).contains(&self.early_momentum),
                "from 0 to below 1",
            ),
            ("momentum", self.momentum, (0.0..1.0).contains(&self.momentum), "from 0 to below 1"),
            ("steps to a report", self.report_every as f64, self.report_every > 0, "at least 1"),
        ];
        if let Some(&(setting, value, _, range)) = settings.iter().find(|setting| !setting.2) {
            return Err(EmbedError::Setting { setting, value, range });
        }
        if self.gradient == Gradient::Interpolated && self.dimensions != 2 {
            return Err(EmbedError::Setting {
                setting: "dimensions of an interpolated gradient",
                value: self.dimensions as f64,
                range: "2",
            });
        }
        Ok(())
    }

    /// Three times the perplexity, which is below the number of points.
    fn neighbours(&self, n: usize) -> NonZeroUsize {
        let wanted = ((3.0 * self.perplexity) as usize).min(n - 1);
        NonZeroUsize::MIN.saturating_add(wanted - 1)
    }

    fn begin(&self, start: &Start, n: usize) -> Result<Vec<f64>, EmbedError> {
        match start {
            Start::Pca | Start::Random => Ok(start::random(n, self.dimensions, self.seed)),
            Start::Given(given) if given.dimensions() != self.dimensions => {
                Err(EmbedError::Dimensions { dimensions: given.dimensions(), most: self.dimensions })
            }
            Start::Given(given) if given.n() != n => {
                Err(EmbedError::Shape { n, values: given.coordinates().len() })
            }
            Start::Given(given) => Ok(given.coordinates().to_vec()),
        }
    }

    fn run(
        &self,
        neighbours: &NeighbourLists,
        start: Vec<f64>,
        points: Option<&Points>,
        progress: &dyn Progress,
    ) -> Result<TsneModel, EmbedError> {
        let p = Affinities::of(neighbours, self.perplexity);
        let parts = match (self.dimensions, self.degrees_of_freedom) {
            (1, 1.0) => self.descend::<_, 1>(&p, Cauchy, &start, progress),
            (2, 1.0) => self.descend::<_, 2>(&p, Cauchy, &start, progress),
            (_, 1.0) => self.descend::<_, 3>(&p, Cauchy, &start, progress),
            (1, f64::INFINITY) => self.descend::<_, 1>(&p, Gauss, &start, progress),
            (2, f64::INFINITY) => self.descend::<_, 2>(&p, Gauss, &start, progress),
            (_, f64::INFINITY) => self.descend::<_, 3>(&p, Gauss, &start, progress),
            (1, nu) => self.descend::<_, 1>(&p, Student(nu), &start, progress),
            (2, nu) => self.descend::<_, 2>(&p, Student(nu), &start, progress),
            (_, nu) => self.descend::<_, 3>(&p, Student(nu), &start, progress),
        }?;
        Ok(TsneModel::new(self.dimensions, self.perplexity, self.degrees_of_freedom, parts, points.cloned()))
    }

    fn push(&self, n: usize) -> Push {
        match self.gradient {
            Gradient::Exact => Push::Exact,
            Gradient::BarnesHut { theta } => Push::Tree { theta },
            Gradient::Interpolated => Push::Spline(Box::new(Spline::new())),
            Gradient::Auto if self.dimensions == 2 && n > FEW_IN_PLANE => {
                Push::Spline(Box::new(Spline::new()))
            }
            Gradient::Auto if n > FEW => Push::Tree { theta: THETA },
            Gradient::Auto => Push::Exact,
        }
    }

    fn pace(&self, step: usize, n: usize) -> Pace {
        let early = step < self.early_steps;
        let exaggeration = if early { self.exaggeration } else { 1.0 };
        let rate = match self.learning_rate {
            LearningRate::Auto => n as f64 / exaggeration,
            LearningRate::Fixed(rate) => rate,
        };
        Pace { exaggeration, momentum: if early { self.early_momentum } else { self.momentum }, rate }
    }

    fn descend<T: Tail, const D: usize>(
        &self,
        p: &Affinities,
        tail: T,
        start: &[f64],
        progress: &dyn Progress,
    ) -> Result<Parts, EmbedError> {
        let y = start.as_chunks::<D>().0.to_vec();
        let n = y.len();
        // The width of Student's kernels shrinks with the root of ν.
        let width = self.degrees_of_freedom.min(1.0).sqrt();
        let mut descent = Descent::new(p, tail, width, self.push(n), y);
        let total = self.early_steps + self.steps;
        let mut history = Vec::new();
        let mut done = 0;
        while done < total {
            if progress.advance(Stage::Optimise, done, Some(total)).is_break() {
                if self.keep_when_stopped {
                    break;
                }
                return Err(EmbedError::Cancelled);
            }
            if done == self.early_steps {
                descent.rest();
            }
            for _ in 0..self.report_every.min(total - done).min(self.until_turn(done)) {
                descent.step(self.pace(done, n));
                done += 1;
            }
            if done.is_multiple_of(self.report_every) || done == total {
                let z = descent.normaliser(false);
                let kl = descent.divergence(z);
                history.push((done, kl));
                progress.objective(Stage::Optimise, kl);
            }
        }
        let z = descent.normaliser(n <= EXACT_NORMALISER);
        let coordinates = descent.points().as_flattened().to_vec();
        Ok(Parts { coordinates, kl: descent.divergence(z), history, steps: done })
    }

    /// Steps until the exaggeration ends.
    fn until_turn(&self, done: usize) -> usize {
        if done < self.early_steps { self.early_steps - done } else { usize::MAX }
    }
}

/// A search that was stopped is a fit that was stopped.
pub(super) fn stopped(error: KnnError) -> EmbedError {
    match error {
        KnnError::Cancelled => EmbedError::Cancelled,
        other => other.into(),
    }
}

fn nearest(distances: &SquareDistances, k: usize) -> NeighbourLists {
    let n = distances.n();
    let (mut indices, mut lengths) = (Vec::with_capacity(n * k), Vec::with_capacity(n * k));
    for i in 0..n {
        let mut row: Vec<(f64, u32)> =
            (0..n).filter(|&j| j != i).map(|j| (distances.get(i, j), j as u32)).collect();
        let order = |a: &(f64, u32), b: &(f64, u32)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
        row.select_nth_unstable_by(k - 1, order);
        row.truncate(k);
        row.sort_unstable_by(order);
        indices.extend(row.iter().map(|entry| entry.1));
        lengths.extend(row.iter().map(|entry| entry.0 as f32));
    }
    NeighbourLists::new(k, indices, lengths)
}

//! Multidimensional scaling by majorization (SMACOF).
//!
//! min over X (n x k) of σ(X) = Σ_{i<j} (d_ij(X) - δ̂_ij)², the raw stress. The Guttman transform
//! Γ(X)_i = 1/n Σ_j (δ̂_ij / d_ij)(x_i - x_j) minimizes a quadratic that lies above σ and touches it at X,
//! so no step raises the stress; nor does X + α (Γ(X) - X) for 0 <= α <= 2, and α = 1.8 needs half the steps
//! (with α = 2 the size of X would oscillate forever). Where points coincide, the term is 0.
//!
//! Metric: δ̂ = δ, the given dissimilarities. Non-metric: δ̂ is the sequence nearest to the d_ij that
//! rises with δ (isotonic regression by pooling adjacent violators), scaled to Σ δ̂² = n(n - 1)/2; equal δ
//! may get different δ̂ (the primary treatment of ties). Kruskal's stress-1 is √(σ / Σ d²).
//! It is done when a step lowers σ / Σ d² by less than the tolerance.
//! Source: Kruskal, Psychometrika 29 (1964); de Leeuw and Heiser, Multivariate Analysis V (1980); Borg and
//! Groenen, Modern Multidimensional Scaling (2005), 8 and 9.

mod guttman;
mod isotonic;
mod ranks;
mod smacof_model;
#[cfg(test)]
mod tests;

use std::ops::ControlFlow;

use super::linear::Gaussian;
use super::{ClassicalMds, EmbedError, Embedding, SquareDistances};
use crate::embed::Fit;
use crate::progress::{Progress, Silent, Stage};
use guttman::{Measure, Targets};
use ranks::Ranks;
pub use smacof_model::{Shepard, SmacofModel};

/// α, and the number of plain steps before it: longer first steps lead some starts to worse results.
const RELAXATION: f64 = 1.8;
const PLAIN: usize = 30;

/// Relative stress (squared) of places that meet all distances.
const EXACT: f64 = 1e-14;

/// Extent of an axis, relative to a typical distance, that is only rounding; and of the numbers that replace it.
const FLAT: f64 = 1e-7;
const ASIDE: f64 = 1e-2;

/// Where the points start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SmacofStart {
    /// Classical scaling: one good place.
    #[default]
    Classical,
    /// Random places, this many times (1 or more); the best result is kept.
    Random {
        /// How many starts are tried.
        restarts: usize,
    },
}

/// Settings of the scaling.
#[derive(Clone, Debug, PartialEq)]
pub struct Smacof {
    dimensions: usize,
    metric: bool,
    start: SmacofStart,
    tolerance: f64,
    steps: usize,
    seed: u64,
    keep_when_stopped: bool,
}

/// Where one start led.
struct Run {
    places: Vec<Vec<f64>>,
    measure: Measure,
    steps: usize,
    converged: bool,
    stopped: bool,
}

impl Smacof {
    /// Into `dimensions` dimensions: 1 to n. Metric, from the classical start, tolerance 1e-7, at most 1000
    /// steps, seed 0, nothing kept when stopped.
    #[must_use]
    pub fn new(dimensions: usize) -> Smacof {
        Smacof {
            dimensions,
            metric: true,
            start: SmacofStart::default(),
            tolerance: 1e-7,
            steps: 1000,
            seed: 0,
            keep_when_stopped: false,
        }
    }

    /// Whether distances are to be the dissimilarities themselves, or only to rise with them.
    #[must_use]
    pub fn metric(self, metric: bool) -> Smacof {
        Smacof { metric, ..self }
    }

    /// Where the points start.
    #[must_use]
    pub fn start(self, start: SmacofStart) -> Smacof {
        Smacof { start, ..self }
    }

    /// 0 or more: with 0 all steps are taken.
    #[must_use]
    pub fn tolerance(self, tolerance: f64) -> Smacof {
        Smacof { tolerance, ..self }
    }

    /// Most steps of each start: 1 or more.
    #[must_use]
    pub fn steps(self, steps: usize) -> Smacof {
        Smacof { steps, ..self }
    }

    /// Seed of the random start.
    #[must_use]
    pub fn seed(self, seed: u64) -> Smacof {
        Smacof { seed, ..self }
    }

    /// Whether a stop through [`Progress`] returns the result so far instead of an error.
    #[must_use]
    pub fn keep_when_stopped(self, keep_when_stopped: bool) -> Smacof {
        Smacof { keep_when_stopped, ..self }
    }

    fn check(&self, distances: &SquareDistances) -> Result<(), EmbedError> {
        let n = distances.n();
        if n < 2 {
            return Err(EmbedError::TooFew { n, needed: 2 });
        }
        if self.dimensions == 0 || self.dimensions > n {
            return Err(EmbedError::Dimensions { dimensions: self.dimensions, most: n });
        }
        if self.tolerance.is_nan() || self.tolerance < 0.0 {
            let range = "a number from 0 is needed";
            return Err(EmbedError::Setting { setting: "tolerance", value: self.tolerance, range });
        }
        let counts = [("steps", self.steps), ("restarts", self.restarts())];
        if let Some((setting, _)) = counts.into_iter().find(|&(_, count)| count == 0) {
            return Err(EmbedError::Setting { setting, value: 0.0, range: "at least 1 is needed" });
        }
        if (0..n).all(|i| distances.row(i).iter().all(|&d| d == 0.0)) {
            return Err(EmbedError::Coincide);
        }
        Ok(())
    }

    fn restarts(&self) -> usize {
        if let SmacofStart::Random { restarts } = self.start { restarts } else { 1 }
    }

    /// Axis by axis, about as far apart as the disparities are: those of the non-metric form have a mean square of 1.
    fn first_places(&self, distances: &SquareDistances, attempt: usize) -> Result<Vec<Vec<f64>>, EmbedError> {
        let n = distances.n();
        let unit = typical(distances);
        if self.start == SmacofStart::Classical {
            let model = ClassicalMds::new(self.dimensions).fit(distances, &Silent)?;
            let scale = if self.metric { 1.0 } else { 1.0 / unit };
            let axis = |a: usize| (0..n).map(|i| model.embedding().point(i)[a] * scale).collect();
            let mut places: Vec<Vec<f64>> = (0..self.dimensions).map(axis).collect();
            if !self.metric || guttman::transform(&places, &Targets::Given(distances)).1.relative() > EXACT {
                self.leave_the_plane(&mut places, unit * scale);
            }
            return Ok(places);
        }
        let scale = if self.metric { unit } else { 1.0 };
        let mut gaussian = Gaussian::new(self.seed.wrapping_add(attempt as u64));
        Ok((0..self.dimensions).map(|_| (0..n).map(|_| gaussian.draw() * scale).collect()).collect())
    }

    /// Small random numbers for axes on which all places are 0, as where distances are not Euclidean: points that start in
    /// a plane never leave it.
    fn leave_the_plane(&self, places: &mut [Vec<f64>], unit: f64) {
        let mut gaussian = Gaussian::new(self.seed);
        for axis in places.iter_mut().filter(|axis| axis.iter().all(|x| x.abs() <= FLAT * unit)) {
            axis.iter_mut().for_each(|x| *x = gaussian.draw() * ASIDE * unit);
        }
    }

    fn run(
        &self,
        distances: &SquareDistances,
        ranks: Option<&Ranks>,
        mut places: Vec<Vec<f64>>,
        taken: usize,
        progress: &dyn Progress,
    ) -> Run {
        let mut fitted = ranks.map(|ranks| ranks.first(distances));
        let (mut steps, mut converged, mut stopped) = (0, false, false);
        let mut before = f64::INFINITY;
        loop {
            if let (Some(fitted), Some(ranks), true) = (&mut fitted, ranks, steps > 0) {
                ranks.refit(&places, fitted);
            }
            let targets = fitted.as_ref().map_or(Targets::Given(distances), |f| Targets::Fitted(f.square()));
            let (moved, measure) = guttman::transform(&places, &targets);
            let relative = measure.relative();
            progress.objective(Stage::OPTIMIZE, relative.sqrt());
            converged |= before - relative < self.tolerance && steps > 1;
            if converged || stopped || steps == self.steps {
                return Run { places, measure, steps, converged, stopped };
            }
            before = relative;
            let alpha = if steps < PLAIN || !self.metric { 1.0 } else { RELAXATION };
            for (axis, moved) in places.iter_mut().zip(&moved) {
                axis.iter_mut().zip(moved).for_each(|(x, to)| *x += alpha * (to - *x));
            }
            steps += 1;
            let total = self.steps * self.restarts();
            stopped = progress.advance(Stage::OPTIMIZE, taken + steps, Some(total)) == ControlFlow::Break(());
        }
    }
}

impl Fit<SquareDistances> for Smacof {
    type Model = SmacofModel;

    /// Points whose distances come near `distances`, or rise with them.
    fn fit(&self, distances: &SquareDistances, progress: &dyn Progress) -> Result<SmacofModel, EmbedError> {
        self.check(distances)?;
        let ranks = (!self.metric).then(|| Ranks::new(distances));
        let starts = match self.start {
            SmacofStart::Classical => 1,
            SmacofStart::Random { restarts } => restarts,
        };
        let mut best: Option<Run> = None;
        for attempt in 0..starts {
            let places = self.first_places(distances, attempt)?;
            let run = self.run(distances, ranks.as_ref(), places, attempt * self.steps, progress);
            let stopped = run.stopped;
            if stopped && !self.keep_when_stopped {
                return Err(EmbedError::Canceled);
            }
            match &mut best {
                Some(best) if best.measure.relative() <= run.measure.relative() => best.stopped |= stopped,
                _ => best = Some(run),
            }
            if stopped {
                break;
            }
        }
        best.map_or(Err(EmbedError::Canceled), |run| SmacofModel::new(run, self.metric))
    }
}

/// The root of the mean squared distance of two things.
fn typical(distances: &SquareDistances) -> f64 {
    let n = distances.n();
    let squares: f64 = (0..n).map(|i| distances.row(i).iter().map(|d| d * d).sum::<f64>()).sum();
    (squares / (n * n.saturating_sub(1)).max(1) as f64).sqrt()
}

fn embedding_of(places: &[Vec<f64>]) -> Result<Embedding, EmbedError> {
    let (n, k) = (places[0].len(), places.len());
    Embedding::computed(k, (0..n * k).map(|at| places[at % k][at / k]).collect())
}

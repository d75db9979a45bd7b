//! Non-negative matrix factorization: a table as sums of parts.
//!
//! min |X - WH|_F over W (n x k) and H (k x d), both without negative entries. The rows of H are the parts, a
//! dictionary; a row of W says how much of each part its point has. As nothing cancels, the parts of
//! faces come out as eyes and mouths, those of digits as strokes.
//!
//! Coordinate descent: each entry in turn is set to where the error is least,
//! w_it <- max(0, w_it - (WHHᵀ - XHᵀ)_it / (HHᵀ)_tt), first all of W, then all of H likewise. It is done
//! when the projected gradient met on the way has fallen to `tolerance` of that of the first step.
//! Multiplicative: W <- W ∘ XHᵀ / WHHᵀ and H <- H ∘ WᵀX / WᵀWH; done when ten steps lower the
//! error by less than `tolerance` of the first. Slower; entries that are 0 stay so.
//! Source: Lee and Seung, Nature 401 (1999) and NIPS 2000; Cichocki and Phan, IEICE Trans. E92-A (2009);
//! start: Boutsidis and Gallopoulos, Pattern Recognition 41 (2008).

mod descent;
mod factors;
mod multiplicative;
mod nmf_model;
mod start;
#[cfg(test)]
mod tests;

use std::ops::ControlFlow;

use super::{EmbedError, Embedding};
use crate::embed::Fit;
use crate::points::Points;
use crate::progress::{Progress, Stage};
pub use nmf_model::NmfModel;

/// How the factors are improved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NmfSolver {
    /// Coordinate descent: one column of the factors at a time.
    #[default]
    CoordinateDescent,
    /// Multiplicative updates.
    Multiplicative,
}

/// Where the factors start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NmfStart {
    /// The singular vectors' positive or negative parts, whichever is longer.
    Nndsvd,
    /// The same with the mean of the table instead of zeros, which are slow to leave and which the multiplicative
    /// solver cannot leave at all.
    #[default]
    Nndsvda,
    /// Magnitudes of normal numbers, from the seed.
    Random,
}

/// Settings of the factorization.
#[derive(Clone, Debug, PartialEq)]
pub struct Nmf {
    dimensions: usize,
    solver: NmfSolver,
    start: NmfStart,
    tolerance: f64,
    steps: usize,
    seed: u64,
}

impl Nmf {
    /// `dimensions` parts: 1 or more, and no more than n and d unless the start is random. Coordinate
    /// descent from nndsvda, tolerance 1e-4, at most 500 steps, seed 0.
    #[must_use]
    pub fn new(dimensions: usize) -> Nmf {
        let (solver, start) = (NmfSolver::default(), NmfStart::default());
        Nmf { dimensions, solver, start, tolerance: 1e-4, steps: 500, seed: 0 }
    }

    /// How the factors are found.
    #[must_use]
    pub fn solver(self, solver: NmfSolver) -> Nmf {
        Nmf { solver, ..self }
    }

    /// What the factors start as.
    #[must_use]
    pub fn start(self, start: NmfStart) -> Nmf {
        Nmf { start, ..self }
    }

    /// 0 or more: with 0 all steps are taken.
    #[must_use]
    pub fn tolerance(self, tolerance: f64) -> Nmf {
        Nmf { tolerance, ..self }
    }

    /// Most steps: 1 or more.
    #[must_use]
    pub fn steps(self, steps: usize) -> Nmf {
        Nmf { steps, ..self }
    }

    /// Seed of the start: of the random one, or of the singular vectors of large tables.
    #[must_use]
    pub fn seed(self, seed: u64) -> Nmf {
        Nmf { seed, ..self }
    }

    fn check(&self, points: &Points) -> Result<(), EmbedError> {
        refuse_negative(points)?;
        let most = points.n().min(points.dimensions());
        let most = if self.start == NmfStart::Random { usize::MAX } else { most };
        if self.dimensions == 0 || self.dimensions > most {
            return Err(EmbedError::Dimensions { dimensions: self.dimensions, most });
        }
        if self.tolerance.is_nan() || self.tolerance < 0.0 {
            let range = "a number from 0 is needed";
            return Err(EmbedError::Setting { setting: "tolerance", value: self.tolerance, range });
        }
        if self.steps == 0 {
            return Err(EmbedError::Setting { setting: "steps", value: 0.0, range: "at least 1 is needed" });
        }
        Ok(())
    }
}

impl Fit<Points> for Nmf {
    type Model = NmfModel;

    fn fit(&self, points: &Points, progress: &dyn Progress) -> Result<NmfModel, EmbedError> {
        self.check(points)?;
        let given = points;
        let (points, exponent) = halfway(points)?;
        let points = &points;
        let mut factors = start::factors(points, self.dimensions, self.start, self.seed)?;
        let mut first = f64::INFINITY;
        let mut before = f64::INFINITY;
        let (mut steps, mut converged) = (0, false);
        while steps < self.steps && !converged {
            steps += 1;
            match self.solver {
                NmfSolver::CoordinateDescent => {
                    let left = descent::step(points, &mut factors);
                    first = if steps == 1 { left } else { first };
                    converged = left <= self.tolerance * first;
                    progress.objective(Stage::OPTIMIZE, left);
                }
                NmfSolver::Multiplicative => {
                    multiplicative::step(points, &mut factors);
                    if steps % 10 == 0 {
                        let error = factors.error(points);
                        first = if steps == 10 { error } else { first };
                        converged = before - error < self.tolerance * first;
                        before = error;
                        progress.objective(Stage::OPTIMIZE, error);
                    }
                }
            }
            if let ControlFlow::Break(()) = progress.advance(Stage::OPTIMIZE, steps, Some(self.steps)) {
                return Err(EmbedError::Canceled);
            }
        }
        NmfModel::new(given, factors.scaled(2f32.powi(-exponent)), steps, converged)
    }
}

/// The points times 4 to the power of the exponent, so that their largest value is from 1 to 4 and no product is
/// beyond 32 bits. A power of two moves no digit.
fn halfway(points: &Points) -> Result<(Points, i32), EmbedError> {
    let largest = start::largest(points);
    if largest == 0.0 {
        return Ok((points.clone(), 0));
    }
    let exponent = -(0.5 * largest.log2()).floor() as i32;
    let scale = 2f64.powi(2 * exponent);
    let values = points.values().iter().map(|&x| (f64::from(x) * scale) as f32).collect();
    Ok((Points::new(values, points.dimensions())?, exponent))
}

fn refuse_negative(points: &Points) -> Result<(), EmbedError> {
    let Some(at) = points.values().iter().position(|&x| x < 0.0) else { return Ok(()) };
    let d = points.dimensions();
    Err(EmbedError::Negative { row: at / d, column: at % d, value: points.values()[at] })
}

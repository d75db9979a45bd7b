//! Residual variance: 1 - r², r the correlation of two sets of distances between the same points.
//! Source: Tenenbaum, de Silva, Langford, Science 290 (2000), note 42.

use super::ranks::same;
use super::rows::blocks;
use super::{Measured, Queries};
use crate::embed::{EmbedError, Embedding, SquareDistances};
use crate::points::Points;
use crate::progress::Progress;

/// Things with distances between them.
pub trait Pairwise: Sync {
    /// How many there are.
    fn count(&self) -> usize;

    /// From `i` to `j`; symmetric.
    fn between(&self, i: usize, j: usize) -> f64;
}

impl Pairwise for SquareDistances {
    fn count(&self) -> usize {
        self.n()
    }

    fn between(&self, i: usize, j: usize) -> f64 {
        self.get(i, j)
    }
}

impl Pairwise for Points {
    fn count(&self) -> usize {
        self.n()
    }

    fn between(&self, i: usize, j: usize) -> f64 {
        self.squared_distance(i, j).sqrt()
    }
}

impl Pairwise for Embedding {
    fn count(&self) -> usize {
        self.n()
    }

    fn between(&self, i: usize, j: usize) -> f64 {
        let squares = self.point(i).iter().zip(self.point(j)).map(|(a, b)| (a - b) * (a - b));
        squares.sum::<f64>().sqrt()
    }
}

/// Sums over pairs of distances (a, b), both less a shift near their means.
#[derive(Clone, Copy, Default)]
struct Sums {
    count: f64,
    a: f64,
    b: f64,
    aa: f64,
    bb: f64,
    ab: f64,
}

/// Share of the variance of one set of distances that the other does not explain: 1 - r² over all
/// pairs of the points measured. 0–1, best 0. NaN if either set has all its distances equal.
pub fn residual_variance(
    a: &impl Pairwise,
    b: &impl Pairwise,
    queries: Queries,
    progress: &dyn Progress,
) -> Result<Measured, EmbedError> {
    let n = a.count();
    same(n, b.count())?;
    if n < 3 {
        return Err(EmbedError::TooFew { n, needed: 3 });
    }
    let asked = queries.of(n);
    let shift = (a.between(asked[0], asked[asked.len() - 1]), b.between(asked[0], asked[asked.len() - 1]));
    let positions: Vec<usize> = (0..asked.len()).collect();
    let parts = blocks(&positions, progress, |block| {
        let mut sums = Sums::default();
        for &at in block {
            for &j in &asked[at + 1..] {
                sums.add(a.between(asked[at], j) - shift.0, b.between(asked[at], j) - shift.1);
            }
        }
        sums
    })?;
    let total = parts.into_iter().fold(Sums::default(), Sums::join);
    Ok(Measured { value: total.residual(), queries: asked.len(), points: n })
}

impl Sums {
    fn add(&mut self, a: f64, b: f64) {
        self.count += 1.0;
        self.a += a;
        self.b += b;
        self.aa += a * a;
        self.bb += b * b;
        self.ab += a * b;
    }

    fn join(self, other: Sums) -> Sums {
        Sums {
            count: self.count + other.count,
            a: self.a + other.a,
            b: self.b + other.b,
            aa: self.aa + other.aa,
            bb: self.bb + other.bb,
            ab: self.ab + other.ab,
        }
    }

    fn residual(&self) -> f64 {
        let covariance = |xy: f64, x: f64, y: f64| xy / self.count - x / self.count * (y / self.count);
        let (a, b) = (covariance(self.aa, self.a, self.a), covariance(self.bb, self.b, self.b));
        // Distances equal up to rounding have no variance to explain.
        if a <= self.aa / self.count * 1e-14 || b <= self.bb / self.count * 1e-14 {
            return f64::NAN;
        }
        (1.0 - covariance(self.ab, self.a, self.b).powi(2) / (a * b)).clamp(0.0, 1.0)
    }
}

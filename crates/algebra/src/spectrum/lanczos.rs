//! The largest eigenpairs of a symmetric operator by block Lanczos with thick restarts.
//!
//! An orthonormal basis V of a block Krylov space grows by b columns a step: the products A V_j, less their
//! part in V (taken out twice, so that V stays orthonormal to rounding), are orthonormalized to V_{j+1} with
//! A V = V H + V_{j+1} R Eᵀ. Eigenpairs (θ, s) of the small H = Vᵀ A V give Ritz pairs (θ, V s) of residual
//! |R Eᵀ s|. When the basis is full it shrinks to its best Ritz vectors and the next block, which keeps all
//! that has converged and restarts the rest. At the end the residuals are measured, not estimated.
//! Source: Wu and Simon, Thick-restart Lanczos method, SIAM J. Matrix Anal. 22 (2000); blocks as in Zhou and
//! Saad, Block Krylov-Schur method for large symmetric eigenvalue problems, Numer. Algorithms 47 (2008).

use faer::{Mat, MatMut, Scale};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::dense::matrix_of;
use super::tall::{add_product, fix_signs, inner, lengths, product};
use super::{Eigenpairs, SymmetricOperator, Told};
use crate::{AlgebraError, eigen_ascending};

/// Up to this order the whole matrix is decomposed: just as fast, and sure to converge.
const DENSE: usize = 160;

/// The residual that rounding leaves, relative to |A|: no smaller tolerance can be met.
const ROUNDING: f64 = 1e-14;

/// Settings of the iteration. A pair has converged when its residual is at most the tolerance times the largest
/// magnitude among the eigenvalues of the basis. Same seed, same bits.
#[derive(Clone, Debug, PartialEq)]
pub struct Lanczos {
    count: usize,
    tolerance: f64,
    seed: u64,
    products: usize,
    relative: bool,
}

impl Lanczos {
    /// `count` eigenpairs to a tolerance of 1e-9, seed 0, at most 200 000 products.
    #[must_use]
    pub fn new(count: usize) -> Lanczos {
        Lanczos { count, tolerance: 1e-9, seed: 0, products: 200_000, relative: false }
    }

    /// Largest residual relative to the largest magnitude of an eigenvalue.
    #[must_use]
    pub fn tolerance(self, tolerance: f64) -> Lanczos {
        Lanczos { tolerance, ..self }
    }

    /// Seed of the first block.
    #[must_use]
    pub fn seed(self, seed: u64) -> Lanczos {
        Lanczos { seed, ..self }
    }

    /// Products with single vectors after which to give up with [`AlgebraError::NoConvergence`].
    #[must_use]
    pub fn products(self, products: usize) -> Lanczos {
        Lanczos { products, ..self }
    }

    /// Measures each residual against its own eigenvalue.
    #[must_use]
    pub fn relative(self) -> Lanczos {
        Lanczos { relative: true, ..self }
    }

    /// The largest (most positive) eigenvalues, descending, with their vectors. Fails with
    /// [`AlgebraError::Count`] if none or more than the order are requested, [`AlgebraError::NoConvergence`] after too
    /// many products, and [`AlgebraError::Canceled`] if `told` says stop.
    pub fn largest(&self, op: &dyn SymmetricOperator, told: Told<'_>) -> Result<Eigenpairs, AlgebraError> {
        let (n, count) = (op.order(), self.count);
        if count == 0 || count > n {
            return Err(AlgebraError::Count { count, most: n });
        }
        let block = op.width().clamp(1, n);
        // Room for as many again, and for a few steps between restarts.
        let room = (2 * count).max(count + 4 * block).max(20).next_multiple_of(block) + block;
        if n <= DENSE || room + block > n {
            return all(op, count);
        }
        let tolerance = self.tolerance.max(ROUNDING);
        let mut basis = Basis::new(n, room, block, self.seed);
        let mut restarted = false;
        loop {
            basis.grow(op);
            let full = basis.filled + block > room;
            // While the basis first fills, each step may be the last; later the steps between restarts are few.
            if basis.filled < count || (restarted && !full) {
                continue;
            }
            let ritz = basis.ritz(count)?;
            let bound = |j: usize| {
                let scale = if self.relative { ritz.all.0[j].abs() } else { ritz.scale };
                // Rounding leaves residuals of this size whatever the eigenvalue.
                (tolerance * scale).max(ROUNDING * ritz.scale)
            };
            let done = (0..count).filter(|&j| ritz.residuals[j] <= bound(j)).count();
            if told(done, count).is_break() {
                return Err(AlgebraError::Canceled);
            }
            if done == count {
                return Ok(basis.finish(op, ritz));
            }
            if basis.products >= self.products {
                let residual = ritz.residuals.iter().fold(0.0, |a: f64, &b| a.max(b)) / ritz.scale;
                let steps = basis.products;
                return Err(AlgebraError::NoConvergence { what: "an eigensolver", residual, steps });
            }
            if full {
                basis.restart(ritz.all);
                restarted = true;
            }
        }
    }
}

impl Lanczos {
    /// The Ritz vectors of one basis of this many steps, from a first block that may be given, without checking
    /// their residuals; all vectors of small matrices.
    pub(super) fn sweep(
        &self,
        op: &dyn SymmetricOperator,
        start: Option<Mat<f64>>,
        steps: usize,
    ) -> Result<Eigenpairs, AlgebraError> {
        let (n, block) = (op.order(), op.width().clamp(1, op.order()));
        if n <= DENSE || (steps + 1) * block > n {
            return all(op, self.count.min(n));
        }
        let mut basis = Basis::new(n, steps * block, block, self.seed);
        if let Some(start) = start {
            basis.start(&start);
        }
        (0..steps).for_each(|_| basis.grow(op));
        let ritz = basis.ritz(self.count)?;
        let vectors = basis.vectors.as_ref().subcols(0, basis.filled);
        let vectors = product(vectors, ritz.all.1.as_ref().subcols(0, self.count));
        let values = ritz.all.0[..self.count].to_vec();
        Ok(Eigenpairs { values, vectors, residuals: ritz.residuals, products: basis.products })
    }
}

/// By decomposing the whole matrix.
fn all(op: &dyn SymmetricOperator, count: usize) -> Result<Eigenpairs, AlgebraError> {
    let n = op.order();
    let matrix = matrix_of(op);
    let (ascending, vectors) = eigen_ascending(matrix.as_ref())?;
    let values: Vec<f64> = ascending.into_iter().rev().take(count).collect();
    let mut vectors = Mat::from_fn(n, count, |i, j| vectors[(i, n - 1 - j)]);
    fix_signs(vectors.as_mut());
    let residuals = residuals(&(&matrix * &vectors), &vectors, &values);
    Ok(Eigenpairs { values, vectors, residuals, products: n })
}

fn residuals(products: &Mat<f64>, vectors: &Mat<f64>, values: &[f64]) -> Vec<f64> {
    let rest =
        Mat::from_fn(vectors.nrows(), vectors.ncols(), |i, j| products[(i, j)] - values[j] * vectors[(i, j)]);
    lengths(rest.as_ref())
}

/// Eigenpairs of the small matrix, descending.
struct Ritz {
    all: (Vec<f64>, Mat<f64>),
    count: usize,
    residuals: Vec<f64>,
    scale: f64,
}

struct Basis {
    /// Orthonormal columns: `filled` of them whose products are in `small`, and the next block.
    vectors: Mat<f64>,
    small: Mat<f64>,
    /// R of the next block.
    coupling: Mat<f64>,
    block: usize,
    filled: usize,
    products: usize,
    /// Largest |A v| seen.
    norm: f64,
    random: ChaCha8Rng,
}

impl Basis {
    fn new(n: usize, room: usize, block: usize, seed: u64) -> Basis {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut vectors = Mat::zeros(n, room + block);
        for j in 0..block {
            fill(vectors.as_mut().subcols_mut(j, 1), &mut random);
        }
        orthonormalize(vectors.as_mut().subcols_mut(0, block), 0.0, &mut random);
        Basis {
            vectors,
            small: Mat::zeros(room, room),
            coupling: Mat::zeros(block, block),
            block,
            filled: 0,
            products: 0,
            norm: 0.0,
            random,
        }
    }

    /// Fills the first block with the given vectors, and with random ones if they are too few.
    fn start(&mut self, vectors: &Mat<f64>) {
        let count = self.block.min(vectors.ncols());
        let mut first = self.vectors.as_mut().subcols_mut(0, self.block);
        first.as_mut().subcols_mut(0, count).copy_from(vectors.as_ref().subcols(0, count));
        orthonormalize(first, ROUNDING, &mut self.random);
    }

    /// Takes the next block into the basis and makes the one after it.
    fn grow(&mut self, op: &dyn SymmetricOperator) {
        let (at, block) = (self.filled, self.block);
        let mut next = Mat::zeros(op.order(), block);
        op.apply(self.vectors.as_ref().subcols(at, block), next.as_mut());
        self.products += block;
        self.norm = lengths(next.as_ref()).into_iter().fold(self.norm, f64::max);
        let basis = self.vectors.as_ref().subcols(0, at + block);
        let first = inner(basis, next.as_ref());
        add_product(next.as_mut(), -1.0, basis, first.as_ref());
        let r1 = orthonormalize(next.as_mut(), self.norm * ROUNDING, &mut self.random);
        let second = inner(basis, next.as_ref());
        add_product(next.as_mut(), -1.0, basis, second.as_ref());
        let r2 = orthonormalize(next.as_mut(), ROUNDING, &mut self.random);
        let columns = first + &second * &r1;
        for j in 0..block {
            for i in 0..=at + j {
                self.small[(i, at + j)] = columns[(i, j)];
                self.small[(at + j, i)] = columns[(i, j)];
            }
        }
        self.coupling = r2 * r1;
        self.vectors.as_mut().subcols_mut(at + block, block).copy_from(&next);
        self.filled = at + block;
    }

    fn ritz(&self, count: usize) -> Result<Ritz, AlgebraError> {
        let m = self.filled;
        let (values, vectors) = eigen_ascending(self.small.as_ref().submatrix(0, 0, m, m))?;
        let scale = values.iter().fold(0.0, |scale: f64, value| scale.max(value.abs()));
        let order = |j: usize| m - 1 - j;
        let values: Vec<f64> = values.into_iter().rev().collect();
        let vectors = Mat::from_fn(m, m, |i, j| vectors[(i, order(j))]);
        let last = &self.coupling * vectors.as_ref().submatrix(m - self.block, 0, self.block, count);
        Ok(Ritz { all: (values, vectors), count, residuals: lengths(last.as_ref()), scale })
    }

    /// Keeps the best half of the Ritz vectors.
    fn restart(&mut self, (values, vectors): (Vec<f64>, Mat<f64>)) {
        let (m, block) = (self.filled, self.block);
        let kept = m / 2;
        let shrunk = product(self.vectors.as_ref().subcols(0, m), vectors.as_ref().subcols(0, kept));
        let next = self.vectors.as_ref().subcols(m, block).to_owned();
        self.vectors.as_mut().subcols_mut(0, kept).copy_from(&shrunk);
        self.vectors.as_mut().subcols_mut(kept, block).copy_from(&next);
        self.small.fill(0.0);
        for (j, &value) in values.iter().take(kept).enumerate() {
            self.small[(j, j)] = value;
        }
        self.filled = kept;
    }

    fn finish(self, op: &dyn SymmetricOperator, ritz: Ritz) -> Eigenpairs {
        let (mut values, small) = ritz.all;
        values.truncate(ritz.count);
        let basis = self.vectors.as_ref().subcols(0, self.filled);
        let mut vectors = product(basis, small.as_ref().subcols(0, ritz.count));
        fix_signs(vectors.as_mut());
        let mut products = Mat::zeros(op.order(), ritz.count);
        op.apply(vectors.as_ref(), products.as_mut());
        let residuals = residuals(&products, &vectors, &values);
        Eigenpairs { values, vectors, residuals, products: self.products + ritz.count }
    }
}

/// Replaces W by Q, W = Q R. A column of which the earlier ones leave nothing (at most `tiny`) becomes random
/// with a zero in R.
fn orthonormalize(mut w: MatMut<'_, f64>, tiny: f64, random: &mut ChaCha8Rng) -> Mat<f64> {
    let columns = w.ncols();
    let mut r = Mat::zeros(columns, columns);
    for j in 0..columns {
        let (before, mut column) = w.as_mut().subcols_mut(0, j + 1).split_at_col_mut(j);
        let before = before.as_ref();
        let clear = |column: &mut MatMut<'_, f64>| {
            let mut sum = Mat::zeros(j, 1);
            // Twice is enough.
            for _ in 0..2 {
                let part = inner(before, column.as_ref());
                add_product(column.as_mut(), -1.0, before, part.as_ref());
                sum += part;
            }
            (sum, lengths(column.as_ref())[0])
        };
        let (part, mut length) = clear(&mut column);
        r.as_mut().submatrix_mut(0, j, j, 1).copy_from(&part);
        if length > tiny {
            r[(j, j)] = length;
        } else {
            fill(column.as_mut(), random);
            length = clear(&mut column).1;
        }
        column *= Scale(1.0 / length);
    }
    r
}

fn fill(mut column: MatMut<'_, f64>, random: &mut ChaCha8Rng) {
    for i in 0..column.nrows() {
        column[(i, 0)] = random.random_range(-1.0..1.0);
    }
}

#[cfg(test)]
mod tests;

//! The few largest eigenpairs of a large symmetric operator by block Krylov subspaces.
//!
//! The basis grows by blocks, Q = [Q_0, A Q_0, A² Q_0, …] made orthonormal; the eigenpairs of
//! Qᵀ A Q are those of A restricted to it; when the basis is full it starts again from the best
//! of them. Source: Musco and Musco, NIPS 2015; Saad, Numerical methods for large eigenvalue problems, 6.

use faer::{Mat, MatMut, MatRef};

use rayon::prelude::*;

use super::{Gaussian, Skinny, eigen, orthonormalise, positive_largest, product, row_major};
use crate::embed::EmbedError;
use crate::embed::spectrum::{Eigenpairs, SymmetricOperator};

/// Rows that are worth a task of their own.
const ROWS: usize = 64;
/// Vectors beyond those asked for that a block holds: they speed up what lies close.
const GUARD: usize = 6;
/// Blocks in a full basis.
const BLOCKS: usize = 8;
/// Times that the basis starts again.
const RESTARTS: usize = 60;

/// A symmetric matrix in memory, n² values, as an operator.
pub(crate) struct Dense<'a> {
    pub n: usize,
    pub values: &'a [f64],
}

impl SymmetricOperator for Dense<'_> {
    fn order(&self) -> usize {
        self.n
    }

    fn apply(&self, x: MatRef<'_, f64>, y: MatMut<'_, f64>) {
        let (n, k) = x.shape();
        let small = row_major(x);
        let mut image = vec![0.0; n * k];
        let strips = self.values.par_chunks(ROWS * n);
        image.par_chunks_mut(ROWS * k).zip(strips).for_each(|(to, strip)| {
            f64::times(strip, n, &small, k, to);
        });
        let mut y = y;
        y.copy_from(MatRef::from_row_major_slice(&image, n, k));
    }
}

/// Takes out of `block` what lies in the span of the orthonormal `basis`.
fn reject(basis: MatRef<'_, f64>, block: &mut Mat<f64>) {
    let mut inside = Mat::zeros(basis.nrows(), block.ncols());
    // Twice: once leaves what rounding makes of large components.
    for _ in 0..2 {
        let shares = basis.transpose() * &*block;
        product(inside.as_mut(), basis, shares.as_ref());
        *block -= &inside;
    }
}

/// The `count` (algebraically) largest eigenpairs, descending, each to a residual of `tolerance` times the
/// largest magnitude of them.
pub(crate) fn largest(
    operator: &dyn SymmetricOperator,
    count: usize,
    tolerance: f64,
    seed: u64,
) -> Result<Eigenpairs, EmbedError> {
    let n = operator.order();
    let width = (count + GUARD).min(n);
    let full = (width * BLOCKS).min(n);
    let mut gaussian = Gaussian::new(seed);
    let mut block = Mat::from_fn(n, width, |_, _| gaussian.draw());
    orthonormalise(&mut block);
    let (mut basis, mut images) = (Mat::zeros(n, full), Mat::zeros(n, full));
    let (mut products, mut filled) = (0, 0);
    let mut worst = f64::INFINITY;
    for _ in 0..RESTARTS {
        loop {
            let columns = block.ncols();
            basis.subcols_mut(filled, columns).copy_from(&block);
            let image = images.subcols_mut(filled, columns);
            operator.apply(block.as_ref(), image);
            products += columns;
            filled += columns;
            let next = width.min(full - filled);
            if next == 0 {
                break;
            }
            block = images.subcols(filled - columns, columns).subcols(0, next.min(columns)).to_owned();
            reject(basis.subcols(0, filled), &mut block);
            orthonormalise(&mut block);
            reject(basis.subcols(0, filled), &mut block);
            orthonormalise(&mut block);
        }
        let small = basis.transpose() * &images;
        let ritz = eigen(small.as_ref())?;
        let keep = width.min(full);
        let best = ritz.vectors.subcols(0, keep);
        let (mut vectors, mut moved) = (Mat::zeros(n, keep), Mat::zeros(n, keep));
        product(vectors.as_mut(), basis.as_ref(), best);
        product(moved.as_mut(), images.as_ref(), best);
        let scale = ritz.values.iter().fold(f64::MIN_POSITIVE, |a, b| a.max(b.abs()));
        let residuals: Vec<f64> = (0..count.min(keep))
            .map(|j| {
                let parts = (0..n).map(|i| moved[(i, j)] - ritz.values[j] * vectors[(i, j)]);
                parts.map(|r| r * r).sum::<f64>().sqrt()
            })
            .collect();
        worst = residuals.iter().fold(0.0, |a, b| b.max(a));
        if worst <= tolerance * scale || full == n {
            return Ok(finish(count, &ritz.values, &vectors, residuals, products));
        }
        // The next block is the image of the best: the basis holds those and their images already.
        basis.subcols_mut(0, keep).copy_from(&vectors);
        images.subcols_mut(0, keep).copy_from(&moved);
        filled = keep;
        block = moved.subcols(0, width.min(full - filled)).to_owned();
        reject(basis.subcols(0, filled), &mut block);
        orthonormalise(&mut block);
        reject(basis.subcols(0, filled), &mut block);
        orthonormalise(&mut block);
    }
    Err(EmbedError::NoConvergence { what: "the largest eigenvalues", residual: worst, steps: products })
}

fn finish(
    count: usize,
    values: &[f64],
    vectors: &Mat<f64>,
    residuals: Vec<f64>,
    products: usize,
) -> Eigenpairs {
    let n = vectors.nrows();
    let signs: Vec<f64> = (0..count).map(|j| positive_largest(vectors.col(j).iter().copied())).collect();
    let vectors = Mat::from_fn(n, count, |i, j| vectors[(i, j)] * signs[j]);
    Eigenpairs { values: values[..count].to_vec(), vectors, residuals, products }
}

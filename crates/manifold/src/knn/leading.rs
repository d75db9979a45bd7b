//! Points as seen along the few directions in which they vary most.
//!
//! With V (d x q) orthonormal and μ the mean, z = (Vᵀ(x − μ), r) where r = |(I − VVᵀ)(x − μ)|: then
//! |z_a − z_b| <= |x_a − x_b|, because what is left of the difference is at least the difference of
//! the two lengths. The directions come from a subspace iteration on a sample (Halko, Martinsson,
//! Tropp, SIAM Review 53, 2011); that they are the leading ones makes the bound sharp, but any
//! orthonormal directions make it a bound.
//!
//! Rounding. Each z is stored in 32 bits with an error of at most δ. As (u − v)² >= (1 − θ)u² −
//! v²/θ, |x_a − x_b|² >= (1 − θ)|z_a − z_b|² − 2(δ_a² + δ_b²)/θ: θ = [`THETA`]. A 32-bit product of
//! q numbers errs by at most (q + 8)u(|z_a|² + |z_b|²)/2, u = 2^-24, sums of norms included. Both
//! are taken off the norms ([`Leading::norms`]), so that with them norm_a + norm_b − 2z_a·z_b, in
//! whatever order it is summed, stays below |x_a − x_b|²(1 + 2θ).

use algebra::{Mat, MatMut, MatRef, Working as _, eigen_ascending};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rayon::prelude::*;

use crate::points::Points;

/// The share of a squared distance that is given up for the rounding of z.
pub(super) const THETA: f64 = 1e-4;

/// Rows of the sample whose directions are found.
const SAMPLE: usize = 2048;

/// Rows worked on together.
const CHUNK: usize = 512;

/// An orthonormal basis and a mean.
#[derive(Clone, Debug)]
pub(super) struct Basis {
    mean: Vec<f64>,
    /// d x q; none: the coordinates themselves.
    directions: Option<Mat<f64>>,
}

/// Points along a basis.
#[derive(Clone, Debug)]
pub(super) struct Leading {
    /// Numbers to a row.
    pub width: usize,
    /// Row by row.
    pub values: Vec<f32>,
    /// Squared lengths, less what rounding may have added.
    pub norms: Vec<f32>,
}

/// The points, from their mean, along at most `q` directions in which a sample of 2048 of them varies
/// most: how many, and the coordinates point by point. `None` if the sample does not vary at all.
pub(crate) fn leading_components(points: &Points, q: usize) -> Option<(usize, Vec<f64>)> {
    let basis = Basis::leading(points, q)?;
    let v = basis.directions.as_ref()?;
    let mut components = Vec::with_capacity(points.n() * v.ncols());
    for row in points.values().chunks_exact(points.dimensions()) {
        for axis in 0..v.ncols() {
            let direction = v.col(axis);
            let terms =
                row.iter().zip(&basis.mean).enumerate().map(|(i, (&x, m))| (f64::from(x) - m) * direction[i]);
            components.push(terms.sum());
        }
    }
    Some((v.ncols(), components))
}

impl Basis {
    /// The coordinates themselves, from the mean.
    pub(crate) fn whole(points: &Points) -> Basis {
        Basis { mean: mean(points), directions: None }
    }

    /// At most `q` leading directions; fewer where the points lie in fewer.
    pub(crate) fn leading(points: &Points, q: usize) -> Option<Basis> {
        let mean = mean(points);
        let step = points.n().div_ceil(SAMPLE);
        let rows: Vec<&[f32]> = (0..points.n()).step_by(step).map(|i| points.row(i)).collect();
        let sample = Mat::from_fn(rows.len(), mean.len(), |i, j| f64::from(rows[i][j]) - mean[j]);
        let mut random = ChaCha8Rng::seed_from_u64(0);
        let mut y = Mat::from_fn(mean.len(), q + 8, |_, _| random.random::<f64>() - 0.5);
        for _ in 0..3 {
            y = orthonormal(product(sample.transpose(), product(sample.as_ref(), y.as_ref()).as_ref()))?;
        }
        let kept = y.ncols().min(q);
        let directions = Some(Mat::from_fn(mean.len(), kept, |i, j| y[(i, j)]));
        Some(Basis { mean, directions })
    }

    /// The points as seen along the basis.
    pub(crate) fn of(&self, points: &Points) -> Leading {
        let d = points.dimensions();
        let q = self.directions.as_ref().map_or(d, |v| v.ncols());
        let width = if self.directions.is_some() { q + 1 } else { d };
        let mut values = vec![0.0f32; points.n() * width];
        let mut norms = vec![0.0f32; points.n()];
        let chunks = values.par_chunks_mut(CHUNK * width).zip(norms.par_chunks_mut(CHUNK)).enumerate();
        chunks.for_each(|(chunk, (values, norms))| {
            let rows = points.values()[chunk * CHUNK * d..].chunks_exact(d).take(norms.len());
            let centered: Vec<f64> =
                rows.flat_map(|row| row.iter().zip(&self.mean).map(|(&x, m)| f64::from(x) - m)).collect();
            self.see(&centered, values, norms);
        });
        Leading { width, values, norms }
    }

    fn see(&self, centered: &[f64], values: &mut [f32], norms: &mut [f32]) {
        let d = self.mean.len();
        let Some(v) = &self.directions else {
            for (value, &x) in values.iter_mut().zip(centered) {
                *value = x as f32;
            }
            for ((norm, z), x) in norms.iter_mut().zip(values.chunks_exact(d)).zip(centered.chunks_exact(d)) {
                // Rounding to 32 bits, subnormal numbers included.
                *norm = safe_norm(z, length2(x) * 2f64.powi(-48) + d as f64 * 2f64.powi(-298));
            }
            return;
        };
        let q = v.ncols();
        let mut y = vec![0.0f64; norms.len() * q];
        let x = MatRef::from_column_major_slice(centered, d, norms.len());
        let seen = MatMut::from_column_major_slice_mut(&mut y, q, norms.len());
        f64::multiply(seen, v.transpose(), x);
        // 64-bit rounding of the products, and what canceling makes of it in r.
        let share = (2f64.powi(-23) + (32.0 * d as f64 * f64::EPSILON).sqrt()).powi(2);
        let rows = values.chunks_exact_mut(q + 1).zip(y.chunks_exact(q)).zip(centered.chunks_exact(d));
        for (norm, ((z, y), x)) in norms.iter_mut().zip(rows) {
            let length2 = length2(x);
            let seen2: f64 = y.iter().map(|y| y * y).sum();
            z.iter_mut().zip(y).for_each(|(z, &y)| *z = y as f32);
            z[q] = (length2 - seen2).max(0.0).sqrt() as f32;
            *norm = safe_norm(z, length2 * share + f64::from(f32::MIN_POSITIVE).powi(2));
        }
    }
}

/// |z|² less what its own rounding (`delta2` = δ²) and that of products may add to a bound.
fn safe_norm(z: &[f32], delta2: f64) -> f32 {
    let squares: f64 = z.iter().map(|&z| f64::from(z).powi(2)).sum();
    let products = (z.len() + 8) as f64 * 2f64.powi(-24) * 1.01;
    below(squares * (1.0 - products) - 3.0 / THETA * delta2)
}

/// A 32-bit number that is not above `x`.
pub(super) fn below(x: f64) -> f32 {
    (x - x.abs() * 2f64.powi(-23)) as f32
}

fn length2(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum()
}

fn mean(points: &Points) -> Vec<f64> {
    let mut mean = vec![0.0; points.dimensions()];
    for row in points.values().chunks_exact(points.dimensions()) {
        mean.iter_mut().zip(row).for_each(|(mean, &x)| *mean += f64::from(x));
    }
    mean.iter_mut().for_each(|mean| *mean /= points.n() as f64);
    mean
}

fn product(a: MatRef<f64>, b: MatRef<f64>) -> Mat<f64> {
    let mut product = Mat::zeros(a.nrows(), b.ncols());
    f64::multiply(product.as_mut(), a, b);
    product
}

/// An orthonormal basis of the columns, by descending length; `None` if there is none. Twice, as
/// once leaves an error of the square of the condition.
fn orthonormal(y: Mat<f64>) -> Option<Mat<f64>> {
    orthogonal(&orthogonal(&y)?)
}

fn orthogonal(y: &Mat<f64>) -> Option<Mat<f64>> {
    let (lengths2, vectors) = eigen_ascending(product(y.transpose(), y.as_ref()).as_ref()).ok()?;
    let largest = lengths2.last().copied().filter(|&largest| largest > 0.0)?;
    let kept: Vec<usize> = (0..lengths2.len()).rev().filter(|&i| lengths2[i] > 1e-12 * largest).collect();
    let scaled =
        Mat::from_fn(vectors.nrows(), kept.len(), |i, j| vectors[(i, kept[j])] / lengths2[kept[j]].sqrt());
    Some(product(y.as_ref(), scaled.as_ref()))
}

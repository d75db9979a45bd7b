//! The solvers.

use algebra::{Eigen, Mat, MatRef, Skinny, eigen, orthonormalize, positive_largest, product, singular_right};

use super::PcaSolver;
use crate::embed::EmbedError;
use crate::embed::linear::{
    Centered, Gaussian, Rows, Transposed, cross, gram, is_tiny, project, sum_in_order,
};
use crate::points::Points;

/// Multiplications below which products are done in 64 bits: a twentieth of a second.
const EXACT: f64 = 4e8;
/// Smaller side of a table up to which all eigenvectors are found quickly.
const SMALL_SIDE: usize = 1500;

/// Components as columns (d x k) and singular values of the centered table.
pub(super) struct Axes {
    pub components: Mat<f64>,
    pub singular: Vec<f64>,
    /// Sum of the squares of all singular values.
    pub squares: f64,
}

/// Whether this many multiplications are few enough for 64 bits, or their products too small for 32.
pub(super) fn exact(multiplications: f64, points: &Points) -> bool {
    multiplications <= EXACT || is_tiny(points)
}

/// Σ |x - m|².
fn squared_norm(table: &Centered<'_>) -> f64 {
    let part = |range: std::ops::Range<usize>| {
        let mut row = vec![0.0f64; table.columns()];
        let mut sum = 0.0;
        for i in range {
            table.fill(i, &mut row);
            sum += row.iter().map(|x| x * x).sum::<f64>();
        }
        sum
    };
    sum_in_order(table.rows(), 512, part, |total, part| *total += part).unwrap_or(0.0)
}

pub(super) fn axes(table: &Centered<'_>, k: usize, solver: PcaSolver, seed: u64) -> Result<Axes, EmbedError> {
    let (n, d) = (table.rows(), table.columns());
    let side = n.min(d);
    match solver {
        PcaSolver::Auto if side > SMALL_SIDE && 5 * k < side => randomized(table, k, 10, 4, seed),
        PcaSolver::Randomized { oversampling, power_iterations } => {
            randomized(table, k, oversampling, power_iterations, seed)
        }
        PcaSolver::Svd => by_svd(table, k),
        PcaSolver::Auto | PcaSolver::Eigen if d <= n => by_covariance(table, k),
        PcaSolver::Auto | PcaSolver::Eigen => by_inner_products(table, k),
    }
}

fn by_svd(table: &Centered<'_>, k: usize) -> Result<Axes, EmbedError> {
    let mut whole = Mat::zeros(table.rows(), table.columns());
    let mut row = vec![0.0; table.columns()];
    for i in 0..table.rows() {
        table.fill(i, &mut row);
        row.iter().enumerate().for_each(|(j, &x)| whole[(i, j)] = x);
    }
    let found = singular_right(whole.as_ref())?;
    let squares = found.values.iter().map(|s| s * s).sum();
    let components = signed(found.v.subcols(0, k));
    Ok(Axes { components, singular: found.values[..k].to_vec(), squares })
}

fn by_covariance(table: &Centered<'_>, k: usize) -> Result<Axes, EmbedError> {
    let (n, d) = (table.rows() as f64, table.columns() as f64);
    let square = if exact(n * d * d, table.points) { gram::<f64>(table) } else { gram::<f32>(table) };
    let Eigen { values, vectors } = eigen(square.as_ref())?;
    let singular = values[..k].iter().map(|value| value.max(0.0).sqrt()).collect();
    Ok(Axes { components: vectors.subcols(0, k).to_owned(), singular, squares: trace(&square) })
}

/// From the eigenvectors u of XcXcᵀ: v = Xcᵀu / σ. Where σ vanishes v is any unit vector orthogonal to the others.
fn by_inner_products(table: &Centered<'_>, k: usize) -> Result<Axes, EmbedError> {
    let (n, d) = (table.rows(), table.columns());
    let across = Transposed(Centered { points: table.points, center: table.center });
    let few = exact(n as f64 * n as f64 * d as f64, table.points);
    let square = if few { gram::<f64>(&across) } else { gram::<f32>(&across) };
    let Eigen { values, vectors } = eigen(square.as_ref())?;
    let left: Vec<f64> = (0..n).flat_map(|i| (0..k).map(move |j| (i, j))).map(|at| vectors[at]).collect();
    let mut components = cross::<f64>(table, &left, k);
    let singular: Vec<f64> = values[..k].iter().map(|value| value.max(0.0).sqrt()).collect();
    orthonormalize(&mut components);
    Ok(Axes { components: signed(components.as_ref()), singular, squares: trace(&square) })
}

fn randomized(
    table: &Centered<'_>,
    k: usize,
    oversampling: usize,
    power_iterations: usize,
    seed: u64,
) -> Result<Axes, EmbedError> {
    let width = (k + oversampling).min(table.rows().min(table.columns()));
    let (n, d) = (table.rows() as f64, table.columns() as f64);
    if exact(n * d * width as f64, table.points) {
        rotate::<f64>(table, k, width, power_iterations, seed)
    } else {
        rotate::<f32>(table, k, width, power_iterations, seed)
    }
}

/// Q <- orth(XcᵀXc Q), then the eigenvectors of QᵀXcᵀXcQ.
fn rotate<T: Skinny>(
    table: &Centered<'_>,
    k: usize,
    width: usize,
    power_iterations: usize,
    seed: u64,
) -> Result<Axes, EmbedError> {
    let mut gaussian = Gaussian::new(seed);
    let mut basis = Mat::from_fn(table.columns(), width, |_, _| gaussian.draw());
    orthonormalize(&mut basis);
    let scores_on = |basis: &Mat<f64>| {
        let working = Mat::<T>::from_fn(basis.nrows(), width, |i, j| T::of(basis[(i, j)]));
        project::<T>(table, working.as_ref())
    };
    // One product belongs to the start: Halko's A Ω.
    for _ in 0..=power_iterations {
        let scores = scores_on(&basis);
        basis = cross::<T>(table, &scores, width);
        orthonormalize(&mut basis);
    }
    let scores = scores_on(&basis);
    let scores = MatRef::from_row_major_slice(&scores, table.rows(), width);
    let square = product(scores.transpose(), scores);
    let Eigen { values, vectors } = eigen(square.as_ref())?;
    let components = product(basis.as_ref(), vectors.subcols(0, k));
    let singular = values[..k].iter().map(|value| value.max(0.0).sqrt()).collect();
    let squares = squared_norm(table);
    Ok(Axes { components: signed(components.as_ref()), singular, squares })
}

fn trace(square: &Mat<f64>) -> f64 {
    (0..square.nrows()).map(|i| square[(i, i)]).sum()
}

fn signed(components: MatRef<'_, f64>) -> Mat<f64> {
    let (d, k) = components.shape();
    let signs: Vec<f64> = (0..k).map(|j| positive_largest(components.col(j).iter().copied())).collect();
    Mat::from_fn(d, k, |i, j| components[(i, j)] * signs[j])
}

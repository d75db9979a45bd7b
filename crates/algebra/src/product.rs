//! Products of whole matrices.

use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::{Accum, Mat, MatMut, MatRef, Par};

use crate::Working;

/// A B for `a` (m x n) and `b` (n x k), on faer's threads where the product is large.
#[must_use]
pub fn product(a: MatRef<'_, f64>, b: MatRef<'_, f64>) -> Mat<f64> {
    a * b
}

/// The lower half, with the diagonal, of `to` += A B, on the calling thread.
pub fn add_lower_product(to: MatMut<'_, f64>, a: MatRef<'_, f64>, b: MatRef<'_, f64>) {
    let (lower, full) = (BlockStructure::TriangularLower, BlockStructure::Rectangular);
    triangular::matmul(to, lower, Accum::Add, a, full, b, full, 1.0, Par::Seq);
}

/// The sum of the squares of all entries.
#[must_use]
pub fn squared_length(a: MatRef<'_, f64>) -> f64 {
    a.squared_norm_l2()
}

/// The entries row by row.
#[must_use]
pub fn row_major<T: Working>(matrix: MatRef<'_, T>) -> Vec<T> {
    let (rows, columns) = matrix.shape();
    (0..rows * columns).map(|at| matrix[(at / columns, at % columns)]).collect()
}

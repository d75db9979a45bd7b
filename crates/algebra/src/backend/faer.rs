//! By faer. All sequential: its parallel versions cut their work by the number of threads.

use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::svd::{ComputeSvdVectors, svd, svd_scratch};
use faer::{Mat, MatRef, Par};

pub(crate) use super::symmetric::eigen;

/// Singular values, descending, and right singular vectors, as many as the shorter side has.
pub(crate) fn singular_right(matrix: MatRef<'_, f64>) -> Option<(Vec<f64>, Mat<f64>)> {
    let (rows, columns) = matrix.shape();
    let rank = rows.min(columns);
    let (no, thin) = (ComputeSvdVectors::No, ComputeSvdVectors::Thin);
    let mut v = Mat::<f64>::zeros(columns, rank);
    let mut values = Diag::<f64>::zeros(rank);
    let scratch = svd_scratch::<f64>(rows, columns, no, thin, Par::Seq, Default::default());
    let mut memory = MemBuffer::new(scratch);
    let stack = MemStack::new(&mut memory);
    svd(matrix, values.as_mut(), None, Some(v.as_mut()), Par::Seq, stack, Default::default()).ok()?;
    Some((values.column_vector().iter().copied().collect(), v))
}

/// U, the singular values, descending, and V of a square matrix U Σ Vᵀ.
pub(crate) fn singular(matrix: MatRef<'_, f64>) -> Option<(Mat<f64>, Vec<f64>, Mat<f64>)> {
    let d = matrix.nrows();
    let full = ComputeSvdVectors::Full;
    let (mut u, mut v) = (Mat::<f64>::zeros(d, d), Mat::<f64>::zeros(d, d));
    let mut values = Diag::<f64>::zeros(d);
    let scratch = svd_scratch::<f64>(d, d, full, full, Par::Seq, Default::default());
    let mut memory = MemBuffer::new(scratch);
    let stack = MemStack::new(&mut memory);
    let (left, right) = (Some(u.as_mut()), Some(v.as_mut()));
    svd(matrix, values.as_mut(), left, right, Par::Seq, stack, Default::default()).ok()?;
    Some((u, values.column_vector().iter().copied().collect(), v))
}

//! All eigenpairs of a small symmetric matrix.

use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::{ComputeEigenvectors, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::{Mat, MatRef, Par};

use super::SymmetricOperator;
use crate::embed::EmbedError;

/// Eigenvalues, ascending, and unit eigenvectors as columns in the same order; the lower triangle is read.
pub(crate) fn eigen(matrix: MatRef<'_, f64>) -> Result<(Vec<f64>, Mat<f64>), EmbedError> {
    let n = matrix.nrows();
    let mut values = Diag::<f64>::zeros(n);
    let mut vectors = Mat::<f64>::zeros(n, n);
    let scratch = self_adjoint_evd_scratch::<f64>(n, ComputeEigenvectors::Yes, Par::Seq, Default::default());
    self_adjoint_evd(
        matrix,
        values.as_mut(),
        Some(vectors.as_mut()),
        Par::Seq,
        MemStack::new(&mut MemBuffer::new(scratch)),
        Default::default(),
    )
    .map_err(|_| EmbedError::NoConvergence {
        what: "a dense eigensolver",
        residual: f64::NAN,
        steps: 0,
    })?;
    Ok((values.column_vector().iter().copied().collect(), vectors))
}

/// The matrix behind an operator: its products with the unit vectors.
pub(super) fn matrix_of(op: &dyn SymmetricOperator) -> Mat<f64> {
    let n = op.order();
    let mut matrix = Mat::zeros(n, n);
    op.apply(Mat::<f64>::identity(n, n).as_ref(), matrix.as_mut());
    matrix
}

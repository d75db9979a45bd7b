//! The matrix behind an operator.

use faer::Mat;

use super::SymmetricOperator;

/// Its products with the unit vectors.
pub(super) fn matrix_of(op: &dyn SymmetricOperator) -> Mat<f64> {
    let n = op.order();
    let mut matrix = Mat::zeros(n, n);
    op.apply(Mat::<f64>::identity(n, n).as_ref(), matrix.as_mut());
    matrix
}

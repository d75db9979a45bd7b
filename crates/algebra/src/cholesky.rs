//! Positive definite systems by Cholesky factors. Of each matrix the lower half is read.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::factor::{cholesky_in_place, cholesky_in_place_scratch};
use faer::linalg::cholesky::llt::solve::{solve_in_place, solve_in_place_scratch};
use faer::linalg::solvers::{DenseSolveCore as _, Solve as _};
use faer::{Mat, MatMut, Par, Side};

use crate::AlgebraError;

/// x of A x = b for `matrix` A (n x n) and `right` b (n), on faer's threads where A is large.
pub fn solve_positive(matrix: &Mat<f64>, right: &[f64]) -> Result<Vec<f64>, AlgebraError> {
    let factor = matrix.llt(Side::Lower).map_err(|_| AlgebraError::NotPositiveDefinite)?;
    let solved = factor.solve(Mat::from_fn(matrix.nrows(), 1, |i, _| right[i]));
    Ok((0..matrix.nrows()).map(|i| solved[(i, 0)]).collect())
}

/// A⁻¹ for `matrix` A (n x n), on faer's threads where it is large.
pub fn invert_positive(matrix: &Mat<f64>) -> Result<Mat<f64>, AlgebraError> {
    let factor = matrix.llt(Side::Lower).map_err(|_| AlgebraError::NotPositiveDefinite)?;
    Ok(factor.inverse())
}

/// Replaces the lower half of `matrix` A (n x n) by its factor L, A = L Lᵀ, and the columns of `right` B
/// (n x k) by A⁻¹ B, on the calling thread.
pub fn factor_and_solve(mut matrix: MatMut<'_, f64>, right: MatMut<'_, f64>) -> Result<(), AlgebraError> {
    let (n, k) = right.shape();
    let scratch = cholesky_in_place_scratch::<f64>(n, Par::Seq, Default::default())
        .or(solve_in_place_scratch::<f64>(n, k, Par::Seq));
    let mut memory = MemBuffer::new(scratch);
    let stack = MemStack::new(&mut memory);
    cholesky_in_place(matrix.as_mut(), Default::default(), Par::Seq, stack, Default::default())
        .map_err(|_| AlgebraError::NotPositiveDefinite)?;
    solve_in_place(matrix.as_ref(), right, Par::Seq, stack);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Diagonally dominant, so positive definite.
    fn positive(n: usize) -> Mat<f64> {
        Mat::from_fn(n, n, |i, j| if i == j { n as f64 } else { ((i.min(j) * 7 + i.max(j)) as f64).sin() })
    }

    #[test]
    fn all_three_solve_the_same_systems() {
        for n in [1, 2, 9, 40, 130] {
            let matrix = positive(n);
            let right: Vec<f64> = (0..n).map(|i| (i as f64).cos()).collect();
            let solved = solve_positive(&matrix, &right).unwrap();
            let inverse = invert_positive(&matrix).unwrap();
            let mut factor = matrix.clone();
            let mut other = Mat::from_fn(n, 1, |i, _| right[i]);
            factor_and_solve(factor.as_mut(), other.as_mut()).unwrap();
            for i in 0..n {
                let back: f64 = (0..n).map(|j| matrix[(i, j)] * solved[j]).sum();
                assert!((back - right[i]).abs() < 1e-12);
                assert!((other[(i, 0)] - solved[i]).abs() < 1e-12);
                let inverted: f64 = (0..n).map(|j| inverse[(i, j)] * right[j]).sum();
                assert!((inverted - solved[i]).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn other_matrices_are_refused() {
        let mut negative = Mat::from_fn(3, 3, |i, j| if i == j { -1.0 } else { 0.0 });
        let wanted = AlgebraError::NotPositiveDefinite;
        assert_eq!(solve_positive(&negative, &[1.0; 3]), Err(wanted.clone()));
        assert_eq!(invert_positive(&negative).unwrap_err(), wanted);
        let mut right = Mat::zeros(3, 1);
        assert_eq!(factor_and_solve(negative.as_mut(), right.as_mut()), Err(wanted));
    }
}

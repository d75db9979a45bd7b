//! Eigenvalues, singular values and orthonormal bases of matrices that fit in memory, on the calling thread.

use faer::dyn_stack::{MemBuffer, MemStack, StackReq};
use faer::linalg::householder::{
    apply_block_householder_sequence_on_the_left_in_place_scratch as apply_scratch,
    apply_block_householder_sequence_on_the_left_in_place_with_conj as apply_reflections,
};
use faer::linalg::qr::no_pivoting::factor::{qr_in_place, qr_in_place_scratch, recommended_block_size};
use faer::{Conj, Mat, MatRef, Par};

use crate::{AlgebraError, backend};

/// Eigenvalues, descending, and unit eigenvectors as columns in the same order; the component of
/// largest magnitude of each is positive.
#[derive(Clone, Debug)]
pub struct Eigen {
    /// Eigenvalues, descending.
    pub values: Vec<f64>,
    /// Eigenvectors as columns (n x n).
    pub vectors: Mat<f64>,
}

/// Singular values of a matrix (m x n) and its right singular vectors.
#[derive(Clone, Debug)]
pub struct RightSingular {
    /// Singular values, descending: as many as the shorter side has.
    pub values: Vec<f64>,
    /// Right singular vectors as columns, in the same order.
    pub v: Mat<f64>,
}

/// A square matrix U Σ Vᵀ (n x n).
#[derive(Clone, Debug)]
pub struct Singular {
    /// Left singular vectors as columns.
    pub u: Mat<f64>,
    /// The diagonal of Σ, descending.
    pub values: Vec<f64>,
    /// Right singular vectors as columns.
    pub v: Mat<f64>,
}

fn failed(what: &'static str) -> AlgebraError {
    AlgebraError::NoConvergence { what, residual: f64::NAN, steps: 0 }
}

/// -1 if the component of largest magnitude (the first of them where several are equal) is negative, else 1.
pub fn positive_largest(values: impl Iterator<Item = f64>) -> f64 {
    let largest = values.fold(0.0, |best: f64, value| if value.abs() > best.abs() { value } else { best });
    if largest < 0.0 { -1.0 } else { 1.0 }
}

/// The whole decomposition of a symmetric matrix (n x n), of which the lower half is read.
pub fn eigen(matrix: MatRef<'_, f64>) -> Result<Eigen, AlgebraError> {
    let n = matrix.nrows();
    let (values, vectors) = backend::eigen(matrix).ok_or_else(|| failed("the eigenvalues"))?;
    let signs: Vec<f64> = (0..n).map(|i| positive_largest(vectors.col(n - 1 - i).iter().copied())).collect();
    Ok(Eigen {
        values: values.into_iter().rev().collect(),
        vectors: Mat::from_fn(n, n, |row, i| vectors[(row, n - 1 - i)] * signs[i]),
    })
}

/// The same as a step of another algorithm needs it: eigenvalues ascending, and unit eigenvectors of any sign. By faer
/// with either backend, so that what starts from them (t-SNE, say) has the same bits with both.
pub fn eigen_ascending(matrix: MatRef<'_, f64>) -> Result<(Vec<f64>, Mat<f64>), AlgebraError> {
    backend::symmetric::eigen(matrix).ok_or_else(|| failed("a dense eigensolver"))
}

/// Singular values and right singular vectors of any matrix.
pub fn singular_right(matrix: MatRef<'_, f64>) -> Result<RightSingular, AlgebraError> {
    let (values, v) = backend::singular_right(matrix).ok_or_else(|| failed("the singular values"))?;
    Ok(RightSingular { values, v })
}

/// The whole decomposition of a square matrix.
pub fn singular(matrix: MatRef<'_, f64>) -> Result<Singular, AlgebraError> {
    let (u, values, v) = backend::singular(matrix).ok_or_else(|| failed("the singular values"))?;
    Ok(Singular { u, values, v })
}

/// Replaces the columns (no more than rows) by an orthonormal basis of a space that contains theirs.
pub fn orthonormalize(matrix: &mut Mat<f64>) {
    let (rows, columns) = matrix.shape();
    if columns == 0 {
        return;
    }
    let block = recommended_block_size::<f64>(rows, columns);
    let mut factor = Mat::<f64>::zeros(block, columns);
    let scratch = StackReq::any_of(&[
        qr_in_place_scratch::<f64>(rows, columns, block, Par::Seq, Default::default()),
        apply_scratch::<f64>(rows, block, columns),
    ]);
    let mut memory = MemBuffer::new(scratch);
    let stack = MemStack::new(&mut memory);
    qr_in_place(matrix.as_mut(), factor.as_mut(), Par::Seq, stack, Default::default());
    let mut basis = Mat::<f64>::from_fn(rows, columns, |i, j| if i == j { 1.0 } else { 0.0 });
    apply_reflections(matrix.as_ref(), factor.as_ref(), Conj::No, basis.as_mut(), Par::Seq, stack);
    *matrix = basis;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(rows: usize, columns: usize) -> Mat<f64> {
        Mat::from_fn(rows, columns, |i, j| ((i * 31 + j * 17 + i * j) as f64).sin())
    }

    #[test]
    fn decompositions_give_the_matrix_back() {
        for (rows, columns) in [(1, 1), (5, 3), (3, 5), (40, 17), (90, 90)] {
            let a = matrix(rows, columns);
            let RightSingular { values, v } = singular_right(a.as_ref()).unwrap();
            let images = &a * &v;
            assert!((&images * v.transpose() - &a).norm_max() < 1e-12);
            for (j, value) in values.iter().enumerate() {
                assert!((images.col(j).norm_l2() - value).abs() < 1e-12);
            }
            assert!(values.windows(2).all(|w| w[0] >= w[1]));

            let gram = a.transpose() * &a;
            let Eigen { values: squares, vectors } = eigen(gram.as_ref()).unwrap();
            let scaled = Mat::from_fn(columns, columns, |i, j| vectors[(i, j)] * squares[j]);
            assert!((&scaled * vectors.transpose() - &gram).norm_max() < 1e-11);
            for (square, value) in squares.iter().zip(&values) {
                assert!((square - value * value).abs() < 1e-10);
            }
        }
    }

    #[test]
    fn bases_are_orthonormal_even_of_dependent_columns() {
        for (rows, columns) in [(1, 1), (7, 7), (100, 13), (300, 70)] {
            let mut a = matrix(rows, columns);
            if columns > 2 {
                for i in 0..rows {
                    a[(i, 2)] = a[(i, 0)] * 2.0;
                }
            }
            let before = a.clone();
            orthonormalize(&mut a);
            let gram = a.transpose() * &a;
            assert!((&gram - Mat::<f64>::identity(columns, columns)).norm_max() < 1e-12);
            let projected = &a * (a.transpose() * &before);
            assert!((projected - before).norm_max() < 1e-10);
        }
    }
}

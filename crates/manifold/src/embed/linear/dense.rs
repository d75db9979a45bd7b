//! Eigenvalues, singular values and orthonormal bases of matrices that fit in memory. All
//! sequential: faer's parallel versions cut their work by the number of threads.

use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack, StackReq};
use faer::linalg::evd::{ComputeEigenvectors, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::linalg::householder::{
    apply_block_householder_sequence_on_the_left_in_place_scratch as apply_scratch,
    apply_block_householder_sequence_on_the_left_in_place_with_conj as apply_reflections,
};
use faer::linalg::qr::no_pivoting::factor::{qr_in_place, qr_in_place_scratch, recommended_block_size};
use faer::linalg::svd::{ComputeSvdVectors, svd as faer_svd, svd_scratch};
use faer::{Conj, Mat, MatRef, Par};

use crate::embed::EmbedError;

/// Eigenvalues, descending, and unit eigenvectors as columns in the same order; the component of
/// largest magnitude of each is positive.
#[derive(Clone, Debug)]
pub(crate) struct Eigen {
    pub values: Vec<f64>,
    pub vectors: Mat<f64>,
}

/// Singular values, descending, and right singular vectors as columns.
#[derive(Clone, Debug)]
pub(crate) struct Svd {
    pub values: Vec<f64>,
    pub v: Mat<f64>,
}

fn failed(what: &'static str) -> EmbedError {
    EmbedError::NoConvergence { what, residual: f64::NAN, steps: 0 }
}

/// -1 if the component of largest magnitude (the first of them where several are equal) is negative, else 1.
pub(crate) fn positive_largest(values: impl Iterator<Item = f64>) -> f64 {
    let largest = values.fold(0.0, |best: f64, value| if value.abs() > best.abs() { value } else { best });
    if largest < 0.0 { -1.0 } else { 1.0 }
}

/// The whole decomposition of a symmetric matrix, of which the lower half is read.
pub(crate) fn eigen(matrix: MatRef<'_, f64>) -> Result<Eigen, EmbedError> {
    let n = matrix.nrows();
    let mut values = Diag::<f64>::zeros(n);
    let mut vectors = Mat::<f64>::zeros(n, n);
    let scratch = self_adjoint_evd_scratch::<f64>(n, ComputeEigenvectors::Yes, Par::Seq, Default::default());
    let mut memory = MemBuffer::new(scratch);
    self_adjoint_evd(
        matrix,
        values.as_mut(),
        Some(vectors.as_mut()),
        Par::Seq,
        MemStack::new(&mut memory),
        Default::default(),
    )
    .map_err(|_| failed("the eigenvalues"))?;
    let signs: Vec<f64> = (0..n).map(|i| positive_largest(vectors.col(n - 1 - i).iter().copied())).collect();
    Ok(Eigen {
        values: values.column_vector().iter().rev().copied().collect(),
        vectors: Mat::from_fn(n, n, |row, i| vectors[(row, n - 1 - i)] * signs[i]),
    })
}

/// The thin decomposition of any matrix; of as many values as its shorter side.
pub(crate) fn svd(matrix: MatRef<'_, f64>) -> Result<Svd, EmbedError> {
    let (rows, columns) = matrix.shape();
    let rank = rows.min(columns);
    let mut v = Mat::<f64>::zeros(columns, rank);
    let mut values = Diag::<f64>::zeros(rank);
    let thin = ComputeSvdVectors::Thin;
    let mut memory = MemBuffer::new(svd_scratch::<f64>(
        rows,
        columns,
        ComputeSvdVectors::No,
        thin,
        Par::Seq,
        Default::default(),
    ));
    faer_svd(
        matrix,
        values.as_mut(),
        None,
        Some(v.as_mut()),
        Par::Seq,
        MemStack::new(&mut memory),
        Default::default(),
    )
    .map_err(|_| failed("the singular values"))?;
    Ok(Svd { values: values.column_vector().iter().copied().collect(), v })
}

/// Replaces the columns (no more than rows) by an orthonormal basis of a space that contains theirs.
pub(crate) fn orthonormalize(matrix: &mut Mat<f64>) {
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
            let Svd { values, v } = svd(a.as_ref()).unwrap();
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

    #[cfg(feature = "lapack")]
    #[test]
    fn lapack_finds_the_same() {
        use ndarray_linalg::{Eigh, SVD, UPLO};
        for n in [2, 3, 10, 65, 150] {
            let a = matrix(n + 3, n);
            let copy = ndarray::Array2::from_shape_fn((n + 3, n), |(i, j)| a[(i, j)]);
            let (_, wanted, _) = copy.svd(false, false).unwrap();
            let found = svd(a.as_ref()).unwrap().values;
            assert!(found.iter().zip(&wanted).all(|(a, b)| (a - b).abs() < 1e-10 * n as f64));

            let symmetric = Mat::from_fn(n, n, |i, j| 1.0 + ((i.min(j) * 31 + i.max(j) * 17) as f64).sin());
            let Eigen { values, vectors } = eigen(symmetric.as_ref()).unwrap();
            let copy = ndarray::Array2::from_shape_fn((n, n), |(i, j)| symmetric[(i, j)]);
            let (wanted, wanted_vectors) = copy.eigh(UPLO::Lower).unwrap();
            for i in 0..n {
                let at = n - 1 - i;
                assert!((values[i] - wanted[at]).abs() < 1e-10 * n as f64, "eigenvalue {i} of {n}");
                let gap = (0..n).filter(|&j| j != at).map(|j| (wanted[at] - wanted[j]).abs());
                if gap.fold(f64::INFINITY, f64::min) > 1e-4 {
                    let dot: f64 = (0..n).map(|r| vectors[(r, i)] * wanted_vectors[(r, at)]).sum();
                    assert!((dot.abs() - 1.0).abs() < 1e-8, "eigenvector {i} of {n}");
                }
            }
        }
    }
}

//! By LAPACK: dsyev for eigenvalues, dgesdd for singular values, from OpenBLAS.
//!
//! OpenBLAS divides products by the number of its threads, which changes bits; so the first call here sets that
//! number to 1, for the whole process. Its kernels depend on the processor: bits are the same from run
//! to run on one machine, but not from machine to machine.

use std::ffi::c_int;
use std::sync::Once;

use faer::{Mat, MatRef};
use ndarray::{Array2, ShapeBuilder as _};
use ndarray_linalg::{Eigh as _, JobSvd, SVDDC as _, UPLO};

unsafe extern "C" {
    fn openblas_set_num_threads(threads: c_int);
}

/// Keeps OpenBLAS on the thread that calls it.
fn sequential() {
    static SET: Once = Once::new();
    // SAFETY: OpenBLAS has this function in every build, and ndarray-linalg links it; any number is allowed.
    SET.call_once(|| unsafe { openblas_set_num_threads(1) });
}

fn array(matrix: MatRef<'_, f64>) -> Array2<f64> {
    Array2::from_shape_fn(matrix.shape().f(), |(i, j)| matrix[(i, j)])
}

fn mat(array: &Array2<f64>) -> Mat<f64> {
    Mat::from_fn(array.nrows(), array.ncols(), |i, j| array[(i, j)])
}

/// Eigenvalues, ascending, and unit eigenvectors of a symmetric matrix, of which the lower half is read.
pub(crate) fn eigen(matrix: MatRef<'_, f64>) -> Option<(Vec<f64>, Mat<f64>)> {
    sequential();
    let (values, vectors) = array(matrix).eigh(UPLO::Lower).ok()?;
    Some((values.to_vec(), mat(&vectors)))
}

/// Singular values, descending, and right singular vectors, as many as the shorter side has.
pub(crate) fn singular_right(matrix: MatRef<'_, f64>) -> Option<(Vec<f64>, Mat<f64>)> {
    sequential();
    let (_, values, v) = array(matrix).svddc(JobSvd::Some).ok()?;
    Some((values.to_vec(), mat(&v?.reversed_axes())))
}

/// U, the singular values, descending, and V of a square matrix U Σ Vᵀ.
pub(crate) fn singular(matrix: MatRef<'_, f64>) -> Option<(Mat<f64>, Vec<f64>, Mat<f64>)> {
    sequential();
    let (u, values, v) = array(matrix).svddc(JobSvd::All).ok()?;
    Some((mat(&u?), values.to_vec(), mat(&v?.reversed_axes())))
}

#[cfg(test)]
mod tests {
    use super::super::faer;
    use super::*;

    #[test]
    fn eigenpairs_are_those_of_faer() {
        for n in [1, 2, 3, 10, 65, 150] {
            let matrix = Mat::from_fn(n, n, |i, j| 1.0 + ((i.min(j) * 31 + i.max(j) * 17) as f64).sin());
            let (wanted, wanted_vectors) = faer::eigen(matrix.as_ref()).unwrap();
            let (values, vectors) = eigen(matrix.as_ref()).unwrap();
            for i in 0..n {
                assert!((values[i] - wanted[i]).abs() < 1e-10 * n as f64, "eigenvalue {i} of {n}");
                let gap = (0..n).filter(|&j| j != i).map(|j| (wanted[i] - wanted[j]).abs());
                if gap.fold(f64::INFINITY, f64::min) > 1e-4 {
                    let dot: f64 = (0..n).map(|r| vectors[(r, i)] * wanted_vectors[(r, i)]).sum();
                    assert!((dot.abs() - 1.0).abs() < 1e-8, "eigenvector {i} of {n}");
                }
            }
        }
    }

    #[test]
    fn the_lower_half_alone_is_read() {
        let matrix = Mat::from_fn(4, 4, |i, j| if i >= j { (i + 2 * j) as f64 } else { f64::NAN });
        let (values, _) = eigen(matrix.as_ref()).unwrap();
        let (wanted, _) = faer::eigen(matrix.as_ref()).unwrap();
        assert!(values.iter().zip(&wanted).all(|(a, b)| (a - b).abs() < 1e-12), "{values:?}, {wanted:?}");
    }

    #[test]
    fn singular_values_are_those_of_faer() {
        for (rows, columns) in [(1, 1), (5, 2), (2, 5), (13, 10), (68, 65), (90, 150)] {
            let matrix = Mat::from_fn(rows, columns, |i, j| ((i * 31 + j * 17 + i * j) as f64).sin());
            let (wanted, _) = faer::singular_right(matrix.as_ref()).unwrap();
            let (values, v) = singular_right(matrix.as_ref()).unwrap();
            assert_eq!(v.shape(), (columns, rows.min(columns)));
            let close = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-12 * (rows + columns) as f64;
            assert!(values.iter().zip(&wanted).all(close));
            for (j, value) in values.iter().enumerate() {
                let image = |i: usize| (0..columns).map(|c| matrix[(i, c)] * v[(c, j)]).sum::<f64>();
                let length = (0..rows).map(|i| image(i).powi(2)).sum::<f64>().sqrt();
                assert!((length - value).abs() < 1e-11, "{rows} x {columns}, {j}: {length}, {value}");
            }
        }
    }

    #[test]
    fn square_matrices_come_apart_and_together() {
        for d in 1..9 {
            let matrix = Mat::from_fn(d, d, |i, j| ((i * 7 + j * j * 3) as f64).sin());
            let (_, wanted, _) = faer::singular(matrix.as_ref()).unwrap();
            let (u, values, v) = singular(matrix.as_ref()).unwrap();
            assert!(values.iter().zip(&wanted).all(|(a, b)| (a - b).abs() < 1e-12));
            for (i, j) in (0..d * d).map(|at| (at / d, at % d)) {
                let back: f64 = (0..d).map(|k| u[(i, k)] * values[k] * v[(j, k)]).sum();
                assert!((back - matrix[(i, j)]).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn many_threads_at_once_find_the_same_bits() {
        let matrix = Mat::from_fn(120, 120, |i, j| ((i.min(j) * 31 + i.max(j) * 17) as f64).sin());
        let solve = || (eigen(matrix.as_ref()).unwrap(), singular_right(matrix.as_ref()).unwrap());
        let alone = solve();
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(solve)).collect();
            assert!(threads.into_iter().all(|thread| thread.join().unwrap() == alone));
        });
    }
}

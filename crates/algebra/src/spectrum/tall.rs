//! Products of tall, narrow matrices (n rows, few columns), in parallel over fixed chunks of rows: sums over
//! rows are taken chunk by chunk in their order, so that the bits do not depend on the threads.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatMut, MatRef, Par};
use rayon::prelude::*;

/// Rows of a chunk: with 20 columns of 8 bytes it fits the L2 cache.
pub(crate) const ROWS: usize = 2048;

fn rows(n: usize, chunk: usize) -> (usize, usize) {
    (chunk * ROWS, ROWS.min(n - chunk * ROWS))
}

/// Aᵀ B.
pub(crate) fn inner(a: MatRef<'_, f64>, b: MatRef<'_, f64>) -> Mat<f64> {
    let n = a.nrows();
    let part = |chunk: usize| {
        let (first, count) = rows(n, chunk);
        let mut part = Mat::zeros(a.ncols(), b.ncols());
        let (a, b) = (a.subrows(first, count), b.subrows(first, count));
        matmul(part.as_mut(), Accum::Replace, a.transpose(), b, 1.0, Par::Seq);
        part
    };
    let parts: Vec<Mat<f64>> = (0..n.div_ceil(ROWS)).into_par_iter().map(part).collect();
    parts.iter().fold(Mat::zeros(a.ncols(), b.ncols()), |sum, part| sum + part)
}

/// B += factor A C.
pub(crate) fn add_product(b: MatMut<'_, f64>, factor: f64, a: MatRef<'_, f64>, c: MatRef<'_, f64>) {
    let n = b.nrows();
    b.par_row_chunks_mut(ROWS).enumerate().for_each(|(chunk, b)| {
        let (first, count) = rows(n, chunk);
        matmul(b, Accum::Add, a.subrows(first, count), c, factor, Par::Seq);
    });
}

/// A C.
pub(crate) fn product(a: MatRef<'_, f64>, c: MatRef<'_, f64>) -> Mat<f64> {
    let mut b = Mat::zeros(a.nrows(), c.ncols());
    add_product(b.as_mut(), 1.0, a, c);
    b
}

/// Euclidean length of each column.
pub(crate) fn lengths(a: MatRef<'_, f64>) -> Vec<f64> {
    let columns = 0..a.ncols();
    columns.map(|j| inner(a.subcols(j, 1), a.subcols(j, 1))[(0, 0)].sqrt()).collect()
}

/// Turns each column so that its component of largest magnitude is positive.
pub(crate) fn fix_signs(mut a: MatMut<'_, f64>) {
    for j in 0..a.ncols() {
        let column = a.as_ref().col(j);
        let largest = column.iter().fold(0.0, |best: f64, &x| if x.abs() > best.abs() { x } else { best });
        if largest < 0.0 {
            a.as_mut().col_mut(j).iter_mut().for_each(|x| *x = -*x);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_equal_those_of_whole_matrices() {
        for n in [1, 5, ROWS, ROWS + 1, 3 * ROWS - 7] {
            let a = Mat::from_fn(n, 3, |i, j| ((i * 3 + j) as f64).sin());
            let b = Mat::from_fn(n, 2, |i, j| ((i + 5 * j) as f64).cos());
            assert!((inner(a.as_ref(), b.as_ref()) - a.transpose() * &b).norm_max() < 1e-10);
            let c = Mat::from_fn(3, 2, |i, j| (i + 2 * j) as f64 - 1.5);
            let mut sum = b.clone();
            add_product(sum.as_mut(), -2.0, a.as_ref(), c.as_ref());
            assert!((sum - (&b - faer::Scale(2.0) * (&a * &c))).norm_max() < 1e-12);
            assert!((lengths(a.as_ref())[1] - a.col(1).norm_l2()).abs() < 1e-12);
        }
    }

    #[test]
    fn the_first_of_the_largest_components_is_positive() {
        let mut a = Mat::from_fn(3, 2, |i, j| [[1.0, -2.0, 2.0], [3.0, -1.0, -3.0]][j][i]);
        fix_signs(a.as_mut());
        assert_eq!((a[(1, 0)], a[(2, 0)], a[(0, 1)]), (2.0, -2.0, 3.0));
    }
}

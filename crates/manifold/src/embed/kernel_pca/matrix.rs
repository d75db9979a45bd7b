//! The kernel matrix in tiles.

use std::ops::Range;

use algebra::spectrum::SymmetricOperator;
use algebra::{Mat, MatMut, MatRef, Skinny, Working, row_major, transposed};
use rayon::prelude::*;

use super::Kernel;
use crate::embed::linear::{Centered, Rows};
use crate::points::Points;

/// Rows and columns of a tile.
const TILE: usize = 512;

/// Points in working precision, and their squared lengths.
pub(super) struct Features<T> {
    d: usize,
    values: Vec<T>,
    squares: Vec<f64>,
}

impl<T: Skinny> Features<T> {
    pub(super) fn new(points: &Points, center: &[f64]) -> Features<T> {
        let d = points.dimensions();
        let table = Centered { points, center };
        let mut values = vec![T::default(); points.n() * d];
        values.par_chunks_mut(d).enumerate().for_each(|(i, row)| table.fill(i, row));
        let squares = values.par_chunks(d).map(|row| row.iter().map(|x| x.wide() * x.wide()).sum()).collect();
        Features { d, values, squares }
    }

    fn rows(&self, range: &Range<usize>) -> MatRef<'_, T> {
        let values = &self.values[range.start * self.d..range.end * self.d];
        MatRef::from_row_major_slice(values, range.len(), self.d)
    }
}

/// κ of some rows of `a` with some of `b`, row by row.
pub(super) fn tile<T: Skinny>(
    a: &Features<T>,
    rows: Range<usize>,
    b: &Features<T>,
    columns: Range<usize>,
    kernel: Kernel,
) -> Vec<T> {
    let mut tile = vec![T::default(); rows.len() * columns.len()];
    let to = MatMut::from_row_major_slice_mut(&mut tile, rows.len(), columns.len());
    T::multiply(to, a.rows(&rows), b.rows(&columns).transpose());
    match kernel {
        Kernel::Linear => {}
        Kernel::Polynomial { degree, gamma, offset } => {
            let (gamma, offset) = (T::of(gamma.unwrap_or(1.0)), T::of(offset));
            tile.iter_mut().for_each(|value| *value = (gamma * *value + offset).power(degree));
        }
        Kernel::Rbf { gamma } => {
            let gamma = gamma.unwrap_or(1.0);
            let shares: Vec<T> = b.squares[columns].iter().map(|square| T::of(-gamma * square)).collect();
            let twice = T::of(2.0 * gamma);
            for (row, square) in tile.chunks_exact_mut(shares.len()).zip(&a.squares[rows]) {
                let of_row = T::of(-gamma * square);
                for (value, &of_column) in row.iter_mut().zip(&shares) {
                    // Rounding must not make κ larger than κ(x, x).
                    *value = (twice * *value + (of_column + of_row)).at_most_zero();
                }
            }
            T::exponentials(&mut tile);
        }
    }
    tile
}

/// The matrix of all pairs.
pub(super) struct KernelMatrix<T> {
    n: usize,
    /// Tile (i, j), i >= j, at i (i + 1) / 2 + j, row by row.
    lower: Vec<Vec<T>>,
    /// Its transpose at the same place, none for i = j.
    upper: Vec<Vec<T>>,
}

impl<T: Skinny> KernelMatrix<T> {
    pub(super) fn new(points: &Features<T>, kernel: Kernel) -> KernelMatrix<T> {
        let n = points.squares.len();
        let strips = n.div_ceil(TILE);
        let bounds = |i: usize| i * TILE..((i + 1) * TILE).min(n);
        let pairs: Vec<(usize, usize)> = (0..strips).flat_map(|i| (0..=i).map(move |j| (i, j))).collect();
        let of = |&(i, j): &(usize, usize)| {
            let mut tile = tile(points, bounds(i), points, bounds(j), kernel);
            if i == j {
                mirror(&mut tile, bounds(i).len());
            }
            tile
        };
        let lower: Vec<Vec<T>> = pairs.par_iter().map(of).collect();
        let across = |(tile, &(i, j)): (&Vec<T>, &(usize, usize))| {
            if i == j { Vec::new() } else { transposed(tile, bounds(j).len()) }
        };
        let upper = lower.par_iter().zip(&pairs).map(across).collect();
        KernelMatrix { n, lower, upper }
    }

    fn strip(&self, i: usize) -> Range<usize> {
        i * TILE..((i + 1) * TILE).min(self.n)
    }

    fn tile(&self, i: usize, j: usize) -> &[T] {
        if i >= j { &self.lower[i * (i + 1) / 2 + j] } else { &self.upper[j * (j + 1) / 2 + i] }
    }

    fn at(&self, i: usize, j: usize) -> f64 {
        self.tile(i / TILE, j / TILE)[i % TILE * self.strip(j / TILE).len() + j % TILE].wide()
    }

    pub(super) fn trace(&self) -> f64 {
        (0..self.n).map(|i| self.at(i, i)).sum()
    }

    /// Mean of each row.
    pub(super) fn row_means(&self) -> Vec<f64> {
        let mut means = vec![0.0; self.n];
        means.par_chunks_mut(TILE).enumerate().for_each(|(i, means)| {
            for j in 0..self.n.div_ceil(TILE) {
                // Because it is symmetric, columns may be summed instead of rows.
                for row in self.tile(j, i).chunks_exact(means.len()) {
                    means.iter_mut().zip(row).for_each(|(mean, x)| *mean += x.wide());
                }
            }
            means.iter_mut().for_each(|mean| *mean /= self.n as f64);
        });
        means
    }

    /// JKJ as a whole.
    pub(super) fn centered(&self, row_means: &[f64]) -> Mat<f64> {
        let mean = row_means.iter().sum::<f64>() / self.n as f64;
        Mat::from_fn(self.n, self.n, |i, j| self.at(i, j) - (row_means[i] + row_means[j]) + mean)
    }

    /// K x for k columns, row by row.
    fn multiply(&self, x: &[T], k: usize) -> Vec<T> {
        let mut y = vec![T::default(); self.n * k];
        y.par_chunks_mut(TILE * k).enumerate().for_each(|(i, y)| {
            let mut part = vec![T::default(); y.len()];
            for j in 0..self.n.div_ceil(TILE) {
                let here = self.strip(j);
                let x = &x[here.start * k..here.end * k];
                T::times(self.tile(i, j), here.len(), x, k, &mut part);
                y.iter_mut().zip(&part).for_each(|(y, &part)| *y += part);
            }
        });
        y
    }
}

/// Makes both halves of a tile on the diagonal the same to the bit.
fn mirror<T: Working>(tile: &mut [T], n: usize) {
    for r in 0..n {
        for c in 0..r {
            tile[c * n + r] = tile[r * n + c];
        }
    }
}

/// J K J.
pub(super) struct Centring<'a, T>(pub &'a KernelMatrix<T>);

impl<T: Skinny> SymmetricOperator for Centring<'_, T> {
    fn order(&self) -> usize {
        self.0.n
    }

    fn apply(&self, x: MatRef<'_, f64>, y: MatMut<'_, f64>) {
        let (n, columns) = x.shape();
        let mut y = y;
        let mean = |j: usize| x.col(j).iter().sum::<f64>() / n as f64;
        let means: Vec<f64> = (0..columns).map(mean).collect();
        let centered = Mat::<T>::from_fn(n, columns, |i, j| T::of(x[(i, j)] - means[j]));
        let image = self.0.multiply(&row_major(centered.as_ref()), columns);
        for j in 0..columns {
            let of = |i: usize| image[i * columns + j].wide();
            let mean = (0..n).map(of).sum::<f64>() / n as f64;
            (0..n).for_each(|i| y[(i, j)] = of(i) - mean);
        }
    }
}

//! The kernel matrix: the tiles of its lower half.

use std::ops::Range;

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatMut, MatRef, Par};
use rayon::prelude::*;

use super::Kernel;
use crate::embed::linear::{Centred, Rows, Working};
use crate::embed::spectrum::SymmetricOperator;
use crate::points::Points;

/// Rows and columns of a tile.
const TILE: usize = 512;

/// Points in working precision, and their squared lengths.
pub(super) struct Features<T> {
    d: usize,
    values: Vec<T>,
    squares: Vec<f64>,
}

impl<T: Working> Features<T> {
    pub(super) fn new(points: &Points, centre: &[f64]) -> Features<T> {
        let d = points.dimensions();
        let table = Centred { points, centre };
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

/// κ of some rows of `a` with some of `b`.
pub(super) fn tile<T: Working>(
    a: &Features<T>,
    rows: Range<usize>,
    b: &Features<T>,
    columns: Range<usize>,
    kernel: Kernel,
) -> Mat<T> {
    let mut tile = Mat::<T>::zeros(rows.len(), columns.len());
    matmul(tile.as_mut(), Accum::Replace, a.rows(&rows), b.rows(&columns).transpose(), T::one(), Par::Seq);
    match kernel {
        Kernel::Linear => {}
        Kernel::Polynomial { degree, gamma, offset } => {
            let (gamma, offset) = (T::of(gamma.unwrap_or(1.0)), T::of(offset));
            for column in tile.as_mut().col_iter_mut() {
                column.iter_mut().for_each(|value| *value = (gamma * *value + offset).power(degree));
            }
        }
        Kernel::Rbf { gamma } => {
            let gamma = gamma.unwrap_or(1.0);
            let shares: Vec<T> = a.squares[rows].iter().map(|square| T::of(-gamma * square)).collect();
            let twice = T::of(2.0 * gamma);
            for (column, square) in tile.as_mut().col_iter_mut().zip(&b.squares[columns]) {
                let of_column = T::of(-gamma * square);
                for (value, &of_row) in column.iter_mut().zip(&shares) {
                    // Rounding must not make κ larger than κ(x, x).
                    *value = (twice * *value + of_column + of_row).at_most_zero().exponential();
                }
            }
        }
    }
    tile
}

/// The matrix of all pairs.
pub(super) struct KernelMatrix<T> {
    n: usize,
    /// Tile (i, j), i >= j, at i (i + 1) / 2 + j.
    tiles: Vec<Mat<T>>,
}

impl<T: Working> KernelMatrix<T> {
    pub(super) fn new(points: &Features<T>, kernel: Kernel) -> KernelMatrix<T> {
        let n = points.squares.len();
        let strips = n.div_ceil(TILE);
        let bounds = |i: usize| i * TILE..((i + 1) * TILE).min(n);
        let pairs: Vec<(usize, usize)> = (0..strips).flat_map(|i| (0..=i).map(move |j| (i, j))).collect();
        let of = |&(i, j): &(usize, usize)| {
            let mut tile = tile(points, bounds(i), points, bounds(j), kernel);
            if i == j {
                mirror(&mut tile);
            }
            tile
        };
        KernelMatrix { n, tiles: pairs.par_iter().map(of).collect() }
    }

    fn tile(&self, i: usize, j: usize) -> MatRef<'_, T> {
        if i >= j {
            self.tiles[i * (i + 1) / 2 + j].as_ref()
        } else {
            self.tiles[j * (j + 1) / 2 + i].transpose()
        }
    }

    pub(super) fn trace(&self) -> f64 {
        let strips = self.n.div_ceil(TILE);
        let diagonal = (0..strips).map(|i| self.tile(i, i));
        diagonal.map(|tile| (0..tile.nrows()).map(|r| tile[(r, r)].wide()).sum::<f64>()).sum()
    }

    /// Mean of each row.
    pub(super) fn row_means(&self) -> Vec<f64> {
        let mut means = vec![0.0; self.n];
        means.par_chunks_mut(TILE).enumerate().for_each(|(i, means)| {
            for j in 0..self.n.div_ceil(TILE) {
                let tile = self.tile(i, j);
                for column in tile.col_iter() {
                    means.iter_mut().zip(column.iter()).for_each(|(mean, value)| *mean += value.wide());
                }
            }
            means.iter_mut().for_each(|mean| *mean /= self.n as f64);
        });
        means
    }

    /// JKJ as a whole.
    pub(super) fn centred(&self, row_means: &[f64]) -> Mat<f64> {
        let mean = row_means.iter().sum::<f64>() / self.n as f64;
        Mat::from_fn(self.n, self.n, |i, j| {
            let value = self.tile(i / TILE, j / TILE)[(i % TILE, j % TILE)].wide();
            value - row_means[i] - row_means[j] + mean
        })
    }

    fn multiply(&self, x: MatRef<'_, T>, y: MatMut<'_, T>) {
        y.par_row_chunks_mut(TILE).enumerate().for_each(|(i, mut y)| {
            for j in 0..self.n.div_ceil(TILE) {
                let tile = self.tile(i, j);
                let accumulate = if j == 0 { Accum::Replace } else { Accum::Add };
                let x = x.subrows(j * TILE, tile.ncols());
                matmul(y.as_mut(), accumulate, tile, x, T::one(), Par::Seq);
            }
        });
    }
}

/// Makes both halves of a tile on the diagonal the same to the bit.
fn mirror<T: Working>(tile: &mut Mat<T>) {
    for c in 0..tile.ncols() {
        for r in 0..c {
            tile[(r, c)] = tile[(c, r)];
        }
    }
}

/// J K J.
pub(super) struct Centring<'a, T>(pub &'a KernelMatrix<T>);

impl<T: Working> SymmetricOperator for Centring<'_, T> {
    fn order(&self) -> usize {
        self.0.n
    }

    fn apply(&self, x: MatRef<'_, f64>, y: MatMut<'_, f64>) {
        let (n, columns) = x.shape();
        let mut y = y;
        let mean = |column: faer::ColRef<'_, f64>| column.iter().sum::<f64>() / n as f64;
        let means: Vec<f64> = x.col_iter().map(mean).collect();
        let centred = Mat::<T>::from_fn(n, columns, |i, j| T::of(x[(i, j)] - means[j]));
        let mut image = Mat::<T>::zeros(n, columns);
        self.0.multiply(centred.as_ref(), image.as_mut());
        for j in 0..columns {
            let mean = (0..n).map(|i| image[(i, j)].wide()).sum::<f64>() / n as f64;
            (0..n).for_each(|i| y[(i, j)] = image[(i, j)].wide() - mean);
        }
    }
}

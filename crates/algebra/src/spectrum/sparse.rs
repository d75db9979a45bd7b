//! Sparse matrices and their products with a few vectors at once.

use faer::{MatMut, MatRef};
use multiversion::multiversion;
use rayon::prelude::*;

use super::SymmetricOperator;

/// Vectors multiplied at once.
pub const WIDE: usize = 4;

/// Rows of a task.
const ROWS: usize = 2048;

/// A square matrix in compressed sparse rows, columns ascending.
#[derive(Clone, Debug, PartialEq)]
pub struct Sparse {
    /// Where each row begins among the entries, and their number.
    pub offsets: Vec<usize>,
    /// The column of each entry.
    pub columns: Vec<u32>,
    /// Each entry.
    pub values: Vec<f64>,
}

/// Four vectors of n numbers, side by side.
pub type Wide = Vec<[f64; WIDE]>;

impl Sparse {
    /// From rows with ascending columns.
    pub fn from_rows(rows: &[Vec<(u32, f64)>]) -> Sparse {
        let total = rows.iter().map(Vec::len).sum();
        let (mut columns, mut values) = (Vec::with_capacity(total), Vec::with_capacity(total));
        let mut offsets = vec![0];
        for row in rows {
            columns.extend(row.iter().map(|entry| entry.0));
            values.extend(row.iter().map(|entry| entry.1));
            offsets.push(columns.len());
        }
        Sparse { offsets, columns, values }
    }

    /// n.
    #[must_use]
    pub fn order(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Entries of row `i`.
    pub fn row(&self, i: usize) -> impl Iterator<Item = (u32, f64)> + '_ {
        let range = self.offsets[i]..self.offsets[i + 1];
        self.columns[range.clone()].iter().copied().zip(self.values[range].iter().copied())
    }

    /// Aᵀ.
    #[must_use]
    pub fn transposed(&self) -> Sparse {
        let mut offsets = vec![0usize; self.order() + 1];
        self.columns.iter().for_each(|&column| offsets[column as usize + 1] += 1);
        for i in 0..self.order() {
            offsets[i + 1] += offsets[i];
        }
        let mut next = offsets.clone();
        let (mut columns, mut values) = (vec![0; self.columns.len()], vec![0.0; self.columns.len()]);
        for i in 0..self.order() {
            for (column, value) in self.row(i) {
                let at = &mut next[column as usize];
                (columns[*at], values[*at]) = (i as u32, value);
                *at += 1;
            }
        }
        Sparse { offsets, columns, values }
    }

    /// A x.
    #[must_use]
    pub fn times(&self, x: &Wide) -> Wide {
        let mut y = vec![[0.0; WIDE]; self.order()];
        y.par_chunks_mut(ROWS).enumerate().for_each(|(chunk, y)| {
            let offsets = &self.offsets[chunk * ROWS..chunk * ROWS + y.len() + 1];
            multiply(offsets, &self.columns, &self.values, x, y);
        });
        y
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn multiply(offsets: &[usize], columns: &[u32], values: &[f64], x: &[[f64; WIDE]], y: &mut [[f64; WIDE]]) {
    for (range, y) in offsets.windows(2).zip(y) {
        let mut sum = [0.0; WIDE];
        let range = range[0]..range[1];
        for (&column, &value) in columns[range.clone()].iter().zip(&values[range]) {
            let x = &x[column as usize];
            for lane in 0..WIDE {
                sum[lane] += value * x[lane];
            }
        }
        *y = sum;
    }
}

/// Applies a product of four vectors at once to any number of columns.
pub(crate) fn in_fours(x: MatRef<'_, f64>, mut y: MatMut<'_, f64>, product: impl Fn(&Wide) -> Wide) {
    for first in (0..x.ncols()).step_by(WIDE) {
        let count = WIDE.min(x.ncols() - first);
        let mut wide = vec![[0.0; WIDE]; x.nrows()];
        for c in 0..count {
            wide.iter_mut().zip(x.col(first + c).iter()).for_each(|(row, &value)| row[c] = value);
        }
        let result = product(&wide);
        for c in 0..count {
            y.as_mut().col_mut(first + c).iter_mut().zip(&result).for_each(|(value, row)| *value = row[c]);
        }
    }
}

/// A symmetric matrix.
impl SymmetricOperator for Sparse {
    fn order(&self) -> usize {
        Sparse::order(self)
    }

    fn apply(&self, x: MatRef<'_, f64>, y: MatMut<'_, f64>) {
        in_fours(x, y, |x| self.times(x));
    }
}

/// Aᵀ A by its factor.
pub struct Gram {
    matrix: Sparse,
    transposed: Sparse,
}

impl Gram {
    /// Of A.
    #[must_use]
    pub fn new(matrix: Sparse) -> Gram {
        Gram { transposed: matrix.transposed(), matrix }
    }
}

/// A symmetric matrix with products of four vectors at once.
pub trait WideOperator: Sync {
    /// Rows.
    fn order(&self) -> usize;

    /// A x.
    fn times(&self, x: &Wide) -> Wide;
}

impl WideOperator for Sparse {
    fn order(&self) -> usize {
        Sparse::order(self)
    }

    fn times(&self, x: &Wide) -> Wide {
        Sparse::times(self, x)
    }
}

impl WideOperator for Gram {
    fn order(&self) -> usize {
        self.matrix.order()
    }

    fn times(&self, x: &Wide) -> Wide {
        self.transposed.times(&self.matrix.times(x))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use faer::Mat;

    #[test]
    fn products_equal_those_of_dense_matrices() {
        let n = 300;
        let rows: Vec<Vec<(u32, f64)>> = (0..n)
            .map(|i| {
                (0..n).filter(|j| (i * 7 + j * 3) % 11 == 0).map(|j| (j as u32, (i + 2 * j) as f64)).collect()
            })
            .collect();
        let sparse = Sparse::from_rows(&rows);
        let mut dense = Mat::<f64>::zeros(n, n);
        for (i, row) in rows.iter().enumerate() {
            row.iter().for_each(|&(j, value)| dense[(i, j as usize)] = value);
        }
        let x = Mat::from_fn(n, 6, |i, j| ((i + 3 * j) as f64).sin());
        let mut y = Mat::zeros(n, 6);
        sparse.apply(x.as_ref(), y.as_mut());
        assert!((&y - &dense * &x).norm_max() < 1e-9);
        assert_eq!(sparse.transposed().transposed(), sparse);
        let gram = Gram::new(sparse);
        in_fours(x.as_ref(), y.as_mut(), |x| gram.times(x));
        assert!((&y - dense.transpose() * (&dense * &x)).norm_max() < 1e-6 * dense.squared_norm_l2());
    }
}

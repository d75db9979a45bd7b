//! A dense symmetric matrix as an operator of which a few eigenpairs are wanted.

use faer::{MatMut, MatRef};
use rayon::prelude::*;

use super::SymmetricOperator;
use crate::{Skinny, row_major};

/// Rows that are worth a task of their own.
const ROWS: usize = 64;

/// A symmetric matrix in memory, n² values, as an operator.
pub struct Dense<'a> {
    /// Rows.
    pub n: usize,
    /// Row by row.
    pub values: &'a [f64],
}

impl SymmetricOperator for Dense<'_> {
    fn order(&self) -> usize {
        self.n
    }

    fn apply(&self, x: MatRef<'_, f64>, y: MatMut<'_, f64>) {
        let (n, k) = x.shape();
        let small = row_major(x);
        let mut image = vec![0.0; n * k];
        let strips = self.values.par_chunks(ROWS * n);
        image.par_chunks_mut(ROWS * k).zip(strips).for_each(|(to, strip)| {
            f64::times(strip, n, &small, k, to);
        });
        let mut y = y;
        y.copy_from(MatRef::from_row_major_slice(&image, n, k));
    }
}

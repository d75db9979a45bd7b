//! (A + σ I)⁻¹ by sparse Cholesky factors: its largest eigenpairs are the smallest of A, spread far apart.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::sparse::linalg::cholesky::{
    CholeskySymbolicParams, LltRef, SymbolicCholesky, SymmetricOrdering, factorize_symbolic_cholesky,
};
use faer::sparse::{SparseColMatRef, SymbolicSparseColMatRef};
use faer::{Conj, MatMut, MatRef, Par, Side};
use rayon::prelude::*;

use super::SymmetricOperator;
use super::sparse::Sparse;

/// Columns solved by one task.
const COLUMNS: usize = 2;

/// The factors of A + σ I.
pub(crate) struct Inverse {
    symbolic: SymbolicCholesky<usize>,
    values: Vec<f64>,
}

impl Inverse {
    /// `None` if the factors would hold more than `most` numbers, or A + σ I is not positive definite.
    pub(crate) fn of(matrix: &Sparse, shift: f64, most: usize) -> Option<Inverse> {
        let n = matrix.order();
        let (offsets, rows, values) = lower(matrix, shift);
        let pattern = SymbolicSparseColMatRef::new_checked(n, n, &offsets, None, &rows);
        let symbolic = factorize_symbolic_cholesky(
            pattern,
            Side::Lower,
            SymmetricOrdering::Amd,
            CholeskySymbolicParams::default(),
        )
        .ok()?;
        if symbolic.len_val() > most {
            return None;
        }
        let mut factors = vec![0.0; symbolic.len_val()];
        let scratch = symbolic.factorize_numeric_llt_scratch::<f64>(Par::Seq, Default::default());
        symbolic
            .factorize_numeric_llt(
                &mut factors,
                SparseColMatRef::new(pattern, &values),
                Side::Lower,
                Default::default(),
                Par::Seq,
                MemStack::new(&mut MemBuffer::new(scratch)),
                Default::default(),
            )
            .ok()?;
        Some(Inverse { symbolic, values: factors })
    }
}

/// The lower triangle by columns, which is the upper one by rows, with the shift on its diagonal.
fn lower(matrix: &Sparse, shift: f64) -> (Vec<usize>, Vec<usize>, Vec<f64>) {
    let (mut offsets, mut rows, mut values) = (vec![0], Vec::new(), Vec::new());
    for i in 0..matrix.order() {
        rows.push(i);
        values.push(shift);
        let diagonal = values.len() - 1;
        for (j, value) in matrix.row(i).filter(|&(j, _)| j as usize >= i) {
            if j as usize == i {
                values[diagonal] += value;
            } else {
                rows.push(j as usize);
                values.push(value);
            }
        }
        offsets.push(rows.len());
    }
    (offsets, rows, values)
}

impl SymmetricOperator for Inverse {
    fn order(&self) -> usize {
        self.symbolic.nrows()
    }

    fn apply(&self, x: MatRef<'_, f64>, mut y: MatMut<'_, f64>) {
        y.copy_from(x);
        let factors = LltRef::new(&self.symbolic, &self.values);
        y.par_col_chunks_mut(COLUMNS).for_each(|columns| {
            let scratch = self.symbolic.solve_in_place_scratch::<f64>(columns.ncols(), Par::Seq);
            let mut memory = MemBuffer::new(scratch);
            factors.solve_in_place_with_conj(Conj::No, columns, Par::Seq, MemStack::new(&mut memory));
        });
    }
}

//! Chebyshev polynomials of a matrix, which lift the low end of its spectrum above the rest.
//!
//! For A with eigenvalues in [0, c] and a cut 0 < a < c: p(A) = T_m((c + a - 2 A) / (c - a)), T_m the Chebyshev
//! polynomial of degree m. Eigenvalues in [a, c] go to [-1, 1], those below a to values that rise steeply
//! toward 0. p(A) has the eigenvectors of A.
//! Source: Zhou, Saad, Tiago and Chelikowsky, Self-consistent-field calculations using Chebyshev-filtered
//! subspace iteration, J. Comput. Phys. 219 (2006).

use faer::{MatMut, MatRef};
use rayon::prelude::*;

use super::SymmetricOperator;
use super::sparse::{WIDE, Wide, WideOperator, in_fours};

/// Rows of a task.
const ROWS: usize = 4096;

pub(crate) struct Filter<'a> {
    pub(crate) matrix: &'a dyn WideOperator,
    pub(crate) cut: f64,
    pub(crate) top: f64,
    /// At least 1.
    pub(crate) degree: usize,
    pub(crate) block: usize,
}

impl Filter<'_> {
    fn times(&self, x: &Wide) -> Wide {
        let (scale, center) = (2.0 / (self.top - self.cut), (self.top + self.cut) / 2.0);
        // S = (c + a - 2 A) / (c - a); T_1 = S x, T_{i+1} = 2 S T_i - T_{i-1}.
        let step = |factor: f64, now: &Wide, before: Option<&Wide>| {
            let mut next = self.matrix.times(now);
            next.par_chunks_mut(ROWS).enumerate().for_each(|(chunk, next)| {
                let range = chunk * ROWS..chunk * ROWS + next.len();
                for (next, now) in next.iter_mut().zip(&now[range.clone()]) {
                    for lane in 0..WIDE {
                        next[lane] = factor * scale * (center * now[lane] - next[lane]);
                    }
                }
                for (next, before) in next.iter_mut().zip(before.into_iter().flat_map(|b| &b[range.clone()]))
                {
                    for lane in 0..WIDE {
                        next[lane] -= before[lane];
                    }
                }
            });
            next
        };
        let mut now = step(1.0, x, None);
        let mut before = None;
        for _ in 1..self.degree {
            let next = step(2.0, &now, Some(before.as_ref().unwrap_or(x)));
            before = Some(std::mem::replace(&mut now, next));
        }
        now
    }
}

impl SymmetricOperator for Filter<'_> {
    fn order(&self) -> usize {
        self.matrix.order()
    }

    fn width(&self) -> usize {
        self.block
    }

    fn apply(&self, x: MatRef<'_, f64>, y: MatMut<'_, f64>) {
        in_fours(x, y, |x| self.times(x));
    }
}

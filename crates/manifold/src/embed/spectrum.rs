//! A few eigenpairs, with the progress and the errors of embeddings.

use std::ops::ControlFlow;

pub use algebra::spectrum::Solver;
use algebra::spectrum::{Eigenpairs, Lanczos, Smallest, Sparse, SymmetricOperator, WideOperator};

use super::EmbedError;
use crate::progress::{Progress, Stage};

/// What solvers report, passed on.
fn told(progress: &dyn Progress) -> impl Fn(usize, usize) -> ControlFlow<()> + '_ {
    move |done, count| progress.advance(Stage::EIGENVECTORS, done, Some(count))
}

/// The largest eigenpairs, descending.
pub(crate) fn largest(
    settings: &Lanczos,
    op: &dyn SymmetricOperator,
    progress: &dyn Progress,
) -> Result<Eigenpairs, EmbedError> {
    Ok(settings.largest(op, &told(progress))?)
}

/// The smallest eigenpairs of `matrix`, ascending, by products with `products`, and the route taken.
pub(crate) fn smallest(
    settings: &Smallest,
    matrix: &Sparse,
    products: &dyn WideOperator,
    progress: &dyn Progress,
) -> Result<(Eigenpairs, Solver), EmbedError> {
    Ok(settings.of(matrix, products, &told(progress))?)
}

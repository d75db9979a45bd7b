//! A few eigenpairs of large symmetric matrices that are only known by their products.

mod dense;
mod factor;
mod filter;
mod lanczos;
mod smallest;
mod sparse;
mod symmetric;
mod tall;

use std::ops::ControlFlow;

use faer::{Mat, MatMut, MatRef};

pub use lanczos::Lanczos;
pub use smallest::{Smallest, Solver};
pub use sparse::{Gram, Sparse, WIDE, Wide, WideOperator};
pub use symmetric::Dense;

/// Receives from time to time how many of how many eigenpairs were found, and may stop the work.
pub type Told<'a> = &'a dyn Fn(usize, usize) -> ControlFlow<()>;

/// A symmetric n x n matrix A. Products must have the same bits on any number of threads.
pub trait SymmetricOperator: Sync {
    /// n.
    fn order(&self) -> usize;

    /// y = A x for each column of x (n x columns).
    fn apply(&self, x: MatRef<'_, f64>, y: MatMut<'_, f64>);

    /// How many columns are best multiplied at once: the block of an iteration.
    fn width(&self) -> usize {
        4
    }
}

/// Eigenpairs as a solver found them.
#[derive(Clone, Debug)]
pub struct Eigenpairs {
    /// Eigenvalues, in the order the solver promises.
    pub values: Vec<f64>,
    /// Unit eigenvectors as columns, in the same order. The component of largest magnitude of each is
    /// positive (the first of them where several are equal).
    pub vectors: Mat<f64>,
    /// ‖A v - λ v‖ of each pair.
    pub residuals: Vec<f64>,
    /// Products with single vectors that were needed.
    pub products: usize,
}

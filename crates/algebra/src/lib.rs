//! Linear algebra shared by the embeddings, the neighbor search and the registration, on faer.
//!
//! | | |
//! |---|---|
//! | products of matrices | [`Working`], [`Skinny`], [`product`], [`add_lower_product`] |
//! | all eigenvalues or singular values of a dense matrix | [`eigen`], [`eigen_ascending`], [`singular_right`], [`singular`] |
//! | orthonormal bases, positive definite systems | [`orthonormalize`], [`solve_positive`], [`factor_and_solve`], [`invert_positive`] |
//! | a few eigenpairs of large matrices | [`spectrum`] |
//!
//! faer is generic, and its kernels take long to compile. The public functions here are not generic, except
//! over [`Working`], whose implementations are not: so the kernels are compiled only in this crate.
//!
//! Results have the same bits on any number of threads: work is cut into pieces whose size does not depend on
//! the threads, each piece is done by one sequential kernel, and sums are taken in order. Functions that use faer's
//! own threads say so.
//!
//! With the feature `lapack`, the whole decompositions of dense matrices ([`eigen`], [`singular_right`], [`singular`]) come
//! from LAPACK (OpenBLAS) instead. Both agree up to rounding, and each repeats its own bits.

mod backend;
mod cholesky;
mod dense;
mod error;
mod exponential;
mod precision;
mod product;
mod skinny;
pub mod spectrum;

pub use cholesky::{factor_and_solve, invert_positive, solve_positive};
pub use dense::{
    Eigen, RightSingular, Singular, eigen, eigen_ascending, orthonormalize, positive_largest, singular,
    singular_right,
};
pub use error::AlgebraError;
pub use exponential::hyperbolic_tangents;
pub use faer::{Mat, MatMut, MatRef};
pub use precision::Working;
pub use product::{add_lower_product, product, row_major, squared_length};
pub use skinny::{Skinny, transposed};

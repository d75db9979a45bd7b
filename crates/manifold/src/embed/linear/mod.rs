//! Dense linear algebra that the methods share: decompositions by faer, and products in parallel
//! that have the same bits on any number of threads, because work is cut into pieces whose size does
//! not depend on the threads, each piece is done by one sequential kernel, and sums are taken in order.

mod dense;
mod exponential;
mod products;
mod random;
mod skinny;
mod symmetric;

pub(crate) use dense::{Eigen, eigen, orthonormalize, positive_largest, svd};
pub(crate) use exponential::hyperbolic_tangents;
pub(crate) use products::{
    Centered, Rows, Transposed, Working, column_means, cross, gram, project, row_major, sum_in_order,
};
pub(crate) use random::Gaussian;
pub(crate) use skinny::{Skinny, transposed};
pub(crate) use symmetric::Dense;

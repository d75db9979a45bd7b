//! Products of tables of points that the methods share, in parallel, with the same bits on any number of threads,
//! because work is cut into pieces whose size does not depend on the threads, each piece is done by one
//! sequential kernel, and sums are taken in order.

mod products;
mod random;

pub(crate) use products::{
    Centered, Rows, Transposed, column_means, cross, gram, is_tiny, project, sum_in_order,
};
pub(crate) use random::Gaussian;

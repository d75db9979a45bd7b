//! Neighbor graphs, convex flow and embeddings of any vectors.
//!
//! | module | what it does |
//! |---|---|
//! | [`points`] | n vectors of d numbers, finite |
//! | [`distance`] | distances between all pairs, plain and squared |
//! | [`knn`] | nearest neighbors, exact and approximate |
//! | [`graph`] | neighborhood graphs and geodesics |
//! | [`flow`] | convex flow: min-cost flow whose unit cost rises with the load; centers by it |
//! | [`embed`] | one type per method of embedding, and how good an embedding is |
//! | [`device`] | the CPU, or a GPU that CUDA reaches |
//! | [`progress`] | how long-running work reports its progress, and is stopped |

mod arrays;
mod checked;
pub mod device;
pub mod distance;
pub mod embed;
pub mod flow;
pub mod graph;
pub mod knn;
pub mod points;
pub mod progress;

/// The version of `ndarray` whose arrays go in and out.
pub use ndarray;

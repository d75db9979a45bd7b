//! Graphs, one-to-all convex flow and centers, against oracles and exhaustive search.

mod centers;
mod errors;
mod graphs;
mod one_to_all;
mod random;

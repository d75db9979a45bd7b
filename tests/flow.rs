//! Graphs, one-to-all convex flow and centers, against oracles and exhaustive search.

mod oracles;

#[path = "flow/agreement.rs"]
mod agreement;
#[path = "flow/centers.rs"]
mod centers;
#[path = "flow/errors.rs"]
mod errors;
#[path = "flow/graphs.rs"]
mod graphs;
#[path = "flow/one_to_all.rs"]
mod one_to_all;
#[path = "flow/random.rs"]
mod random;

//! Graphs, one-to-all convex flow and centres, against oracles and exhaustive search.

mod oracles;

#[path = "flow/agreement.rs"]
mod agreement;
#[path = "flow/centres.rs"]
mod centres;
#[path = "flow/errors.rs"]
mod errors;
#[path = "flow/graphs.rs"]
mod graphs;
#[path = "flow/one_to_all.rs"]
mod one_to_all;
#[path = "flow/random.rs"]
mod random;

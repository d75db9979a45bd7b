//! Convex flow: min-cost flow whose unit cost on an edge rises with its load.
//!
//! **One-to-all flow** from s on a connected graph of n nodes: n − 1 units leave s and one ends at
//! every other node, at the least total cost V(s). With potentials pi (node prices) optimal for
//! that flow, the marginal cost of one unit more to v is the flow distance D(s, v). With
//! [`EdgeCost::Linear`] the flow runs along shortest paths: D is the geodesic and V its row sum.
//!
//! Efros, Isler, Shi, Visontai, "Seeing through water", NIPS 2004, propose costs that rise with
//! the load (their figure 4); the exact costs here are our choices.
//!
//! ```
//! use manifold::flow::{EdgeCost, Marginal, Solver, verify};
//! use manifold::graph::Graph;
//!
//! // 0 -10- 1 -10- 2 and the detour 0 -30- 2.
//! let graph = Graph::from_edges(3, &[(0, 1, 10), (1, 2, 10), (0, 2, 30)])?;
//! let cost = EdgeCost::Convex { capacity: std::num::NonZeroU32::new(1), slopes: vec![1.0, 4.0] };
//! let marginal = Marginal::new(&cost, 3, 2)?;
//! let mut solver = Solver::default();
//! let mut network = solver.load(&graph, &marginal)?;
//! let solved = network.solve(0)?;
//! // A second unit on 0-1 would cost 40, so the unit for 2 takes the detour.
//! assert_eq!(solved.cost(), (10 + 30) * manifold::flow::SCALE);
//! assert_eq!(verify(&graph, &marginal, &solved.solution()), Ok(()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod centers;
mod certificate;
mod cost;
#[cfg_attr(not(feature = "cuda"), path = "cuda_disabled.rs")]
mod cuda;
pub mod leakage;
mod marginal;
pub mod pairwise;
mod resistance;
mod rows;
mod simplex;
mod successive;
mod tree;

pub use centers::{CenterSearch, Centers};
pub use certificate::{Violation, verify};
pub use cost::EdgeCost;
pub use cuda::resistances_on;
pub use marginal::{Marginal, SCALE};
pub use resistance::{quadratic_bound, resistances};
pub use simplex::{FlowSolution, Loaded, Solved, Solver};

/// Why a flow could not be solved.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FlowError {
    /// The slopes do not make a convex cost.
    #[error(
        "the slopes {slopes:?} do not make a convex cost: they must start at 1, rise strictly and end at 65536 or less"
    )]
    Slopes {
        /// The slopes given.
        slopes: Vec<f64>,
    },
    /// Lambda does not make a quadratic cost.
    #[error("lambda {lambda} does not make a quadratic cost: it must be above 0 and at most 16")]
    Lambda {
        /// The value given.
        lambda: f64,
    },
    /// Costs could overflow.
    #[error("{nodes} nodes with edges of length up to {longest} overflow 64-bit costs")]
    Range {
        /// Nodes of the graph.
        nodes: usize,
        /// Its longest edge.
        longest: i64,
    },
    /// The source is not in the graph.
    #[error("node {source_node} is not one of the graph's {nodes} nodes")]
    NoSuchNode {
        /// The source.
        source_node: usize,
        /// Nodes of the graph.
        nodes: usize,
    },
    /// The graph is not connected.
    #[error(
        "node {unreachable} cannot be reached from node {source_node}: join the graph's components first"
    )]
    Disconnected {
        /// The source.
        source_node: usize,
        /// A node it cannot reach.
        unreachable: usize,
    },
    /// The capacities are too small.
    #[error(
        "the capacities do not let one unit through to every node from node {source_node}: raise the capacity"
    )]
    Infeasible {
        /// The source.
        source_node: usize,
    },
}

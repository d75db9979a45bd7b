//! Choosing the centers of a place from its neighborhood graph.
//!
//! ```
//! use seethru::center::CenterSearch;
//! use seethru::flow::{EdgeCost, Marginal};
//! use seethru::graph::Graph;
//!
//! // A path of five nodes: its middle is its center.
//! let path = Graph::from_edges(5, &[(0, 1, 4), (1, 2, 4), (2, 3, 4), (3, 4, 4)])?;
//! let marginal = Marginal::new(&EdgeCost::default(), 5, 2)?;
//! let centers = CenterSearch::default().most_central(&path, &marginal, 1)?;
//! assert_eq!(centers.nodes, [2]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod agree;
mod search;

pub use agree::{Agreement, Candidates, agree};
pub use search::{CenterSearch, Centers};

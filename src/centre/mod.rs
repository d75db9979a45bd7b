//! Choosing the centres of a place from its neighbourhood graph.
//!
//! ```
//! use seethru::centre::CentreSearch;
//! use seethru::flow::{EdgeCost, Marginal};
//! use seethru::graph::Graph;
//!
//! // A path of five nodes: its middle is its centre.
//! let path = Graph::from_edges(5, &[(0, 1, 4), (1, 2, 4), (2, 3, 4), (3, 4, 4)])?;
//! let marginal = Marginal::new(&EdgeCost::default(), 5, 2)?;
//! let centres = CentreSearch::default().most_central(&path, &marginal, 1)?;
//! assert_eq!(centres.nodes, [2]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod agree;
mod search;

pub use agree::{Agreement, Candidates, agree};
pub use search::{CentreSearch, Centres};

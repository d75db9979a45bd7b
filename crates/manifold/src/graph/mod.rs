//! Neighborhood graphs and the distances along them.
//!
//! ```
//! use manifold::graph::{Graph, geodesics_from};
//!
//! let graph = Graph::from_edges(3, &[(0, 1, 10), (1, 2, 10), (0, 2, 30)])?;
//! assert_eq!(geodesics_from(&graph, 0), [Some(0), Some(10), Some(20)]);
//! # Ok::<(), manifold::graph::GraphError>(())
//! ```

mod csr;
#[cfg_attr(not(feature = "cuda"), path = "cuda_disabled.rs")]
mod cuda;
mod geodesic;
pub mod geodesics;
mod neighborhood;
mod weighted;

pub use csr::{Graph, GraphError};
pub use cuda::geodesic_sums;
pub use geodesic::{GeodesicMatrix, geodesics_from};
pub use neighborhood::{Disconnected, Neighborhood, Neighbors, UNIT, neighborhood, neighborhood_of_lists};
pub use weighted::{Connected, Distance, WeightedGraph, WeightedGraphError};

//! Neighbourhood graphs and the distances along them.

mod csr;
mod geodesic;
mod neighbourhood;
pub mod points;

pub use csr::{Graph, GraphError};
pub use geodesic::{GeodesicMatrix, geodesics_from};
pub use neighbourhood::{Disconnected, Neighbourhood, Neighbours, UNIT, neighbourhood};

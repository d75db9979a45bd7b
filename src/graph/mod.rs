//! Neighbourhood graphs.

mod csr;
pub mod points;

pub use csr::{Graph, GraphError};

use std::num::NonZeroUsize;

/// Which points become neighbours.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Neighbours {
    /// Each point's k nearest; an edge where either names the other (symmetric, OR).
    Nearest(NonZeroUsize),
    /// Each point's k nearest; an edge where both name each other (mutual, AND).
    Mutual(NonZeroUsize),
    /// Every pair at most this far apart (the unit of the distances).
    Within(f32),
}

/// What to do when the neighbourhood graph falls into several components.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Disconnected {
    /// Join the components by the shortest links between them (a minimum spanning forest).
    #[default]
    Join,
    /// Keep the largest component; the other points can not become centres.
    Largest,
    /// Stop with an error that says how many components there are.
    Fail,
}

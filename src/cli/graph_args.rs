//! Options of a place's graph, for restoring and for `seethru inspect`.

use std::num::NonZeroUsize;

use clap::Args;
use manifold::flow::EdgeCost;
use manifold::graph::{Disconnected, Neighbors};

use super::values::{self, one_of};

/// Neighbors in the graph of a place where none are given.
const DEFAULT_NEIGHBORS: NonZeroUsize = NonZeroUsize::new(8).unwrap();

/// The neighborhood graph of a place, and what flow costs on it.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct GraphArgs {
    /// Neighbors of each frame in the graph of a place [default: 8]
    #[arg(long, alias = "neighbours", value_name = "K", value_parser = values::at_least_one)]
    pub(crate) neighbors: Option<NonZeroUsize>,
    /// Join two frames only if each is among the other's neighbors
    #[arg(long)]
    pub(crate) mutual: bool,
    /// Join all frames at most this far apart instead, in gray levels: the root of the summed squared
    /// differences over a patch (16 x 16 pixels off by 5 each are 80 apart)
    #[arg(long, value_name = "EPS", value_parser = values::positive, conflicts_with_all = ["neighbors", "mutual"])]
    pub(crate) radius: Option<f32>,
    /// What to do with a graph in several components [default: join]
    #[arg(long, value_name = "HOW", value_parser = one_of::<Disconnected>())]
    pub(crate) disconnected: Option<Disconnected>,
    /// Cost of flow on an edge: linear, convex, capacitated or quadratic [default: convex]
    ///
    /// Parameters follow a colon; without them the defaults apply:
    ///   linear                             shortest paths, as Isomap
    ///   convex:capacity=10,slopes=1/2/4    costs more for each 10 units
    ///   capacitated:capacity=20            linear, at most 20 units
    ///   quadratic:lambda=0.1               costs more for each unit
    /// A capacity of `auto` follows from the number of frames and neighbors.
    #[arg(long, value_name = "COST", value_parser = values::cost, verbatim_doc_comment)]
    pub(crate) cost: Option<EdgeCost>,
    /// Subtract each patch's own mean brightness before frames are compared (flicker)
    #[arg(long)]
    pub(crate) level: bool,
}

impl GraphArgs {
    pub(crate) fn neighbors(&self) -> Neighbors {
        let nearest = self.neighbors.unwrap_or(DEFAULT_NEIGHBORS);
        match self.radius {
            Some(radius) => Neighbors::Within(radius),
            None if self.mutual => Neighbors::Mutual(nearest),
            None => Neighbors::Nearest(nearest),
        }
    }

    pub(crate) fn disconnected(&self) -> Disconnected {
        self.disconnected.unwrap_or_default()
    }
}

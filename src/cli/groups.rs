//! Options that several subcommands have, and what they mean.

use std::num::NonZeroUsize;

use clap::{Args, ValueEnum};
use seethru::flow::EdgeCost;
use seethru::graph::{Disconnected, Neighbours};

use super::values;

/// Neighbours in the graph of a place where none are given.
const DEFAULT_NEIGHBOURS: NonZeroUsize = NonZeroUsize::new(8).unwrap();

/// The neighbourhood graph of a place, and what flow costs on it.
#[derive(Clone, Debug, Default, Args)]
pub struct GraphArgs {
    /// Neighbours of each frame in the graph of a place [default: 8]
    #[arg(long, visible_alias = "neighbors", value_name = "K", value_parser = values::at_least_one)]
    pub neighbours: Option<NonZeroUsize>,
    /// Join only frames that are both among each other's neighbours
    #[arg(long)]
    pub mutual: bool,
    /// Join all frames at most this far apart instead, in grey levels: the root of the summed squared
    /// differences over a patch (16 x 16 pixels off by 5 each are 80 apart)
    #[arg(long, value_name = "EPS", value_parser = values::positive, conflicts_with_all = ["neighbours", "mutual"])]
    pub radius: Option<f32>,
    /// What to do where the graph falls into several components [default: join]
    #[arg(long, value_name = "HOW")]
    pub disconnected: Option<DisconnectedArg>,
    /// What a load of flow costs on an edge: linear, convex, capacitated or quadratic [default: convex]
    ///
    /// Each with its numbers after a colon, or bare for the defaults:
    ///   linear                             shortest paths, as Isomap
    ///   convex:capacity=10,slopes=1/2/4    dearer with each 10 units
    ///   capacitated:capacity=20            linear, 20 units at most
    ///   quadratic:lambda=0.1               dearer with each unit
    /// A capacity of `auto` follows from the number of frames and neighbours.
    #[arg(long, value_name = "COST", value_parser = values::cost, verbatim_doc_comment)]
    pub cost: Option<EdgeCost>,
    /// Take each patch's own mean brightness out before frames are compared (flicker)
    #[arg(long)]
    pub level: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum DisconnectedArg {
    /// Join them by the shortest links between them
    Join,
    /// Keep the largest
    Largest,
    /// Stop with an error
    Fail,
}

impl GraphArgs {
    pub fn neighbours(&self) -> Neighbours {
        let nearest = self.neighbours.unwrap_or(DEFAULT_NEIGHBOURS);
        match self.radius {
            Some(radius) => Neighbours::Within(radius),
            None if self.mutual => Neighbours::Mutual(nearest),
            None => Neighbours::Nearest(nearest),
        }
    }

    pub fn disconnected(&self) -> Disconnected {
        match self.disconnected {
            None => Disconnected::default(),
            Some(DisconnectedArg::Join) => Disconnected::Join,
            Some(DisconnectedArg::Largest) => Disconnected::Largest,
            Some(DisconnectedArg::Fail) => Disconnected::Fail,
        }
    }
}

//! Groups of options that several methods have.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use anyhow::{Result, bail, ensure};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum, ValueHint};
use manifold::embed::EmbedError;
use manifold::graph::{Disconnected, Neighbors};

use super::values::Corner;
use crate::cli::reading::ReadingArgs;
use crate::cli::table::{Choice, Place};
use crate::cli::values::{self, one_of};

/// Side of a video's patches where none is given.
const DEFAULT_PATCH: usize = 16;
/// Neighbors where none are given.
pub(crate) const NEIGHBORS: NonZeroUsize = NonZeroUsize::new(12).unwrap();

/// The rows.
#[derive(Args, Clone, Debug)]
pub(crate) struct TableArgs {
    /// Table (.npy, .npz, .csv, .tsv, .txt, .dat, .parquet), folder of images, or video
    #[arg(value_name = "DATA", value_hint = ValueHint::FilePath)]
    pub(crate) data: PathBuf,
    #[command(flatten, next_help_heading = "Input")]
    pub(crate) reading: ReadingArgs,
    /// Labels of the rows, for plots and .csv: .npy of numbers or strings, or text with one label on each line
    #[arg(long, conflicts_with = "label_column", value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Input")]
    pub(crate) labels: Option<PathBuf>,
    /// Scale larger images and frames down to this longer side
    #[arg(long, value_name = "PIXELS", default_value = "64", value_parser = values::at_least_one, help_heading = "Input")]
    pub(crate) side: NonZeroUsize,
    /// Embed a video's patches at this place (top left corner) instead of whole frames
    #[arg(long, value_name = "X,Y", help_heading = "Input")]
    pub(crate) at: Option<Corner>,
    /// Side of these patches in pixels [default: 16]
    #[arg(long, value_name = "PIXELS", requires = "at", value_parser = values::at_least_one, help_heading = "Input")]
    pub(crate) patch: Option<NonZeroUsize>,
}

impl TableArgs {
    pub(crate) fn choice(&self) -> Choice {
        let side = self.patch.map_or(DEFAULT_PATCH, NonZeroUsize::get);
        Choice {
            side: Some(self.side.get()),
            place: self.at.map(|corner| Place { x: corner.x, y: corner.y, side }),
            ..self.reading.choice()
        }
    }
}

/// The coordinates and their plot.
#[derive(Args, Clone, Debug)]
pub(crate) struct OutputArgs {
    /// Coordinates to write: .npy (n x dims), or .csv with ids and labels
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
    /// Scatter plot of the embedding: .svg or .png
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub(crate) plot: Option<PathBuf>,
}

/// Where a method's other outputs stand in the help: behind those that all methods have.
const LAST: usize = 100;

#[derive(Args, Clone, Debug)]
pub(crate) struct ModelFile {
    /// Also write the fitted model, which seethru embed transform reads
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output", display_order = LAST)]
    pub(crate) model: Option<PathBuf>,
}

#[derive(Args, Clone, Debug)]
pub(crate) struct SpectrumFile {
    /// Plot of the eigenvalues, or of the energy of the components: .svg or .png
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output", display_order = LAST)]
    pub(crate) spectrum: Option<PathBuf>,
}

#[derive(Args, Clone, Debug)]
pub(crate) struct DictionaryFile {
    /// The components as pictures: .svg or .png
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output", display_order = LAST)]
    pub(crate) dictionary: Option<PathBuf>,
}

#[derive(Args, Clone, Debug)]
pub(crate) struct ShepardFile {
    /// Plot of embedded against given distances (Shepard diagram): .svg or .png
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output", display_order = LAST)]
    pub(crate) shepard: Option<PathBuf>,
}

#[derive(Args, Clone, Debug)]
pub(crate) struct KeepArgs {
    /// When stopped by Ctrl-C, write the embedding reached so far
    #[arg(long, help_heading = "Output", display_order = LAST)]
    pub(crate) keep: bool,
}

/// What the input holds instead of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Precomputed {
    /// Distances: n x n (.npy), or their upper triangle row by row
    Distances,
    /// A sparse symmetric graph of edge lengths (SciPy's save_npz)
    Graph,
}

/// Options about rows, which precomputed input has none of.
const OF_ROWS: [&str; 7] = ["columns", "label_column", "id_column", "header", "decimal", "at", "thumbnails"];

#[derive(Args, Clone, Debug)]
pub(crate) struct DistancesArgs {
    /// The input holds distances instead of rows
    #[arg(long, value_name = "WHAT", value_parser = only_distances(), conflicts_with_all = OF_ROWS, help_heading = "Input")]
    pub(crate) precomputed: Option<Precomputed>,
}

#[derive(Args, Clone, Debug)]
pub(crate) struct DistancesOrGraphArgs {
    /// The input holds distances or a graph instead of rows
    #[arg(long, value_name = "WHAT", conflicts_with_all = OF_ROWS, help_heading = "Input")]
    pub(crate) precomputed: Option<Precomputed>,
}

fn only_distances() -> impl TypedValueParser<Value = Precomputed> {
    let distances = Precomputed::Distances.to_possible_value().unwrap_or(PossibleValue::new("distances"));
    PossibleValuesParser::new([distances]).map(|_| Precomputed::Distances)
}

/// The neighborhood graph.
#[derive(Args, Clone, Debug)]
pub(crate) struct GraphArgs {
    /// Neighbors in the graph [default: 12]
    #[arg(long, alias = "neighbours", value_name = "K", value_parser = values::at_least_one)]
    pub(crate) neighbors: Option<NonZeroUsize>,
    /// Join only points that are each among the other's neighbors
    #[arg(long)]
    pub(crate) mutual: bool,
    /// Join all points at most this far apart instead
    #[arg(long, value_name = "EPS", value_parser = values::positive, conflicts_with_all = ["neighbors", "mutual"])]
    pub(crate) radius: Option<f32>,
    /// What to do with a graph in several components [default: fail]
    #[arg(long, value_name = "HOW", value_parser = one_of::<Disconnected>())]
    pub(crate) disconnected: Option<Disconnected>,
}

impl GraphArgs {
    pub(crate) fn neighbors(&self) -> Neighbors {
        let k = self.neighbors.unwrap_or(NEIGHBORS);
        match self.radius {
            Some(radius) => Neighbors::Within(radius),
            None if self.mutual => Neighbors::Mutual(k),
            None => Neighbors::Nearest(k),
        }
    }

    /// A graph that is given has its neighbors already, and no distances to join its components by.
    pub(crate) fn check(&self, precomputed: Option<Precomputed>) -> Result<()> {
        if precomputed != Some(Precomputed::Graph) {
            return Ok(());
        }
        let given = [
            ("--neighbors", self.neighbors.is_some()),
            ("--mutual", self.mutual),
            ("--radius", self.radius.is_some()),
        ];
        if let Some((option, _)) = given.into_iter().find(|&(_, given)| given) {
            bail!("{option}: a precomputed graph has its edges already; leave it out");
        }
        ensure!(
            self.disconnected != Some(Disconnected::Join),
            "--disconnected join: a precomputed graph has no distances to join its components by; give --disconnected \
             largest, or add edges to the graph"
        );
        Ok(())
    }

    /// What helps where a graph falls apart.
    pub(crate) fn remedy(
        &self,
        error: &EmbedError,
        name: &str,
        precomputed: Option<Precomputed>,
    ) -> Option<String> {
        let EmbedError::Disconnected { components, largest } = error else { return None };
        let help = match (precomputed, self.radius) {
            (Some(Precomputed::Graph), _) => {
                "add edges to the graph, or give --disconnected largest".to_owned()
            }
            (_, Some(radius)) => {
                format!("give a --radius above {radius}, --disconnected join, or --disconnected largest")
            }
            _ if self.mutual => {
                "give more --neighbors, leave out --mutual, or give --disconnected join or largest".to_owned()
            }
            _ => "give more --neighbors, --disconnected join, or --disconnected largest".to_owned(),
        };
        Some(format!(
            "{name}: the graph falls into {components} components, the largest of {largest} rows: {help}"
        ))
    }

    pub(crate) fn disconnected(&self) -> Disconnected {
        self.disconnected.unwrap_or(Disconnected::Fail)
    }
}

//! What can be typed behind `seethru inspect`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::cli::embed::Corner;
use crate::cli::graph_args::GraphArgs;
use crate::cli::values::{self, Range};
use crate::cli::view_args::ViewArgs;

/// Look at one place of a clip: embeddings of its patches, centers, paths to them, false edges.
///
/// The patches of all frames at one place lie on a curved sheet, whose center is what the scene looks
/// like. inspect draws that sheet twice, by Isomap (shortest paths) and by convex flow, with F, the
/// center that --method centers picks, further centers FA, FB, FC, and the paths along which patches
/// from the far end of each branch morph into them. Edges that join distant patches are drawn in red:
/// shortest paths leak through them.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = "\
Examples:
  The figure of one place (writes pool-place.svg):
  seethru inspect pool.mp4 --at 40,30

  The same as a page to explore, and the figure as a PNG:
  seethru inspect pool.mp4 --at 40,30 --report place.html -o place.png

  Larger patches of every second frame, two centers, and a report for scripts:
  seethru inspect pool.mp4 --at 30,20 --patch 24 --every 2 --centers 2 --json

  Edges above four typical steps count as leaks, among mutual neighbors only:
  seethru inspect pool.mp4 --at 40,30 --mutual --leak-ratio 4 -o mutual.svg")]
pub(crate) struct InspectArgs {
    /// Video file, folder of images, quoted pattern ('frames/*.png'), or - for y4m on standard input
    #[arg(value_name = "VIDEO", value_hint = ValueHint::FilePath)]
    pub(crate) input: PathBuf,
    /// The place: top left corner of its patches, in pixels
    #[arg(long, value_name = "X,Y", help_heading = "Place")]
    pub(crate) at: Corner,
    /// Side of a patch
    #[arg(long, value_name = "PIXELS", default_value = "16", value_parser = values::at_least_one, help_heading = "Place")]
    pub(crate) patch: NonZeroUsize,
    /// Centers: F, FA, FB, …, at most 9
    #[arg(long, alias = "centres", value_name = "N", default_value = "4", value_parser = values::at_least_one, help_heading = "Place")]
    pub(crate) centers: NonZeroUsize,
    /// Count an edge as a leak if a few units of flow need this many typical steps to get around it
    ///
    /// Measured on samples with known false edges: 6 finds all but 8 of 2400 and loses one true edge in ten
    /// thousand; 5 loses three times as many, 7 misses nine times as many.
    #[arg(long, value_name = "RATIO", default_value = "6", value_parser = ratio, help_heading = "Place")]
    pub(crate) leak_ratio: f64,

    /// Figure to write: svg or png [default: <VIDEO>-place.svg here]
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
    /// Also write a page (.html): point at a patch to see it, click it for its path
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub(crate) report: Option<PathBuf>,
    /// Open the page in the browser when it is done
    #[arg(long, help_heading = "Output")]
    pub(crate) open: bool,
    /// Print a machine-readable report to standard output (schema seethru.inspect/2)
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,

    /// Frames to use, numbered from 0, the end not included: 100..600, 100.., ..600
    #[arg(long, value_name = "A..B", default_value = "..", value_parser = values::range, hide_default_value = true, help_heading = "Frames")]
    pub(crate) frames: Range,
    /// Use only every Nth of these frames
    #[arg(long, value_name = "N", default_value = "1", value_parser = values::at_least_one, help_heading = "Frames")]
    pub(crate) every: NonZeroUsize,
    #[command(flatten)]
    pub(crate) view: ViewArgs,
    /// Use at most this many frames, evenly spaced: time grows faster than their square
    #[arg(long, value_name = "N", default_value = "1000", value_parser = values::at_least_one, help_heading = "Frames")]
    pub(crate) limit: NonZeroUsize,

    #[command(flatten, next_help_heading = "Graph and flow")]
    pub(crate) graph: GraphArgs,

    /// Threads to compute on [default: all cores]
    #[arg(long, value_name = "N", value_parser = values::threads, help_heading = "Resources")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Limit on memory, with its unit: KiB, MiB, GiB, KB, MB, GB
    #[arg(long, value_name = "SIZE", default_value = "4GiB", value_parser = values::bytes, allow_hyphen_values = true, help_heading = "Resources")]
    pub(crate) memory: u64,
}

fn ratio(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(ratio) if ratio > 0.0 && f64::is_finite(ratio) => Ok(ratio),
        _ => Err("must be a number above 0".to_owned()),
    }
}

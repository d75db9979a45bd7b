//! What can be typed, as clap sees it; what it means is settled in [`plan`](super::plan).

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::builder::Styles;
use clap::builder::styling::AnsiColor;
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;
use seethru::flow::EdgeCost;

use super::help;
use super::synth::SynthArgs;
use super::values::{self, Range};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Cyan.on_default().bold())
    .usage(AnsiColor::Cyan.on_default().bold())
    .literal(AnsiColor::Green.on_default())
    .placeholder(AnsiColor::BrightBlack.on_default());

/// Recover one sharp still from a video of a scene under moving water.
///
/// Waves (or heat haze) bend a scene differently in every frame. At each place of the picture
/// seethru looks through all frames for the patch in the middle of what the water makes of it,
/// found as the centre of a neighbourhood graph by convex flow, and joins these patches into
/// one still.
#[derive(Debug, Parser)]
#[command(
    name = "seethru",
    version,
    long_version = help::long_version(),
    after_help = "Run seethru --help for examples and the meaning of each option.",
    after_long_help = help::after_long_help(),
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    styles = STYLES
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub restore: RestoreArgs,
    #[command(flatten)]
    pub talk: Talk,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Render a clip with known truth: a picture seen through moving water
    Synth(Box<SynthArgs>),
    /// List what there is to compute on
    Devices,
    /// Print a completion script for a shell
    Completions {
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Print the manual page (roff), of seethru or of one subcommand
    Man {
        #[arg(value_name = "SUBCOMMAND")]
        subcommand: Option<String>,
    },
}

/// How much is said on standard error.
#[derive(Debug, Args)]
pub struct Talk {
    /// Say nothing but warnings and errors
    #[arg(short, long, global = true, help_heading = "Messages")]
    pub quiet: bool,
    /// Log what is done to standard error, in place of progress bars (-vv, -vvv: more)
    #[arg(short, long, global = true, action = ArgAction::Count, conflicts_with = "quiet", help_heading = "Messages")]
    pub verbose: u8,
}

#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// Video file, folder of images, quoted pattern ('frames/*.png'), or - for y4m on standard input
    ///
    /// A file that is named like a subcommand is reached as ./synth or after --.
    #[arg(value_name = "VIDEO", required = true, value_hint = ValueHint::FilePath)]
    pub input: Option<String>,

    /// Picture to write: png, tif, jpg, webp, bmp, ppm, pgm [default: <VIDEO>-still.png here]
    ///
    /// An existing picture is replaced; the input never is.
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// Also write a page (.html) that shows the result beside mean, median and a raw frame
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub report: Option<PathBuf>,
    /// Print a machine-readable report to standard output (schema seethru.restore/1)
    #[arg(long, help_heading = "Output")]
    pub json: bool,

    /// Frames to use, numbered from 0, the end not included: 100..600, 100.., ..600
    #[arg(long, value_name = "A..B", default_value = "..", value_parser = values::range, hide_default_value = true, help_heading = "Frames")]
    pub frames: Range,
    /// Use only one in N of these frames
    #[arg(long, value_name = "N", default_value = "1", value_parser = values::at_least_one, help_heading = "Frames")]
    pub every: NonZeroUsize,

    /// Side of a patch
    #[arg(long, value_name = "PIXELS", default_value = "16", value_parser = values::at_least_one, help_heading = "Picture")]
    pub patch: NonZeroUsize,
    /// Distance between places, at most a patch [default: half a patch]
    #[arg(long, value_name = "PIXELS", value_parser = values::at_least_one, help_heading = "Picture")]
    pub step: Option<NonZeroUsize>,
    /// Centres found at each place
    #[arg(long, visible_alias = "centres", value_name = "N", default_value = "3", value_parser = values::at_least_one, help_heading = "Picture")]
    pub centers: NonZeroUsize,
    /// How the centres of a place become one patch
    #[arg(long, value_name = "HOW", default_value = "blend", help_heading = "Picture")]
    pub choice: ChoiceArg,
    /// Make a plain picture instead, to compare with
    #[arg(
        long, value_name = "KIND", help_heading = "Picture",
        conflicts_with_all = ["centers", "choice", "neighbours", "mutual", "radius", "disconnected", "cost", "level"]
    )]
    pub baseline: Option<BaselineArg>,

    /// Neighbours of each frame in the graph of a place
    #[arg(long, visible_alias = "neighbors", value_name = "K", default_value = "8", value_parser = values::at_least_one, help_heading = "Graph and flow")]
    pub neighbours: NonZeroUsize,
    /// Join only frames that are both among each other's neighbours
    #[arg(long, help_heading = "Graph and flow")]
    pub mutual: bool,
    /// Join all frames at most this far apart instead, in grey levels: the root of the summed squared
    /// differences over a patch (16 x 16 pixels off by 5 each are 80 apart)
    #[arg(long, value_name = "EPS", value_parser = values::positive, conflicts_with_all = ["neighbours", "mutual"], help_heading = "Graph and flow")]
    pub radius: Option<f32>,
    /// What to do where the graph falls into several components
    #[arg(long, value_name = "HOW", default_value = "join", help_heading = "Graph and flow")]
    pub disconnected: DisconnectedArg,
    /// What a load of flow costs on an edge: linear, convex, capacitated or quadratic
    ///
    /// Each with its numbers after a colon, or bare for the defaults:
    ///   linear                             shortest paths, as Isomap
    ///   convex:capacity=10,slopes=1/2/4    dearer with each 10 units
    ///   capacitated:capacity=20            linear, 20 units at most
    ///   quadratic:lambda=0.1               dearer with each unit
    /// A capacity of `auto` follows from the number of frames and neighbours.
    #[arg(long, value_name = "COST", default_value = "convex", value_parser = values::cost, verbatim_doc_comment, help_heading = "Graph and flow")]
    pub cost: EdgeCost,
    /// Take each patch's own mean brightness out before frames are compared (flicker)
    #[arg(long, help_heading = "Graph and flow")]
    pub level: bool,

    /// Threads to compute on [default: all cores]
    #[arg(long, value_name = "N", value_parser = values::at_least_one, help_heading = "Resources")]
    pub threads: Option<NonZeroUsize>,
    /// Memory to stay under, with its unit: KiB, MiB, GiB, KB, MB, GB
    #[arg(long, value_name = "SIZE", default_value = "4GiB", value_parser = values::bytes, help_heading = "Resources")]
    pub memory: u64,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ChoiceArg {
    /// The mean of the n most central patches
    Blend,
    /// That one of the n most central patches that agrees best with the neighbouring places
    Agree,
    /// That one of n medoids, the global centre among them, that agrees best
    Medoids,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum BaselineArg {
    /// Mean of each pixel over time
    Mean,
    /// Median of each pixel over time
    Median,
    /// At each place the patch nearest to the mean
    NearestMean,
    /// At each place the patch nearest to the median
    NearestMedian,
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

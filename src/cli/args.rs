//! What can be typed, as clap sees it; what it means is settled in [`plan`](super::plan).

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::builder::Styles;
use clap::builder::styling::AnsiColor;
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;

use super::batch::BatchArgs;
use super::compare::CompareArgs;
use super::config::ConfigArgs;
use super::device::DeviceArgs;
use super::devices::DevicesArgs;
use super::embed::EmbedArgs;
use super::groups::GraphArgs;
use super::help;
use super::info::InfoArgs;
use super::inspect::InspectArgs;
use super::knn::KnnArgs;
use super::quality::QualityArgs;
use super::synth::SynthArgs;
use super::values::{self, Range};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Cyan.on_default().bold())
    .usage(AnsiColor::Cyan.on_default().bold())
    .literal(AnsiColor::Green.on_default())
    .placeholder(AnsiColor::BrightBlack.on_default());

/// Recover one sharp still from a video of a scene under moving water.
///
/// Waves (or heat haze) bend a scene differently in every frame. seethru finds the frame in the
/// middle of what the water does by convex flow, registers all frames with it along paths of small
/// steps, moves everything to where the scene is in still water, and fuses what each frame shows best
/// into one still. With --method centers it picks and joins patches instead, one place at a time.
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
    pub device: DeviceArgs,
    #[command(flatten)]
    pub config: ConfigArgs,
    #[command(flatten)]
    pub talk: Talk,
}

/// What a subcommand does is told by its own arguments.
#[derive(Debug, Subcommand)]
pub enum Command {
    Batch(Box<BatchArgs>),
    Compare(Box<CompareArgs>),
    Synth(Box<SynthArgs>),
    Info(Box<InfoArgs>),
    Inspect(Box<InspectArgs>),
    Embed(Box<EmbedArgs>),
    Knn(Box<KnnArgs>),
    Quality(Box<QualityArgs>),
    Devices(DevicesArgs),
    /// Print a completion script for a shell
    #[command(after_help = help::COMPLETIONS)]
    Completions {
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Print the manual page (roff), of seethru or of one subcommand
    #[command(after_help = help::MAN)]
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
    /// Also write the clip with the water taken out: mp4, mkv, mov, avi, webm, y4m
    ///
    /// Every frame that was used, warped into the geometry of the restored picture.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub video: Option<PathBuf>,
    /// Also write the waves (.npz): for each frame where it shows each pixel, in pixels
    ///
    /// Arrays dx and dy (frames x height x width, 32-bit floats): the restored picture's pixel (x, y) is at
    /// (x + dx, y + dy) in the frame; and frame, the frames' numbers in the video.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub displacements: Option<PathBuf>,
    /// Also write how sure each pixel is, as a gray picture: white where all frames agree
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub confidence: Option<PathBuf>,
    /// Also write a page (.html) that shows the result beside mean, median and a raw frame
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub report: Option<PathBuf>,
    /// Print a machine-readable report to standard output (schema seethru.restore/1)
    #[arg(long, help_heading = "Output")]
    pub json: bool,

    #[command(flatten)]
    pub how: HowArgs,
}

/// How a clip is restored, whatever is written of it.
#[derive(Clone, Debug, Args)]
pub struct HowArgs {
    /// Frames to use, numbered from 0, the end not included: 100..600, 100.., ..600
    #[arg(long, value_name = "A..B", value_parser = values::range, help_heading = "Frames")]
    pub frames: Option<Range>,
    /// Use only one in N of these frames [default: 1]
    #[arg(long, value_name = "N", value_parser = values::at_least_one, help_heading = "Frames")]
    pub every: Option<NonZeroUsize>,

    /// How the picture is made [default: register, or centers if one of its options is given]
    #[arg(long, value_name = "METHOD", help_heading = "Picture", conflicts_with = "baseline")]
    pub method: Option<MethodArg>,
    /// Measure the clip first, and choose what is not given of --method, --stabilize, --every, --patch, --step
    ///
    /// `seethru info VIDEO` shows what is measured and what would be chosen.
    #[arg(long, help_heading = "Picture")]
    pub auto: bool,
    /// Camera motion that is taken out first (hand-held, drone) [default: none]
    #[arg(long, alias = "stabilise", value_name = "MOTION", help_heading = "Picture")]
    pub stabilize: Option<MotionArg>,
    /// Raise the contrast of fine detail at the end
    #[arg(long, help_heading = "Picture")]
    pub sharpen: bool,
    /// Make a plain picture instead, to compare with
    #[arg(
        long, value_name = "KIND", help_heading = "Picture",
        conflicts_with_all = ["centers", "choice", "neighbors", "mutual", "radius", "disconnected", "cost", "level"]
    )]
    pub baseline: Option<BaselineArg>,

    /// Side of a patch [default: 16]
    #[arg(long, value_name = "PIXELS", value_parser = values::at_least_one, help_heading = "Patches (--method centers)")]
    pub patch: Option<NonZeroUsize>,
    /// Distance between places, at most a patch [default: half a patch]
    #[arg(long, value_name = "PIXELS", value_parser = values::at_least_one, help_heading = "Patches (--method centers)")]
    pub step: Option<NonZeroUsize>,
    /// Centers found at each place [default: 3]
    #[arg(long, alias = "centres", value_name = "N", value_parser = values::at_least_one, help_heading = "Patches (--method centers)")]
    pub centers: Option<NonZeroUsize>,
    /// How the centers of a place become one patch [default: blend]
    #[arg(long, value_name = "HOW", help_heading = "Patches (--method centers)")]
    pub choice: Option<ChoiceArg>,
    #[command(flatten, next_help_heading = "Graph and flow (--method centers)")]
    pub graph: GraphArgs,

    /// Threads to compute on [default: all cores]
    #[arg(long, value_name = "N", value_parser = values::at_least_one, help_heading = "Resources")]
    pub threads: Option<NonZeroUsize>,
    /// Memory to stay under, with its unit: KiB, MiB, GiB, KB, MB, GB
    #[arg(long, value_name = "SIZE", default_value = "4GiB", value_parser = values::bytes, help_heading = "Resources")]
    pub memory: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MethodArg {
    /// Register all frames and fuse them: the sharpest picture
    Register,
    /// Pick and join the center patches of each place
    #[value(alias = "centres")]
    Centers,
    /// Register with the temporal mean in rounds, then robust PCA (Oreifej et al. 2011)
    MeanRegister,
    /// At each place the sharpest tenth of the patches, blended
    Lucky,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum MotionArg {
    /// The camera stands still
    None,
    /// Shifts
    Translation,
    /// Shifts, turns, zoom and perspective
    Homography,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ChoiceArg {
    /// The mean of the n most central patches
    Blend,
    /// That one of the n most central patches that agrees best with the neighboring places
    Agree,
    /// That one of n medoids, the global center among them, that agrees best
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

//! What can be typed to restore a clip; what it means is settled in [`settings`](super::settings) and [`plan`](super::plan).

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};
use seethru::{Baseline, Choice, Motion};

use crate::cli::graph_args::GraphArgs;
use crate::cli::values::{self, Length, Range, one_of};
use crate::cli::view_args::ViewArgs;

#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// Video file, folder of images, quoted pattern ('frames/*.png'), or - for y4m on standard input
    ///
    /// If a file has the name of a subcommand, write ./synth, or put it after --.
    #[arg(value_name = "VIDEO", required = true, value_hint = ValueHint::FilePath)]
    pub(crate) input: Option<PathBuf>,

    /// Still to write: png, tif, jpg, webp, bmp, ppm, pgm [default: <VIDEO>-still.png here]
    ///
    /// An existing file is overwritten, but never the input. A clip of more than 8 bits makes a still of 16 bits as png, tif, ppm
    /// and pgm; jpg (quality 95), webp (lossless) and bmp hold 8. A clip of 8 bits makes a still of 8 bits.
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
    /// Also write the clip with the water removed: mp4, mkv, mov, avi, webm, y4m
    ///
    /// Every frame that was used, warped to the geometry of the still.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub(crate) video: Option<PathBuf>,
    /// Also write the displacements (.npz): where each frame shows each pixel of the still
    ///
    /// Arrays dx and dy (frames x height x width, 32-bit floats, in pixels): the still's pixel (x, y) is at
    /// (x + dx, y + dy) in the frame; and frame, the frames' numbers in the video.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub(crate) displacements: Option<PathBuf>,
    /// Also write the surface of the water (.npz): its height over time, at every 4th pixel
    ///
    /// Arrays height (frames x rows x columns, 32-bit floats, about the mean of each frame), x and y (pixels),
    /// frame, time (seconds), depth and unit. With --video also a moving map of it with a matching name:
    /// surface.npz and calm.mp4 make surface.mp4.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub(crate) surface: Option<PathBuf>,
    /// Depth of the water for --surface: 40px, 120mm, 12cm, 0.3m [default: estimated from the clip]
    ///
    /// Heights are in inverse proportion to it. If the waves are high relative to the depth, it can be estimated;
    /// otherwise it must be given.
    #[arg(long, value_name = "DEPTH", value_parser = values::depth, allow_hyphen_values = true, help_heading = "Output")]
    pub(crate) depth: Option<Length>,
    /// Width of a pixel on the floor, for a --surface in millimeters: 0.8mm
    #[arg(long, value_name = "SIZE", value_parser = values::scale, allow_hyphen_values = true, help_heading = "Output")]
    pub(crate) scale: Option<f64>,
    /// Also write the confidence in each pixel as a gray picture: white where both halves of the frames agree
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub(crate) confidence: Option<PathBuf>,
    /// Also write a page (.html) that compares the still with the mean, the median and a raw frame
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub(crate) report: Option<PathBuf>,
    /// Open the page in the browser when it is done
    #[arg(long, help_heading = "Output")]
    pub(crate) open: bool,
    /// Print a machine-readable report to standard output (schema seethru.restore/2)
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
}

/// How a clip is restored, whatever is written of it.
#[derive(Clone, Debug, Args)]
pub(crate) struct SettingsArgs {
    /// Frames to use, numbered from 0, the end not included: 100..600, 100.., ..600
    #[arg(long, value_name = "A..B", value_parser = values::range, help_heading = "Frames")]
    pub(crate) frames: Option<Range>,
    /// Use only every Nth of these frames [default: 1]
    #[arg(long, value_name = "N", value_parser = values::at_least_one, help_heading = "Frames")]
    pub(crate) every: Option<NonZeroUsize>,
    #[command(flatten)]
    pub(crate) view: ViewArgs,

    /// How the still is made [default: register, or centers if one of its options is given]
    #[arg(long, value_name = "METHOD", help_heading = "Still", conflicts_with = "baseline")]
    pub(crate) method: Option<MethodArg>,
    /// Measure the clip first, and choose --method, --stabilize, --every, --patch, --step where not given
    ///
    /// `seethru info VIDEO` shows what is measured and what would be chosen.
    #[arg(long, help_heading = "Still")]
    pub(crate) auto: bool,
    /// Camera motion to remove first (hand-held, drone) [default: none]
    #[arg(long, alias = "stabilise", value_name = "MOTION", value_parser = one_of::<Motion>(), help_heading = "Still")]
    pub(crate) stabilize: Option<Motion>,
    /// Undo the scene's own blur (haze, a soft lens), as estimated from its steepest edges, or this fraction of that
    ///
    /// From 0 to 2; default strength 1. Blur from registration is always removed.
    #[arg(
        long, value_name = "STRENGTH", value_parser = values::sharpening, help_heading = "Still",
        num_args = 0..=1, require_equals = true, default_missing_value = "1"
    )]
    pub(crate) sharpen: Option<f64>,
    /// Make a simple still instead, to compare with
    #[arg(
        long, value_name = "KIND", value_parser = one_of::<Baseline>(), help_heading = "Still",
        conflicts_with_all = ["centers", "choice", "neighbors", "mutual", "radius", "disconnected", "cost", "level"]
    )]
    pub(crate) baseline: Option<Baseline>,

    /// Side of a patch [default: 16]
    #[arg(long, value_name = "PIXELS", value_parser = values::at_least_one, help_heading = "Patches (--method centers)")]
    pub(crate) patch: Option<NonZeroUsize>,
    /// Distance between places, at most a patch [default: half a patch]
    #[arg(long, value_name = "PIXELS", value_parser = values::at_least_one, help_heading = "Patches (--method centers)")]
    pub(crate) step: Option<NonZeroUsize>,
    /// Centers found at each place [default: 3]
    #[arg(long, alias = "centres", value_name = "N", value_parser = values::at_least_one, help_heading = "Patches (--method centers)")]
    pub(crate) centers: Option<NonZeroUsize>,
    /// How the centers of a place become one patch [default: blend]
    #[arg(long, value_name = "HOW", value_parser = one_of::<Choice>(), help_heading = "Patches (--method centers)")]
    pub(crate) choice: Option<Choice>,
    #[command(flatten, next_help_heading = "Graph and flow (--method centers)")]
    pub(crate) graph: GraphArgs,

    /// Threads to compute on [default: all cores]
    #[arg(long, value_name = "N", value_parser = values::threads, help_heading = "Resources")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Limit on memory, with its unit: KiB, MiB, GiB, KB, MB, GB
    #[arg(long, value_name = "SIZE", default_value = "4GiB", value_parser = values::bytes, allow_hyphen_values = true, help_heading = "Resources")]
    pub(crate) memory: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MethodArg {
    /// Register all frames and fuse them: the sharpest still
    Register,
    /// Pick and join the center patches of each place
    #[value(alias = "centres")]
    Centers,
    /// Register with the temporal mean in rounds, then robust PCA (Oreifej et al. 2011)
    MeanRegister,
    /// At each place the sharpest tenth of the patches, blended
    Lucky,
}

//! What can be typed.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

use crate::cli::restore::SettingsArgs;

const EXAMPLES: &str = "\
Examples:
  seethru compare pool.mp4
  seethru compare pool.mp4 --truth truth.png --report compared.html --csv measurements.csv
  seethru compare pool.mp4 --methods mean,centers,register --centers 5 --patch 24 -o three.png
  seethru compare --picture poster.png --truth truth.png
  seethru compare pool.mp4 --every 2 --truth truth.png --pictures compared/ --json

Exit status:
  0 if every method made its still; 1 if one did not (the others are compared anyway), or if nothing
  was done.";

/// Restore a clip by every method and show them side by side.
///
/// Writes one picture with all the stills (a montage) and prints a table of measurements: how close each
/// still is to the truth, if that is known, how sharp it is, and how long it took.
#[derive(Args, Clone, Debug)]
#[command(
    after_help = EXAMPLES,
    // These select one method, and here all are run.
    mut_arg("method", |arg| arg.hide(true)),
    mut_arg("baseline", |arg| arg.hide(true)),
    mut_arg("auto", |arg| arg.hide(true))
)]
pub(crate) struct CompareArgs {
    /// Video file, folder of images, quoted pattern ('frames/*.png'), or - for y4m on standard input
    ///
    /// May be left out where --picture names finished pictures and --truth the truth.
    #[arg(value_name = "VIDEO", required_unless_present = "picture", value_hint = ValueHint::FilePath)]
    pub(crate) input: Option<PathBuf>,

    /// Methods to compare [default: all]
    #[arg(long, value_name = "A,B,..", value_delimiter = ',', help_heading = "Comparison")]
    pub(crate) methods: Vec<Compare>,
    /// Picture of the scene without water, of the video's size: adds SSIM, MS-SSIM, PSNR and sharpness
    ///
    /// A still may be shifted by the waves' mean displacement and be a little brighter or darker, so each
    /// is first aligned with the truth: in gray, every shift by whole pixels, at most 4 across and 4 down,
    /// is tried with the brightness a x + b that fits best by least squares (found on every 7th pixel);
    /// the shift with the least mean squared error is used, and a and b are fitted to all pixels. 8 pixels
    /// along the edges, and 4 more for the shift, do not count. SSIM has a Gaussian window of 1.5 pixels
    /// and a range of 255, MS-SSIM five scales (fewer below 161 pixels a side; the table then says so).
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Comparison")]
    pub(crate) truth: Option<PathBuf>,
    /// Finished picture to measure beside the methods, whatever made it (may be given several times)
    ///
    /// Of the video's size; without a video, of the truth's. What needs the clip (gradient, Laplacian, residual, blur undone)
    /// is measured only with a video.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Comparison")]
    pub(crate) picture: Vec<PathBuf>,

    /// Montage to write (.png): all stills with their measurements [default: <VIDEO>-compare.png here]
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
    /// Also write a page (.html): any two pictures under one slider, and all measurements
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub(crate) report: Option<PathBuf>,
    /// Open the page in the browser when it is done
    #[arg(long, help_heading = "Output")]
    pub(crate) open: bool,
    /// Also write the measurements as a table (.csv)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub(crate) csv: Option<PathBuf>,
    /// Also write each still to this folder, named after its method; created if needed
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath, help_heading = "Output")]
    pub(crate) pictures: Option<PathBuf>,
    /// Print a machine-readable report (schema seethru.compare/2) instead of the table
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
}

/// The methods, from the plainest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Compare {
    /// Mean of each pixel over time
    Mean,
    /// Median of each pixel over time
    Median,
    /// At each place the patch nearest to the mean
    NearestMean,
    /// At each place the patch nearest to the median
    NearestMedian,
    /// At each place the one most central patch
    #[value(alias = "centre")]
    Center,
    /// At each place the most central patches, as --centers and --choice say
    #[value(alias = "centres")]
    Centers,
    /// At each place the sharpest tenth of the patches, blended
    Lucky,
    /// All frames registered with the temporal mean, then robust PCA
    MeanRegister,
    /// All frames registered, from the central frame or the temporal mean, and fused
    Register,
}

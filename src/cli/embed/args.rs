//! What can be typed behind `seethru embed`: a subcommand for each method.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

use super::method::{
    FactorAnalysisArgs, FlowArgs, IcaArgs, IsomapArgs, KernelPcaArgs, LaplacianArgs, LleArgs, MdsArgs,
    NmfArgs, PcaArgs, SmacofArgs, SneArgs, TsneArgs,
};
use super::shared::{OutputArgs, TableArgs};
use crate::cli::values;

/// Embed the rows of a table, images or frames in a few dimensions.
///
/// Reads NumPy arrays, CSV, Parquet, folders of images or videos, and finds coordinates that preserve
/// variance, distances, geodesics or neighborhoods, depending on the method. Writes them as an array or a
/// table, and plots them.
#[derive(Args, Clone, Debug)]
#[command(
    after_help = EXAMPLES,
    arg_required_else_help = false,
    disable_help_subcommand = true,
    subcommand_value_name = "METHOD",
    subcommand_help_heading = "Methods"
)]
pub(crate) struct EmbedArgs {
    #[command(subcommand)]
    pub(crate) method: EmbedCommand,
}

const EXAMPLES: &str = "\
Examples:
  seethru embed tsne digits.npy -o map.npy --plot map.svg --labels digits_y.npy
  seethru embed pca table.csv --label-column species -o scores.csv --spectrum energy.svg
  seethru embed isomap pool.mp4 --at 40,30 --patch 16 --plot patches.png --thumbnails

Run seethru embed METHOD --help for the options of a method.";

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum EmbedCommand {
    /// Principal components: the axes along which the rows vary most
    #[command(after_help = "\
Examples:
  seethru embed pca table.csv --label-column species -o scores.csv --spectrum energy.svg
  seethru embed pca train.npy --dims 50 --model pca.bin -o train50.npy")]
    Pca(MethodArgs<PcaArgs>),
    /// Principal components of a kernel
    #[command(after_help = "\
Examples:
  seethru embed kernel-pca digits.npy --kernel rbf --gamma 0.01 -o map.npy")]
    KernelPca(MethodArgs<KernelPcaArgs>),
    /// Factor analysis: common factors, and separate noise for each column
    #[command(after_help = "\
Examples:
  seethru embed factor-analysis roll.npy --dims 1 -o factors.npy")]
    FactorAnalysis(MethodArgs<FactorAnalysisArgs>),
    /// Independent components (FastICA)
    #[command(after_help = "\
Examples:
  seethru embed ica roll.npy --contrast cube -o sources.npy")]
    Ica(MethodArgs<IcaArgs>),
    /// Non-negative matrix factorization: rows as sums of parts
    #[command(after_help = "\
Examples:
  seethru embed nmf faces/ --dims 25 --dictionary parts.png -o weights.npy")]
    Nmf(MethodArgs<NmfArgs>),
    /// Classical multidimensional scaling of the distances
    #[command(after_help = "\
Examples:
  seethru embed mds roll.npy -o map.npy --shepard shepard.svg")]
    Mds(MethodArgs<MdsArgs>),
    /// Multidimensional scaling by majorization, metric or non-metric
    #[command(after_help = "\
Examples:
  seethru embed smacof roll.npy --non-metric -o map.npy --shepard shepard.svg")]
    Smacof(MethodArgs<SmacofArgs>),
    /// Isomap: classical scaling of geodesics
    #[command(after_help = "\
Examples:
  seethru embed isomap roll.npy --neighbors 12 -o flat.npy --shepard shepard.png
  seethru embed isomap pool.mp4 --at 40,30 --patch 16 --plot patches.png --thumbnails")]
    Isomap(MethodArgs<IsomapArgs>),
    /// Classical scaling of convex-flow distances, which false edges do not shorten
    #[command(after_help = "\
Examples:
  seethru embed flow roll.npy --neighbors 10 -o flat.npy")]
    Flow(MethodArgs<FlowArgs>),
    /// Laplacian eigenmaps
    #[command(after_help = "\
Examples:
  seethru embed laplacian roll.npy --weights heat -o map.npy")]
    Laplacian(MethodArgs<LaplacianArgs>),
    /// Locally linear embedding
    #[command(after_help = "\
Examples:
  seethru embed lle roll.npy --neighbors 12 --modified -o flat.npy")]
    Lle(MethodArgs<LleArgs>),
    /// t-SNE: a map that keeps neighborhoods and shows clusters
    #[command(after_help = "\
Examples:
  seethru embed tsne digits.npy -o map.npy --plot map.svg --labels digits_y.npy
  seethru embed tsne digits.npy --perplexity 50 --model tsne.bin -o map.npy")]
    Tsne(MethodArgs<TsneArgs>),
    /// Stochastic neighbor embedding: t-SNE with a Gaussian tail
    #[command(after_help = "\
Examples:
  seethru embed sne digits.npy -o map.npy")]
    Sne(MethodArgs<SneArgs>),
    /// Place new rows with a fitted model
    #[command(after_help = "\
Examples:
  seethru embed pca train.npy --dims 50 --model pca.bin -o train50.npy
  seethru embed transform test.npy --model pca.bin -o test50.npy")]
    Transform(TransformArgs),
}

/// The options that all methods have, and those of method `M`.
#[derive(Args, Clone, Debug)]
pub(crate) struct MethodArgs<M: Args> {
    #[command(flatten)]
    pub(crate) space: SpaceArgs,
    #[command(flatten)]
    pub(crate) own: M,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

/// Where the rows are embedded.
#[derive(Args, Clone, Debug)]
pub(crate) struct SpaceArgs {
    /// Dimensions of the embedding
    #[arg(long, value_name = "N", default_value = "2", value_parser = values::at_least_one)]
    pub(crate) dims: NonZeroUsize,
    /// Random seed: with the same seed the result is the same on any number of threads
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
}

/// What is read and written by all methods.
#[derive(Args, Clone, Debug)]
pub(crate) struct CommonArgs {
    #[command(flatten)]
    pub(crate) table: TableArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    /// In the plot, draw the pictures at their points
    #[arg(long, requires = "plot", help_heading = "Output")]
    pub(crate) thumbnails: bool,
    /// Print a machine-readable report to standard output (schema seethru.embed/2)
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
    /// Threads to compute on [default: all cores]
    #[arg(long, value_name = "N", value_parser = values::threads, help_heading = "Resources")]
    pub(crate) threads: Option<NonZeroUsize>,
}

/// What is read and written where a model is applied.
#[derive(Args, Clone, Debug)]
pub(crate) struct TransformArgs {
    #[command(flatten)]
    pub(crate) table: TableArgs,
    /// The fitted model, as --model of a method wrote it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Input")]
    pub(crate) model: PathBuf,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    /// Print a machine-readable report to standard output (schema seethru.transform/1)
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
    /// Threads to compute on [default: all cores]
    #[arg(long, value_name = "N", value_parser = values::threads, help_heading = "Resources")]
    pub(crate) threads: Option<NonZeroUsize>,
}

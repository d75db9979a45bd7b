//! What can be typed behind `seethru embed`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};
use manifold::flow::EdgeCost;

use crate::cli::groups::DisconnectedArg;
use crate::cli::values;

use super::values::{Corner, Weighting, degrees_of_freedom};

/// Embed the rows of a table, images or frames in few dimensions.
///
/// Reads NumPy arrays, CSV, Parquet, folders of images or videos, and finds coordinates that keep what the
/// method is about: variance, distances, geodesics, neighborhoods. Writes them as an array, and plots them.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = EXAMPLES, after_help = "Run seethru embed --help for examples.")]
pub struct EmbedArgs {
    /// Table (.npy, .npz, .csv, .tsv, .parquet), folder of images, or video
    #[arg(value_name = "DATA", required_unless_present = "transform", value_hint = ValueHint::FilePath)]
    pub data: Option<PathBuf>,
    /// How the rows are embedded
    #[arg(long, value_name = "METHOD", default_value = "tsne", help_heading = "Method")]
    pub method: MethodArg,
    /// Dimensions of the embedding
    #[arg(long, value_name = "N", default_value = "2", value_parser = values::at_least_one, help_heading = "Method")]
    pub dims: NonZeroUsize,
    /// Seed of all that is random; the same seed gives the same answer on any number of threads
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Method")]
    pub seed: u64,

    /// The input holds distances (n x n, or the upper triangle) or a sparse graph (SciPy's .npz) instead of rows
    #[arg(long, value_name = "WHAT", help_heading = "Input")]
    pub precomputed: Option<PrecomputedArg>,
    /// The array of an .npz file [default: the only one, or X]
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    pub array: Option<String>,
    /// Columns of a CSV or Parquet file, by name or number from 0 [default: all]
    #[arg(long, value_name = "A,B,..", value_delimiter = ',', help_heading = "Input")]
    pub columns: Vec<String>,
    /// The column of a CSV or Parquet file that holds labels
    #[arg(long, value_name = "NAME", conflicts_with = "labels", help_heading = "Input")]
    pub label_column: Option<String>,
    /// Labels of the rows, for plots and quality: .npy, or text with one on each line
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Input")]
    pub labels: Option<PathBuf>,
    /// Images and frames are reduced to a longer side of this many pixels
    #[arg(long, value_name = "PIXELS", default_value = "64", value_parser = values::at_least_one, help_heading = "Input")]
    pub side: NonZeroUsize,
    /// Embed a video's patches at this place (top left corner), side as --patch, instead of whole frames
    #[arg(long, value_name = "X,Y", help_heading = "Input")]
    pub at: Option<Corner>,
    /// Side of these patches in pixels [default: 16]
    #[arg(long, value_name = "PIXELS", requires = "at", value_parser = values::at_least_one, help_heading = "Input")]
    pub patch: Option<NonZeroUsize>,

    /// Coordinates to write: .npy (n x dims) or .csv
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// Scatter plot of the embedding: .svg or .png
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub plot: Option<PathBuf>,
    /// In the plot, draw the images at their points
    #[arg(long, requires = "plot", help_heading = "Output")]
    pub thumbnails: bool,
    /// Plot of the energy of components or of the eigenvalues: .svg or .png
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub spectrum: Option<PathBuf>,
    /// Picture of the components of pca, ica, nmf or factor-analysis as images: .svg or .png
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub dictionary: Option<PathBuf>,
    /// Plot of given against embedded distances (mds, smacof, isomap): .svg or .png
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub shepard: Option<PathBuf>,
    /// Write the fitted model; with --transform and without DATA, read it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub model: Option<PathBuf>,
    /// Embed these new rows with the fitted model instead
    #[arg(long, value_name = "FILE", requires = "model", conflicts_with = "data", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub transform: Option<PathBuf>,
    /// When stopped by Ctrl-C, write the embedding as it is by then (tsne, sne, smacof)
    #[arg(long, help_heading = "Output")]
    pub keep: bool,
    /// Print a machine-readable report to standard output (schema seethru.embed/1)
    #[arg(long, help_heading = "Output")]
    pub json: bool,

    /// Neighbors in the graph [default: 12]
    #[arg(long, alias = "neighbours", value_name = "K", value_parser = values::at_least_one, help_heading = "Graph (isomap, flow, laplacian, lle)")]
    pub neighbors: Option<NonZeroUsize>,
    /// Join only points that are both among each other's neighbors
    #[arg(long, help_heading = "Graph (isomap, flow, laplacian, lle)")]
    pub mutual: bool,
    /// Join all points at most this far apart instead
    #[arg(long, value_name = "EPS", value_parser = values::positive, conflicts_with_all = ["neighbors", "mutual"], help_heading = "Graph (isomap, flow, laplacian, lle)")]
    pub radius: Option<f32>,
    /// What to do with a graph in several components [default: fail]
    #[arg(long, value_name = "HOW", help_heading = "Graph (isomap, flow, laplacian, lle)")]
    pub disconnected: Option<DisconnectedArg>,

    /// pca: auto, eigen, svd, randomized; nmf: coordinate, multiplicative
    #[arg(long, value_name = "HOW", help_heading = "Of single methods")]
    pub solver: Option<SolverArg>,
    /// pca: scale the coordinates to unit variance
    #[arg(long, help_heading = "Of single methods")]
    pub whiten: bool,
    /// kernel-pca: the kernel [default: rbf]
    #[arg(long, value_name = "KERNEL", help_heading = "Of single methods")]
    pub kernel: Option<KernelArg>,
    /// kernel-pca: scale of the kernel [default: 1 / columns]
    #[arg(long, value_name = "X", value_parser = values::positive, help_heading = "Of single methods")]
    pub gamma: Option<f32>,
    /// kernel-pca: degree of the polynomial [default: 3]
    #[arg(long, value_name = "N", value_parser = values::at_least_one, help_heading = "Of single methods")]
    pub degree: Option<NonZeroUsize>,
    /// ica: what measures that a component is not Gaussian [default: log-cosh]
    #[arg(long, value_name = "CONTRAST", help_heading = "Of single methods")]
    pub contrast: Option<ContrastArg>,
    /// smacof: keep only the order of the distances
    #[arg(long, help_heading = "Of single methods")]
    pub non_metric: bool,
    /// isomap: geodesics to this many landmarks only, for large data
    #[arg(long, value_name = "M", value_parser = values::at_least_one, help_heading = "Of single methods")]
    pub landmarks: Option<NonZeroUsize>,
    /// flow: what a load of flow costs on an edge, as seethru --cost [default: convex]
    #[arg(long, value_name = "COST", value_parser = values::cost, help_heading = "Of single methods")]
    pub cost: Option<EdgeCost>,
    /// laplacian: weights of the edges: binary, heat, or heat:SIGMA [default: binary]
    #[arg(long, value_name = "WEIGHTS", help_heading = "Of single methods")]
    pub weights: Option<Weighting>,
    /// laplacian: L = D - W as it is or normalized [default: random-walk]
    #[arg(long, value_name = "FORM", help_heading = "Of single methods")]
    pub laplacian: Option<LaplacianArg>,
    /// lle: several weight vectors for each point (Zhang and Wang 2006)
    #[arg(long, help_heading = "Of single methods")]
    pub modified: bool,
    /// tsne, sne: effective number of neighbors [default: 30]
    #[arg(long, value_name = "P", value_parser = values::positive, help_heading = "Of single methods")]
    pub perplexity: Option<f32>,
    /// tsne: degrees of freedom of the tail: 1 is t-SNE, inf is SNE [default: 1]
    #[arg(long, value_name = "N", value_parser = degrees_of_freedom, help_heading = "Of single methods")]
    pub degrees_of_freedom: Option<f64>,
    /// tsne, sne: how neighbors are found [default: auto]
    #[arg(long, value_name = "HOW", help_heading = "Of single methods")]
    pub search: Option<SearchArg>,
    /// tsne, sne: how the forces are computed [default: auto]
    #[arg(long, value_name = "HOW", help_heading = "Of single methods")]
    pub gradient: Option<GradientArg>,
    /// tsne, sne: factor on attraction in the first 250 steps [default: 12]
    #[arg(long, value_name = "X", value_parser = values::positive, help_heading = "Of single methods")]
    pub exaggeration: Option<f32>,
    /// tsne, sne: learning rate [default: points / exaggeration]
    #[arg(long, value_name = "X", value_parser = values::positive, help_heading = "Of single methods")]
    pub learning_rate: Option<f32>,
    /// tsne, sne (behind the exaggeration), smacof, ica, nmf: most steps
    #[arg(long, value_name = "N", value_parser = values::at_least_one, help_heading = "Of single methods")]
    pub steps: Option<NonZeroUsize>,
    /// tsne, sne: pca, random; smacof: classical, random
    #[arg(long, value_name = "HOW", help_heading = "Of single methods")]
    pub start: Option<StartArg>,

    /// Threads to compute on [default: all cores]
    #[arg(long, value_name = "N", value_parser = values::at_least_one, help_heading = "Resources")]
    pub threads: Option<NonZeroUsize>,
}

const EXAMPLES: &str = "\
Examples:
  seethru embed digits.npy -o map.npy --plot map.svg --labels digits_y.npy
  seethru embed table.csv --label-column species --method pca -o scores.csv --spectrum energy.svg
  seethru embed roll.npy --method isomap --neighbors 12 -o flat.npy --shepard shepard.png
  seethru embed faces/ --method nmf --dims 25 --dictionary parts.png -o weights.npy
  seethru embed pool.mp4 --at 120,80 --patch 16 --method isomap --plot patches.png --thumbnails
  seethru embed train.npy --method pca --dims 50 --model pca.bin -o train50.npy
  seethru embed --model pca.bin --transform test.npy -o test50.npy";

impl EmbedArgs {
    /// The perplexity in force, for methods that have one.
    pub fn perplexity_asked(&self) -> Option<f64> {
        let has = matches!(self.method, MethodArg::Tsne | MethodArg::Sne);
        has.then(|| self.perplexity.map_or(DEFAULT_PERPLEXITY, f64::from))
    }
}

/// As the library's.
const DEFAULT_PERPLEXITY: f64 = 30.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MethodArg {
    /// Principal components
    Pca,
    /// Principal components of a kernel
    KernelPca,
    /// Factor analysis, each column with noise of its own
    FactorAnalysis,
    /// Independent components (FastICA)
    Ica,
    /// Non-negative matrix factorization: parts
    Nmf,
    /// Classical multidimensional scaling
    Mds,
    /// Metric or non-metric scaling by majorization
    Smacof,
    /// Classical scaling of geodesics
    Isomap,
    /// Classical scaling of convex-flow distances
    Flow,
    /// Laplacian eigenmaps
    Laplacian,
    /// Locally linear embedding
    Lle,
    /// t-distributed stochastic neighbor embedding
    Tsne,
    /// Stochastic neighbor embedding (Gaussian tails)
    Sne,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PrecomputedArg {
    /// n x n distances (.npy), or their upper triangle row by row
    Distances,
    /// Sparse symmetric lengths of edges (SciPy's save_npz)
    Graph,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SearchArg {
    /// Exact, unless there are many rows of many columns
    Auto,
    /// Every pair
    Exact,
    /// k-d tree, for few columns
    Tree,
    /// Nearest-neighbor descent
    Approximate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SolverArg {
    /// What is fastest for the shape (pca)
    Auto,
    /// Eigenvectors of the covariance (pca)
    Eigen,
    /// Singular vectors (pca)
    Svd,
    /// Randomized range (pca)
    #[value(alias = "randomised")]
    Randomized,
    /// Coordinate descent (nmf)
    Coordinate,
    /// Multiplicative updates (nmf)
    Multiplicative,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum KernelArg {
    Linear,
    Polynomial,
    Rbf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ContrastArg {
    LogCosh,
    Exp,
    Cube,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LaplacianArg {
    /// L = D - W
    #[value(alias = "unnormalised")]
    Unnormalized,
    /// L f = lambda D f
    RandomWalk,
    /// D^-1/2 L D^-1/2
    Symmetric,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GradientArg {
    /// What is fastest for the number of rows
    Auto,
    /// All pairs
    Exact,
    /// Barnes-Hut tree
    BarnesHut,
    /// Interpolation on a grid by FFT
    Interpolated,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StartArg {
    /// First principal components (tsne, sne)
    Pca,
    /// Classical scaling (smacof)
    Classical,
    /// Random numbers
    Random,
}

//! `seethru quality`: how good an embedding is.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use crate::cli::plot::Labels;
use anyhow::{Context as _, Result, anyhow, ensure};
use clap::{Args, ValueHint};
use manifold::embed::quality::{
    Measured, Neighborhoods, Queries, geodesic_residual_variance, kl_divergence, label_accuracy,
    neighborhood_hit, neighborhoods, procrustes_disparity, residual_variance,
};
use manifold::embed::{EmbedError, Embedding, Tsne};
use manifold::graph::Neighbors;
use manifold::knn::Search;
use manifold::points::Points;
use manifold::progress::Progress;

use super::console::Console;
use super::coordinates::{self, Coordinates};
use super::counted::counted;
use super::embed::digits;
use super::lines::print_bytes;
use super::reading::{self, ReadingArgs};
use super::stop::{Interrupted, Stop};
use super::table::{self, Limit, Table};
use super::values;

/// Measure how well an embedding keeps the structure of its data.
///
/// Trustworthiness: are neighbors in the embedding neighbors in the data? Continuity: the converse.
/// Preservation: the share of neighbors that is kept. Residual variance: the share of the variance of the
/// data's distances that the embedding's do not explain, once for straight (Euclidean) distances and once for geodesics along
/// the graph of K neighbors, as Isomap measures it. Rows whose coordinates are NaN, as embed --disconnected largest leaves them, are left
/// out. Above 10000 rows, a random 3000 are measured, for residual variance 1000 of more than 1000.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  seethru quality digits.npy map.npy --labels digits_y.npy
  seethru quality roll.npy flat.npy --truth unrolled.npy -k 12 --json")]
pub(crate) struct QualityArgs {
    /// Table that was embedded (.npy, .npz, .csv, .tsv, .txt, .dat, .parquet), folder of images, or video
    #[arg(value_name = "DATA", value_hint = ValueHint::FilePath)]
    pub(crate) data: PathBuf,
    /// Its embedding: a table with the same number of rows
    #[arg(value_name = "EMBEDDING", value_hint = ValueHint::FilePath)]
    pub(crate) embedding: PathBuf,
    /// Number of neighbors to compare
    #[arg(short, long = "neighbors", alias = "neighbours", value_name = "K", default_value = "12", value_parser = values::at_least_one)]
    pub(crate) k: NonZeroUsize,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    /// Labels of the rows: adds label accuracy and neighborhood hit
    #[arg(long, conflicts_with = "label_column", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) labels: Option<PathBuf>,
    /// True coordinates of the rows: adds the Procrustes disparity
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) truth: Option<PathBuf>,
    /// Add the Kullback-Leibler divergence that t-SNE minimizes, at this perplexity (time grows with n²)
    #[arg(long, value_name = "P", value_parser = values::positive)]
    pub(crate) perplexity: Option<f32>,
    /// Seed of the sample
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Print a machine-readable report to standard output (schema seethru.quality/2)
    #[arg(long)]
    pub(crate) json: bool,
    /// Threads to compute on [default: all cores]
    #[arg(long, value_name = "N", value_parser = values::threads)]
    pub(crate) threads: Option<NonZeroUsize>,
}

/// Rows whose distances to all others are correlated: each takes as long as a search.
const RESIDUAL: usize = 1000;

/// What `--json` prints.
#[derive(Debug, serde::Serialize)]
struct Report<'a> {
    schema: &'static str,
    version: &'static str,
    command: &'a str,
    data: &'a Path,
    embedding: &'a Path,
    rows: usize,
    /// Rows that have coordinates: the others are left out.
    embedded: usize,
    neighbors: usize,
    trustworthiness: Measured,
    continuity: Measured,
    preservation: Measured,
    /// Of Euclidean distances.
    residual_variance: Measured,
    /// Of geodesics along the graph of these neighbors; null if it is not connected.
    geodesic_residual_variance: Option<Measured>,
    label_accuracy: Option<f64>,
    neighborhood_hit: Option<f64>,
    procrustes_disparity: Option<f64>,
    kl_divergence: Option<f64>,
    /// What was assumed of the data.
    notes: Vec<String>,
}

pub(crate) fn run(args: &QualityArgs, command: &str, console: &Console, stop: &Stop) -> Result<()> {
    let pool =
        rayon::ThreadPoolBuilder::new().num_threads(args.threads.map_or(0, NonZeroUsize::get)).build()?;
    let report =
        pool.install(|| measure(args, command, console, stop)).map_err(|error| stop.explain(error))?;
    stop.check()?;
    if args.json {
        return print_bytes(format!("{}\n", serde_json::to_string_pretty(&report)?).as_bytes());
    }
    print_bytes(report.lines().as_bytes())
}

fn measure<'a>(
    args: &'a QualityArgs,
    command: &'a str,
    console: &Console,
    stop: &Stop,
) -> Result<Report<'a>> {
    let bars = console.progress(stop.clone());
    let Given { points, embedding, truth, labels, rows, notes } = Given::read(args, console, &bars)?;
    let (n, k) = (points.n(), args.k.get());
    ensure!(
        2 * n > 3 * k + 1,
        "--neighbors {k}: {} has only {}{}: give at most {}",
        args.data.display(),
        counted(n, "row"),
        if n < rows { " with coordinates" } else { "" },
        (2 * n).saturating_sub(2) / 3
    );
    let queries = Queries::default().seed(args.seed);
    let named = |error: EmbedError| match error {
        EmbedError::Canceled => Interrupted.into(),
        error => anyhow::Error::new(error).context(args.embedding.display().to_string()),
    };
    let of_labels = |measure: fn(&Embedding, &[i64], NonZeroUsize, &dyn Progress) -> _| {
        labels.as_ref().map(|labels| measure(&embedding, labels, args.k, &bars)).transpose().map_err(named)
    };
    let kept = neighborhoods(&points, &embedding, k, queries, &bars).map_err(named)?;
    let Neighborhoods { trustworthiness, continuity, preservation, .. } = kept;
    let divergence = |perplexity: f32| {
        let tsne = Tsne::new(2).perplexity(perplexity.into()).search(Search::Exact);
        kl_divergence(&tsne.affinities(&points, &bars)?, &embedding, &bars)
    };
    let kl_divergence = args.perplexity.map(divergence).transpose().map_err(|error| match error {
        EmbedError::Setting { setting: "perplexity", value, range } => {
            anyhow!("--perplexity {value}: {range}")
        }
        error => named(error),
    })?;
    let sample = Queries::at_most(RESIDUAL).seed(args.seed);
    let graph = Neighbors::Nearest(args.k);
    let geodesic =
        if_connected(geodesic_residual_variance(&points, &embedding, graph, sample, &bars)).map_err(named)?;
    Ok(Report {
        notes,
        schema: "seethru.quality/2",
        version: env!("CARGO_PKG_VERSION"),
        command,
        data: &args.data,
        embedding: &args.embedding,
        rows,
        embedded: n,
        neighbors: k,
        trustworthiness,
        continuity,
        preservation,
        residual_variance: residual_variance(&points, &embedding, sample, &bars).map_err(named)?,
        geodesic_residual_variance: geodesic,
        label_accuracy: of_labels(label_accuracy)?,
        neighborhood_hit: of_labels(neighborhood_hit)?,
        procrustes_disparity: truth
            .map(|truth| procrustes_disparity(&embedding, &truth))
            .transpose()
            .with_context(|| format!("--truth of {}", args.embedding.display()))?,
        kl_divergence,
    })
}

/// Nothing for a graph in several pieces.
fn if_connected<T>(measured: Result<T, EmbedError>) -> Result<Option<T>, EmbedError> {
    match measured {
        Ok(measured) => Ok(Some(measured)),
        Err(EmbedError::Disconnected { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What is measured: rows that have coordinates.
struct Given {
    points: Points,
    embedding: Embedding,
    truth: Option<Embedding>,
    labels: Option<Vec<i64>>,
    /// All rows.
    rows: usize,
    /// What was assumed of the data.
    notes: Vec<String>,
}

impl Given {
    fn read(args: &QualityArgs, console: &Console, progress: &dyn Progress) -> Result<Given> {
        let limit = args.reading.limit();
        let table = table::read(&args.data, &args.reading.choice(), progress)?;
        reading::tell(&table.notes, console);
        let notes = reading::texts(&table.notes);
        let labels = labels(args, &table)?;
        let points = table.points;
        let rows = points.n();
        let Coordinates { embedding, kept, .. } = coordinates::of_rows(&args.embedding, rows, limit)?;
        let truth = args.truth.as_ref().map(|path| truth(path, rows, &kept, limit)).transpose()?;
        let labels = labels.map(|labels| kept.iter().map(|&row| labels[row]).collect());
        Ok(Given { points: of_kept(points, &kept)?, embedding, truth, labels, rows, notes })
    }
}

/// The points of these rows.
fn of_kept(points: Points, kept: &[usize]) -> Result<Points> {
    if kept.len() == points.n() {
        return Ok(points);
    }
    let values = kept.iter().flat_map(|&i| points.row(i).iter().copied()).collect();
    Ok(Points::new(values, points.dimensions())?)
}

/// True coordinates of these rows.
fn truth(path: &Path, rows: usize, kept: &[usize], limit: Limit) -> Result<Embedding> {
    let found = coordinates::of_rows(path, rows, limit)?;
    let all = &found.embedding;
    let of = |&row: &usize| {
        let at = found.kept.binary_search(&row).ok();
        at.with_context(|| format!("--truth {}: row {row} is NaN and has coordinates", path.display()))
    };
    let places = kept.iter().map(of).collect::<Result<Vec<usize>>>()?;
    let values = places.into_iter().flat_map(|at| all.point(at).iter().copied()).collect();
    Ok(Embedding::from_coordinates(all.dimensions(), values)?)
}

/// The classes of the rows, from a column or a file of their own.
fn labels(args: &QualityArgs, table: &Table) -> Result<Option<Vec<i64>>> {
    let of_file = |path: &PathBuf| table::read_labels(path, table.points.n(), args.reading.limit());
    let (texts, option) = match &table.labels {
        Some(column) => (Some(column.values.clone()), "--label-column".to_owned()),
        None => {
            let name = args.labels.as_ref().map_or(String::new(), |path| path.display().to_string());
            (args.labels.as_ref().map(of_file).transpose()?, format!("--labels {name}"))
        }
    };
    let Some(texts) = texts else { return Ok(None) };
    match table::labels(&texts) {
        Labels::Classes { of, .. } => Ok(Some(of.into_iter().map(|class| class as i64).collect())),
        _ => anyhow::bail!("{option}: these are values, not classes; leave them out"),
    }
}

impl Report<'_> {
    fn lines(&self) -> String {
        let sample = |measured: &Measured| {
            if measured.is_exact() { String::new() } else { format!("  (of {} rows)", measured.queries) }
        };
        let mut lines = String::new();
        let mut line = |name: &str, value: &str| lines += &format!("{name:<28} {value}\n");
        if self.embedded < self.rows {
            line(
                "rows left out",
                &format!("{} of {}: they have no coordinates", self.rows - self.embedded, self.rows),
            );
        }
        for (name, measured) in [
            ("trustworthiness", &self.trustworthiness),
            ("continuity", &self.continuity),
            ("preservation", &self.preservation),
            ("residual variance, Euclidean", &self.residual_variance),
        ] {
            line(name, &(digits(measured.value) + &sample(measured)));
        }
        let along = format!("geodesics of {} neighbors", self.neighbors);
        let geodesic = match &self.geodesic_residual_variance {
            Some(measured) => format!("{}{}  ({along})", digits(measured.value), sample(measured)),
            None => format!("unknown: the graph of {} neighbors is not connected", self.neighbors),
        };
        line("residual variance, geodesic", &geodesic);
        for (name, value) in [
            ("label accuracy", self.label_accuracy),
            ("neighborhood hit", self.neighborhood_hit),
            ("Procrustes disparity", self.procrustes_disparity),
            ("KL divergence", self.kl_divergence),
        ] {
            if let Some(value) = value {
                line(name, &digits(value));
            }
        }
        lines
    }
}

//! `seethru knn`: the nearest neighbors of each row.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Result;
use clap::{Args, ValueHint};
use manifold::device::{Device, Note};
use manifold::knn::{Knn, KnnError, Search, sampled_recall};

use super::console::{Console, print_bytes};
use super::file_names::check_apart;
use super::outputs::Outputs;
use super::stop::{Interrupted, Stop};
use super::table::{self, Choice};
use super::values::one_of;
use super::{device, memory, values};

/// Find the nearest neighbors of each row of a table.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  seethru knn vectors.npy -k 15 -o neighbors.npz
  seethru knn vectors.npy -k 15 --search approximate --recall -o neighbors.npz --json
  seethru knn base.npy --queries new.npy -k 5 -o nearest.npz")]
pub(crate) struct KnnArgs {
    /// Table (.npy, .npz, .csv, .tsv, .parquet), folder of images, or video
    #[arg(value_name = "DATA", value_hint = ValueHint::FilePath)]
    pub(crate) data: PathBuf,
    /// Neighbors of each row, not counting itself
    #[arg(short, long = "neighbors", alias = "neighbours", value_name = "K", default_value = "15", value_parser = values::at_least_one)]
    pub(crate) k: NonZeroUsize,
    /// Archive to write (.npz): indices and distances, each rows x K, the nearest first
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) output: PathBuf,
    /// Find the neighbors of these rows among DATA (exactly), instead of those of DATA's own rows
    #[arg(long, value_name = "FILE", conflicts_with_all = ["search", "recall"], value_hint = ValueHint::FilePath)]
    pub(crate) queries: Option<PathBuf>,
    /// How neighbors are found
    #[arg(long, value_name = "HOW", default_value = "auto", value_parser = one_of::<Search>())]
    pub(crate) search: Search,
    /// Measure the share of true neighbors, or others as near, that was found (on at most 1000 rows)
    #[arg(long)]
    pub(crate) recall: bool,
    /// Seed of the approximate search
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// The array of an .npz file [default: the only one, or X]
    #[arg(long, value_name = "NAME")]
    pub(crate) array: Option<String>,
    /// Columns of a CSV or Parquet file, by name or number from 0 [default: all]
    #[arg(long, value_name = "A,B,..", value_delimiter = ',')]
    pub(crate) columns: Vec<String>,
    /// Print a machine-readable report to standard output (schema seethru.knn/2)
    #[arg(long)]
    pub(crate) json: bool,
    /// Threads to compute on [default: all cores]
    #[arg(long, value_name = "N", value_parser = values::threads)]
    pub(crate) threads: Option<NonZeroUsize>,
}

/// Rows on which recall is measured.
const RECALL_ROWS: NonZeroUsize = NonZeroUsize::new(1000).unwrap();

/// What `--json` prints.
#[derive(serde::Serialize)]
struct Report<'a> {
    schema: &'static str,
    version: &'static str,
    command: &'a str,
    input: &'a Path,
    output: &'a Path,
    rows: usize,
    columns: usize,
    neighbors: usize,
    recall: Option<f64>,
    /// What ran where, and why.
    devices: Vec<Note>,
    timings: Timings,
    peak_memory: Option<u64>,
}

#[derive(serde::Serialize)]
struct Timings {
    read: f64,
    search: f64,
}

pub(crate) fn run(
    args: &KnnArgs,
    command: &str,
    device: &Device,
    console: &Console,
    stop: &Stop,
) -> Result<()> {
    table::check_neighbors(&args.output)?;
    let mut sources = table::sources(&args.data);
    sources.extend(args.queries.iter().flat_map(|path| table::sources(path)));
    check_apart(&sources, &[("--output", &args.output)])?;
    let pool =
        rayon::ThreadPoolBuilder::new().num_threads(args.threads.map_or(0, NonZeroUsize::get)).build()?;
    pool.install(|| search(args, command, device, console, stop)).map_err(|error| stop.explain(error))
}

fn search(args: &KnnArgs, command: &str, device: &Device, console: &Console, stop: &Stop) -> Result<()> {
    let start = Instant::now();
    let (points, queries) = {
        let bars = console.progress(stop.clone());
        let choice = Choice { array: args.array.clone(), columns: args.columns.clone(), ..Choice::default() };
        let points = table::read(&args.data, &choice, &bars)?.points;
        let queries = args.queries.as_ref().map(|path| table::read(path, &choice, &bars)).transpose()?;
        (points, queries.map(|table| table.points))
    };
    let read = start.elapsed().as_secs_f64();
    let knn = Knn::new(args.k).search(args.search).seed(args.seed).device(device.clone());
    let (found, seconds) = {
        let bars = console.progress(stop.clone());
        let start = Instant::now();
        let found = match &queries {
            Some(queries) => knn.query(&points, queries, &bars),
            None => knn.fit(&points, &bars),
        };
        (found.map_err(|error| in_options(error, args))?, start.elapsed().as_secs_f64())
    };
    let recall = {
        let bars = console.progress(stop.clone());
        let measure = || sampled_recall(&points, &found, RECALL_ROWS, &bars);
        args.recall.then(measure).transpose().map_err(|error| in_options(error, args))?
    };
    stop.check()?;
    let mut outputs = Outputs::new(stop);
    outputs.make(&args.output, |path| table::write_neighbors(path, &found))?;
    outputs.appear()?;
    let told = recall.map_or(String::new(), |recall| format!(", recall {recall:.4}"));
    console.summary(&format!(
        "wrote {}: {} neighbors of {} rows of {} columns{told}, {seconds:.2} s",
        args.output.display(),
        found.k(),
        found.n(),
        points.dimensions()
    ));
    if args.json {
        let report = Report {
            schema: "seethru.knn/2",
            version: env!("CARGO_PKG_VERSION"),
            command,
            input: &args.data,
            output: &args.output,
            rows: found.n(),
            columns: points.dimensions(),
            neighbors: found.k(),
            recall,
            devices: device.notes(),
            timings: Timings { read, search: seconds },
            peak_memory: memory::peak(),
        };
        print_bytes(format!("{}\n", serde_json::to_string_pretty(&report)?).as_bytes())?;
    }
    Ok(())
}

/// The error in the words of the command line.
fn in_options(error: KnnError, args: &KnnArgs) -> anyhow::Error {
    let name = args.data.display();
    match error {
        KnnError::TooFew { points, k } => anyhow::anyhow!(
            "--neighbors {k}: {name} has only {points} rows: give at most {others}",
            others = points.saturating_sub(1)
        ),
        KnnError::Tree { dimensions, most } => anyhow::anyhow!(
            "--search tree: {name} has {dimensions} columns, and a k-d tree takes at most {most}: give --search exact"
        ),
        KnnError::Dimensions { given, wanted } => {
            anyhow::anyhow!("--queries: the new rows have {given} columns, those of {name} {wanted}")
        }
        KnnError::Gpu(error) => anyhow::Error::msg(device::in_options(&error)),
        KnnError::Canceled => Interrupted.into(),
        other => other.into(),
    }
}

//! `seethru knn`: the nearest neighbors of each row.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result};
use clap::{Args, ValueHint};
use manifold::device::{Device, Note};
use manifold::knn::{Knn, KnnError, RECALL, Search};
use manifold::points::Points;
use manifold::progress::{By, Progress, Searched};

use super::console::Console;
use super::counted::counted;
use super::file_names::check_apart;
use super::lines::print_bytes;
use super::outputs::Outputs;
use super::reading::{self, ReadingArgs};
use super::report::describe;
use super::stop::{Interrupted, Stop};
use super::table::{self, Assumption};
use super::values::one_of;
use super::{device, memory, values};

/// Find the nearest neighbors of each row of a table.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  seethru knn vectors.npy -k 15 -o neighbors.npz
  seethru knn vectors.npy -k 15 --recall .999 -o neighbors.npz --json
  seethru knn base.npy --queries new.npy -k 5 -o nearest.npz")]
pub(crate) struct KnnArgs {
    /// Table (.npy, .npz, .csv, .tsv, .txt, .dat, .parquet), folder of images, or video
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
    /// Least share of the true neighbors (or others equally near) to find, as measured on at most 1000 rows and as many that
    /// are no other's neighbor: `auto` is exact if it has to be, `approximate` warns
    #[arg(long, value_name = "SHARE", num_args = 0..=1, default_value_t = RECALL, default_missing_value = "0.99", value_parser = values::share)]
    pub(crate) recall: f64,
    /// Seed of the approximate search
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    /// Print a machine-readable report to standard output (schema seethru.knn/2)
    #[arg(long)]
    pub(crate) json: bool,
    /// Threads to compute on [default: all cores]
    #[arg(long, value_name = "N", value_parser = values::threads)]
    pub(crate) threads: Option<NonZeroUsize>,
}

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
    /// Of the true neighbors.
    recall: f64,
    /// How they were searched for; none for `--queries`, which are exact.
    neighbor_search: Option<Searched>,
    /// What was assumed of the input.
    notes: Vec<String>,
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
    let Rows { points, queries, notes } = read_rows(args, &console.progress(stop.clone()))?;
    reading::tell(&notes, console);
    let read = start.elapsed().as_secs_f64();
    let knn = Knn::new(args.k).search(args.search).seed(args.seed).recall(args.recall);
    let knn = knn.device(device.clone());
    let (found, seconds, searched) = {
        let bars = console.progress(stop.clone());
        let start = Instant::now();
        let found = match &queries {
            Some(queries) => knn.query(&points, queries, &bars),
            None => knn.fit(&points, &bars),
        };
        (found.map_err(|error| in_options(error, args))?, start.elapsed().as_secs_f64(), bars.searched())
    };
    stop.check()?;
    let mut outputs = Outputs::new(stop);
    outputs.make(&args.output, |path| table::write_neighbors(path, &found))?;
    outputs.appear()?;
    if let Some(searched) = searched.filter(|searched| !searched.reached) {
        console.warning(&format!(
            "--recall {}: the approximate search found {:.4} of the neighbors: give --search auto or exact",
            args.recall,
            lower(&searched)
        ));
    }
    let told = searched.map_or_else(|| By::Exact.to_string(), |searched| searched.to_string());
    console.summary(&format!(
        "wrote {}: {} of {} of {}, {told}, {}",
        args.output.display(),
        counted(found.k(), "neighbor"),
        counted(found.n(), "row"),
        counted(points.dimensions(), "column"),
        describe::seconds(seconds)
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
            recall: searched.map_or(1.0, |searched| searched.recall),
            neighbor_search: searched,
            notes: reading::texts(&notes),
            devices: device.notes(),
            timings: Timings { read, search: seconds },
            peak_memory: memory::peak(),
        };
        print_bytes(format!("{}\n", serde_json::to_string_pretty(&report)?).as_bytes())?;
    }
    Ok(())
}

/// The smaller one of both shares that are to be reached.
fn lower(searched: &Searched) -> f64 {
    searched.unnamed_recall.map_or(searched.recall, |unnamed| unnamed.min(searched.recall))
}

/// What is searched, and for what.
struct Rows {
    points: Points,
    queries: Option<Points>,
    /// What was assumed.
    notes: Vec<Assumption>,
}

/// The columns of queries are those of the data by name, where both have names.
fn read_rows(args: &KnnArgs, progress: &dyn Progress) -> Result<Rows> {
    let choice = args.reading.choice();
    let table = table::read(&args.data, &choice, progress)?;
    let Some(path) = &args.queries else {
        return Ok(Rows { points: table.points, queries: None, notes: table.notes });
    };
    let mut queries = table::read(path, &choice, progress)?;
    if let Some(columns) = &table.columns {
        queries = queries.in_order_of(columns).with_context(|| {
            format!("--queries: {} has other columns than {}", path.display(), args.data.display())
        })?;
    }
    let notes = [table.notes, queries.notes].concat();
    Ok(Rows { points: table.points, queries: Some(queries.points), notes })
}

/// The error in the words of the command line.
fn in_options(error: KnnError, args: &KnnArgs) -> anyhow::Error {
    let name = args.data.display();
    match error {
        KnnError::TooFew { points, k } => anyhow::anyhow!(
            "--neighbors {k}: {name} has only {}: give at most {others}",
            counted(points, "row"),
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

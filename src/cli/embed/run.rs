//! Reads, fits, writes, reports.

use std::num::NonZeroUsize;
use std::time::Instant;

use anyhow::Result;
use manifold::embed::{Embedding, NamedModel};
use manifold::progress::{Progress, Searched};

use super::args::{CommonArgs, EmbedArgs, EmbedCommand, MethodArgs, SpaceArgs};
use super::call::Call;
use super::fitted::Fitted;
use super::method::{Method, Task};
use super::report::{Report, SCHEMA, Timings};
use super::rows::{self, Source};
use super::transform::transform;
use super::{outputs, plots, remedy};
use crate::cli::outputs::Outputs;
use crate::cli::stop::Kept;
use crate::cli::{memory, reading, table};

/// A method, and all that was asked of it.
struct Work<'a> {
    method: &'a dyn Method,
    space: &'a SpaceArgs,
    common: &'a CommonArgs,
}

impl<'a, M: Method + clap::Args> From<&'a MethodArgs<M>> for Work<'a> {
    fn from(args: &'a MethodArgs<M>) -> Work<'a> {
        Work { method: &args.own, space: &args.space, common: &args.common }
    }
}

pub(crate) fn run(args: &EmbedArgs, call: &Call) -> Result<()> {
    let work: Work = match &args.method {
        EmbedCommand::Pca(args) => args.into(),
        EmbedCommand::KernelPca(args) => args.into(),
        EmbedCommand::FactorAnalysis(args) => args.into(),
        EmbedCommand::Ica(args) => args.into(),
        EmbedCommand::Nmf(args) => args.into(),
        EmbedCommand::Mds(args) => args.into(),
        EmbedCommand::Smacof(args) => args.into(),
        EmbedCommand::Isomap(args) => args.into(),
        EmbedCommand::Flow(args) => args.into(),
        EmbedCommand::Laplacian(args) => args.into(),
        EmbedCommand::Lle(args) => args.into(),
        EmbedCommand::Tsne(args) => args.into(),
        EmbedCommand::Sne(args) => args.into(),
        EmbedCommand::Transform(args) => {
            return pool(args.threads)?.install(|| transform(args, call));
        }
    };
    outputs::check(work.common, work.method)?;
    pool(work.common.threads)?.install(|| embed(&work, call))
}

fn pool(threads: Option<NonZeroUsize>) -> Result<rayon::ThreadPool> {
    let threads = threads.map_or(0, NonZeroUsize::get);
    Ok(rayon::ThreadPoolBuilder::new().num_threads(threads).build()?)
}

fn embed(work: &Work, call: &Call) -> Result<()> {
    let (console, stop) = (call.console, call.stop);
    let start = Instant::now();
    let source = rows::read(work.common, work.method, &console.progress(stop.clone()))
        .map_err(|error| stop.explain(error))?;
    reading::tell(&source.notes, console);
    let read = start.elapsed().as_secs_f64();
    if work.method.keeps_when_stopped() {
        stop.waits_for_the_work();
    }
    let start = Instant::now();
    let bars = console.progress(stop.clone());
    let fitted = fit(work, call, &source, &bars).map_err(|error| stop.explain(error))?;
    let searched = bars.searched();
    drop(bars);
    let seconds = start.elapsed().as_secs_f64();
    if !fitted.stopped {
        stop.check()?;
    }
    reading::tell(&fitted.notes, console);
    let n = source.data.n();
    if let Some(kept) = &fitted.kept {
        let lost = n - kept.len();
        console.warning(&format!(
            "{lost} of the {n} rows are in other components of the graph and have no coordinates (NaN)"
        ));
    }
    let start = Instant::now();
    let mut outputs = Outputs::new(stop);
    write(work, &source, &fitted, &mut outputs)?;
    if fitted.stopped {
        outputs.appear_all_the_same()?;
    } else {
        outputs.appear()?;
    }
    let timings = Timings { read, fit: seconds, write: start.elapsed().as_secs_f64() };
    let report = report(work, call, &source, &fitted, searched, timings);
    if work.common.json {
        report.print()?;
    }
    if fitted.stopped {
        return Err(Kept(report.summary()).into());
    }
    console.summary(&report.summary());
    Ok(())
}

fn fit(work: &Work, call: &Call, source: &Source, progress: &dyn Progress) -> Result<Fitted> {
    let task =
        Task { data: &source.data, dims: work.space.dims.get(), seed: work.space.seed, device: call.device };
    let table = &work.common.table;
    if let Some(pairwise) = work.method.pairwise(source.data.n(), task.dims) {
        pairwise.check(&table.data, source.data.n(), table.reading.limit())?;
    }
    let fitted = work.method.fit(&task, progress);
    fitted.map_err(|error| remedy::in_options(error, work.method, &work.common.table.data, source.data.n()))
}

fn report<'a>(
    work: &Work<'a>,
    call: &Call<'a>,
    source: &Source,
    fitted: &Fitted,
    neighbor_search: Option<Searched>,
    timings: Timings,
) -> Report<'a> {
    let outputs = outputs::written(&work.common.output, &work.method.files());
    let measurements = fitted.measurements.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    Report {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        command: call.command,
        input: &work.common.table.data,
        outputs: outputs.into_iter().map(|(_, path)| path).collect(),
        method: call.method,
        rows: source.data.n(),
        embedded: fitted.embedding.n(),
        dimensions: fitted.embedding.dimensions(),
        seed: work.space.seed,
        measurements: measurements.collect(),
        notes: reading::texts(&[&source.notes[..], &fitted.notes].concat()),
        neighbor_search,
        stopped: fitted.stopped,
        devices: call.device.notes(),
        timings,
        peak_memory: memory::peak(),
    }
}

fn write(work: &Work, source: &Source, fitted: &Fitted, outputs: &mut Outputs) -> Result<()> {
    if let Some(path) = &work.common.output.output {
        let (dimensions, beside) = (fitted.embedding.dimensions(), source.beside.beside());
        outputs.make(path, |path| match &fitted.kept {
            Some(kept) => {
                let all = spread(&fitted.embedding, kept, source.data.n());
                table::write_embedding(path, &all, dimensions, beside)
            }
            None => table::write_embedding(path, fitted.embedding.coordinates(), dimensions, beside),
        })?;
    }
    let files = work.method.files();
    if let (Some(path), Some(model)) = (files.model, &fitted.model) {
        let named = NamedModel::new(model.clone(), source.columns.clone());
        outputs.bytes(path, &named.to_bytes()?)?;
    }
    if let Some(path) = &work.common.output.plot {
        outputs.make(path, |path| {
            plots::write_map(path, source, fitted, work.common.thumbnails, work.space.seed)
        })?;
    }
    plots::write_others(&files, source, fitted, work.space.seed, outputs)
}

/// The rows that were left out as NaN.
fn spread(embedding: &Embedding, kept: &[u32], n: usize) -> Vec<f64> {
    let dimensions = embedding.dimensions();
    let mut all = vec![f64::NAN; n * dimensions];
    for (at, &row) in kept.iter().enumerate() {
        all[row as usize * dimensions..][..dimensions].copy_from_slice(embedding.point(at));
    }
    all
}

//! `seethru embed transform`: new rows, placed with a fitted model.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result};
use manifold::embed::{Embedding, NamedModel, Transform};
use manifold::progress::Progress;

use super::args::TransformArgs;
use super::call::Call;
use super::method::Files;
use super::report::{TransformReport, TransformTimings, print};
use super::rows::Named;
use super::{outputs, plots, remedy, rows};
use crate::cli::outputs::Outputs;
use crate::cli::table::{self, Limit, Table};
use crate::cli::{memory, reading};

pub(crate) fn transform(args: &TransformArgs, call: &Call) -> Result<()> {
    let (console, stop) = (call.console, call.stop);
    outputs::check_transform(args)?;
    let start = Instant::now();
    let (new, path) = (&args.table.data, &args.model);
    let model = model(path, args.table.reading.limit())?;
    let bars = console.progress(stop.clone());
    let table = read(args, &model, &bars).map_err(|error| stop.explain(error))?;
    let beside = rows::beside(&args.table, &table)?;
    let read = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let embedding = model.model.transform(&table.points, &bars);
    let embedding = embedding.map_err(|error| stop.explain(remedy::of_new_rows(error, new, path)))?;
    drop(bars);
    reading::tell(&table.notes, console);
    stop.check()?;
    let seconds = start.elapsed().as_secs_f64();
    let start = Instant::now();
    write(args, &embedding, &beside, call)?;
    let timings = TransformTimings { read, transform: seconds, write: start.elapsed().as_secs_f64() };
    console.summary(&format!(
        "embedded {} new rows with the {} model {}, {:.1} s",
        embedding.n(),
        model.model.method(),
        path.display(),
        timings.read + timings.transform + timings.write
    ));
    if !args.json {
        return Ok(());
    }
    let outputs = outputs::written(&args.output, &Files::default());
    print(&TransformReport {
        schema: "seethru.transform/1",
        version: env!("CARGO_PKG_VERSION"),
        command: call.command,
        input: new,
        model: path,
        outputs: outputs.into_iter().map(|(_, path)| path).collect(),
        method: model.model.method(),
        rows: embedding.n(),
        dimensions: embedding.dimensions(),
        notes: reading::texts(&table.notes),
        timings,
        peak_memory: memory::peak(),
    })
}

fn model(path: &Path, limit: Limit) -> Result<NamedModel> {
    let bytes = limit.read(path).context("--model")?;
    NamedModel::from_bytes(&bytes).with_context(|| format!("--model: {}", path.display()))
}

/// The new rows, their columns in the order of the model's where both have names.
fn read(args: &TransformArgs, model: &NamedModel, progress: &dyn Progress) -> Result<Table> {
    let table = table::read(&args.table.data, &args.table.choice(), progress)?;
    let Some(wanted) = &model.columns else { return Ok(table) };
    table.in_order_of(wanted).with_context(|| {
        format!(
            "{} has other columns than those of --model {}",
            args.table.data.display(),
            args.model.display()
        )
    })
}

fn write(args: &TransformArgs, embedding: &Embedding, beside: &Named, call: &Call) -> Result<()> {
    let mut outputs = Outputs::new(call.stop);
    if let Some(path) = &args.output.output {
        outputs.make(path, |path| {
            table::write_embedding(path, embedding.coordinates(), embedding.dimensions(), beside.beside())
        })?;
    }
    if let Some(path) = &args.output.plot {
        let labels = beside.classes();
        outputs.make(path, |path| plots::write_scatter(path, embedding, &labels))?;
    }
    outputs.appear()
}

//! What is told of an embedding: the machine-readable report and the line on standard error.

use std::path::Path;

use anyhow::Result;
use manifold::device::{Device, Note};
use serde::Serialize;
use serde_json::{Map, Value};

use super::args::EmbedArgs;
use super::check::name;
use super::fit::Fit;
use super::run::Source;
use crate::cli::console::print_bytes;
use crate::cli::memory;

/// Name and version of the report's shape; within one, fields are only added.
const SCHEMA: &str = "seethru.embed/1";

#[derive(Debug, Serialize)]
pub struct Report<'a> {
    schema: &'static str,
    version: &'static str,
    command: &'a str,
    input: &'a Path,
    outputs: Vec<&'a Path>,
    method: String,
    rows: usize,
    /// Rows that have coordinates.
    embedded: usize,
    dimensions: usize,
    seed: u64,
    /// The method's own measures of how good the embedding is.
    figures: Map<String, Value>,
    /// Stopped by the user before the end.
    stopped: bool,
    /// What ran where, and why.
    devices: Vec<Note>,
    timings: Timings,
    peak_memory: Option<u64>,
}

/// Seconds.
#[derive(Debug, Serialize)]
pub struct Timings {
    pub read: f64,
    pub fit: f64,
    pub write: f64,
}

impl<'a> Report<'a> {
    pub fn new(
        args: &'a EmbedArgs,
        (command, device): (&'a str, &Device),
        input: &'a Path,
        source: &Source,
        fit: &Fit,
        timings: Timings,
    ) -> Report<'a> {
        let files = [&args.output, &args.plot, &args.spectrum, &args.dictionary, &args.shepard, &args.model];
        Report {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            command,
            input,
            outputs: files.into_iter().flatten().map(|path| path.as_path()).collect(),
            method: name(args.method),
            rows: source.data.n(),
            embedded: fit.embedding.n(),
            dimensions: fit.embedding.dimensions(),
            seed: args.seed,
            figures: fit.figures.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
            stopped: fit.stopped,
            devices: device.notes(),
            timings,
            peak_memory: memory::peak(),
        }
    }

    pub fn print(&self) -> Result<()> {
        print_bytes(format!("{}\n", serde_json::to_string_pretty(self)?).as_bytes())
    }

    /// One line: what was written, and how good it is.
    pub fn summary(&self) -> String {
        let files: Vec<String> = self.outputs.iter().map(|path| path.display().to_string()).collect();
        let wrote =
            if files.is_empty() { "embedded".to_owned() } else { format!("wrote {}:", files.join(", ")) };
        let figures = self.figures.iter().filter_map(|(name, value)| {
            let number = value.as_f64()?;
            let digits = if number.fract() == 0.0 { format!("{number}") } else { short(number) };
            Some(format!(", {} {digits}", name.replace('_', " ")))
        });
        format!(
            "{wrote} {} rows in {} dimensions by {}{}, {:.1} s",
            self.embedded,
            self.dimensions,
            self.method,
            figures.collect::<String>(),
            self.timings.fit
        )
    }
}

/// Four digits that tell.
fn short(number: f64) -> String {
    if (1e-3..1e5).contains(&number.abs()) { format!("{number:.4}") } else { format!("{number:.3e}") }
}

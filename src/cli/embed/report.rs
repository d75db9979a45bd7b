//! What is told of an embedding: the machine-readable report and the line on standard error.

use std::path::Path;

use anyhow::Result;
use manifold::device::Note;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::cli::console::print_bytes;

/// Name and version of the report's shape; within one, fields are only added.
pub const SCHEMA: &str = "seethru.embed/1";

#[derive(Debug, Serialize)]
pub struct Report<'a> {
    pub schema: &'static str,
    pub version: &'static str,
    pub command: &'a str,
    pub input: &'a Path,
    pub outputs: Vec<&'a Path>,
    pub method: &'a str,
    pub rows: usize,
    /// Rows that have coordinates.
    pub embedded: usize,
    pub dimensions: usize,
    pub seed: u64,
    /// The method's own measures of how good the embedding is.
    pub figures: Map<String, Value>,
    /// Stopped by the user before the end.
    pub stopped: bool,
    /// What ran where, and why.
    pub devices: Vec<Note>,
    pub timings: Timings,
    pub peak_memory: Option<u64>,
}

/// Seconds.
#[derive(Debug, Serialize)]
pub struct Timings {
    pub read: f64,
    pub fit: f64,
    pub write: f64,
}

impl Report<'_> {
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

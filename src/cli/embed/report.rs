//! What is reported about an embedding: the machine-readable report and the line on standard error.

use std::path::Path;

use anyhow::Result;
use manifold::device::Note;
use manifold::progress::Searched;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::cli::counted::counted;
use crate::cli::lines::print_bytes;
use crate::cli::report::describe;

/// Name and version of the report's shape; within one, fields are only added.
pub(crate) const SCHEMA: &str = "seethru.embed/2";

#[derive(Debug, Serialize)]
pub(crate) struct Report<'a> {
    pub(crate) schema: &'static str,
    pub(crate) version: &'static str,
    pub(crate) command: &'a str,
    pub(crate) input: &'a Path,
    pub(crate) outputs: Vec<&'a Path>,
    pub(crate) method: &'a str,
    pub(crate) rows: usize,
    /// Rows that have coordinates.
    pub(crate) embedded: usize,
    pub(crate) dimensions: usize,
    pub(crate) seed: u64,
    /// The method's own measures of how good the embedding is.
    pub(crate) measurements: Map<String, Value>,
    /// What was assumed of the input.
    pub(crate) notes: Vec<String>,
    /// How neighbors were searched for, where the method needs those of each row.
    pub(crate) neighbor_search: Option<Searched>,
    /// Stopped by the user before the end.
    pub(crate) stopped: bool,
    /// What ran where, and why.
    pub(crate) devices: Vec<Note>,
    pub(crate) timings: Timings,
    pub(crate) peak_memory: Option<u64>,
}

/// Seconds.
#[derive(Debug, Serialize)]
pub(crate) struct Timings {
    pub(crate) read: f64,
    pub(crate) fit: f64,
    pub(crate) write: f64,
}

impl Report<'_> {
    pub(crate) fn print(&self) -> Result<()> {
        print(self)
    }

    /// One line: what was written, and how good it is.
    pub(crate) fn summary(&self) -> String {
        let files: Vec<String> = self.outputs.iter().map(|path| path.display().to_string()).collect();
        let wrote =
            if files.is_empty() { "embedded".to_owned() } else { format!("wrote {}:", files.join(", ")) };
        let measurements = self.measurements.iter().filter_map(|(name, value)| {
            let number = value.as_f64()?;
            Some(format!(", {} {}", name.replace('_', " "), digits(number)))
        });
        let neighbors =
            self.neighbor_search.map_or(String::new(), |searched| format!(", neighbors {searched}"));
        format!(
            "{wrote} {} in {} by {}{}{neighbors}, {}",
            counted(self.embedded, "row"),
            counted(self.dimensions, "dimension"),
            self.method,
            measurements.collect::<String>(),
            describe::seconds(self.timings.fit)
        )
    }
}

/// What `embed transform` prints.
#[derive(Debug, Serialize)]
pub(crate) struct TransformReport<'a> {
    pub(crate) schema: &'static str,
    pub(crate) version: &'static str,
    pub(crate) command: &'a str,
    pub(crate) input: &'a Path,
    pub(crate) model: &'a Path,
    pub(crate) outputs: Vec<&'a Path>,
    /// The method that the model was fitted by.
    pub(crate) method: &'a str,
    pub(crate) rows: usize,
    pub(crate) dimensions: usize,
    /// What was assumed of the input.
    pub(crate) notes: Vec<String>,
    pub(crate) timings: TransformTimings,
    pub(crate) peak_memory: Option<u64>,
}

/// Seconds.
#[derive(Debug, Serialize)]
pub(crate) struct TransformTimings {
    pub(crate) read: f64,
    pub(crate) transform: f64,
    pub(crate) write: f64,
}

pub(crate) fn print(report: &impl Serialize) -> Result<()> {
    print_bytes(format!("{}\n", serde_json::to_string_pretty(report)?).as_bytes())
}

/// A whole number as it is; of others four significant digits.
pub(crate) fn digits(number: f64) -> String {
    if number.fract() == 0.0 {
        return format!("{number}");
    }
    if (1e-3..1e5).contains(&number.abs()) { format!("{number:.4}") } else { format!("{number:.3e}") }
}

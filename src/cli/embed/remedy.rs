//! Errors of methods in the words of the command line.

use std::path::Path;

use anyhow::anyhow;
use manifold::embed::EmbedError;
use manifold::graph::GraphError;
use manifold::knn::KnnError;

use super::args::{EmbedArgs, MethodArg};
use super::fit::Data;
use crate::cli::device;
use crate::cli::stop::Interrupted;

/// The error with the option to blame and what to give instead.
pub fn in_options(error: anyhow::Error, args: &EmbedArgs, path: &Path, data: &Data) -> anyhow::Error {
    match error.downcast_ref::<EmbedError>() {
        Some(EmbedError::Canceled | EmbedError::Knn(KnnError::Canceled)) => Interrupted.into(),
        Some(found) => match message(found, args, &path.display().to_string(), data.n()) {
            Some(message) => anyhow!(message),
            None => error.context(path.display().to_string()),
        },
        None => error,
    }
}

fn message(error: &EmbedError, args: &EmbedArgs, name: &str, n: usize) -> Option<String> {
    Some(match error {
        EmbedError::Dimensions { dimensions, most } => {
            format!("--dims {dimensions}: {name} allows from 1 to {most} with this method: give fewer")
        }
        EmbedError::TooFew { n, needed } => {
            format!(
                "{name} has {n} row{}, and this method needs {needed} or more",
                if *n == 1 { "" } else { "s" }
            )
        }
        EmbedError::Knn(KnnError::TooFew { points: 0 | 1, .. }) => {
            format!("{name} has a single row, and this method needs more")
        }
        EmbedError::Knn(KnnError::TooFew { points, k })
        | EmbedError::Graph(GraphError::Neighbors { neighbors: k, points }) => {
            match args.perplexity_asked() {
                Some(perplexity) => perplexity_too_large(name, perplexity, n),
                None => format!(
                    "--neighbors {k}: each of the {points} rows of {name} has only {others} others: give at most {others}",
                    others = points.saturating_sub(1)
                ),
            }
        }
        EmbedError::Knn(KnnError::Tree { dimensions, most }) => format!(
            "--search tree: {name} has {dimensions} columns, and at most {most} suit a k-d tree: give --search exact"
        ),
        EmbedError::Disconnected { components, largest } if args.method == MethodArg::Lle => format!(
            "{name}: the graph falls into {components} components, the largest of {largest} rows: give more --neighbors"
        ),
        EmbedError::Disconnected { components, largest } => format!(
            "{name}: the graph falls into {components} components, the largest of {largest} rows: give more \
             --neighbors (or a larger --radius), --disconnected join, or --disconnected largest"
        ),
        EmbedError::Gpu(error) => device::in_options(error),
        EmbedError::Setting { setting: "perplexity", value, .. } => perplexity_too_large(name, *value, n),
        EmbedError::Setting { setting, value, range } => format!("--{setting} {value}: {range}"),
        EmbedError::NoConvergence { .. } => format!("{name}: {error}"),
        _ => return None,
    })
}

fn perplexity_too_large(name: &str, perplexity: f64, n: usize) -> String {
    let most = n.saturating_sub(1) / 3;
    format!(
        "--perplexity {perplexity}: {name} has {n} rows, a third as many neighbors at most: give at most {most}"
    )
}

/// The error of new rows that a model does not take.
pub fn of_new_rows(error: EmbedError, new: &Path, model: &Path) -> anyhow::Error {
    match error {
        EmbedError::Canceled | EmbedError::Knn(KnnError::Canceled) => Interrupted.into(),
        EmbedError::NewPoints { given, wanted } => anyhow!(
            "--transform: {} has {given} columns, and {} was fitted on {wanted}: give rows of {wanted} columns",
            new.display(),
            model.display()
        ),
        error => anyhow::Error::new(error).context(new.display().to_string()),
    }
}

//! Errors of methods in the words of the command line.

use std::path::Path;

use anyhow::anyhow;
use manifold::embed::EmbedError;
use manifold::graph::GraphError;
use manifold::knn::KnnError;

use super::method::Method;
use crate::cli::counted::counted;
use crate::cli::device;
use crate::cli::stop::Interrupted;

/// The error with the option to blame and what to give instead; the input at `path` has `n` rows.
pub(crate) fn in_options(error: anyhow::Error, method: &dyn Method, path: &Path, n: usize) -> anyhow::Error {
    let name = path.display().to_string();
    match error.downcast_ref::<EmbedError>() {
        Some(EmbedError::Canceled | EmbedError::Knn(KnnError::Canceled)) => Interrupted.into(),
        Some(found) => match method.remedy(found, &name, n).or_else(|| message(found, &name)) {
            Some(message) => anyhow!(message),
            None => error.context(name),
        },
        None => error,
    }
}

fn message(error: &EmbedError, name: &str) -> Option<String> {
    Some(match error {
        EmbedError::Dimensions { dimensions, most } => {
            format!("--dims {dimensions}: {name} allows from 1 to {most} with this method: give fewer")
        }
        EmbedError::TooFew { n, needed } => {
            format!("{name} has {}, and this method needs {needed} or more", counted(*n, "row"))
        }
        EmbedError::Knn(KnnError::TooFew { points: 0 | 1, .. }) => {
            format!("{name} has a single row, and this method needs more")
        }
        EmbedError::Knn(KnnError::TooFew { points, k })
        | EmbedError::Graph(GraphError::Neighbors { neighbors: k, points }) => format!(
            "--neighbors {k}: {name} has only {}: give at most {others}",
            counted(*points, "row"),
            others = points.saturating_sub(1)
        ),
        EmbedError::Knn(KnnError::Tree { dimensions, most }) => format!(
            "--search tree: {name} has {dimensions} columns, and a k-d tree takes at most {most}: give --search exact"
        ),
        EmbedError::Gpu(error) => device::in_options(error),
        EmbedError::Setting { setting, value, range } => format!("--{setting} {value}: {range}"),
        EmbedError::NoConvergence { .. } => format!("{name}: {error}"),
        _ => return None,
    })
}

/// The error of new rows that a model does not take.
pub(crate) fn of_new_rows(error: EmbedError, new: &Path, model: &Path) -> anyhow::Error {
    match error {
        EmbedError::Canceled | EmbedError::Knn(KnnError::Canceled) => Interrupted.into(),
        EmbedError::NewPoints { given, wanted } => anyhow!(
            "{} has {given} columns, and --model {} was fitted on {wanted}: give rows of {wanted} columns",
            new.display(),
            model.display()
        ),
        error => anyhow::Error::new(error).context(new.display().to_string()),
    }
}

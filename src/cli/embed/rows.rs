//! Reads what is embedded.

use std::path::Path;

use anyhow::{Result, ensure};
use manifold::progress::Progress;
use seethru::video::Frame;

use super::args::CommonArgs;
use super::fitted::Data;
use super::method::Method;
use super::shared::{Precomputed, TableArgs};
use crate::cli::plot::Labels;
use crate::cli::table::{self, Table};

/// What was read.
pub(crate) struct Source {
    pub(crate) data: Data,
    pub(crate) labels: Labels,
    /// Width and height, where rows are images.
    pub(crate) size: Option<(usize, usize)>,
    pub(crate) pictures: Vec<Frame>,
}

/// Reads the rows, or what stands for them.
pub(crate) fn read(args: &CommonArgs, method: &dyn Method, progress: &dyn Progress) -> Result<Source> {
    let path = args.table.data.as_path();
    match method.precomputed() {
        Some(Precomputed::Distances) => bare(args, Data::Distances(table::read_distances(path)?)),
        Some(Precomputed::Graph) => bare(args, Data::Graph(table::read_graph(path)?)),
        None => rows(args, method, progress),
    }
}

fn rows(args: &CommonArgs, method: &dyn Method, progress: &dyn Progress) -> Result<Source> {
    let table = table::read(&args.table.data, &args.table.choice(), progress)?;
    let labels = labels(&args.table, &table)?;
    let Table { points, size, pictures, .. } = table;
    for (option, given) in
        [("--thumbnails", args.thumbnails), ("--dictionary", method.files().dictionary.is_some())]
    {
        ensure!(
            !given || size.is_some(),
            "{option}: the rows of {} are not images (as in an array of rows x height x width, a folder of images or \
             a video): leave it out",
            args.table.data.display()
        );
    }
    Ok(Source { data: Data::Points(points), labels, size, pictures })
}

fn bare(args: &CommonArgs, data: Data) -> Result<Source> {
    let labels = read_labels(args.table.labels.as_deref(), data.n())?;
    Ok(Source { data, labels, size: None, pictures: Vec::new() })
}

/// The labels of a table's rows, from a column or a file of their own.
pub(crate) fn labels(args: &TableArgs, table: &Table) -> Result<Labels> {
    match &table.labels {
        Some(texts) => Ok(table::labels(texts)),
        None => read_labels(args.labels.as_deref(), table.points.n()),
    }
}

fn read_labels(path: Option<&Path>, n: usize) -> Result<Labels> {
    path.map_or(Ok(Labels::None), |path| table::read_labels(path, n))
}

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
use crate::cli::table::{self, Assumption, Beside, Column, Table};

/// What was read.
pub(crate) struct Source {
    pub(crate) data: Data,
    /// For plots.
    pub(crate) labels: Labels,
    /// The same as text, and what names the rows, for tables.
    pub(crate) beside: Named,
    /// Names of the columns, where they have any.
    pub(crate) columns: Option<Vec<String>>,
    /// What was assumed.
    pub(crate) notes: Vec<Assumption>,
    /// Width and height, where rows are images.
    pub(crate) size: Option<(usize, usize)>,
    pub(crate) pictures: Vec<Frame>,
}

/// What is written next to the coordinates.
#[derive(Debug, Default)]
pub(crate) struct Named {
    pub(crate) ids: Option<Column>,
    pub(crate) labels: Option<Column>,
}

impl Named {
    pub(crate) fn beside(&self) -> Beside<'_> {
        Beside { ids: self.ids.as_ref(), labels: self.labels.as_ref() }
    }

    /// For plots.
    pub(crate) fn classes(&self) -> Labels {
        self.labels.as_ref().map_or(Labels::None, |labels| table::labels(&labels.values))
    }
}

/// Reads the rows, or what stands for them.
pub(crate) fn read(args: &CommonArgs, method: &dyn Method, progress: &dyn Progress) -> Result<Source> {
    let (path, limit) = (args.table.data.as_path(), args.table.reading.limit());
    match method.precomputed() {
        Some(Precomputed::Distances) => bare(args, Data::Distances(table::read_distances(path, limit)?)),
        Some(Precomputed::Graph) => bare(args, Data::Graph(table::read_graph(path, limit)?)),
        None => rows(args, method, progress),
    }
}

fn rows(args: &CommonArgs, method: &dyn Method, progress: &dyn Progress) -> Result<Source> {
    let table = table::read(&args.table.data, &args.table.choice(), progress)?;
    let beside = beside(&args.table, &table)?;
    let Table { points, size, pictures, columns, notes, .. } = table;
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
    let labels = beside.classes();
    Ok(Source { data: Data::Points(points), labels, beside, columns, notes, size, pictures })
}

fn bare(args: &CommonArgs, data: Data) -> Result<Source> {
    let beside = Named { ids: None, labels: labels_of_file(&args.table, data.n())? };
    let labels = beside.classes();
    Ok(Source { data, labels, beside, columns: None, notes: Vec::new(), size: None, pictures: Vec::new() })
}

/// What names the rows of a table and what labels them, from columns or a file of their own.
pub(crate) fn beside(args: &TableArgs, table: &Table) -> Result<Named> {
    let labels = match &table.labels {
        Some(labels) => Some(labels.clone()),
        None => labels_of_file(args, table.points.n())?,
    };
    Ok(Named { ids: table.ids.clone(), labels })
}

fn labels_of_file(args: &TableArgs, n: usize) -> Result<Option<Column>> {
    let read = |path: &Path| table::read_labels(path, n, args.reading.limit());
    let values = args.labels.as_deref().map(read).transpose()?;
    Ok(values.map(|values| Column { name: String::new(), values }))
}

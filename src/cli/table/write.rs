//! Arrays and tables out, whole or not at all.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::{Result, bail, ensure};
use manifold::knn::NeighborLists;
use npyz::{AutoSerialize, WriteOptions, WriterBuilder as _};
use seethru::output::{check_writable, write_arrays, write_with};

use super::columns::axis_name;
use super::{Column, extension};

/// Refuses what [`write_embedding`] cannot write, before the work.
pub(crate) fn check_embedding(path: &Path) -> Result<()> {
    ensure!(
        matches!(extension(path).as_deref(), Some("npy" | "csv")),
        "--output {}: coordinates are written as .npy or .csv",
        path.display()
    );
    Ok(check_writable(path)?)
}

/// What is written next to the coordinates of a text table.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Beside<'a> {
    /// First: what names the rows.
    pub(crate) ids: Option<&'a Column>,
    /// Last.
    pub(crate) labels: Option<&'a Column>,
}

/// Coordinates, n x dims: 64-bit floats (.npy), or text with a line of names (.csv), with ids and labels.
pub(crate) fn write_embedding(
    path: &Path,
    coordinates: &[f64],
    dimensions: usize,
    beside: Beside,
) -> Result<()> {
    let shape = [(coordinates.len() / dimensions) as u64, dimensions as u64];
    let written = match extension(path).as_deref() {
        Some("csv") => write_with(path, |file| csv(file, coordinates, dimensions, beside)),
        _ => write_with(path, |file| npy(file, &shape, coordinates)),
    };
    Ok(written?)
}

fn csv(file: &mut File, coordinates: &[f64], dimensions: usize, beside: Beside) -> io::Result<()> {
    let mut out = csv::Writer::from_writer(BufWriter::new(file));
    let axes: Vec<String> = (1..=dimensions).map(axis_name).collect();
    let name = |column: &Column, usual: &str| match column.name.as_str() {
        "" => usual.to_owned(),
        name if axes.iter().any(|axis| axis == name) => usual.to_owned(),
        name => name.to_owned(),
    };
    let id = beside.ids.map(|column| name(column, "id"));
    let label = beside.labels.map(|column| name(column, "label"));
    out.write_record(id.iter().chain(&axes).chain(&label))?;
    for (row, point) in coordinates.chunks_exact(dimensions).enumerate() {
        let cell = |column: Option<&Column>| column.map(|column| column.values[row].clone());
        let axes = point.iter().map(f64::to_string);
        out.write_record(cell(beside.ids).into_iter().chain(axes).chain(cell(beside.labels)))?;
    }
    out.flush()
}

/// Refuses what [`write_neighbors`] cannot write.
pub(crate) fn check_neighbors(path: &Path) -> Result<()> {
    if extension(path).as_deref() != Some("npz") {
        bail!("--output {}: neighbors are written as .npz", path.display());
    }
    Ok(check_writable(path)?)
}

/// `indices` (32-bit, unsigned) and `distances` (32-bit floats), each n x k.
pub(crate) fn write_neighbors(path: &Path, found: &NeighborLists) -> Result<()> {
    let shape = [found.n() as u64, found.k() as u64];
    Ok(write_arrays(path, |arrays| {
        npy(arrays.begin("indices")?, &shape, found.all_indices())?;
        npy(arrays.begin("distances")?, &shape, found.all_distances())
    })?)
}

fn npy<T: AutoSerialize + Copy>(out: impl Write, shape: &[u64], values: &[T]) -> io::Result<()> {
    let out = BufWriter::with_capacity(1 << 20, out);
    let mut array = WriteOptions::new().default_dtype().shape(shape).writer(out).begin_nd()?;
    array.extend(values.iter().copied())?;
    array.finish()
}

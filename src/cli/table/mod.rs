//! Rows of numbers from files: NumPy arrays, CSV, Parquet, folders of images, videos.

mod array;
mod csv;
mod frames;
mod labels;
mod matrix;
mod npy_header;
mod parquet;
mod write;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use manifold::embed::Embedding;
use manifold::points::Points;
use manifold::progress::Progress;
use seethru::video::Frame;

pub(crate) use frames::Place;
pub(crate) use labels::{labels, read_labels};
pub(crate) use matrix::{read_distances, read_graph};
pub(crate) use write::{check_embedding, check_neighbors, write_embedding, write_neighbors};

/// What of a file is wanted, for those kinds that hold more than one table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Choice {
    /// The array of an .npz file.
    pub(crate) array: Option<String>,
    /// Columns of a CSV or Parquet file, by name or by number from 0; all if empty.
    pub(crate) columns: Vec<String>,
    /// The column that holds labels instead of numbers.
    pub(crate) label_column: Option<String>,
    /// Longer side of images and frames in pixels; larger ones are reduced to it.
    pub(crate) side: usize,
    /// The place of a video whose patches are wanted instead of whole frames.
    pub(crate) place: Option<Place>,
}

/// Rows of numbers, and what else the file says of them.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) points: Points,
    /// Width and height, where each row is a picture (gray, row by row).
    pub(crate) size: Option<(usize, usize)>,
    /// The pictures themselves, where the rows were made from pictures.
    pub(crate) pictures: Vec<Frame>,
    /// The column of labels, as text.
    pub(crate) labels: Option<Vec<String>>,
}

/// Kinds of files by their extension; everything else is taken for a video.
enum Kind {
    Array,
    Archive,
    Text,
    Parquet,
    Frames,
}

/// Reads the table that `path` holds.
pub(crate) fn read(path: &Path, choice: &Choice, progress: &dyn Progress) -> Result<Table> {
    let kind = kind(path);
    check_choice(path, &kind, choice)?;
    match kind {
        Kind::Array => array::read_npy(path),
        Kind::Archive => array::read_npz(path, choice.array.as_deref()),
        Kind::Text => csv::read(path, choice),
        Kind::Parquet => parquet::read(path, choice, progress),
        Kind::Frames => frames::read(path, choice, progress),
    }
}

/// The rows of a table as coordinates.
pub(crate) fn read_coordinates(path: &Path) -> Result<Embedding> {
    let choice = Choice { side: usize::MAX, ..Choice::default() };
    let points = read(path, &choice, &manifold::progress::Silent)?.points;
    let coordinates = points.values().iter().map(|&x| f64::from(x)).collect();
    Ok(Embedding::from_coordinates(points.dimensions(), coordinates)?)
}

fn kind(path: &Path) -> Kind {
    match extension(path).as_deref() {
        Some("npy") => Kind::Array,
        Some("npz") => Kind::Archive,
        Some("csv" | "tsv" | "txt") => Kind::Text,
        Some("parquet" | "pq") => Kind::Parquet,
        _ => Kind::Frames,
    }
}

fn extension(path: &Path) -> Option<String> {
    path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase)
}

/// An option that says nothing about this kind of file is a mistake.
fn check_choice(path: &Path, kind: &Kind, choice: &Choice) -> Result<()> {
    let named = matches!(kind, Kind::Text | Kind::Parquet);
    let name = path.display();
    ensure!(
        matches!(kind, Kind::Archive) || choice.array.is_none(),
        "--array: {name} is not an .npz file; leave it out"
    );
    ensure!(
        named || choice.columns.is_empty() && choice.label_column.is_none(),
        "--columns and --label-column: {name} has no columns to choose; leave them out"
    );
    ensure!(
        matches!(kind, Kind::Frames) || choice.place.is_none(),
        "--at: {name} is not a video; leave it out"
    );
    Ok(())
}

/// Points in 32 bits, with the file's name on whatever is wrong with them.
fn points(path: &Path, values: Vec<f32>, columns: usize) -> Result<Points> {
    Points::new(values, columns).with_context(|| path.display().to_string())
}

/// The same from 64 bits.
fn points_from_f64(path: &Path, values: &[f64], columns: usize) -> Result<Points> {
    Points::from_f64(values, columns).with_context(|| path.display().to_string())
}

/// The columns that are wanted, as indices, and the one of the labels.
fn chosen_columns(path: &Path, header: &[String], choice: &Choice) -> Result<(Vec<usize>, Option<usize>)> {
    let find = |name: &String, option: &str| -> Result<usize> {
        let by_name = header.iter().position(|column| column == name);
        let by_number = || name.parse().ok().filter(|&at: &usize| at < header.len());
        by_name
            .or_else(by_number)
            .with_context(|| format!("{option} {name}: {} has the columns {}", path.display(), few(header)))
    };
    let label = choice.label_column.as_ref().map(|name| find(name, "--label-column")).transpose()?;
    let columns = if choice.columns.is_empty() {
        (0..header.len()).filter(|&at| Some(at) != label).collect()
    } else {
        choice.columns.iter().map(|name| find(name, "--columns")).collect::<Result<Vec<_>>>()?
    };
    if columns.is_empty() {
        bail!("{}: no column of numbers remains", path.display());
    }
    Ok((columns, label))
}

/// The first names of a list, as a sentence has room for.
fn few(names: &[String]) -> String {
    const SHOWN: usize = 12;
    let shown = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN { format!("{shown} and {} more", names.len() - SHOWN) } else { shown }
}

fn open(path: &Path) -> Result<std::fs::File> {
    std::fs::File::open(path).with_context(|| format!("{} cannot be read", path.display()))
}

/// Files that reading `path` reads, so that none of them is written over.
pub(crate) fn sources(path: &Path) -> Vec<PathBuf> {
    match kind(path) {
        Kind::Frames => seethru::video::Input::locate(path)
            .map(|input| input.paths().into_iter().map(Path::to_owned).collect())
            .unwrap_or_default(),
        _ => vec![path.to_owned()],
    }
}

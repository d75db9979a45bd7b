//! Rows of numbers from files: NumPy arrays, CSV, Parquet, folders of images, videos.

mod array;
mod columns;
mod frames;
mod labels;
mod limit;
mod matrix;
mod npy_header;
mod parquet;
mod sparse;
mod strings;
mod text;
mod write;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, ensure};
use manifold::points::{Points, PointsError};
use manifold::progress::Progress;
use seethru::video::Frame;

use columns::few;
pub(crate) use columns::matched;
pub(crate) use frames::Place;
pub(crate) use labels::{labels, read_labels};
pub(crate) use limit::Limit;
pub(crate) use matrix::{read_distances, read_graph};
pub(crate) use text::{Decimal, HeaderArg};
pub(crate) use write::{Beside, check_embedding, check_neighbors, write_embedding, write_neighbors};

/// What of a file is wanted, for those kinds that hold more than one table, and how it is read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Choice {
    /// The array of an .npz file.
    pub(crate) array: Option<String>,
    /// Columns of a text or Parquet file, by name or by number from 0; all if empty.
    pub(crate) columns: Vec<String>,
    /// The column that holds labels instead of numbers.
    pub(crate) label_column: Option<String>,
    /// The column that names the rows.
    pub(crate) id_column: Option<String>,
    /// Whether the first line of text names the columns.
    pub(crate) header: Option<HeaderArg>,
    /// The decimal sign of text.
    pub(crate) decimal: Option<Decimal>,
    /// Whether it is an embedding, as it is written: columns dim1, dim2, .. are all that is wanted where there are such, and
    /// rows may be NaN as a whole.
    pub(crate) coordinates: bool,
    /// The most memory that it may take.
    pub(crate) limit: Limit,
    /// Longer side of images and frames in pixels, if larger ones are reduced to it.
    pub(crate) side: Option<usize>,
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
    /// The column of labels.
    pub(crate) labels: Option<Column>,
    /// What names the rows.
    pub(crate) ids: Option<Column>,
    /// Names of the columns of numbers, where the file has any.
    pub(crate) columns: Option<Vec<String>>,
    /// Rows of NaN that are no points, where [`Choice::coordinates`] allows them; ascending.
    pub(crate) left_out: Vec<usize>,
    /// What was assumed.
    pub(crate) notes: Vec<Assumption>,
}

/// A column of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) values: Vec<String>,
}

/// What was assumed of a file that does not say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Assumption {
    /// As most would expect.
    Told(String),
    /// Something was left out.
    Doubt(String),
}

impl Assumption {
    pub(crate) fn text(&self) -> &str {
        match self {
            Assumption::Told(text) | Assumption::Doubt(text) => text,
        }
    }
}

impl Table {
    /// Rows of which nothing else is known.
    fn of(points: Points) -> Table {
        Table {
            points,
            size: None,
            pictures: Vec::new(),
            labels: None,
            ids: None,
            columns: None,
            left_out: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// The same rows with the columns in another order, by name; as it is where it has no names.
    ///
    /// # Errors
    /// If it lacks one of them, or has another one.
    pub(crate) fn in_order_of(self, wanted: &[String]) -> Result<Table> {
        let Some(columns) = &self.columns else { return Ok(self) };
        let places = matched(wanted, columns)?;
        if places.iter().enumerate().all(|(at, &place)| at == place) {
            return Ok(self);
        }
        let rows = (0..self.points.n()).map(|row| self.points.row(row));
        let values = rows.flat_map(|row| places.iter().map(|&place| row[place])).collect();
        let points = Points::new(values, places.len())?;
        Ok(Table { points, columns: Some(wanted.to_vec()), ..self })
    }
}

/// Kinds of files by their extension; everything else is read as a video.
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
        Kind::Array => array::read_npy(path, choice),
        Kind::Archive => array::read_npz(path, choice),
        Kind::Text => text::read(path, choice),
        Kind::Parquet => parquet::read(path, choice, progress),
        Kind::Frames => frames::read(path, choice, progress),
    }
}

fn kind(path: &Path) -> Kind {
    match extension(path).as_deref() {
        Some("npy") => Kind::Array,
        Some("npz") => Kind::Archive,
        Some("csv" | "tsv" | "tab" | "txt" | "dat") => Kind::Text,
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
        named || choice.columns.is_empty() && choice.label_column.is_none() && choice.id_column.is_none(),
        "--columns, --label-column and --id-column: {name} has no columns to choose; leave them out"
    );
    ensure!(
        matches!(kind, Kind::Text) || choice.header.is_none() && choice.decimal.is_none(),
        "--header and --decimal: {name} is not text; leave them out"
    );
    ensure!(
        matches!(kind, Kind::Frames) || choice.place.is_none(),
        "--at: {name} is not a video; leave it out"
    );
    Ok(())
}

/// Points of 64 bits, or why they are none: `place` says where a row stands, `columns` are its names.
fn read_points(
    path: &Path,
    mut values: Vec<f64>,
    columns: &[String],
    choice: &Choice,
    place: &dyn Fn(usize) -> String,
) -> Result<Table> {
    let name = path.display();
    let left_out = if choice.coordinates { without_gaps(&mut values, columns.len()) } else { Vec::new() };
    ensure!(left_out.is_empty() || !values.is_empty(), "{name}: no row has coordinates: all are NaN");
    let points = Points::from_f64(&values, columns.len()).map_err(|error| match error {
        PointsError::NotFinite { row, column, value } => anyhow!(
            "{name}: {}, column {} is {value}: every value must be a finite number below 1e16: fill it in, or leave the \
             row out",
            place(row_of_file(row, &left_out)),
            columns[column]
        ),
        PointsError::Offset { column, mean, deviation } => anyhow!(
            "{name}: column {} varies by {deviation:.3e} around {mean:.6e}, which 32-bit floats cannot hold: subtract \
             its mean first",
            columns[column]
        ),
        error => anyhow::Error::new(error).context(name.to_string()),
    })?;
    Ok(Table { left_out, ..Table::of(points) })
}

/// Takes rows that are NaN as a whole out, and returns which they were.
fn without_gaps(values: &mut Vec<f64>, columns: usize) -> Vec<usize> {
    let (mut left_out, mut kept) = (Vec::new(), 0);
    for row in 0..values.len() / columns {
        let place = row * columns..(row + 1) * columns;
        if values[place.clone()].iter().all(|value| value.is_nan()) {
            left_out.push(row);
        } else {
            values.copy_within(place, kept * columns);
            kept += 1;
        }
    }
    values.truncate(kept * columns);
    left_out
}

/// Where the file has the `row`-th of the rows that are not left out.
fn row_of_file(row: usize, left_out: &[usize]) -> usize {
    // One further for each row that is left out before it.
    left_out.iter().fold(row, |row, &gap| if gap <= row { row + 1 } else { row })
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

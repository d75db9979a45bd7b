//! Coordinates as `seethru embed` writes them: rows that it left out are NaN.

use std::path::Path;

use anyhow::{Result, ensure};
use manifold::embed::Embedding;

use super::table::{self, Gap, Limit, axis_name};

/// Coordinates of the rows that have any.
pub(crate) struct Coordinates {
    pub(crate) embedding: Embedding,
    /// Those rows, ascending.
    pub(crate) kept: Vec<usize>,
    /// All rows.
    pub(crate) rows: usize,
}

/// Reads a table of coordinates, in which rows may be NaN as a whole.
pub(crate) fn read(path: &Path, limit: Limit) -> Result<Coordinates> {
    let error = match table::read_coordinates(path, limit) {
        Ok(embedding) => {
            let rows = embedding.n();
            return Ok(Coordinates { embedding, kept: (0..rows).collect(), rows });
        }
        Err(error) => error,
    };
    if !error.is::<Gap>() {
        return Err(error);
    }
    let Some((columns, values)) = with_gaps(path) else { return Err(error) };
    let rows = values.len() / columns;
    let row = |i: usize| &values[i * columns..(i + 1) * columns];
    let kept: Vec<usize> = (0..rows).filter(|&i| !row(i).iter().all(|x| x.is_nan())).collect();
    ensure!(!kept.is_empty(), "{}: no row has coordinates: all are NaN", path.display());
    let whole = kept.iter().flat_map(|&i| row(i).iter().copied()).collect();
    // A row with some NaN is told by its number in the file.
    let embedding = Embedding::from_coordinates(columns, whole).map_err(|_| error)?;
    Ok(Coordinates { embedding, kept, rows })
}

/// Columns, and all values, of the two formats that are written.
fn with_gaps(path: &Path) -> Option<(usize, Vec<f64>)> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "npy" => {
            let file = npyz::NpyFile::new(std::io::BufReader::new(std::fs::File::open(path).ok()?)).ok()?;
            let &[_, columns] = file.shape() else { return None };
            let plain = file.order() == npyz::Order::C && columns > 0;
            Some((columns as usize, file.into_vec::<f64>().ok().filter(|_| plain)?))
        }
        "csv" => {
            let mut reader = csv::Reader::from_path(path).ok()?;
            // Names of rows may stand before the axes, and labels behind them.
            let names = reader.headers().ok()?.clone();
            let first = names.iter().position(|name| name == axis_name(1))?;
            let columns = names
                .iter()
                .skip(first)
                .zip(1..)
                .take_while(|(name, axis)| *name == axis_name(*axis))
                .count();
            let mut values = Vec::new();
            for record in reader.records() {
                let record = record.ok()?;
                let axes = record.iter().skip(first).take(columns);
                values.extend(axes.map(|text| text.trim().parse().ok()).collect::<Option<Vec<f64>>>()?);
            }
            Some((columns, values))
        }
        _ => None,
    }
}

/// Coordinates of as many rows as the data have.
pub(crate) fn of_rows(path: &Path, rows: usize, limit: Limit) -> Result<Coordinates> {
    let found = read(path, limit)?;
    ensure!(
        found.rows == rows,
        "{} has {} rows and the data {rows}: they must have the same number of rows",
        path.display(),
        found.rows
    );
    Ok(found)
}

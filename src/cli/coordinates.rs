//! Coordinates as `seethru embed` writes them: rows that it left out are NaN.

use std::path::Path;

use anyhow::{Result, ensure};
use manifold::embed::Embedding;
use manifold::progress::Silent;

use super::table::{self, Choice, Limit};

/// Coordinates of the rows that have any.
pub(crate) struct Coordinates {
    pub(crate) embedding: Embedding,
    /// Those rows, ascending.
    pub(crate) kept: Vec<usize>,
}

/// Reads coordinates of as many rows as the data have.
pub(crate) fn of_rows(path: &Path, rows: usize, limit: Limit) -> Result<Coordinates> {
    let choice = Choice { coordinates: true, limit, ..Choice::default() };
    let table = table::read(path, &choice, &Silent)?;
    let (points, left_out) = (table.points, table.left_out);
    let found = points.n() + left_out.len();
    ensure!(
        found == rows,
        "{} has {found} rows and the data {rows}: they must have the same number of rows",
        path.display()
    );
    let coordinates = points.values().iter().map(|&x| f64::from(x)).collect();
    let embedding = Embedding::from_coordinates(points.dimensions(), coordinates)?;
    let kept = (0..rows).filter(|row| left_out.binary_search(row).is_err()).collect();
    Ok(Coordinates { embedding, kept })
}

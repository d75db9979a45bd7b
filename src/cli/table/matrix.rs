//! Distances and graphs that were computed elsewhere.

use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use manifold::embed::SquareDistances;
use manifold::graph::WeightedGraph;

use super::array::{self, Array};
use super::{Limit, extension};

/// A square symmetric matrix (n x n), or its strict upper triangle row by row (as SciPy's `pdist`).
pub(crate) fn read_distances(path: &Path, limit: Limit) -> Result<SquareDistances> {
    ensure!(
        extension(path).as_deref() == Some("npy"),
        "--precomputed distances: {} is not an .npy file; give an n x n array, or the upper triangle row by row",
        path.display()
    );
    let array = array::array_npy(path, limit)?;
    let name = path.display();
    match array.shape[..] {
        [rows, columns] if rows == columns => square(array, rows).with_context(|| name.to_string()),
        [values] => {
            let n = (1.0 + (1.0 + 8.0 * values as f64).sqrt()) / 2.0;
            ensure!(n.fract() == 0.0, "{name} holds {values} values, which is not n (n - 1) / 2 for any n");
            SquareDistances::from_upper(n as usize, &array.into_f64()).with_context(|| name.to_string())
        }
        _ => bail!("{name} is an array of shape {:?}; n x n distances are needed", array.shape),
    }
}

/// SciPy's `save_npz` of a sparse matrix of lengths, in compressed sparse rows: symmetric, each stored
/// value an edge.
pub(crate) fn read_graph(path: &Path, limit: Limit) -> Result<WeightedGraph> {
    let name = path.display();
    ensure!(
        extension(path).as_deref() == Some("npz"),
        "--precomputed graph: {name} is not an .npz file; write one with scipy.sparse.save_npz"
    );
    let mut archive = array::archive(path)?;
    let mut whole = |part: &str| -> Result<Vec<f64>> {
        Ok(array::member(path, &mut archive, part, limit)
            .with_context(|| format!("{name} is not a SciPy sparse matrix in compressed rows (CSR)"))?
            .into_f64())
    };
    let starts = indices(whole("indptr")?, "indptr").with_context(|| name.to_string())?;
    let columns = indices(whole("indices")?, "indices").with_context(|| name.to_string())?;
    let columns: Vec<u32> = columns.into_iter().map(|column| column as u32).collect();
    let lengths: Vec<f32> = whole("data")?.into_iter().map(|x| x as f32).collect();
    WeightedGraph::from_csr(&starts, &columns, &lengths).with_context(|| name.to_string())
}

/// Whole numbers from 0 that fit 32 bits.
fn indices(values: Vec<f64>, part: &str) -> Result<Vec<usize>> {
    let wrong = values.iter().position(|&x| !(x.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&x)));
    match wrong {
        Some(at) => bail!(
            "entry {at} of the array {part} is {}: indices are whole numbers from 0, below 2^32",
            values[at]
        ),
        None => Ok(values.into_iter().map(|x| x as usize).collect()),
    }
}

fn square(array: Array, n: usize) -> Result<SquareDistances> {
    Ok(SquareDistances::from_square(n, &array.into_f64())?)
}

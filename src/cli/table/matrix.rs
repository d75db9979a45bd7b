//! Distances and graphs that were computed elsewhere.

use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use seethru::embed::SquareDistances;

use super::array::{self, Array};
use super::extension;

/// Share of the larger one by which two distances of one pair may differ.
const SYMMETRY: f64 = 1e-5;

/// A square symmetric matrix (n x n), or its strict upper triangle row by row (as SciPy's `pdist`).
pub fn read_distances(path: &Path) -> Result<SquareDistances> {
    ensure!(
        extension(path).as_deref() == Some("npy"),
        "--precomputed distances: {} is no .npy file; give an n x n array, or the upper triangle row by row",
        path.display()
    );
    let array = array::array_npy(path)?;
    let name = path.display();
    match array.shape[..] {
        [rows, columns] if rows == columns => square(array, rows).with_context(|| name.to_string()),
        [values] => {
            let n = (1.0 + (1.0 + 8.0 * values as f64).sqrt()) / 2.0;
            ensure!(
                n.fract() == 0.0,
                "{name} holds {values} values, which are the pairs of no whole number of points"
            );
            SquareDistances::from_upper(n as usize, &array.into_f64()).with_context(|| name.to_string())
        }
        _ => bail!("{name} is an array of shape {:?}; n x n distances are needed", array.shape),
    }
}

fn square(array: Array, n: usize) -> Result<SquareDistances> {
    let values = array.into_f64();
    for i in 0..n {
        let own = values[i * n + i];
        ensure!(own == 0.0, "the distance from point {i} to itself is {own}, not 0");
        for j in 0..i {
            let (one, other) = (values[i * n + j], values[j * n + i]);
            ensure!(
                one == other || (one - other).abs() <= SYMMETRY * one.abs().max(other.abs()) || one.is_nan(),
                "the distances {one} from {i} to {j} and {other} back differ: they must be symmetric"
            );
        }
    }
    Ok(SquareDistances::from_fn(n, |i, j| values[i * n + j])?)
}

//! Weights that write a point by its neighbors.

use algebra::{Mat, Working as _, factor_and_solve};
use rayon::prelude::*;

use crate::embed::EmbedError;
use crate::knn::NeighborLists;
use crate::points::Points;

/// Weights of all points, k to each, one after the other.
pub(super) fn all(
    points: &Points,
    lists: &NeighborLists,
    regularization: f64,
) -> Result<Vec<f64>, EmbedError> {
    let weights = |i: usize| of(points.row(i), points, lists.indices(i), regularization);
    let all: Result<Vec<Vec<f64>>, EmbedError> = (0..points.n()).into_par_iter().map(weights).collect();
    Ok(all?.concat())
}

/// Differences of the neighbors from a point, one in each column.
pub(super) fn differences(point: &[f32], points: &Points, neighbors: &[u32]) -> Mat<f64> {
    Mat::from_fn(point.len(), neighbors.len(), |axis, j| {
        f64::from(points.row(neighbors[j] as usize)[axis]) - f64::from(point[axis])
    })
}

/// The Gram matrix of the differences.
pub(super) fn gram(point: &[f32], points: &Points, neighbors: &[u32]) -> Mat<f64> {
    let differences = differences(point, points, neighbors);
    let mut gram = Mat::zeros(neighbors.len(), neighbors.len());
    f64::multiply(gram.as_mut(), differences.transpose(), differences.as_ref());
    gram
}

/// (G + r tr(G) I) w = 1, scaled to the sum 1.
pub(super) fn of(
    point: &[f32],
    points: &Points,
    neighbors: &[u32],
    regularization: f64,
) -> Result<Vec<f64>, EmbedError> {
    let k = neighbors.len();
    let mut gram = gram(point, points, neighbors);
    let trace: f64 = (0..k).map(|j| gram[(j, j)]).sum();
    // Neighbors that all coincide with the point share it evenly.
    let shift = if trace > 0.0 { regularization * trace } else { regularization };
    (0..k).for_each(|j| gram[(j, j)] += shift);
    let mut weights = Mat::from_fn(k, 1, |_, _| 1.0);
    factor_and_solve(gram.as_mut(), weights.as_mut()).map_err(|_| EmbedError::Setting {
        setting: "regularization",
        value: regularization,
        range: "it is too small for points that lie in a plane with their neighbors",
    })?;
    let sum: f64 = (0..k).map(|j| weights[(j, 0)]).sum();
    Ok((0..k).map(|j| weights[(j, 0)] / sum).collect())
}

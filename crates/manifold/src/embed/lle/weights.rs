//! Weights that write a point by its neighbors.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::factor::{cholesky_in_place, cholesky_in_place_scratch};
use faer::linalg::cholesky::llt::solve::{solve_in_place, solve_in_place_scratch};
use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, Par};
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
    matmul(gram.as_mut(), Accum::Replace, differences.transpose(), differences.as_ref(), 1.0, Par::Seq);
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
    let scratch = cholesky_in_place_scratch::<f64>(k, Par::Seq, Default::default())
        .or(solve_in_place_scratch::<f64>(k, 1, Par::Seq));
    let mut memory = MemBuffer::new(scratch);
    let stack = MemStack::new(&mut memory);
    cholesky_in_place(gram.as_mut(), Default::default(), Par::Seq, stack, Default::default()).map_err(
        |_| EmbedError::Setting {
            setting: "regularization",
            value: regularization,
            range: "it is too small for points that lie in a plane with their neighbors",
        },
    )?;
    let mut weights = Mat::from_fn(k, 1, |_, _| 1.0);
    solve_in_place(gram.as_ref(), weights.as_mut(), Par::Seq, stack);
    let sum: f64 = (0..k).map(|j| weights[(j, 0)]).sum();
    Ok((0..k).map(|j| weights[(j, 0)] / sum).collect())
}

//! The local matrices of the modified form.

use algebra::{Mat, eigen_ascending};
use rayon::prelude::*;

use super::weights::gram;
use crate::embed::EmbedError;
use crate::knn::NeighborLists;
use crate::points::Points;

/// Below this length the vector that a reflection would need is taken to be 0.
const FLAT: f64 = 1e-12;

/// A neighborhood: eigenvalues of its Gram matrix, descending, their vectors, and regularized weights.
struct Local {
    values: Vec<f64>,
    vectors: Mat<f64>,
    weights: Vec<f64>,
}

/// [1ᵀ; -W_i] [1ᵀ; -W_i]ᵀ of all points, k + 1 rows of k + 1 numbers each, one after the other.
pub(super) fn locals(
    points: &Points,
    lists: &NeighborLists,
    dimensions: usize,
    regularization: f64,
) -> Result<Vec<f64>, EmbedError> {
    let n = points.n();
    // At most this many eigenvalues are not 0.
    let rank = points.dimensions().min(lists.k());
    if rank < dimensions {
        return Err(EmbedError::Dimensions { dimensions, most: rank });
    }
    let local = |i: usize| local(points, i, lists.indices(i), rank, regularization);
    let all: Result<Vec<Local>, EmbedError> = (0..n).into_par_iter().map(local).collect();
    let all = all?;
    let mut ratios: Vec<f64> = all.iter().map(|local| ratio(&local.values, dimensions)).collect();
    let typical = median(&mut ratios);
    let matrices = all.par_iter().map(|local| matrix(local, rank, typical));
    Ok(matrices.collect::<Vec<Vec<f64>>>().concat())
}

/// Small eigenvalues against those of the embedding's dimensions.
fn ratio(values: &[f64], dimensions: usize) -> f64 {
    let (large, small) = values.split_at(dimensions);
    let large: f64 = large.iter().sum();
    if large > 0.0 { small.iter().sum::<f64>() / large } else { 0.0 }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { (values[middle - 1] + values[middle]) / 2.0 }
}

fn local(
    points: &Points,
    i: usize,
    neighbors: &[u32],
    rank: usize,
    regularization: f64,
) -> Result<Local, EmbedError> {
    let k = neighbors.len();
    let (ascending, vectors) = eigen_ascending(gram(points.row(i), points, neighbors).as_ref())?;
    let values: Vec<f64> = ascending.iter().rev().take(rank).map(|value| value.max(0.0)).collect();
    let vectors = Mat::from_fn(k, k, |j, a| vectors[(j, k - 1 - a)]);
    let sum: f64 = values.iter().sum();
    let shift = if sum > 0.0 { regularization * sum } else { regularization };
    // (G + r tr(G) I)⁻¹ 1 by the eigenvectors.
    let mut weights = vec![0.0; k];
    for a in 0..k {
        let share: f64 = vectors.col(a).iter().sum::<f64>() / (values.get(a).unwrap_or(&0.0) + shift);
        weights.iter_mut().zip(vectors.col(a).iter()).for_each(|(weight, v)| *weight += share * v);
    }
    let sum: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight /= sum);
    Ok(Local { values, vectors, weights })
}

/// s: how many eigenvectors at the end carry a share of the eigenvalues below `typical`, and all beyond the rank.
fn taken(values: &[f64], k: usize, typical: f64) -> usize {
    let total: f64 = values.iter().sum();
    let mut head = 0.0;
    let mut ratios: Vec<f64> = Vec::new();
    for value in &values[..values.len() - 1] {
        head += value;
        ratios.push(if head > 0.0 { total / head - 1.0 } else { f64::INFINITY });
    }
    // Descending in the number of eigenvalues kept: those below the typical ratio may go.
    ratios.iter().rev().take_while(|&&ratio| ratio < typical).count() + k - values.len()
}

fn matrix(local: &Local, rank: usize, typical: f64) -> Vec<f64> {
    let k = local.weights.len();
    debug_assert_eq!(local.values.len(), rank);
    let s = taken(&local.values, k, typical);
    let vector = |a: usize| local.vectors.col(k - s + a);
    let sums: Vec<f64> = (0..s).map(|a| vector(a).iter().sum()).collect();
    let alpha = if s > 0 { (sums.iter().map(|sum| sum * sum).sum::<f64>() / s as f64).sqrt() } else { 0.0 };
    let mut h: Vec<f64> = sums.iter().map(|sum| alpha - sum).collect();
    let length = h.iter().map(|x| x * x).sum::<f64>().sqrt();
    h.iter_mut().for_each(|x| *x = if length < FLAT { 0.0 } else { *x / length });
    let turned: Vec<f64> = (0..k).map(|j| (0..s).map(|a| vector(a)[j] * h[a]).sum()).collect();
    let wide =
        Mat::from_fn(k, s, |j, a| vector(a)[j] - 2.0 * turned[j] * h[a] + (1.0 - alpha) * local.weights[j]);
    let side = k + 1;
    let mut matrix = vec![0.0; side * side];
    matrix[0] = s as f64;
    for j in 0..k {
        let sum: f64 = (0..s).map(|a| wide[(j, a)]).sum();
        matrix[j + 1] = -sum;
        matrix[(j + 1) * side] = -sum;
        for l in 0..k {
            matrix[(j + 1) * side + l + 1] = (0..s).map(|a| wide[(j, a)] * wide[(l, a)]).sum();
        }
    }
    matrix
}

//! Neighbors in few dimensions by a k-d tree.
//!
//! The tree only proposes, in 64 bits, all points within the k-th distance and a rounding error
//! more; they are measured and ranked as in [`reference`](super::reference()): bit-identical lists.

use std::num::NonZeroUsize;

use instances::KdTree;
use rayon::prelude::*;

use super::measure::{Shortlist, squared};
use super::{KnnError, NeighborLists};
use crate::points::Points;
use crate::progress::Counter;

/// Largest dimension for which the k-d tree is built.
pub(super) const MOST: usize = KdTree::MOST_DIMENSIONS;

/// Points of a task.
const CHUNK: usize = 1024;

/// More than rounding moves a sum of eight squares by.
const ROUNDING: f64 = 1e-9;

/// The `k` nearest others of each point.
pub(super) fn fit(points: &Points, k: usize, counter: &Counter) -> Result<NeighborLists, KnnError> {
    let dimensions = points.dimensions();
    if dimensions > MOST {
        return Err(KnnError::Tree { dimensions, most: MOST });
    }
    // Where kiddo cannot build one, every pair is measured.
    let Some(tree) = KdTree::new(points.values(), dimensions) else {
        return super::exact::fit(points, k, counter);
    };
    let n = points.n();
    // The point itself, and one beyond to see whether the k-th has equals.
    let wanted = NonZeroUsize::MIN.saturating_add((k + 1).min(n - 1));
    let (mut indices, mut distances) = (vec![0u32; n * k], vec![0.0f32; n * k]);
    let chunks = indices.par_chunks_mut(CHUNK * k).zip(distances.par_chunks_mut(CHUNK * k)).enumerate();
    chunks.try_for_each(|(chunk, (indices, distances))| {
        counter.check()?;
        let mut list = Shortlist::new(k);
        let out = indices.chunks_exact_mut(k).zip(distances.chunks_exact_mut(k));
        for (place, (indices, distances)) in out.enumerate() {
            let i = chunk * CHUNK + place;
            list.clear(f64::INFINITY);
            let mut offer = |j: usize| {
                if j != i {
                    list.offer(squared(points.row(i), points.row(j)), j as u32);
                }
            };
            let first = tree.nearest(i, wanted);
            let mut reach: Vec<f64> = first.iter().map(|&(squared, _)| squared).collect();
            reach.sort_unstable_by(f64::total_cmp);
            let radius = reach[k] * (1.0 + ROUNDING) + f64::MIN_POSITIVE;
            if reach.last().is_some_and(|&last| last > radius) || reach.len() == n {
                first.iter().for_each(|&(_, j)| offer(j));
            } else {
                tree.within(i, radius).into_iter().for_each(offer);
            }
            for (place, &(squared, j)) in list.sorted().iter().enumerate() {
                indices[place] = j;
                distances[place] = squared.sqrt() as f32;
            }
        }
        counter.add(indices.len() / k)
    })?;
    Ok(NeighborLists::new(k, indices, distances))
}

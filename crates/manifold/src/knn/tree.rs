//! Neighbors in few dimensions by a k-d tree.
//!
//! The tree only proposes, in 64 bits, all points within the k-th distance and a rounding error
//! more; they are measured and ranked as in [`reference`](super::reference()): bit-identical lists.

use kiddo::{ImmutableKdTree, SquaredEuclidean};
use rayon::prelude::*;
use std::num::NonZeroUsize;

use super::measure::{Shortlist, squared};
use super::{KnnError, NeighborLists};
use crate::points::Points;
use crate::progress::Counter;

/// Largest dimension for which the k-d tree is built.
pub(super) const MOST: usize = 8;

/// Points of a task.
const CHUNK: usize = 1024;

/// More than rounding moves a sum of eight squares by.
const ROUNDING: f64 = 1e-9;

/// The `k` nearest others of each point.
pub(super) fn fit(points: &Points, k: usize, counter: &Counter) -> Result<NeighborLists, KnnError> {
    match points.dimensions() {
        1 => by_tree::<1>(points, k, counter),
        2 => by_tree::<2>(points, k, counter),
        3 => by_tree::<3>(points, k, counter),
        4 => by_tree::<4>(points, k, counter),
        5 => by_tree::<5>(points, k, counter),
        6 => by_tree::<6>(points, k, counter),
        7 => by_tree::<7>(points, k, counter),
        8 => by_tree::<8>(points, k, counter),
        dimensions => Err(KnnError::Tree { dimensions, most: MOST }),
    }
}

fn by_tree<const D: usize>(points: &Points, k: usize, counter: &Counter) -> Result<NeighborLists, KnnError> {
    let wide: Vec<[f64; D]> =
        points.values().as_chunks::<D>().0.iter().map(|row| row.map(f64::from)).collect();
    // More equal points than a leaf can hold: the tree reports that, and every pair is measured.
    let Ok(tree) = ImmutableKdTree::<f64, D>::new_from_slice(&wide) else {
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
            let query = tree.query(&wide[i]);
            let first = query.nearest_n::<SquaredEuclidean<f64>>(wanted).execute();
            let mut reach: Vec<f64> = first.iter().map(|item| item.distance).collect();
            reach.sort_unstable_by(f64::total_cmp);
            let radius = reach[k] * (1.0 + ROUNDING) + f64::MIN_POSITIVE;
            if reach.last().is_some_and(|&last| last > radius) || reach.len() == n {
                first.iter().for_each(|item| offer(item.item as usize));
            } else {
                let within =
                    tree.query(&wide[i]).within::<SquaredEuclidean<f64>>(radius).unsorted().execute();
                within.iter().for_each(|item| offer(item.item as usize));
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

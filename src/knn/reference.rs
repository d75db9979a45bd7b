//! The plain reference: every pair is measured in 64 bits and sorted by distance, then index.

use std::num::NonZeroUsize;

use super::NeighbourLists;
use super::measure::squared;
use crate::points::Points;

/// The `k` nearest others of each point. `k` must be smaller than the number of points.
pub fn reference(points: &Points, k: NonZeroUsize) -> NeighbourLists {
    lists(points, points, k.get(), |i, j| i != j)
}

/// The `k` points nearest to each query.
#[cfg(test)]
pub(super) fn query(points: &Points, queries: &Points, k: NonZeroUsize) -> NeighbourLists {
    lists(points, queries, k.get(), |_, _| true)
}

fn lists(
    points: &Points,
    queries: &Points,
    k: usize,
    wanted: impl Fn(usize, usize) -> bool,
) -> NeighbourLists {
    let (mut indices, mut distances) = (Vec::new(), Vec::new());
    for i in 0..queries.n() {
        let measured = |j: usize| (squared(queries.row(i), points.row(j)), j as u32);
        let mut all: Vec<(f64, u32)> = (0..points.n()).filter(|&j| wanted(i, j)).map(measured).collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        indices.extend(all.iter().take(k).map(|&(_, j)| j));
        distances.extend(all.iter().take(k).map(|&(d, _)| d.sqrt() as f32));
    }
    NeighbourLists::new(k, indices, distances)
}

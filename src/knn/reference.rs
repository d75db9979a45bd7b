//! The plain reference: every pair is measured in 64 bits and sorted by distance, then index.

use std::num::NonZeroUsize;

use super::NeighbourLists;
use crate::points::Points;

/// The `k` nearest others of each point. `k` must be smaller than the number of points.
pub fn reference(points: &Points, k: NonZeroUsize) -> NeighbourLists {
    lists(points, points, k.get(), |i, j| i != j)
}

/// The `k` points nearest to each query.
pub(crate) fn query(points: &Points, queries: &Points, k: NonZeroUsize) -> NeighbourLists {
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
        let squared = |j: usize| -> f64 {
            let pairs = queries.row(i).iter().zip(points.row(j));
            pairs.map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2)).sum()
        };
        let mut all: Vec<(f64, u32)> =
            (0..points.n()).filter(|&j| wanted(i, j)).map(|j| (squared(j), j as u32)).collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        indices.extend(all.iter().take(k).map(|&(_, j)| j));
        distances.extend(all.iter().take(k).map(|&(d, _)| d.sqrt() as f32));
    }
    NeighbourLists::new(k, indices, distances)
}

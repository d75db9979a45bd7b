//! The plain reference: every pair is measured in 64 bits and sorted by distance, then index.

use std::num::NonZeroUsize;

use super::NeighborLists;
use super::measure::squared;
use crate::points::Points;

/// The `k` nearest others of each point. `k` must be smaller than the number of points.
#[must_use]
pub fn reference(points: &Points, k: NonZeroUsize) -> NeighborLists {
    let k = k.get();
    let (mut indices, mut distances) = (Vec::new(), Vec::new());
    for i in 0..points.n() {
        let others = (0..points.n()).filter(|&j| j != i);
        let mut all: Vec<(f64, u32)> =
            others.map(|j| (squared(points.row(i), points.row(j)), j as u32)).collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        indices.extend(all.iter().take(k).map(|&(_, j)| j));
        distances.extend(all.iter().take(k).map(|&(d, _)| d.sqrt() as f32));
    }
    NeighborLists::new(k, indices, distances)
}

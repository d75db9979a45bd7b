//! Neighbors found again.

use super::ranks::same;
use super::rows::{Space, blocks, nearest};
use super::{Measured, Queries};
use crate::embed::{EmbedError, Embedding};
use crate::knn::{NeighborLists, hits};
use crate::points::Points;
use crate::progress::Progress;

/// Share of the `k` nearest neighbors in the data that are among the `k` nearest in the embedding,
/// over all points. 0–1, best 1; a random embedding has about k/n. `k` from 1 to n - 1.
pub fn preservation(
    points: &Points,
    embedding: &Embedding,
    k: usize,
    queries: Queries,
    progress: &dyn Progress,
) -> Result<Measured, EmbedError> {
    let n = points.n();
    same(n, embedding.n())?;
    if k == 0 || k >= n {
        let range = "from 1 to one less than the number of points";
        return Err(EmbedError::Setting { setting: "neighbors", value: k as f64, range });
    }
    let (data, embedded) = (Space::from(points), Space::from(embedding));
    let asked = queries.of(n);
    let kept = blocks(&asked, progress, |block| {
        let (data, embedded) = (data.squared(block), embedded.squared(block));
        let rows = data.chunks_exact(n).zip(embedded.chunks_exact(n));
        rows.map(|(data, embedded)| common(nearest(data, k), nearest(embedded, k))).sum::<usize>()
    })?;
    let value = kept.iter().sum::<usize>() as f64 / (asked.len() * k) as f64;
    Ok(Measured { value, queries: asked.len(), points: n })
}

/// Share of the true neighbors that are among those found, over all points. 0–1, best 1. The lists
/// of `found` may be longer. Another neighbor at the distance of the farthest true one counts as well, so that it does not
/// matter how a search breaks ties.
pub fn recall(found: &NeighborLists, truth: &NeighborLists) -> Result<f64, EmbedError> {
    same(truth.n(), found.n())?;
    let held =
        |i: usize| hits((found.indices(i), found.distances(i)), (truth.indices(i), truth.distances(i)));
    let kept: usize = (0..truth.n()).map(held).sum();
    Ok(kept as f64 / (truth.n() * truth.k()) as f64)
}

fn common(mut a: Vec<usize>, mut b: Vec<usize>) -> usize {
    a.sort_unstable();
    b.sort_unstable();
    a.iter().filter(|j| b.binary_search(j).is_ok()).count()
}

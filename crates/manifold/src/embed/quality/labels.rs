//! Labels against neighbors in an embedding, each point left out of its own vote.

use std::num::NonZeroUsize;

use super::ranks::same;
use crate::embed::{EmbedError, Embedding};
use crate::knn::{Knn, NeighborLists, Search};
use crate::points::Points;
use crate::progress::Progress;

/// Share of the points whose label is the most frequent one among their `k` nearest others; of
/// equally frequent ones the smallest label counts. 0–1, best 1.
pub fn label_accuracy(
    embedding: &Embedding,
    labels: &[i64],
    k: NonZeroUsize,
    progress: &dyn Progress,
) -> Result<f64, EmbedError> {
    let lists = neighbors(embedding, labels, k, progress)?;
    let right = (0..lists.n()).filter(|&i| vote(lists.indices(i), labels) == Some(labels[i])).count();
    Ok(right as f64 / lists.n() as f64)
}

/// Share of the `k` nearest others that have the point's own label, over all points. 0–1, best 1.
/// Source: Paulovich, Nonato, Minghim, Levkowitz, Least square projection, IEEE TVCG 14 (2008).
pub fn neighborhood_hit(
    embedding: &Embedding,
    labels: &[i64],
    k: NonZeroUsize,
    progress: &dyn Progress,
) -> Result<f64, EmbedError> {
    let lists = neighbors(embedding, labels, k, progress)?;
    let own = |i: usize| lists.indices(i).iter().filter(|&&j| labels[j as usize] == labels[i]).count();
    let hits: usize = (0..lists.n()).map(own).sum();
    Ok(hits as f64 / lists.all_indices().len() as f64)
}

fn neighbors(
    embedding: &Embedding,
    labels: &[i64],
    k: NonZeroUsize,
    progress: &dyn Progress,
) -> Result<NeighborLists, EmbedError> {
    same(embedding.n(), labels.len())?;
    let points = Points::from_f64(embedding.coordinates(), embedding.dimensions())?;
    Ok(Knn::new(k).search(Search::Exact).fit(&points, progress)?)
}

fn vote(neighbors: &[u32], labels: &[i64]) -> Option<i64> {
    let mut voices: Vec<i64> = neighbors.iter().map(|&j| labels[j as usize]).collect();
    voices.sort_unstable();
    let runs = voices.chunk_by(|a, b| a == b);
    // The last of the longest, so from the largest label down.
    let mut runs: Vec<&[i64]> = runs.collect();
    runs.reverse();
    runs.into_iter().max_by_key(|run| run.len()).map(|run| run[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_of_equals_wins() {
        let labels = [5, 3, 5, 3, 9];
        assert_eq!(vote(&[0, 1, 2, 3, 4], &labels), Some(3));
        assert_eq!(vote(&[0, 2, 4], &labels), Some(5));
        assert_eq!(vote(&[4], &labels), Some(9));
    }
}

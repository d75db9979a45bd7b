//! How many of the true neighbors a search found.
//!
//! Neighbors at equal distances are equally near, whichever of them a list names: a neighbor counts as found if it is
//! among the k true ones, or as near as the k-th of them.

use std::num::NonZeroUsize;

use super::{Knn, KnnError, NeighborLists};
use crate::points::{Points, PointsError};
use crate::progress::Progress;

/// Share of the `truth`'s neighbors that `found` holds, over all points and the `k` of the shorter
/// lists: 1 is all of them, or others as near. `None` if the numbers of points differ.
#[must_use]
pub fn recall(found: &NeighborLists, truth: &NeighborLists) -> Option<f64> {
    if found.n() != truth.n() {
        return None;
    }
    let k = found.k().min(truth.k());
    let held = |i: usize| {
        let found = (&found.indices(i)[..k], &found.distances(i)[..k]);
        hits(found, (&truth.indices(i)[..k], &truth.distances(i)[..k]))
    };
    Some((0..truth.n()).map(held).sum::<usize>() as f64 / (truth.n() * k) as f64)
}

/// The same where the truth is not known: it is searched for at most `rows` evenly spaced points, at least one.
/// `found` are the neighbors of `points` among themselves.
pub fn sampled_recall(
    points: &Points,
    found: &NeighborLists,
    rows: NonZeroUsize,
    progress: &dyn Progress,
) -> Result<f64, KnnError> {
    let (n, k) = (points.n().min(found.n()), found.k());
    let count = n.min(rows.get());
    let rows: Vec<usize> = (0..count).map(|i| i * n / count).collect();
    let values = rows.iter().flat_map(|&row| points.row(row).iter().copied()).collect();
    // One more than k, as each row finds itself.
    let more = NonZeroUsize::MIN.saturating_add(k);
    let few = |_: PointsError| KnnError::TooFew { points: n, k };
    let queries = Points::new(values, points.dimensions()).map_err(few)?;
    let truth = Knn::new(more).query(points, &queries, progress)?;
    let held = |(query, &row): (usize, &usize)| {
        let pairs = truth.indices(query).iter().zip(truth.distances(query));
        let others = pairs.filter(|&(&j, _)| j as usize != row).take(k);
        let (indices, distances): (Vec<u32>, Vec<f32>) = others.unzip();
        hits((found.indices(row), found.distances(row)), (&indices, &distances))
    };
    Ok(rows.iter().enumerate().map(held).sum::<usize>() as f64 / (count * k) as f64)
}

/// How many of the true neighbors (all of them, the nearest first) are found. A list may hold more of the equally
/// near ones than there are places.
pub(crate) fn hits(found: (&[u32], &[f32]), truth: (&[u32], &[f32])) -> usize {
    let Some(&farthest) = truth.1.last() else { return 0 };
    let counts = |(j, &distance): (&u32, &f32)| distance <= farthest || truth.0.contains(j);
    found.0.iter().zip(found.1).filter(|&entry| counts(entry)).count().min(truth.0.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knn::reference;
    use crate::progress::Silent;

    const FOUR: NonZeroUsize = NonZeroUsize::new(4).unwrap();

    /// The whole numbers of a square: each has many neighbors at the same distance.
    fn grid(side: usize) -> Points {
        let row = |i: usize| [(i % side) as f32, (i / side) as f32];
        Points::new((0..side * side).flat_map(row).collect(), 2).unwrap()
    }

    #[test]
    fn equally_near_neighbors_count() {
        let points = grid(9);
        let truth = reference(&points, FOUR);
        assert_eq!(recall(&truth, &truth), Some(1.0));
        // Of six neighbors the last four: at the corner (0, 0), true are those at 1, 1, √2 and 2.
        let more = reference(&points, FOUR.saturating_add(2));
        let late =
            |i: usize| more.indices(i)[2..].iter().copied().zip(more.distances(i)[2..].iter().copied());
        let (indices, distances) = (0..points.n()).flat_map(late).unzip();
        let late = NeighborLists::new(4, indices, distances);
        // Inside, the four at 1 are the true ones.
        let middle = hits((late.indices(40), late.distances(40)), (truth.indices(40), truth.distances(40)));
        assert_eq!(middle, 2);
        let corner = hits((late.indices(0), late.distances(0)), (truth.indices(0), truth.distances(0)));
        assert_eq!(corner, 3, "√2, 2 and the other 2");
        let sampled = sampled_recall(&points, &late, NonZeroUsize::MAX, &Silent).unwrap();
        assert_eq!(Some(sampled), recall(&late, &truth));
        assert_eq!(sampled_recall(&points, &truth, FOUR, &Silent), Ok(1.0));
    }

    #[test]
    fn points_that_coincide_find_each_other() {
        let points = Points::new(vec![0.5; 60], 2).unwrap();
        let indices = (0..30u32).flat_map(|i| (1..=4).map(move |step| (i + step) % 30)).collect();
        let found = NeighborLists::new(4, indices, vec![0.0; 120]);
        assert_eq!(recall(&found, &reference(&points, FOUR)), Some(1.0));
        assert_eq!(sampled_recall(&points, &found, NonZeroUsize::MAX, &Silent), Ok(1.0));
    }

    #[test]
    fn farther_neighbors_do_not_count() {
        let points = grid(9);
        let more = reference(&points, FOUR.saturating_add(36));
        let far =
            |i: usize| more.indices(i)[36..].iter().copied().zip(more.distances(i)[36..].iter().copied());
        let (indices, distances) = (0..points.n()).flat_map(far).unzip();
        let far = NeighborLists::new(4, indices, distances);
        assert_eq!(recall(&far, &reference(&points, FOUR)), Some(0.0));
    }
}

//! Neighbors of low-dimensional points, exactly, by a k-d tree.
//!
//! For p_1 … p_n in R^D, 1 <= D <= 8: the k nearest others of each point by Euclidean distance,
//! ties by index. Above 8 dimensions a k-d tree loses to a full distance matrix.
//! [`nearest`] and the plain reference [`nearest_reference`] give bit-identical results: the tree
//! only proposes candidates, both then measure and rank them by the same function.

use std::num::NonZeroUsize;

use kiddo::{ImmutableKdTree, SquaredEuclidean};
use rayon::prelude::*;

use super::{Graph, GraphError};

/// Largest dimension for which the k-d tree is built.
pub const MAX_DIMENSIONS: usize = 8;

/// Why points have no neighbors.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PointsError {
    #[error("{values} coordinates are not a whole number of {dimensions}-dimensional points")]
    Shape { values: usize, dimensions: usize },
    #[error("{dimensions} dimensions: from 1 to {MAX_DIMENSIONS} are possible")]
    Dimensions { dimensions: usize },
    #[error("a coordinate of point {point} is not a finite number of ordinary size")]
    NotFinite { point: usize },
    #[error("{points} points cannot have {k} neighbors each")]
    TooFew { points: usize, k: usize },
    #[error("the scale {scale} is not positive, or makes lengths that do not fit 62 bits")]
    Scale { scale: f64 },
    #[error("the k-d tree cannot be built: {0}")]
    Tree(String),
    #[error(transparent)]
    Graph(#[from] GraphError),
}

/// The k nearest others of each point, by distance, then by index.
#[derive(Clone, Debug, PartialEq)]
pub struct Nearest {
    k: usize,
    found: Vec<(u32, f64)>,
}

impl Nearest {
    /// Number of points.
    pub fn points(&self) -> usize {
        self.found.len() / self.k
    }

    /// (index, distance) of the k points nearest to `point`.
    pub fn of(&self, point: usize) -> &[(u32, f64)] {
        &self.found[point * self.k..(point + 1) * self.k]
    }
}

/// The k nearest others of each of the `values.len() / dimensions` points (row by row).
pub fn nearest(values: &[f64], dimensions: usize, k: NonZeroUsize) -> Result<Nearest, PointsError> {
    check(values, dimensions, k)?;
    match dimensions {
        1 => by_tree::<1>(values, k),
        2 => by_tree::<2>(values, k),
        3 => by_tree::<3>(values, k),
        4 => by_tree::<4>(values, k),
        5 => by_tree::<5>(values, k),
        6 => by_tree::<6>(values, k),
        7 => by_tree::<7>(values, k),
        8 => by_tree::<8>(values, k),
        _ => Err(PointsError::Dimensions { dimensions }),
    }
}

/// The same by measuring every pair.
pub fn nearest_reference(values: &[f64], dimensions: usize, k: NonZeroUsize) -> Result<Nearest, PointsError> {
    check(values, dimensions, k)?;
    let mut found = Vec::new();
    for (i, point) in values.chunks_exact(dimensions).enumerate() {
        let others = values.chunks_exact(dimensions).enumerate().filter(|&(j, _)| j != i);
        found.extend(rank(point, others, k));
    }
    Ok(Nearest { k: k.get(), found })
}

/// The symmetric (OR) neighbor graph: an edge where either point names the other. A length is
/// the distance times `scale`, rounded, and at least 1 (points may coincide).
pub fn neighbor_graph(
    values: &[f64],
    dimensions: usize,
    k: NonZeroUsize,
    scale: f64,
) -> Result<Graph, PointsError> {
    let neighbors = nearest(values, dimensions, k)?;
    let mut edges = Vec::with_capacity(neighbors.found.len());
    for u in 0..neighbors.points() {
        for &(v, distance) in neighbors.of(u) {
            edges.push(((u as u32).min(v), (u as u32).max(v), fixed(distance, scale)?));
        }
    }
    edges.sort_unstable();
    edges.dedup();
    Ok(Graph::from_edges(neighbors.points(), &edges)?)
}

fn fixed(distance: f64, scale: f64) -> Result<i64, PointsError> {
    let length = (distance * scale).round();
    // Written so that NaN is refused as well.
    let fits = scale > 0.0 && length < 2f64.powi(62);
    if fits { Ok((length as i64).max(1)) } else { Err(PointsError::Scale { scale }) }
}

fn check(values: &[f64], dimensions: usize, k: NonZeroUsize) -> Result<(), PointsError> {
    if dimensions == 0 || dimensions > MAX_DIMENSIONS {
        return Err(PointsError::Dimensions { dimensions });
    }
    if !values.len().is_multiple_of(dimensions) {
        return Err(PointsError::Shape { values: values.len(), dimensions });
    }
    // Squares of larger numbers would overflow.
    if let Some(at) = values.iter().position(|x| !x.is_finite() || x.abs() > 1e150) {
        return Err(PointsError::NotFinite { point: at / dimensions });
    }
    let points = values.len() / dimensions;
    if points <= k.get() || u32::try_from(points).is_err() {
        return Err(PointsError::TooFew { points, k: k.get() });
    }
    Ok(())
}

fn by_tree<const D: usize>(values: &[f64], k: NonZeroUsize) -> Result<Nearest, PointsError> {
    let (points, _) = values.as_chunks::<D>();
    let tree = ImmutableKdTree::<f64, D>::new_from_slice(points)
        .map_err(|error| PointsError::Tree(error.to_string()))?;
    // One more, because the point finds itself.
    let wanted = k.saturating_add(1);
    let found = points.par_iter().enumerate().flat_map_iter(|(i, point)| {
        let first = tree.query(point).nearest_n::<SquaredEuclidean<f64>>(wanted).execute();
        let farthest = first.iter().fold(0.0, |far: f64, item| far.max(item.distance));
        // All points within that distance plus a rounding error: the ranking decides among them.
        let radius = farthest * (1.0 + 1e-9) + f64::MIN_POSITIVE;
        let within = tree.query(point).within::<SquaredEuclidean<f64>>(radius).unsorted().execute();
        let indices = within.iter().map(|item| item.item as usize).filter(move |&j| j != i);
        rank(point, indices.map(|j| (j, points[j].as_slice())), k)
    });
    Ok(Nearest { k: k.get(), found: found.collect() })
}

fn rank<'a>(
    point: &[f64],
    others: impl Iterator<Item = (usize, &'a [f64])>,
    k: NonZeroUsize,
) -> Vec<(u32, f64)> {
    let mut all: Vec<(u32, f64)> = others.map(|(j, other)| (j as u32, distance(point, other))).collect();
    let order = |a: &(u32, f64), b: &(u32, f64)| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0));
    if all.len() > k.get() {
        all.select_nth_unstable_by(k.get() - 1, order);
        all.truncate(k.get());
    }
    all.sort_unstable_by(order);
    all
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn k(k: usize) -> NonZeroUsize {
        NonZeroUsize::new(k).unwrap()
    }

    #[test]
    fn ties_go_to_the_smaller_index() {
        // A grid: every inner point has four neighbors at distance 1.
        let grid: Vec<f64> = (0..25).flat_map(|i| [(i % 5) as f64, (i / 5) as f64]).collect();
        let found = nearest(&grid, 2, k(3)).unwrap();
        let indices: Vec<u32> = found.of(12).iter().map(|&(j, _)| j).collect();
        assert_eq!(indices, [7, 11, 13]);
    }

    #[test]
    fn points_may_coincide() {
        let values = vec![0.5; 200];
        let found = nearest(&values, 2, k(4)).unwrap();
        assert_eq!(found, nearest_reference(&values, 2, k(4)).unwrap());
        let graph = neighbor_graph(&values, 2, k(4), 1000.0).unwrap();
        assert!(graph.lengths().iter().all(|&d| d == 1));
    }

    #[test]
    fn the_graph_is_the_union_of_both_sides() {
        // 0 1 . . 4: the point at 4 names 1, which does not name it.
        let graph = neighbor_graph(&[0.0, 1.0, 4.0], 1, k(1), 10.0).unwrap();
        let edges: Vec<_> = (0..graph.edges()).map(|e| (graph.ends(e), graph.length(e))).collect();
        assert_eq!(edges, [((0, 1), 10), ((1, 2), 30)]);
    }

    #[test]
    fn nonsense_is_refused() {
        let error =
            |values: &[f64], dimensions, neighbors| nearest(values, dimensions, k(neighbors)).unwrap_err();
        assert_eq!(error(&[0.0; 5], 2, 1), PointsError::Shape { values: 5, dimensions: 2 });
        assert_eq!(error(&[0.0; 9], 9, 1), PointsError::Dimensions { dimensions: 9 });
        assert_eq!(error(&[], 0, 1), PointsError::Dimensions { dimensions: 0 });
        assert_eq!(error(&[0.0, 1.0, f64::NAN, 0.0], 2, 1), PointsError::NotFinite { point: 1 });
        assert_eq!(error(&[0.0, 1e200], 1, 1), PointsError::NotFinite { point: 1 });
        assert_eq!(error(&[0.0, 1.0], 1, 2), PointsError::TooFew { points: 2, k: 2 });
        for scale in [0.0, -1.0, f64::NAN, 1e40] {
            let refused = neighbor_graph(&[0.0, 1.0], 1, k(1), scale);
            assert!(matches!(refused, Err(PointsError::Scale { .. })), "{scale}");
        }
    }

    proptest! {
        #[test]
        fn the_tree_agrees_with_the_reference(
            dimensions in 1usize..=8,
            neighbors in 1usize..10,
            // Coarse coordinates: many exact ties.
            coarse in prop::collection::vec(0i32..6, 100..400),
            fine in any::<bool>(),
        ) {
            let n = coarse.len() / dimensions;
            let neighbors = neighbors.min(n - 1);
            let values: Vec<f64> = coarse[..n * dimensions]
                .iter()
                .enumerate()
                .map(|(i, &x)| if fine { (x as f64 + i as f64).sin() } else { x as f64 * 0.1 })
                .collect();
            prop_assert_eq!(
                nearest(&values, dimensions, k(neighbors)).unwrap(),
                nearest_reference(&values, dimensions, k(neighbors)).unwrap()
            );
        }
    }
}

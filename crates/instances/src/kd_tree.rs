//! k-d trees of one to eight dimensions.

use std::num::NonZeroUsize;

use kiddo::{ImmutableKdTree, SquaredEuclidean};

/// A k-d tree of points, asked for the surroundings of these points, in 64 bits.
pub struct KdTree(Box<dyn Surroundings>);

impl KdTree {
    /// The largest dimension.
    pub const MOST_DIMENSIONS: usize = 8;

    /// Of points of `dimensions` coordinates each, one after the other.
    ///
    /// `None` if `dimensions` is not within 1..=[`MOST_DIMENSIONS`](KdTree::MOST_DIMENSIONS), or if kiddo cannot build the
    /// tree, as for more than 2³² points.
    #[must_use]
    pub fn new(coordinates: &[f32], dimensions: usize) -> Option<KdTree> {
        match dimensions {
            1 => Tree::<1>::boxed(coordinates),
            2 => Tree::<2>::boxed(coordinates),
            3 => Tree::<3>::boxed(coordinates),
            4 => Tree::<4>::boxed(coordinates),
            5 => Tree::<5>::boxed(coordinates),
            6 => Tree::<6>::boxed(coordinates),
            7 => Tree::<7>::boxed(coordinates),
            8 => Tree::<8>::boxed(coordinates),
            _ => None,
        }
    }

    /// The `count` nearest of point `i`, itself among them, in no particular order: squared distances and indices.
    ///
    /// # Panics
    /// If there is no point `i`.
    #[must_use]
    pub fn nearest(&self, i: usize, count: NonZeroUsize) -> Vec<(f64, usize)> {
        self.0.nearest(i, count)
    }

    /// All points whose squared distance from point `i` is at most `squared`, itself among them, in no particular order.
    ///
    /// # Panics
    /// If there is no point `i`.
    #[must_use]
    pub fn within(&self, i: usize, squared: f64) -> Vec<usize> {
        self.0.within(i, squared)
    }
}

trait Surroundings: Send + Sync {
    fn nearest(&self, i: usize, count: NonZeroUsize) -> Vec<(f64, usize)>;
    fn within(&self, i: usize, squared: f64) -> Vec<usize>;
}

struct Tree<const D: usize> {
    points: Vec<[f64; D]>,
    tree: ImmutableKdTree<f64, D>,
}

impl<const D: usize> Tree<D> {
    fn boxed(coordinates: &[f32]) -> Option<KdTree> {
        let rows = coordinates.as_chunks::<D>().0.iter();
        let points: Vec<[f64; D]> = rows.map(|row| row.map(f64::from)).collect();
        let tree = ImmutableKdTree::new_from_slice(&points).ok()?;
        Some(KdTree(Box::new(Tree { points, tree })))
    }
}

impl<const D: usize> Surroundings for Tree<D> {
    fn nearest(&self, i: usize, count: NonZeroUsize) -> Vec<(f64, usize)> {
        let found = self.tree.query(&self.points[i]).nearest_n::<SquaredEuclidean<f64>>(count).execute();
        found.iter().map(|item| (item.distance, item.item as usize)).collect()
    }

    fn within(&self, i: usize, squared: f64) -> Vec<usize> {
        let query = self.tree.query(&self.points[i]);
        let found = query.within::<SquaredEuclidean<f64>>(squared).unsorted().execute();
        found.iter().map(|item| item.item as usize).collect()
    }
}

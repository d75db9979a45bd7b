//! Pairwise distances between the frames' patches of one place, or between any vectors.

/// Euclidean distances between `n` points: the strict upper triangle, row by row, i.e. the pairs
/// (0,1), (0,2), …, (0,n-1), (1,2), … Finite and non-negative.
#[derive(Clone, Debug, PartialEq)]
pub struct DistanceMatrix {
    n: usize,
    upper: Vec<f32>,
}

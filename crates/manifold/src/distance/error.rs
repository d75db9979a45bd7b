//! What can be wrong with distances.

/// Numbers that are not the distances of any points.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DistanceError {
    /// There is no point.
    #[error("distances need at least one point")]
    NoPoints,
    /// The number of entries does not match the number of points.
    #[error("the upper triangle of {n} points has {expected} entries, got {got}")]
    UpperLength {
        /// Points.
        n: usize,
        /// n (n - 1) / 2.
        expected: usize,
        /// Entries given.
        got: usize,
    },
    /// An entry is negative or not finite.
    #[error("the distance between points {i} and {j} is {value}: it must be finite and not negative")]
    NotADistance {
        /// The first point.
        i: usize,
        /// The second.
        j: usize,
        /// What was given.
        value: f32,
    },
}

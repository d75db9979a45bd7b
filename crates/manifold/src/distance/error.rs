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
    /// A matrix of distances is not square.
    #[error("the distances are a matrix of {rows} rows and {columns} columns: it must be square")]
    NotSquare {
        /// Its rows.
        rows: usize,
        /// Its columns.
        columns: usize,
    },
    /// A matrix of distances is not symmetric.
    #[error("the distances between points {i} and {j} differ: {one} one way, {other} the other")]
    Asymmetric {
        /// The first point.
        i: usize,
        /// The second.
        j: usize,
        /// From the first to the second.
        one: f32,
        /// From the second to the first.
        other: f32,
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

//! What can be wrong with the input of a distance computation.

/// Input that has no pairwise distances.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum DistanceError {
    #[error("distances need at least one point")]
    NoPoints,
    #[error("expected {expected} samples ({points} pictures of {width}x{height}), got {got}")]
    SampleCount { points: usize, width: usize, height: usize, expected: usize, got: usize },
    #[error("the upper triangle of {n} points has {expected} entries, got {got}")]
    UpperLength { n: usize, expected: usize, got: usize },
    #[error("the distance between points {i} and {j} is {value}: it must be finite and not negative")]
    NotADistance { i: usize, j: usize, value: f32 },
    #[error("a window of {side} pixels a side: it must be from 1 to {max}", max = super::MAX_SIDE)]
    Side { side: usize },
    #[error("window positions must rise strictly and there must be one at least (entry {index})")]
    Order { index: usize },
    #[error("a window of {side} pixels at ({x}, {y}) leaves pictures of {width}x{height}")]
    Outside { x: usize, y: usize, side: usize, width: usize, height: usize },
    #[error("strip of columns {columns:?} and rows {rows:?} of windows: there are {of_columns} x {of_rows}")]
    Strip { columns: (usize, usize), rows: (usize, usize), of_columns: usize, of_rows: usize },
}

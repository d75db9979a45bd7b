//! What can be wrong with pictures and the windows between which distances are measured.

/// Pictures and windows for which there are no distances.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum WindowError {
    /// There is no picture.
    #[error("distances need at least one picture")]
    NoPictures,
    /// The number of samples is not pictures x width x height.
    #[error("expected {expected} samples ({points} pictures of {width}x{height}), got {got}")]
    SampleCount { points: usize, width: usize, height: usize, expected: usize, got: usize },
    /// The side of a window is out of range.
    #[error("a window of {side} pixels per side: it must be from 1 to {max}", max = super::MAX_SIDE)]
    Side { side: usize },
    /// The edges of windows do not increase.
    #[error(
        "there must be at least one window position, and positions must increase strictly (entry {index})"
    )]
    Order { index: usize },
    /// A window is not inside the pictures.
    #[error("a window of {side} pixels at ({x}, {y}) does not fit into pictures of {width}x{height}")]
    Outside { x: usize, y: usize, side: usize, width: usize, height: usize },
    /// Columns or rows of windows that do not exist.
    #[error("strip of columns {columns:?} and rows {rows:?} of windows: there are {of_columns} x {of_rows}")]
    Strip { columns: (usize, usize), rows: (usize, usize), of_columns: usize, of_rows: usize },
}

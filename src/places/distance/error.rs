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
    SampleCount {
        /// Number of pictures.
        points: usize,
        /// Width in pixels.
        width: usize,
        /// Height in pixels.
        height: usize,
        /// Samples needed.
        expected: usize,
        /// Samples given.
        got: usize,
    },
    /// The side of a window is out of range.
    #[error("a window of {side} pixels per side: it must be from 1 to {max}", max = super::MAX_SIDE)]
    Side {
        /// Side of the window in pixels.
        side: usize,
    },
    /// The edges of windows do not increase.
    #[error(
        "there must be at least one window position, and positions must increase strictly (entry {index})"
    )]
    Order {
        /// Number of the position that is out of order.
        index: usize,
    },
    /// A window is not inside the pictures.
    #[error("a window of {side} pixels at ({x}, {y}) does not fit into pictures of {width}x{height}")]
    Outside {
        /// Left edge.
        x: usize,
        /// Top edge.
        y: usize,
        /// Side of the window in pixels.
        side: usize,
        /// Width in pixels.
        width: usize,
        /// Height in pixels.
        height: usize,
    },
    /// Columns or rows of windows that do not exist.
    #[error("strip of columns {columns:?} and rows {rows:?} of windows: there are {of_columns} x {of_rows}")]
    Strip {
        /// First column of the strip, and the one after the last.
        columns: (usize, usize),
        /// First row of the strip, and the one after the last.
        rows: (usize, usize),
        /// Columns there are.
        of_columns: usize,
        /// Rows there are.
        of_rows: usize,
    },
}

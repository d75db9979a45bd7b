//! Why frames were not registered.

use std::io;

use super::paths::PathError;
use manifold::device::{AsMemory, GpuError};
use manifold::progress::Canceled;

/// The most sharpening that can be asked for. Blur is estimated from the sharpest edges, so a strength above 1 may be right.
pub const MOST_SHARPENED: f64 = 2.0;

/// Smaller pictures hold fewer than a few cells of the lattice, and no patch to fuse.
pub(crate) const SMALLEST_SIDE: usize = 16;

/// Why frames were not registered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegisterError {
    /// The frames are too small.
    #[error(
        "frames of {width}x{height} are too small to register: at least {SMALLEST_SIDE} pixels each way are needed"
    )]
    TooSmall {
        /// Width in pixels.
        width: usize,
        /// Height in pixels.
        height: usize,
    },
    /// There is no frame, or one has no number.
    #[error(
        "{frames} frames and {numbers} numbers of frames: give at least one frame, and a number for each"
    )]
    Frames {
        /// Frames given.
        frames: usize,
        /// Numbers given.
        numbers: usize,
    },
    /// The strength of the sharpening is out of its range.
    #[error("a strength of sharpening of {strength} is not from 0 to {MOST_SHARPENED}")]
    Sharpen {
        /// As it was given.
        strength: f64,
    },
    /// The frames cannot be ordered by likeness.
    #[error(transparent)]
    Path(#[from] PathError),
    /// A frame cannot be read back.
    #[error("a frame cannot be read back: {0}")]
    Read(#[from] io::Error),
    /// The GPU failed.
    #[error(transparent)]
    Gpu(#[from] GpuError),
    /// The caller stopped the work.
    #[error("canceled")]
    Canceled,
}

impl AsMemory for RegisterError {
    fn is_memory(&self) -> bool {
        matches!(self, RegisterError::Gpu(GpuError::Memory { .. }))
    }
}

impl From<Canceled> for RegisterError {
    fn from(_: Canceled) -> RegisterError {
        RegisterError::Canceled
    }
}

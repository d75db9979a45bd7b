//! Why frames were not registered.

use std::io;

use super::paths::PathError;
use manifold::device::{AsMemory, GpuError};
use manifold::progress::Canceled;

/// Smaller pictures hold fewer than a few cells of the lattice, and no patch to fuse.
pub const SMALLEST_SIDE: usize = 16;

/// Why frames were not registered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegisterError {
    #[error(
        "frames of {width}x{height} are too small to register: at least {SMALLEST_SIDE} pixels each way are needed"
    )]
    TooSmall { width: usize, height: usize },
    #[error(transparent)]
    Path(#[from] PathError),
    #[error("a frame cannot be read back: {0}")]
    Read(#[from] io::Error),
    #[error(transparent)]
    Gpu(#[from] GpuError),
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

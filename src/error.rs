//! Why a restoration may fail.

use crate::baseline::BaselineError;
use crate::clip::StackError;
use crate::places::GridError;
use crate::places::distance::WindowError;
use crate::registration::{RegisterError, RpcaError};
use crate::threads::ThreadsError;
use crate::video::VideoError;
use manifold::device::GpuError;
use manifold::flow::FlowError;
use manifold::graph::GraphError;

/// Why a video could not be restored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error(transparent)]
    Video(#[from] VideoError),
    #[error(transparent)]
    Grid(#[from] GridError),
    #[error(transparent)]
    Stack(#[from] StackError),
    #[error(transparent)]
    Distance(#[from] WindowError),
    #[error(transparent)]
    Graph(#[from] GraphError),
    #[error(transparent)]
    Flow(#[from] FlowError),
    #[error(transparent)]
    Baseline(#[from] BaselineError),
    #[error("{} gives only {frames} frame{}: at least 3 are needed to see through the waves", path.display(), if *frames == 1 { "" } else { "s" })]
    TooFewFrames { path: std::path::PathBuf, frames: usize },
    #[error(transparent)]
    Gpu(#[from] GpuError),
    #[error("all {frames} frames of {} are identical: any of them is already the still", path.display())]
    Identical { path: std::path::PathBuf, frames: usize },
    #[error("every pixel of all {frames} frames of {} has the same value: there is nothing to see, check the recording", path.display())]
    Flat { path: std::path::PathBuf, frames: usize },
    #[error(transparent)]
    Register(RegisterError),
    #[error(transparent)]
    Rpca(#[from] RpcaError),
    #[error("{centers} centers are too many for {frames} frames: ask for {frames} or fewer")]
    Centers { centers: usize, frames: usize },
    #[error("one row of places needs {} MiB of memory, but {} MiB are allowed: allow more, use fewer frames or smaller patches", mebibytes(*needed), mebibytes(*limit))]
    Memory { needed: u64, limit: u64 },
    #[error("{} had {first} frames when it was first decoded and {again} the next time: it changed, or its decoder is not repeatable", path.display())]
    Unrepeatable { path: std::path::PathBuf, first: usize, again: usize },
    #[error("{} changed while it was read: restore it again once nothing writes to it", path.display())]
    Changed { path: std::path::PathBuf },
    #[error(transparent)]
    Threads(#[from] ThreadsError),
    #[error("the temporary copy of the luma cannot be read back: {0}")]
    Spill(std::io::Error),
    #[error("canceled")]
    Canceled,
}

impl From<RegisterError> for Error {
    fn from(error: RegisterError) -> Error {
        match error {
            RegisterError::Canceled => Error::Canceled,
            RegisterError::Gpu(error) => Error::Gpu(error),
            error => Error::Register(error),
        }
    }
}

/// Rounded up to a tenth.
fn mebibytes(bytes: u64) -> f64 {
    (bytes as f64 / f64::from(1 << 20) * 10.0).ceil() / 10.0
}

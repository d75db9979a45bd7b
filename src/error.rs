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
use manifold::progress::Canceled;

/// Why a video could not be restored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The video cannot be read.
    #[error(transparent)]
    Video(#[from] VideoError),
    /// The patches do not fit the frames.
    #[error(transparent)]
    Grid(#[from] GridError),
    /// The frames do not make a stack.
    #[error(transparent)]
    Stack(#[from] StackError),
    /// Distances between patches cannot be computed.
    #[error(transparent)]
    Distance(#[from] WindowError),
    /// The frames do not make a neighborhood graph.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// The convex flow failed.
    #[error(transparent)]
    Flow(#[from] FlowError),
    /// The baseline failed.
    #[error(transparent)]
    Baseline(#[from] BaselineError),
    /// Too few frames to restore from.
    #[error("{} gives only {frames} frame{}: at least 3 are needed to see through the waves", path.display(), if *frames == 1 { "" } else { "s" })]
    TooFewFrames {
        /// The file.
        path: std::path::PathBuf,
        /// Number of frames.
        frames: usize,
    },
    /// The GPU failed.
    #[error(transparent)]
    Gpu(#[from] GpuError),
    /// All frames are alike.
    #[error("all {frames} frames of {} are identical: any of them is already the still", path.display())]
    Identical {
        /// The file.
        path: std::path::PathBuf,
        /// Number of frames.
        frames: usize,
    },
    /// The frames show nothing.
    #[error("every pixel of all {frames} frames of {} has the same value: there is nothing to see, check the recording", path.display())]
    Flat {
        /// The file.
        path: std::path::PathBuf,
        /// Number of frames.
        frames: usize,
    },
    /// Registration failed.
    #[error(transparent)]
    Register(RegisterError),
    /// Robust PCA failed.
    #[error(transparent)]
    Rpca(#[from] RpcaError),
    /// More centers than frames.
    #[error("{centers} centers are too many for {frames} frames: ask for {frames} or fewer")]
    Centers {
        /// Centers asked for.
        centers: usize,
        /// Number of frames.
        frames: usize,
    },
    /// The memory allowed is not enough.
    #[error("at least {} MiB of memory are needed and {} MiB are allowed: allow more, use fewer frames or smaller patches", mebibytes(*needed), mebibytes(*limit))]
    Memory {
        /// Bytes needed at least.
        needed: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// Decoding again gave another number of frames.
    #[error("{} had {first} frames when it was first decoded and {again} the next time: it changed, or its decoder is not repeatable", path.display())]
    Unrepeatable {
        /// The file.
        path: std::path::PathBuf,
        /// Frames decoded at first.
        first: usize,
        /// Frames decoded the second time.
        again: usize,
    },
    /// The file changed meanwhile.
    #[error("{} changed while it was read: restore it again once nothing writes to it", path.display())]
    Changed {
        /// The file.
        path: std::path::PathBuf,
    },
    /// The threads cannot be started.
    #[error(transparent)]
    Threads(#[from] ThreadsError),
    /// The temporary copy cannot be read.
    #[error("the temporary copy of the luma cannot be read back: {0}")]
    Spill(std::io::Error),
    /// The caller stopped the work.
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

impl From<Canceled> for Error {
    fn from(_: Canceled) -> Error {
        Error::Canceled
    }
}

/// Rounded up to a tenth.
fn mebibytes(bytes: u64) -> f64 {
    (bytes as f64 / f64::from(1 << 20) * 10.0).ceil() / 10.0
}

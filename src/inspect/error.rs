//! Why a place cannot be inspected.

use std::path::PathBuf;

use crate::places::distance::WindowError;
use crate::places::{GridError, StackError};
use crate::threads::ThreadsError;
use crate::video::VideoError;
use manifold::embed::EmbedError;
use manifold::flow::FlowError;
use manifold::flow::pairwise::PairwiseError;
use manifold::graph::GraphError;

/// Why a place could not be inspected.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InspectError {
    /// The video cannot be read.
    #[error(transparent)]
    Video(#[from] VideoError),
    /// The patch does not fit the frames.
    #[error(transparent)]
    Grid(#[from] GridError),
    /// The frames do not make a stack.
    #[error(transparent)]
    Stack(#[from] StackError),
    /// Distances between patches cannot be computed.
    #[error(transparent)]
    Distance(#[from] WindowError),
    /// The patches do not make a neighborhood graph.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// The one-to-all flow failed.
    #[error(transparent)]
    Flow(#[from] FlowError),
    /// The pairwise flow failed.
    #[error(transparent)]
    Pairwise(#[from] PairwiseError),
    /// The distances cannot be embedded.
    #[error(transparent)]
    Embed(EmbedError),
    /// The place is not inside the frames.
    #[error("a patch of {side} pixels at {x},{y} does not fit frames of {width}x{height}")]
    Outside {
        /// Left edge.
        x: usize,
        /// Top edge.
        y: usize,
        /// Side of the patch in pixels.
        side: usize,
        /// Width in pixels.
        width: usize,
        /// Height in pixels.
        height: usize,
    },
    /// The patches and what is made of them do not fit the memory allowed.
    #[error("{frames} frames of one place take {} MiB, and {} MiB are allowed", needed.div_ceil(1 << 20), limit.div_ceil(1 << 20))]
    Memory {
        /// Frames read.
        frames: usize,
        /// Bytes needed.
        needed: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// Too few frames to show a shape.
    #[error("{} gives only {frames} frame{}: at least 4 are needed to show the shape of a place", path.display(), if *frames == 1 { "" } else { "s" })]
    TooFewFrames {
        /// The file.
        path: PathBuf,
        /// Number of frames.
        frames: usize,
    },
    /// All patches of the place are alike.
    #[error("all {patches} patches at {x},{y} are identical: nothing moves there")]
    Coincide {
        /// Number of patches.
        patches: usize,
        /// Left edge.
        x: usize,
        /// Top edge.
        y: usize,
    },
    /// More centers than the graph allows.
    #[error("{centers} centers are too many here: ask for {most} or fewer")]
    Centers {
        /// Centers asked for.
        centers: usize,
        /// Most that are possible.
        most: usize,
    },
    /// The threads cannot be started.
    #[error(transparent)]
    Threads(#[from] ThreadsError),
    /// The caller stopped the work.
    #[error("canceled")]
    Canceled,
}

impl From<EmbedError> for InspectError {
    fn from(error: EmbedError) -> InspectError {
        match error {
            EmbedError::Canceled => InspectError::Canceled,
            error => InspectError::Embed(error),
        }
    }
}

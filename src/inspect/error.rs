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
    Pairwise(#[from] PairwiseError),
    #[error(transparent)]
    Embed(EmbedError),
    #[error("a patch of {side} pixels at {x},{y} does not fit frames of {width}x{height}")]
    Outside { x: usize, y: usize, side: usize, width: usize, height: usize },
    #[error("{} gives only {frames} frame{}: at least 4 are needed to show the shape of a place", path.display(), if *frames == 1 { "" } else { "s" })]
    TooFewFrames { path: PathBuf, frames: usize },
    #[error("all {patches} patches at {x},{y} are identical: nothing moves there")]
    Coincide { patches: usize, x: usize, y: usize },
    #[error("{centers} centers are too many here: ask for {most} or fewer")]
    Centers { centers: usize, most: usize },
    #[error(transparent)]
    Threads(#[from] ThreadsError),
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

//! Why the surface could not be computed.

use manifold::progress::Canceled;

use crate::output::StillError;
use crate::threads::ThreadsError;

/// Why the surface could not be computed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SurfaceError {
    /// The depth of the water is neither given nor can it be estimated.
    #[error("the depth of the water cannot be estimated from the clip")]
    UnknownDepth {
        /// Of the second-order coefficient, 0 ..= 1; `None` where there is none.
        certainty: Option<f64>,
    },
    /// The second-order bias is for certain not that of the waves' height, from which the depth is estimated.
    #[error(
        "the mean level of the water outweighs the height of its waves, so the depth of the water cannot be estimated from the clip"
    )]
    MeanLevel,
    /// A depth or scale is not a number above zero.
    #[error("the {what} of the water is {value}: it must be a number above 0")]
    OutOfRange {
        /// What it is of.
        what: &'static str,
        /// The value given.
        value: f64,
    },
    /// No frame is registered.
    #[error("no frame is registered")]
    NoFrames,
    /// The threads to compute on could not be started.
    #[error(transparent)]
    Threads(#[from] ThreadsError),
    /// The file cannot be written.
    #[error(transparent)]
    Write(#[from] StillError),
    /// The caller stopped the work.
    #[error("canceled")]
    Canceled,
}

impl From<Canceled> for SurfaceError {
    fn from(_: Canceled) -> SurfaceError {
        SurfaceError::Canceled
    }
}

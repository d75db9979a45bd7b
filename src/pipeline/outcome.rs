//! What a restoration returns, and why it may fail.

use std::time::Duration;

use crate::baseline::{BaselineError, RpcaError};
use crate::places::distance::WindowError;
use crate::places::{Grid, GridError, StackError};
use crate::registration::camera::Pose;
use crate::registration::{Field, RegisterError, Round};
use crate::video::{Frame, VideoError, VideoInfo};
use manifold::device::GpuError;
use manifold::flow::FlowError;
use manifold::graph::GraphError;
use manifold::progress::Stage;

/// Per-place results, each `grid.len()` long, row by row.
#[derive(Clone, Debug)]
pub struct Places {
    pub grid: Grid,
    /// Frame whose patch was used (the global center's if several are blended), counted from 0
    /// in the input, before a `FrameRange`.
    pub frame: Vec<u32>,
    /// Total flow cost V of the global center (`None` for baselines), in gray levels x frames.
    pub cost: Option<Vec<f64>>,
    /// Exact flow solves that the center search needed.
    pub solves: Vec<u32>,
    /// Connected components of the neighborhood graph before joining.
    pub components: Vec<u32>,
}

/// Plain pictures kept for a report.
#[derive(Clone, Debug)]
pub struct Comparisons {
    pub mean: Frame,
    pub median: Frame,
    /// The middle one of the frames used.
    pub raw: Frame,
}

/// How the frames map to the still.
#[derive(Clone, Debug)]
pub struct Registration {
    /// Number in the video of each frame that is used.
    pub numbers: Vec<u32>,
    /// Where each pixel (x, y) of the still is in each frame: at (x, y) + u(x, y). With
    /// camera motion removed, in the steadied frame.
    pub fields: Vec<Field>,
    /// The camera's part: where a pixel of the steadied frame is in the frame.
    pub poses: Vec<Pose>,
    /// Share of the frames that agreed at each pixel, 0 ..= 255 for 0 ..= 1.
    pub confidence: Frame,
    pub rounds: Vec<Round>,
    /// Whether another round would have changed nothing.
    pub converged: bool,
    /// Number of the frame that was the first reference, if one was.
    pub center: Option<u32>,
    /// Numbers of frames that show something else, or could not be registered, and were left out.
    pub lost: Vec<u32>,
}

/// The still, and how it was made.
#[derive(Clone, Debug)]
pub struct Restoration {
    pub picture: Frame,
    pub video: VideoInfo,
    /// Frames used, after `FrameRange`.
    pub frames_used: usize,
    /// `None` for `Mean` and `Median`.
    pub places: Option<Places>,
    /// `None` for methods that do not register frames.
    pub registration: Option<Registration>,
    pub comparisons: Option<Comparisons>,
    /// Horizontal bands the work was split into to stay under the memory limit.
    pub bands: usize,
    /// Estimated peak bytes.
    pub memory_estimate: u64,
    /// Wall time per stage, in the order they ran.
    pub timings: Vec<(Stage, Duration)>,
    pub warnings: Vec<String>,
}

/// Why a video could not be restored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RestoreError {
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
    #[error("the threads to compute on could not be started: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    #[error("the temporary copy of the luma cannot be read back: {0}")]
    Spill(std::io::Error),
    #[error("canceled")]
    Canceled,
}

impl From<RegisterError> for RestoreError {
    fn from(error: RegisterError) -> RestoreError {
        match error {
            RegisterError::Canceled => RestoreError::Canceled,
            RegisterError::Gpu(error) => RestoreError::Gpu(error),
            error => RestoreError::Register(error),
        }
    }
}

/// Rounded up to a tenth.
fn mebibytes(bytes: u64) -> f64 {
    (bytes as f64 / f64::from(1 << 20) * 10.0).ceil() / 10.0
}

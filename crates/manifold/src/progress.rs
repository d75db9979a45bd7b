//! How long-running work reports its progress to the caller, and how the caller stops it.
//!
//! ```
//! use std::ops::ControlFlow;
//! use manifold::progress::{Progress, Stage};
//!
//! /// Stops after ten places.
//! struct Ten;
//!
//! impl Progress for Ten {
//!     fn advance(&self, stage: Stage, done: usize, _: Option<usize>) -> ControlFlow<()> {
//!         if stage == Stage::Places && done >= 10 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
//!     }
//! }
//! assert!(Ten.advance(Stage::Decode, 99, None).is_continue());
//! ```

use std::ops::ControlFlow;

/// A stage of the pipeline, in the order they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Frames are decoded and their luma kept.
    Decode,
    /// Places of the grid: distances, graph, flow and centers.
    Places,
    /// One of the centers is chosen at each place so that neighbors agree.
    Agree,
    /// Chosen frames are decoded again and stitched in color.
    Stitch,
    /// The camera's motion is found.
    Stabilize,
    /// Frames are registered; the total counts all rounds that may come.
    Register,
    /// Registered frames are fused into one still.
    Fuse,
    /// Robust PCA removes what is sparse from registered frames; its steps are counted.
    LowRank,
    /// Frames are decoded again and their colors averaged.
    Color,
    /// Frames are decoded again and warped into the restored geometry.
    Warp,
    /// A baseline picture (mean, median) is computed.
    Baseline,
    /// A synthetic clip is rendered and encoded.
    Render,
    /// Points, images or frames are read.
    Load,
    /// Nearest neighbors are searched; points are counted.
    Neighbors,
    /// Distances along a graph, from each point or landmark.
    Geodesics,
    /// Convex-flow distances between all pairs; sources are counted.
    Flow,
    /// Eigenvectors or singular vectors are computed.
    Eigenvectors,
    /// An objective is minimized step by step.
    Optimize,
    /// Quality is measured.
    Quality,
}

/// What a restoration needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// Frames used, as far as the container tells.
    pub frames: usize,
    /// Places of the grid.
    pub places: usize,
    /// Horizontal bands; the clip is decoded once for each, and once more to stitch.
    pub bands: usize,
    /// Peak bytes of memory.
    pub memory: u64,
}

/// Receives progress. Called from one thread at a time, a few hundred times per stage at most.
pub trait Progress: Sync {
    /// `done` of `total` units of `stage` are finished (frames or places; `total` is `None`
    /// when it cannot be known). Return `Break` to stop: the call in progress then ends with
    /// its `Canceled` error and nothing is written.
    fn advance(&self, stage: Stage, done: usize, total: Option<usize>) -> ControlFlow<()>;

    /// What the work needs, reported before it starts, and again if the container
    /// announced fewer frames than there are.
    fn planned(&self, _estimate: &Estimate) {}

    /// The objective that `stage` minimizes (stress, divergence, error) is now `value`. Reported
    /// every few steps, between calls of [`advance`](Progress::advance).
    fn objective(&self, _stage: Stage, _value: f64) {}
}

/// Reports nothing and never stops.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn advance(&self, _: Stage, _: usize, _: Option<usize>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

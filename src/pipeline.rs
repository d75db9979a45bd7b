//! Restores one video: the one file that names every stage.

use std::num::NonZeroUsize;
use std::time::Duration;

use crate::flow::EdgeCost;
use crate::graph::{Disconnected, Neighbours};
use crate::patch::Grid;
use crate::progress::{Progress, Stage};
pub use crate::video::FrameRange;
use crate::video::{Frame, Input, VideoInfo};

/// How the picture is made.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Centre patches by convex flow.
    Centres(CentreSettings),
    /// One of the plain pictures that centres are compared with.
    Baseline(Baseline),
}

/// The plain pictures (figures 2 and 6 of Efros et al. 2004).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Baseline {
    /// Temporal mean of each pixel.
    Mean,
    /// Temporal median of each pixel.
    Median,
    /// At each place the patch nearest to the temporal mean, stitched.
    NearestMean,
    /// At each place the patch nearest to the temporal median, stitched.
    NearestMedian,
}

/// How the n centres of a place become one patch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Choice {
    /// The centre that agrees best with the neighbouring places (a grid labelling).
    #[default]
    Agree,
    /// The mean of the n centres.
    Blend,
}

#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct CentreSettings {
    /// Centres per place, 1 ..= frames.
    pub centres: NonZeroUsize,
    pub choice: Choice,
    pub neighbours: Neighbours,
    pub disconnected: Disconnected,
    pub cost: EdgeCost,
    /// Take each patch's own mean brightness out before distances are measured.
    pub level: bool,
}

#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Settings {
    /// Side of a patch in pixels.
    pub patch: usize,
    /// Distance between places in pixels, 1 ..= patch.
    pub step: usize,
    pub frames: FrameRange,
    pub method: Method,
    /// Threads to compute on; `None` for all cores.
    pub threads: Option<NonZeroUsize>,
    /// Bytes of memory to stay under.
    pub memory: u64,
    /// Also keep mean, median and a raw frame for a report.
    pub comparisons: bool,
}

/// Per-place results, each `grid.len()` long, row by row.
#[derive(Clone, Debug)]
pub struct Places {
    pub grid: Grid,
    /// Frame whose patch was used, counted from 0 in the input (before `FrameRange`).
    pub frame: Vec<u32>,
    /// Total flow cost V of the global centre (`None` for baselines), in grey levels x frames.
    pub cost: Option<Vec<f64>>,
    /// Exact flow solves that the centre search needed.
    pub solves: Vec<u32>,
    /// Connected components of the neighbourhood graph before joining.
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

/// The restored picture and how it came about.
#[derive(Clone, Debug)]
pub struct Restoration {
    pub picture: Frame,
    pub video: VideoInfo,
    /// Frames used, after `FrameRange`.
    pub frames_used: usize,
    /// `None` for `Mean` and `Median`.
    pub places: Option<Places>,
    pub comparisons: Option<Comparisons>,
    /// Horizontal bands the work was split into to stay under the memory limit.
    pub bands: usize,
    /// Estimated peak bytes.
    pub memory_estimate: u64,
    /// Wall time per stage, in the order they ran.
    pub timings: Vec<(Stage, Duration)>,
    pub warnings: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    #[error(transparent)]
    Video(#[from] crate::video::VideoError),
    #[error(transparent)]
    Grid(#[from] crate::patch::GridError),
    #[error("cancelled")]
    Cancelled,
}

/// Restores one still from a video.
pub fn restore(
    _input: &Input,
    _settings: &Settings,
    _progress: &dyn Progress,
) -> Result<Restoration, RestoreError> {
    Err(RestoreError::Cancelled)
}

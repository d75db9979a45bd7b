//! The settings of a restoration.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use crate::registration::camera::Motion;
use crate::video::FrameRange;
use manifold::device::Device;
use manifold::flow::EdgeCost;
use manifold::graph::{Disconnected, Neighbors};

/// How the still is made.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// All frames registered with the center of the clip and fused: the sharpest still.
    Register(RegisterSettings),
    /// Center patches by convex flow.
    Centers(CenterSettings),
    /// Iterative registration to the temporal mean, then robust PCA (Oreifej et al. 2011).
    MeanRegister(RegisterSettings),
    /// At each place the sharpest tenth of the frames' patches, blended (Fried 1978).
    Lucky,
    /// One of the plain pictures that centers are compared with.
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

/// Which n centers a place has and how they become one patch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Choice {
    /// The mean of the n most central patches (least V).
    #[default]
    Blend,
    /// Of the n most central patches, the one that agrees best with the neighboring places.
    Agree,
    /// Of n medoids (the global center among them), the one that agrees best.
    Medoids,
}

/// What is done besides registration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct RegisterSettings {
    /// Camera motion that is removed first.
    pub stabilize: Motion,
    /// Sharpen the still at the end: more contrast in fine detail, and more noise.
    pub sharpen: bool,
}

/// How centers are found.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct CenterSettings {
    /// Centers per place, 1 ..= frames.
    pub centers: NonZeroUsize,
    pub choice: Choice,
    pub neighbors: Neighbors,
    pub disconnected: Disconnected,
    pub cost: EdgeCost,
    /// Remove each patch's own mean brightness before distances are measured.
    pub level: bool,
}

impl Default for CenterSettings {
    /// Three centers blended, eight neighbors, the default convex cost.
    fn default() -> Self {
        CenterSettings {
            centers: NonZeroUsize::MIN.saturating_add(2),
            choice: Choice::default(),
            neighbors: Neighbors::Nearest(NonZeroUsize::MIN.saturating_add(7)),
            disconnected: Disconnected::default(),
            cost: EdgeCost::default(),
            level: false,
        }
    }
}

/// All settings of a restoration.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Settings {
    /// Side of a patch in pixels.
    pub patch: usize,
    /// Distance between places in pixels, 1 ..= patch.
    pub step: usize,
    pub frames: FrameRange,
    pub method: Method,
    /// Threads to compute on; `None` for all cores. The still does not depend on it.
    pub threads: Option<NonZeroUsize>,
    /// Bytes of memory to stay under.
    pub memory: u64,
    /// Folder for a temporary file with the luma of all frames if they do not fit `memory`; `None`
    /// to decode again for every band.
    #[serde(skip)]
    pub spill: Option<PathBuf>,
    /// Also keep mean, median and a raw frame for a report.
    pub comparisons: bool,
    /// What to compute on. Centers do not depend on it; registration does within its tolerance.
    #[serde(skip)]
    pub device: Device,
}

impl Default for Settings {
    /// All frames, registered, under 4 GiB; patches of 16 pixels 8 apart for the methods that pick them.
    fn default() -> Self {
        Settings {
            patch: 16,
            step: 8,
            frames: FrameRange::default(),
            method: Method::Register(RegisterSettings::default()),
            threads: None,
            memory: 4 << 30,
            spill: None,
            comparisons: false,
            device: Device::cpu(),
        }
    }
}

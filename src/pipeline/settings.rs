//! What a restoration is asked to do.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use crate::flow::EdgeCost;
use crate::graph::{Disconnected, Neighbours};
use crate::video::FrameRange;

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

/// Which n centres a place has and how they become one patch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Choice {
    /// The mean of the n most central patches (least V).
    #[default]
    Blend,
    /// That one of the n most central patches that agrees best with the neighbouring places.
    Agree,
    /// That one of n medoids (the global centre among them) that agrees best.
    Medoids,
}

/// How centres are found.
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

impl Default for CentreSettings {
    /// Three centres blended, eight neighbours, the default convex cost.
    fn default() -> Self {
        CentreSettings {
            centres: NonZeroUsize::MIN.saturating_add(2),
            choice: Choice::default(),
            neighbours: Neighbours::Nearest(NonZeroUsize::MIN.saturating_add(7)),
            disconnected: Disconnected::default(),
            cost: EdgeCost::default(),
            level: false,
        }
    }
}

/// Everything a restoration is asked to do.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Settings {
    /// Side of a patch in pixels.
    pub patch: usize,
    /// Distance between places in pixels, 1 ..= patch.
    pub step: usize,
    pub frames: FrameRange,
    pub method: Method,
    /// Threads to compute on; `None` for all cores. The picture does not depend on it.
    pub threads: Option<NonZeroUsize>,
    /// Bytes of memory to stay under.
    pub memory: u64,
    /// Folder for a temporary file with the luma of all frames, if they do not fit `memory`; `None`
    /// to decode again for every band.
    #[serde(skip)]
    pub spill: Option<PathBuf>,
    /// Also keep mean, median and a raw frame for a report.
    pub comparisons: bool,
}

impl Default for Settings {
    /// Patches of 16 pixels 8 apart, all frames, three blended centres, 4 GiB.
    fn default() -> Self {
        Settings {
            patch: 16,
            step: 8,
            frames: FrameRange::default(),
            method: Method::Centres(CentreSettings::default()),
            threads: None,
            memory: 4 << 30,
            spill: None,
            comparisons: false,
        }
    }
}

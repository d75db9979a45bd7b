//! The settings of a restoration. Settings of a single method live with that method.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use crate::places::{CenterSettings, PatchSettings};
use crate::registration::RegisterSettings;
use crate::video::FrameRange;
use manifold::device::Device;

/// How the still is made.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// All frames registered and fused: the sharpest still. The first reference is the central frame or the temporal
    /// mean, whichever makes the stills of the clip's halves agree better.
    Register(RegisterSettings),
    /// Center patches by convex flow.
    Centers(CenterSettings),
    /// Iterative registration to the temporal mean, then robust PCA (Oreifej et al. 2011).
    MeanRegister(RegisterSettings),
    /// At each place the sharpest tenth of the frames' patches, blended (Fried 1978).
    Lucky(PatchSettings),
    /// One of the plain stills, to compare with.
    Baseline(Baseline),
}

/// The plain stills (figures 2 and 6 of Efros et al. 2004).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Baseline {
    /// Temporal mean of each pixel.
    Mean,
    /// Temporal median of each pixel.
    Median,
    /// At each place the patch nearest to the temporal mean, stitched.
    NearestMean(PatchSettings),
    /// At each place the patch nearest to the temporal median, stitched.
    NearestMedian(PatchSettings),
}

impl Method {
    /// The patches it picks, if it does.
    #[must_use]
    pub fn patches(&self) -> Option<&PatchSettings> {
        match self {
            Method::Centers(centers) => Some(&centers.patches),
            Method::Lucky(patches)
            | Method::Baseline(Baseline::NearestMean(patches) | Baseline::NearestMedian(patches)) => {
                Some(patches)
            }
            Method::Register(_)
            | Method::MeanRegister(_)
            | Method::Baseline(Baseline::Mean | Baseline::Median) => None,
        }
    }

    /// The same, to be changed.
    #[must_use]
    pub fn patches_mut(&mut self) -> Option<&mut PatchSettings> {
        match self {
            Method::Centers(centers) => Some(&mut centers.patches),
            Method::Lucky(patches)
            | Method::Baseline(Baseline::NearestMean(patches) | Baseline::NearestMedian(patches)) => {
                Some(patches)
            }
            Method::Register(_)
            | Method::MeanRegister(_)
            | Method::Baseline(Baseline::Mean | Baseline::Median) => None,
        }
    }
}

/// All settings of a restoration.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Settings {
    /// The frames that are used.
    pub frames: FrameRange,
    /// How the still is made.
    pub method: Method,
    /// Threads to compute on; `None` for those of the caller's rayon pool. The still does not depend on
    /// them.
    pub threads: Option<NonZeroUsize>,
    /// Bytes of memory to stay under.
    pub memory: u64,
    /// Bytes of these that are left for what the caller holds, or will make of the restoration.
    #[serde(skip)]
    pub reserve: u64,
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
    /// All frames, registered, under 4 GiB.
    fn default() -> Self {
        Settings {
            frames: FrameRange::default(),
            method: Method::Register(RegisterSettings::default()),
            threads: None,
            memory: 4 << 30,
            reserve: 0,
            spill: None,
            comparisons: false,
            device: Device::cpu(),
        }
    }
}

impl Settings {
    /// How many threads will compute.
    pub(crate) fn thread_count(&self) -> usize {
        self.threads.map_or_else(rayon::current_num_threads, NonZeroUsize::get)
    }

    /// Sets the frames that are used.
    #[must_use]
    pub fn frames(self, frames: FrameRange) -> Self {
        Settings { frames, ..self }
    }

    /// Sets how the still is made.
    #[must_use]
    pub fn method(self, method: Method) -> Self {
        Settings { method, ..self }
    }

    /// Computes on this many threads of its own.
    #[must_use]
    pub fn threads(self, threads: NonZeroUsize) -> Self {
        Settings { threads: Some(threads), ..self }
    }

    /// Sets the bytes of memory to stay under.
    #[must_use]
    pub fn memory(self, memory: u64) -> Self {
        Settings { memory, ..self }
    }

    /// Sets the bytes of these that are left for others.
    #[must_use]
    pub fn reserve(self, reserve: u64) -> Self {
        Settings { reserve, ..self }
    }

    /// Sets the folder for a temporary file with the luma of all frames, if they do not fit the memory.
    #[must_use]
    pub fn spill(self, folder: impl Into<PathBuf>) -> Self {
        Settings { spill: Some(folder.into()), ..self }
    }

    /// Sets whether mean, median and a raw frame are kept for a report.
    #[must_use]
    pub fn comparisons(self, comparisons: bool) -> Self {
        Settings { comparisons, ..self }
    }

    /// Sets what to compute on.
    #[must_use]
    pub fn device(self, device: Device) -> Self {
        Settings { device, ..self }
    }
}

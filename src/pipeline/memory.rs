//! The memory a restoration needs, known before it starts.

use super::{Method, RestoreError, Settings};
use crate::places::Grid;
use crate::places::bands::Bands;
use crate::registration::{RegisterError, SMALLEST_SIDE, footprint};
use crate::video::{Depth, VideoInfo};
use manifold::progress::Progress;

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

/// What a restoration of this many frames of such a video would need.
///
/// # Errors
/// [`RestoreError`] as [`restore`](super::restore) would return it for these settings, also if the memory
/// does not suffice.
pub fn estimate(info: &VideoInfo, settings: &Settings, frames: usize) -> Result<Estimate, RestoreError> {
    let threads = settings.threads.map_or_else(rayon::current_num_threads, |threads| threads.get());
    match settings.method {
        Method::Register(_) | Method::MeanRegister(_) => {
            let whole = Whole::plan(info, settings, frames, threads)?;
            Ok(Estimate { frames, places: 0, bands: 1, memory: whole.bytes })
        }
        Method::Centers(_) | Method::Lucky | Method::Baseline(_) => {
            let grid = Grid::new(info.width, info.height, settings.patch, settings.step)?;
            let bands = Bands::plan(info, &grid, settings, frames, threads)?;
            Ok(Estimate { frames, places: grid.len(), bands: bands.rows.len(), memory: bands.bytes })
        }
    }
}

impl Estimate {
    /// Reports to `progress` what is planned.
    pub(super) fn tell(&self, progress: &dyn Progress) {
        let parts = [(self.frames, "frames"), (self.places, "places"), (self.bands, "bands")];
        progress.planned(self.memory, &parts);
    }
}

/// Registration keeps whole frames: in memory, or in a temporary file.
pub(super) struct Whole {
    /// The luma of all frames fits into memory.
    pub fits: bool,
    /// Estimated peak bytes.
    pub bytes: u64,
    /// The same if all luma had to be in memory.
    pub with_luma: u64,
}

impl Whole {
    pub fn plan(
        info: &VideoInfo,
        settings: &Settings,
        frames: usize,
        threads: usize,
    ) -> Result<Whole, RestoreError> {
        let (width, height) = (info.width, info.height);
        if width.min(height) < SMALLEST_SIDE {
            return Err(RegisterError::TooSmall { width, height }.into());
        }
        let sample = if info.depth == Depth::Eight { 1 } else { 2 };
        let rest = footprint(width, height, frames, threads) + Bands::base(info);
        let with_luma = rest + (width * height * frames * sample) as u64;
        let fits = with_luma <= settings.memory;
        let spills = settings.spill.is_some();
        let bytes = if fits { with_luma } else { rest };
        if bytes > settings.memory || (!fits && !spills) {
            let needed = if spills { rest } else { with_luma };
            return Err(RestoreError::Memory { needed, limit: settings.memory });
        }
        Ok(Whole { fits, bytes, with_luma })
    }
}

//! The luma of the whole clip: in memory if it fits, else in a temporary file.

use super::error::{RegisterError, SMALLEST_SIDE};
use super::footprint;
use crate::clip::{Clip, Stack, decoder_bytes, sample_bytes};
use crate::error::Error;
use crate::estimate::Estimate;
use crate::settings::Settings;
use crate::video::VideoInfo;
use manifold::progress::Progress;

/// The memory that registration needs, known before it starts.
pub(super) struct Budget {
    /// The luma of all frames fits into memory.
    pub fits: bool,
    /// Estimated peak bytes.
    pub bytes: u64,
    /// The same if all luma had to be in memory.
    with_luma: u64,
}

impl Budget {
    pub(super) fn plan(info: &VideoInfo, settings: &Settings, frames: usize) -> Result<Budget, Error> {
        let (width, height) = (info.width, info.height);
        if width.min(height) < SMALLEST_SIDE {
            return Err(RegisterError::TooSmall { width, height }.into());
        }
        let rest = footprint(width, height, frames, settings.thread_count()) + decoder_bytes(info, settings);
        let with_luma = rest + (width * height * frames * sample_bytes(info.depth)) as u64;
        let fits = with_luma <= settings.memory;
        let spills = settings.spill.is_some();
        let bytes = if fits { with_luma } else { rest };
        if bytes > settings.memory || (!fits && !spills) {
            let needed = if spills { rest } else { with_luma };
            return Err(Error::Memory { needed, limit: settings.memory });
        }
        Ok(Budget { fits, bytes, with_luma })
    }
}

/// Decodes the whole clip; its luma, unless that is in the temporary file, and the bytes that are planned for.
pub(super) fn decode(
    clip: &mut Clip,
    settings: &Settings,
    progress: &dyn Progress,
) -> Result<(Option<Stack>, u64), Error> {
    let frames = clip.expected_frames(progress)?;
    let Budget { fits, bytes, with_luma } = Budget::plan(&clip.info, settings, frames)?;
    Estimate { frames, places: 0, bands: 1, memory: bytes }.tell(progress);
    let folder = settings.spill.as_deref().filter(|_| !fits);
    let rows = if fits { 0..clip.info.height } else { 0..1 };
    let stack = clip.read_first(rows, frames, folder, progress)?;
    if !fits && !clip.is_spilled() {
        return Err(Error::Memory { needed: with_luma, limit: settings.memory });
    }
    Ok((fits.then_some(stack), bytes))
}

//! The memory that an inspection takes.

use super::{InspectError, InspectSettings};
use crate::clip::{decoder_bytes, sample_bytes};
use crate::settings::Settings;
use crate::video::VideoInfo;

/// Bytes for each pair of patches (distances, geodesics, flow distances), and copies of each patch that is used, those on a page among them: found by
/// trial at 60 to 1000 patches of 16 to 128 pixels.
const PAIR: u64 = 18;
const COPIES: u64 = 10;

/// What is allowed, and what is needed whatever the number of frames.
pub(super) struct Budget {
    limit: u64,
    fixed: u64,
    /// Bytes of a patch.
    patch: u64,
    /// Most patches that are used.
    most: usize,
}

impl Budget {
    pub(super) fn new(info: &VideoInfo, settings: &InspectSettings) -> Budget {
        let fixed = decoder_bytes(info, &Settings::default().reserve(settings.reserve));
        let patch = (settings.patch * settings.patch * sample_bytes(info.depth)) as u64;
        Budget { limit: settings.memory, fixed, patch, most: settings.limit.get() }
    }

    /// Bytes for so many frames.
    fn needed(&self, frames: usize) -> u64 {
        let used = frames.min(self.most) as u64;
        self.fixed + frames as u64 * self.patch + used * (COPIES * self.patch + used * PAIR)
    }

    /// # Errors
    /// [`InspectError::Memory`] if so many frames do not fit.
    pub(super) fn check(&self, frames: usize) -> Result<(), InspectError> {
        let needed = self.needed(frames);
        match needed <= self.limit {
            true => Ok(()),
            false => Err(InspectError::Memory { frames, needed, limit: self.limit }),
        }
    }
}

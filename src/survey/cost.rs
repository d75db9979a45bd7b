//! What a restoration will need.
//!
//! Memory is what a restoration plans with. Time is measured: the survey's small frames are restored with
//! the same method and threads, and the time is scaled to the clip. Registration and the pixel-wise
//! baselines take time for each pixel of each frame. The methods of patches compare all frames with each
//! other at each place: their time grows with the places and the square of the frames. Decoding is timed
//! by itself. Rounds, neighbors and cache differ from clip to clip, so this is right only within a factor
//! of two or so.

use std::io::Cursor;
use std::path::Path;
use std::time::Instant;

use super::Survey;
use crate::error::Error;
use crate::places::{Grid, PatchSettings};
use crate::registration::Frames as _;
use crate::restore::{estimate, restore};
use crate::settings::{Method, Settings};
use crate::video::{Channels, FrameRange, Input};
use manifold::progress::Progress;

/// A restoration's estimated demands.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Cost {
    /// Estimated seconds; `None` if nothing could be timed.
    pub seconds: Option<f64>,
    /// Seconds that the timed restoration of the small frames took.
    pub timed: Option<f64>,
    /// Peak bytes, an upper estimate.
    pub memory: u64,
    /// Frames that are used.
    pub frames: usize,
    /// Horizontal bands that the work is split into to stay under the memory limit.
    pub bands: usize,
}

impl Survey {
    /// What restoring the clip with `settings` will need. `folder` is for the temporary file that holds
    /// the small frames.
    ///
    /// # Errors
    /// If the settings (or the memory) do not suit the clip, or `progress` asked to stop.
    pub fn cost(&self, settings: &Settings, folder: &Path, progress: &dyn Progress) -> Result<Cost, Error> {
        let frames = self.used(settings);
        let planned = estimate(&self.video, settings, frames)?;
        let timed = match self.waves.is_some() {
            true => self.timed(settings, folder, progress)?,
            false => None,
        };
        let scaled = timed.map(|timed| timed * self.scale(settings, frames, planned.places));
        Ok(Cost {
            seconds: scaled.map(|seconds| seconds + self.decoding(settings)),
            timed,
            memory: planned.memory,
            frames,
            bands: planned.bands,
        })
    }

    /// Seconds that restoring the small frames takes.
    fn timed(
        &self,
        settings: &Settings,
        folder: &Path,
        progress: &dyn Progress,
    ) -> Result<Option<f64>, Error> {
        let clip = self.sample.y4m(self.video.channels);
        let small = Input::spool_y4m(Cursor::new(clip), folder)?;
        let settings = Settings { frames: FrameRange::default(), comparisons: false, ..settings.clone() };
        let start = Instant::now();
        match restore(&small, &settings, progress) {
            Ok(_) => Ok(Some(start.elapsed().as_secs_f64())),
            Err(Error::Canceled) => Err(Error::Canceled),
            // A patch as large as the clip, say, does not fit the small frames: then nothing is timed.
            Err(_) => Ok(None),
        }
    }

    /// How many times longer the whole clip takes.
    fn scale(&self, settings: &Settings, frames: usize, places: usize) -> f64 {
        let (small, (width, height)) = (self.sample.numbers.len() as f64, self.sample.size());
        let longer = frames as f64 / small;
        let grid = |patches: &PatchSettings| Grid::new(width, height, patches.patch, patches.step);
        match settings.method.patches().map(grid) {
            Some(Ok(grid)) => {
                let squared = matches!(settings.method, Method::Centers(_));
                places as f64 / grid.len() as f64 * if squared { longer * longer } else { longer }
            }
            _ => longer * (self.video.width * self.video.height) as f64 / (width * height) as f64,
        }
    }

    /// Seconds of decoding: once for the luma, once more for the colors, or for the patches.
    fn decoding(&self, settings: &Settings) -> f64 {
        let once = matches!(settings.method, Method::Register(_) | Method::MeanRegister(_))
            && self.video.channels == Channels::Luma;
        let end = settings.frames.end.unwrap_or(usize::MAX).min(self.frames.length());
        self.seconds_per_frame * end as f64 * if once { 1.0 } else { 2.0 }
    }
}

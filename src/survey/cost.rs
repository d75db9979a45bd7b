//! What a restoration will need.
//!
//! Memory is what a restoration plans with. Time is measured: the survey's small frames are restored with
//! the same method and threads, and the time of each stage is scaled to the clip. Registration and the pixel-wise
//! baselines take time for each pixel of each frame, but for the choice of the start, which is made on a small copy.
//! The methods of patches compare all frames with each other at each place: their time grows with the places and the
//! square of the frames. Decoding is timed by itself. Rounds, neighbors and cache differ from clip to clip.

use std::io::Cursor;
use std::path::Path;
use std::time::Duration;

use super::Survey;
use crate::clip::FEWEST_FRAMES;
use crate::error::Error;
use crate::places::{Grid, PatchSettings};
use crate::registration::{Frames as _, tried_on};
use crate::restore::{estimate, restore};
use crate::settings::{Method, Settings};
use crate::stage;
use crate::video::{Channels, FrameRange, Input};
use manifold::progress::{Progress, Stage};

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
    /// If the clip has too few frames, the settings (or the memory) do not suit it, or `progress` asked to stop.
    pub fn cost(&self, settings: &Settings, folder: &Path, progress: &dyn Progress) -> Result<Cost, Error> {
        let frames = self.used(settings);
        if frames < FEWEST_FRAMES {
            return Err(Error::TooFewFrames { path: self.name.clone(), frames });
        }
        let planned = estimate(&self.video, settings, frames)?;
        let stages = match self.waves.is_some() {
            true => self.timed(settings, folder, progress)?,
            false => None,
        };
        let scaled = |stages: &Vec<(Stage, Duration)>| -> f64 {
            let each = |(stage, time): &(Stage, Duration)| {
                time.as_secs_f64() * self.scale(*stage, settings, frames, planned.places)
            };
            stages.iter().map(each).sum()
        };
        let timed = |stages: &Vec<(Stage, Duration)>| stages.iter().map(|(_, time)| time.as_secs_f64()).sum();
        Ok(Cost {
            seconds: stages.as_ref().map(|stages| scaled(stages) + self.decoding(settings)),
            timed: stages.as_ref().map(timed),
            memory: planned.memory,
            frames,
            bands: planned.bands,
        })
    }

    /// What each stage of restoring the small frames takes, but for decoding them.
    fn timed(
        &self,
        settings: &Settings,
        folder: &Path,
        progress: &dyn Progress,
    ) -> Result<Option<Vec<(Stage, Duration)>>, Error> {
        let clip = self.sample.y4m(self.video.channels);
        let small = Input::spool_y4m(Cursor::new(clip), folder)?;
        let settings = Settings { frames: FrameRange::default(), comparisons: false, ..settings.clone() };
        match restore(&small, &settings, progress) {
            Ok(restored) => {
                let stages = restored.timings.into_iter();
                Ok(Some(stages.filter(|(stage, _)| *stage != stage::DECODE).collect()))
            }
            Err(Error::Canceled) => Err(Error::Canceled),
            // A patch as large as the clip, say, does not fit the small frames: then nothing is timed.
            Err(_) => Ok(None),
        }
    }

    /// How many times longer a stage takes for the whole clip.
    fn scale(&self, stage: Stage, settings: &Settings, frames: usize, places: usize) -> f64 {
        let (small, (width, height)) = (self.sample.numbers.len() as f64, self.sample.size());
        let whole = (self.video.width, self.video.height);
        let longer = frames as f64 / small;
        let grid = |patches: &PatchSettings| Grid::new(width, height, patches.patch, patches.step);
        match settings.method.patches().map(grid) {
            Some(Ok(grid)) => {
                let squared = matches!(settings.method, Method::Centers(_));
                places as f64 / grid.len() as f64 * if squared { longer * longer } else { longer }
            }
            _ if stage == stage::START => longer * (tried_on(whole) / tried_on((width, height))),
            _ => longer * (whole.0 * whole.1) as f64 / (width * height) as f64,
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

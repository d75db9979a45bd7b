//! What is in a clip and how its water moves, measured in a few seconds, and which settings suit it.
//!
//! [`survey`] decodes the clip once (a very long one in part), keeps some small frames of its middle, and
//! registers them with one another. How much is examined depends on the clip alone and not on the
//! clock, so the same clip has the same [`suggestion`](suggest) everywhere.
//!
//! ```
//! use seethru::Settings;
//! use seethru::progress::Silent;
//! use seethru::survey::{Given, suggest, survey};
//! use seethru::video::Input;
//!
//! # if cfg!(feature = "video") {
//! let clip = Input::locate("samples/wavy.mp4")?;
//! let settings = Settings::default();
//! let found = survey(&clip, &settings, &Silent)?;
//! assert_eq!(found.frames.seen, 80);
//! assert!(found.waves.as_ref().is_some_and(|waves| waves.rms > 1.0));
//! let suggested = suggest(&found, &settings, &Given::default());
//! assert_eq!(suggested.settings.frames.every.get(), 1);
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod camera_shake;
mod cost;
mod look;
mod small;
mod suggest;
#[cfg(test)]
mod tests;
mod trial;
mod wave_size;

pub use camera_shake::Camera;
pub use cost::Cost;
pub use look::{Count, Light};
pub use suggest::{Given, Reason, Setting, Suggestion, suggest};
pub use wave_size::Waves;

use std::path::PathBuf;

use crate::error::Error;
use crate::settings::Settings;
use crate::threads;
use crate::video::{Input, VideoInfo, Warning};
use look::Look;
use manifold::progress::Progress;
use small::Sample;

/// What was found about a clip.
#[derive(Debug)]
#[non_exhaustive]
pub struct Survey {
    /// Size, depth and frame rate.
    pub video: VideoInfo,
    /// What holds the frames, as [`Input::container`] calls it.
    pub container: String,
    /// Of the frames that the settings select.
    pub frames: Count,
    /// How bright the frames are.
    pub light: Light,
    /// `None` if there is too little to register: fewer than three frames, frames that are all alike,
    /// or a picture of a few pixels.
    pub camera: Option<Camera>,
    /// `None` as for `camera`. If the camera moves too much, measured with its motion removed.
    pub waves: Option<Waves>,
    /// Warnings of the decoder.
    pub warnings: Vec<Warning>,
    /// What the file is called.
    name: PathBuf,
    sample: Sample,
    seconds_per_frame: f64,
}

/// Examines the frames that `settings` select, on as many threads as they set.
///
/// # Errors
/// If it is not a video, has none of the frames, or `progress` asked to stop.
pub fn survey(input: &Input, settings: &Settings, progress: &dyn Progress) -> Result<Survey, Error> {
    threads::on(settings.threads, || surveyed(input, settings, progress))?
}

fn surveyed(input: &Input, settings: &Settings, progress: &dyn Progress) -> Result<Survey, Error> {
    let container = input.container()?;
    let Look { video, frames, light, mut sample, warnings, seconds_per_frame } =
        look::look(input, settings.frames, progress)?;
    let (mut camera, mut waves) = (None, None);
    if sample.is_telling() && frames.repeated + 1 < frames.seen {
        let (found, trial) = Camera::measure(sample, progress)?;
        camera = Some(found);
        waves = Some(Waves::of(&trial.found, &trial.sample));
        sample = trial.sample;
    }
    let name = input.name();
    Ok(Survey { video, container, frames, light, camera, waves, warnings, name, sample, seconds_per_frame })
}

impl Survey {
    /// Duration of the frames that were examined, if the clip has a frame rate.
    #[must_use]
    pub fn duration(&self) -> Option<f64> {
        let frames = self.frames.announced.filter(|_| !self.frames.complete).unwrap_or(self.frames.read);
        Some(frames as f64 / self.video.frame_rate?)
    }

    /// How many of the frames seen are left if only one in `every` is used.
    fn seen_of(&self, every: std::num::NonZeroUsize) -> usize {
        self.frames.seen.div_ceil(every.get())
    }

    /// Frames that `settings` would use: counted if they were all seen, else as announced.
    #[must_use]
    pub fn used(&self, settings: &Settings) -> usize {
        settings.frames.count(self.frames.length())
    }
}

//! What is in a clip and how its water moves, measured in a few seconds, and which settings suit it.
//!
//! [`survey`] decodes the clip once (a very long one in part), keeps some small frames of its middle, and
//! registers those with one another. How much is looked at depends on the clip alone and not on the
//! clock, so that the same clip has the same [`suggestion`](suggest) everywhere.
//!
//! ```
//! use seethru::pipeline::Settings;
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

mod camera;
mod cost;
mod look;
mod small;
mod suggest;
#[cfg(test)]
mod tests;
mod waves;

pub use camera::Camera;
pub use cost::Cost;
pub use look::{Count, Light};
pub use suggest::{Given, Reason, Setting, Suggestion, suggest};
pub use waves::Waves;

use crate::pipeline::{RestoreError, Settings};
use crate::registration::camera::Motion;
use crate::video::{Input, VideoInfo};
use look::Look;
use manifold::progress::Progress;
use small::Sample;

/// What was found out about a clip.
#[derive(Debug)]
pub struct Survey {
    pub video: VideoInfo,
    /// What holds the frames, as [`Input::container`] calls it.
    pub container: String,
    /// Of the frames that the settings select.
    pub frames: Count,
    pub light: Light,
    /// `None` where there is too little to register: fewer than three frames, frames that are all alike,
    /// or a picture of a few pixels.
    pub camera: Option<Camera>,
    /// `None` as for `camera`. Where the camera moves too much, measured with its motion taken out.
    pub waves: Option<Waves>,
    /// What decoding complained of.
    pub warnings: Vec<String>,
    sample: Sample,
    seconds_per_frame: f64,
}

/// Looks at the frames that `settings` select, on as many threads as they say.
///
/// # Errors
/// If it is no video, has not one of the frames, or `progress` asked to stop.
pub fn survey(input: &Input, settings: &Settings, progress: &dyn Progress) -> Result<Survey, RestoreError> {
    let threads = settings.threads.map_or(0, |threads| threads.get());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    pool.install(|| surveyed(input, settings, progress))
}

fn surveyed(input: &Input, settings: &Settings, progress: &dyn Progress) -> Result<Survey, RestoreError> {
    let container = input.container()?;
    let Look { video, frames, light, mut sample, warnings, seconds_per_frame } =
        look::look(input, settings.frames, progress)?;
    let (mut camera, mut waves) = (None, None);
    if sample.is_telling() && frames.repeated + 1 < frames.seen {
        let (found, poses) = Camera::measure(&sample, Motion::Translation, progress)?;
        if found.moves() {
            sample.steady(&poses);
        }
        camera = Some(found);
        waves = Some(Waves::measure(&sample, progress)?);
    }
    Ok(Survey { video, container, frames, light, camera, waves, warnings, sample, seconds_per_frame })
}

impl Survey {
    /// Seconds of the frames that were looked at, if the clip has a frame rate.
    pub fn duration(&self) -> Option<f64> {
        let frames = self.frames.announced.filter(|_| !self.frames.complete).unwrap_or(self.frames.read);
        Some(frames as f64 / self.video.frame_rate?)
    }

    /// How many of the frames seen are left of every so many.
    fn seen_of(&self, every: std::num::NonZeroUsize) -> usize {
        self.frames.seen.div_ceil(every.get())
    }

    /// Frames that `settings` would use: counted where they were all seen, else as announced.
    pub fn used(&self, settings: &Settings) -> usize {
        settings.frames.count(self.frames.length())
    }
}

//! Clips of a still under moving water, with the truth known.
//!
//! A flat scene lies on the floor; a far camera looks straight down on it through the surface.
//! At each pixel the ray is refracted by the slope of the surface there ([`refract`]) and meets
//! the floor displaced; the still is sampled at that place. The surface is a sum of traveling
//! waves, and of what comes back from walls ([`Waves`]), so over time every pixel's displacement averages to about
//! zero, which restoration relies on; over shallow water, only to first order.
//!
//! ```
//! use std::num::NonZeroUsize;
//! use seethru::progress::Silent;
//! use seethru::synth::{self, SynthSettings, WaveSettings};
//! use seethru::video::{Channels, Frame, Samples};
//!
//! # fn main() -> Result<(), synth::SynthError> {
//! let samples = (0..32 * 24).map(|i| if (i / 4) % 2 == 0 { 40 } else { 200 }).collect();
//! let still = Frame { width: 32, height: 24, channels: Channels::Luma, samples: Samples::U8(samples) };
//! let waves = WaveSettings { strength: 2.0, wavelength: 20.0, ..WaveSettings::CALM };
//! let settings = SynthSettings { waves, frames: NonZeroUsize::MIN, fps: 25.0 };
//! let mut clip = Vec::new();
//! synth::render(&still, &settings, &mut |frame| { clip.push(frame); Ok(()) }, &Silent)?;
//! assert_eq!(clip.len(), 1);
//! # Ok(())
//! # }
//! ```

pub mod refract;
mod sampler;
mod sensor;
mod settings;
mod still;
mod surface;
mod waves;

#[cfg(test)]
mod tests;

use rayon::prelude::*;

use crate::stage;
use crate::video::{EncodeError, Frame, Samples, VideoError};
use manifold::progress::Progress;

pub use settings::{SynthSettings, WaveSettings};
pub use still::load_still;
pub use waves::{Displacement, Waves};

/// Why no clip is made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SynthError {
    /// A setting is out of range.
    #[error("{name} = {value} is out of range; use {least} to {most}")]
    Setting {
        /// Name of the setting.
        name: &'static str,
        /// The value given.
        value: f64,
        /// Least value.
        least: f64,
        /// Greatest value.
        most: f64,
    },
    /// A wave setting cannot be understood.
    #[error(
        "'{part}' is not a wave setting; give calm, moderate, rough or standing, then name=value pairs of strength, wavelength, speed, ripples, rings, spread, direction, reflection, depth, pixel-mm, caustics, blur, noise, seed"
    )]
    Waves {
        /// The part that cannot be understood.
        part: String,
    },
    /// The picture is too large or empty.
    #[error("a picture of {width}x{height} pixels cannot be rendered; each side must be from 1 to 16384")]
    Size {
        /// Width in pixels.
        width: usize,
        /// Height in pixels.
        height: usize,
    },
    /// The waves would break.
    #[error(
        "water {depth} pixels deep would need breaking waves for a strength of {strength}; use depth={needed} or more"
    )]
    TooSteep {
        /// Strength of the waves.
        strength: f64,
        /// Depth of the water.
        depth: f64,
        /// Depth that is enough.
        needed: f64,
    },
    /// The still cannot be read.
    #[error(transparent)]
    Still(#[from] VideoError),
    /// The clip cannot be encoded.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// The caller stopped the work.
    #[error("canceled")]
    Canceled,
}

/// Progress is reported about this often per clip.
const REPORTS: usize = 300;

/// Renders a clip of `still` under water, frame by frame in order into `sink`. Frames have the
/// still's size, channels and depth; the same settings give the same clip on any number of
/// threads.
///
/// # Errors
/// Settings out of range ([`SynthError::Setting`], [`SynthError::TooSteep`]), whatever `sink`
/// returns, [`SynthError::Canceled`] when `progress` says so.
pub fn render(
    still: &Frame,
    settings: &SynthSettings,
    sink: &mut dyn FnMut(Frame) -> Result<(), EncodeError>,
    progress: &dyn Progress,
) -> Result<(), SynthError> {
    let SynthSettings { frames, fps, .. } = *settings;
    let (frames, least, most) = (frames.get(), 1e-3, 1000.0);
    if !(least..=most).contains(&fps) {
        return Err(SynthError::Setting { name: "fps", value: fps, least, most });
    }
    let mut painter = Painter::new(still, &settings.waves)?;
    let report = frames.div_ceil(REPORTS);
    for index in 0..frames {
        if index % report == 0 && progress.advance(stage::RENDER, index, Some(frames)).is_break() {
            return Err(SynthError::Canceled);
        }
        sink(painter.paint(index, index as f64 / fps))?;
    }
    if progress.advance(stage::RENDER, frames, Some(frames)).is_break() {
        return Err(SynthError::Canceled);
    }
    Ok(())
}

/// Renders one frame after the other in the same buffers.
struct Painter {
    waves: Waves,
    sampler: sampler::Sampler,
    blur: Option<sensor::Blur>,
    noise: Option<sensor::Noise>,
    caustics: f32,
    field: Displacement,
    picture: Vec<f32>,
    blank: Frame,
}

impl Painter {
    fn new(still: &Frame, settings: &WaveSettings) -> Result<Painter, SynthError> {
        if !still.is_whole() {
            return Err(SynthError::Size { width: still.width, height: still.height });
        }
        let waves = Waves::new(still.width, still.height, settings)?;
        let pixels = still.width * still.height;
        let (full, blank) = match &still.samples {
            Samples::U8(_) => (255.0, Samples::U8(Vec::new())),
            Samples::U16(_) => (65535.0, Samples::U16(Vec::new())),
        };
        // Six sigma of displacement; nothing stronger occurs.
        let reach = (6.0 * settings.strength).ceil() as usize;
        let field = Displacement {
            width: still.width,
            height: still.height,
            dx: vec![0.0; pixels],
            dy: vec![0.0; pixels],
        };
        Ok(Painter {
            waves,
            sampler: sampler::Sampler::new(still, reach),
            blur: (settings.blur > 0.0).then(|| sensor::Blur::new(settings.blur)),
            noise: (settings.noise > 0.0)
                .then(|| sensor::Noise::new(settings.noise * full / 255.0, settings.seed)),
            caustics: settings.caustics as f32,
            field,
            picture: vec![0.0; still.samples.len()],
            blank: Frame { samples: blank, ..*still },
        })
    }

    /// Frame number `index`, `t` seconds after the first.
    fn paint(&mut self, index: usize, t: f64) -> Frame {
        self.waves.displacement_into(t, &mut self.field);
        let (width, channels) = (self.blank.width, self.blank.channels.count());
        let (field, sampler, caustics) = (&self.field, &self.sampler, self.caustics);
        let row = width * channels;
        self.picture.par_chunks_mut(row).enumerate().for_each_init(
            || vec![1.0; width],
            |gains, (y, to)| {
                if caustics > 0.0 {
                    sensor::caustics(field, y, caustics, gains);
                }
                let line = y * width..(y + 1) * width;
                sampler.row(y, (&field.dx[line.clone()], &field.dy[line]), gains, channels, to);
            },
        );
        if let Some(blur) = &mut self.blur {
            blur.apply(&mut self.picture, width, channels);
        }
        if let Some(noise) = &self.noise {
            self.picture.par_chunks_mut(row).enumerate().for_each(|(y, row)| noise.add(index, y, row));
        }
        // Float-to-integer casts saturate, so overshoots are clipped as on a sensor.
        let samples = match self.blank.samples {
            Samples::U8(_) => Samples::U8(self.picture.par_iter().map(|v| (v + 0.5) as u8).collect()),
            Samples::U16(_) => Samples::U16(self.picture.par_iter().map(|v| (v + 0.5) as u16).collect()),
        };
        Frame { samples, ..self.blank }
    }
}

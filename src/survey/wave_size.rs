//! How far, and over which lengths, the water moves the picture.

use super::small::Sample;
use crate::registration::{Field, Frames as _, Registered};

/// Points at which displacements are read, this many small pixels apart: one for each node of the fields.
const APART: usize = crate::registration::SPACING;
/// A frame whose displacement is less than this many pixels is nearly still: a pixel of it is mostly
/// where it belongs.
const STILL: f64 = 0.5;
/// Wavelengths are reported only for displacements larger than this many small pixels (root mean square),
/// several times the error of registration.
const TELLING: f64 = 0.2;
/// One in a thousand displacements is larger than the one reported as the largest: at single places, glint
/// and borders lead registration astray.
const LARGEST: f64 = 0.999;

/// Displacements from where the scene is in still water, in pixels of the video.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Waves {
    /// Frames that were registered with one another, evenly spaced from `first` to `last`.
    pub frames: usize,
    /// Number of the first in the video.
    pub first: u32,
    /// Number of the last.
    pub last: u32,
    /// They were this many times smaller each way.
    pub shrink: usize,
    /// Root mean square over places and frames.
    pub rms: f64,
    /// 999 of 1000 displacements are smaller.
    pub largest: f64,
    /// Typical wavelength: that of a single wave whose displacement is as steep as measured. `None` if
    /// the displacement is too small for that.
    pub wavelength: Option<f64>,
    /// Share of the frames that move by less than half a pixel.
    pub near_still: f64,
    /// Frames that show something else, or could not be registered.
    pub lost: usize,
    /// Standard deviation of the residual of registration, in gray levels: noise, glint, and blur.
    pub residual: f64,
}

impl Waves {
    /// Of the sample in register.
    pub(super) fn of(found: &Registered, sample: &Sample) -> Waves {
        let by = sample.shrink as f64;
        let trusted = || found.fields.iter().zip(&found.trusted).filter(|(_, trusted)| **trusted);
        let mut motion = Motion::default();
        let mut near_still = 0;
        for (field, _) in trusted() {
            let frame = Motion::of(field, sample.size());
            near_still += usize::from(by * frame.rms() < STILL);
            motion.add(frame);
        }
        let rms = motion.rms();
        let frames = trusted().count();
        Waves {
            frames,
            first: sample.numbers.first().copied().unwrap_or(0),
            last: sample.numbers.last().copied().unwrap_or(0),
            shrink: sample.shrink,
            rms: by * rms,
            largest: by * motion.largest(),
            wavelength: (rms > TELLING).then(|| by * motion.wavelength()),
            near_still: near_still as f64 / frames.max(1) as f64,
            lost: found.fields.len() - frames,
            residual: found.rounds.last().map_or(0.0, |round| f64::from(round.residual)),
        }
    }
}

/// Displacements and how they change from place to place, in small pixels.
#[derive(Default)]
struct Motion {
    lengths: Vec<f32>,
    /// Sum of the squared lengths.
    squares: f64,
    /// Sum of the squared slopes, and how many.
    slopes: f64,
    slopes_count: f64,
}

impl Motion {
    fn of(field: &Field, (width, height): (usize, usize)) -> Motion {
        let mut motion = Motion::default();
        for y in (0..height).step_by(APART) {
            for x in (0..width).step_by(APART) {
                let at = |dx: f32, dy: f32| field.at(x as f32 + dx, y as f32 + dy);
                let (u, right, down) = (at(0.0, 0.0), at(1.0, 0.0), at(0.0, 1.0));
                let squared = u.0 * u.0 + u.1 * u.1;
                motion.lengths.push(squared.sqrt());
                motion.squares += f64::from(squared);
                let steep = |to: (f32, f32)| f64::from((to.0 - u.0).powi(2) + (to.1 - u.1).powi(2));
                motion.slopes += steep(right) + steep(down);
                motion.slopes_count += 1.0;
            }
        }
        motion
    }

    fn add(&mut self, other: Motion) {
        self.lengths.extend(other.lengths);
        self.squares += other.squares;
        self.slopes += other.slopes;
        self.slopes_count += other.slopes_count;
    }

    fn rms(&self) -> f64 {
        (self.squares / (self.lengths.len() as f64).max(1.0)).sqrt()
    }

    fn largest(&self) -> f64 {
        let mut sorted = self.lengths.clone();
        sorted.sort_unstable_by(f32::total_cmp);
        let at = (LARGEST * sorted.len().saturating_sub(1) as f64).round() as usize;
        sorted.get(at).copied().unwrap_or(0.0).into()
    }

    /// A single wave of wave number k displaces the picture with k times the slope: k² is the mean
    /// squared slope over the mean squared displacement, and the second moment of the waves' spectrum
    /// (Longuet-Higgins, "The statistical analysis of a random, moving surface", 1957).
    fn wavelength(&self) -> f64 {
        let squared = (self.slopes / self.slopes_count.max(1.0)) / self.rms().powi(2).max(f64::MIN_POSITIVE);
        std::f64::consts::TAU / squared.sqrt().max(f64::MIN_POSITIVE)
    }
}

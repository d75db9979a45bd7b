//! Blur undone, as far as the noise of the still allows: what registration brought, and on request the scene's own.
//!
//! Every frame in a still was interpolated between its pixels, and is off by some fraction of a pixel. Over many frames, at all
//! phases between pixels, the first multiplies each frequency by the Fourier transform of the interpolation's kernel (Keys 1981):
//! half at the highest frequency. The second multiplies it by a Gaussian, whose width the frames in register show
//! (`fuse::spread`). Both are undone by the Wiener filter
//!
//! ```text
//! G = H S / (H² S + N),    S(f) = min(P(f) / H², A / f²),    at least 1
//! ```
//!
//! with H what the blur leaves of the frequency, N the noise of the still, and P its power at that frequency, in all
//! directions, less N. Where P is not clear of the noise S falls as the power of pictures does (Field, "Relations between the
//! statistics of natural images and the response properties of cortical cells", J. Opt. Soc. Am. A 4(12), 1987), with A
//! from the frequencies that are: noise does not count as detail, however strong the blur. What this would weaken stays as it is.
//!
//! In the cosine transform, which mirrors the still at its border, and in which H of a symmetric kernel is diagonal.

mod edges;
mod spectrum;
#[cfg(test)]
mod tests;

use serde::Serialize;

use super::fuse::Spread;
use super::plane::Plane;
use spectrum::{Axes, Spectrum};

/// More than this, in pixels, is not blamed on registration: of frames that are further off the fusion does not keep the blur.
/// Of seventeen clips with truth (five real ones, and simulated ones from calm to rough) two lose .02 of SSIM without a limit.
const MOST: f32 = 0.25;
/// Noise of a still, at least: the variance of rounding to gray levels.
const ROUNDING: f64 = 1.0 / 12.0;
/// Rings of frequencies in one cycle per pixel.
const RINGS: f64 = 128.0;
/// To the corner of the spectrum, at .71 cycles per pixel.
const ALL: usize = 92;
/// A ring's power is clear of the noise if it is this many times as large.
const CLEAR: f64 = 3.0;
/// Rings of which the blur leaves less than this share of the power say nothing about the scene.
const LEFT: f64 = 0.05;

/// What blurred a still.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Blur {
    /// Errors of registration, as the standard deviation in pixels: what is undone of them.
    pub registration: f32,
    /// The blur of the steepest edges, as the standard deviation in pixels; `None` unless sharpening was asked for.
    pub scene: Option<f32>,
    /// Noise of the still, as the standard deviation in gray levels.
    pub noise: f32,
}

/// Undoes the interpolation, the errors of registration that the frames' spread shows, and `strength` times the scene's own
/// blur; returns what blurred the still.
pub(super) fn deblur(still: &mut Plane, spread: Option<&Spread>, strength: f64) -> Blur {
    let spectrum = Spectrum::of(still);
    let (registration, noise) = spread.map_or((0.0, 0.0), |spread| (spread.jitter, spread.noise));
    let blur = Blur {
        registration: registration.min(MOST),
        scene: (strength > 0.0).then(|| edges::blur(&spectrum)),
        noise: f64::from(noise).hypot(ROUNDING.sqrt()) as f32,
    };
    *still = undone(spectrum, &blur, strength);
    blur
}

/// The picture of this spectrum without the blur, of the scene's own `strength` times as much.
fn undone(mut spectrum: Spectrum, blur: &Blur, strength: f64) -> Plane {
    let scene = strength * f64::from(blur.scene.unwrap_or(0.0));
    let variance = f64::from(blur.registration).powi(2) + scene * scene;
    let left = spectrum.along_axes(&|f| keys(f) * gaussian(variance, f));
    let filter = Wiener::of(&spectrum, &left, f64::from(blur.noise).powi(2));
    spectrum.multiply(&left, &|square, left| filter.gain(left, square));
    spectrum.picture()
}

/// What a Gaussian of this variance leaves of a frequency along one axis.
fn gaussian(variance: f64, f: f64) -> f64 {
    (-2.0 * std::f64::consts::PI.powi(2) * variance * f * f).exp()
}

/// The Fourier transform of Keys' kernel (a = -1/2), in cycles per pixel.
fn keys(f: f64) -> f64 {
    if f < 1e-3 {
        // 1 - O(f²), which the differences below lose to rounding.
        return 1.0;
    }
    let sinc = |x: f64| (std::f64::consts::PI * x).sin() / (std::f64::consts::PI * x);
    let scale = (std::f64::consts::PI * f).powi(-2);
    let inner = 3.0 * (sinc(f).powi(2) - sinc(2.0 * f));
    scale * (inner - (3.0 * sinc(2.0 * f).powi(2) - 2.0 * sinc(2.0 * f) - sinc(4.0 * f)))
}

/// The ring that a frequency is in.
fn ring(square: f64) -> usize {
    ((RINGS * square.sqrt()) as usize).min(ALL - 1)
}

/// The Wiener filter of a still.
struct Wiener {
    /// Power of the still in each ring, less the noise.
    power: [f64; ALL],
    /// A: the power of the scene times the square of the frequency, where it can be measured.
    scene: f64,
    noise: f64,
}

impl Wiener {
    fn of(spectrum: &Spectrum, left: &Axes, noise: f64) -> Wiener {
        let mut sums = [[0.0f64; 4]; ALL];
        spectrum.each(left, &mut |square, left, power| {
            let sums = &mut sums[ring(square)];
            for (sum, value) in sums.iter_mut().zip([1.0, power, square, left * left]) {
                *sum += value;
            }
        });
        let means = sums.map(|[count, rest @ ..]| rest.map(|sum| sum / f64::max(count, 1.0)));
        let power = means.map(|[power, ..]| (power - noise).max(0.0));
        // The first two rings hold the lighting.
        let clear = (2..ALL).filter(|&at| power[at] > CLEAR * noise && means[at][2] > LEFT);
        let logarithms: Vec<f64> = clear.map(|at| (power[at] * means[at][1] / means[at][2]).ln()).collect();
        let mean = logarithms.iter().sum::<f64>() / logarithms.len().max(1) as f64;
        Wiener { power, scene: if logarithms.is_empty() { 0.0 } else { mean.exp() }, noise }
    }

    /// What a frequency is multiplied by of which the blur leaves the share `left`.
    fn gain(&self, left: f64, square: f64) -> f64 {
        if square == 0.0 {
            return 1.0;
        }
        // Both times H²: of a strong blur H² is too small to divide by.
        let seen = self.power[ring(square)].min(self.scene / square * left * left);
        (seen / (seen + self.noise) / left.max(f64::MIN_POSITIVE)).max(1.0)
    }
}

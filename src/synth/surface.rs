//! Which waves there are: drawn once from the seed.
//!
//! The surface is z(x, t) = Σ a cos(k·x − ωt + φ) over traveling waves, plus circular ones. With reflection each plane wave
//! meets one that runs the other way, and at equal amplitudes the two stand.
//! ω follows the dispersion relation of gravity-capillary waves over a floor at depth h,
//! ω² = (g |k| + (σ/ρ) |k|³) tanh(|k| h) (Lamb, "Hydrodynamics", 6th ed., §§ 228, 266).
//! Each wave of a kind has the same mean square slope, and many waves of random phase make
//! slopes nearly Gaussian, as on real water (Cox & Munk 1954).

use std::f64::consts::TAU;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::WaveSettings;

/// Standard gravity in m/s².
const GRAVITY: f64 = 9.80665;
/// Surface tension over density of clean water at 20 °C in m³/s² (0.0728 N/m, 998 kg/m³).
const TENSION: f64 = 0.0728 / 998.0;

/// Enough for slopes that look Gaussian; the cost of a frame is proportional to their number.
const LONG_WAVES: usize = 24;
const RIPPLES: usize = 12;
const RING_CENTERS: usize = 3;
/// Long wavelengths lie within this factor of the dominant one, either way.
const BAND: f64 = 1.6;

/// One traveling plane wave; lengths in pixels, time in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Wave {
    /// Wave vector in rad / pixel.
    pub kx: f64,
    pub ky: f64,
    /// Angular frequency in rad / s.
    pub omega: f64,
    pub phase: f64,
    /// Amplitude in pixels.
    pub height: f64,
}

/// One circular wave that runs outwards from (x, y).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ring {
    pub x: f64,
    pub y: f64,
    pub k: f64,
    pub omega: f64,
    pub phase: f64,
    pub height: f64,
}

impl Ring {
    /// Height and radial slope at distance `r` (pixels) and time `t` (seconds): the envelope
    /// starts from zero at the center, so that the slope is smooth there, and falls like 1/√r,
    /// by which the energy through every circle stays the same.
    pub(super) fn at(&self, r: f64, t: f64) -> (f64, f64) {
        if r <= 0.0 {
            return (0.0, 0.0);
        }
        let (u, reach) = (self.k * r, TAU / self.k);
        let envelope = self.height * u * u / (1.0 + u * u) / (1.0 + r / reach).sqrt();
        let fall = envelope * (2.0 / (r * (1.0 + u * u)) - 0.5 / (reach + r));
        let (sin, cos) = (u - self.omega * t + self.phase).sin_cos();
        (envelope * cos, fall * cos - envelope * self.k * sin)
    }

    /// Mean over time of the squared slope at distance `r`.
    fn mean_square_slope(&self, r: f64) -> f64 {
        // Two times a quarter period apart give the mean of sin² and cos² exactly.
        let still = Ring { omega: 0.0, ..*self };
        let quarter = Ring { phase: self.phase + TAU / 4.0, ..still };
        let (a, b) = (still.at(r, 0.0).1, quarter.at(r, 0.0).1);
        0.5 * (a * a + b * b)
    }
}

/// Angular frequency in rad/s, as seen at time factor 1, of waves of `k` rad / pixel.
pub(super) fn angular_frequency(k: f64, settings: &WaveSettings) -> f64 {
    let meters = settings.pixel_mm * 1e-3;
    let k = k / meters;
    ((GRAVITY * k + TENSION * k.powi(3)) * (k * settings.depth * meters).tanh()).sqrt()
}

/// The waves and, behind them, what comes back of each: the same mean square slope in all.
fn reflected(waves: Vec<Wave>, reflection: f64, random: &mut ChaCha8Rng) -> Vec<Wave> {
    if reflection <= 0.0 {
        return waves;
    }
    let share = 1.0 / (1.0 + reflection * reflection).sqrt();
    let back = |wave: &Wave, random: &mut ChaCha8Rng| Wave {
        kx: -wave.kx,
        ky: -wave.ky,
        phase: TAU * random.random::<f64>(),
        height: share * reflection * wave.height,
        ..*wave
    };
    let backs: Vec<Wave> = waves.iter().map(|wave| back(wave, random)).collect();
    waves.into_iter().map(|wave| Wave { height: share * wave.height, ..wave }).chain(backs).collect()
}

/// Waves whose slopes have a mean square of 1 over time and the picture.
pub(super) fn draw(width: usize, height: usize, settings: &WaveSettings) -> (Vec<Wave>, Vec<Ring>) {
    let mut random = ChaCha8Rng::seed_from_u64(settings.seed);
    let mut waves = Vec::with_capacity(LONG_WAVES + RIPPLES);
    let long = 1.0 - settings.ripples - settings.rings;
    let kinds = [
        (LONG_WAVES, long, settings.wavelength / BAND, settings.wavelength * BAND),
        (RIPPLES, settings.ripples, settings.wavelength / 6.0, settings.wavelength / 3.0),
    ];
    for (count, share, shortest, longest) in kinds {
        for index in 0..count {
            // Evenly spread directions; the golden ratio pairs them evenly with wavelengths too.
            let across = (index as f64 + random.random::<f64>()) / count as f64;
            let along = (index as f64 * 0.618_034 + random.random::<f64>() / count as f64).fract();
            let phase = TAU * random.random::<f64>();
            let angle = (settings.direction + settings.spread * (across - 0.5)).to_radians();
            let k = TAU / (shortest * (longest / shortest).powf(along));
            if share > 0.0 {
                waves.push(Wave {
                    kx: k * angle.cos(),
                    ky: k * angle.sin(),
                    omega: settings.speed * angular_frequency(k, settings),
                    phase,
                    // The mean square slope of a sine is (a k)² / 2.
                    height: (2.0 * share / count as f64).sqrt() / k,
                });
            }
        }
    }
    let rings = draw_rings(width as f64, height as f64, settings, &mut random);
    // Drawn last: without reflection a seed makes the waves that it always made.
    (reflected(waves, settings.reflection, &mut random), rings)
}

fn draw_rings(width: f64, height: f64, settings: &WaveSettings, random: &mut ChaCha8Rng) -> Vec<Ring> {
    if settings.rings <= 0.0 {
        return Vec::new();
    }
    let k = TAU / (0.5 * settings.wavelength);
    let omega = settings.speed * angular_frequency(k, settings);
    let mut rings: Vec<Ring> = (0..RING_CENTERS)
        .map(|_| Ring {
            x: width * (1.5 * random.random::<f64>() - 0.25),
            y: height * (1.5 * random.random::<f64>() - 0.25),
            k,
            omega,
            phase: TAU * random.random::<f64>(),
            height: 1.0,
        })
        .collect();
    // Their mean square slope over the picture, on a grid fine enough for a smooth envelope.
    const CELLS: usize = 32;
    let mut sum = 0.0;
    for cell in 0..CELLS * CELLS {
        let x = width * ((cell % CELLS) as f64 + 0.5) / CELLS as f64;
        let y = height * ((cell / CELLS) as f64 + 0.5) / CELLS as f64;
        sum += rings.iter().map(|ring| ring.mean_square_slope((x - ring.x).hypot(y - ring.y))).sum::<f64>();
    }
    let mean = sum / (CELLS * CELLS) as f64;
    for ring in &mut rings {
        ring.height = (settings.rings / mean).sqrt();
    }
    rings
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Textbook values: 1.56 m long waves in deep water take 1 s; the slowest ripples,
    /// 17 mm long, run at 0.23 m/s.
    #[test]
    fn dispersion_gives_known_speeds() {
        let settings = WaveSettings { pixel_mm: 1.0, depth: 1e5, ..WaveSettings::MODERATE };
        let period = TAU / angular_frequency(TAU / 1561.0, &settings);
        approx::assert_relative_eq!(period, 1.0, max_relative = 1e-3);
        let k = TAU / 17.1;
        approx::assert_relative_eq!(angular_frequency(k, &settings) / k, 231.0, max_relative = 0.01);
    }

    #[test]
    fn shallow_waves_run_at_the_root_of_g_h() {
        let settings = WaveSettings { pixel_mm: 10.0, depth: 10.0, ..WaveSettings::MODERATE };
        let k = TAU / 10_000.0;
        let meters_per_second = angular_frequency(k, &settings) / k * 0.01;
        approx::assert_relative_eq!(meters_per_second, (GRAVITY * 0.1).sqrt(), max_relative = 1e-3);
    }

    #[test]
    fn ring_slope_is_the_derivative_of_its_height() {
        let ring = Ring { x: 0.0, y: 0.0, k: 0.2, omega: 5.0, phase: 1.0, height: 2.0 };
        for r in [0.5, 3.0, 20.0, 150.0] {
            let step = 1e-4;
            let slope = (ring.at(r + step, 0.3).0 - ring.at(r - step, 0.3).0) / (2.0 * step);
            approx::assert_relative_eq!(ring.at(r, 0.3).1, slope, max_relative = 1e-5, epsilon = 1e-7);
        }
    }

    #[test]
    fn waves_and_what_is_reflected_of_them_have_the_same_slopes() {
        for reflection in [0.0, 0.5, 1.0] {
            let settings = WaveSettings { reflection, ..WaveSettings::MODERATE };
            let (waves, _) = draw(100, 80, &settings);
            let slopes = |waves: &[Wave]| -> f64 {
                waves.iter().map(|w| 0.5 * (w.height * w.kx.hypot(w.ky)).powi(2)).sum()
            };
            approx::assert_relative_eq!(slopes(&waves), 1.0, max_relative = 1e-12);
            if reflection > 0.0 {
                let (there, back) = waves.split_at(LONG_WAVES + RIPPLES);
                approx::assert_relative_eq!(
                    slopes(back),
                    reflection.powi(2) * slopes(there),
                    max_relative = 1e-12
                );
                for (there, back) in there.iter().zip(back) {
                    assert_eq!((there.kx, there.ky, there.omega), (-back.kx, -back.ky, back.omega));
                }
            }
        }
    }

    /// Two waves of one amplitude that meet: a place is a node at all times, another is at rest at none.
    #[test]
    fn a_wave_that_comes_back_whole_stands() {
        let there = Wave { kx: 0.1, ky: 0.0, omega: 3.0, phase: 0.4, height: 2.0 };
        let waves = reflected(vec![there], 1.0, &mut ChaCha8Rng::seed_from_u64(1));
        let height = |x: f64, t: f64| -> f64 {
            waves.iter().map(|w| w.height * (w.kx * x - w.omega * t + w.phase).cos()).sum()
        };
        // cos(a) + cos(b) = 2 cos((a - b)/2) cos((a + b)/2): the first factor is that of the place.
        let half = 0.5 * (waves[1].phase - waves[0].phase);
        let node = (TAU / 4.0 + half) / there.kx;
        for t in [0.0, 0.3, 1.1, 2.0] {
            assert!(height(node, t).abs() < 1e-9);
        }
        let crest = half / there.kx;
        assert!([0.0, 0.3, 0.6].iter().any(|&t| height(crest, t).abs() > 1.0));
    }
}

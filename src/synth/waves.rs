//! The displacement field of the whole picture at one time.
//!
//! A sine over pixels separates: sin(kx x + p) = sin(kx x) cos(p) + cos(kx x) sin(p), where
//! sin(kx x) and cos(kx x) are the same for all rows and times and p = ky y − ωt + φ is one
//! number per row. So a pixel costs six multiplications per wave and no sine.

use rayon::prelude::*;

use super::refract::{self, SMALL_SLOPE};
use super::still::check_size;
use super::surface::{self, Ring, Wave};
use super::{SynthError, WaveSettings};
use crate::video::Size;

/// Where each pixel looks on the floor, relative to the point below it, in pixels: the pixel
/// at (x, y) shows what the still has at (x + dx, y + dy). Row-major.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Displacement {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// To the right.
    pub dx: Vec<f32>,
    /// Down.
    pub dy: Vec<f32>,
}

/// A moving water surface over a picture of one size.
#[derive(Clone, Debug)]
pub struct Waves {
    width: usize,
    height: usize,
    depth: f64,
    waves: Vec<Wave>,
    rings: Vec<Ring>,
    /// sin(kx x) and cos(kx x), `width` of each for every wave.
    sin_x: Vec<f32>,
    cos_x: Vec<f32>,
}

/// The steepest root mean square slope accepted. A wave breaks at a steepness a k of 0.443
/// (Michell 1893), a root mean square slope of 0.31.
const STEEPEST: f64 = 0.3;

impl Waves {
    /// Draws the waves and scales them to the requested strength.
    ///
    /// # Errors
    /// [`SynthError::Setting`] out of range, [`SynthError::Size`] for a picture that is empty or too large,
    /// [`SynthError::TooSteep`] when only breaking waves would reach the strength.
    pub fn new(width: usize, height: usize, settings: &WaveSettings) -> Result<Waves, SynthError> {
        settings.validate()?;
        check_size(Size { width, height })?;
        let (waves, rings) = surface::draw(width, height, settings);
        let mut result = Waves {
            width,
            height,
            depth: settings.depth,
            waves,
            rings,
            sin_x: Vec::new(),
            cos_x: Vec::new(),
        };
        let slope = result.slope_for(settings.strength, settings.speed > 0.0);
        if slope > STEEPEST {
            // Slightly more than proportional: steep slopes displace a little less.
            let needed = (1.05 * settings.depth * slope / STEEPEST).ceil();
            return Err(SynthError::TooSteep { strength: settings.strength, depth: settings.depth, needed });
        }
        result.scale(slope);
        for wave in &result.waves {
            for x in 0..width {
                let (sin, cos) = (wave.kx * x as f64).sin_cos();
                result.sin_x.push(sin as f32);
                result.cos_x.push(cos as f32);
            }
        }
        Ok(result)
    }

    fn scale(&mut self, factor: f64) {
        self.waves.iter_mut().for_each(|wave| wave.height *= factor);
        self.rings.iter_mut().for_each(|ring| ring.height *= factor);
    }

    /// The root mean square slope that displaces by `strength`. For small slopes it is exact;
    /// how far refraction departs from proportion is measured at random places and times.
    fn slope_for(&self, strength: f64, moving: bool) -> f64 {
        const SAMPLES: usize = 2048;
        let proportional = strength / (self.depth * SMALL_SLOPE);
        let mut slope = proportional;
        if slope > 4.0 * STEEPEST {
            return slope;
        }
        for _ in 0..3 {
            let mut trial = self.clone();
            trial.scale(slope);
            let (mut exact, mut linear) = (0.0, 0.0);
            for sample in 0..SAMPLES {
                // The plastic number's powers spread points evenly (Roberts 2018, R2 sequence).
                let n = sample as f64;
                let x = (n * 0.754_877_666).fract() * self.width as f64;
                let y = (n * 0.569_840_291).fract() * self.height as f64;
                let t = if moving { n * 0.737 } else { 0.0 };
                let (dx, dy) = trial.displacement_at(x, y, t);
                let (_, sx, sy) = trial.surface_at(x, y, t);
                exact += dx * dx + dy * dy;
                linear += (sx * sx + sy * sy) * (self.depth * SMALL_SLOPE).powi(2);
            }
            if exact <= 0.0 || linear <= 0.0 {
                return proportional;
            }
            slope = proportional * (linear / exact).sqrt();
        }
        slope
    }

    /// Height above the mean level (pixels) and slopes ∂z/∂x, ∂z/∂y at one point, `t` seconds
    /// after the first frame.
    #[must_use]
    pub fn surface_at(&self, x: f64, y: f64, t: f64) -> (f64, f64, f64) {
        let (mut z, mut sx, mut sy) = (0.0, 0.0, 0.0);
        for wave in &self.waves {
            let (sin, cos) = (wave.kx * x + wave.ky * y - wave.omega * t + wave.phase).sin_cos();
            z += wave.height * cos;
            sx -= wave.height * wave.kx * sin;
            sy -= wave.height * wave.ky * sin;
        }
        for ring in &self.rings {
            let r = (x - ring.x).hypot(y - ring.y);
            let (height, slope) = ring.at(r, t);
            if r > 0.0 {
                z += height;
                sx += slope * (x - ring.x) / r;
                sy += slope * (y - ring.y) / r;
            }
        }
        (z, sx, sy)
    }

    /// The displacement of one point: the plain reference for [`Waves::displacement`].
    #[must_use]
    pub fn displacement_at(&self, x: f64, y: f64, t: f64) -> (f64, f64) {
        let (z, sx, sy) = self.surface_at(x, y, t);
        let (dx, dy) = refract::displacement(sx as f32, sy as f32, (self.depth + z) as f32);
        (f64::from(dx), f64::from(dy))
    }

    /// The displacement of every pixel, `t` seconds after the first frame; computed on rayon's
    /// threads, the same on any number of them. Within 1e-3 pixels of `displacement_at` for
    /// strengths up to 10.
    #[must_use]
    pub fn displacement(&self, t: f64) -> Displacement {
        let pixels = self.width * self.height;
        let mut field = Displacement {
            width: self.width,
            height: self.height,
            dx: vec![0.0; pixels],
            dy: vec![0.0; pixels],
        };
        self.displacement_into(t, &mut field);
        field
    }

    /// As [`Waves::displacement`], into a reused field.
    pub(super) fn displacement_into(&self, t: f64, field: &mut Displacement) {
        let profiles: Vec<Profile> =
            self.rings.iter().map(|ring| Profile::new(ring, self.width, self.height, t)).collect();
        field
            .dx
            .par_chunks_mut(self.width * BAND_ROWS)
            .zip(field.dy.par_chunks_mut(self.width * BAND_ROWS))
            .enumerate()
            .for_each(|(band, (dx, dy))| {
                let y = band * BAND_ROWS;
                for x in (0..self.width).step_by(TILE) {
                    self.tile(x, y, t, &profiles, dx, dy);
                }
            });
    }

    /// Fills the columns `x..x + TILE` of a band of rows from `y` on.
    fn tile(&self, x: usize, y: usize, t: f64, profiles: &[Profile], dx: &mut [f32], dy: &mut [f32]) {
        let columns = TILE.min(self.width - x);
        for row in 0..dx.len() / self.width {
            let mut sums = Sums { z: [0.0; TILE], sx: [0.0; TILE], sy: [0.0; TILE] };
            let line = (y + row) as f64;
            for (index, wave) in self.waves.iter().enumerate() {
                let from = index * self.width + x;
                let (sin_p, cos_p) = (wave.ky * line - wave.omega * t + wave.phase).sin_cos();
                let factors = Factors {
                    sin_p: sin_p as f32,
                    cos_p: cos_p as f32,
                    height: wave.height as f32,
                    slope_x: (-wave.height * wave.kx) as f32,
                    slope_y: (-wave.height * wave.ky) as f32,
                };
                let (sin_x, cos_x) = (&self.sin_x[from..from + columns], &self.cos_x[from..from + columns]);
                add_wave(sin_x, cos_x, &factors, &mut sums);
            }
            for profile in profiles {
                profile.add(x, line, columns, &mut sums);
            }
            let to = row * self.width + x..row * self.width + x + columns;
            refract_row(&sums, self.depth as f32, &mut dx[to.clone()], &mut dy[to]);
        }
    }
}

/// Rows per task, and columns per step: the sums of a step stay in the first-level cache, and
/// its sines and cosines are used again by the rows of the band.
const BAND_ROWS: usize = 8;
const TILE: usize = 256;

struct Sums {
    z: [f32; TILE],
    sx: [f32; TILE],
    sy: [f32; TILE],
}

struct Factors {
    sin_p: f32,
    cos_p: f32,
    height: f32,
    slope_x: f32,
    slope_y: f32,
}

// No fused multiply-add in here, whatever the CPU, so all CPUs give the same bits.
#[multiversion::multiversion(targets("x86_64+avx2", "x86_64+sse4.1"))]
fn add_wave(sin_x: &[f32], cos_x: &[f32], f: &Factors, sums: &mut Sums) {
    let columns = sin_x.len().min(cos_x.len()).min(TILE);
    let (sin_x, cos_x) = (&sin_x[..columns], &cos_x[..columns]);
    let (z, sx, sy) = (&mut sums.z[..columns], &mut sums.sx[..columns], &mut sums.sy[..columns]);
    for x in 0..columns {
        let sin = sin_x[x] * f.cos_p + cos_x[x] * f.sin_p;
        let cos = cos_x[x] * f.cos_p - sin_x[x] * f.sin_p;
        z[x] += f.height * cos;
        sx[x] += f.slope_x * sin;
        sy[x] += f.slope_y * sin;
    }
}

#[multiversion::multiversion(targets("x86_64+avx2", "x86_64+sse4.1"))]
fn refract_row(sums: &Sums, depth: f32, dx: &mut [f32], dy: &mut [f32]) {
    for (x, (dx, dy)) in dx.iter_mut().zip(dy).enumerate().take(TILE) {
        (*dx, *dy) = refract::displacement(sums.sx[x], sums.sy[x], depth + sums.z[x]);
    }
}

/// One ring at one time: height and radial slope, tabulated over the distance.
struct Profile {
    x: f64,
    y: f64,
    table: Vec<(f32, f32)>,
}

impl Profile {
    /// Table entries per pixel of distance; linear interpolation between them is off by less
    /// than (2 k / 16)² / 8 of the amplitude, 1e-4 for rings of 30 pixels.
    const FINENESS: f64 = 16.0;

    fn new(ring: &Ring, width: usize, height: usize, t: f64) -> Profile {
        let (far_x, far_y) = (ring.x.max(width as f64 - ring.x), ring.y.max(height as f64 - ring.y));
        let entries = (far_x.hypot(far_y) * Self::FINENESS) as usize + 3;
        let table = (0..entries)
            .map(|entry| {
                let (z, slope) = ring.at(entry as f64 / Self::FINENESS, t);
                (z as f32, slope as f32)
            })
            .collect();
        Profile { x: ring.x, y: ring.y, table }
    }

    fn add(&self, x: usize, y: f64, columns: usize, sums: &mut Sums) {
        let across = (y - self.y) as f32;
        for column in 0..columns {
            let along = ((x + column) as f64 - self.x) as f32;
            let r = (along * along + across * across).sqrt();
            let at = r * Self::FINENESS as f32;
            let (entry, part) = (at as usize, at.fract());
            let (Some(&(z0, s0)), Some(&(z1, s1))) = (self.table.get(entry), self.table.get(entry + 1))
            else {
                continue;
            };
            let slope = (s0 + part * (s1 - s0)) / r.max(1e-6);
            sums.z[column] += z0 + part * (z1 - z0);
            sums.sx[column] += slope * along;
            sums.sy[column] += slope * across;
        }
    }
}

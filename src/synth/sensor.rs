//! What happens to the picture besides its displacement: caustics, lens blur, sensor noise.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};
use rayon::prelude::*;

use super::waves::Displacement;

/// Light from straight overhead takes the camera's path through the surface: where rays
/// converge, a patch of floor gets the light of a larger patch of surface, 1 / |det J| times as
/// much, J = 1 + ∂(dx, dy)/∂(x, y). Writes 1 + `strength` (1 / |det J| − 1) for row `y`.
/// |det J| counts as at least a third: the sun's disc smooths the folds, where it is zero.
pub(super) fn caustics(field: &Displacement, y: usize, strength: f32, gains: &mut [f32]) {
    const LEAST: f32 = 1.0 / 3.0;
    let (width, above, below) = (field.width, y.saturating_sub(1), (y + 1).min(field.height - 1));
    let per_row = 1.0 / (below - above).max(1) as f32;
    for (x, gain) in gains.iter_mut().enumerate() {
        let (left, right) = (x.saturating_sub(1), (x + 1).min(width - 1));
        let per_column = 1.0 / (right - left).max(1) as f32;
        let across = |d: &[f32]| (d[y * width + right] - d[y * width + left]) * per_column;
        let down = |d: &[f32]| (d[below * width + x] - d[above * width + x]) * per_row;
        let (dx, dy) = (&field.dx, &field.dy);
        let determinant = (1.0 + across(dx)) * (1.0 + down(dy)) - down(dx) * across(dy);
        *gain = 1.0 + strength * (1.0 / determinant.abs().max(LEAST) - 1.0);
    }
}

/// Gaussian lens blur, separable, the border repeated.
pub(super) struct Blur {
    weights: Vec<f32>,
    between: Vec<f32>,
}

impl Blur {
    /// `sigma` in pixels, above 0; the kernel ends at three of them.
    pub(super) fn new(sigma: f64) -> Blur {
        let radius = (3.0 * sigma).ceil() as i32;
        let mut weights: Vec<f64> =
            (-radius..=radius).map(|i| (-0.5 * (f64::from(i) / sigma).powi(2)).exp()).collect();
        let sum: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|w| *w /= sum);
        Blur { weights: weights.iter().map(|&w| w as f32).collect(), between: Vec::new() }
    }

    pub(super) fn apply(&mut self, picture: &mut [f32], width: usize, channels: usize) {
        let row = width * channels;
        let (weights, radius) = (&self.weights, self.weights.len() / 2);
        self.between.resize(picture.len(), 0.0);
        self.between.par_chunks_mut(row).zip(picture.par_chunks(row)).for_each(|(to, from)| {
            for (i, to) in to.iter_mut().enumerate() {
                let (x, channel) = (i / channels, i % channels);
                *to = weights
                    .iter()
                    .enumerate()
                    .map(|(j, w)| {
                        w * from[(x + j).saturating_sub(radius).min(width - 1) * channels + channel]
                    })
                    .sum();
            }
        });
        let (between, rows) = (&self.between, picture.len() / row);
        picture.par_chunks_mut(row).enumerate().for_each(|(y, to)| {
            to.fill(0.0);
            for (j, w) in weights.iter().enumerate() {
                let line = (y + j).saturating_sub(radius).min(rows - 1);
                for (to, from) in to.iter_mut().zip(&between[line * row..][..row]) {
                    *to += w * from;
                }
            }
        });
    }
}

/// Normal noise: 16 random bits pick one of 65536 quantiles, which reach to ±4.3 sigma.
pub(super) struct Noise {
    quantiles: Vec<f32>,
    seed: u64,
}

impl Noise {
    /// `sigma` in sample values.
    pub(super) fn new(sigma: f64, seed: u64) -> Noise {
        Noise { quantiles: normal_quantiles(1 << 16).iter().map(|q| (q * sigma) as f32).collect(), seed }
    }

    /// Adds noise to row `y` of frame `index`: a stream of its own, whichever thread draws it.
    pub(super) fn add(&self, index: usize, y: usize, row: &mut [f32]) {
        // Stream 0 is the waves'.
        let stream = ((index as u64 + 1) << 32) | y as u64;
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        random.set_stream(stream);
        let mut bits = [0u8; 256];
        for samples in row.chunks_mut(bits.len() / 2) {
            random.fill_bytes(&mut bits);
            for (sample, pair) in samples.iter_mut().zip(bits.chunks_exact(2)) {
                *sample += self.quantiles[usize::from(u16::from_le_bytes([pair[0], pair[1]]))];
            }
        }
    }
}

/// The middles of `count` equally likely slices of the standard normal distribution, by
/// stepping its distribution function with Simpson's rule.
fn normal_quantiles(count: usize) -> Vec<f64> {
    const STEP: f64 = 1e-4;
    let density = |z: f64| (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt();
    let half = count / 2;
    let mut upper = Vec::with_capacity(half);
    let (mut z, mut below) = (0.0, 0.5);
    for index in half..count {
        let wanted = (index as f64 + 0.5) / count as f64;
        loop {
            let slice = STEP / 6.0 * (density(z) + 4.0 * density(z + 0.5 * STEP) + density(z + STEP));
            if below + slice >= wanted || z > 9.0 {
                upper.push(z + STEP * ((wanted - below) / slice).min(1.0));
                break;
            }
            below += slice;
            z += STEP;
        }
    }
    upper.iter().rev().map(|q| -q).chain(upper.iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_match_a_table_of_the_normal_distribution() {
        let quantiles = normal_quantiles(1 << 16);
        assert_eq!(quantiles.len(), 1 << 16);
        // 97.5% of it lies below 1.959964, 0.1% below -3.090232.
        approx::assert_relative_eq!(quantiles[(0.975 * 65536.0) as usize], 1.959_964, epsilon = 1e-3);
        approx::assert_relative_eq!(quantiles[(0.001 * 65536.0) as usize], -3.090_232, epsilon = 5e-3);
        let variance = quantiles.iter().map(|q| q * q).sum::<f64>() / 65536.0;
        approx::assert_relative_eq!(variance, 1.0, epsilon = 1e-3);
    }

    #[test]
    fn noise_has_its_sigma_and_differs_between_rows_and_frames() {
        let noise = Noise::new(3.0, 7);
        let draw = |index, y| {
            let mut row = vec![0.0; 10_000];
            noise.add(index, y, &mut row);
            row
        };
        let row = draw(0, 0);
        let variance = row.iter().map(|v| v * v).sum::<f32>() / row.len() as f32;
        approx::assert_relative_eq!(variance, 9.0, max_relative = 0.05);
        assert_eq!(row, draw(0, 0));
        assert_ne!(row, draw(0, 1));
        assert_ne!(row, draw(1, 0));
    }

    #[test]
    fn blur_keeps_flat_pictures_and_spreads_a_point_to_its_sigma() {
        let (width, height) = (31, 29);
        let mut flat = vec![5.0; width * height];
        Blur::new(1.5).apply(&mut flat, width, 1);
        assert!(flat.iter().all(|v| (v - 5.0).abs() < 1e-4));
        let mut point = vec![0.0; width * height];
        point[14 * width + 15] = 1.0;
        Blur::new(1.5).apply(&mut point, width, 1);
        let variance: f32 = (0..width * height).map(|i| point[i] * ((i % width) as f32 - 15.0).powi(2)).sum();
        approx::assert_relative_eq!(variance.sqrt(), 1.5, max_relative = 0.03);
    }

    #[test]
    fn light_gathers_where_rays_converge() {
        let (width, height) = (8, 8);
        let dx: Vec<f32> = (0..width * height).map(|i| -0.2 * (i % width) as f32).collect();
        let field = Displacement { width, height, dx, dy: vec![0.0; width * height] };
        let mut gains = vec![0.0; width];
        caustics(&field, 4, 1.0, &mut gains);
        assert!(gains.iter().all(|g| (g - 1.25).abs() < 1e-5), "{gains:?}");
    }
}

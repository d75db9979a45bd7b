//! How strong waves of each length are: the prior of the potential.
//!
//! By power per mode of the orthonormal cosine transform, which does not depend on the size of the grid, pooled over
//! directions and frames in bands of a quarter octave.

use std::f32::consts::PI;

use crate::registration::cosine::CosineTransform;
use crate::registration::field::SPACING;

/// Bands in an octave of the wave number.
const PER_OCTAVE: f32 = 4.0;
/// No band is weaker than this share of the strongest, so that nothing is ruled out.
const FLOOR: f32 = 1e-6;

/// Modes of the cosine transform on a grid of nodes, in the order in which [`CosineTransform`] returns them.
pub(super) struct Modes {
    pub(super) transform: CosineTransform,
    /// What the orthonormal coefficients are multiplied by to get those of `transform`.
    pub(super) scales: Vec<f32>,
    /// In radians per pixel.
    pub(super) wave_numbers: Vec<f32>,
}

impl Modes {
    pub(super) fn of((columns, rows): (usize, usize)) -> Modes {
        let scale = |k: usize, count: usize| if k == 0 { count as f32 } else { 0.5 * count as f32 }.sqrt();
        let number = |k: usize, count: usize| PI * k as f32 / (count * SPACING) as f32;
        let modes = (0..columns * rows).map(|at| (at / rows, at % rows));
        Modes {
            transform: CosineTransform::new(columns, rows),
            scales: modes.clone().map(|(x, y)| scale(x, columns) * scale(y, rows)).collect(),
            wave_numbers: modes.map(|(x, y)| number(x, columns).hypot(number(y, rows))).collect(),
        }
    }

    /// Orthonormal coefficients of a plane, row after row.
    pub(super) fn forward(&self, plane: Vec<f32>) -> Vec<f32> {
        let mut modes = self.transform.forward(plane);
        modes.iter_mut().zip(&self.scales).for_each(|(mode, scale)| *mode /= scale);
        modes
    }

    /// The plane with these orthonormal coefficients.
    pub(super) fn backward(&self, mut modes: Vec<f32>) -> Vec<f32> {
        modes.iter_mut().zip(&self.scales).for_each(|(mode, scale)| *mode *= scale);
        self.transform.backward(modes)
    }
}

/// Sums up the power of potentials by wave number.
pub(super) struct Power {
    modes: Modes,
    sums: Vec<f64>,
    counts: Vec<usize>,
}

impl Power {
    pub(super) fn over(size: (usize, usize)) -> Power {
        let modes = Modes::of(size);
        let bands = 1 + modes.wave_numbers.iter().map(|&k| band(k)).max().unwrap_or(0);
        Power { modes, sums: vec![0.0; bands], counts: vec![0; bands] }
    }

    /// One more potential, row after row.
    pub(super) fn add(&mut self, potential: Vec<f32>) {
        for (mode, &k) in self.modes.forward(potential).iter().zip(&self.modes.wave_numbers) {
            // The constant is not known.
            if k > 0.0 {
                self.sums[band(k)] += f64::from(mode * mode);
                self.counts[band(k)] += 1;
            }
        }
    }

    /// The mean power of these modes; of wave numbers that did not occur, that of the nearest that did.
    pub(super) fn of(&self, wave_numbers: &[f32]) -> Vec<f32> {
        let means: Vec<Option<f32>> = (self.sums.iter().zip(&self.counts))
            .map(|(sum, &count)| (count > 0).then(|| (sum / count as f64) as f32))
            .collect();
        let strongest = means.iter().flatten().copied().fold(f32::MIN_POSITIVE, f32::max);
        let nearest = |at: usize| {
            let known =
                means.iter().enumerate().filter_map(|(other, mean)| Some((other.abs_diff(at), (*mean)?)));
            known.min_by_key(|&(apart, _)| apart).map_or(strongest, |(_, mean)| mean)
        };
        let powers: Vec<f32> = (0..means.len()).map(|at| nearest(at).max(FLOOR * strongest)).collect();
        wave_numbers.iter().map(|&k| powers[band(k).min(powers.len() - 1)]).collect()
    }
}

/// The band of a wave number, from waves of 2^16 pixels on.
fn band(k: f32) -> usize {
    let octaves = 16.0 + (k.max(f32::MIN_POSITIVE) / (2.0 * PI)).log2();
    (PER_OCTAVE * octaves).max(0.0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The power of one cosine is found in its own band; it is the same per mode on a larger grid.
    #[test]
    fn power_is_by_wave_number() {
        let (columns, rows) = (40, 24);
        let mut power = Power::over((columns, rows));
        let wave = |at: usize| (PI * 5.0 * ((at % columns) as f32 + 0.5) / columns as f32).cos();
        power.add((0..columns * rows).map(wave).collect());
        let k = 5.0 * PI / (columns * SPACING) as f32;
        let same = power.modes.wave_numbers.iter().filter(|&&other| other > 0.0 && band(other) == band(k));
        // A cosine's mean square is a half, and the transform keeps the sum of squares.
        let expected = 0.5 * (columns * rows) as f32 / same.count() as f32;
        approx::assert_relative_eq!(power.of(&[k])[0], expected, max_relative = 1e-4);
        assert!(power.of(&[4.0 * k])[0] <= 1.1 * FLOOR * expected, "there is nothing");
    }

    #[test]
    fn modes_are_orthonormal() {
        let modes = Modes::of((9, 7));
        let plane: Vec<f32> = (0..63).map(|i| ((i * i) % 11) as f32).collect();
        let found = modes.forward(plane.clone());
        let energy = |values: &[f32]| values.iter().map(|v| v * v).sum::<f32>();
        approx::assert_relative_eq!(energy(&found), energy(&plane), max_relative = 1e-5);
        for (back, value) in modes.backward(found).iter().zip(&plane) {
            approx::assert_relative_eq!(back, value, epsilon = 1e-4);
        }
    }
}

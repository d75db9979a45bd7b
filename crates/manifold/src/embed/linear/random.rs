//! Normally distributed numbers for random starts.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// A stream of standard normal numbers, by Box and Muller (1958): two from two uniform ones.
pub(crate) struct Gaussian {
    uniform: ChaCha8Rng,
    second: Option<f64>,
}

impl Gaussian {
    pub(crate) fn new(seed: u64) -> Gaussian {
        Gaussian { uniform: ChaCha8Rng::seed_from_u64(seed), second: None }
    }

    pub(crate) fn draw(&mut self) -> f64 {
        if let Some(value) = self.second.take() {
            return value;
        }
        // 1 - u is never 0.
        let radius = (-2.0 * (1.0 - self.uniform.random::<f64>()).ln()).sqrt();
        let (sin, cos) = (std::f64::consts::TAU * self.uniform.random::<f64>()).sin_cos();
        self.second = Some(radius * sin);
        radius * cos
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_the_normal_distribution() {
        let mut gaussian = Gaussian::new(3);
        let values: Vec<f64> = (0..100_000).map(|_| gaussian.draw()).collect();
        for (power, wanted, within) in [(1, 0.0, 0.02), (2, 1.0, 0.02), (3, 0.0, 0.05), (4, 3.0, 0.1)] {
            let moment = values.iter().map(|x| x.powi(power)).sum::<f64>() / values.len() as f64;
            assert!((moment - wanted).abs() < within, "moment {power}: {moment}");
        }
    }
}

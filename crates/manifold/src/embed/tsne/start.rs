//! Where the descent starts.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::EmbedError;
use crate::knn::leading_components;
use crate::points::Points;

/// Standard deviation of the first coordinate.
const SMALL: f64 = 1e-4;

/// Normally distributed.
pub(super) fn random(n: usize, dimensions: usize, seed: u64) -> Vec<f64> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut normal = || {
        // Box and Muller.
        let (radius, angle) = (random.random::<f64>(), random.random::<f64>());
        (-2.0 * (1.0 - radius).ln()).sqrt() * (std::f64::consts::TAU * angle).cos() * SMALL
    };
    (0..n * dimensions).map(|_| normal()).collect()
}

/// The leading principal components. Directions in which the points do not vary stay at 0.
pub(super) fn components(points: &Points, dimensions: usize) -> Result<Vec<f64>, EmbedError> {
    let (n, d) = (points.n(), points.dimensions());
    let (found, components) = leading_components(points, dimensions).ok_or(EmbedError::Coincide)?;
    debug_assert!(found <= dimensions.min(d));
    let deviation = (components.iter().step_by(found).map(|x| x * x).sum::<f64>() / n as f64).sqrt();
    if deviation == 0.0 {
        return Err(EmbedError::Coincide);
    }
    let mut start = vec![0.0; n * dimensions];
    for (start, component) in start.chunks_exact_mut(dimensions).zip(components.chunks_exact(found)) {
        start.iter_mut().zip(component).for_each(|(start, x)| *start = x / deviation * SMALL);
    }
    Ok(start)
}

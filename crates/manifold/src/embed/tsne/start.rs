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

/// Share of the first coordinate's deviation below which the points do not vary in a direction.
const FLAT: f64 = 1e-6;

/// The leading principal components; random numbers where there are fewer than dimensions. (Points that start in a plane
/// never leave it: all forces lie in it.)
pub(super) fn components(points: &Points, dimensions: usize, seed: u64) -> Result<Vec<f64>, EmbedError> {
    let (n, d) = (points.n(), points.dimensions());
    let (found, components) = leading_components(points, dimensions).ok_or(EmbedError::Coincide)?;
    debug_assert!(found <= dimensions.min(d));
    let deviation = |axis: usize| {
        let along = components.iter().skip(axis).step_by(found);
        (along.map(|x| x * x).sum::<f64>() / n as f64).sqrt()
    };
    let widest = deviation(0);
    if widest == 0.0 {
        return Err(EmbedError::Coincide);
    }
    let mut start = random(n, dimensions, seed);
    for axis in (0..found).filter(|&axis| deviation(axis) > FLAT * widest) {
        let along = components.iter().skip(axis).step_by(found);
        let places = start.iter_mut().skip(axis).step_by(dimensions);
        places.zip(along).for_each(|(place, x)| *place = x / widest * SMALL);
    }
    Ok(start)
}

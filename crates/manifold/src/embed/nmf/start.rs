//! The first factors.

use super::NmfStart;
use super::factors::Factors;
use crate::embed::EmbedError;
use crate::embed::linear::Gaussian;
use crate::embed::pca::{PcaSolver, Singular, singular_vectors};
use crate::points::Points;

/// What counts as zero in factors of points whose root mean square is 1.
const ZERO: f32 = 1e-6;

pub(super) fn factors(points: &Points, k: usize, start: NmfStart, seed: u64) -> Result<Factors, EmbedError> {
    let values = points.values();
    let mean = values.iter().map(|&x| f64::from(x)).sum::<f64>() / values.len() as f64;
    let typical = (values.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>() / values.len() as f64).sqrt();
    let fill = match start {
        NmfStart::Random => return Ok(random(points, k, mean, seed)),
        NmfStart::Nndsvd => 0.0,
        // In the unit of the factors, which is the root of that of the points.
        NmfStart::Nndsvda if mean > 0.0 => mean / typical.sqrt(),
        NmfStart::Nndsvda => 0.0,
    } as f32;
    let zero = ZERO * typical.sqrt() as f32;
    let (n, d) = (points.n(), points.dimensions());
    let Singular { left, values, right } = singular_vectors(points, k, PcaSolver::Auto, seed)?;
    let mut factors = Factors { k, weights: vec![0.0; n * k], parts: vec![0.0; d * k] };
    for j in 0..k {
        let u: Vec<f64> = (0..n).map(|i| left[(i, j)]).collect();
        let v: Vec<f64> = (0..d).map(|i| right[(i, j)]).collect();
        let (u, v, size) = if j == 0 { whole(u, v) } else { longer_part(&u, &v) };
        let length = (values[j] * size).sqrt();
        let entry = |x: f64| if (length * x) as f32 > zero { (length * x) as f32 } else { fill };
        u.iter().enumerate().for_each(|(i, &x)| factors.weights[i * k + j] = entry(x));
        v.iter().enumerate().for_each(|(i, &x)| factors.parts[i * k + j] = entry(x));
    }
    Ok(factors)
}

pub(super) fn largest(points: &Points) -> f64 {
    points.values().iter().fold(0.0, |most, &x| f64::from(x).max(most))
}

fn random(points: &Points, k: usize, mean: f64, seed: u64) -> Factors {
    let scale = (mean / k as f64).sqrt();
    let mut gaussian = Gaussian::new(seed);
    let mut draw = |count: usize| (0..count).map(|_| (scale * gaussian.draw()).abs() as f32).collect();
    let parts = draw(points.dimensions() * k);
    Factors { k, weights: draw(points.n() * k), parts }
}

/// The first singular vectors have one sign (Perron and Frobenius).
fn whole(u: Vec<f64>, v: Vec<f64>) -> (Vec<f64>, Vec<f64>, f64) {
    let positive = |x: Vec<f64>| x.into_iter().map(f64::abs).collect();
    (positive(u), positive(v), 1.0)
}

/// The positive or the negative parts of both, as unit vectors, and the product of their lengths.
fn longer_part(u: &[f64], v: &[f64]) -> (Vec<f64>, Vec<f64>, f64) {
    let part = |x: &[f64], sign: f64| -> Vec<f64> { x.iter().map(|x| (sign * x).max(0.0)).collect() };
    let length = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>().sqrt();
    let [positive, negative] = [1.0, -1.0].map(|sign| (part(u, sign), part(v, sign)));
    let size = |(u, v): &(Vec<f64>, Vec<f64>)| length(u) * length(v);
    let (mut u, mut v) = if size(&positive) > size(&negative) { positive } else { negative };
    let (of_u, of_v) = (length(&u), length(&v));
    if of_u * of_v > 0.0 {
        u.iter_mut().for_each(|x| *x /= of_u);
        v.iter_mut().for_each(|x| *x /= of_v);
    }
    (u, v, of_u * of_v)
}

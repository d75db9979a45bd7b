//! Similarity Procrustes: how well one set of points fits another after the best shift, rotation
//! or reflection, and change of size.
//!
//! Over s >= 0, R orthogonal and t, min (1/n) Σ |s R x_i + t - y_i|²: with both sets centered to
//! X, Y (n x d), Xᵀ Y = U Σ Vᵀ, the optimum is R = V Uᵀ, s = tr Σ / |X|², and the minimum
//! (|Y|² - (tr Σ)² / |X|²) / n. The error is its root, in units of Y.
//! Source: Schönemann and Carroll, Psychometrika 35 (1970).

use algebra::{Mat, Singular, product, singular, squared_length};

/// The best fit.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Alignment {
    /// Root of the mean squared distance between the fitted points and the truth.
    pub rms: f64,
    /// The points after the fit, point by point, in the truth's frame.
    pub fitted: Vec<f64>,
    /// Factor of size.
    pub scale: f64,
}

/// Why two sets of points cannot be compared.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ProcrustesError {
    /// The two sets are not of the same shape.
    #[error("{points} and {truth} coordinates are not the same number of {dimensions}-dimensional points")]
    Shape {
        /// Coordinates of the points.
        points: usize,
        /// Coordinates of the truth.
        truth: usize,
        /// Coordinates of a point.
        dimensions: usize,
    },
    /// A coordinate is not finite.
    #[error("a coordinate is not a finite number")]
    NotFinite,
    /// All points are the same.
    #[error("the points all coincide, so no scale fits")]
    Coincide,
    /// The singular values were not found.
    #[error("the singular values did not converge")]
    NoConvergence,
}

/// Fits `points` to `truth`, both point by point.
pub fn similarity(points: &[f64], truth: &[f64], dimensions: usize) -> Result<Alignment, ProcrustesError> {
    let whole = dimensions > 0 && points.len().is_multiple_of(dimensions) && !points.is_empty();
    if !whole || points.len() != truth.len() {
        return Err(ProcrustesError::Shape { points: points.len(), truth: truth.len(), dimensions });
    }
    if points.iter().chain(truth).any(|value| !value.is_finite()) {
        return Err(ProcrustesError::NotFinite);
    }
    let n = points.len() / dimensions;
    let (x, _) = centered(points, dimensions);
    let (y, shift) = centered(truth, dimensions);
    let size = squared_length(x.as_ref());
    if size == 0.0 {
        return Err(ProcrustesError::Coincide);
    }
    let Singular { u, values, v } =
        singular(product(x.transpose(), y.as_ref()).as_ref()).map_err(|_| ProcrustesError::NoConvergence)?;
    let scale = values.iter().sum::<f64>() / size;
    let turned = product(x.as_ref(), product(u.as_ref(), v.transpose()).as_ref());
    let fitted = Mat::from_fn(n, dimensions, |i, axis| turned[(i, axis)] * scale);
    let rest = Mat::from_fn(n, dimensions, |i, axis| fitted[(i, axis)] - y[(i, axis)]);
    let rms = (squared_length(rest.as_ref()) / n as f64).sqrt();
    let places = (0..points.len()).map(|at| (at / dimensions, at % dimensions));
    let fitted = places.map(|(i, axis)| fitted[(i, axis)] + shift[axis]).collect();
    Ok(Alignment { rms, fitted, scale })
}

fn centered(values: &[f64], dimensions: usize) -> (Mat<f64>, Vec<f64>) {
    let n = values.len() / dimensions;
    let mean = |axis: usize| values.iter().skip(axis).step_by(dimensions).sum::<f64>() / n as f64;
    let means: Vec<f64> = (0..dimensions).map(mean).collect();
    (Mat::from_fn(n, dimensions, |i, axis| values[i * dimensions + axis] - means[axis]), means)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cloud(n: usize) -> Vec<f64> {
        (0..2 * n).map(|i| ((i * i) as f64 * 0.37 + i as f64).cos()).collect()
    }

    /// Turned by 1 rad, mirrored, 3 times as large, shifted.
    fn moved(points: &[f64]) -> Vec<f64> {
        let (sin, cos) = 1f64.sin_cos();
        let turn =
            |p: &[f64]| [3.0 * (cos * p[0] - sin * p[1]) + 5.0, -3.0 * (sin * p[0] + cos * p[1]) - 2.0];
        points.chunks_exact(2).flat_map(turn).collect()
    }

    #[test]
    fn a_moved_copy_fits() {
        let truth = cloud(30);
        let fit = similarity(&moved(&truth), &truth, 2).unwrap();
        assert!(fit.rms < 1e-12 && (fit.scale - 1.0 / 3.0).abs() < 1e-12);
        for (a, b) in fit.fitted.iter().zip(&truth) {
            assert!((a - b).abs() < 1e-12);
        }
    }

    #[test]
    fn the_error_is_known_on_paper() {
        // A square against itself with one diagonal stretched by 1 ± e: centered axes, lengths
        // √2 (1 ± e) against √2. tr Σ = 4, |X|² = 4 (1 + e²), |Y|² = 4.
        let e: f64 = 0.1;
        let truth = [1.0, 0.0, 0.0, 1.0, -1.0, 0.0, 0.0, -1.0];
        let points = [1.0 + e, 0.0, 0.0, 1.0 - e, -1.0 - e, 0.0, 0.0, e - 1.0];
        let wanted = ((4.0 - 16.0 / (4.0 * (1.0 + e * e))) / 4.0).sqrt();
        let fit = similarity(&points, &truth, 2).unwrap();
        assert!((fit.rms - wanted).abs() < 1e-12, "{} is not {wanted}", fit.rms);
    }

    #[test]
    fn no_small_change_of_the_fit_is_better() {
        let truth = cloud(25);
        let points: Vec<f64> =
            moved(&truth).iter().enumerate().map(|(i, x)| x + 0.3 * (i as f64).sin()).collect();
        let fit = similarity(&points, &truth, 2).unwrap();
        let error = |points: &[f64]| {
            (points.iter().zip(&truth).map(|(a, b)| (a - b).powi(2)).sum::<f64>() / 25.0).sqrt()
        };
        assert!((error(&fit.fitted) - fit.rms).abs() < 1e-12 && fit.rms > 0.01);
        let h: f64 = 1e-4;
        let changed = |change: &dyn Fn(&[f64]) -> [f64; 2]| -> Vec<f64> {
            fit.fitted.chunks_exact(2).flat_map(change).collect()
        };
        for sign in [-h, h] {
            assert!(error(&changed(&|p| [p[0] + sign, p[1]])) > fit.rms);
            assert!(error(&changed(&|p| [p[0], p[1] + sign])) > fit.rms);
            assert!(error(&changed(&|p| [p[0] * (1.0 + sign), p[1] * (1.0 + sign)])) > fit.rms);
            assert!(error(&changed(&|p| [p[0] - sign * p[1], p[1] + sign * p[0]])) > fit.rms);
        }
    }

    #[test]
    fn nonsense_is_refused() {
        let shape = |points: &[f64], truth: &[f64], dimensions| {
            matches!(similarity(points, truth, dimensions), Err(ProcrustesError::Shape { .. }))
        };
        assert!(shape(&[1.0], &[1.0, 2.0], 1));
        assert!(shape(&[1.0; 3], &[1.0; 3], 2));
        assert!(shape(&[], &[], 2));
        assert!(shape(&[1.0], &[1.0], 0));
        assert_eq!(similarity(&[1.0; 4], &[1.0, 2.0, 3.0, 4.0], 2), Err(ProcrustesError::Coincide));
        assert_eq!(similarity(&[f64::NAN, 0.0], &[1.0, 2.0], 1), Err(ProcrustesError::NotFinite));
    }
}

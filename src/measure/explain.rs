//! Whether a picture explains the clip's mean.
//!
//! Waves move each point of the scene about its place, so the temporal mean m of a clip is the scene blurred by
//! the density of these displacements (as a long exposure through turbulent air: Hufnagel and Stanley, JOSA 54,
//! 1964), which is taken to be a Gaussian G of one width everywhere. For a picture p,
//!
//! ```text
//! r(σ) = sqrt(mean of (a (G_σ * p) + b - m)²),   a and b by least squares,   σ = 0, 1/2, 1, ... 8 pixels
//! ```
//!
//! and the result is the least r with its σ: σ is the blur of the mean that the picture has undone, r what is left.
//! A raw frame leaves much, because its waves are not blur; a sharp picture in the right geometry leaves little with
//! a large σ. The mean itself has r = 0 at σ = 0: without σ, r means nothing.

use rayon::prelude::*;

use super::align_with_truth::fit;
use super::{Gray, MeasureError, Rule};

/// The widths tried are multiples of this, in pixels.
const STEP: f64 = 0.5;
/// ... up to this many.
const STEPS: usize = 16;
/// A Gaussian is cut off at this many widths.
const TRUNCATE: f64 = 3.0;

/// What is left when the clip's mean is explained by a picture.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Explained {
    /// Root mean square, in gray levels.
    pub residual: f64,
    /// Width σ of the Gaussian that makes the mean of the picture, in pixels.
    pub blur: f64,
}

/// How `mean`, the temporal mean of the clip, follows from a picture of the same size, inside the rule's border.
///
/// # Errors
/// If the sizes differ or too little is inside the border.
pub fn explain(picture: &Gray, mean: &Gray, rule: &Rule) -> Result<Explained, MeasureError> {
    picture.same_size(mean)?;
    let wanted = rule.inside(mean)?;
    let mut best = Explained { residual: f64::INFINITY, blur: 0.0 };
    for blur in (0..=STEPS).map(|step| step as f64 * STEP) {
        let blurred = rule.inside(&blurred(picture, blur))?;
        let (p, m) = (blurred.values(), wanted.values());
        let (gain, offset) = fit(p.iter().copied(), m.iter().copied());
        let squares: f64 = p.iter().zip(m).map(|(p, m)| (gain * p + offset - m).powi(2)).sum();
        let residual = (squares / p.len() as f64).sqrt();
        if residual < best.residual {
            best = Explained { residual, blur };
        }
    }
    Ok(best)
}

/// Under a Gaussian of this width; beyond the edges the picture is mirrored, the last pixel repeated.
fn blurred(picture: &Gray, sigma: f64) -> Gray {
    let reach = (TRUNCATE * sigma).round() as usize;
    if reach == 0 {
        return picture.clone();
    }
    let weight = |at: usize| (-0.5 * ((at as f64 - reach as f64) / sigma).powi(2)).exp();
    let weights: Vec<f64> = (0..=2 * reach).map(weight).collect();
    let sum: f64 = weights.iter().sum();
    let (width, height) = (picture.width(), picture.height());
    let mut columns = vec![0.0; width * height];
    columns.par_chunks_exact_mut(width).enumerate().for_each(|(y, row)| {
        for (k, weight) in weights.iter().enumerate() {
            let from = picture.row(0, mirrored(y + k, reach, height), width);
            row.iter_mut().zip(from).for_each(|(total, value)| *total += weight / sum * value);
        }
    });
    let mut values = vec![0.0; width * height];
    values.par_chunks_exact_mut(width).zip(columns.par_chunks_exact(width)).for_each(|(row, from)| {
        let wide: Vec<f64> = (0..width + 2 * reach).map(|at| from[mirrored(at, reach, width)]).collect();
        for (k, weight) in weights.iter().enumerate() {
            row.iter_mut().zip(&wide[k..]).for_each(|(total, value)| *total += weight / sum * value);
        }
    });
    Gray::from_values(width, height, values)
}

/// Place `at` - `reach` of a line of this length that is mirrored at its ends, as often as it takes.
fn mirrored(at: usize, reach: usize, length: usize) -> usize {
    let period = 2 * length as isize;
    let place = (at as isize - reach as isize).rem_euclid(period) as usize;
    place.min(2 * length - 1 - place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_mirrored_at_their_ends() {
        let places: Vec<usize> = (0..9).map(|at| mirrored(at, 4, 3)).collect();
        assert_eq!(places, [2, 2, 1, 0, 0, 1, 2, 2, 1]);
    }

    #[test]
    fn a_blur_is_found_again() {
        let values = (0..80 * 70).map(|at| f64::from((at * 7919 % 251) as u8)).collect();
        let sharp = Gray::from_values(80, 70, values);
        let found = explain(&sharp, &blurred(&sharp, 2.5), &Rule::default()).unwrap();
        assert!(found.blur == 2.5 && found.residual < 1e-9, "{found:?}");
        let itself = explain(&sharp, &sharp, &Rule::default()).unwrap();
        assert!(itself.blur == 0.0 && itself.residual < 1e-9, "{itself:?}");
    }
}

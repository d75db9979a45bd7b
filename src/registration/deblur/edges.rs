//! How blurred a picture's steepest edges are.
//!
//! Blurring a step that is blurred already, of variance s², once more lowers its slope by R = sqrt(1 + t²/s²), with t² the
//! variance of the second blur: s follows from the slopes before and after (Zhuo and Sim, "Defocus map estimation from a
//! single image", Pattern Recognition 44(9), 2011). Edges that are not steps seem more blurred, so the sharpest count.

use super::gaussian;
use super::spectrum::Spectrum;
use crate::registration::plane::Plane;

/// Standard deviation of the first blur in pixels, which is for the noise, and subtracted from the result.
const FIRST: f64 = 0.7;
/// And of the second, t.
const SECOND: f64 = 1.5;
/// Sharp pictures have this, by their lens and pixels, and keep it: without it pictures that are sharp ring.
const SHARP: f64 = 0.5;
/// Share of the edges, the steepest, that are measured.
const STEEPEST: f64 = 0.1;
/// Share of these, the sharpest, up to which they count.
const SHARPEST: f64 = 0.1;
/// Pixels along the border that are left out.
const BORDER: usize = 4;
/// The least that R² exceeds 1 by; less is rounding.
const LEAST: f64 = 1e-4;

/// What blurs them beyond a sharp picture's, as the standard deviation of a Gaussian in pixels; zero where there are no edges.
pub(super) fn blur(spectrum: &Spectrum) -> f32 {
    let slopes = |variance: f64| {
        let mut spectrum = spectrum.clone();
        spectrum.multiply(&spectrum.along_axes(&|f| gaussian(variance, f)), &|_, left| left);
        slopes(&spectrum.picture())
    };
    let (once, twice) = (slopes(FIRST * FIRST), slopes(FIRST * FIRST + SECOND * SECOND));
    let mut crests = crests(&once, spectrum.width());
    crests.sort_unstable_by(|&a, &b| once[b].total_cmp(&once[a]));
    crests.truncate((STEEPEST * crests.len() as f64).ceil() as usize);
    let variance = |&at: &usize| {
        let ratio = f64::from(once[at]) / f64::from(twice[at]).max(f64::MIN_POSITIVE);
        SECOND * SECOND / (ratio * ratio - 1.0).max(LEAST) - FIRST * FIRST - SHARP * SHARP
    };
    let mut variances: Vec<f64> = crests.iter().map(variance).collect();
    variances.sort_unstable_by(f64::total_cmp);
    let at = (SHARPEST * variances.len() as f64) as usize;
    variances.get(at).map_or(0.0, |variance| variance.max(0.0).sqrt() as f32)
}

/// The length of the gradient at each pixel; zero on the border.
fn slopes(picture: &Plane) -> Vec<f32> {
    let (width, height) = (picture.width, picture.height);
    let mut slopes = vec![0.0; width * height];
    for y in 1..height - 1 {
        for x in 1..width - 1 {
            let (gx, gy) = picture.gradient(x, y);
            slopes[y * width + x] = gx.hypot(gy);
        }
    }
    slopes
}

/// Pixels that no neighbor is steeper than.
fn crests(slopes: &[f32], width: usize) -> Vec<usize> {
    let height = slopes.len() / width;
    let inner = |count: usize| BORDER..count.saturating_sub(BORDER);
    let all = inner(height).flat_map(|y| inner(width).map(move |x| y * width + x));
    let near = [1, width - 1, width, width + 1];
    let crest = |&at: &usize| {
        let steepest = near.iter().map(|&step| slopes[at - step].max(slopes[at + step])).fold(0.0, f32::max);
        slopes[at] > 0.0 && slopes[at] >= steepest
    };
    all.filter(crest).collect()
}

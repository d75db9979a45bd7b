//! Structural similarity and the peak signal-to-noise ratio.
//!
//! With the means μ, variances σ² and covariance under a Gaussian window of σ = 1.5 pixels, cut off at 5,
//!
//! ```text
//! SSIM(x) = (2 μa μb + C1) (2 σab + C2) / ((μa² + μb² + C1) (σa² + σb² + C2)),   C1 = (0.01 L)², C2 = (0.03 L)²
//! PSNR    = 10 log10(L² / mean of (a - b)²)
//! ```
//!
//! for a range L of 255 gray levels. SSIM, -1 ..= 1, is the mean over the pixels whose whole window lies in the
//! picture. Source: Wang, Bovik, Sheikh, Simoncelli, "Image quality assessment: from error visibility to
//! structural similarity", IEEE TIP 13 (2004). SciPy's `gaussian_filter(x, 1.5, truncate=3.5)` with 5 pixels cropped is
//! the same: what it does beyond the edge does not reach further than that.

use rayon::prelude::*;

use super::{Gray, MeasureError};

/// Pixels between the middle of the window and its edge: 3.5 x 1.5, rounded.
const REACH: usize = 5;
/// Side of the window.
pub const WINDOW: usize = 2 * REACH + 1;
const SIGMA: f64 = 1.5;
const RANGE: f64 = 255.0;
const C1: f64 = (0.01 * RANGE) * (0.01 * RANGE);
const C2: f64 = (0.03 * RANGE) * (0.03 * RANGE);
/// Mean squared errors below this are rounding alone.
const NOTHING: f64 = 1e-20;

/// Structural similarity of two pictures of one size, -1 ..= 1.
///
/// # Errors
/// If the sizes differ or a side is shorter than [`WINDOW`].
pub fn ssim(a: &Gray, b: &Gray) -> Result<f64, MeasureError> {
    Ok(similarity(a, b)?.0)
}

/// Peak signal-to-noise ratio of two pictures of one size, in dB; infinite where they are equal.
///
/// # Errors
/// If the sizes differ or there are no pixels.
pub fn psnr(a: &Gray, b: &Gray) -> Result<f64, MeasureError> {
    a.same_size(b)?;
    a.at_least(1, 1)?;
    let squares: f64 = a.values().iter().zip(b.values()).map(|(a, b)| (a - b).powi(2)).sum();
    let error = squares / a.values().len() as f64;
    Ok(if error < NOTHING { f64::INFINITY } else { 10.0 * (RANGE * RANGE / error).log10() })
}

/// SSIM, and the mean of its second factor alone: contrast and structure.
pub(super) fn similarity(a: &Gray, b: &Gray) -> Result<(f64, f64), MeasureError> {
    a.same_size(b)?;
    a.at_least(WINDOW, WINDOW)?;
    let (width, height) = (a.width(), a.height());
    let (a, b) = (a.values(), b.values());
    let product = |p: &[f64], q: &[f64]| -> Vec<f64> { p.iter().zip(q).map(|(p, q)| p * q).collect() };
    let blur = |values: &[f64]| windowed(values, width, height);
    let (mean_a, mean_b) = (blur(a), blur(b));
    let (aa, bb, ab) = (blur(&product(a, a)), blur(&product(b, b)), blur(&product(a, b)));
    let across = width - 2 * REACH;
    let of_row = |row: usize| {
        (row * across..(row + 1) * across).fold((0.0, 0.0), |(whole, second), i| {
            let (ma, mb) = (mean_a[i], mean_b[i]);
            let (va, vb, cov) = (aa[i] - ma * ma, bb[i] - mb * mb, ab[i] - ma * mb);
            let light = (2.0 * ma * mb + C1) / (ma * ma + mb * mb + C1);
            let structure = (2.0 * cov + C2) / (va + vb + C2);
            (whole + light * structure, second + structure)
        })
    };
    let rows: Vec<(f64, f64)> = (0..height - 2 * REACH).into_par_iter().map(of_row).collect();
    let (whole, second) = rows.iter().fold((0.0, 0.0), |sum, row| (sum.0 + row.0, sum.1 + row.1));
    let count = mean_a.len() as f64;
    Ok((whole / count, second / count))
}

/// Means under the window, wherever all of it lies in the picture.
fn windowed(values: &[f64], width: usize, height: usize) -> Vec<f64> {
    let weights = gaussian();
    let (across, down) = (width - 2 * REACH, height - 2 * REACH);
    let mut columns = vec![0.0; width * down];
    columns.par_chunks_mut(width).enumerate().for_each(|(y, row)| {
        for (k, weight) in weights.iter().enumerate() {
            let from = &values[(y + k) * width..(y + k + 1) * width];
            row.iter_mut().zip(from).for_each(|(sum, value)| *sum += weight * value);
        }
    });
    let mut means = vec![0.0; across * down];
    means.par_chunks_mut(across).enumerate().for_each(|(y, row)| {
        let from = &columns[y * width..(y + 1) * width];
        for (k, weight) in weights.iter().enumerate() {
            row.iter_mut().zip(&from[k..]).for_each(|(sum, value)| *sum += weight * value);
        }
    });
    means
}

fn gaussian() -> [f64; WINDOW] {
    let mut weights = [0.0; WINDOW];
    for (at, weight) in weights.iter_mut().enumerate() {
        *weight = (-0.5 * ((at as f64 - REACH as f64) / SIGMA).powi(2)).exp();
    }
    let sum: f64 = weights.iter().sum();
    weights.map(|weight| weight / sum)
}

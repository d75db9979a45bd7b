//! Structural similarity over several scales.
//!
//! ```text
//! MS-SSIM = l_M^w_M  Π_j (c s)_j^w_j,   j = 1 ..= M = 5,   w = 0.0448, 0.2856, 0.3001, 0.2363, 0.1333
//! ```
//!
//! where (c s)_j is the mean of SSIM's second factor at scale j and, at the last, l c s the mean of the whole. From
//! scale to scale the picture is halved by the mean of 2 x 2 pixels; a last odd row or column is its own mean.
//! A mean below 0 counts as 0, so that the measure is 0 ..= 1. Source: Wang, Simoncelli, Bovik,
//! "Multi-scale structural similarity for image quality assessment", Asilomar 2003, and its authors' code.
//!
//! A picture has fewer than five scales if a side would become shorter than the window of 11 pixels (below 161
//! pixels): then M is what fits and its weights are divided by their sum. Values for different M cannot be
//! compared, so the number of scales is part of the result.

use rayon::prelude::*;

use super::ssim::{WINDOW, similarity};
use super::{Gray, MeasureError};

/// Weights of the scales, the finest first.
pub const WEIGHTS: [f64; 5] = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];

/// A similarity and what it is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct MsSsim {
    /// 0 ..= 1; 1 for equal pictures.
    pub value: f64,
    /// 1 ..= 5.
    pub scales: usize,
}

/// Structural similarity of two pictures of one size over as many scales as they have.
///
/// # Errors
/// If the sizes differ or a side is shorter than [`WINDOW`].
pub fn ms_ssim(a: &Gray, b: &Gray) -> Result<MsSsim, MeasureError> {
    let (mut a, mut b) = (a.clone(), b.clone());
    let scales = scales(a.width().min(a.height()));
    // All five are as published, though they add up to 1.0001.
    let sum = if scales == WEIGHTS.len() { 1.0 } else { WEIGHTS[..scales].iter().sum() };
    let mut value = 1.0;
    for (scale, weight) in WEIGHTS[..scales].iter().enumerate() {
        let (whole, second) = similarity(&a, &b)?;
        let last = scale + 1 == scales;
        value *= f64::max(if last { whole } else { second }, 0.0).powf(weight / sum);
        if !last {
            (a, b) = (halved(&a), halved(&b));
        }
    }
    Ok(MsSsim { value, scales })
}

/// How often a side can be halved and still hold the window, itself counted; at least 1.
fn scales(side: usize) -> usize {
    let sides = std::iter::successors(Some(side), |side| Some(side.div_ceil(2)));
    sides.take(WEIGHTS.len()).take_while(|&side| side >= WINDOW).count().max(1)
}

fn halved(picture: &Gray) -> Gray {
    let (across, down) = (picture.width().div_ceil(2), picture.height().div_ceil(2));
    let mut values = vec![0.0; across * down];
    values.par_chunks_mut(across).enumerate().for_each(|(y, row)| {
        let above = picture.row(0, 2 * y, picture.width());
        let below = picture.row(0, (2 * y + 1).min(picture.height() - 1), picture.width());
        for (x, value) in row.iter_mut().enumerate() {
            let (left, right) = (2 * x, (2 * x + 1).min(picture.width() - 1));
            *value = (above[left] + above[right] + below[left] + below[right]) / 4.0;
        }
    });
    Gray::from_values(across, down, values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_pictures_have_fewer_scales() {
        for (side, count) in [(11, 1), (20, 1), (21, 2), (160, 4), (161, 5), (4000, 5)] {
            assert_eq!(scales(side), count, "{side}");
        }
    }

    #[test]
    fn odd_ends_are_their_own_mean() {
        let picture = Gray::from_values(3, 3, (0..9).map(f64::from).collect());
        assert_eq!(halved(&picture).values(), [2.0, 3.5, 6.5, 8.0]);
    }
}

//! A picture aligned with the truth: the rule by which stills are judged.
//!
//! Only the part of the truth t(x) counts that is at least `border` (at the upper edge `top`) plus `shift` pixels
//! from the edge, so that a picture p moved by up to `shift` still covers it. For each whole-pixel
//! shift d with |dx|, |dy| <= `shift`,
//!
//! ```text
//! (a, b) = argmin  Σ (a p(x + d) + b - t(x))²     over every 7th of these pixels, row by row
//! e(d)   = mean of (a p(x + d) + b - t(x))²       over all of them
//! ```
//!
//! The d with the least e is taken, the first of equals from the upper left; for it a and b are fitted again, to all
//! pixels. Then a p(x + d) + b is measured against t(x). The script `score.py` that comes with the water clips
//! used in development does the same, and its results are matched to the last digits.

use rayon::prelude::*;

use super::ssim::WINDOW;
use super::{Gray, MeasureError};

/// One pixel in this many counts for the brightness while shifts are tried.
const SAMPLED: usize = 7;

/// How pictures are aligned, and which part of them counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Rule {
    /// How many whole pixels a picture may be off, in x and in y.
    pub shift: usize,
    /// Pixels along the edges that do not count.
    pub border: usize,
    /// The same at the upper edge, where pictures may carry a caption.
    pub top: usize,
}

impl Default for Rule {
    /// Shifts of at most 4 pixels, a border of 8.
    fn default() -> Rule {
        Rule { shift: 4, border: 8, top: 8 }
    }
}

/// Two pictures of one size, aligned.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Aligned {
    /// The part of the truth that counts.
    pub truth: Gray,
    /// The same part of the picture, as bright as the truth.
    pub picture: Gray,
    /// Where the truth's pixel (x, y) is in the picture: at (x, y) + shift.
    pub shift: (i32, i32),
    /// What the picture was multiplied by.
    pub gain: f64,
    /// What was added after that.
    pub offset: f64,
}

impl Rule {
    /// Width and height of the smallest picture that can be aligned and measured.
    #[must_use]
    pub fn least(&self) -> (usize, usize) {
        let margin = self.border.saturating_add(self.shift);
        let across = margin.saturating_mul(2).saturating_add(WINDOW);
        let down = margin.saturating_add(self.shift).saturating_add(WINDOW).saturating_add(self.top);
        (across, down)
    }

    /// The picture less the border.
    pub(super) fn inside(&self, picture: &Gray) -> Result<Gray, MeasureError> {
        let (least_width, least_height) = self.least();
        picture.at_least(least_width, least_height)?;
        let Rule { border, top, .. } = *self;
        Ok(picture.part(border, top, picture.width() - 2 * border, picture.height() - top - border))
    }
}

/// Aligns `picture` with `truth`. Sizes may differ by as much as a picture may be off: what is beyond the smaller
/// at the right and below does not count.
///
/// # Errors
/// [`MeasureError::Sizes`] if they differ by more, [`MeasureError::TooSmall`] if too little is inside the border.
pub fn align(picture: &Gray, truth: &Gray, rule: &Rule) -> Result<Aligned, MeasureError> {
    let (first, second) = ((picture.width(), picture.height()), (truth.width(), truth.height()));
    if first.0.abs_diff(second.0).max(first.1.abs_diff(second.1)) > rule.shift {
        return Err(MeasureError::Sizes { first, second, most: rule.shift });
    }
    let (least_width, least_height) = rule.least();
    picture.at_least(least_width, least_height)?;
    truth.at_least(least_width, least_height)?;
    let (width, height) = (first.0.min(second.0), first.1.min(second.1));
    let margin = rule.border + rule.shift;
    let (left, upper) = (margin, rule.top + rule.shift);
    let (across, down) = (width - 2 * margin, height - margin - upper);
    let truth = truth.part(left, upper, across, down);

    let reach = rule.shift as i32;
    let shifts: Vec<(i32, i32)> =
        (-reach..=reach).flat_map(|dy| (-reach..=reach).map(move |dx| (dx, dy))).collect();
    // Never beyond the edges: the margin is at least as wide as the shift.
    let corner = |(dx, dy): (i32, i32)| {
        (left.saturating_add_signed(dx as isize), upper.saturating_add_signed(dy as isize))
    };
    let errors: Vec<f64> = shifts.par_iter().map(|&shift| error(picture, &truth, corner(shift))).collect();
    let mut best = 0;
    for (at, error) in errors.iter().enumerate() {
        if error < &errors[best] {
            best = at;
        }
    }
    let (x, y) = corner(shifts[best]);
    let there = picture.part(x, y, across, down);
    let (gain, offset) = fit(there.values().iter().copied(), truth.values().iter().copied());
    let fitted = there.values().iter().map(|value| gain * value + offset).collect();
    let picture = Gray::from_values(across, down, fitted);
    Ok(Aligned { truth, picture, shift: shifts[best], gain, offset })
}

/// Mean squared error where the truth's first pixel is at (x, y) of the picture.
fn error(picture: &Gray, truth: &Gray, (x, y): (usize, usize)) -> f64 {
    let (width, height) = (truth.width(), truth.height());
    let sampled = (0..width * height).step_by(SAMPLED);
    let there = sampled.clone().map(|at| picture.row(x + at % width, y + at / width, 1)[0]);
    let (gain, offset) = fit(there, sampled.map(|at| truth.values()[at]));
    let of_row = |row: usize| -> f64 {
        let pairs = picture.row(x, y + row, width).iter().zip(truth.row(0, row, width));
        pairs.map(|(p, t)| (gain * p + offset - t).powi(2)).sum()
    };
    (0..height).map(of_row).sum::<f64>() / (width * height) as f64
}

/// The a and b for which a p + b is nearest to t, in least squares; a = 0 where all p are equal.
pub(super) fn fit(p: impl Iterator<Item = f64> + Clone, t: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let (mut n, mut sum_p, mut sum_t) = (0.0, 0.0, 0.0);
    for (p, t) in p.clone().zip(t.clone()) {
        (n, sum_p, sum_t) = (n + 1.0, sum_p + p, sum_t + t);
    }
    let (mean_p, mean_t) = (sum_p / n, sum_t / n);
    let (mut variance, mut covariance) = (0.0, 0.0);
    for (p, t) in p.zip(t) {
        variance += (p - mean_p) * (p - mean_p);
        covariance += (p - mean_p) * (t - mean_t);
    }
    let gain = if variance > 0.0 { covariance / variance } else { 0.0 };
    (gain, mean_t - gain * mean_p)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_fitted_exactly() {
        let p = [0.0, 1.0, 5.0, 9.0];
        let (gain, offset) = fit(p.into_iter(), p.into_iter().map(|p| 2.5 * p - 3.0));
        assert!((gain - 2.5).abs() < 1e-14 && (offset + 3.0).abs() < 1e-13);
        assert_eq!(fit([4.0; 3].into_iter(), [1.0, 2.0, 6.0].into_iter()), (0.0, 3.0));
    }

    #[test]
    fn the_smallest_picture_holds_one_window() {
        assert_eq!(Rule::default().least(), (35, 35));
        assert_eq!(Rule { top: 36, ..Rule::default() }.least(), (35, 63));
        assert_eq!(Rule { top: 0, ..Rule::default() }.least(), (35, 27));
    }
}

//! A picture in gray, as all measures take it.

use super::MeasureError;
use crate::video::{Channels, Frame, Samples};

/// Weights of red, green and blue, times 2^16 (ITU-R BT.601-7, 2.5.1), as the `convert("L")` of Pillow has them.
const WEIGHTS: [u32; 3] = [19595, 38470, 7471];
/// 16-bit samples over this are 8-bit ones.
const DEEP: f64 = 257.0;

/// Gray levels 0 ..= 255, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Gray {
    width: usize,
    height: usize,
    values: Vec<f64>,
}

impl Gray {
    /// Of 8 bits, rounded to whole levels as in Pillow; of 16 bits, with their fractions.
    ///
    /// # Errors
    /// [`MeasureError::Samples`] for a frame whose samples do not match its size.
    pub fn of(frame: &Frame) -> Result<Gray, MeasureError> {
        let Frame { width, height, channels, ref samples } = *frame;
        if !frame.is_whole() {
            return Err(MeasureError::Samples { width, height, samples: samples.len() });
        }
        let weigh = |pixel: [u32; 3]| pixel.iter().zip(WEIGHTS).map(|(sample, weight)| sample * weight).sum();
        let round = |sum: u32| f64::from((sum + (1 << 15)) >> 16);
        let values = match (samples, channels) {
            (Samples::U8(v), Channels::Luma) => v.iter().map(|&s| f64::from(s)).collect(),
            (Samples::U8(v), Channels::Rgb) => {
                v.chunks_exact(3).map(|p| round(weigh([p[0].into(), p[1].into(), p[2].into()]))).collect()
            }
            (Samples::U16(v), Channels::Luma) => v.iter().map(|&s| f64::from(s) / DEEP).collect(),
            (Samples::U16(v), Channels::Rgb) => {
                let weigh = |p: &[u16]| -> f64 {
                    p.iter().zip(WEIGHTS).map(|(&s, w)| f64::from(s) * f64::from(w)).sum()
                };
                v.chunks_exact(3).map(|p| weigh(p) / 65536.0 / DEEP).collect()
            }
        };
        Ok(Gray { width, height, values })
    }

    /// `values` are those of `width` x `height` pixels: of the library's own making.
    pub(crate) fn from_values(width: usize, height: usize, values: Vec<f64>) -> Gray {
        debug_assert_eq!(values.len(), width * height);
        Gray { width, height, values }
    }

    /// Width in pixels.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Height in pixels.
    #[must_use]
    pub fn height(&self) -> usize {
        self.height
    }

    /// Row by row.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The `width` pixels of row `y` from `x` on.
    pub(super) fn row(&self, x: usize, y: usize, width: usize) -> &[f64] {
        let start = y * self.width + x;
        &self.values[start..start + width]
    }

    /// A part of the picture; it must lie inside.
    pub(super) fn part(&self, x: usize, y: usize, width: usize, height: usize) -> Gray {
        let rows = (y..y + height).flat_map(|y| self.row(x, y, width));
        Gray { width, height, values: rows.copied().collect() }
    }

    /// An error unless both sides are at least this long.
    pub(super) fn at_least(&self, least_width: usize, least_height: usize) -> Result<(), MeasureError> {
        if self.width >= least_width && self.height >= least_height {
            return Ok(());
        }
        Err(MeasureError::TooSmall { width: self.width, height: self.height, least_width, least_height })
    }

    /// An error unless both pictures have one size.
    pub(super) fn same_size(&self, other: &Gray) -> Result<(), MeasureError> {
        let (first, second) = ((self.width, self.height), (other.width, other.height));
        if first == second { Ok(()) } else { Err(MeasureError::Sizes { first, second, most: 0 }) }
    }
}

//! The still between its pixels: bicubic interpolation (Catmull-Rom; Keys 1981 with a = −1/2),
//! which passes through the samples, so that no displacement means no change at all.

use crate::video::{Frame, Samples};

/// A still with a mirrored border, ready to be sampled.
pub(super) struct Sampler {
    width: usize,
    border: usize,
    stride: usize,
    rows: usize,
    /// Red, green, blue, unused; or luma alone.
    texels: Vec<[f32; 4]>,
}

impl Sampler {
    /// `reach`: how far outside the still samples remain distinct; beyond, the last one repeats.
    pub(super) fn new(still: &Frame, reach: usize) -> Sampler {
        let border = reach + 3;
        let (stride, rows) = (still.width + 2 * border, still.height + 2 * border);
        let channels = still.channels.count();
        let value = |index: usize| match &still.samples {
            Samples::U8(samples) => f32::from(samples[index]),
            Samples::U16(samples) => f32::from(samples[index]),
        };
        let mut texels = Vec::with_capacity(stride * rows);
        for row in 0..rows {
            let y = mirrored(row as isize - border as isize, still.height);
            for column in 0..stride {
                let x = mirrored(column as isize - border as isize, still.width);
                let mut texel = [0.0; 4];
                for (channel, to) in texel.iter_mut().enumerate().take(channels) {
                    *to = value((y * still.width + x) * channels + channel);
                }
                texels.push(texel);
            }
        }
        Sampler { width: still.width, border, stride, rows, texels }
    }

    /// One row of the picture: pixel x shows what is at (x + dx, y + dy), times its gain.
    pub(super) fn row(
        &self,
        y: usize,
        shift: (&[f32], &[f32]),
        gains: &[f32],
        channels: usize,
        to: &mut [f32],
    ) {
        match channels {
            1 => sample_row::<1>(self, y, shift, gains, to),
            _ => sample_row::<3>(self, y, shift, gains, to),
        }
    }
}

#[multiversion::multiversion(targets("x86_64+avx2", "x86_64+sse4.1"))]
fn sample_row<const CHANNELS: usize>(
    from: &Sampler,
    y: usize,
    (dx, dy): (&[f32], &[f32]),
    gains: &[f32],
    to: &mut [f32],
) {
    // Keeps the four by four texels inside the border, NaN included.
    let (last_x, last_y) = ((from.stride - 3) as f32, (from.rows - 3) as f32);
    let (border, line) = (from.border as f32, (y + from.border) as f32);
    let (pixels, _) = to.as_chunks_mut::<CHANNELS>();
    for (x, pixel) in pixels.iter_mut().enumerate().take(from.width) {
        let column = (x as f32 + border + dx[x]).max(1.0).min(last_x);
        let row = (line + dy[x]).max(1.0).min(last_y);
        let (left, top) = (column as usize, row as usize);
        let across = weights(column - left as f32);
        let down = weights(row - top as f32);
        let mut sum = [0.0f32; 4];
        for (j, weight) in down.iter().enumerate() {
            let start = (top + j - 1) * from.stride + left - 1;
            let texels = &from.texels[start..start + 4];
            for channel in 0..4 {
                let line = across[0] * texels[0][channel]
                    + across[1] * texels[1][channel]
                    + across[2] * texels[2][channel]
                    + across[3] * texels[3][channel];
                sum[channel] += weight * line;
            }
        }
        for channel in 0..CHANNELS {
            pixel[channel] = sum[channel] * gains[x];
        }
    }
}

/// Catmull-Rom weights of the samples at −1, 0, 1, 2 for the place `f` in 0..1.
#[inline(always)]
fn weights(f: f32) -> [f32; 4] {
    [
        ((-0.5 * f + 1.0) * f - 0.5) * f,
        (1.5 * f - 2.5) * f * f + 1.0,
        ((-1.5 * f + 2.0) * f + 0.5) * f,
        (0.5 * f - 0.5) * f * f,
    ]
}

/// Index of a sample in a still that is mirrored about its outermost samples forever.
fn mirrored(at: isize, length: usize) -> usize {
    let period = 2 * (length as isize - 1);
    if period == 0 {
        return 0;
    }
    let at = at.rem_euclid(period);
    at.min(period - at) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::video::Channels;

    fn still(width: usize, height: usize, value: impl Fn(usize, usize) -> u8) -> Frame {
        let samples = (0..width * height).map(|i| value(i % width, i / width)).collect();
        Frame { width, height, channels: Channels::Luma, samples: Samples::U8(samples) }
    }

    fn sample(still: &Frame, x: usize, y: usize, dx: f32, dy: f32) -> f32 {
        let mut row = vec![0.0; still.width];
        let (dxs, dys) = (vec![dx; still.width], vec![dy; still.width]);
        Sampler::new(still, 4).row(y, (&dxs, &dys), &vec![1.0; still.width], 1, &mut row);
        row[x]
    }

    #[test]
    fn planes_and_parabolas_are_reproduced() {
        // Catmull-Rom reproduces polynomials of degree two (Keys 1981).
        let picture = still(12, 12, |x, y| (x * x + 4 * y) as u8);
        approx::assert_relative_eq!(
            sample(&picture, 5, 5, 0.3, 0.6),
            5.3f32 * 5.3 + 4.0 * 5.6,
            epsilon = 1e-3
        );
    }

    #[test]
    fn whole_shifts_pick_samples_and_the_border_mirrors() {
        let picture = still(9, 7, |x, y| (x * 7 + y * 13) as u8);
        assert_eq!(sample(&picture, 2, 3, 4.0, -2.0), (6 * 7 + 13) as f32);
        assert_eq!(sample(&picture, 1, 0, -3.0, 0.0), (2 * 7) as f32);
        assert_eq!(sample(&picture, 8, 6, 1.0, 2.0), (7 * 7 + 4 * 13) as f32);
    }

    #[test]
    fn shifts_out_of_reach_and_nan_stay_inside() {
        let picture = still(5, 4, |_, _| 9);
        for shift in [1e9, -1e9, f32::NAN, f32::INFINITY] {
            assert_eq!(sample(&picture, 2, 2, shift, shift), 9.0);
        }
    }

    #[test]
    fn a_single_pixel_is_everywhere() {
        assert_eq!(sample(&still(1, 1, |_, _| 77), 0, 0, 2.3, -0.7).round(), 77.0);
    }
}

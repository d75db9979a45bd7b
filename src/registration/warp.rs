//! Sampling a frame where the water put each pixel.

use multiversion::multiversion;

use super::field::{Field, SPACING, expand_row};
use super::plane::Plane;

/// What lies beyond the border of a frame is not seen.
pub(super) const UNSEEN: f32 = f32::NAN;

/// Scratch of [`warp_row`].
#[derive(Clone, Debug, Default)]
pub(super) struct RowScratch {
    nodes: Vec<f32>,
    dx: Vec<f32>,
    dy: Vec<f32>,
}

/// frame(x + u(x)) for the pixels of row `y`, by cubic convolution (Keys 1981, a = -1/2);
/// [`UNSEEN`] where that is beyond the frame.
pub(super) fn warp_row(frame: &Plane, field: &Field, y: usize, scratch: &mut RowScratch, out: &mut [f32]) {
    let size = (frame.width, frame.height);
    warp_channels::<1>((&frame.values, size), field, y, scratch, out.as_chunks_mut().0);
}

/// The same of `N` channels that lie side by side: where a pixel is seen is computed once for all.
pub(super) fn warp_channels<const N: usize>(
    (values, size): (&[f32], (usize, usize)),
    field: &Field,
    y: usize,
    scratch: &mut RowScratch,
    out: &mut [[f32; N]],
) {
    let stride = out.len().next_multiple_of(SPACING);
    scratch.dx.resize(stride, 0.0);
    scratch.dy.resize(stride, 0.0);
    expand_row(&field.dx, field.lattice, y, &mut scratch.nodes, &mut scratch.dx);
    expand_row(&field.dy, field.lattice, y, &mut scratch.nodes, &mut scratch.dy);
    sample((values, size), &scratch.dx, &scratch.dy, y, out);
}

#[inline]
pub(super) fn keys(t: f32) -> [f32; 4] {
    let (t2, t3) = (t * t, t * t * t);
    [-0.5 * t3 + t2 - 0.5 * t, 1.5 * t3 - 2.5 * t2 + 1.0, -1.5 * t3 + 2.0 * t2 + 0.5 * t, 0.5 * t3 - 0.5 * t2]
}

/// Pixels whose places and weights are computed side by side.
const LANES: usize = 16;

/// The pixels of row `y` at their places plus these shifts.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub(super) fn sample<const N: usize>(
    (values, (width, height)): (&[f32], (usize, usize)),
    dx: &[f32],
    dy: &[f32],
    y: usize,
    out: &mut [[f32; N]],
) {
    let (right, bottom) = ((width - 1) as f32, (height - 1) as f32);
    let shifts = dx.chunks(LANES).zip(dy.chunks(LANES));
    for (block, (out, (dx, dy))) in out.chunks_mut(LANES).zip(shifts).enumerate() {
        let (mut px, mut py) = ([0.0f32; LANES], [0.0f32; LANES]);
        for (k, (dx, dy)) in dx.iter().zip(dy).enumerate() {
            (px[k], py[k]) = ((block * LANES + k) as f32 + dx, y as f32 + dy);
        }
        let (mut inside, mut at) = ([false; LANES], [0u32; LANES]);
        let (mut wx, mut wy) = ([[0.0f32; LANES]; 4], [[0.0f32; LANES]; 4]);
        for k in 0..LANES {
            let (x, y) = (px[k], py[k]);
            inside[k] = (x >= 1.0) & (x < right - 1.0) & (y >= 1.0) & (y < bottom - 1.0);
            // NaN becomes 1.
            let (x, y) = (x.max(1.0).min(right), y.max(1.0).min(bottom));
            // SAFETY: both are in 0 ..= the picture's size, far inside i32.
            let (column, row) = unsafe { (x.to_int_unchecked::<i32>(), y.to_int_unchecked::<i32>()) };
            let (across, down) = (keys(x - column as f32), keys(y - row as f32));
            for i in 0..4 {
                (wx[i][k], wy[i][k]) = (across[i], down[i]);
            }
            at[k] = ((row - 1) * width as i32 + column - 1) as u32;
        }
        // Rows first: four products at a time.
        let mut four = [[[0.0f32; N]; 4]; LANES];
        for k in (0..out.len()).filter(|&k| inside[k]) {
            let mut sum = [[0.0f32; N]; 4];
            for (j, wy) in wy.iter().enumerate() {
                let line = &values[(at[k] as usize + j * width) * N..][..4 * N];
                for i in 0..4 {
                    for channel in 0..N {
                        sum[i][channel] += wy[k] * line[i * N + channel];
                    }
                }
            }
            four[k] = sum;
        }
        for (k, out) in out.iter_mut().enumerate() {
            if inside[k] {
                for channel in 0..N {
                    let [a, b, c, d] = four[k].map(|four| four[channel]);
                    out[channel] = (wx[0][k] * a + wx[1][k] * b) + (wx[2][k] * c + wx[3][k] * d);
                }
            } else {
                *out = at_border((values, (width, height)), px[k], py[k]);
            }
        }
    }
}

/// The same where the kernel leaves the frame; the border pixels reach half a pixel further.
#[cold]
fn at_border<const N: usize>(
    (values, (width, height)): (&[f32], (usize, usize)),
    px: f32,
    py: f32,
) -> [f32; N] {
    let (right, bottom) = ((width - 1) as f32, (height - 1) as f32);
    if !(px >= -0.5 && px <= right + 0.5 && py >= -0.5 && py <= bottom + 0.5) {
        return [UNSEEN; N];
    }
    let (px, py) = (px.clamp(0.0, right), py.clamp(0.0, bottom));
    let (column, row) = (px as usize, py as usize);
    let (wx, wy) = (keys(px - column as f32), keys(py - row as f32));
    let mut sum = [0.0; N];
    for (j, wy) in wy.iter().enumerate() {
        let line = (row + j).saturating_sub(1).min(height - 1) * width;
        for (i, wx) in wx.iter().enumerate() {
            let at = line + (column + i).saturating_sub(1).min(width - 1);
            for channel in 0..N {
                sum[channel] += wy * wx * values[at * N + channel];
            }
        }
    }
    sum
}

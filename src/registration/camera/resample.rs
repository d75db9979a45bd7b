//! Frames as the steady camera would have seen them.

use multiversion::multiversion;

use super::Pose;
use crate::registration::plane::Plane;
use crate::registration::warp::{keys, sample};

/// Resamples one channel: out(x) = frame(pose(x)) by cubic convolution (Keys 1981, a = -1/2), of
/// the size of the frame. Beyond the border the nearest border sample.
pub(crate) fn resample(frame: &Plane, pose: &Pose, out: &mut Plane) {
    let size = (frame.width, frame.height);
    out.resize(size.0, size.1);
    resample_channels::<1>(&frame.values, size, pose, &mut out.values);
}

/// The same of `N` channels that lie side by side.
pub(crate) fn resample_channels<const N: usize>(
    frame: &[f32],
    size: (usize, usize),
    pose: &Pose,
    out: &mut [f32],
) {
    let mut shifts = [vec![0.0; size.0], vec![0.0; size.0]];
    for (y, out) in out.chunks_exact_mut((N * size.0).max(1)).enumerate() {
        let [dx, dy] = &mut shifts;
        places(pose, size, y, dx, dy);
        sample::<N>((frame, size), dx, dy, y, out.as_chunks_mut().0);
    }
}

/// How far from each pixel of row `y` its place in the frame is; of what lies beyond the border, the nearest place that does not.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn places(pose: &Pose, (width, height): (usize, usize), y: usize, dx: &mut [f32], dy: &mut [f32]) {
    let (right, bottom) = ((width - 1) as f64, (height - 1) as f64);
    for (x, (dx, dy)) in dx.iter_mut().zip(dy).enumerate() {
        let (px, py) = pose.apply(x as f64, y as f64);
        // `max` and `min` turn NaN into a place of the picture, `clamp` does not.
        *dx = (px.max(0.0).min(right) - x as f64) as f32;
        *dy = (py.max(0.0).min(bottom) - y as f64) as f32;
    }
}

/// Whether a point is in the picture, to whose border pixels half a pixel more belongs.
#[inline]
pub(super) fn sees(frame: &Plane, x: f64, y: f64) -> bool {
    x >= -0.5 && x <= frame.width as f64 - 0.5 && y >= -0.5 && y <= frame.height as f64 - 0.5
}

/// The value at a point of a picture that is not empty; beyond the border, or where the point is
/// not finite, that of a border pixel.
#[inline]
pub(crate) fn cubic(frame: &Plane, x: f64, y: f64) -> f32 {
    let (width, height) = (frame.width, frame.height);
    // `max` and `min` turn NaN into a place of the picture, `clamp` does not.
    let (x, y) = (x.max(0.0).min((width - 1) as f64), y.max(0.0).min((height - 1) as f64));
    let (column, row) = (x as usize, y as usize);
    let (wx, wy) = (keys((x - column as f64) as f32), keys((y - row as f64) as f32));
    let mut sum = 0.0;
    if column >= 1 && column + 2 < width && row >= 1 && row + 2 < height {
        for (j, wy) in wy.iter().enumerate() {
            let start = (row + j - 1) * width + column - 1;
            let four = &frame.values[start..start + 4];
            sum += wy * (wx[0] * four[0] + wx[1] * four[1] + wx[2] * four[2] + wx[3] * four[3]);
        }
    } else {
        for (j, wy) in wy.iter().enumerate() {
            let line = frame.row((row + j).saturating_sub(1).min(height - 1));
            for (i, wx) in wx.iter().enumerate() {
                sum += wy * wx * line[(column + i).saturating_sub(1).min(width - 1)];
            }
        }
    }
    sum
}

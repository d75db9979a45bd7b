//! Gauss-Newton steps on one level.
//!
//! Inverse compositional (Baker and Matthews, "Lucas-Kanade 20 years on", IJCV 56(3), 2004): the
//! small warp W is put into the reference T, whose gradients never change, and the pose takes up its
//! inverse. With a gain g and an offset b for each block of the picture, for light that changes,
//!
//! ```text
//! minimize  sum over x of w(x) (g T(W(p; x)) + b(x) - F(pose(x)))²,     pose <- pose ∘ W(p)⁻¹
//! ```
//!
//! in coordinates from -1 to 1 across the longer side, so that all parameters move pixels alike.
//! The weights w are Tukey's, with the scale from the median residual: where there are waves, shadows
//! or passers-by, the frame does not count. Offsets are the blocks' median residuals. Subtracting local
//! means beforehand would not work: those of the frame stay in place while the picture moves.

use algebra::{Mat, solve_positive};

use super::Motion;
use super::pose::Pose;
use super::resample::{cubic, sees};
use super::samples::{Sample, Samples, contrast};
use crate::registration::plane::Plane;

/// Parameters of a homography, and the gain.
const MOST: usize = 9;
/// Residuals of this many standard deviations have no weight: 95% efficiency under Gaussian noise
/// (Beaton and Tukey 1974).
const TUKEY: f32 = 4.685;
/// The median of |r| to the standard deviation of Gaussian r.
const MAD: f32 = 1.4826;
/// Residuals are assumed no smaller than what rounding to whole gray levels leaves.
const ROUNDING: f32 = 0.29;
/// Added to the diagonal as a share of it: directions in which the picture is the same everywhere
/// stay put. The fixed point is the same as without it.
const RIDGE: f64 = 1e-4;
/// Most steps; each shrinks the error several times.
const STEPS: usize = 12;
/// A step that moves no corner by more pixels is the last. The next would be several times smaller.
const STILL: f64 = 0.01;
/// Fewer pixels than this per parameter are not enough to measure it.
const SUPPORT: usize = 8;

/// Reused buffers.
#[derive(Clone, Debug, Default)]
pub(super) struct Fit {
    residuals: Vec<f32>,
    sizes: Vec<f32>,
}

impl Fit {
    /// Moves a pose to the nearest place where reference and frame agree, in pixels of the level; it
    /// stays where it was if that place cannot be determined or no camera could be there.
    ///
    /// `frame` is the level with and without its local mean.
    pub(super) fn run(
        &mut self,
        samples: &Samples,
        frame: (&Plane, &Plane),
        motion: Motion,
        from: Pose,
    ) -> Pose {
        if samples.contrast <= 0.0 {
            return from;
        }
        let (frame, detail) = frame;
        let mut gain = contrast(detail) / samples.contrast;
        let mut pose = from;
        for _ in 0..STEPS {
            self.measure(samples, frame, &pose, gain);
            let Some(clip) = self.clip(samples, motion) else { return from };
            let Some(step) = self.solve(samples, motion, gain, clip) else { return from };
            let Some(back) = warp(&step, samples, motion).inverse() else { return from };
            pose = pose.compose(back);
            if !pose.plausible(samples.width, samples.height) {
                return from;
            }
            gain += step[MOST - 1] as f32;
            if back.apart(&Pose::identity(), samples.width, samples.height) < STILL {
                break;
            }
        }
        pose
    }

    /// F(pose(x)) - (g T(x) + b(x)), or NaN beyond the frame.
    fn measure(&mut self, samples: &Samples, frame: &Plane, pose: &Pose, gain: f32) {
        self.residuals.clear();
        self.residuals.extend(samples.all.iter().map(|sample| {
            let (x, y) = pose.apply(sample.x.into(), sample.y.into());
            if sees(frame, x, y) { cubic(frame, x, y) - gain * sample.value } else { f32::NAN }
        }));
        let mut start = 0;
        for &end in &samples.ends {
            let block = &mut self.residuals[start..end];
            start = end;
            self.sizes.clear();
            self.sizes.extend(block.iter().filter(|residual| !residual.is_nan()));
            if let Some(offset) = median(&mut self.sizes) {
                block.iter_mut().for_each(|residual| *residual -= offset);
            }
        }
    }

    /// The residual from which on pixels have no weight, from the pixels that have texture: an empty
    /// sky fits anywhere, and would call the scene below it an outlier.
    fn clip(&mut self, samples: &Samples, motion: Motion) -> Option<f32> {
        self.sizes.clear();
        let textured = samples.all.iter().zip(&self.residuals).filter(|(sample, residual)| {
            !residual.is_nan() && sample.gx * sample.gx + sample.gy * sample.gy >= samples.texture
        });
        self.sizes.extend(textured.map(|(_, residual)| residual.abs()));
        if self.sizes.len() < SUPPORT * (parameters(motion) + 1) {
            return None;
        }
        Some(TUKEY * (MAD * median(&mut self.sizes)?).max(ROUNDING))
    }

    /// The weighted least-squares step: the motion's parameters, zeros, the gain.
    fn solve(&self, samples: &Samples, motion: Motion, gain: f32, clip: f32) -> Option<[f64; MOST]> {
        let count = parameters(motion);
        let size = count + 1;
        let mut normal = [[0.0; MOST]; MOST];
        let mut right = [0.0; MOST];
        for (sample, &residual) in samples.all.iter().zip(&self.residuals) {
            let share = residual / clip;
            // NaN is neither.
            if share.abs() < 1.0 {
                let row = row(sample, samples, motion, f64::from(gain));
                let weight = f64::from(1.0 - share * share).powi(2);
                for i in 0..size {
                    let weighted = weight * row[i];
                    right[i] += weighted * f64::from(residual);
                    for j in 0..=i {
                        normal[i][j] += weighted * row[j];
                    }
                }
            }
        }
        let mean = (0..count).map(|i| normal[i][i]).sum::<f64>() / count as f64;
        let system = Mat::from_fn(size, size, |i, j| {
            normal[i.max(j)][i.min(j)] + if i == j && i < count { RIDGE * mean } else { 0.0 }
        });
        let solved = solve_positive(&system, &right[..size]).ok()?;
        let mut step = [0.0; MOST];
        for i in 0..size {
            step[if i < count { i } else { MOST - 1 }] = solved[i];
        }
        step.iter().all(|value| value.is_finite()).then_some(step)
    }
}

/// The upper median of a list, which it reorders.
fn median(values: &mut [f32]) -> Option<f32> {
    let middle = values.len() / 2;
    (!values.is_empty()).then(|| *values.select_nth_unstable_by(middle, f32::total_cmp).1)
}

/// How many parameters a motion has.
pub(super) fn parameters(motion: Motion) -> usize {
    match motion {
        Motion::None => 0,
        Motion::Translation => 2,
        Motion::Homography => 8,
    }
}

/// The middle of the picture and half its longer side, in pixels.
fn frame_of(samples: &Samples) -> (f64, f64, f64) {
    let (width, height) = (samples.width as f64, samples.height as f64);
    (0.5 * (width - 1.0), 0.5 * (height - 1.0), 0.5 * width.max(height))
}

/// What each parameter changes of g T(W(p; x)) at p = 0.
/// What the gain changes of the local mean is the offset's.
#[inline]
fn row(sample: &Sample, samples: &Samples, motion: Motion, gain: f64) -> [f64; MOST] {
    let (middle, center, half) = frame_of(samples);
    let (gx, gy) = (gain * half * f64::from(sample.gx), gain * half * f64::from(sample.gy));
    let detail = f64::from(sample.detail);
    if motion != Motion::Homography {
        return [gx, gy, detail, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
    }
    let (u, v) = ((f64::from(sample.x) - middle) / half, (f64::from(sample.y) - center) / half);
    let outward = gx * u + gy * v;
    [gx, gy, gx * u, gx * v, gy * u, gy * v, -u * outward, -v * outward, detail]
}

/// W(p), in pixels.
fn warp(step: &[f64; MOST], samples: &Samples, motion: Motion) -> Pose {
    let (middle, center, half) = frame_of(samples);
    if motion != Motion::Homography {
        return Pose::translation(step[0] * half, step[1] * half);
    }
    let [x, y, xx, xy, yx, yy, px, py, ..] = *step;
    let small = Pose { h: [1.0 + xx, xy, x, yx, 1.0 + yy, y, px, py] };
    let into = Pose { h: [1.0 / half, 0.0, -middle / half, 0.0, 1.0 / half, -center / half, 0.0, 0.0] };
    let out = Pose { h: [half, 0.0, middle, 0.0, half, center, 0.0, 0.0] };
    out.compose(small).compose(into)
}

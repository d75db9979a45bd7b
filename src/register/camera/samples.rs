//! The pixels of a reference that say where it is.

use super::pose::Pose;
use super::resample::{cubic, sees};
use crate::register::plane::Plane;

/// Pixels of a level that are looked at, about: ten parameters from as many pixels are exact to a
/// hundredth of a pixel under any noise one can see through, and more would only take longer.
const ENOUGH: usize = 1 << 16;
/// A frame that shows less than this share of the reference can not tell eight parameters: what is
/// left of it lies to one side.
pub(super) const OVERLAP: f64 = 0.25;

/// A pixel of the reference, in pixels of the level.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    pub x: f32,
    pub y: f32,
    /// Grey levels off the local mean, and their change per pixel.
    pub value: f32,
    pub gx: f32,
    pub gy: f32,
}

/// Evenly spread pixels of one level of a reference.
#[derive(Clone, Debug, Default)]
pub(super) struct Samples {
    pub width: usize,
    pub height: usize,
    pub all: Vec<Sample>,
    /// Mean squared gradient.
    pub texture: f32,
    /// As [`contrast`] of the level.
    pub contrast: f32,
}

impl Samples {
    /// Takes another level's pixels, without the border, where there are no central differences.
    pub fn gather(&mut self, level: &Plane) {
        let (width, height) = (level.width, level.height);
        (self.width, self.height) = (width, height);
        self.all.clear();
        self.contrast = contrast(level);
        let every = stride(level);
        for y in (1..height.saturating_sub(1)).step_by(every) {
            let (above, here, below) = (level.row(y - 1), level.row(y), level.row(y + 1));
            for x in (1..width.saturating_sub(1)).step_by(every) {
                self.all.push(Sample {
                    x: x as f32,
                    y: y as f32,
                    value: here[x],
                    gx: 0.5 * (here[x + 1] - here[x - 1]),
                    gy: 0.5 * (below[x] - above[x]),
                });
            }
        }
        let energy: f32 = self.all.iter().map(|s| s.gx * s.gx + s.gy * s.gy).sum();
        self.texture = energy / self.all.len().max(1) as f32;
    }

    /// How well the frame agrees with the reference under a pose: the correlation, in -1 ..= 1, of
    /// both with their contrast squashed, so that a lamp or a white hull does not outweigh the
    /// scene. 0 if either is flat or they hardly overlap.
    pub fn agreement(&self, frame: &Plane, pose: &Pose) -> f64 {
        let other = contrast(frame);
        let (mut both, mut own, mut theirs, mut seen) = (0.0, 0.0, 0.0, 0usize);
        for sample in &self.all {
            let (x, y) = pose.apply(sample.x.into(), sample.y.into());
            if sees(frame, x, y) {
                let a = f64::from(squash(sample.value, self.contrast));
                let b = f64::from(squash(cubic(frame, x, y), other));
                both += a * b;
                own += a * a;
                theirs += b * b;
                seen += 1;
            }
        }
        let scale = (own * theirs).sqrt();
        if scale > 0.0 && seen as f64 >= OVERLAP * self.all.len() as f64 { both / scale } else { 0.0 }
    }
}

/// Pixels from sample to sample.
fn stride(level: &Plane) -> usize {
    ((level.values.len() as f64 / ENOUGH as f64).sqrt().ceil() as usize).max(1)
}

/// Mean grey levels off the local mean.
pub(super) fn contrast(level: &Plane) -> f32 {
    // Odd steps do not fall on the same columns of every row.
    let every = stride(level) | 1;
    let (sum, count) = level
        .values
        .iter()
        .step_by(every)
        .fold((0.0, 0usize), |(sum, n), v| (sum + f64::from(v.abs()), n + 1));
    (sum / count.max(1) as f64) as f32
}

/// Takes a value to -1 ..= 1: that of the mean contrast is halfway.
#[inline]
pub(super) fn squash(value: f32, contrast: f32) -> f32 {
    // Flat pictures have a contrast of nought, and nought stays nought.
    value / (value.abs() + contrast).max(f32::MIN_POSITIVE)
}

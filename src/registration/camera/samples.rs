//! The pixels of a reference that determine where it is.

use super::pose::Pose;
use super::resample::{cubic, sees};
use crate::registration::plane::{Plane, Pyramid};

/// About how many pixels of a level are sampled for each parameter of the motion: enough for a hundredth of a pixel under
/// any noise one can see through, and more would only take longer.
const ENOUGH: usize = 1 << 13;
/// A frame that shows less than this share of the reference cannot determine eight parameters: what is
/// left of it lies to one side.
pub(super) const OVERLAP: f64 = 0.25;

/// A level whose fit makes the pictures agree less by more than this is skipped; fit and agreement
/// weigh pixels differently, so at the same place they differ slightly.
pub(super) const HAIR: f64 = 0.01;

/// Samples in a row and in a column of a block, within which light changes alike: wide enough for
/// a median that does not follow the picture, narrow enough for shadows.
const BLOCK: usize = 16;
/// About how many pixels measure a level's contrast and steepness.
const LEVEL: usize = 1 << 16;
/// About how many samples agreement is measured from; it decides between places far apart, so fewer suffice.
const TELLING: usize = 1 << 14;

/// A pixel of the reference, in pixels of the level.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    pub x: f32,
    pub y: f32,
    /// Gray levels.
    pub value: f32,
    /// Gray levels off the local mean.
    pub detail: f32,
    /// The change of gray levels per pixel.
    pub gx: f32,
    pub gy: f32,
}

/// Evenly spread pixels of one level of a reference, block by block.
#[derive(Clone, Debug, Default)]
pub(super) struct Samples {
    pub width: usize,
    pub height: usize,
    pub all: Vec<Sample>,
    /// Where each block ends.
    pub ends: Vec<usize>,
    /// Mean squared gradient.
    pub texture: f32,
    /// Mean gray levels off the local mean.
    pub contrast: f32,
}

impl Samples {
    /// Samples another level's pixels for so many parameters, without the border, where there are no central differences.
    pub(super) fn gather(&mut self, pyramid: &Pyramid, at: usize, parameters: usize) {
        let (level, detail) = (pyramid.smooth(at), pyramid.level(at));
        (self.width, self.height) = (level.width, level.height);
        self.all.clear();
        self.ends.clear();
        self.contrast = contrast(detail);
        let every = stride(level, ENOUGH * parameters);
        let side = BLOCK * every;
        let inner = |size: usize| (1..size.saturating_sub(1)).step_by(side);
        for top in inner(level.height) {
            for left in inner(level.width) {
                for y in (top..(top + side).min(level.height - 1)).step_by(every) {
                    let (above, here, below) = (level.row(y - 1), level.row(y), level.row(y + 1));
                    let row = (left..(left + side).min(level.width - 1)).step_by(every);
                    self.all.extend(row.map(|x| Sample {
                        x: x as f32,
                        y: y as f32,
                        value: here[x],
                        detail: detail.row(y)[x],
                        gx: 0.5 * (here[x + 1] - here[x - 1]),
                        gy: 0.5 * (below[x] - above[x]),
                    }));
                }
                self.ends.push(self.all.len());
            }
        }
        let energy: f32 = self.all.iter().map(|s| s.gx * s.gx + s.gy * s.gy).sum();
        self.texture = energy / self.all.len().max(1) as f32;
    }

    /// How well the frame agrees with the reference under a pose: the correlation, in -1 ..= 1, of
    /// the gradients of both, squashed, so that the outline of a boat does not outweigh
    /// the scene. Gradients have detail of all sizes; gray levels have few large blots, which agree with any
    /// other picture's somewhere. 0 if either is flat or they hardly overlap.
    pub(super) fn agreement(&self, frame: &Plane, pose: &Pose) -> f64 {
        let (own_slope, slope) = (self.texture.sqrt(), steepness(frame));
        let (mut both, mut own, mut theirs) = (0.0, 0.0, 0.0);
        let (mut seen, mut asked) = (0usize, 0usize);
        let mut add = |a: f32, b: f32| {
            let (a, b) = (f64::from(squash(a, own_slope)), f64::from(squash(b, slope)));
            both += a * b;
            own += a * a;
            theirs += b * b;
        };
        // Odd steps do not fall on the same columns of every row.
        for sample in self.all.iter().step_by((self.all.len() / TELLING) | 1) {
            let (x, y) = (f64::from(sample.x), f64::from(sample.y));
            let at = |dx: f64, dy: f64| pose.apply(x + dx, y + dy);
            let four = [at(1.0, 0.0), at(-1.0, 0.0), at(0.0, 1.0), at(0.0, -1.0)];
            asked += 1;
            if four.iter().all(|&(x, y)| sees(frame, x, y)) {
                let [right, left, below, above] = four.map(|(x, y)| cubic(frame, x, y));
                add(sample.gx, 0.5 * (right - left));
                add(sample.gy, 0.5 * (below - above));
                seen += 1;
            }
        }
        let scale = (own * theirs).sqrt();
        if scale > 0.0 && seen as f64 >= OVERLAP * asked as f64 { both / scale } else { 0.0 }
    }
}

/// Root mean square gradient of a level.
fn steepness(level: &Plane) -> f32 {
    let every = stride(level, LEVEL) | 1;
    let width = level.width;
    let (sum, count) = (0..level.values.len().saturating_sub(width + 1)).step_by(every).fold(
        (0.0, 0usize),
        |(sum, count), at| {
            let (here, right, below) = (level.values[at], level.values[at + 1], level.values[at + width]);
            (sum + f64::from((right - here).powi(2) + (below - here).powi(2)), count + 1)
        },
    );
    (sum / count.max(1) as f64).sqrt() as f32
}

/// Pixels from sample to sample, for this many in all.
fn stride(level: &Plane, samples: usize) -> usize {
    ((level.values.len() as f64 / samples as f64).sqrt().ceil() as usize).max(1)
}

/// Mean gray levels off the local mean.
pub(super) fn contrast(level: &Plane) -> f32 {
    // Odd steps do not fall on the same columns of every row.
    let every = stride(level, LEVEL) | 1;
    let (sum, count) = level
        .values
        .iter()
        .step_by(every)
        .fold((0.0, 0usize), |(sum, n), v| (sum + f64::from(v.abs()), n + 1));
    (sum / count.max(1) as f64) as f32
}

/// Maps a value to -1 ..= 1: that of the mean contrast is halfway.
#[inline]
pub(super) fn squash(value: f32, contrast: f32) -> f32 {
    // Flat pictures have zero contrast, and zero stays zero.
    value / (value.abs() + contrast).max(f32::MIN_POSITIVE)
}

//! The small frames in register, as they are or with the camera's motion removed, and how well that explains them.

use super::small::Sample;
use super::wave_size::Waves;
use crate::error::Error;
use crate::registration::camera::{Cells, cubic};
use crate::registration::{Frames as _, Motion, Pose, Registered, Start, camera, register};
use manifold::device::Device;
use manifold::progress::Progress;

/// Of the pixels each way one in this many is compared.
const EVERY: usize = 2;

/// The registered sample.
pub(super) struct Trial {
    pub sample: Sample,
    pub found: Registered,
    /// The motion that was removed; empty for none.
    poses: Vec<Pose>,
    /// Mean square of what the frames show besides what is expected of them, in gray levels.
    pub misfit: f64,
}

impl Trial {
    /// Of the frames as they are.
    pub(super) fn at_rest(sample: Sample, progress: &dyn Progress) -> Result<Trial, Error> {
        Trial::of(sample, Vec::new(), progress)
    }

    /// Of the frames less this motion.
    pub(super) fn steadied(
        sample: &Sample,
        poses: Vec<Pose>,
        progress: &dyn Progress,
    ) -> Result<Trial, Error> {
        Trial::of(sample.steadied(&poses), poses, progress)
    }

    fn of(sample: Sample, poses: Vec<Pose>, progress: &dyn Progress) -> Result<Trial, Error> {
        let found = register(&sample, &sample.numbers, Start::Center, &Device::cpu(), progress)?;
        let misfit = misfit(&sample, &found, &poses);
        Ok(Trial { sample, found, poses, misfit })
    }

    /// Root mean square of what is left to the water, in pixels.
    pub(super) fn displacement(&self) -> f64 {
        Waves::of(&self.found, &self.sample).rms
    }

    /// The displacements of the frames that could be registered, with the motion that was removed.
    pub(super) fn cells(&self) -> Cells {
        let pose = |at: usize| self.poses.get(at).copied().unwrap_or_default();
        let fields = self.found.fields.iter().enumerate().filter(|&(at, _)| self.found.trusted[at]);
        Cells::of(fields.map(|(at, field)| (field, pose(at))), self.sample.size())
    }
}

/// Where the camera pointed in each frame.
pub(super) fn poses(sample: &Sample, motion: Motion, progress: &dyn Progress) -> Result<Vec<Pose>, Error> {
    let count = sample.count();
    camera::poses(|at| sample.plane(at).clone(), count, count / 2, motion, progress)
        .map_err(|_| Error::Canceled)
}

/// Frames that were given up count as well: a motion that is wrong loses more of them.
fn misfit(sample: &Sample, found: &Registered, poses: &[Pose]) -> f64 {
    let (width, height) = sample.size();
    let (mut sum, mut count) = (0.0, 0usize);
    for (at, field) in found.fields.iter().enumerate() {
        let (frame, pose) = (sample.plane(at), poses.get(at).copied().unwrap_or_default());
        for y in (0..height).step_by(EVERY) {
            for x in (0..width).step_by(EVERY) {
                let (dx, dy) = field.at(x as f32, y as f32);
                let (to_x, to_y) = (x as f64 + f64::from(dx), y as f64 + f64::from(dy));
                let seen = pose.apply(to_x, to_y);
                if (0.0..width as f64).contains(&seen.0) && (0.0..height as f64).contains(&seen.1) {
                    let off = cubic(frame, to_x, to_y) - found.reference.values[y * width + x];
                    sum += f64::from(off * off);
                    count += 1;
                }
            }
        }
    }
    sum / count.max(1) as f64
}

//! The frames as registration reads them: in memory or from the temporary copy, equally bright, and
//! with the camera's motion removed.

use std::io;

use super::clip::Clip;
use crate::places::{Stack, StackSamples};
use crate::registration::camera::{Pose, resample};
use crate::registration::{Frames, Plane};
use crate::video::Samples;

/// Luma of all frames.
pub(super) struct Store<'a, 'c> {
    clip: &'a Clip<'c>,
    /// Whole frames; `None` if they are in the temporary copy.
    stack: Option<&'a Stack>,
    /// What each frame's samples are multiplied by.
    gains: &'a [f32],
    /// One per frame, or none if the camera does not move.
    poses: &'a [Pose],
}

impl<'a, 'c> Store<'a, 'c> {
    pub fn new(clip: &'a Clip<'c>, stack: Option<&'a Stack>, gains: &'a [f32], poses: &'a [Pose]) -> Self {
        Store { clip, stack, gains, poses }
    }
}

impl Frames for Store<'_, '_> {
    fn count(&self) -> usize {
        self.clip.frames()
    }

    fn size(&self) -> (usize, usize) {
        (self.clip.info.width, self.clip.info.height)
    }

    fn read(&self, at: usize, into: &mut Plane) -> io::Result<()> {
        let (width, height) = self.size();
        let here = at * width * height..(at + 1) * width * height;
        match self.stack.map(Stack::samples) {
            Some(StackSamples::U8(samples)) => into.fill_eight(width, height, &samples[here]),
            Some(StackSamples::U16(samples)) => into.fill_sixteen(width, height, &samples[here]),
            None => match self.clip.spilled(at)? {
                Samples::U8(samples) => into.fill_eight(width, height, &samples),
                Samples::U16(samples) => into.fill_sixteen(width, height, &samples),
            },
        }
        let gain = self.gains[at];
        if gain != 1.0 {
            into.values.iter_mut().for_each(|value| *value *= gain);
        }
        if let Some(pose) = self.poses.get(at).filter(|&&pose| pose != Pose::identity()) {
            let mut steady = Plane::new(width, height);
            resample(into, pose, &mut steady);
            *into = steady;
        }
        Ok(())
    }
}

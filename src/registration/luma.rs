//! The frames as registration reads them: in memory or from the temporary copy, equally bright, and
//! with the camera's motion removed.

use std::io;

use super::camera::{Pose, resample};
use super::frames::Frames;
use super::plane::Plane;
use crate::clip::{Clip, Stack, StackSamples};
use crate::video::Samples;

/// Luma of all frames.
pub(super) struct Luma<'a> {
    pub clip: &'a Clip<'a>,
    /// Whole frames; `None` if they are in the temporary copy.
    pub stack: Option<&'a Stack>,
    /// What each frame's samples are multiplied by.
    pub gains: &'a [f32],
    /// One per frame, or none if the camera does not move.
    pub poses: &'a [Pose],
}

impl Frames for Luma<'_> {
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

//! The camera's motion, found and removed.

use std::sync::{Mutex, PoisonError};

use super::camera::{Motion, Pose, poses, resample};
use super::error::RegisterError;
use super::frames::Frames as _;
use super::luma::Luma;
use super::plane::Plane;
use crate::error::Error;
use manifold::progress::Progress;

/// Where the camera pointed in each frame.
pub(super) fn steady(frames: &Luma, motion: Motion, progress: &dyn Progress) -> Result<Vec<Pose>, Error> {
    let (count, (width, height)) = (frames.count(), frames.size());
    let failed = Mutex::new(None);
    let read = |at: usize| {
        let mut plane = Plane::new(width, height);
        if let Err(error) = frames.read(at, &mut plane) {
            *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        }
        plane
    };
    let found = poses(read, count, count / 2, motion, progress);
    if let Some(error) = failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(RegisterError::Read(error).into());
    }
    found.map_err(|_| Error::Canceled)
}

/// Removes the camera's motion from an interleaved picture.
pub(super) fn steady_color(color: &mut [f32], (width, height): (usize, usize), pose: &Pose) {
    let channels = color.len() / (width * height);
    let (mut plane, mut steady) = (Plane::new(width, height), Plane::new(width, height));
    for channel in 0..channels {
        let values = color.iter().skip(channel).step_by(channels);
        plane.values.iter_mut().zip(values).for_each(|(to, from)| *to = *from);
        resample(&plane, pose, &mut steady);
        let values = color.iter_mut().skip(channel).step_by(channels);
        values.zip(&steady.values).for_each(|(to, from)| *to = *from);
    }
}

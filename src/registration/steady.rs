//! The camera's motion, found and removed.
//!
//! A homography has six parameters more than a shift. Where the picture holds few waves (small pictures, long waves) they
//! follow the water: then what is removed is a shift. Steady is the mean view, not that of one frame: so whatever of
//! the water passes for the camera's motion averages out, as it does over the fields.

use std::sync::{Mutex, PoisonError};

use super::camera::{Cells, Motion, Pose, poses, resample_channels};
use super::error::{RegisterError, SMALLEST_SIDE};
use super::frames::{Frames, Kept};
use super::luma::Luma;
use super::plane::{Plane, halvings};
use super::rounds::{Start, register};
use super::small::{SIDE, small};
use crate::error::Error;
use crate::stage;
use manifold::device::Device;
use manifold::progress::{Progress, Stage};

/// A homography is tried on this many small frames at most, spread over the clip.
const FRAMES: usize = 48;

/// Why less was removed than was asked for.
const ONLY_SHIFTS: &str =
    "turns and zooms explain the motion of the picture no better than shifts do: only shifts were removed";

/// Where the camera pointed in each frame, with a warning if only shifts were removed instead of homographies.
pub(super) fn steady(
    frames: &Luma,
    motion: Motion,
    progress: &dyn Progress,
) -> Result<(Vec<Pose>, Option<&'static str>), Error> {
    let found = motion_of(frames, motion, progress)?;
    if motion == Motion::Homography && !is_supported(frames, &found, progress)? {
        let shifts = motion_of(frames, Motion::Translation, progress)?;
        return Ok((centered(&shifts), Some(ONLY_SHIFTS)));
    }
    Ok((centered(&found), None))
}

fn motion_of(frames: &Luma, motion: Motion, progress: &dyn Progress) -> Result<Vec<Pose>, Error> {
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

/// Whether homographies explain the motion clearly better than shifts: the frames that they steady are registered on
/// a small copy, and the displacements of both together are looked at.
fn is_supported(frames: &Luma, poses: &[Pose], progress: &dyn Progress) -> Result<bool, Error> {
    let (count, (width, height)) = (frames.count(), frames.size());
    if width.min(height) < SMALLEST_SIDE {
        return Ok(true);
    }
    let which: Vec<usize> = (0..count).step_by(count.div_ceil(FRAMES)).collect();
    let planes = small(&Luma { poses, ..*frames }, &which)?;
    let (small, numbers) = (Kept(&planes), Vec::from_iter(which.iter().map(|&at| at as u32)));
    // The stage was reported as complete; it only hears whether to stop.
    let told = |_: Stage, _: usize, _: Option<usize>| progress.advance(stage::STABILIZE, count, Some(count));
    let found = register(&small, &numbers, Start::Center, &Device::cpu(), &told)?;
    let kept = found.fields.iter().zip(&which).zip(&found.trusted).filter(|(_, trusted)| **trusted);
    let by = (1_u64 << halvings((width, height), SIDE)) as f64;
    let steadied = kept.map(|((field, &at), _)| (field, poses[at].shrunk(by)));
    Ok(Cells::of(steadied, small.size()).support().better() == Motion::Homography)
}

/// The same motion, with the median view as the steady one: the median does not lie between two views that a
/// camera jumps between.
fn centered(poses: &[Pose]) -> Vec<Pose> {
    let median = |at: usize| {
        let mut all: Vec<f64> = poses.iter().map(|pose| pose.h[at]).collect();
        all.sort_unstable_by(f64::total_cmp);
        all[all.len() / 2]
    };
    let Some(back) = (Pose { h: std::array::from_fn(median) }).inverse() else { return poses.to_vec() };
    poses.iter().map(|pose| pose.compose(back)).collect()
}

/// Removes the camera's motion from a picture, gray or of three interleaved channels.
pub(super) fn steady_color(color: &mut Vec<f32>, size: (usize, usize), pose: &Pose) {
    let mut steady = vec![0.0; color.len()];
    if color.len() == size.0 * size.1 {
        resample_channels::<1>(color, size, pose, &mut steady);
    } else {
        resample_channels::<3>(color, size, pose, &mut steady);
    }
    *color = steady;
}

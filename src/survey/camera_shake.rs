//! Whether the camera moves.

use super::small::Sample;
use crate::error::Error;
use crate::registration::camera::poses;
use crate::registration::{Motion, Pose};
use manifold::progress::Progress;

/// A shift of the picture below this many pixels is left in: registration removes it along
/// with the waves, which themselves can pass for a shift of 3 (see [`Motion`]).
const SHAKES: f64 = 4.0;

/// Shifts of the whole picture.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Camera {
    /// Root mean square shift about the mean one, in pixels.
    pub rms: f64,
    /// Largest shift from the mean one, in pixels.
    pub largest: f64,
}

impl Camera {
    pub(super) fn measure(
        sample: &Sample,
        motion: Motion,
        progress: &dyn Progress,
    ) -> Result<(Camera, Vec<Pose>), Error> {
        let count = sample.numbers.len();
        let read = |at: usize| sample.plane(at).clone();
        let poses = poses(read, count, count / 2, motion, progress).map_err(|_| Error::Canceled)?;
        let by = sample.shrink as f64;
        let shifts: Vec<(f64, f64)> = poses.iter().map(|pose| (by * pose.h[2], by * pose.h[5])).collect();
        let mean = shifts.iter().fold((0.0, 0.0), |sum, shift| (sum.0 + shift.0, sum.1 + shift.1));
        let mean = (mean.0 / count as f64, mean.1 / count as f64);
        let squares = shifts.iter().map(|(x, y)| (x - mean.0).powi(2) + (y - mean.1).powi(2));
        let camera = Camera {
            rms: (squares.clone().sum::<f64>() / count as f64).sqrt(),
            largest: squares.fold(0.0, f64::max).sqrt(),
        };
        Ok((camera, poses))
    }

    /// Whether its motion had better be removed.
    #[must_use]
    pub fn moves(&self) -> bool {
        self.largest > SHAKES
    }
}

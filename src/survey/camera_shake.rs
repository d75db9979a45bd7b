//! Whether the camera moves.
//!
//! What moves all of the picture alike is the camera's, what moves it here and there is the water's
//! (`registration/camera/support.rs`). The small frames are registered as they are and, where they seem to
//! shift, once more without the shift: of a long pan only the second shows the displacements, under rough water only
//! the first. A motion is suggested only if less displacement is left without it.

use super::small::Sample;
use super::trial::{Trial, poses};
use crate::error::Error;
use crate::registration::camera::Cells;
use crate::registration::{Motion, Pose};
use manifold::progress::Progress;

/// A motion below this many pixels is left in: registration removes it along with the waves, which
/// themselves can pass for a shift of 3 on the sample clip.
const SHAKES: f64 = 4.0;
/// The frames without a motion are explained clearly better if less than this part of the misfit is left.
const CLEARLY: f64 = 0.7;

/// Motion of the whole picture.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Camera {
    /// Root mean square displacement by it about the mean one, in pixels.
    pub rms: f64,
    /// Largest displacement from the mean one, in pixels.
    pub largest: f64,
    /// Share of the squared displacement in one part of the picture that the others predict, 0 ..= 1: that of a camera
    /// is near 1, that of waves near 0.
    pub share: f64,
    /// The motion that had better be removed; `none` for a camera at rest.
    pub motion: Motion,
}

impl Camera {
    /// With the frames in register that show the water best.
    pub(super) fn measure(sample: Sample, progress: &dyn Progress) -> Result<(Camera, Trial), Error> {
        let shifts = poses(&sample, Motion::Translation, progress)?;
        let rest = Trial::at_rest(sample, progress)?;
        let by = rest.sample.shrink as f64;
        let seems = Camera::of(&rest.cells(), by);
        if by * largest(&shifts) <= SHAKES && !seems.moves() {
            return Ok((seems, rest));
        }
        let steady = Trial::steadied(&rest.sample, shifts, progress)?;
        let is_clear = steady.misfit < CLEARLY * rest.misfit;
        let mut camera = if is_clear { Camera::of(&steady.cells(), by) } else { seems };
        let mut best = steady;
        if camera.motion == Motion::Homography {
            let turns = poses(&rest.sample, Motion::Homography, progress)?;
            let turned = Trial::steadied(&rest.sample, turns, progress)?;
            if turned.displacement() < best.displacement() {
                best = turned;
            } else {
                camera.motion = Motion::Translation;
            }
        }
        if camera.moves() && (is_clear || best.displacement() < rest.displacement()) {
            return Ok((camera, best));
        }
        camera.motion = Motion::None;
        Ok((camera, rest))
    }

    fn of(cells: &Cells, by: f64) -> Camera {
        let support = cells.support();
        let (rms, largest) = cells.extent(support.better());
        let motion = if by * largest > SHAKES { support.motion() } else { Motion::None };
        Camera { rms: by * rms, largest: by * largest, share: support.share(), motion }
    }

    /// Whether its motion had better be removed.
    #[must_use]
    pub fn moves(&self) -> bool {
        self.motion != Motion::None
    }
}

/// Of shifts from the mean one.
fn largest(shifts: &[Pose]) -> f64 {
    let count = shifts.len().max(1) as f64;
    let mean = shifts.iter().fold((0.0, 0.0), |sum, pose| (sum.0 + pose.h[2], sum.1 + pose.h[5]));
    let off = |pose: &Pose| (pose.h[2] - mean.0 / count).hypot(pose.h[5] - mean.1 / count);
    shifts.iter().map(off).fold(0.0, f64::max)
}

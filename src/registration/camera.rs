//! The motion of a hand-held or flying camera, removed before the waves are registered.
//!
//! Frame t shows the steady scene through a [`Pose`]: a shift, or a homography, which is what
//! a turning camera does to any scene and a moving one to a flat bottom. The pose is estimated with
//! everything that is not the camera as outliers: waves move the picture here and there, foreign
//! objects cross, and light changes. The motion found is the dominant one.

mod chain;
mod estimate;
mod fit;
mod pose;
mod resample;
mod samples;
mod search;
#[cfg(test)]
mod tests;

pub(crate) use chain::poses;
pub use pose::Pose;
pub(crate) use resample::resample;

/// What camera motion is removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Motion {
    /// The camera does not move.
    #[default]
    None,
    /// It shakes by small angles: every pixel moves alike (two parameters).
    Translation,
    /// It turns, rolls, zooms or flies over a flat scene (eight parameters). Needs more picture than
    /// waves: those of the sample clip, 320 x 240 pixels under strong waves and a camera at rest,
    /// pass for a tilt that moves the corners by up to 13 pixels, and for a shift of 3 at most.
    Homography,
}

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
mod support;
#[cfg(test)]
mod tests;

pub(crate) use chain::poses;
pub use pose::Pose;
pub(crate) use resample::{cubic, resample, resample_channels};
pub(crate) use support::Cells;

/// What camera motion is removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Motion {
    /// The camera does not move.
    #[default]
    None,
    /// It shakes by small angles: every pixel moves alike (two parameters).
    Translation,
    /// It turns, rolls, zooms or flies over a flat scene (eight parameters). Where turns and zooms predict the
    /// motion no better than shifts do, as where few waves fill a small picture, shifts are removed instead.
    Homography,
}

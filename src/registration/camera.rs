//! The motion of a hand-held or flying camera, removed before the waves are registered.
//!
//! Frame t shows the steady scene through a [`Pose`]: a shift, or a homography, which is what
//! a turning camera does to any scene and a moving one to a flat bottom. The pose is estimated with
//! everything that is not the camera as outliers: waves move the picture here and there, foreign
//! objects cross, and light changes. The motion found is the dominant one.
//!
//! ```
//! use seethru::registration::Plane;
//! use seethru::registration::camera::{Estimator, Motion, Pose, resample};
//!
//! let scene = |x: f64, y: f64| (128.0 + 60.0 * (x / 9.0).sin() * (y / 7.0 + x / 31.0).cos()) as f32;
//! let picture = |shift: f64| {
//!     let values = (0..96 * 96).map(|at| scene((at % 96) as f64 - shift, (at / 96) as f64)).collect();
//!     Plane { width: 96, height: 96, values }
//! };
//! let (reference, frame) = (picture(0.0), picture(3.5));
//! let pose = Estimator::default()
//!     .estimate(&reference, &frame, Motion::Translation, Pose::identity())
//!     .expect("both show the same scene");
//! assert!((pose.apply(0.0, 0.0).0 - 3.5).abs() < 0.1);
//! let mut steady = Plane::default();
//! resample(&frame, &pose, &mut steady);
//! assert!((steady.values[96 * 40 + 40] - reference.values[96 * 40 + 40]).abs() < 2.0);
//! ```

mod chain;
mod estimate;
mod fit;
mod pose;
mod resample;
mod samples;
mod search;
#[cfg(test)]
mod tests;

pub use chain::poses;
pub use estimate::Estimator;
pub use pose::Pose;
pub use resample::{resample, resample_seen};

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

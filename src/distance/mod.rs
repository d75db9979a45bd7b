//! Pairwise distances between the frames' patches of one place, or between any vectors.
//!
//! - [`reference`]: all pairs of one window by plain loops; every other variant is tested against it.
//! - [`SharedDistances`]: all pairs at many overlapping windows; sums are shared between windows,
//!   so that no pair of pixels is multiplied twice within a strip. Bit-exact with the reference.
//!
//! Everything is exact: squared distances are integers, and only [`SquaredDistances::distance`]
//! and [`DistanceMatrix`] round.

mod error;
mod matrix;
pub mod reference;
mod shared;
mod squared;
mod volume;
mod windows;

pub use error::DistanceError;
pub use matrix::DistanceMatrix;
pub use shared::{SharedDistances, strip_bytes};
pub use squared::SquaredDistances;
pub use volume::{Volume, Voxels};
pub use windows::{MAX_SIDE, Windows};

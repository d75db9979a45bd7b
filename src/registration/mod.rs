//! Dense registration of all frames of a clip, and one sharp still from what they agree on.
//!
//! 1. [`paths`]: which frame is in the middle, and through which others each is reached from it;
//! 2. [`align`](Aligner): the displacement field from a reference to one frame;
//! 3. [`rounds`](register): reference from frames, frames to reference, with the geometry put right
//!    by the mean displacement ([`mean`], [`correct`]);
//! 4. [`fuse`]: from each frame what it shows best.

mod align;
mod average;
pub mod camera;
pub mod correct;
#[cfg_attr(not(feature = "cuda"), path = "cuda_disabled.rs")]
mod cuda;
mod field;
pub mod fuse;
pub mod mean;
mod memory;
pub mod paths;
mod plane;
mod residual;
mod rounds;
mod sharpen;
mod solve;
mod template;
#[cfg(test)]
mod tests;
mod walk;
pub mod warp;

pub use align::{Aligner, Effort};
pub use field::{Field, Lattice, SPACING, expand_row};
pub use memory::footprint;
pub use plane::{Plane, Pyramid, levels_of};
pub use rounds::{
    CONVERGED, Frames, ROUNDS, RegisterError, Registered, Round, SMALLEST_SIDE, Start, register,
};
pub use sharpen::sharpen;
pub use template::Template;

//! Dense registration.

mod align;
mod field;
pub mod mean;
mod plane;
mod residual;
mod solve;
mod template;
pub mod warp;

pub use align::{Aligner, Effort};
pub use field::{Field, Lattice, SPACING};
pub use plane::{Plane, Pyramid, levels_of};
pub use template::Template;

//! Patches: the grid of places, and the luma of all frames that they are cut from.

mod grid;
mod stack;
mod stitch;

pub use grid::{Grid, GridError};
pub use stack::{Patch, PatchRows, Stack, StackBuilder, StackError, StackSamples};
pub use stitch::{Stitcher, stitcher_bytes};

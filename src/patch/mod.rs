//! Patches: the grid of places, and the luma of all frames that they are cut from.

mod grid;
mod stack;

pub use grid::{Grid, GridError};
pub use stack::{Patch, PatchRows, Stack, StackBuilder, StackError, StackSamples};

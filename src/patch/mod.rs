//! Patches: the grid of places.

mod grid;

pub use grid::{Grid, GridError};

//! Patches: the grid of places, and the luma of all frames that they are cut from.
//!
//! ```
//! use seethru::places::Grid;
//!
//! // The last column and row are flush with the edges.
//! let grid = Grid::new(21, 16, 8, 4)?;
//! assert_eq!((grid.xs(), grid.ys()), (&[0, 4, 8, 12, 13][..], &[0, 4, 8][..]));
//! # Ok::<(), seethru::places::GridError>(())
//! ```

mod agree;
pub(crate) mod bands;
pub(crate) mod centers;
pub mod distance;
mod grid;
mod on_gpu;
pub(crate) mod spill;
mod stack;
mod stitch;

pub use agree::{Agreement, Candidates, agree};
pub use grid::{Grid, GridError};
pub use stack::{Patch, PatchRows, Stack, StackBuilder, StackError, StackSamples};
pub use stitch::{Stitcher, stitcher_bytes};

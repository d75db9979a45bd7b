//! Pairwise distances between the frames' patches of one place.
//!
//! - [`mod@reference`]: all pairs of one window by plain loops; every other variant is tested against it.
//! - [`SharedDistances`]: all pairs at many overlapping windows; sums are shared between windows,
//!   so that no pair of pixels is multiplied twice within a strip. Bit-exact with the reference.
//! - [`nearest()`]: the nearest points at all windows on a GPU. Bit-exact with the reference.
//!
//! Everything is exact: squared distances are integers, and only [`SquaredDistances::distance`](manifold::distance::SquaredDistances::distance)
//! and [`DistanceMatrix`](manifold::distance::DistanceMatrix) round.
//!
//! ```
//! use seethru::places::distance::{WindowError, SharedDistances, Volume, Voxels, Windows};
//!
//! // Three frames of 4 x 2 pixels, all 0, all 1, all 3; windows of 2 x 2 at x = 0, 1, 2.
//! let samples: Vec<u8> = [0, 1, 3].iter().flat_map(|&gray| [gray; 8]).collect();
//! let volume = Volume::new(3, 4, 2, Voxels::U8(&samples))?;
//! let shared = SharedDistances::new(volume, Windows::new(2, vec![0, 1, 2], vec![0])?, false)?;
//! shared.strip(0..3, 0..1, |_, _, distances| {
//!     assert_eq!(distances.row(0), [0, 4, 36]);
//!     Ok::<_, WindowError>(())
//! })?;
//! # Ok::<(), WindowError>(())
//! ```

#[cfg_attr(not(feature = "cuda"), path = "cuda_disabled.rs")]
mod cuda;
mod error;
pub mod reference;
mod row;
mod shared;
mod volume;
mod windows;

pub use cuda::{MOST_NEAREST, nearest};
pub use error::WindowError;
pub(super) use row::squared_row;
pub use shared::SharedDistances;
pub(super) use shared::strip_bytes;
pub use volume::{Volume, Voxels};
pub use windows::{MAX_SIDE, Windows};

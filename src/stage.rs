//! The stages of a restoration, and of all other work on clips, as reported to [`Progress`].
//!
//! [`Progress`]: crate::progress::Progress

use crate::progress::Stage;

/// Frames are decoded and their luma kept.
pub const DECODE: Stage = Stage::new("decode");
/// Places of the grid: distances, graph, flow and centers.
pub const PLACES: Stage = Stage::new("places");
/// One of the centers is chosen at each place so that neighbors agree.
pub const AGREE: Stage = Stage::new("agree");
/// Chosen frames are decoded again and stitched in color.
pub const STITCH: Stage = Stage::new("stitch");
/// The camera's motion is found.
pub const STABILIZE: Stage = Stage::new("stabilize");
/// Both halves of a small copy are registered from several starts; the total counts all rounds that may come.
pub const START: Stage = Stage::new("start");
/// Frames are registered; the total counts all rounds that may come.
pub const REGISTER: Stage = Stage::new("register");
/// Registered frames are fused into one still.
pub const FUSE: Stage = Stage::new("fuse");
/// Blur of the still is undone.
pub const DEBLUR: Stage = Stage::new("deblur");
/// Robust PCA removes what is sparse from registered frames; its steps are counted.
pub const LOW_RANK: Stage = Stage::new("low-rank");
/// Frames are decoded again and their colors averaged.
pub const COLOR: Stage = Stage::new("color");
/// Frames are decoded again and warped into the restored geometry.
pub const WARP: Stage = Stage::new("warp");
/// The height of the water is found in each frame.
pub const SURFACE: Stage = Stage::new("surface");
/// A baseline picture (mean, median) is computed.
pub const BASELINE: Stage = Stage::new("baseline");
/// A synthetic clip is rendered and encoded.
pub const RENDER: Stage = Stage::new("render");

/// Distances of patches, in the [device's notes](crate::device::Note).
pub const DISTANCES: Stage = Stage::new("distances");
/// Lower bounds of the flows' costs, in the [device's notes](crate::device::Note).
pub const BOUNDS: Stage = Stage::new("bounds of flows");
/// Registration, in the [device's notes](crate::device::Note).
pub const REGISTRATION: Stage = Stage::new("registration");

//! Sees through moving water.

pub mod distance;
pub mod embed;
pub mod flow;
pub mod graph;
pub mod patch;
pub mod pipeline;
pub mod progress;
pub mod video;

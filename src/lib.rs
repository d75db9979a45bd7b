//! Sees through moving water.

pub mod baseline;
pub mod centre;
pub mod device;
pub mod distance;
pub mod embed;
pub mod flow;
pub mod graph;
pub mod output;
pub mod patch;
pub mod pipeline;
pub mod progress;
pub mod report;
pub mod synth;
pub mod video;

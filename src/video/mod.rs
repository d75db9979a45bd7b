//! Video in: one [`FrameSource`] trait over FFmpeg, image sequences and `.y4m` pipes.

mod encode;
mod frame;
mod source;

pub use encode::{EncodeError, Quality, VideoSpec, VideoWriter, Written};
pub use frame::{Channels, Frame, Samples};
pub use source::{Depth, FrameSource, VideoInfo};

/// Placeholder until the video stage lands on this branch.
#[derive(Debug, thiserror::Error)]
pub enum VideoError {}

/// Something that can be opened for decoding any number of times.
#[derive(Clone, Debug)]
pub enum Input {
    /// A video file.
    File(std::path::PathBuf),
    /// Image files, one frame each, in this order.
    Images(Vec<std::path::PathBuf>),
}

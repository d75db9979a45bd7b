//! Where frames come from, whatever holds them.

use super::{Channels, ColorSpace, Frame, Size, VideoError, Warning};

/// Bits per sample in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Depth {
    /// 0 ..= 255.
    Eight,
    /// 0 ..= 65535.
    Sixteen,
}

/// What is known of a video before its frames are decoded.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct VideoInfo {
    /// Displayed size, after rotation and sample aspect ratio.
    pub width: usize,
    /// Displayed height.
    pub height: usize,
    /// `Rgb` when the input has color.
    pub channels: Channels,
    /// Bits per sample.
    pub depth: Depth,
    /// Frames announced by the container, if it says; may be wrong in either direction.
    pub announced_frames: Option<usize>,
    /// Mean frame rate in Hz, if the input has one.
    pub frame_rate: Option<f64>,
    /// Size of the whole picture, of which `width` and `height` may be a part.
    pub whole: Size,
    /// Share of the pixels that a mask leaves out, 0 ..= 1; `None` without a mask.
    pub left_out: Option<f64>,
    /// Frames are of two fields each, taken one after the other, as the first frame says.
    pub interlaced: bool,
    /// Codec or image format, for the report ("h264", "png", "y4m").
    pub codec: String,
    /// What the values of samples mean.
    #[serde(skip)]
    pub color_space: ColorSpace,
}

/// A stream of frames of one size, in presentation order.
pub trait FrameSource: Send {
    /// What is known about the stream before it is decoded.
    fn info(&self) -> &VideoInfo;

    /// The next frame, or `None` at the end.
    fn next_frame(&mut self) -> Result<Option<Frame>, VideoError>;

    /// Skips the next frame without converting it; `false` at the end.
    fn skip_frame(&mut self) -> Result<bool, VideoError> {
        Ok(self.next_frame()?.is_some())
    }

    /// When the frame that was delivered or skipped last is shown, in seconds since the first of all, if the input says.
    fn time(&self) -> Option<f64> {
        None
    }

    /// What went wrong without stopping the stream, in plain words (a truncated file, damaged
    /// frames). Complete once `next_frame` has returned `None`.
    fn warnings(&self) -> &[Warning] {
        &[]
    }
}

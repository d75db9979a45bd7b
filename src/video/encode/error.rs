//! Errors of encoding.

use std::path::PathBuf;

use crate::output::StillError;

/// Why a video cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// The extension names no container.
    #[error("{}: the extension is not a known video container; use .mp4, .mkv, .mov, .avi, .webm or .y4m", path.display())]
    Extension {
        /// The file.
        path: PathBuf,
    },
    /// The container has no lossless codec.
    #[error(".{extension} cannot be written losslessly; use .mkv or .avi, or give a quality")]
    NotLossless {
        /// The extension.
        extension: String,
    },
    /// The container needs FFmpeg, which this build lacks.
    #[error(
        ".{extension} needs FFmpeg, which this build leaves out; write .y4m, or build with the feature `video`"
    )]
    NoSupport {
        /// The extension.
        extension: String,
    },
    /// The size is out of range.
    #[error("a video of {width}x{height} pixels cannot be written; each side must be from 1 to 16384")]
    Size {
        /// Width in pixels.
        width: usize,
        /// Height in pixels.
        height: usize,
    },
    /// The frame rate is out of range.
    #[error("a frame rate of {0} Hz cannot be written; use 0.1 to 1000")]
    FrameRate(f64),
    /// The quality is out of range.
    #[error("a quality of {0} is outside 0 (best) to 51 (worst)")]
    Quality(u8),
    /// FFmpeg cannot take the path.
    #[error("{}: FFmpeg takes only paths in Unicode; rename the folder or the file", path.display())]
    Path {
        /// The file.
        path: PathBuf,
    },
    /// FFmpeg has no encoder for the container.
    #[error(
        "the linked FFmpeg has none of the encoders {wanted}; install a full FFmpeg or choose another container"
    )]
    NoEncoder {
        /// Encoders that are suitable.
        wanted: String,
    },
    /// The encoder refused the video.
    #[error(
        "the encoder {codec} refused {width}x{height}: {detail}; choose another container, size or quality"
    )]
    Encoder {
        /// The encoder.
        codec: String,
        /// Width in pixels.
        width: usize,
        /// Height in pixels.
        height: usize,
        /// What went wrong.
        detail: String,
    },
    /// A frame is of another kind than the video.
    #[error("frame {index} is {found}, but the video was begun with {expected}; push frames of one kind")]
    FrameMismatch {
        /// Its number.
        index: usize,
        /// What the video was begun with.
        expected: String,
        /// What was pushed.
        found: String,
    },
    /// The file cannot be written.
    #[error("{}: {detail}; check the free space and the permissions of the folder", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        detail: String,
    },
    /// Nothing can be written at that place.
    #[error(transparent)]
    Place(#[from] StillError),
    /// The container has no time stamps.
    #[error("{}: the container keeps no times of frames; use .mp4, .mkv, .mov or .webm", path.display())]
    NoTimes {
        /// The file.
        path: PathBuf,
    },
    /// No frame was pushed.
    #[error("{}: no frame was pushed, so there is no video to write", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
}

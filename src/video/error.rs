//! Everything that can go wrong between a path and a frame, one plain line each.

use std::io;
use std::path::PathBuf;

use super::FrameRange;

/// Width and height in pixels, as written in messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    pub width: usize,
    pub height: usize,
}

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

/// Why a video could not be found, opened or read. Frame numbers count from 0.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VideoError {
    #[error("{} does not exist: check the path", path.display())]
    Missing { path: PathBuf },

    #[error("{} is empty (0 bytes): copy or record it again", path.display())]
    Empty { path: PathBuf },

    #[error("{} is a pipe or a device, which cannot be read twice: give a file, or pipe YUV4MPEG2 to standard input", path.display())]
    NotAFile { path: PathBuf },

    #[error("{} is a single still image: give a video, or a folder or pattern of several images", path.display())]
    SingleImage { path: PathBuf },

    #[error("the folder {} holds no images: it needs at least two of png, jpg, tif, bmp, webp, pnm", folder.display())]
    EmptyFolder { folder: PathBuf },

    #[error("no image matches {pattern}: check the pattern and quote it")]
    EmptyPattern { pattern: String },

    #[error("{pattern} is not a valid pattern: {cause}")]
    BadPattern { pattern: String, cause: glob::PatternError },

    #[error("{} is not a video ({message}): give a video file; if it is one, it is damaged or cut off", path.display())]
    NotAVideo { path: PathBuf, message: String },

    #[error("{} holds no video, only {streams}: give a file with a video stream", path.display())]
    NoVideoStream { path: PathBuf, streams: String },

    #[error("no frame of {} could be decoded: the file is damaged, or cut off before its first picture", path.display())]
    NoFrames { path: PathBuf },

    #[error("no frame of {} is in the range {range}: its frames are numbered from 0 and {read} were read", path.display())]
    NothingSelected { path: PathBuf, range: FrameRange, read: usize },

    #[error("{} changes size at frame {frame}, from {before} to {after}: cut the video there and use one part", path.display())]
    SizeChange { path: PathBuf, frame: usize, before: Size, after: Size },

    #[error("{} changes pixel format at frame {frame}, from {before} to {after}: cut the video there and use one part", path.display())]
    FormatChange { path: PathBuf, frame: usize, before: String, after: String },

    #[error("{} has the pixel format {format}, which cannot be converted: convert the video to yuv420p or rgb24 first", path.display())]
    PixelFormat { path: PathBuf, format: String },

    #[error("images differ in size: {} is {first_size}, but {} is {other_size}: give images of one size", first.display(), other.display())]
    MixedSizes { first: PathBuf, first_size: Size, other: PathBuf, other_size: Size },

    #[error("the image {} cannot be read: {cause}", path.display())]
    UnreadableImage { path: PathBuf, cause: image::ImageError },

    #[error("{} has no valid YUV4MPEG2 header ({problem}): write it with `ffmpeg -i clip.mp4 -f yuv4mpegpipe -`", path.display())]
    Y4mHeader { path: PathBuf, problem: Y4mProblem },

    #[error("{} is not YUV4MPEG2 at frame {frame} (no FRAME marker where one belongs): write it again, with nothing else in the stream", path.display())]
    Y4mFrame { path: PathBuf, frame: usize },

    #[error("cannot read {}: {cause}", path.display())]
    Read { path: PathBuf, cause: io::Error },

    #[error("cannot keep standard input in {}: {cause}; name another folder in TMPDIR, or give a file", folder.display())]
    Spool { folder: PathBuf, cause: io::Error },

    #[error("FFmpeg could not {doing} {}: {message}", path.display())]
    Ffmpeg { path: PathBuf, doing: FfmpegTask, message: String },

    #[error("{} needs FFmpeg and this build has none: rebuild with the feature `video`, or give images or a .y4m file", path.display())]
    WithoutFfmpeg { path: PathBuf },
}

/// What FFmpeg was doing when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FfmpegTask {
    Open,
    FindDecoder,
    Decode,
    Convert,
}

impl std::fmt::Display for FfmpegTask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            FfmpegTask::Open => "open",
            FfmpegTask::FindDecoder => "find a decoder for",
            FfmpegTask::Decode => "decode",
            FfmpegTask::Convert => "convert the frames of",
        })
    }
}

/// What is wrong with a YUV4MPEG2 header.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Y4mProblem {
    #[error("it does not start with YUV4MPEG2")]
    Magic,
    #[error("its first line does not end")]
    Endless,
    #[error("its size is missing or zero")]
    NoSize,
    #[error("its size {0} is too large")]
    TooLarge(Size),
    #[error("`{0}` cannot be understood")]
    Token(String),
    #[error("the color space `{0}` is not supported")]
    ColorSpace(String),
    #[error("the sample aspect ratio {0} is not supported")]
    Aspect(String),
}

//! Everything that can go wrong between a path and a frame, one plain line each.

use std::io;
use std::path::{Path, PathBuf};

use super::{Crop, FrameRange};

/// Width and height in pixels, as written in messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Size {
    /// Width.
    pub width: usize,
    /// Height.
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
    /// The path does not exist.
    #[error("{} does not exist: check the path", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },

    /// The file is empty.
    #[error("{} is empty (0 bytes): copy or record it again", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },

    /// The path is a pipe or a device.
    #[error("{} is a pipe or a device, which cannot be read twice: give a file, or pipe YUV4MPEG2 to standard input", path.display())]
    NotAFile {
        /// The file.
        path: PathBuf,
    },

    /// The file is a still image.
    #[error("{} is a single still image: give a video, or a folder or pattern of several images", path.display())]
    SingleImage {
        /// The file.
        path: PathBuf,
    },

    /// The folder holds no images.
    #[error("the folder {} holds no images: it needs at least two of png, jpg, tif, bmp, webp, pnm", folder.display())]
    EmptyFolder {
        /// The folder.
        folder: PathBuf,
    },

    /// The pattern matches no image.
    #[error("no image matches {pattern}: check the pattern and quote it")]
    EmptyPattern {
        /// The pattern.
        pattern: String,
    },

    /// The pattern cannot be understood.
    #[error("{pattern} is not a valid pattern: {cause}")]
    BadPattern {
        /// The pattern.
        pattern: String,
        /// Where it goes wrong.
        cause: String,
    },

    /// The file is not a video.
    #[error("{} is not a video ({message}): give a video file; if it is one, it is damaged or cut off", path.display())]
    NotAVideo {
        /// The file.
        path: PathBuf,
        /// What FFmpeg said.
        message: String,
    },

    /// The file holds no video stream.
    #[error("{} holds no video, only {streams}: give a file with a video stream", path.display())]
    NoVideoStream {
        /// The file.
        path: PathBuf,
        /// What the file holds instead.
        streams: String,
    },

    /// No frame could be decoded.
    #[error("no frame of {} could be decoded: the file is damaged, or cut off before its first picture", path.display())]
    NoFrames {
        /// The file.
        path: PathBuf,
    },

    /// No frame is in the range.
    #[error("no frame of {} is in the range {range}: its frames are numbered from 0 and {read} were read", path.display())]
    NothingSelected {
        /// The file.
        path: PathBuf,
        /// The range asked for.
        range: FrameRange,
        /// Frames that were read.
        read: usize,
    },

    /// No frame is in the span of time.
    #[error("no frame of {} is shown in the time asked for, which begins {start} s after the first: {frames} were read", path.display())]
    NothingInSpan {
        /// The file.
        path: PathBuf,
        /// Seconds after the first frame.
        start: f64,
        /// Frames that were read.
        frames: usize,
    },

    /// The frames have no times.
    #[error("the frames of {} have no times: select them by their numbers", path.display())]
    NoTimes {
        /// The file.
        path: PathBuf,
    },

    /// The rectangle does not lie in the picture.
    #[error("the rectangle {crop} does not lie within {}, which is {size}", path.display())]
    CropOutside {
        /// The file.
        path: PathBuf,
        /// The rectangle.
        crop: Crop,
        /// The size of the picture.
        size: Size,
    },

    /// The mask has another size.
    #[error("the mask {} is {mask_size} and {} is {}: make it of the video's size", mask.display(), path.display(), sizes(*size, *whole))]
    MaskSize {
        /// The file of the video.
        path: PathBuf,
        /// The file of the mask.
        mask: PathBuf,
        /// The size of the mask.
        mask_size: Size,
        /// The size of what is looked at of the video.
        size: Size,
        /// The size of all of it.
        whole: Size,
    },

    /// The mask leaves nothing.
    #[error("the mask {} leaves out every pixel that is looked at: paint white what is to be used", mask.display())]
    MaskOfNothing {
        /// The file of the mask.
        mask: PathBuf,
    },

    /// The size changes within the video.
    #[error("{} changes size at frame {frame}, from {before} to {after}: cut the video there and use one part", path.display())]
    SizeChange {
        /// The file.
        path: PathBuf,
        /// Number of the frame.
        frame: usize,
        /// What it was.
        before: Size,
        /// What it became.
        after: Size,
    },

    /// The pixel format changes within the video.
    #[error("{} changes pixel format at frame {frame}, from {before} to {after}: cut the video there and use one part", path.display())]
    FormatChange {
        /// The file.
        path: PathBuf,
        /// Number of the frame.
        frame: usize,
        /// What it was.
        before: String,
        /// What it became.
        after: String,
    },

    /// The pixel format cannot be converted.
    #[error("{} has the pixel format {format}, which cannot be converted: convert the video to yuv420p or rgb24 first", path.display())]
    PixelFormat {
        /// The file.
        path: PathBuf,
        /// The pixel format.
        format: String,
    },

    /// Images of several sizes.
    #[error("images differ in size: {} is {first_size}, but {} is {other_size}: give images of one size", first.display(), other.display())]
    MixedSizes {
        /// The first image.
        first: PathBuf,
        /// Its size.
        first_size: Size,
        /// Another image.
        other: PathBuf,
        /// The size of that.
        other_size: Size,
    },

    /// An image cannot be read.
    #[error("the image {} cannot be read ({cause}): give a PNG, JPEG, TIFF, BMP, WebP or PNM; if it is one, it is damaged", path.display())]
    UnreadableImage {
        /// The file.
        path: PathBuf,
        /// What the decoder said.
        cause: String,
    },

    /// An image ends before its picture does.
    #[error("the image {} is cut off: copy it again", path.display())]
    CutOffImage {
        /// The file.
        path: PathBuf,
    },

    /// An image claims more than a picture may take.
    #[error("the image {} claims to be {size}, which takes more than 4 GiB: make it smaller; if it is, it is damaged", path.display())]
    HugeImage {
        /// The file.
        path: PathBuf,
        /// What its header says.
        size: Size,
    },

    /// The YUV4MPEG2 header is not valid.
    #[error("{} has no valid YUV4MPEG2 header ({problem}): write it with `ffmpeg -i clip.mp4 -f yuv4mpegpipe -`", path.display())]
    Y4mHeader {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: Y4mProblem,
    },

    /// A YUV4MPEG2 frame does not begin where it should.
    #[error("{} is not YUV4MPEG2 at frame {frame} (no FRAME marker where one belongs): write it again, with nothing else in the stream", path.display())]
    Y4mFrame {
        /// The file.
        path: PathBuf,
        /// Number of the frame.
        frame: usize,
    },

    /// The file cannot be read.
    #[error("cannot read {}: {cause}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },

    /// Standard input cannot be kept in a file.
    #[error("cannot keep standard input in {}: {cause}; name another folder in TMPDIR, or give a file", folder.display())]
    Spool {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        cause: io::Error,
    },

    /// FFmpeg failed.
    #[error("FFmpeg could not {doing} {}: {message}", path.display())]
    Ffmpeg {
        /// The file.
        path: PathBuf,
        /// What it was doing.
        doing: FfmpegTask,
        /// What FFmpeg said.
        message: String,
    },

    /// The file needs FFmpeg, which this build lacks.
    #[error("{} needs FFmpeg and this build has none: rebuild with the feature `video`, or give images or a .y4m file", path.display())]
    WithoutFfmpeg {
        /// The file.
        path: PathBuf,
    },
}

/// The size of a video, and of the part of it that is looked at.
fn sizes(part: Size, whole: Size) -> String {
    if part == whole { whole.to_string() } else { format!("{whole}, cut to {part}") }
}

impl VideoError {
    /// The image that is at fault, and why, where the others can do without it.
    pub(super) fn of_one_image(&self) -> Option<(&Path, String)> {
        match self {
            VideoError::UnreadableImage { path, cause } => Some((path, cause.to_string())),
            VideoError::CutOffImage { path } => Some((path, "cut off".to_owned())),
            VideoError::HugeImage { path, size } => Some((path, format!("it claims to be {size}"))),
            _ => None,
        }
    }
}

/// What FFmpeg was doing when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FfmpegTask {
    /// Opening the file.
    Open,
    /// Looking for a decoder.
    FindDecoder,
    /// Decoding a frame.
    Decode,
    /// Making interlaced frames whole.
    Deinterlace,
    /// Converting a frame.
    Convert,
}

impl std::fmt::Display for FfmpegTask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            FfmpegTask::Open => "open",
            FfmpegTask::FindDecoder => "find a decoder for",
            FfmpegTask::Decode => "decode",
            FfmpegTask::Deinterlace => "deinterlace",
            FfmpegTask::Convert => "convert the frames of",
        })
    }
}

/// What is wrong with a YUV4MPEG2 header.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Y4mProblem {
    /// It does not start with YUV4MPEG2.
    #[error("it does not start with YUV4MPEG2")]
    Magic,
    /// Its first line does not end.
    #[error("its first line does not end")]
    Endless,
    /// It gives no size.
    #[error("its size is missing or zero")]
    NoSize,
    /// Its size is too large.
    #[error("its size {0} is too large")]
    TooLarge(Size),
    /// A word of it is unknown.
    #[error("`{0}` cannot be understood")]
    Token(String),
    /// Its color space is not supported.
    #[error("the color space `{0}` is not supported")]
    ColorSpace(String),
    /// Its sample aspect ratio is not supported.
    #[error("the sample aspect ratio {0} is not supported")]
    Aspect(String),
}

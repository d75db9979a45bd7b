//! Video out: frames to a file, whole or not at all.
//!
//! The container follows the extension, the codec the container and the [`Quality`]:
//!
//! | extension | lossy | lossless |
//! |---|---|---|
//! | `.mp4` `.mov` | H.264 (libx264), else MPEG-4 part 2 | – |
//! | `.mkv` `.avi` | H.264 (libx264), else MPEG-4 part 2 | FFV1 |
//! | `.webm` | VP9, else VP8 | – |
//! | `.y4m` | uncompressed 8-bit YCbCr 4:4:4 or gray | – |
//!
//! Color is BT.601, limited range; FFV1 keeps RGB and gray samples as they are, `.y4m` 8-bit gray.
//! Only `.y4m` is written without the feature `video`.

mod error;
mod y4m;

#[cfg(feature = "video")]
#[path = "enabled.rs"]
mod ffmpeg;
#[cfg(not(feature = "video"))]
#[path = "disabled.rs"]
mod ffmpeg;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use tempfile::TempPath;

pub use self::error::EncodeError;
use super::{Channels, Depth, Frame, Samples};
use crate::output::{keep_mode, target, temporary_beside};

/// How faithfully frames are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quality {
    /// Every sample as it was pushed (FFV1).
    Lossless,
    /// Constant quality on x264's scale, 0 (best) ..= 51 (worst); 17 or 18 is visually
    /// lossless (the FFmpeg wiki on H.264). Other codecs get the equivalent on their own scale.
    Constant(u8),
}

impl Quality {
    /// The worst value of [`Quality::Constant`].
    pub const WORST: u8 = 51;
}

impl Default for Quality {
    fn default() -> Self {
        Quality::Constant(18)
    }
}

/// What will be pushed, and how it is to be encoded.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct VideoSpec {
    /// Size in pixels, 1 ..= 16384 each way; odd sizes are kept.
    pub width: usize,
    /// Height in pixels, likewise.
    pub height: usize,
    /// Frames per second, 0.1 ..= 1000.
    pub fps: f64,
    /// Gray or color.
    pub channels: Channels,
    /// Bits per sample pushed; only [`Quality::Lossless`] keeps sixteen, the rest rounds to 8.
    pub depth: Depth,
    /// What is kept of it.
    pub quality: Quality,
}

/// A finished file.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Written {
    /// The file.
    pub path: PathBuf,
    /// The encoder that was used ("libx264", "mpeg4", "ffv1", "y4m", ...).
    pub codec: String,
    /// Frames written.
    pub frames: usize,
    /// Size of the file.
    pub bytes: u64,
}

/// The largest accepted side: libx264's own limit for H.264 level 6.2.
const LARGEST_SIDE: usize = 16384;

/// When frames are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pace {
    /// At the frame rate.
    Even,
    /// When it is said of each.
    Given,
}

enum Sink {
    Y4m(y4m::Writer),
    Ffmpeg(ffmpeg::Writer),
}

/// Writes one video. The frames go to a temporary file beside `path`, which takes its name
/// when [`finish`](VideoWriter::finish) succeeds; a writer that is dropped leaves nothing.
pub struct VideoWriter {
    // Before `temporary`: the file is closed before it is renamed or deleted.
    sink: Sink,
    temporary: TempPath,
    path: PathBuf,
    /// Where it will be: through links.
    place: PathBuf,
    codec: String,
    spec: VideoSpec,
    frames: usize,
}

impl VideoWriter {
    /// Begins the file that will be `path`.
    ///
    /// # Errors
    /// A size, rate, quality or extension out of range; a place that cannot be written; an
    /// encoder that is missing or refuses the size.
    pub fn create(path: &Path, spec: &VideoSpec) -> Result<VideoWriter, EncodeError> {
        VideoWriter::begin(path, spec, Pace::Even)
    }

    /// The same for frames that are pushed with their times; `fps` is their mean rate.
    ///
    /// # Errors
    /// Those of [`VideoWriter::create`], and [`EncodeError::NoTimes`] for a container that has none.
    pub fn with_times(path: &Path, spec: &VideoSpec) -> Result<VideoWriter, EncodeError> {
        if checked_container(path).is_ok() && !keeps_times(path) {
            return Err(EncodeError::NoTimes { path: path.to_owned() });
        }
        VideoWriter::begin(path, spec, Pace::Given)
    }

    fn begin(path: &Path, spec: &VideoSpec, pace: Pace) -> Result<VideoWriter, EncodeError> {
        let extension = checked_extension(path, spec)?;
        let place = target(path)?;
        let temporary = temporary_beside(&place, &format!(".{extension}"))?.into_temp_path();
        let (sink, codec) = if extension == "y4m" {
            (Sink::Y4m(y4m::Writer::create(&temporary, spec)?), "y4m".to_owned())
        } else {
            let (writer, codec) = ffmpeg::Writer::create(&temporary, &extension, spec, pace)?;
            (Sink::Ffmpeg(writer), codec)
        };
        Ok(VideoWriter { sink, temporary, path: path.to_owned(), place, codec, spec: *spec, frames: 0 })
    }

    /// Name of the encoder that was chosen.
    #[must_use]
    pub fn codec(&self) -> &str {
        &self.codec
    }

    /// Appends one frame, at the time that follows from the frame rate.
    ///
    /// # Errors
    /// [`EncodeError::FrameMismatch`] for a frame of another size or kind than the first said;
    /// [`EncodeError::Write`] when the disk is full.
    pub fn push(&mut self, frame: &Frame) -> Result<(), EncodeError> {
        let seconds = self.frames as f64 / self.spec.fps;
        self.push_at(frame, seconds)
    }

    /// Appends one frame that is shown so many seconds after the first. Only a writer made by
    /// [`with_times`](VideoWriter::with_times) looks at the time; one that does not rise is taken as just after the frame
    /// before.
    ///
    /// # Errors
    /// As [`push`](VideoWriter::push).
    pub fn push_at(&mut self, frame: &Frame, seconds: f64) -> Result<(), EncodeError> {
        let kind = (frame.width, frame.height, frame.channels, depth_of(&frame.samples));
        let spec = &self.spec;
        let expected = (spec.width, spec.height, spec.channels, spec.depth);
        if kind != expected || !frame.is_whole() {
            return Err(EncodeError::FrameMismatch {
                index: self.frames,
                expected: describe(expected),
                found: describe(kind),
            });
        }
        match &mut self.sink {
            Sink::Y4m(writer) => writer.push(frame),
            Sink::Ffmpeg(writer) => writer.push(frame, seconds),
        }
        .map_err(|detail| EncodeError::Write { path: self.path.clone(), detail })?;
        self.frames += 1;
        Ok(())
    }

    /// Completes the file and gives it its name, replacing a file of that name.
    ///
    /// # Errors
    /// [`EncodeError::Empty`] without frames, [`EncodeError::Write`] when the disk is full.
    pub fn finish(self) -> Result<Written, EncodeError> {
        let VideoWriter { sink, temporary, path, place, codec, frames, .. } = self;
        if frames == 0 {
            return Err(EncodeError::Empty { path });
        }
        let failed = |detail: String| EncodeError::Write { path: path.clone(), detail };
        match sink {
            Sink::Y4m(writer) => writer.finish(),
            Sink::Ffmpeg(writer) => writer.finish(),
        }
        .map_err(failed)?;
        let bytes = std::fs::metadata(&temporary).map_err(|e| failed(e.to_string()))?.len();
        keep_mode(&temporary, &place);
        temporary.persist(&place).map_err(|e| failed(e.error.to_string()))?;
        Ok(Written { path, codec, frames, bytes })
    }
}

fn depth_of(samples: &Samples) -> Depth {
    match samples {
        Samples::U8(_) => Depth::Eight,
        Samples::U16(_) => Depth::Sixteen,
    }
}

fn describe((width, height, channels, depth): (usize, usize, Channels, Depth)) -> String {
    let bits = match depth {
        Depth::Eight => 8,
        Depth::Sixteen => 16,
    };
    let color = match channels {
        Channels::Luma => "gray",
        Channels::Rgb => "RGB",
    };
    format!("{width}x{height} {color} of {bits} bits")
}

/// The extension in lower case, once everything that needs no file has been checked.
fn checked_extension(path: &Path, spec: &VideoSpec) -> Result<String, EncodeError> {
    let VideoSpec { width, height, fps, quality, .. } = *spec;
    let extension = checked_container(path)?;
    if !(1..=LARGEST_SIDE).contains(&width) || !(1..=LARGEST_SIDE).contains(&height) {
        return Err(EncodeError::Size { width, height });
    }
    if !(0.1..=1000.0).contains(&fps) {
        return Err(EncodeError::FrameRate(fps));
    }
    match quality {
        Quality::Lossless if !["mkv", "avi"].contains(&extension.as_str()) => {
            Err(EncodeError::NotLossless { extension })
        }
        Quality::Constant(value) if value > Quality::WORST => Err(EncodeError::Quality(value)),
        _ => Ok(extension),
    }
}

fn checked_container(path: &Path) -> Result<String, EncodeError> {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    if !["mp4", "mov", "m4v", "mkv", "avi", "webm", "y4m"].contains(&extension.as_str()) {
        return Err(EncodeError::Extension { path: path.to_owned() });
    }
    Ok(extension)
}

/// Whether the container of this name keeps a time for each frame; others show them at a constant rate.
#[must_use]
pub fn keeps_times(path: &Path) -> bool {
    checked_container(path).is_ok_and(|extension| !["avi", "y4m"].contains(&extension.as_str()))
}

/// Checks, before any work is done, whether the extension is one of a video that can be
/// written.
///
/// # Errors
/// [`EncodeError::Extension`] if it is not.
pub fn check_video(path: &Path) -> Result<(), EncodeError> {
    checked_container(path).map(drop)
}

/// A frame rate as a fraction: whole, a multiple of 1/1001 (broadcast rates) or thousandths.
fn rate_fraction(fps: f64) -> (i32, i32) {
    for denominator in [1, 1001] {
        let numerator = (fps * f64::from(denominator)).round();
        // 29.97 stands for 30000/1001, 1e-6 away.
        if (numerator / f64::from(denominator) - fps).abs() < 5e-6 * fps {
            return (numerator as i32, denominator);
        }
    }
    ((fps * 1000.0).round() as i32, 1000)
}

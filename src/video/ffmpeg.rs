//! Video files through FFmpeg: any container, any codec.

mod convert;
mod decoder;
mod deinterlace;
mod file_size;
mod layout;
mod orient;
mod planes;
mod swscale;

use std::ffi::{CStr, c_char, c_int};
use std::path::Path;
use std::sync::Once;

use ffmpeg_next as ff;

use self::convert::Converter;
use self::decoder::Decoder;
use self::deinterlace::Progressive;
use self::layout::Layout;
pub(super) use self::planes::Planes;
use super::aspect::square_size;
use super::error::Size;
use super::{Channels, ColorSpace, Frame, FrameSource, VideoError, VideoInfo, Warning, WarningKind};

/// Opens a video file and decodes its first frame, which provides everything that the container may
/// be wrong about.
pub(super) fn open(
    path: &Path,
    name: &Path,
    channels: Channels,
    deinterlace: bool,
) -> Result<Box<dyn FrameSource>, VideoError> {
    quiet();
    let mut frames = Progressive::new(Decoder::open(path, name)?, deinterlace);
    let mut picture = ff::frame::Video::empty();
    if !frames.next(&mut picture)? {
        return Err(VideoError::NoFrames { path: name.to_owned() });
    }
    let interlaced = frames.is_interlaced();
    let decoder = &mut frames.decoder;
    let coded = Size { width: picture.width() as usize, height: picture.height() as usize };
    let layout = Layout::of(&picture);
    let mut warnings = Vec::new();
    let mut warn = |line: String| warnings.push(Warning::new(WarningKind::Meaning, line));
    let (across, down) = decoder.sample_aspect(&mut picture);
    let square = square_size(coded.width, coded.height, across, down).unwrap_or_else(|| {
        warn(format!("the pixel shape {across}:{down} is invalid: pixels are taken as square"));
        (coded.width, coded.height)
    });
    let color_space = layout::color_space(&picture);
    if let ColorSpace::HighDynamicRange { transfer, .. } = color_space {
        let transfer = if transfer == layout::PQ { "PQ" } else { "HLG" };
        warn(format!(
            "the video is of high dynamic range ({transfer}): its values are kept; stills in PNG say so, and other outputs look \
             pale"
        ));
    }
    let converter = Converter::new(name, &layout, coded, square, channels)?;
    let orientation = decoder.orientation();
    let (width, height) = orientation.size(square.0, square.1);
    let info = VideoInfo {
        width,
        height,
        channels: layout.channels(),
        depth: layout.depth(),
        announced_frames: decoder.announced().map(|announced| announced.frames),
        frame_rate: decoder.frame_rate(),
        whole: Size { width, height },
        left_out: None,
        interlaced,
        codec: decoder.codec_name(),
        color_space,
    };
    Ok(Box::new(Video {
        frames,
        picture,
        is_waiting: true,
        coded,
        square,
        layout,
        converter,
        orientation,
        channels,
        info,
        read: 0,
        warnings,
        ended: false,
        time: None,
    }))
}

/// FFmpeg's name of the format that a file is in.
pub(super) fn container(path: &Path) -> Result<String, VideoError> {
    quiet();
    Ok(Decoder::open(path, path)?.container())
}

struct Video {
    frames: Progressive,
    /// The frame decoded last.
    picture: ff::frame::Video,
    /// `picture` has not been delivered yet.
    is_waiting: bool,
    /// Size before squaring and turning.
    coded: Size,
    /// Size after squaring, before turning.
    square: (usize, usize),
    layout: Layout,
    converter: Converter,
    orientation: orient::Orientation,
    channels: Channels,
    info: VideoInfo,
    /// Frames delivered or skipped.
    read: usize,
    warnings: Vec<Warning>,
    ended: bool,
    /// Of the frame delivered or skipped last.
    time: Option<f64>,
}

impl Video {
    /// Makes the next frame the current one; `false` at the end.
    fn advance(&mut self) -> Result<bool, VideoError> {
        if self.ended {
            return Ok(false);
        }
        if !self.is_waiting && !self.frames.next(&mut self.picture)? {
            self.ended = true;
            self.warnings.extend(self.frames.decoder.warnings(self.read));
            self.warnings.extend(self.frames.warning());
            return Ok(false);
        }
        self.is_waiting = false;
        self.check_size()?;
        self.time = self.frames.time(&self.picture);
        self.read += 1;
        Ok(true)
    }

    fn check_size(&self) -> Result<(), VideoError> {
        let after = Size { width: self.picture.width() as usize, height: self.picture.height() as usize };
        if after == self.coded {
            return Ok(());
        }
        Err(VideoError::SizeChange {
            path: self.frames.decoder.path().to_owned(),
            frame: self.read,
            before: self.coded,
            after,
        })
    }

    /// Streams may switch between formats of one depth (full and limited range, say).
    fn follow_layout(&mut self) -> Result<(), VideoError> {
        let layout = Layout::of(&self.picture);
        if layout == self.layout {
            return Ok(());
        }
        let path = self.frames.decoder.path();
        if layout.depth() != self.layout.depth() {
            return Err(VideoError::FormatChange {
                path: path.to_owned(),
                frame: self.read.saturating_sub(1),
                before: self.layout.name(),
                after: layout.name(),
            });
        }
        self.converter = Converter::new(path, &layout, self.coded, self.square, self.channels)?;
        self.layout = layout;
        Ok(())
    }
}

impl FrameSource for Video {
    fn info(&self) -> &VideoInfo {
        &self.info
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, VideoError> {
        if !self.advance()? {
            return Ok(None);
        }
        self.follow_layout()?;
        let samples = self.converter.convert(self.frames.decoder.path(), &self.picture)?;
        let (width, height) = self.square;
        let frame = Frame { width, height, channels: self.channels, samples };
        Ok(Some(self.orientation.apply(frame)))
    }

    fn skip_frame(&mut self) -> Result<bool, VideoError> {
        self.advance()
    }

    fn time(&self) -> Option<f64> {
        self.time
    }

    fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}

/// Keeps FFmpeg's libraries from writing to standard error.
pub(super) fn quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| ff::log::set_level(ff::log::Level::Quiet));
}

/// Whether FFmpeg wants more before it gives anything.
pub(super) fn is_again(error: ff::Error) -> bool {
    error == (ff::Error::Other { errno: ff::error::EAGAIN })
}

/// FFmpeg's own words for an error code.
pub(super) fn message(error: ff::Error) -> String {
    let mut text = [0 as c_char; 256];
    let code: c_int = error.into();
    // SAFETY: the buffer's length is passed, and av_strerror always ends the text with a zero.
    unsafe {
        ff::ffi::av_strerror(code, text.as_mut_ptr(), text.len());
        CStr::from_ptr(text.as_ptr()).to_string_lossy().into_owned()
    }
}

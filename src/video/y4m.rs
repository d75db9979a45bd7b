//! YUV4MPEG2 (`.y4m`), read without FFmpeg.
//!
//! Format: <https://wiki.multimedia.cx/index.php/YUV4MPEG2>. Planar 4:2:0, 4:2:2, 4:4:4, 4:1:1
//! and gray of 8 to 16 bits (two bytes, little-endian, above 8). Color is limited range and gray
//! full range unless the header says otherwise (`XCOLORRANGE=`), as FFmpeg writes them.
//! Interlaced video is delivered as whole frames.

#[cfg(any(test, not(feature = "video")))]
mod color;
pub(super) mod header;
#[cfg(any(test, not(feature = "video")))]
mod plain;
#[cfg(any(test, not(feature = "video")))]
mod resize;
#[cfg(all(test, feature = "video"))]
mod tests;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use self::header::Header;
pub(super) use self::header::MAGIC;
#[cfg(not(feature = "video"))]
use self::plain::Planes;
use super::aspect::square_size;
#[cfg(feature = "video")]
use super::ffmpeg::Planes;
use super::levels::Levels;
use super::{
    Channels, ColorSpace, Frame, FrameSource, Size, VideoError, VideoInfo, Warning, WarningKind, Y4mProblem,
};

/// Longest line that a header or a frame marker may have, in bytes; real ones stay under 200.
const LONGEST_LINE: u64 = 4096;

const MARKER: &[u8] = b"FRAME";

/// Whether a file is YUV4MPEG2, by its first bytes.
pub(super) fn is_y4m(path: &Path) -> Result<bool, VideoError> {
    let read = |cause| VideoError::Read { path: path.to_owned(), cause };
    let mut start = Vec::new();
    let file = File::open(path).map_err(read)?;
    file.take(MAGIC.len() as u64).read_to_end(&mut start).map_err(read)?;
    Ok(start == MAGIC)
}

/// A YUV4MPEG2 file.
pub(super) struct Y4m {
    file: BufReader<File>,
    /// The name of the file in errors.
    name: PathBuf,
    header: Header,
    converter: Planes,
    info: VideoInfo,
    channels: Channels,
    /// Bytes of the file after the current position.
    left: u64,
    /// Planes of one frame as stored in the file.
    planes: Vec<u8>,
    frames: usize,
    ended: bool,
    warnings: Vec<Warning>,
}

impl Y4m {
    pub(super) fn open(path: &Path, name: &Path, channels: Channels) -> Result<Self, VideoError> {
        let read = |cause| VideoError::Read { path: name.to_owned(), cause };
        let bad = |problem| VideoError::Y4mHeader { path: name.to_owned(), problem };
        let file = File::open(path).map_err(read)?;
        let length = file.metadata().map_err(read)?.len();
        let mut file = BufReader::with_capacity(1 << 16, file);
        let line = line(&mut file).map_err(read)?;
        if !line.starts_with(MAGIC) {
            return Err(bad(Y4mProblem::Magic));
        }
        let Some(text) = line.strip_suffix(b"\n") else { return Err(bad(Y4mProblem::Endless)) };
        let header = Header::parse(text).map_err(bad)?;
        let levels = Levels::new(header.bits, header.full_range);
        let left = length.saturating_sub(line.len() as u64);
        let info = info(&header, &levels, left).map_err(bad)?;
        let converter = Planes::new(name, &header, (info.width, info.height), channels)?;
        Ok(Y4m {
            file,
            name: name.to_owned(),
            header,
            converter,
            info,
            channels,
            left,
            planes: Vec::new(),
            frames: 0,
            ended: false,
            warnings: Vec::new(),
        })
    }

    /// Reads the marker of the next frame; `false` if no whole frame follows it.
    fn at_frame(&mut self) -> Result<bool, VideoError> {
        if self.ended {
            return Ok(false);
        }
        let marker = line(&mut self.file).map_err(|cause| self.read_error(cause))?;
        self.left = self.left.saturating_sub(marker.len() as u64);
        if marker.is_empty() {
            return self.end();
        }
        let is_cut = self.left == 0 && MARKER.starts_with(&marker[..marker.len().min(5)]);
        let is_whole = marker.starts_with(MARKER) && marker.ends_with(b"\n");
        if !is_cut && !is_whole {
            return Err(VideoError::Y4mFrame { path: self.name.clone(), frame: self.frames });
        }
        let wanted = self.header.frame_bytes() as u64;
        if self.left < wanted {
            self.warnings.push(Warning::new(
                WarningKind::Incomplete,
                format!(
                    "the last frame is cut off ({} of {wanted} bytes): the {} whole frames before it \
                 are used",
                    self.left, self.frames
                ),
            ));
            return self.end();
        }
        self.left -= wanted;
        self.frames += 1;
        Ok(true)
    }

    fn end(&mut self) -> Result<bool, VideoError> {
        self.ended = true;
        if self.frames == 0 {
            return Err(VideoError::NoFrames { path: self.name.clone() });
        }
        Ok(false)
    }

    fn read_error(&self, cause: io::Error) -> VideoError {
        VideoError::Read { path: self.name.clone(), cause }
    }
}

impl FrameSource for Y4m {
    fn info(&self) -> &VideoInfo {
        &self.info
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, VideoError> {
        if !self.at_frame()? {
            return Ok(None);
        }
        self.planes.resize(self.header.frame_bytes(), 0);
        if let Err(cause) = self.file.read_exact(&mut self.planes) {
            return Err(self.read_error(cause));
        }
        Ok(Some(Frame {
            width: self.info.width,
            height: self.info.height,
            channels: self.channels,
            samples: self.converter.convert(&self.planes)?,
        }))
    }

    fn skip_frame(&mut self) -> Result<bool, VideoError> {
        if !self.at_frame()? {
            return Ok(false);
        }
        let bytes = self.header.frame_bytes() as i64;
        self.file.seek(SeekFrom::Current(bytes)).map_err(|cause| self.read_error(cause))?;
        Ok(true)
    }

    fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}

/// Up to and including the next line feed.
fn line(file: &mut BufReader<File>) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    file.take(LONGEST_LINE).read_until(b'\n', &mut line)?;
    Ok(line)
}

fn info(header: &Header, levels: &Levels, bytes: u64) -> Result<VideoInfo, Y4mProblem> {
    let (across, down) = header.aspect;
    let (width, height) = square_size(header.width, header.height, across, down)
        .ok_or_else(|| Y4mProblem::Aspect(format!("{across}:{down}")))?;
    // A marker without parameters is six bytes.
    let frame = header.frame_bytes() as u64 + 6;
    Ok(VideoInfo {
        color_space: ColorSpace::Standard,
        width,
        height,
        channels: if header.chroma.is_some() { Channels::Rgb } else { Channels::Luma },
        depth: levels.depth(),
        announced_frames: usize::try_from(bytes / frame).ok(),
        frame_rate: header.rate,
        whole: Size { width, height },
        left_out: None,
        interlaced: header.interlaced,
        codec: "y4m".to_owned(),
    })
}

//! Planes that were read without FFmpeg, converted as FFmpeg's own frames are: a pipe gives what the file gives.

use std::path::{Path, PathBuf};

use ffmpeg_next as ff;

use super::convert::Converter;
use super::layout::Layout;
use crate::video::error::{FfmpegTask, Size};
use crate::video::y4m::header::{Header, Siting};
use crate::video::{Channels, Samples, VideoError};

/// Converts the frames of one YUV4MPEG2 stream.
pub(in crate::video) struct Planes {
    path: PathBuf,
    picture: ff::frame::Video,
    converter: Converter,
    /// Bytes of a row, and rows, of each plane.
    planes: Vec<(usize, usize)>,
}

// SAFETY: the frame's memory is its own, and it is only ever used through `&mut`.
unsafe impl Send for Planes {}

impl Planes {
    /// Frames of `size` with these channels.
    pub(in crate::video) fn new(
        path: &Path,
        header: &Header,
        size: (usize, usize),
        channels: Channels,
    ) -> Result<Planes, VideoError> {
        let name = format_name(header);
        let unsupported = || VideoError::PixelFormat { path: path.to_owned(), format: name.clone() };
        let format: ff::format::Pixel = name.parse().map_err(|_| unsupported())?;
        let side = |length: usize| u32::try_from(length).map_err(|_| unsupported());
        let mut picture = ff::frame::Video::new(format, side(header.width)?, side(header.height)?);
        if picture.planes() == 0 {
            let message = super::message(ff::Error::Other { errno: ff::error::ENOMEM });
            return Err(VideoError::Ffmpeg { path: path.to_owned(), doing: FfmpegTask::Convert, message });
        }
        picture.set_color_range(if header.full_range {
            ff::color::Range::JPEG
        } else {
            ff::color::Range::MPEG
        });
        // SAFETY: the frame is valid.
        unsafe { (*picture.as_mut_ptr()).chroma_location = location(header) };
        let layout = Layout::of(&picture);
        let coded = Size { width: header.width, height: header.height };
        let converter = Converter::new(path, &layout, coded, size, channels)?;
        let bytes = header.sample_bytes();
        let mut planes = vec![(header.width * bytes, header.height)];
        if let Some(chroma) = header.chroma {
            let (width, height) = header.chroma_size(chroma);
            planes.extend([(width * bytes, height); 2]);
            planes.extend(chroma.alpha.then_some((header.width * bytes, header.height)));
        }
        Ok(Planes { path: path.to_owned(), picture, converter, planes })
    }

    /// One frame, whose planes lie one after the other.
    pub(in crate::video) fn convert(&mut self, mut samples: &[u8]) -> Result<Samples, VideoError> {
        for (plane, &(row, rows)) in self.planes.iter().enumerate() {
            let stride = self.picture.stride(plane);
            let (these, rest) = samples.split_at_checked(row * rows).unwrap_or((samples, &[]));
            let to = self.picture.data_mut(plane).chunks_mut(stride);
            for (to, from) in to.zip(these.chunks_exact(row)) {
                to[..row].copy_from_slice(from);
            }
            samples = rest;
        }
        self.converter.convert(&self.path, &self.picture)
    }
}

/// FFmpeg's name of the pixel format.
fn format_name(header: &Header) -> String {
    let depth = if header.bits > 8 { format!("{}le", header.bits) } else { String::new() };
    match header.chroma {
        None => format!("gray{depth}"),
        Some(chroma) => {
            let alpha = if chroma.alpha { "a" } else { "" };
            let share = match (chroma.across, chroma.down) {
                (2, 2) => "420",
                (2, _) => "422",
                (4, _) => "411",
                _ => "444",
            };
            format!("yuv{alpha}{share}p{depth}")
        }
    }
}

fn location(header: &Header) -> ff::ffi::AVChromaLocation {
    use ff::ffi::AVChromaLocation::{
        AVCHROMA_LOC_CENTER, AVCHROMA_LOC_LEFT, AVCHROMA_LOC_TOPLEFT, AVCHROMA_LOC_UNSPECIFIED,
    };
    match header.chroma.map(|chroma| chroma.siting) {
        None => AVCHROMA_LOC_UNSPECIFIED,
        Some(Siting::Center) => AVCHROMA_LOC_CENTER,
        Some(Siting::Left) => AVCHROMA_LOC_LEFT,
        Some(Siting::TopLeft) => AVCHROMA_LOC_TOPLEFT,
    }
}

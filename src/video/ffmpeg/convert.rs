//! FFmpeg frames to samples.
//!
//! Luma that is stored as whole numbers is read from its plane directly, each code through a
//! table to full range. Everything else goes through swscale to RGB: what is stored as RGB,
//! palettes or floats even for luma, which is then weighted as for images.

use std::path::Path;

use ffmpeg_next as ff;

use super::layout::{Layout, LumaPlane};
use super::message;
use super::swscale::Swscale;
use crate::video::error::{FfmpegTask, Size};
use crate::video::levels::Levels;
use crate::video::{Channels, Depth, Samples, VideoError, luma};

/// Converts frames of one layout and size.
pub(super) struct Converter {
    way: Way,
    channels: Channels,
    depth: Depth,
}

enum Way {
    /// Luma from its plane, then to the size wanted if that is another.
    Plane { luma: LumaPlane, levels: Levels, rescale: Option<Scaler> },
    /// RGB by swscale.
    Color(Scaler),
}

impl Converter {
    pub(super) fn new(
        path: &Path,
        layout: &Layout,
        coded: Size,
        wanted: (usize, usize),
        channels: Channels,
    ) -> Result<Self, VideoError> {
        use ff::format::Pixel;
        if layout.is_elsewhere() {
            return Err(unsupported(path, layout));
        }
        let depth = layout.depth();
        let is_deep = depth == Depth::Sixteen;
        let gray = channels == Channels::Luma || layout.channels() == Channels::Luma;
        let way = match layout.luma {
            Some(luma) if gray => {
                let format = if is_deep { Pixel::GRAY16LE } else { Pixel::GRAY8 };
                let rescale = (wanted != (coded.width, coded.height))
                    .then(|| Scaler::gray(path, layout, format, coded, wanted))
                    .transpose()?;
                let levels = Levels::new(luma.bits, layout.full_range);
                Way::Plane { luma, levels, rescale }
            }
            _ => {
                let format = if is_deep { Pixel::RGB48LE } else { Pixel::RGB24 };
                Way::Color(Scaler::color(path, layout, format, coded, wanted)?)
            }
        };
        Ok(Converter { way, channels, depth })
    }

    pub(super) fn convert(&mut self, path: &Path, picture: &ff::frame::Video) -> Result<Samples, VideoError> {
        let failed = |error| VideoError::Ffmpeg {
            path: path.to_owned(),
            doing: FfmpegTask::Convert,
            message: message(error),
        };
        match &mut self.way {
            Way::Plane { luma, levels, rescale } => {
                let mut samples = read_plane(picture, luma, levels);
                if let Some(scaler) = rescale {
                    let (width, height) = (picture.width(), picture.height());
                    let mut gray = ff::frame::Video::new(scaler.from, width, height);
                    if gray.planes() == 0 {
                        return Err(failed(ff::Error::Other { errno: ff::error::ENOMEM }));
                    }
                    write_gray(&mut gray, &samples);
                    samples = scaler.run(&gray, self.depth, 1).map_err(failed)?;
                }
                Ok(luma::convert(samples, Channels::Luma, self.channels))
            }
            Way::Color(scaler) => {
                let samples = scaler.run(picture, self.depth, 3).map_err(failed)?;
                Ok(luma::convert(samples, Channels::Rgb, self.channels))
            }
        }
    }
}

fn unsupported(path: &Path, layout: &Layout) -> VideoError {
    VideoError::PixelFormat { path: path.to_owned(), format: layout.name() }
}

/// swscale with the depth and channels of what comes out.
struct Scaler {
    swscale: Swscale,
    from: ff::format::Pixel,
}

impl Scaler {
    fn color(
        path: &Path,
        layout: &Layout,
        to: ff::format::Pixel,
        coded: Size,
        wanted: (usize, usize),
    ) -> Result<Self, VideoError> {
        let mut scaler = Self::new(path, layout, (layout.format, to), coded, wanted)?;
        scaler.swscale.set_matrix(layout);
        Ok(scaler)
    }

    fn gray(
        path: &Path,
        layout: &Layout,
        format: ff::format::Pixel,
        coded: Size,
        wanted: (usize, usize),
    ) -> Result<Self, VideoError> {
        Self::new(path, layout, (format, format), coded, wanted)
    }

    fn new(
        path: &Path,
        layout: &Layout,
        (from, to): (ff::format::Pixel, ff::format::Pixel),
        coded: Size,
        wanted: (usize, usize),
    ) -> Result<Self, VideoError> {
        let side = |length: usize| u32::try_from(length).map_err(|_| unsupported(path, layout));
        let (from, to) =
            ((from, side(coded.width)?, side(coded.height)?), (to, side(wanted.0)?, side(wanted.1)?));
        let siting = layout.siting.filter(|_| from.0 == layout.format);
        let swscale = Swscale::new(from, to, siting).ok_or_else(|| unsupported(path, layout))?;
        Ok(Scaler { swscale, from: from.0 })
    }

    fn run(
        &mut self,
        picture: &ff::frame::Video,
        depth: Depth,
        channels: usize,
    ) -> Result<Samples, ff::Error> {
        let out = self.swscale.run(picture)?;
        let samples = out.width() as usize * channels;
        let rows = 0..out.height() as usize;
        Ok(match depth {
            Depth::Eight => {
                Samples::U8(rows.flat_map(|y| row(&out, 0, y, samples).iter().copied()).collect())
            }
            Depth::Sixteen => Samples::U16(
                rows.flat_map(|y| row(&out, 0, y, 2 * samples).chunks_exact(2).map(little_endian)).collect(),
            ),
        })
    }
}

fn little_endian(pair: &[u8]) -> u16 {
    u16::from_le_bytes([pair[0], pair[1]])
}

fn big_endian(pair: &[u8]) -> u16 {
    u16::from_be_bytes([pair[0], pair[1]])
}

/// The first `bytes` bytes of a row; empty if the plane is missing or its rows are shorter.
fn row(picture: &ff::frame::Video, plane: usize, y: usize, bytes: usize) -> &[u8] {
    // SAFETY: FFmpeg keeps `height` rows of `linesize` bytes each (negative for pictures stored
    // upside down) behind `data`, and both the row and its length are checked against them. The
    // slice lives as long as the frame is borrowed.
    unsafe {
        let raw = &*picture.as_ptr();
        let (Some(&data), Some(&stride)) = (raw.data.get(plane), raw.linesize.get(plane)) else {
            return &[];
        };
        let is_outside = y >= picture.height() as usize || bytes > stride.unsigned_abs() as usize;
        if data.is_null() || is_outside {
            return &[];
        }
        std::slice::from_raw_parts(data.offset(y as isize * stride as isize), bytes)
    }
}

fn read_plane(picture: &ff::frame::Video, luma: &LumaPlane, levels: &Levels) -> Samples {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let mut samples = levels.buffer(width * height);
    let bytes = (width - 1) * luma.step + luma.offset + luma.bytes();
    let mask = ((1_u32 << luma.bits) - 1) as u16;
    for y in 0..height {
        let row = row(picture, luma.plane, y, bytes).get(luma.offset..).unwrap_or_default();
        if luma.bytes() == 2 {
            let word = if luma.big_endian { big_endian } else { little_endian };
            let codes = row.chunks(luma.step).map(|pair| (word(pair) >> luma.shift) & mask);
            levels.extend_words(&mut samples, codes);
        } else if luma.step == 1 && luma.shift == 0 {
            levels.extend_bytes(&mut samples, row.iter().copied());
        } else {
            let codes = row.iter().step_by(luma.step).map(|code| (code >> luma.shift) & mask as u8);
            levels.extend_bytes(&mut samples, codes);
        }
    }
    samples
}

/// Fills a gray frame of the samples' depth, for swscale.
fn write_gray(gray: &mut ff::frame::Video, samples: &Samples) {
    let width = gray.width() as usize;
    let stride = gray.stride(0);
    let rows = gray.data_mut(0).chunks_mut(stride);
    match samples {
        Samples::U8(values) => {
            for (row, from) in rows.zip(values.chunks_exact(width)) {
                row[..width].copy_from_slice(from);
            }
        }
        Samples::U16(values) => {
            for (row, from) in rows.zip(values.chunks_exact(width)) {
                for (pair, value) in row.chunks_exact_mut(2).zip(from) {
                    pair.copy_from_slice(&value.to_le_bytes());
                }
            }
        }
    }
}

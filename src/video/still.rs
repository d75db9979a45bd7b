//! One picture to one image file.

use std::io::Cursor;
use std::path::Path;

use image::codecs::{
    bmp::BmpEncoder, jpeg::JpegEncoder, png::PngEncoder, tiff::TiffEncoder, webp::WebPEncoder,
};
use image::{DynamicImage, ImageBuffer, ImageEncoder, ImageError};

use super::color_space::cicp;
use super::{Channels, ColorSpace, Frame, Samples, luma};
use crate::output::{StillError, check_writable, write_whole};

/// What a message lists if the extension is unknown.
const KNOWN: &str = "png, tif, tiff, jpg, jpeg, webp, bmp, ppm, pgm, pnm";

/// Visually lossless for photographs; the usual 75 would blur what was just recovered.
const JPEG_QUALITY: u8 = 95;

/// Bytes of a PNG's signature and of its header, which is the first of its chunks.
const PNG_HEADER: usize = 8 + 25;

/// Checks, before any work is done, whether [`write_still`] can write to `path`.
///
/// # Errors
/// If the extension is unknown, if `path` is a folder, pipe or device, or if its folder is missing
/// or cannot be written to.
pub fn check_output(path: &Path) -> Result<(), StillError> {
    Format::of(path)?;
    check_writable(path)
}

/// Writes a picture in the format of the extension of `path`, whole or not at all.
///
/// 16-bit samples stay 16-bit in `png`, `tif`, `tiff`, `ppm`, `pgm` and `pnm`; for `jpg`, `jpeg`
/// (quality 95), `webp` (lossless) and `bmp` they are rounded to 8 bits. `pgm` holds luma only
/// and `ppm` always three channels; color and gray are converted to fit.
///
/// # Errors
/// As [`check_output`], for a full disk, and for a frame whose samples do not match its
/// size. After an error `path` is as it was before.
pub fn write_still(path: &Path, frame: &Frame) -> Result<(), StillError> {
    write_still_in(path, frame, &ColorSpace::Standard)
}

/// The same with what the values of samples mean: `png`, `tif`, `tiff`, `jpg`, `jpeg` and `webp` carry an ICC profile, if it is
/// one of gray or of color as the frame is; `png` carries high dynamic range.
///
/// # Errors
/// As [`write_still`].
pub fn write_still_in(path: &Path, frame: &Frame, space: &ColorSpace) -> Result<(), StillError> {
    let format = Format::of(path)?;
    let picture = picture(path, frame, format)?;
    let bytes = encode(&picture, format, space)
        .map_err(|cause| StillError::Encode { path: path.to_owned(), cause: cause.to_string() })?;
    write_whole(path, &bytes)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Png,
    Tiff,
    Jpeg,
    WebP,
    Bmp,
    Ppm,
    Pgm,
    Pnm,
}

impl Format {
    fn of(path: &Path) -> Result<Self, StillError> {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        Ok(match ending.as_deref() {
            Some("png") => Format::Png,
            Some("tif" | "tiff") => Format::Tiff,
            Some("jpg" | "jpeg") => Format::Jpeg,
            Some("webp") => Format::WebP,
            Some("bmp") => Format::Bmp,
            Some("ppm") => Format::Ppm,
            Some("pgm") => Format::Pgm,
            Some("pnm") => Format::Pnm,
            _ => {
                let path = path.to_owned();
                return Err(StillError::UnknownFormat { path, known: KNOWN });
            }
        })
    }

    fn keeps_sixteen_bits(self) -> bool {
        !matches!(self, Format::Jpeg | Format::WebP | Format::Bmp)
    }

    fn channels(self, of_frame: Channels) -> Channels {
        match self {
            Format::Ppm => Channels::Rgb,
            Format::Pgm => Channels::Luma,
            _ => of_frame,
        }
    }
}

/// The frame with the channels and depth that the format can hold.
fn picture(path: &Path, frame: &Frame, format: Format) -> Result<DynamicImage, StillError> {
    let bad = || StillError::BadFrame {
        path: path.to_owned(),
        width: frame.width,
        height: frame.height,
        samples: frame.samples.len(),
    };
    if frame.samples.is_empty() || !frame.is_whole() {
        return Err(bad());
    }
    let width = u32::try_from(frame.width).map_err(|_| bad())?;
    let height = u32::try_from(frame.height).map_err(|_| bad())?;
    let channels = format.channels(frame.channels);
    let mut samples = luma::convert(frame.samples.clone(), frame.channels, channels);
    if !format.keeps_sixteen_bits() {
        samples = Samples::U8(samples.into_eight());
    }
    match (channels, samples) {
        (Channels::Luma, Samples::U8(v)) => {
            ImageBuffer::from_raw(width, height, v).map(DynamicImage::ImageLuma8)
        }
        (Channels::Luma, Samples::U16(v)) => {
            ImageBuffer::from_raw(width, height, v).map(DynamicImage::ImageLuma16)
        }
        (Channels::Rgb, Samples::U8(v)) => {
            ImageBuffer::from_raw(width, height, v).map(DynamicImage::ImageRgb8)
        }
        (Channels::Rgb, Samples::U16(v)) => {
            ImageBuffer::from_raw(width, height, v).map(DynamicImage::ImageRgb16)
        }
    }
    .ok_or_else(bad)
}

/// Each encoder by name: `write_to`, which chooses by format, would compile every encoder for every writer.
fn encode(picture: &DynamicImage, format: Format, space: &ColorSpace) -> image::ImageResult<Vec<u8>> {
    let mut bytes = Vec::new();
    match format {
        Format::Png => {
            write_in(picture, PngEncoder::new(&mut bytes), space)?;
            if let &ColorSpace::HighDynamicRange { primaries, transfer } = space {
                bytes.splice(PNG_HEADER..PNG_HEADER, cicp(primaries, transfer));
            }
        }
        Format::Tiff => write_in(picture, TiffEncoder::new(Cursor::new(&mut bytes)), space)?,
        Format::WebP => {
            let color = DynamicImage::ImageRgb8(picture.to_rgb8());
            write_in(&color, WebPEncoder::new_lossless(&mut bytes), space)?;
        }
        Format::Bmp => picture.write_with_encoder(BmpEncoder::new(&mut bytes))?,
        Format::Jpeg => {
            write_in(picture, JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY), space)?;
        }
        Format::Ppm | Format::Pgm | Format::Pnm => return Ok(pnm(picture)),
    }
    Ok(bytes)
}

/// With the profile, if there is one for pictures of these channels.
fn write_in(
    picture: &DynamicImage,
    mut encoder: impl ImageEncoder,
    space: &ColorSpace,
) -> image::ImageResult<()> {
    let channels = if picture.color().has_color() { Channels::Rgb } else { Channels::Luma };
    if let Some(profile) = space.profile(channels) {
        encoder.set_icc_profile(profile.to_vec()).map_err(ImageError::Unsupported)?;
    }
    picture.write_with_encoder(encoder)
}

/// Binary graymap or pixmap (<https://netpbm.sourceforge.net/doc/ppm.html>), most significant
/// byte first; the image crate writes neither in 16 bits.
fn pnm(picture: &DynamicImage) -> Vec<u8> {
    let magic = if picture.color().has_color() { "P6" } else { "P5" };
    let (highest, samples) = match picture {
        DynamicImage::ImageLuma16(deep) => (65535, big_endian(deep.as_raw())),
        DynamicImage::ImageRgb16(deep) => (65535, big_endian(deep.as_raw())),
        shallow => (255, shallow.as_bytes().to_vec()),
    };
    let header = format!("{magic}\n{} {}\n{highest}\n", picture.width(), picture.height());
    [header.into_bytes(), samples].concat()
}

fn big_endian(samples: &[u16]) -> Vec<u8> {
    samples.iter().flat_map(|sample| sample.to_be_bytes()).collect()
}

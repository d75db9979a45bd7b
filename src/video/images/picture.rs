//! One picture of an image file: what its header says, and its samples.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use image::metadata::Orientation;
use image::{ColorType, DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};

use super::{jpeg, samples_of, tiff};
use crate::video::error::Size;
use crate::video::{Depth, Frame, VideoError};

/// The most that one picture may take, in bytes: as much as a clip may by default. What its header claims costs nothing.
const MOST: u64 = 4 << 30;

/// Which picture of its file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    /// The only one, or the first.
    First,
    /// A page of a TIFF file.
    Page(tiff::Start),
    /// A frame of an animated WebP, from 0.
    Frame(u32),
}

/// What is known before the picture is decoded.
pub(super) struct Header {
    /// As it is shown.
    pub(super) size: Size,
    pub(super) kind: ColorType,
    /// Its color profile (ICC), unless that is the one of sRGB.
    pub(super) profile: Option<Vec<u8>>,
}

impl Header {
    pub(super) fn read(path: &Path, part: Part) -> Result<Header, VideoError> {
        let reader = reader(path, part)?;
        let is_tiff = reader.format() == Some(ImageFormat::Tiff);
        let mut decoder = reader.into_decoder().map_err(|cause| unreadable(path, &cause))?;
        let (width, height) = match (orientation(&mut decoder), decoder.dimensions()) {
            (
                Orientation::Rotate90
                | Orientation::Rotate270
                | Orientation::Rotate90FlipH
                | Orientation::Rotate270FlipH,
                (width, height),
            ) => (height, width),
            (_, size) => size,
        };
        let size = Size { width: width as usize, height: height as usize };
        let profile = match is_tiff {
            true => tiff::profile(page(path, part)?),
            false => decoder.icc_profile().ok().flatten(),
        };
        Ok(Header { size, kind: decoder.color_type(), profile: profile.filter(|profile| !is_srgb(profile)) })
    }

    pub(super) fn depth(&self) -> Depth {
        depth_of(self.kind)
    }
}

/// Reads a picture, turned as its EXIF orientation says. Gray stays gray, 16 bits stay 16 bits, transparency is dropped; of
/// several pages it is the first.
///
/// # Errors
/// If the file cannot be read, is not an image, or is cut off.
pub fn read_still(path: &Path) -> Result<Frame, VideoError> {
    let image = decode(path, Part::First)?;
    let (width, height) = (image.width() as usize, image.height() as usize);
    let depth = depth_of(image.color());
    let (channels, samples) = samples_of(image, depth);
    Ok(Frame { width, height, channels, samples })
}

/// The size of a picture as [`read_still`] gives it, by its header alone.
///
/// # Errors
/// If the file cannot be read or is not an image.
pub fn still_size(path: &Path) -> Result<Size, VideoError> {
    Ok(Header::read(path, Part::First)?.size)
}

/// Why the picture cannot be read, by its decoder.
pub(super) fn unreadable(path: &Path, cause: &ImageError) -> VideoError {
    VideoError::UnreadableImage { path: path.to_owned(), cause: cause.to_string() }
}

/// The picture as it is shown.
pub(super) fn decode(path: &Path, part: Part) -> Result<DynamicImage, VideoError> {
    let unreadable = |cause| unreadable(path, &cause);
    let reader = reader(path, part)?;
    if reader.format() == Some(ImageFormat::Jpeg) && jpeg::is_cut(path)? {
        return Err(VideoError::CutOffImage { path: path.to_owned() });
    }
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    check_size(path, decoder.dimensions(), Some(decoder.total_bytes()))?;
    let orientation = orientation(&mut decoder);
    let mut image = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    image.apply_orientation(orientation);
    Ok(image)
}

/// Refuses a picture that claims more than it may take, before memory is asked for.
pub(super) fn check_size(
    path: &Path,
    (width, height): (u32, u32),
    bytes: Option<u64>,
) -> Result<(), VideoError> {
    if bytes.is_some_and(|bytes| bytes <= MOST) {
        return Ok(());
    }
    let size = Size { width: width as usize, height: height as usize };
    Err(VideoError::HugeImage { path: path.to_owned(), size })
}

/// By content, not by name.
pub(super) fn reader(path: &Path, part: Part) -> Result<ImageReader<BufReader<tiff::Page>>, VideoError> {
    let read = |cause| VideoError::Read { path: path.to_owned(), cause };
    let file = BufReader::new(page(path, part)?);
    let mut reader = ImageReader::new(file).with_guessed_format().map_err(read)?;
    // The crate `image` reads BigTIFF and does not know it by its first bytes.
    if reader.format().is_none() && tiff::is_big(path).map_err(read)? {
        reader.set_format(ImageFormat::Tiff);
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST);
    reader.limits(limits);
    Ok(reader)
}

/// The file as if this part were its first.
fn page(path: &Path, part: Part) -> Result<tiff::Page, VideoError> {
    let file = File::open(path).map_err(|cause| VideoError::Read { path: path.to_owned(), cause })?;
    let start = match part {
        Part::Page(start) => Some(start),
        Part::First | Part::Frame(_) => None,
    };
    Ok(tiff::Page::new(file, start))
}

/// By the description of the profile (ICC.1), in one byte a character or in two.
fn is_srgb(profile: &[u8]) -> bool {
    let has = |name: &[u8]| profile.windows(name.len()).any(|part| part == name);
    has(b"sRGB") || has(b"s\0R\0G\0B")
}

/// A damaged EXIF block does not matter.
fn orientation(decoder: &mut impl ImageDecoder) -> Orientation {
    decoder.orientation().unwrap_or(Orientation::NoTransforms)
}

fn depth_of(kind: ColorType) -> Depth {
    if kind.bytes_per_pixel() / kind.channel_count() > 1 { Depth::Sixteen } else { Depth::Eight }
}

//! Video from image files, one frame each.

use std::path::{Path, PathBuf};

use image::{ColorType, DynamicImage, ImageDecoder, ImageReader};

use super::error::Size;
use super::{Channels, Depth, Frame, FrameSource, Samples, VideoError, VideoInfo, luma};

/// Reads image files in the order given. Whether the video has color and how deep it is follows
/// from the first image; later ones are converted to it. Turned as their EXIF orientation says;
/// transparency is dropped.
pub(super) struct Images {
    paths: Vec<PathBuf>,
    next: usize,
    channels: Channels,
    info: VideoInfo,
}

impl Images {
    /// Reads the first image only.
    pub(super) fn open(paths: Vec<PathBuf>, channels: Channels) -> Result<Self, VideoError> {
        let first = paths.first().ok_or_else(|| VideoError::EmptyFolder { folder: "".into() })?;
        let reader = reader(first)?;
        let codec = reader
            .format()
            .and_then(|format| format.extensions_str().first())
            .map_or_else(|| "image".to_owned(), |name| (*name).to_owned());
        let image = decode(reader, first)?;
        let kind = image.color();
        let info = VideoInfo {
            width: image.width() as usize,
            height: image.height() as usize,
            channels: if kind.has_color() { Channels::Rgb } else { Channels::Luma },
            depth: depth_of(kind),
            announced_frames: Some(paths.len()),
            frame_rate: None,
            codec,
        };
        Ok(Images { paths, next: 0, channels, info })
    }

    fn size(&self) -> Size {
        Size { width: self.info.width, height: self.info.height }
    }

    fn check_size(&self, path: &Path, image: &DynamicImage) -> Result<(), VideoError> {
        let size = Size { width: image.width() as usize, height: image.height() as usize };
        if size == self.size() {
            return Ok(());
        }
        Err(VideoError::MixedSizes {
            first: self.paths[0].clone(),
            first_size: self.size(),
            other: path.to_owned(),
            other_size: size,
        })
    }
}

impl FrameSource for Images {
    fn info(&self) -> &VideoInfo {
        &self.info
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, VideoError> {
        let Some(path) = self.paths.get(self.next) else { return Ok(None) };
        let image = decode(reader(path)?, path)?;
        self.check_size(path, &image)?;
        self.next += 1;
        let (have, samples) = samples_of(image, self.info.depth);
        Ok(Some(Frame {
            width: self.info.width,
            height: self.info.height,
            channels: self.channels,
            samples: luma::convert(samples, have, self.channels),
        }))
    }

    fn skip_frame(&mut self) -> Result<bool, VideoError> {
        let there = self.next < self.paths.len();
        self.next += usize::from(there);
        Ok(there)
    }
}

/// Whether the file holds one still picture of a format that images are read from.
pub(super) fn is_still(path: &Path) -> Result<bool, VideoError> {
    use image::ImageFormat::{Bmp, Jpeg, Png, Pnm, Tiff, WebP};
    let reader = reader(path)?;
    Ok(match reader.format() {
        Some(Png) => !is_animated_png(path),
        Some(Bmp | Jpeg | Pnm | Tiff | WebP) => true,
        _ => false,
    })
}

/// Animated PNGs are videos for FFmpeg.
fn is_animated_png(path: &Path) -> bool {
    let Ok(file) = std::fs::File::open(path) else { return false };
    image::codecs::png::PngDecoder::new(std::io::BufReader::new(file))
        .and_then(|decoder| decoder.is_apng())
        .unwrap_or(false)
}

/// By content, not by name.
fn reader(path: &Path) -> Result<ImageReader<std::io::BufReader<std::fs::File>>, VideoError> {
    let read = |cause| VideoError::Read { path: path.to_owned(), cause };
    let file = std::io::BufReader::new(std::fs::File::open(path).map_err(read)?);
    ImageReader::new(file).with_guessed_format().map_err(read)
}

fn decode(
    reader: ImageReader<std::io::BufReader<std::fs::File>>,
    path: &Path,
) -> Result<DynamicImage, VideoError> {
    let upright = || {
        let mut decoder = reader.into_decoder()?;
        // A damaged EXIF block does not matter.
        let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
        let mut image = DynamicImage::from_decoder(decoder)?;
        image.apply_orientation(orientation);
        Ok(image)
    };
    upright().map_err(|cause| VideoError::UnreadableImage { path: path.to_owned(), cause })
}

fn depth_of(kind: ColorType) -> Depth {
    if kind.bytes_per_pixel() / kind.channel_count() > 1 { Depth::Sixteen } else { Depth::Eight }
}

/// Gray stays gray; everything else becomes RGB.
fn samples_of(image: DynamicImage, depth: Depth) -> (Channels, Samples) {
    let channels = if image.color().has_color() { Channels::Rgb } else { Channels::Luma };
    let samples = match (channels, depth) {
        (Channels::Luma, Depth::Eight) => Samples::U8(image.into_luma8().into_raw()),
        (Channels::Luma, Depth::Sixteen) => Samples::U16(image.into_luma16().into_raw()),
        (Channels::Rgb, Depth::Eight) => Samples::U8(image.into_rgb8().into_raw()),
        (Channels::Rgb, Depth::Sixteen) => Samples::U16(image.into_rgb16().into_raw()),
    };
    (channels, samples)
}

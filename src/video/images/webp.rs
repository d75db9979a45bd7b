//! The frames of an animated WebP.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use image::error::{DecodingError, ImageError, ImageFormatHint};
use image::{DynamicImage, ImageBuffer, ImageFormat};
use image_webp::WebPDecoder;

use super::picture::{check_size, unreadable as unreadable_image};
use crate::video::VideoError;

/// Read from its first frame on: each is drawn over the one before.
pub(super) struct Animation {
    path: PathBuf,
    decoder: WebPDecoder<BufReader<File>>,
    next: u32,
}

impl Animation {
    /// Only a file that is animated.
    pub(super) fn open(path: &Path) -> Result<Animation, VideoError> {
        let file = File::open(path).map_err(|cause| VideoError::Read { path: path.to_owned(), cause })?;
        let decoder = WebPDecoder::new(BufReader::new(file)).map_err(|cause| unreadable(path, cause))?;
        Ok(Animation { path: path.to_owned(), decoder, next: 0 })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// How many frames there are; one of a still.
    pub(super) fn frames(&self) -> u32 {
        if self.decoder.is_animated() { self.decoder.num_frames() } else { 1 }
    }

    /// Frames a second, if the file says.
    pub(super) fn rate(&self) -> Option<f64> {
        let milliseconds = self.decoder.loop_duration();
        (milliseconds > 0).then(|| f64::from(self.frames()) * 1000.0 / milliseconds as f64)
    }

    /// The frame of this number, from 0.
    pub(super) fn frame(&mut self, number: u32) -> Result<DynamicImage, VideoError> {
        if number < self.next {
            self.decoder.reset_animation();
            self.next = 0;
        }
        let bytes = self.decoder.output_buffer_size();
        check_size(&self.path, self.decoder.dimensions(), bytes.map(|bytes| bytes as u64))?;
        let mut samples = vec![0; bytes.unwrap_or(0)];
        while self.next <= number {
            self.decoder.read_frame(&mut samples).map_err(|cause| unreadable(&self.path, cause))?;
            self.next += 1;
        }
        let (width, height) = self.decoder.dimensions();
        let image = if self.decoder.has_alpha() {
            ImageBuffer::from_raw(width, height, samples).map(DynamicImage::ImageRgba8)
        } else {
            ImageBuffer::from_raw(width, height, samples).map(DynamicImage::ImageRgb8)
        };
        image.ok_or_else(|| unreadable(&self.path, image_webp::DecodingError::ImageTooLarge))
    }
}

fn unreadable(path: &Path, cause: image_webp::DecodingError) -> VideoError {
    let cause = DecodingError::new(ImageFormatHint::Exact(ImageFormat::WebP), cause);
    unreadable_image(path, &ImageError::Decoding(cause))
}

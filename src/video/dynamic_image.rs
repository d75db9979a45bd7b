//! Pictures to and from the crate `image`.
//!
//! ```
//! use image::{DynamicImage, RgbImage};
//! use seethru::video::Frame;
//!
//! let picture = DynamicImage::ImageRgb8(RgbImage::new(4, 3));
//! let frame = Frame::try_from(picture.clone())?;
//! assert_eq!((frame.width, frame.height, frame.samples.len()), (4, 3, 36));
//! assert_eq!(DynamicImage::try_from(frame)?, picture);
//! # Ok::<(), seethru::video::ImageError>(())
//! ```

use image::{ColorType, DynamicImage, ImageBuffer};

use super::{Channels, Frame, Samples};

/// Why a picture has no counterpart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImageError {
    /// A frame is gray or RGB, with 8 or 16 bits: it has no place for transparency or floating point.
    #[error("an image of {color:?} samples is not gray or RGB of 8 or 16 bits: convert it first")]
    Color {
        /// What the image's samples are.
        color: ColorType,
    },
    /// The samples are too few or too many, or the size is beyond what an image can have.
    #[error("{samples} samples do not make up {width}x{height} pixels")]
    Size {
        /// The frame's width in pixels.
        width: usize,
        /// The frame's height in pixels.
        height: usize,
        /// How many samples the frame has.
        samples: usize,
    },
}

impl TryFrom<DynamicImage> for Frame {
    type Error = ImageError;

    /// Gray and RGB images of 8 and 16 bits, sample by sample.
    ///
    /// # Errors
    /// [`ImageError::Color`] for every other kind.
    fn try_from(picture: DynamicImage) -> Result<Frame, ImageError> {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let (channels, samples) = match picture {
            DynamicImage::ImageLuma8(image) => (Channels::Luma, Samples::U8(image.into_raw())),
            DynamicImage::ImageLuma16(image) => (Channels::Luma, Samples::U16(image.into_raw())),
            DynamicImage::ImageRgb8(image) => (Channels::Rgb, Samples::U8(image.into_raw())),
            DynamicImage::ImageRgb16(image) => (Channels::Rgb, Samples::U16(image.into_raw())),
            other => return Err(ImageError::Color { color: other.color() }),
        };
        Ok(Frame { width, height, channels, samples })
    }
}

impl TryFrom<Frame> for DynamicImage {
    type Error = ImageError;

    /// The same samples as an image.
    ///
    /// # Errors
    /// [`ImageError::Size`] if the samples do not make up the frame's size.
    fn try_from(frame: Frame) -> Result<DynamicImage, ImageError> {
        let Frame { width, height, channels, samples } = frame;
        let wrong = ImageError::Size { width, height, samples: samples.len() };
        let (Ok(w), Ok(h)) = (u32::try_from(width), u32::try_from(height)) else { return Err(wrong) };
        // `from_raw` also takes more samples than the size needs.
        if width.checked_mul(height).and_then(|pixels| pixels.checked_mul(channels.count()))
            != Some(samples.len())
        {
            return Err(wrong);
        }
        let image = match (channels, samples) {
            (Channels::Luma, Samples::U8(samples)) => {
                ImageBuffer::from_raw(w, h, samples).map(DynamicImage::ImageLuma8)
            }
            (Channels::Luma, Samples::U16(samples)) => {
                ImageBuffer::from_raw(w, h, samples).map(DynamicImage::ImageLuma16)
            }
            (Channels::Rgb, Samples::U8(samples)) => {
                ImageBuffer::from_raw(w, h, samples).map(DynamicImage::ImageRgb8)
            }
            (Channels::Rgb, Samples::U16(samples)) => {
                ImageBuffer::from_raw(w, h, samples).map(DynamicImage::ImageRgb16)
            }
        };
        image.ok_or(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_frame_comes_back() {
        for (channels, samples) in [
            (Channels::Luma, Samples::U8(vec![1, 2, 3, 4, 5, 6])),
            (Channels::Luma, Samples::U16(vec![1, 2, 3, 4, 5, 60000])),
            (Channels::Rgb, Samples::U8((0..18).collect())),
            (Channels::Rgb, Samples::U16((0..18).map(|s| 3000 * s).collect())),
        ] {
            let frame = Frame { width: 3, height: 2, channels, samples };
            let image = DynamicImage::try_from(frame.clone()).unwrap();
            assert_eq!((image.width(), image.height()), (3, 2));
            assert_eq!(Frame::try_from(image).unwrap(), frame);
        }
    }

    #[test]
    fn what_has_no_counterpart_is_refused() {
        let error = Frame::try_from(DynamicImage::new_rgba8(2, 2)).unwrap_err();
        assert_eq!(error, ImageError::Color { color: ColorType::Rgba8 });
        for samples in [5, 7] {
            let short = Frame {
                width: 3,
                height: 2,
                channels: Channels::Luma,
                samples: Samples::U8(vec![0; samples]),
            };
            let error = DynamicImage::try_from(short).unwrap_err();
            assert_eq!(error, ImageError::Size { width: 3, height: 2, samples });
        }
    }
}

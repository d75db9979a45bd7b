//! The still: any image file to a frame of the requested size.

use std::path::Path;

use image::DynamicImage;
use image::imageops::FilterType;

use super::SynthError;
use crate::video::{Frame, Size, read_still, still_size};

/// Reads an image; with a `size` (width, height) it is scaled to cover that size and its
/// overhang cropped evenly. As [`read_still`] reads it.
///
/// # Errors
/// [`SynthError::Still`] when the file cannot be read as an image, [`SynthError::Size`] for
/// an empty size.
pub fn load_still(path: &Path, size: Option<(usize, usize)>) -> Result<Frame, SynthError> {
    check_size(still_size(path)?)?;
    let still = read_still(path)?;
    let Some((width, height)) = size else { return Ok(still) };
    check_size(Size { width, height })?;
    let found = (still.width, still.height);
    let wrong = |_| SynthError::Size { width: found.0, height: found.1 };
    let picture = DynamicImage::try_from(still).map_err(wrong)?;
    let picture = picture.resize_to_fill(width as u32, height as u32, FilterType::Lanczos3);
    Frame::try_from(picture).map_err(wrong)
}

pub(super) fn check_size(Size { width, height }: Size) -> Result<(), SynthError> {
    let can_be = |side| (1..=16384).contains(&side);
    if can_be(width) && can_be(height) { Ok(()) } else { Err(SynthError::Size { width, height }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::video::{Channels, Samples, write_still};

    #[test]
    fn stills_come_back_as_they_were_saved() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        for (channels, samples) in [
            (Channels::Luma, Samples::U8(vec![1, 2, 3, 4, 5, 6])),
            (Channels::Luma, Samples::U16(vec![1, 2, 3, 4, 5, 60000])),
            (Channels::Rgb, Samples::U8((0..18).collect())),
            (Channels::Rgb, Samples::U16((1000..1018).collect())),
        ] {
            let frame = Frame { width: 3, height: 2, channels, samples };
            write_still(&path, &frame).unwrap();
            assert_eq!(load_still(&path, None).unwrap(), frame);
        }
    }

    #[test]
    fn a_size_is_covered_without_stretching() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        // Left half black, right half white: the middle stays the middle after the crop.
        let samples = Samples::U8((0..40 * 20).map(|i| if i % 40 < 20 { 0 } else { 255 }).collect());
        write_still(&path, &Frame { width: 40, height: 20, channels: Channels::Luma, samples }).unwrap();
        let frame = load_still(&path, Some((10, 10))).unwrap();
        assert_eq!((frame.width, frame.height), (10, 10));
        let Samples::U8(samples) = frame.samples else { panic!("8 bits in, 8 bits out") };
        assert!(samples[2] < 10 && samples[7] > 245);
    }

    #[test]
    fn files_that_are_no_pictures_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        std::fs::write(&path, "no picture").unwrap();
        assert!(matches!(load_still(&path, None), Err(SynthError::Still { .. })));
        assert!(matches!(load_still(&folder.path().join("b.png"), None), Err(SynthError::Still { .. })));
        let frame = Frame { width: 1, height: 1, channels: Channels::Luma, samples: Samples::U8(vec![1]) };
        write_still(&path, &frame).unwrap();
        assert!(matches!(load_still(&path, Some((0, 5))), Err(SynthError::Size { .. })));
    }
}

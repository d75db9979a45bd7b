//! Which pixels of a video are left out: a watermark, a clock, a rim.

mod fill;

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;
use serde::ser::{SerializeStruct as _, Serializer};

use self::fill::Fill;
use super::images::read_still;
use super::{Channels, Crop, Frame, FrameSource, Samples, Size, VideoError, VideoInfo, Warning, luma};

/// A picture that says which pixels are used: white ones are, black ones are left out.
///
/// Wherever frames are read, pixels that are left out take values from those around them, so nothing that was there has
/// any part in what is made of the frames.
#[derive(Clone, Debug, PartialEq)]
pub struct Mask {
    path: PathBuf,
    size: Size,
    /// Pixels that are left out, row after row: where each run of them begins and ends.
    left_out: Arc<[Range<usize>]>,
}

impl Mask {
    /// Reads a picture: pixels of at least half the brightness of white are used, all others are left out. Transparency
    /// is not looked at.
    ///
    /// # Errors
    /// If the file is not a picture that can be read, or all of it is left out.
    pub fn read(path: &Path) -> Result<Mask, VideoError> {
        let Frame { width, height, channels, samples } = read_still(path)?;
        let gray = luma::convert(Samples::U8(samples.into_eight()), channels, Channels::Luma).into_eight();
        let used: Vec<bool> = gray.into_iter().map(|value| value >= 128).collect();
        let mask = Mask::of(path.to_owned(), Size { width, height }, &used);
        mask.check_used()?;
        Ok(mask)
    }

    fn of(path: PathBuf, size: Size, used: &[bool]) -> Mask {
        let mut left_out: Vec<Range<usize>> = Vec::new();
        for at in (0..used.len()).filter(|&at| !used[at]) {
            match left_out.last_mut().filter(|run| run.end == at) {
                Some(run) => run.end += 1,
                None => left_out.push(at..at + 1),
            }
        }
        Mask { path, size, left_out: left_out.into() }
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its size.
    #[must_use]
    pub fn size(&self) -> Size {
        self.size
    }

    /// Share of the pixels that are left out, 0 ..= 1.
    #[must_use]
    pub fn left_out(&self) -> f64 {
        let count: usize = self.left_out.iter().map(Range::len).sum();
        count as f64 / (self.size.width * self.size.height).max(1) as f64
    }

    /// Whether each pixel is used, row after row.
    #[must_use]
    pub fn used(&self) -> Vec<bool> {
        let mut used = vec![true; self.size.width * self.size.height];
        self.left_out.iter().for_each(|run| used[run.clone()].fill(false));
        used
    }

    /// The mask of this part of a video whose whole pictures have the size `whole`: one of that size is cut alike.
    ///
    /// # Errors
    /// If it has neither size, or nothing of the part is used.
    pub(super) fn of_part(
        &self,
        (crop, whole): (Option<Crop>, Size),
        video: PathBuf,
    ) -> Result<Mask, VideoError> {
        let part = crop.map_or(whole, |crop| Size { width: crop.width, height: crop.height });
        let crop = match crop {
            _ if self.size == part => return Ok(self.clone()),
            Some(crop) if self.size == whole && crop.fits(whole) => crop,
            _ => {
                let (mask, mask_size) = (self.path.clone(), self.size);
                return Err(VideoError::MaskSize { path: video, mask, mask_size, size: part, whole });
            }
        };
        let used = self.used();
        let rows = (crop.y..crop.y + crop.height).map(|y| y * whole.width + crop.x);
        let used: Vec<bool> = rows.flat_map(|from| used[from..from + crop.width].iter().copied()).collect();
        let mask = Mask::of(self.path.clone(), part, &used);
        mask.check_used()?;
        Ok(mask)
    }

    /// The picture as frames are read: `None` if it has another size.
    #[must_use]
    pub fn fill(&self, mut picture: Frame) -> Option<Frame> {
        if picture.width != self.size.width || picture.height != self.size.height || !picture.is_whole() {
            return None;
        }
        Fill::new(&self.used(), self.size).apply(&mut picture);
        Some(picture)
    }

    fn check_used(&self) -> Result<(), VideoError> {
        if self.left_out() < 1.0 {
            return Ok(());
        }
        Err(VideoError::MaskOfNothing { mask: self.path.clone() })
    }
}

/// What it leaves out, wherever the file is.
impl Serialize for Mask {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes: Vec<u8> =
            self.left_out.iter().flat_map(|run| [run.start, run.end]).flat_map(usize::to_le_bytes).collect();
        let mut fields = serializer.serialize_struct("Mask", 3)?;
        fields.serialize_field("size", &self.size)?;
        fields.serialize_field("left_out", &self.left_out())?;
        fields.serialize_field("checksum", &crc32fast::hash(&bytes))?;
        fields.end()
    }
}

/// A source whose frames are filled where a mask leaves them out.
pub(super) struct Masked {
    source: Box<dyn FrameSource>,
    fill: Fill,
    info: VideoInfo,
}

impl Masked {
    /// `mask` is of the size of the source's frames.
    pub(super) fn new(source: Box<dyn FrameSource>, mask: &Mask) -> Masked {
        let info = VideoInfo { left_out: Some(mask.left_out()), ..source.info().clone() };
        Masked { source, fill: Fill::new(&mask.used(), mask.size), info }
    }
}

impl FrameSource for Masked {
    fn info(&self) -> &VideoInfo {
        &self.info
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, VideoError> {
        let mut frame = self.source.next_frame()?;
        if let Some(frame) = &mut frame {
            self.fill.apply(frame);
        }
        Ok(frame)
    }

    fn skip_frame(&mut self) -> Result<bool, VideoError> {
        self.source.skip_frame()
    }

    fn time(&self) -> Option<f64> {
        self.source.time()
    }

    fn warnings(&self) -> &[Warning] {
        self.source.warnings()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: Size = Size { width: 4, height: 3 };

    fn mask(left_out: &[usize]) -> Mask {
        let used: Vec<bool> = (0..12).map(|at| !left_out.contains(&at)).collect();
        Mask::of("mask.png".into(), WHOLE, &used)
    }

    #[test]
    fn what_is_left_out_is_told_by_runs() {
        let mask = mask(&[1, 2, 3, 4, 9]);
        assert_eq!(*mask.left_out, [1..5, 9..10]);
        assert_eq!(mask.left_out(), 5.0 / 12.0);
        assert_eq!(mask.used().iter().filter(|used| !**used).count(), 5);
    }

    #[test]
    fn a_mask_is_cut_like_the_video_or_is_of_the_part() {
        let crop = Some(Crop { width: 2, height: 2, x: 1, y: 1 });
        let whole = mask(&[1, 5, 10]);
        let part = whole.of_part((crop, WHOLE), "clip.mp4".into()).unwrap();
        assert_eq!(part.used(), [false, true, true, false]);
        assert_eq!(part.of_part((crop, WHOLE), "clip.mp4".into()).unwrap(), part);
        assert_eq!(whole.of_part((None, WHOLE), "clip.mp4".into()).unwrap(), whole);
        let nothing = mask(&[5, 6, 9, 10]).of_part((crop, WHOLE), "clip.mp4".into()).unwrap_err();
        assert!(matches!(nothing, VideoError::MaskOfNothing { .. }), "{nothing}");
        for (crop, size) in [(None, Size { width: 3, height: 4 }), (crop, Size { width: 5, height: 3 })] {
            let error = whole.of_part((crop, size), "clip.mp4".into()).unwrap_err();
            assert!(matches!(error, VideoError::MaskSize { .. }), "{error}");
        }
    }

    #[test]
    fn masks_that_leave_out_other_pixels_are_written_otherwise() {
        let written = |mask: &Mask| serde_json::to_string(mask).unwrap();
        assert_ne!(written(&mask(&[1, 2])), written(&mask(&[2, 3])));
        assert_eq!(written(&mask(&[1])), written(&Mask { path: "other.png".into(), ..mask(&[1]) }));
    }
}

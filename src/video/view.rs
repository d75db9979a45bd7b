//! Which part of an input is looked at: a rectangle of the picture, a span of time.

use std::ops::Range;
use std::path::PathBuf;
use std::str::FromStr;

use super::{Frame, FrameSource, Mask, Samples, Size, VideoError, VideoInfo, Warning};

/// What is looked at of an input, which then is like an input of nothing else.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct View {
    /// This rectangle of the picture, instead of all of it.
    pub crop: Option<Crop>,
    /// Frames from this time on, in seconds after the first; they are numbered from there.
    pub start: f64,
    /// Frames for so long, in seconds, instead of all that follow.
    pub duration: Option<f64>,
    /// Pixels that are left out; it has the size of the whole picture, or of the rectangle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mask: Option<Mask>,
    /// Frames of interlaced video are used as they are, not deinterlaced.
    pub interlaced: bool,
}

/// A rectangle of a picture, in pixels as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Crop {
    /// Width.
    pub width: usize,
    /// Height.
    pub height: usize,
    /// Columns left of it.
    pub x: usize,
    /// Rows above it.
    pub y: usize,
}

impl Crop {
    /// Whether all of it lies in a picture of this size.
    #[must_use]
    pub fn fits(&self, size: Size) -> bool {
        let within =
            |from: usize, length: usize, all: usize| from.checked_add(length).is_some_and(|end| end <= all);
        within(self.x, self.width, size.width) && within(self.y, self.height, size.height)
    }

    /// This part of the frame; `None` if it lies outside.
    fn of(&self, frame: &Frame) -> Option<Frame> {
        let channels = frame.channels.count();
        let (row, from, length) = (frame.width * channels, self.x * channels, self.width * channels);
        let rows = (self.y..self.y + self.height).map(|y| y * row + from..y * row + from + length);
        let samples = match &frame.samples {
            Samples::U8(samples) => Samples::U8(joined(samples, rows)?),
            Samples::U16(samples) => Samples::U16(joined(samples, rows)?),
        };
        Some(Frame { width: self.width, height: self.height, channels: frame.channels, samples })
    }

    /// This part of a picture that has the size of the whole video, or a picture of the part's own size as it is; `None` for
    /// other sizes.
    #[must_use]
    pub fn of_picture(&self, picture: Frame, whole: Size) -> Option<Frame> {
        let size = Size { width: picture.width, height: picture.height };
        if size == (Size { width: self.width, height: self.height }) {
            Some(picture)
        } else if size == whole && self.fits(size) {
            self.of(&picture)
        } else {
            None
        }
    }
}

impl std::fmt::Display for Crop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}x{}+{}+{}", self.width, self.height, self.x, self.y)
    }
}

fn joined<T: Copy>(samples: &[T], rows: impl Iterator<Item = Range<usize>>) -> Option<Vec<T>> {
    let mut joined = Vec::new();
    for row in rows {
        joined.extend_from_slice(samples.get(row)?);
    }
    Some(joined)
}

/// It is not of the form WIDTHxHEIGHT+X+Y.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("give WIDTHxHEIGHT+X+Y in pixels, as in 640x480+10+20")]
pub struct NoCrop;

impl FromStr for Crop {
    type Err = NoCrop;

    fn from_str(text: &str) -> Result<Crop, NoCrop> {
        let number = |text: &str| text.parse().map_err(|_| NoCrop);
        let (width, rest) = text.split_once('x').ok_or(NoCrop)?;
        let (height, place) = rest.split_once('+').ok_or(NoCrop)?;
        let (x, y) = place.split_once('+').ok_or(NoCrop)?;
        let crop = Crop { width: number(width)?, height: number(height)?, x: number(x)?, y: number(y)? };
        if crop.width > 0 && crop.height > 0 { Ok(crop) } else { Err(NoCrop) }
    }
}

/// A source of which a rectangle is seen.
pub(super) struct Cropped {
    source: Box<dyn FrameSource>,
    crop: Crop,
    info: VideoInfo,
}

impl Cropped {
    pub(super) fn new(
        source: Box<dyn FrameSource>,
        crop: Crop,
        path: PathBuf,
    ) -> Result<Cropped, VideoError> {
        let whole = source.info();
        let size = Size { width: whole.width, height: whole.height };
        if !crop.fits(size) {
            return Err(VideoError::CropOutside { path, crop, size });
        }
        let info = VideoInfo { width: crop.width, height: crop.height, ..whole.clone() };
        Ok(Cropped { source, crop, info })
    }
}

impl FrameSource for Cropped {
    fn info(&self) -> &VideoInfo {
        &self.info
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, VideoError> {
        Ok(self.source.next_frame()?.and_then(|frame| self.crop.of(&frame)))
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

/// What a time may be too early by: containers round to a millisecond.
const ROUNDING: f64 = 0.000_6;

/// A source of which a span of time is seen.
pub(super) struct Span {
    source: Box<dyn FrameSource>,
    info: VideoInfo,
    path: PathBuf,
    /// The first second, and the one after the last.
    seconds: (f64, f64),
    /// Frames of the source so far.
    read: usize,
    delivered: usize,
}

impl Span {
    pub(super) fn new(
        source: Box<dyn FrameSource>,
        (start, duration): (f64, Option<f64>),
        path: PathBuf,
    ) -> Span {
        let mut info = source.info().clone();
        let end = start + duration.unwrap_or(f64::INFINITY);
        info.announced_frames = info.announced_frames.zip(info.frame_rate).map(|(frames, rate)| {
            let number = |seconds: f64| ((seconds * rate).ceil().max(0.0) as usize).min(frames);
            number(end).saturating_sub(number(start))
        });
        Span { source, info, path, seconds: (start - ROUNDING, end - ROUNDING), read: 0, delivered: 0 }
    }

    /// When the frame that the source gave last is shown.
    fn shown(&self) -> Result<f64, VideoError> {
        let by_rate = |rate: f64| (self.read - 1) as f64 / rate;
        let time = self.source.time().or_else(|| self.info.frame_rate.map(by_rate));
        time.ok_or_else(|| VideoError::NoTimes { path: self.path.clone() })
    }
}

impl FrameSource for Span {
    fn info(&self) -> &VideoInfo {
        &self.info
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, VideoError> {
        while let Some(frame) = self.source.next_frame()? {
            self.read += 1;
            let time = self.shown()?;
            if time >= self.seconds.1 {
                break;
            }
            if time >= self.seconds.0 {
                self.delivered += 1;
                return Ok(Some(frame));
            }
        }
        if self.delivered == 0 {
            let start = self.seconds.0 + ROUNDING;
            return Err(VideoError::NothingInSpan { path: self.path.clone(), start, frames: self.read });
        }
        Ok(None)
    }

    fn time(&self) -> Option<f64> {
        Some(self.source.time()? - self.seconds.0 - ROUNDING)
    }

    fn warnings(&self) -> &[Warning] {
        self.source.warnings()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::video::Channels;

    #[test]
    fn rectangles_as_they_are_typed() {
        let crop: Crop = "640x480+10+20".parse().unwrap();
        assert_eq!(crop, Crop { width: 640, height: 480, x: 10, y: 20 });
        assert_eq!(crop.to_string(), "640x480+10+20");
        for wrong in ["640x480", "640x480+10", "0x5+1+1", "5x5+-1+0", "axb+c+d", "", "5x5+1+1+1"] {
            assert_eq!(wrong.parse::<Crop>(), Err(NoCrop), "{wrong}");
        }
    }

    #[test]
    fn a_rectangle_has_to_lie_in_the_picture() {
        let size = Size { width: 6, height: 4 };
        for (fits, width, height, x, y) in [
            (true, 6, 4, 0, 0),
            (true, 1, 1, 5, 3),
            (false, 1, 1, 6, 3),
            (false, 6, 4, 0, 1),
            (false, usize::MAX, 1, 1, 0),
        ] {
            assert_eq!(Crop { width, height, x, y }.fits(size), fits);
        }
    }

    #[test]
    fn a_picture_of_the_whole_is_cut_and_one_of_the_part_kept() {
        let crop = Crop { width: 2, height: 1, x: 1, y: 1 };
        let whole = Size { width: 4, height: 2 };
        let samples = Samples::U8((0..24).collect());
        let picture = Frame { width: 4, height: 2, channels: Channels::Rgb, samples };
        let part = crop.of_picture(picture.clone(), whole).unwrap();
        assert_eq!((part.width, part.height, part.samples.clone()), (2, 1, Samples::U8((15..21).collect())));
        assert_eq!(crop.of_picture(part.clone(), whole), Some(part));
        let other = Size { width: 5, height: 2 };
        assert_eq!(crop.of_picture(picture.clone(), other), None);
        // Fewer samples than its size says.
        let short = Frame { samples: Samples::U8(vec![0; 5]), ..picture };
        assert_eq!(crop.of_picture(short, whole), None);
    }
}

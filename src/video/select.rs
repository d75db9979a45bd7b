//! Which frames of a video are used.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use super::{Frame, FrameSource, VideoError, VideoInfo, Warning, WarningKind};

/// Which of the decoded frames are used: `start..end` (frame numbers from 0, `end` exclusive,
/// `None` for the last), every `every`-th of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct FrameRange {
    /// The first frame.
    pub start: usize,
    /// The frame after the last.
    pub end: Option<usize>,
    /// The step from one to the next.
    pub every: NonZeroUsize,
}

impl Default for FrameRange {
    /// All frames.
    fn default() -> Self {
        FrameRange { start: 0, end: None, every: NonZeroUsize::MIN }
    }
}

impl FrameRange {
    /// Whether frame `number` (from 0) is one of them.
    #[must_use]
    pub fn contains(&self, number: usize) -> bool {
        number >= self.start
            && self.end.is_none_or(|end| number < end)
            && (number - self.start).is_multiple_of(self.every.get())
    }

    /// How many of a video of `frames` frames are used.
    #[must_use]
    pub fn count(&self, frames: usize) -> usize {
        let end = self.end.unwrap_or(frames).min(frames);
        end.saturating_sub(self.start).div_ceil(self.every.get())
    }

    fn is_over(&self, number: usize) -> bool {
        self.end.is_some_and(|end| number >= end)
    }
}

impl std::fmt::Display for FrameRange {
    /// `start..end`, and `/every` where frames between are left out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}..", self.start)?;
        if let Some(end) = self.end {
            write!(f, "{end}")?;
        }
        if self.every > NonZeroUsize::MIN { write!(f, "/{}", self.every) } else { Ok(()) }
    }
}

/// Delivers only the frames of a [`FrameRange`]; the others are decoded but not converted.
pub struct Selected {
    source: Box<dyn FrameSource>,
    range: FrameRange,
    path: PathBuf,
    /// Number of the frame that the source delivers next.
    position: usize,
    delivered: usize,
    /// Those of the source and its own, once it has ended before the range did.
    warnings: Vec<Warning>,
}

impl Selected {
    /// `path` is named in the error for a range that selects nothing.
    pub fn new(source: Box<dyn FrameSource>, range: FrameRange, path: impl Into<PathBuf>) -> Self {
        Selected { source, range, path: path.into(), position: 0, delivered: 0, warnings: Vec::new() }
    }

    /// The next frame of the range with its number in the video, counted from 0 before anything
    /// was left out; `None` at the end of the range or the video.
    ///
    /// # Errors
    /// Those of the source, and [`VideoError::NothingSelected`] if not one frame was in the
    /// range.
    pub fn next_numbered(&mut self) -> Result<Option<(usize, Frame)>, VideoError> {
        if self.advance_to_wanted()?
            && let Some(frame) = self.source.next_frame()?
        {
            self.position += 1;
            self.delivered += 1;
            return Ok(Some((self.position - 1, frame)));
        }
        self.ended().map(|()| None)
    }

    /// The frames that have been delivered.
    #[must_use]
    pub fn delivered(&self) -> usize {
        self.delivered
    }

    /// Skips frames outside the range; `false` at the end of the range or the video.
    fn advance_to_wanted(&mut self) -> Result<bool, VideoError> {
        while !self.range.contains(self.position) {
            if self.range.is_over(self.position) || !self.source.skip_frame()? {
                return Ok(false);
            }
            self.position += 1;
        }
        Ok(true)
    }

    fn ended(&mut self) -> Result<(), VideoError> {
        if self.delivered > 0 {
            if let Some(end) = self.range.end.filter(|&end| end > self.position) {
                self.warnings = self.source.warnings().to_vec();
                let start = self.range.start;
                self.warnings.push(Warning::new(
                    WarningKind::Fewer,
                    format!(
                        "frames {start}..{end} were asked for, but there are only {}: used {start}..{}",
                        self.position, self.position
                    ),
                ));
            }
            return Ok(());
        }
        Err(VideoError::NothingSelected { path: self.path.clone(), range: self.range, read: self.position })
    }
}

impl FrameSource for Selected {
    /// Of the whole video: `announced_frames` counts the frames left out too.
    fn info(&self) -> &VideoInfo {
        self.source.info()
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, VideoError> {
        Ok(self.next_numbered()?.map(|(_, frame)| frame))
    }

    fn skip_frame(&mut self) -> Result<bool, VideoError> {
        if self.advance_to_wanted()? && self.source.skip_frame()? {
            self.position += 1;
            self.delivered += 1;
            return Ok(true);
        }
        self.ended().map(|()| false)
    }

    fn time(&self) -> Option<f64> {
        self.source.time()
    }

    fn warnings(&self) -> &[Warning] {
        if self.warnings.is_empty() { self.source.warnings() } else { &self.warnings }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(start: usize, end: Option<usize>, every: usize) -> FrameRange {
        FrameRange { start, end, every: NonZeroUsize::new(every).unwrap() }
    }

    #[test]
    fn count_agrees_with_contains() {
        for start in 0..8 {
            for end in [None, Some(0), Some(3), Some(7), Some(20)] {
                for every in 1..5 {
                    let range = range(start, end, every);
                    for frames in 0..12 {
                        let counted = (0..frames).filter(|&n| range.contains(n)).count();
                        assert_eq!(range.count(frames), counted, "{range} of {frames}");
                    }
                }
            }
        }
    }

    #[test]
    fn ranges_read_aloud() {
        assert_eq!(range(3, Some(9), 2).to_string(), "3..9/2");
        assert_eq!(FrameRange::default().to_string(), "0..");
    }
}

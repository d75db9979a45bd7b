//! The video as every way of restoring reads it: first luma, all of it or band by band, then the frames that
//! are needed again in color. The time of each stage is noted in [`Timings`].

mod bands;
mod spill;
mod stack;
mod timings;

use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::stage;
use crate::video::{Channels, Frame, FrameRange, Input, Samples, Selected, VideoInfo, Warning, WarningKind};
use manifold::progress::{Progress, Stage};
use spill::Spill;

pub(crate) use bands::{Bands, decoder_bytes, sample_bytes};
pub use stack::{Patch, PatchRows, Stack, StackBuilder, StackError, StackSamples};
pub(crate) use timings::Timings;

/// With fewer frames the middle of the waves is unknown.
pub(crate) const FEWEST_FRAMES: usize = 3;

/// An input, which of its frames are used, and what the first pass over them found.
pub(crate) struct Clip<'a> {
    input: &'a Input,
    range: FrameRange,
    pub path: PathBuf,
    pub info: VideoInfo,
    /// Number in the video of each frame that is used.
    pub numbers: Vec<u32>,
    /// Mean luma of each frame that is used, in its own sample values.
    pub brightness: Vec<f64>,
    pub warnings: Vec<Warning>,
    spill: Option<Spill>,
}

impl<'a> Clip<'a> {
    pub(crate) fn open(input: &'a Input, range: FrameRange) -> Result<Clip<'a>, Error> {
        let info = input.info()?;
        let (numbers, brightness, warnings) = Default::default();
        Ok(Clip { input, range, path: input.name(), info, numbers, brightness, warnings, spill: None })
    }

    /// The same input once more, whose frames of these numbers were used before.
    pub(crate) fn reopen(input: &'a Input, range: FrameRange, numbers: &[u32]) -> Result<Clip<'a>, Error> {
        Ok(Clip { numbers: numbers.to_vec(), ..Clip::open(input, range)? })
    }

    /// Frames that will be used if the container is right; counted if it announces none.
    pub(crate) fn expected_frames(&self, progress: &dyn Progress) -> Result<usize, Error> {
        self.announced_frames().map_or_else(|| self.count(progress), Ok)
    }

    fn announced_frames(&self) -> Option<usize> {
        self.info.announced_frames.map(|frames| self.range.count(frames))
    }

    /// Frames used; 0 before the first pass.
    pub(crate) fn frames(&self) -> usize {
        self.numbers.len()
    }

    /// Counts the frames without keeping any.
    fn count(&self, progress: &dyn Progress) -> Result<usize, Error> {
        let mut frames = 0;
        self.each(Channels::Luma, stage::DECODE, progress, |_, _| {
            frames += 1;
            Ok(())
        })?;
        Ok(frames)
    }

    /// The first pass: reads the band `rows` and measures each frame as a whole. If there is a
    /// folder to spill to, all luma goes there for the other bands.
    pub(crate) fn read_first(
        &mut self,
        rows: Range<usize>,
        expected: usize,
        spill: Option<&Path>,
        progress: &dyn Progress,
    ) -> Result<Stack, Error> {
        let mut builder = StackBuilder::new(self.info.width, rows, self.info.depth);
        builder.reserve(expected);
        let (mut numbers, mut brightness) = (Vec::new(), Vec::new());
        let mut first: Option<Samples> = None;
        let (mut identical, mut flat) = (true, true);
        let size = (self.info.width, self.info.height);
        let mut spill = spill.map(|folder| Spill::create(folder, size, self.info.depth)).transpose();
        let mut warnings = self.each(Channels::Luma, stage::DECODE, progress, |number, frame| {
            builder.push(&frame.samples)?;
            if let Ok(Some(file)) = &mut spill
                && let Err(error) = file.push(&frame.samples)
            {
                spill = Err(error);
            }
            numbers.push(number as u32);
            let (mean, one_value) = survey(&frame.samples);
            brightness.push(mean);
            flat &= one_value;
            match &first {
                Some(first) if identical => identical = *first == frame.samples,
                Some(_) => {}
                None => first = Some(frame.samples),
            }
            Ok(())
        })?;
        let (path, frames) = (self.path.clone(), numbers.len());
        if frames < FEWEST_FRAMES {
            return Err(Error::TooFewFrames { path, frames });
        }
        if flat && brightness.iter().all(|&mean| mean == brightness[0]) {
            return Err(Error::Flat { path, frames });
        }
        if identical {
            return Err(Error::Identical { path, frames });
        }
        self.spill = spill.unwrap_or_else(|cause| {
            warnings.push(Warning::new(WarningKind::Slower, format!(
                "no room for a temporary copy of the luma ({cause}): the video is decoded again for every band"
            )));
            None
        });
        (self.numbers, self.brightness, self.warnings) = (numbers, brightness, warnings);
        Ok(builder.finish()?)
    }

    /// What each frame is multiplied by so that all are as bright as the median one.
    pub(crate) fn gains(&self) -> Vec<f32> {
        let mut sorted = self.brightness.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        let median = sorted[sorted.len() / 2];
        let gain = |&mean: &f64| if mean > 0.0 { (median / mean) as f32 } else { 1.0 };
        self.brightness.iter().map(gain).collect()
    }

    /// One frame's luma from the temporary copy; an error if there is none.
    pub(crate) fn spilled(&self, at: usize) -> std::io::Result<Samples> {
        let missing = || std::io::Error::other("there is no temporary copy");
        self.spill.as_ref().ok_or_else(missing)?.frame(at)
    }

    pub(crate) fn is_spilled(&self) -> bool {
        self.spill.is_some()
    }

    /// Reads the band `rows` of all frames again, in luma or with the channels interleaved.
    pub(crate) fn read(
        &self,
        channels: Channels,
        rows: Range<usize>,
        progress: &dyn Progress,
    ) -> Result<Stack, Error> {
        if let (Channels::Luma, Some(spill)) = (channels, &self.spill) {
            let samples = spill.read(self.frames(), rows.clone()).map_err(Error::Spill)?;
            return Ok(Stack::new(self.frames(), self.info.width, rows.start, rows.len(), samples)?);
        }
        let width = self.info.width * channels.count();
        let mut builder = StackBuilder::new(width, rows, self.info.depth);
        builder.reserve(self.frames());
        self.each(channels, stage::DECODE, progress, |_, frame| Ok(builder.push(&frame.samples)?))?;
        Ok(builder.finish()?)
    }

    /// Reads the frames that `wanted` (by their order among those used) in color, if there is any.
    pub(crate) fn read_some(
        &self,
        wanted: impl Fn(usize) -> bool,
        stage: Stage,
        progress: &dyn Progress,
        mut visit: impl FnMut(usize, Frame) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut source = self.source(self.info.channels)?;
        for at in 0..self.frames() {
            if wanted(at) {
                let frame = crate::video::FrameSource::next_frame(&mut source)?;
                visit(at, frame.ok_or_else(|| self.unrepeatable(at))?)?;
            } else if !crate::video::FrameSource::skip_frame(&mut source)? {
                return Err(self.unrepeatable(at));
            }
            advance(progress, stage, at + 1, Some(self.frames()))?;
        }
        Ok(())
    }

    /// Visits all frames of the range, as many as the first time; returns the source's warnings.
    pub(crate) fn each(
        &self,
        channels: Channels,
        stage: Stage,
        progress: &dyn Progress,
        mut visit: impl FnMut(usize, Frame) -> Result<(), Error>,
    ) -> Result<Vec<Warning>, Error> {
        let mut source = self.source(channels)?;
        let again = !self.numbers.is_empty();
        let total = if again { Some(self.frames()) } else { self.announced_frames() };
        while let Some((number, frame)) = source.next_numbered()? {
            visit(number, frame)?;
            advance(progress, stage, source.delivered(), total)?;
        }
        if again && source.delivered() != self.frames() {
            return Err(self.unrepeatable(source.delivered()));
        }
        Ok(crate::video::FrameSource::warnings(&source).to_vec())
    }

    /// Opens it at its first frame; fails if the frames are not what they were.
    fn source(&self, channels: Channels) -> Result<Selected, Error> {
        let source = self.input.open(channels)?;
        let kind = |info: &VideoInfo| (info.width, info.height, info.depth);
        if kind(source.info()) != kind(&self.info) {
            return Err(Error::Changed { path: self.path.clone() });
        }
        Ok(Selected::new(source, self.range, &self.path))
    }

    fn unrepeatable(&self, again: usize) -> Error {
        Error::Unrepeatable { path: self.path.clone(), first: self.frames(), again }
    }
}

/// Reports to `progress` and stops if it asks to.
pub(crate) fn advance(
    progress: &dyn Progress,
    stage: Stage,
    done: usize,
    total: Option<usize>,
) -> Result<(), Error> {
    match progress.advance(stage, done, total) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(Error::Canceled),
    }
}

/// Mean of the samples, and whether they are all equal.
fn survey(samples: &Samples) -> (f64, bool) {
    fn of<T: Copy + PartialEq + Into<u64>>(samples: &[T]) -> (f64, bool) {
        let sum: u64 = samples.iter().map(|&s| s.into()).sum();
        (sum as f64 / samples.len().max(1) as f64, samples.iter().all(|&s| s == samples[0]))
    }
    match samples {
        Samples::U8(samples) => of(samples),
        Samples::U16(samples) => of(samples),
    }
}

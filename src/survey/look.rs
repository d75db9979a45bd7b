//! The pass over the frames: how many there are, how bright they are, and which repeat.

use std::time::Instant;

use super::small::Sample;
use crate::error::Error;
use crate::stage;
use crate::video::{Channels, Frame, FrameRange, FrameSource, Input, Samples, Selected, VideoInfo, Warning};
use manifold::progress::Progress;

/// Most pixels decoded, a second or two per thread for common codecs: about 600 frames of
/// 1920 x 1080 pixels.
const PIXELS: usize = 1_200_000_000;
/// A frame repeats the one before it if they differ by less than this share of the median difference ...
const REPEATS: f64 = 0.1;
/// ... and by less than this many gray levels on average, the trace of re-encoding a copy.
const REPEATS_GRAY: f64 = 0.25;
/// Samples at or above this gray level are saturated, whatever an encoder leaves of them.
const SATURATED: usize = 250;

/// How many frames there are.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Count {
    /// Frames announced by the container, if it says.
    pub announced: Option<usize>,
    /// Frames decoded, used or not.
    pub read: usize,
    /// Frames examined: those of the range.
    pub seen: usize,
    /// Whether they were decoded to the end of the range. A long clip is examined in part.
    pub complete: bool,
    /// Frames that repeat the one before them.
    pub repeated: usize,
    /// Distance from one new frame to the next, with copies between; 1 if there is no such pattern.
    pub new_every: usize,
}

impl Count {
    /// Frames in the video, as far as is known.
    pub(super) fn length(&self) -> usize {
        let announced = self.announced.filter(|_| !self.complete);
        announced.map_or(self.read, |announced| announced.max(self.read))
    }
}

/// Brightness, in gray levels 0 ..= 255.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Light {
    /// One in a hundred pixels is darker.
    pub low: f64,
    /// Mean of all pixels.
    pub mean: f64,
    /// One in a hundred pixels is brighter.
    pub high: f64,
    /// Share of saturated pixels, 0 ..= 1.
    pub saturated: f64,
    /// Standard deviation of the frames' mean brightness.
    pub flicker: f64,
}

pub(super) struct Look {
    pub video: VideoInfo,
    pub frames: Count,
    pub light: Light,
    pub sample: Sample,
    pub warnings: Vec<Warning>,
    /// Seconds that decoding took, for each frame.
    pub seconds_per_frame: f64,
}

/// Examines the frames in `range`, at most [`PIXELS`] of them.
pub(super) fn look(input: &Input, range: FrameRange, progress: &dyn Progress) -> Result<Look, Error> {
    let announced = input.info()?.announced_frames;
    let look = pass(input, range, announced.map(|frames| range.count(frames)), progress)?;
    // The container announced far too many frames: the middle was sought beyond the end.
    if look.sample.is_short(look.frames.seen) {
        return pass(input, range, Some(look.frames.seen), progress);
    }
    Ok(look)
}

fn pass(
    input: &Input,
    range: FrameRange,
    expected: Option<usize>,
    progress: &dyn Progress,
) -> Result<Look, Error> {
    let source = input.open(Channels::Luma)?;
    let video = source.info().clone();
    let most = (PIXELS / (video.width * video.height).max(1)).max(super::small::FRAMES);
    let expected = expected.map(|frames| frames.min(most));
    let rate = video.frame_rate.map(|rate| rate / range.every.get() as f64);
    let mut sample = Sample::planned((video.width, video.height), expected, rate);
    let mut tally = Tally::default();
    let mut source = Selected::new(source, range, input.name());
    let (mut read, mut complete, start) = (0, true, Instant::now());
    while let Some((number, frame)) = source.next_numbered()? {
        tally.add(&frame);
        sample.offer(tally.means.len() - 1, number as u32, &frame);
        read = number + 1;
        if progress.advance(stage::DECODE, source.delivered(), expected).is_break() {
            return Err(Error::Canceled);
        }
        if read >= most {
            complete = !source.skip_frame()?;
            break;
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    let warnings = source.warnings().to_vec();
    sample.equally_bright();
    let (repeated, new_every) = repeats(&tally.changes);
    let (announced, seen) = (video.announced_frames, tally.means.len());
    let frames = Count { announced, read, seen, complete, repeated, new_every };
    let seconds_per_frame = seconds / read.max(1) as f64;
    Ok(Look { video, frames, light: tally.light(), sample, warnings, seconds_per_frame })
}

/// What is added up frame by frame.
struct Tally {
    /// Pixels of each gray level.
    levels: [u64; 256],
    /// Mean gray level of each frame.
    means: Vec<f64>,
    /// Mean difference of each frame but the first from the one before, in gray levels.
    changes: Vec<f64>,
    before: Option<Samples>,
}

impl Default for Tally {
    fn default() -> Tally {
        Tally { levels: [0; 256], means: Vec::new(), changes: Vec::new(), before: None }
    }
}

impl Tally {
    fn add(&mut self, frame: &Frame) {
        let (sum, unit) = match &frame.samples {
            Samples::U8(samples) => {
                samples.iter().for_each(|&s| self.levels[usize::from(s)] += 1);
                (samples.iter().map(|&s| u64::from(s)).sum::<u64>(), 1.0)
            }
            Samples::U16(samples) => {
                samples.iter().for_each(|&s| self.levels[usize::from(s >> 8)] += 1);
                (samples.iter().map(|&s| u64::from(s)).sum::<u64>(), 257.0)
            }
        };
        let count = frame.samples.len().max(1) as f64;
        self.means.push(sum as f64 / count / unit);
        if let Some(before) = &self.before {
            self.changes.push(difference(before, &frame.samples) as f64 / count / unit);
        }
        self.before = Some(frame.samples.clone());
    }

    fn light(&self) -> Light {
        let total: u64 = self.levels.iter().sum();
        let quantile = |share: f64| {
            let mut left = (share * total as f64) as u64;
            let level = self.levels.iter().position(|&count| {
                let here = left < count;
                left = left.saturating_sub(count);
                here
            });
            level.unwrap_or(255) as f64
        };
        let frames = self.means.len().max(1) as f64;
        let mean = self.means.iter().sum::<f64>() / frames;
        let variance = self.means.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / frames;
        Light {
            low: quantile(0.01),
            mean,
            high: quantile(0.99),
            saturated: self.levels[SATURATED..].iter().sum::<u64>() as f64 / total.max(1) as f64,
            flicker: variance.sqrt(),
        }
    }
}

/// Sum of the absolute differences.
fn difference(a: &Samples, b: &Samples) -> u64 {
    match (a, b) {
        (Samples::U8(a), Samples::U8(b)) => a.iter().zip(b).map(|(a, b)| u64::from(a.abs_diff(*b))).sum(),
        (Samples::U16(a), Samples::U16(b)) => a.iter().zip(b).map(|(a, b)| u64::from(a.abs_diff(*b))).sum(),
        _ => u64::MAX,
    }
}

/// How many frames repeat the one before them, and every how many a new one comes.
pub(super) fn repeats(changes: &[f64]) -> (usize, usize) {
    let mut moving: Vec<f64> = changes.iter().copied().filter(|&change| change > 0.0).collect();
    moving.sort_unstable_by(f64::total_cmp);
    // Of the upper half: with every second frame a copy, the median is between the two kinds.
    let typical = moving.get(moving.len() * 3 / 4).copied().unwrap_or(0.0);
    let is_copy = |change: f64| change == 0.0 || (change < REPEATS * typical && change < REPEATS_GRAY);
    let copies: Vec<bool> = changes.iter().map(|&change| is_copy(change)).collect();
    let repeated = copies.iter().filter(|&&copy| copy).count();
    // Frame n + 1 of change n is new exactly where n + 1 is a multiple of the period.
    let regular = |period: &usize| {
        let as_ruled = |at: usize| copies[at] != (at + 1).is_multiple_of(*period);
        (0..copies.len()).all(as_ruled)
    };
    let new_every = (2..=4).find(|period| copies.len() >= 2 * period && regular(period)).unwrap_or(1);
    (repeated, new_every)
}

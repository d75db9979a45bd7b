//! The plain pictures of a clip: by themselves, as what patches are compared with, and for a report.

use std::ops::Range;

use super::{MeanPicture, median};
use crate::clip::{Bands, Clip, StackSamples, Timings, decoder_bytes, sample_bytes};
use crate::error::Error;
use crate::estimate::Estimate;
use crate::restoration::Restoration;
use crate::settings::Settings;
use crate::stage;
use crate::video::{Channels, Frame, Input, Samples, VideoInfo};
use manifold::progress::Progress;

/// Plain pictures kept for a report.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Comparisons {
    /// Temporal mean of the frames used.
    pub mean: Frame,
    /// Their temporal median.
    pub median: Frame,
    /// The middle one of them.
    pub raw: Frame,
}

/// Which plain picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plain {
    Mean,
    Median,
}

/// The mean or the median of a clip, in all channels.
pub(crate) fn restore(
    input: &Input,
    settings: &Settings,
    plain: Plain,
    progress: &dyn Progress,
) -> Result<Restoration, Error> {
    let mut timings = Timings::default();
    let mut clip = Clip::open(input, settings.frames)?;
    let bands = timings.time(stage::DECODE, || decode(&mut clip, settings, progress))?;
    let picture = timings.time(stage::BASELINE, || match plain {
        Plain::Mean => mean(&clip, clip.info.channels, progress),
        Plain::Median => median_of(&clip, &bands.rows, clip.info.channels, progress),
    })?;
    let comparisons = settings
        .comparisons
        .then(|| timings.time(stage::BASELINE, || comparisons(&clip, &bands.rows, progress)))
        .transpose()?;
    Ok(Restoration {
        still: picture,
        frames_used: clip.frames(),
        places: None,
        registration: None,
        comparisons,
        bands: bands.rows.len(),
        memory_estimate: bands.bytes,
        timings: timings.finish(),
        warnings: clip.warnings,
        video: clip.info,
    })
}

/// The rows of pixels whose median is taken at a time, to stay under the memory limit.
pub(crate) fn plan(info: &VideoInfo, settings: &Settings, frames: usize) -> Result<Bands, Error> {
    let sample = sample_bytes(info.depth);
    let frame = (info.width * info.height * sample) as u64;
    let sums = 4 * (info.width * info.height * (info.channels.count() + 1)) as u64;
    let pictures = if settings.comparisons { 3 * frame * 3 } else { 0 };
    let fixed = decoder_bytes(info, settings) + sums + pictures;
    let row = (frames * info.width * info.channels.count() * sample) as u64;
    Bands::fewest(info.height, settings.memory, |rows| fixed + row * rows.len() as u64)
}

/// What a mean or median of this many frames of such a video would need.
pub(crate) fn estimate(info: &VideoInfo, settings: &Settings, frames: usize) -> Result<Estimate, Error> {
    let bands = plan(info, settings, frames)?;
    Ok(Estimate { frames, places: 0, bands: bands.rows.len(), memory: bands.bytes })
}

/// The first pass, which reads the frames and keeps none.
fn decode(clip: &mut Clip, settings: &Settings, progress: &dyn Progress) -> Result<Bands, Error> {
    let expected = clip.expected_frames(progress)?;
    estimate(&clip.info, settings, expected)?.tell(progress);
    clip.read_first(0..1, expected, None, progress)?;
    if clip.frames() > expected {
        estimate(&clip.info, settings, clip.frames())?.tell(progress);
    }
    plan(&clip.info, settings, clip.frames().max(expected))
}

/// Mean, median and the middle frame; the median of these rows of pixels at a time.
pub(crate) fn comparisons(
    clip: &Clip,
    rows: &[Range<usize>],
    progress: &dyn Progress,
) -> Result<Comparisons, Error> {
    let channels = clip.info.channels;
    let mean = mean(clip, channels, progress)?;
    let median = median_of(clip, rows, channels, progress)?;
    let middle = clip.frames() / 2;
    let mut raw = None;
    clip.read_some(
        |at| at == middle,
        stage::BASELINE,
        progress,
        |_, frame| {
            raw = Some(frame);
            Ok(())
        },
    )?;
    Ok(Comparisons { raw: raw.unwrap_or_else(|| mean.clone()), mean, median })
}

/// Temporal mean of each sample.
pub(crate) fn mean(clip: &Clip, channels: Channels, progress: &dyn Progress) -> Result<Frame, Error> {
    let info = &clip.info;
    let mut mean = MeanPicture::new(info.width, info.height, channels, info.depth);
    clip.each(channels, stage::BASELINE, progress, |_, frame| Ok(mean.push(&frame)?))?;
    Ok(mean.finish()?)
}

/// Temporal median of each sample, of these rows of pixels at a time.
pub(crate) fn median_of(
    clip: &Clip,
    rows: &[Range<usize>],
    channels: Channels,
    progress: &dyn Progress,
) -> Result<Frame, Error> {
    let (width, height) = (clip.info.width, clip.info.height);
    let row = width * channels.count();
    let mut samples = Samples::U8(Vec::new());
    for rows in rows {
        let stack = clip.read(channels, rows.clone(), progress)?;
        // Bands overlap where patches do; the later band writes those rows again.
        match (median(&stack), &mut samples) {
            (StackSamples::U8(band), Samples::U8(all)) => {
                all.resize(row * height, 0);
                all[rows.start * row..rows.end * row].copy_from_slice(&band);
            }
            (StackSamples::U16(band), Samples::U16(all)) => {
                all[rows.start * row..rows.end * row].copy_from_slice(&band);
            }
            (StackSamples::U16(band), all) => {
                let mut deep = vec![0; row * height];
                deep[rows.start * row..rows.end * row].copy_from_slice(&band);
                *all = Samples::U16(deep);
            }
            (StackSamples::U8(_), Samples::U16(_)) => {}
        }
    }
    Ok(Frame { width, height, channels, samples })
}

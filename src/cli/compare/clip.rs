//! The clip itself: a raw frame, and the mean that pictures have to explain.

use anyhow::{Context as _, Result};
use manifold::progress::Progress;
use seethru::baseline::MeanPicture;
use seethru::video::{Frame, FrameRange, Input, Selected, VideoInfo};

use crate::cli::stop::Interrupted;
use seethru::stage;

/// What is seen in the clip without any method.
pub(crate) struct Seen {
    pub(crate) info: VideoInfo,
    /// Frames used.
    pub(crate) frames: usize,
    /// The middle one of them, and its number in the video.
    pub(crate) raw: Frame,
    pub(crate) raw_number: usize,
    /// Temporal mean of them all.
    pub(crate) mean: Frame,
}

/// Decodes the clip once for the mean, and up to its middle once more.
pub(crate) fn look(input: &Input, range: FrameRange, progress: &dyn Progress) -> Result<Seen> {
    let info = input.info()?;
    let mut mean = MeanPicture::new(info.width, info.height, info.channels, info.depth);
    let expected = info.announced_frames.map(|frames| range.count(frames));
    let mut frames = 0;
    each(input, &info, range, progress, expected, |_, frame| {
        mean.push(&frame)?;
        frames += 1;
        Ok(true)
    })?;
    let (mut at, mut raw) = (0, None);
    each(input, &info, range, progress, Some(frames / 2 + 1), |number, frame| {
        let middle = at == frames / 2;
        at += 1;
        if middle {
            raw = Some((number, frame));
        }
        Ok(!middle)
    })?;
    let changed = || format!("{} changed while it was read: compare it again", input.name().display());
    let (raw_number, raw) = raw.with_context(changed)?;
    Ok(Seen { frames, raw, raw_number, mean: mean.finish()?, info })
}

/// Hands each frame with its number to `visit`, until that wants no more.
fn each(
    input: &Input,
    info: &VideoInfo,
    range: FrameRange,
    progress: &dyn Progress,
    total: Option<usize>,
    mut visit: impl FnMut(usize, Frame) -> Result<bool>,
) -> Result<()> {
    let mut frames = Selected::new(input.open(info.channels)?, range, input.name());
    while let Some((number, frame)) = frames.next_numbered()? {
        if progress.advance(stage::DECODE, frames.delivered(), total).is_break() {
            return Err(Interrupted.into());
        }
        if !visit(number, frame)? {
            break;
        }
    }
    Ok(())
}

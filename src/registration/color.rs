//! The fused luma in the colors and the depth of the input.

use super::error::RegisterError;
use super::frames::Frames as _;
use super::fuse::{Chroma, Votes};
use super::luma::Luma;
use super::plane::Plane;
use super::rounds::Registered;
use super::steady::steady_color;
use crate::error::Error;
use crate::stage;
use crate::video::{Depth, Samples};
use manifold::progress::Progress;

/// Red, green and blue, interleaved, for this luma: the clip is decoded once more, and each channel's
/// difference from luma carried through the same fields.
pub(super) fn color(
    frames: &Luma,
    found: &Registered,
    votes: &Votes,
    luma: &Plane,
    progress: &dyn Progress,
) -> Result<Vec<f32>, Error> {
    let (width, height) = frames.size();
    let mut chroma = Chroma::new(width, height);
    let (mut plain, mut color) = (Plane::default(), Vec::new());
    frames.clip.read_some(
        |at| found.trusted[at],
        stage::COLOR,
        progress,
        |at, frame| {
            frames.read(at, &mut plain).map_err(RegisterError::from)?;
            in_gray_levels(&frame.samples, frames.gains[at], &mut color);
            if let Some(pose) = frames.poses.get(at) {
                steady_color(&mut color, (width, height), pose);
            }
            chroma.add(at, &color, &plain, &found.fields[at], votes);
            Ok(())
        },
    )?;
    Ok(chroma.finish(luma))
}

/// Samples of any depth as 0 ..= 255, times `gain`.
pub(super) fn in_gray_levels(samples: &Samples, gain: f32, out: &mut Vec<f32>) {
    out.clear();
    match samples {
        Samples::U8(samples) => out.extend(samples.iter().map(|&s| gain * f32::from(s))),
        Samples::U16(samples) => out.extend(samples.iter().map(|&s| gain * f32::from(s) / 257.0)),
    }
}

/// 0 ..= 255 to samples of this depth.
pub(super) fn rounded(values: &[f32], depth: Depth) -> Samples {
    // `as` saturates.
    match depth {
        Depth::Eight => Samples::U8(values.iter().map(|value| value.round() as u8).collect()),
        Depth::Sixteen => Samples::U16(values.iter().map(|value| (257.0 * value).round() as u16).collect()),
    }
}

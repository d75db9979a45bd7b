//! Which start suits a clip: the one from which its two halves, registered by themselves, agree better.
//!
//! Both halves see one scene under different waves: what they agree on is the scene, what they do not is the water. From
//! the central frame registration is sharper; but where light moves with the waves, or the waves are rough, the plain parts
//! of that frame are registered to themselves, round after round, and the temporal mean is the better start. (Even and odd
//! frames would share their waves and prove nothing.)
//!
//! What both halves share is not seen, and a blurred still agrees better than a sharp one. So this chooses between
//! starts, whose stills are put together alike, and only where the mean is ahead by a margin.

#[cfg(test)]
mod tests;

use std::ops::{ControlFlow, Range};

use serde::Serialize;

use super::average::average;
use super::cut::cut;
use super::error::{RegisterError, SMALLEST_SIDE};
use super::frames::{Frames, Kept};
use super::rounds::{Start, register_within};
use super::small::small;
use crate::measure::{Gray, ssim};
use crate::stage;
use manifold::device::Device;
use manifold::progress::{Canceled, Counter, Progress, Silent, Stage};

/// Rounds after round 0: with one the choice is that of four on all seventeen clips of both kinds, in five eighths of the time.
pub(super) const ROUNDS: usize = 1;
/// Frames in a half that say something about it.
const LEAST: usize = 8;
/// By this much SSIM the halves of the mean must agree better. On calm clips both starts agree to .001, and the central
/// frame is the better one.
const MARGIN: f64 = 0.003;

/// Where the halves agree less than this, parts of the still are wrong: on seventeen clips with truth (five real ones, and
/// simulated ones from calm to rough, moving light included) its SSIM with the truth was at most .81 in the five below, and
/// at least .84 in the twelve above.
pub const RELIABLE: f64 = 0.96;

/// How well the stills of the two halves of a clip agree, by what registration started from: SSIM, -1 ..= 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Agreement {
    /// From the central frame.
    pub center: f64,
    /// From the temporal mean; `None` where it could not be ahead of the central frame by the margin that it needs, .003.
    pub mean: Option<f64>,
}

impl Agreement {
    /// Fewer frames than this have no halves that say something.
    pub const FRAMES: usize = 2 * LEAST;

    /// The better start.
    #[must_use]
    pub(super) fn start(&self) -> Start {
        if self.mean.is_some_and(|mean| mean > self.center + MARGIN) { Start::Mean } else { Start::Center }
    }

    /// Of the better start: how reliable its still is. What both halves share, a blur or a bias, is not seen.
    pub(super) fn reliability(&self) -> f64 {
        if self.start() == Start::Mean { self.mean.unwrap_or(self.center) } else { self.center }
    }
}

/// What a small copy says about a clip.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Halves {
    pub agreement: Agreement,
    /// The first frame of another scene, if there is a cut.
    pub cut: Option<usize>,
}

/// Registers the halves of a small copy from both starts; `None` for clips that are too short or too small for it.
pub(super) fn halves(
    frames: &dyn Frames,
    numbers: &[u32],
    progress: &dyn Progress,
) -> Result<Option<Halves>, RegisterError> {
    let (count, (width, height)) = (frames.count(), frames.size());
    if count < Agreement::FRAMES || width.min(height) < SMALLEST_SIDE {
        return Ok(None);
    }
    let small = small(frames, &Vec::from_iter(0..count))?;
    let total = 2 * count * (ROUNDS + 1);
    let mut runs = 0;
    let mut still = |start: Start, part: Range<usize>| -> Result<Gray, RegisterError> {
        let progress = Run { progress, before: runs, total };
        runs += part.len() * (ROUNDS + 1);
        let half = Kept(&small[part.clone()]);
        let found = register_within(ROUNDS, &half, &numbers[part], start, &Device::cpu(), &progress)?;
        // Put together alike, whatever the start: a blurred still agrees better than a sharp one.
        let counter = Counter::new(&Silent, stage::START, half.count());
        let still = average(&half, &found.fields, &found.trusted, &counter)?;
        let values = still.values.iter().map(|&value| f64::from(value)).collect();
        Ok(Gray::from_values(still.width, still.height, values))
    };
    let mut agree = |start| -> Result<f64, RegisterError> {
        let (first, second) = (still(start, 0..count / 2)?, still(start, count / 2..count)?);
        // Of one size, and not smaller than a window.
        Ok(ssim(&first, &second).unwrap_or(0.0))
    };
    let center = agree(Start::Center)?;
    let mean = (center + MARGIN < 1.0).then(|| agree(Start::Mean)).transpose()?;
    if progress.advance(stage::START, total, Some(total)).is_break() {
        return Err(Canceled.into());
    }
    let agreement = Agreement { center, mean };
    Ok(Some(Halves { agreement, cut: cut(&small) }))
}

/// One of several registrations, reported as part of a stage of its own.
struct Run<'a> {
    progress: &'a dyn Progress,
    before: usize,
    total: usize,
}

impl Progress for Run<'_> {
    fn advance(&self, _: Stage, done: usize, _: Option<usize>) -> ControlFlow<()> {
        self.progress.advance(stage::START, self.before + done, Some(self.total))
    }
}

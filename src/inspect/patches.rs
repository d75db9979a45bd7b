//! All frames' patches of one place.

use super::budget::Budget;
use super::{InspectError, InspectSettings};
use crate::places::{Patch, Stack, StackBuilder};
use crate::stage;
use crate::video::{
    Channels, Frame, FrameSource as _, Input, Samples, Selected, VideoInfo, Warning, WarningKind,
};
use manifold::progress::Progress;

/// In two dimensions three patches always fit exactly: from the fourth on there is something to see.
const FEWEST: usize = 4;

pub(super) struct Patches {
    pub info: VideoInfo,
    /// Frames in the range.
    pub read: usize,
    /// Number in the video of each patch's frame.
    pub numbers: Vec<u32>,
    pub stack: Stack,
    pub warnings: Vec<Warning>,
}

impl Patches {
    pub(super) fn read(
        input: &Input,
        settings: &InspectSettings,
        progress: &dyn Progress,
    ) -> Result<Patches, InspectError> {
        let source = input.open(Channels::Luma)?;
        let info = source.info().clone();
        settings.check_place(&info)?;
        let total = info.announced_frames.map(|frames| settings.frames.count(frames));
        let budget = Budget::new(&info, settings);
        budget.check(total.unwrap_or(FEWEST))?;
        let mut source = Selected::new(source, settings.frames, input.name());
        let (mut numbers, mut cuts) = (Vec::new(), Vec::new());
        while let Some((number, frame)) = source.next_numbered()? {
            cuts.push(cut(&frame, settings));
            numbers.push(number as u32);
            budget.check(cuts.len())?;
            if progress.advance(stage::DECODE, cuts.len(), total).is_break() {
                return Err(InspectError::Canceled);
            }
        }
        let read = cuts.len();
        if read < FEWEST {
            return Err(InspectError::TooFewFrames { path: input.name(), frames: read });
        }
        let mut warnings = source.warnings().to_vec();
        let limit = settings.limit.get();
        if read > limit {
            warnings.push(Warning::new(
                WarningKind::Fewer,
                format!("{read} frames are more than are looked at: {limit} of them are, evenly spread"),
            ));
        }
        let used: Vec<usize> = (0..read.min(limit)).map(|at| at * read / read.min(limit)).collect();
        let mut builder = StackBuilder::new(settings.patch, 0..settings.patch, info.depth);
        used.iter().try_for_each(|&at| builder.push(&cuts[at]))?;
        let numbers = used.iter().map(|&at| numbers[at]).collect();
        Ok(Patches { info, read, numbers, stack: builder.finish()?, warnings })
    }

    /// A patch as shown.
    pub(super) fn picture(&self, at: usize) -> Frame {
        let side = self.stack.width();
        let samples = match self.stack.patch(at, (0, 0), side) {
            Some(Patch::U8(rows)) => rows.flatten().copied().collect(),
            Some(Patch::U16(rows)) => {
                rows.flatten().map(|&s| ((u32::from(s) * 255 + 32_767) / 65_535) as u8).collect()
            }
            // Not a patch of the stack's own.
            None => vec![0; side * side],
        };
        Frame { width: side, height: side, channels: Channels::Luma, samples: Samples::U8(samples) }
    }
}

impl InspectSettings {
    /// Whether the place lies within a video's frames.
    ///
    /// # Errors
    /// [`InspectError::Outside`] if it does not.
    pub fn check_place(&self, info: &VideoInfo) -> Result<(), InspectError> {
        let ((x, y), side) = (self.at, self.patch);
        let fits = |at: usize, length: usize| at.checked_add(side).is_some_and(|end| end <= length);
        let (width, height) = (info.width, info.height);
        if side > 0 && fits(x, width) && fits(y, height) {
            return Ok(());
        }
        Err(InspectError::Outside { x, y, side, width, height })
    }
}

fn cut(frame: &Frame, settings: &InspectSettings) -> Samples {
    fn of<T: Copy>(samples: &[T], width: usize, (x, y): (usize, usize), side: usize) -> Vec<T> {
        (y..y + side).flat_map(|row| samples[row * width + x..][..side].iter().copied()).collect()
    }
    match &frame.samples {
        Samples::U8(samples) => Samples::U8(of(samples, frame.width, settings.at, settings.patch)),
        Samples::U16(samples) => Samples::U16(of(samples, frame.width, settings.at, settings.patch)),
    }
}

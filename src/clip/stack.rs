//! Luma of all frames for a horizontal band of rows.

use std::ops::Range;

use crate::video::{Depth, Samples};

/// Samples of all frames, in the order frame, row, column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StackSamples {
    /// Of 8 bits.
    U8(Vec<u8>),
    /// Of 16 bits.
    U16(Vec<u16>),
}

/// One channel of `frames` frames, cut down to the rows `top .. top + height` of each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stack {
    frames: usize,
    width: usize,
    top: usize,
    height: usize,
    samples: StackSamples,
}

/// Samples that do not make a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StackError {
    /// There are no frames, or no pixels in them.
    #[error("a stack of no frames, or of frames of {width}x{height}")]
    Empty {
        /// Width in pixels.
        width: usize,
        /// Height in pixels.
        height: usize,
    },
    /// The samples do not fill the frames.
    #[error("expected {expected} samples ({frames} frames of {width}x{height}), got {got}")]
    SampleCount {
        /// Number of frames.
        frames: usize,
        /// Width in pixels.
        width: usize,
        /// Height in pixels.
        height: usize,
        /// Samples needed.
        expected: usize,
        /// Samples given.
        got: usize,
    },
    /// A frame has samples of another depth.
    #[error("expected samples of depth {expected:?}")]
    Depth {
        /// The depth of the stack.
        expected: Depth,
    },
    /// A frame is of another size.
    #[error("frame {frame}: {got} samples are not the rows up to {bottom} of a frame {width} wide")]
    FrameSize {
        /// Number of the frame.
        frame: usize,
        /// Width in pixels.
        width: usize,
        /// The row after the last.
        bottom: usize,
        /// Samples given.
        got: usize,
    },
}

impl Stack {
    /// Takes `frames * height * width` samples, frame after frame, whose first row is row `top`
    /// of the frame. Fails on another number, and when there is nothing at all.
    pub fn new(
        frames: usize,
        width: usize,
        top: usize,
        height: usize,
        samples: StackSamples,
    ) -> Result<Stack, StackError> {
        if frames == 0 || width == 0 || height == 0 {
            return Err(StackError::Empty { width, height });
        }
        let got = match &samples {
            StackSamples::U8(v) => v.len(),
            StackSamples::U16(v) => v.len(),
        };
        let expected = frames.saturating_mul(width).saturating_mul(height);
        if got != expected {
            return Err(StackError::SampleCount { frames, width, height, expected, got });
        }
        Ok(Stack { frames, width, top, height, samples })
    }

    /// Number of frames.
    #[must_use]
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Columns of a frame.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// The band: the rows of a frame that are here.
    #[must_use]
    pub fn rows(&self) -> Range<usize> {
        self.top..self.top + self.height
    }

    /// Samples of all frames.
    #[must_use]
    pub fn samples(&self) -> &StackSamples {
        &self.samples
    }

    /// Rows of the patch of `side` pixels per side at `(x, y)`, in frame coordinates, of a frame,
    /// from the top; `None` where the patch leaves the band or there is no such frame.
    #[must_use]
    pub fn patch(&self, frame: usize, (x, y): (usize, usize), side: usize) -> Option<Patch<'_>> {
        let bottom = y.checked_add(side)?;
        let inside = frame < self.frames
            && side > 0
            && x.checked_add(side)? <= self.width
            && y >= self.top
            && bottom <= self.rows().end;
        let first = (frame * self.height + y.checked_sub(self.top)?) * self.width;
        inside.then(|| match &self.samples {
            StackSamples::U8(v) => Patch::U8(PatchRows::new(&v[first..], self.width, x, side)),
            StackSamples::U16(v) => Patch::U16(PatchRows::new(&v[first..], self.width, x, side)),
        })
    }
}

/// Rows of a patch, from the top.
#[derive(Clone, Debug)]
pub enum Patch<'a> {
    /// Of 8 bits.
    U8(PatchRows<'a, u8>),
    /// Of 16 bits.
    U16(PatchRows<'a, u16>),
}

/// Iterates over the rows of a patch, a slice of its columns each.
#[derive(Clone, Debug)]
pub struct PatchRows<'a, T> {
    rows: std::iter::Take<std::slice::Chunks<'a, T>>,
    x: usize,
    side: usize,
}

impl<'a, T> PatchRows<'a, T> {
    fn new(samples: &'a [T], width: usize, x: usize, side: usize) -> Self {
        PatchRows { rows: samples.chunks(width).take(side), x, side }
    }
}

impl<'a, T> Iterator for PatchRows<'a, T> {
    type Item = &'a [T];

    fn next(&mut self) -> Option<&'a [T]> {
        self.rows.next().map(|row| &row[self.x..self.x + self.side])
    }
}

/// Fills a [`Stack`] frame by frame, keeping only the band.
#[derive(Clone, Debug)]
pub struct StackBuilder {
    width: usize,
    rows: Range<usize>,
    frames: usize,
    samples: StackSamples,
}

impl StackBuilder {
    /// Keeps the given rows of frames of `width` columns.
    #[must_use]
    pub fn new(width: usize, rows: Range<usize>, depth: Depth) -> StackBuilder {
        let samples = match depth {
            Depth::Eight => StackSamples::U8(Vec::new()),
            Depth::Sixteen => StackSamples::U16(Vec::new()),
        };
        StackBuilder { width, rows, frames: 0, samples }
    }

    /// Makes room for this many more frames at once.
    pub fn reserve(&mut self, frames: usize) {
        let more = frames.saturating_mul(self.width * self.rows.len());
        match &mut self.samples {
            StackSamples::U8(v) => v.reserve_exact(more),
            StackSamples::U16(v) => v.reserve_exact(more),
        }
    }

    /// Copies the band's rows of a whole luma frame. Fails when the samples have another depth,
    /// are not whole rows of `width`, or end above the band's last row.
    pub fn push(&mut self, frame: &Samples) -> Result<(), StackError> {
        let (start, end) = (self.rows.start * self.width, self.rows.end * self.width);
        let got = match frame {
            Samples::U8(v) => v.len(),
            Samples::U16(v) => v.len(),
        };
        if got < end || !got.is_multiple_of(self.width.max(1)) {
            let (frame, width, bottom) = (self.frames, self.width, self.rows.end);
            return Err(StackError::FrameSize { frame, width, bottom, got });
        }
        match (&mut self.samples, frame) {
            (StackSamples::U8(stack), Samples::U8(frame)) => stack.extend_from_slice(&frame[start..end]),
            (StackSamples::U16(stack), Samples::U16(frame)) => stack.extend_from_slice(&frame[start..end]),
            (StackSamples::U8(_), _) => return Err(StackError::Depth { expected: Depth::Eight }),
            (StackSamples::U16(_), _) => return Err(StackError::Depth { expected: Depth::Sixteen }),
        }
        self.frames += 1;
        Ok(())
    }

    /// Frames pushed so far.
    #[must_use]
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// The stack of all frames pushed. Fails when there were none or the band is empty.
    pub fn finish(self) -> Result<Stack, StackError> {
        Stack::new(self.frames, self.width, self.rows.start, self.rows.len(), self.samples)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames of 5x6 whose sample at (x, y) of frame f is 100 f + 10 y + x; rows 1 to 4.
    fn stack() -> Stack {
        let mut builder = StackBuilder::new(5, 1..5, Depth::Sixteen);
        builder.reserve(3);
        for frame in 0..3 {
            let samples = (0..30).map(|at| 100 * frame + 10 * (at / 5) + at % 5).collect();
            builder.push(&Samples::U16(samples)).unwrap();
        }
        assert_eq!(builder.frames(), 3);
        builder.finish().unwrap()
    }

    #[test]
    fn a_builder_keeps_the_band() {
        let stack = stack();
        assert_eq!((stack.frames(), stack.width(), stack.rows()), (3, 5, 1..5));
        let Some(Patch::U16(rows)) = stack.patch(2, (3, 2), 2) else { panic!("16 bits") };
        assert_eq!(rows.collect::<Vec<_>>(), [[223, 224], [233, 234]]);
    }

    #[test]
    fn patches_stay_inside_the_band() {
        let stack = stack();
        for (frame, at, side) in
            [(3, (0, 1), 1), (0, (4, 1), 2), (0, (0, 0), 2), (0, (0, 4), 2), (0, (0, 1), 0)]
        {
            assert!(stack.patch(frame, at, side).is_none());
        }
        assert!(stack.patch(0, (1, 1), 4).is_some());
    }

    #[test]
    fn wrong_samples_are_refused() {
        let mut builder = StackBuilder::new(5, 1..5, Depth::Eight);
        let error = StackError::FrameSize { frame: 0, width: 5, bottom: 5, got: 20 };
        assert_eq!(builder.push(&Samples::U8(vec![0; 20])), Err(error));
        assert!(builder.push(&Samples::U8(vec![0; 27])).is_err());
        assert_eq!(
            builder.push(&Samples::U16(vec![0; 30])),
            Err(StackError::Depth { expected: Depth::Eight })
        );
        assert_eq!(builder.finish(), Err(StackError::Empty { width: 5, height: 4 }));
        let error = Stack::new(2, 3, 0, 1, StackSamples::U8(vec![0; 5])).err();
        let count = StackError::SampleCount { frames: 2, width: 3, height: 1, expected: 6, got: 5 };
        assert_eq!(error, Some(count));
    }
}

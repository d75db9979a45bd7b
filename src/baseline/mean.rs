//! Temporal mean of each sample, frame by frame.

use super::{BaselineError, Kind};
use crate::video::{Channels, Depth, Frame, Samples};

/// Adds up frames; needs 8 bytes per sample, however many frames there are.
#[derive(Clone, Debug)]
pub struct MeanPicture {
    kind: Kind,
    frames: u64,
    sums: Vec<u64>,
}

impl MeanPicture {
    /// An empty mean of frames of this kind.
    #[must_use]
    pub fn new(width: usize, height: usize, channels: Channels, depth: Depth) -> MeanPicture {
        let kind = Kind { width, height, channels, depth };
        MeanPicture { kind, frames: 0, sums: vec![0; kind.samples()] }
    }

    /// Fails when the frame is of another size, or has other channels or another depth.
    pub fn push(&mut self, frame: &Frame) -> Result<(), BaselineError> {
        self.kind.check(frame)?;
        match &frame.samples {
            Samples::U8(v) => self.sums.iter_mut().zip(v).for_each(|(sum, &s)| *sum += u64::from(s)),
            Samples::U16(v) => self.sums.iter_mut().zip(v).for_each(|(sum, &s)| *sum += u64::from(s)),
        }
        self.frames += 1;
        Ok(())
    }

    /// The exact mean rounded to the nearest integer, halves up. Fails without frames.
    pub fn finish(&self) -> Result<Frame, BaselineError> {
        let n = self.frames;
        if n == 0 {
            return Err(BaselineError::NoFrames);
        }
        // Never above the samples' range, so neither cast cuts anything off.
        let means = self.sums.iter().map(|sum| (sum + n / 2) / n);
        let samples = match self.kind.depth {
            Depth::Eight => Samples::U8(means.map(|mean| mean as u8).collect()),
            Depth::Sixteen => Samples::U16(means.map(|mean| mean as u16).collect()),
        };
        let Kind { width, height, channels, .. } = self.kind;
        Ok(Frame { width, height, channels, samples })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frame(samples: Samples) -> Frame {
        Frame { width: 2, height: 1, channels: Channels::Rgb, samples }
    }

    proptest! {
        #[test]
        fn is_the_rounded_mean(frames in prop::collection::vec(prop::array::uniform6(any::<u16>()), 1..20)) {
            let mut eight = MeanPicture::new(2, 1, Channels::Rgb, Depth::Eight);
            let mut sixteen = MeanPicture::new(2, 1, Channels::Rgb, Depth::Sixteen);
            for samples in &frames {
                eight.push(&frame(Samples::U8(samples.map(|s| s as u8).to_vec()))).unwrap();
                sixteen.push(&frame(Samples::U16(samples.to_vec()))).unwrap();
            }
            let mean = |at: usize, mask: u16| {
                let sum: f64 = frames.iter().map(|samples| f64::from(samples[at] & mask)).sum();
                (sum / frames.len() as f64 + 0.5).floor()
            };
            let expected: Vec<u8> = (0..6).map(|at| mean(at, 255) as u8).collect();
            prop_assert_eq!(eight.finish().unwrap(), frame(Samples::U8(expected)));
            let expected: Vec<u16> = (0..6).map(|at| mean(at, u16::MAX) as u16).collect();
            prop_assert_eq!(sixteen.finish().unwrap(), frame(Samples::U16(expected)));
        }
    }

    #[test]
    fn frames_of_another_kind_are_refused() {
        let mut mean = MeanPicture::new(2, 1, Channels::Rgb, Depth::Eight);
        assert_eq!(mean.finish(), Err(BaselineError::NoFrames));
        let error = mean.push(&frame(Samples::U16(vec![0; 6]))).unwrap_err();
        assert_eq!(
            error.to_string(),
            "frames of two kinds: expected 8-bit color, 2x1, got 16-bit color, 2x1"
        );
        let error = mean.push(&frame(Samples::U8(vec![0; 5]))).unwrap_err();
        assert_eq!(error, BaselineError::SampleCount { width: 2, height: 1, samples: 5 });
    }
}

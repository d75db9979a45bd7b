//! Stitching: overlapping patches blended into one picture.
//!
//! The window of a patch is w(x)·w(y) with w(x) = sin²(pi (x + 1/2) / p), a Hann window: with a
//! step of half a patch the windows of all places add up to one; elsewhere (other steps, the
//! borders) the sum is divided out, so a picture of equal patches is that value everywhere.

use super::Grid;
use crate::clip::Clip;
use crate::error::Error;
use crate::stage;
use crate::video::{Channels, Depth, Frame, Samples};
use manifold::progress::Progress;

/// Decodes the frames picked at each place in color and blends their patches, each place's with equal
/// shares.
pub(super) fn stitch(
    clip: &Clip,
    grid: &Grid,
    picks: &[Vec<u32>],
    progress: &dyn Progress,
) -> Result<Frame, Error> {
    let mut by_frame = vec![Vec::new(); clip.frames()];
    for (place, frames) in picks.iter().enumerate() {
        for &frame in frames {
            by_frame[frame as usize].push((place, 1.0 / frames.len() as f32));
        }
    }
    let info = &clip.info;
    let mut stitcher = Stitcher::new(grid, info.width, info.height, info.channels, info.depth);
    let gains = clip.gains();
    let used = |frame: usize| !by_frame[frame].is_empty();
    clip.read_some(used, stage::STITCH, progress, |at, frame| {
        for &(place, share) in &by_frame[at] {
            stitcher.add(&frame, place, share, gains[at]);
        }
        Ok(())
    })?;
    Ok(stitcher.finish())
}

/// Adds up patches under the window.
#[derive(Clone, Debug)]
pub(super) struct Stitcher<'a> {
    grid: &'a Grid,
    width: usize,
    height: usize,
    channels: Channels,
    depth: Depth,
    window: Vec<f32>,
    sums: Vec<f32>,
    weights: Vec<f32>,
}

/// Bytes that a [`Stitcher`] for a frame of this size holds.
#[must_use]
pub(super) fn stitcher_bytes(width: usize, height: usize, channels: Channels) -> u64 {
    4 * (width * height * (channels.count() + 1)) as u64
}

impl<'a> Stitcher<'a> {
    /// A canvas for frames of `width` x `height`, over which `grid` was laid.
    #[must_use]
    pub(super) fn new(grid: &'a Grid, width: usize, height: usize, channels: Channels, depth: Depth) -> Self {
        let patch = grid.patch();
        let side = |at: usize| {
            let phase = std::f32::consts::PI * (at as f32 + 0.5) / patch as f32;
            phase.sin().powi(2)
        };
        let window = (0..patch * patch).map(|at| side(at / patch) * side(at % patch)).collect();
        let sums = vec![0.0; width * height * channels.count()];
        Stitcher { grid, width, height, channels, depth, window, sums, weights: vec![0.0; width * height] }
    }

    /// Adds the patch that `frame`, of the canvas's size and channels, has at `place`; its samples
    /// are multiplied by `gain`, and it counts `share` times.
    pub(super) fn add(&mut self, frame: &Frame, place: usize, share: f32, gain: f32) {
        match &frame.samples {
            Samples::U8(samples) => self.add_samples(samples, place, share, gain),
            Samples::U16(samples) => self.add_samples(samples, place, share, gain),
        }
    }

    fn add_samples<T: Copy + Into<f32>>(&mut self, samples: &[T], place: usize, share: f32, gain: f32) {
        let (patch, channels) = (self.grid.patch(), self.channels.count());
        let left = self.grid.xs()[place % self.grid.columns()];
        let top = self.grid.ys()[place / self.grid.columns()];
        for (y, window) in self.window.chunks_exact(patch).enumerate() {
            let first = (top + y) * self.width + left;
            let row = &samples[first * channels..][..patch * channels];
            let sums = &mut self.sums[first * channels..][..patch * channels];
            let weights = &mut self.weights[first..][..patch];
            for (at, &weight) in window.iter().enumerate() {
                let weight = weight * share;
                weights[at] += weight;
                for c in at * channels..(at + 1) * channels {
                    sums[c] += weight * gain * row[c].into();
                }
            }
        }
    }

    /// The picture. Every pixel lies in some place, so no weight is zero once each place has its
    /// patch.
    #[must_use]
    pub(super) fn finish(self) -> Frame {
        let channels = self.channels.count();
        let value = |at: usize| self.sums[at] / self.weights[at / channels].max(f32::MIN_POSITIVE);
        let samples = match self.depth {
            // `as` saturates: a gain may lead beyond white.
            Depth::Eight => Samples::U8((0..self.sums.len()).map(|at| value(at).round() as u8).collect()),
            Depth::Sixteen => Samples::U16((0..self.sums.len()).map(|at| value(at).round() as u16).collect()),
        };
        Frame { width: self.width, height: self.height, channels: self.channels, samples }
    }
}

//! One still from all registered frames, sharper than their mean.
//!
//! The water blurs each frame somewhere else, and magnifies it somewhere else. Within a small window
//! the spectrum of a frame is that of the scene, damped by whatever blurred it, so the larger of two
//! frames' values at a frequency is the truer. The fused spectrum is the weighted mean
//!
//! ```text
//! F(k) = sum over f of r_f |F_f(k)|^p F_f(k) / sum over f of r_f |F_f(k)|^p
//! ```
//!
//! Source: Delbracio and Sapiro, "Removing camera shake via weighted Fourier burst accumulation", IEEE
//! TIP 24(11), 2015, there for whole photographs; here in windows under a Hann taper, half a window apart.
//! Two additions are ours. The votes r_f fall where a frame disagrees with the mean of all by more than frames usually do:
//! a wrong letter, a fish, or glint. And of what F adds to the mean under the same votes only as much is kept as both halves
//! of the clip share (`shared`): elsewhere the largest value is the brightest light, not the sharpest picture.

mod chroma;
mod halves;
mod shared;
mod spread;
mod sum;
#[cfg(test)]
mod tests;
mod voted;
mod votes;
mod windows;

pub(super) use chroma::Chroma;
pub(super) use spread::Spread;
pub(super) use voted::voted_mean;
pub(super) use votes::Votes;

use rayon::prelude::*;

use super::average::fill_unseen;
use super::error::RegisterError;
use super::field::Field;
use super::frames::Frames;
use super::plane::Plane;
use super::warp::{RowScratch, warp_row};
use crate::stage;
use halves::Halves;
use manifold::progress::{Canceled, Counter, Progress};
use shared::{rings, shares};
use sum::Sum;
use votes::interpolate;
use windows::{Layout, SIDE, Spectrum};

/// 8-bit samples at or above this are saturated, whatever an encoder leaves of them.
const SATURATED: f32 = 250.0;
/// Saturated pixels that are this much brighter than the mean of all frames, an eighth of the range,
/// are glint.
const GLINT: f32 = 32.0;

/// A fused picture in luma.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub(super) struct Fused {
    /// The picture.
    pub luma: Plane,
    /// How well the halves of the frames agree at each pixel, 0 ..= 1.
    pub confidence: Plane,
    /// Each frame's votes, for [`Chroma`].
    pub votes: Votes,
    /// How far the frames are spread; `None` where this was not measured.
    pub spread: Option<Spread>,
}

impl Fused {
    /// `luma` unchanged, every frame voting everywhere.
    #[must_use]
    pub(super) fn plain(luma: &Plane, confidence: Plane, frames: usize) -> Fused {
        let layout = Layout::over(luma.width, luma.height);
        Fused { luma: luma.clone(), confidence, votes: Votes::all(layout, frames), spread: None }
    }
}

/// Fuses the `trusted` frames; `reference` is their mean in register. `progress` hears of every
/// frame of both passes.
pub(super) fn fuse(
    frames: &dyn Frames,
    fields: &[Field],
    trusted: &[bool],
    reference: &Plane,
    progress: &dyn Progress,
) -> Result<Fused, RegisterError> {
    let layout = Layout::over(reference.width, reference.height);
    let used: Vec<usize> = (0..fields.len()).filter(|&at| trusted[at]).collect();
    let counter = Counter::new(progress, stage::FUSE, 2 * used.len());
    let mut warped = Warped::new(reference);
    let mut halves = Halves::new(reference.width, reference.height, used.len());
    let (votes, variances) = vote(frames, fields, &used, reference, &mut warped, &mut |number, frame| {
        halves.add(number, frame);
        counter.add(1)
    })?;
    let spectrum = Spectrum::new();
    let mut sums = vec![[Sum::default(), Sum::default()]; layout.len()];
    for (number, &at) in used.iter().enumerate() {
        let half = usize::from(number >= used.len() / 2);
        warped.fill(frames, at, &fields[at], reference)?;
        sums.par_chunks_mut(layout.columns).enumerate().for_each_init(
            || spectrum.scratch(),
            |scratch, (row, sums)| {
                for (column, sum) in sums.iter_mut().enumerate() {
                    let vote = votes.of(at, row, column);
                    if vote > 0.0 {
                        let mean = spectrum.forward(&warped.values, layout, (column, row), scratch);
                        sum[half].add(vote, mean, &scratch.bins);
                    }
                }
            },
        );
        counter.add(1)?;
    }
    let mut luma = add_up(&sums, layout, &spectrum, reference);
    let mut seen = votes.seen(&used);
    fill_unseen(&mut luma, &mut seen);
    let spread = Spread::of(&variances, layout, reference, used.len());
    Ok(Fused { luma, confidence: halves.confidence(), votes, spread: Some(spread) })
}

/// The mean of the `trusted` frames in register, `reference`, as it is, and how many of them agree with it where.
pub(super) fn mean_of_registered(
    frames: &dyn Frames,
    fields: &[Field],
    trusted: &[bool],
    reference: &Plane,
    progress: &dyn Progress,
) -> Result<Fused, RegisterError> {
    let used: Vec<usize> = (0..fields.len()).filter(|&at| trusted[at]).collect();
    let counter = Counter::new(progress, stage::FUSE, used.len());
    let mut halves = Halves::new(reference.width, reference.height, used.len());
    let mut warped = Warped::new(reference);
    let (_, variances) = vote(frames, fields, &used, reference, &mut warped, &mut |number, frame| {
        halves.add(number, frame);
        counter.add(1)
    })?;
    let layout = Layout::over(reference.width, reference.height);
    let spread = Some(Spread::of(&variances, layout, reference, used.len()));
    Ok(Fused { spread, ..Fused::plain(reference, halves.confidence(), fields.len()) })
}

/// How well the halves of the `trusted` frames agree where. `progress` hears of each frame.
pub(super) fn confidence(
    frames: &dyn Frames,
    fields: &[Field],
    trusted: &[bool],
    reference: &Plane,
    progress: &dyn Progress,
) -> Result<Plane, RegisterError> {
    let used: Vec<usize> = (0..fields.len()).filter(|&at| trusted[at]).collect();
    let counter = Counter::new(progress, stage::FUSE, used.len());
    let mut halves = Halves::new(reference.width, reference.height, used.len());
    let mut warped = Warped::new(reference);
    for (number, &at) in used.iter().enumerate() {
        warped.fill(frames, at, &fields[at], reference)?;
        halves.add(number, &warped);
        counter.add(1)?;
    }
    Ok(halves.confidence())
}

/// What the frames' votes are, and the variance of the median frame in each window; `told` gets each frame, numbered, and may
/// stop it.
fn vote(
    frames: &dyn Frames,
    fields: &[Field],
    used: &[usize],
    reference: &Plane,
    warped: &mut Warped,
    told: &mut dyn FnMut(usize, &Warped) -> Result<(), Canceled>,
) -> Result<(Votes, Vec<f32>), RegisterError> {
    let mut votes = Votes::new(Layout::over(reference.width, reference.height), fields.len());
    for (number, &at) in used.iter().enumerate() {
        warped.fill(frames, at, &fields[at], reference)?;
        votes.measure(at, &warped.values, &warped.valid, reference);
        told(number, warped)?;
    }
    let variances = votes.settle(used);
    Ok((votes, variances))
}

/// One frame in register, its unseen pixels and glint replaced by the reference's.
struct Warped {
    values: Plane,
    valid: Vec<bool>,
    frame: Plane,
}

impl Warped {
    fn new(reference: &Plane) -> Warped {
        let values = Plane::new(reference.width, reference.height);
        let valid = vec![true; values.values.len()];
        Warped { values, valid, frame: Plane::default() }
    }

    fn fill(
        &mut self,
        frames: &dyn Frames,
        at: usize,
        field: &Field,
        reference: &Plane,
    ) -> Result<(), RegisterError> {
        frames.read(at, &mut self.frame)?;
        let (frame, width) = (&self.frame, reference.width);
        let rows = self.values.values.par_chunks_exact_mut(width).zip(self.valid.par_chunks_exact_mut(width));
        rows.enumerate().for_each_init(RowScratch::default, |scratch, (y, (line, valid))| {
            warp_row(frame, field, y, scratch, line);
            for ((value, valid), &mean) in line.iter_mut().zip(valid).zip(reference.row(y)) {
                *valid = !(value.is_nan() || *value >= SATURATED && *value - mean > GLINT);
                if !*valid {
                    *value = mean;
                }
            }
        });
        Ok(())
    }
}

/// Overlaps and adds the windows; where no frame voted the reference stays.
fn add_up(sums: &[[Sum; 2]], layout: Layout, spectrum: &Spectrum, reference: &Plane) -> Plane {
    let width = reference.width;
    let mut out = Plane::new(width, reference.height);
    let step = SIDE / 2;
    let (shares, rings) = (shares(sums, layout), rings());
    // A stripe of half a window's rows is covered by two rows of windows.
    out.values.par_chunks_mut(width * step).enumerate().for_each_init(
        || spectrum.scratch(),
        |scratch, (stripe, lines)| {
            for lower in [0, 1] {
                let row = stripe + lower;
                for column in 0..layout.columns {
                    let window = row * layout.columns + column;
                    let (halves, shares) = (&sums[window], &shares[window]);
                    for (at, (bin, &ring)) in scratch.bins.iter_mut().zip(&rings).enumerate() {
                        let (mean, added) = Sum::mean_and_added(halves, at);
                        *bin = mean + added * shares[ring];
                    }
                    let level = Sum::level(halves).unwrap_or_else(|| layout.mean(reference, column, row));
                    let tile = spectrum.inverse(scratch, level);
                    layout.overlap(tile, column, if lower == 1 { 0 } else { step }, lines, width);
                }
            }
        },
    );
    out
}

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
mod in_register;
mod shared;
mod spread;
mod sum;
#[cfg(test)]
mod tests;
mod voted;
mod votes;
mod warped;
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
use crate::stage;
use in_register::InRegister;
use manifold::progress::{Counter, Progress};
use shared::{rings, shares};
use sum::Sum;
use votes::interpolate;
use windows::{Layout, SIDE, Spectrum};

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
    let clip = InRegister::new(frames, fields, trusted, reference);
    let counter = Counter::new(progress, stage::FUSE, 2 * clip.used.len());
    let mut votes = Votes::new(layout, fields.len());
    let halves = clip.halves(&counter, &mut |at, frame| votes.measure(at, frame, reference))?;
    let medians = votes.medians(&clip.used);
    votes.settle(&clip.used, &medians);
    let spectrum = Spectrum::new();
    let mut sums = vec![[Sum::default(), Sum::default()]; layout.len()];
    clip.each(&mut |number, at, frame| {
        let half = usize::from(number >= clip.used.len() / 2);
        sums.par_chunks_mut(layout.columns).enumerate().for_each_init(
            || spectrum.scratch(),
            |scratch, (row, sums)| {
                for (column, sum) in sums.iter_mut().enumerate() {
                    let vote = votes.of(at, row, column);
                    if vote > 0.0 {
                        let mean = spectrum.forward(&frame.values, layout, (column, row), scratch);
                        sum[half].add(vote, mean, &scratch.bins);
                    }
                }
            },
        );
        counter.add(1)
    })?;
    let mut luma = add_up(&sums, layout, &spectrum, reference);
    let mut seen = votes.seen(&clip.used);
    fill_unseen(&mut luma, &mut seen);
    let spread = Spread::of(&medians, layout, reference, clip.used.len());
    Ok(Fused { luma, confidence: halves.confidence(), votes, spread: Some(spread) })
}

/// The mean of the `trusted` frames in register, `reference`, as it is, how well their halves agree where, and how far they
/// are spread.
pub(super) fn mean_of_registered(
    frames: &dyn Frames,
    fields: &[Field],
    trusted: &[bool],
    reference: &Plane,
    progress: &dyn Progress,
) -> Result<Fused, RegisterError> {
    let layout = Layout::over(reference.width, reference.height);
    let clip = InRegister::new(frames, fields, trusted, reference);
    let counter = Counter::new(progress, stage::FUSE, clip.used.len());
    let mut votes = Votes::new(layout, fields.len());
    let halves = clip.halves(&counter, &mut |at, frame| votes.measure(at, frame, reference))?;
    let spread = Some(Spread::of(&votes.medians(&clip.used), layout, reference, clip.used.len()));
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
    let clip = InRegister::new(frames, fields, trusted, reference);
    let counter = Counter::new(progress, stage::FUSE, clip.used.len());
    Ok(clip.halves(&counter, &mut |_, _| ())?.confidence())
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

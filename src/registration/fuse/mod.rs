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
//! The votes r_f are our addition: they fall where a frame disagrees with the mean of all by more
//! than frames usually do: a wrong letter, a fish, or glint.

mod chroma;
mod votes;
mod windows;

pub(super) use chroma::Chroma;
pub(super) use votes::Votes;

use instances::fourier::Complex;
use rayon::prelude::*;

use super::average::fill_unseen;
use super::error::RegisterError;
use super::field::Field;
use super::frames::Frames;
use super::plane::Plane;
use super::warp::{RowScratch, warp_row};
use crate::stage;
use manifold::progress::{Counter, Progress};
use windows::{BINS, Layout, SIDE, Spectrum};

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
    /// Share of the frames that agreed at each pixel, 0 ..= 1.
    pub confidence: Plane,
    /// Each frame's votes, for [`Chroma`].
    pub votes: Votes,
}

impl Fused {
    /// `luma` unchanged, every frame voting everywhere.
    #[must_use]
    pub(super) fn plain(luma: &Plane, frames: usize) -> Fused {
        let mut confidence = Plane::new(luma.width, luma.height);
        confidence.values.fill(1.0);
        let layout = Layout::over(luma.width, luma.height);
        Fused { luma: luma.clone(), confidence, votes: Votes::all(layout, frames) }
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
    let votes = vote(frames, fields, &used, reference, &mut warped, &counter)?;
    let spectrum = Spectrum::new();
    let mut sums = vec![Sum::default(); layout.len()];
    for &at in &used {
        warped.fill(frames, at, &fields[at], reference)?;
        sums.par_chunks_mut(layout.columns).enumerate().for_each_init(
            || spectrum.scratch(),
            |scratch, (row, sums)| {
                for (column, sum) in sums.iter_mut().enumerate() {
                    let vote = votes.of(at, row, column);
                    if vote > 0.0 {
                        let mean = spectrum.forward(&warped.values, layout, (column, row), scratch);
                        sum.add(vote, mean, &scratch.bins);
                    }
                }
            },
        );
        counter.add(1)?;
    }
    let mut luma = add_up(&sums, layout, &spectrum, reference);
    let confidence = votes.confidence(&used);
    let mut seen: Vec<bool> = confidence.values.iter().map(|&share| share > 0.0).collect();
    fill_unseen(&mut luma, &mut seen);
    Ok(Fused { luma, confidence, votes })
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
    let votes = vote(frames, fields, &used, reference, &mut Warped::new(reference), &counter)?;
    Ok(Fused { confidence: votes.confidence(&used), ..Fused::plain(reference, fields.len()) })
}

/// What the frames' votes are.
fn vote(
    frames: &dyn Frames,
    fields: &[Field],
    used: &[usize],
    reference: &Plane,
    warped: &mut Warped,
    counter: &Counter,
) -> Result<Votes, RegisterError> {
    let mut votes = Votes::new(Layout::over(reference.width, reference.height), fields.len());
    for &at in used {
        warped.fill(frames, at, &fields[at], reference)?;
        votes.measure(at, &warped.values, &warped.valid, reference);
        counter.add(1)?;
    }
    votes.settle(used);
    Ok(votes)
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

/// What has been added up in one window.
#[derive(Clone, Debug)]
struct Sum {
    weighted: [Complex<f32>; BINS],
    weights: [f32; BINS],
    mean: f32,
    votes: f32,
}

impl Default for Sum {
    fn default() -> Self {
        Sum { weighted: [Complex::ZERO; BINS], weights: [0.0; BINS], mean: 0.0, votes: 0.0 }
    }
}

impl Sum {
    /// With p = 3: of 2, 3 and 5 the highest that does not yet raise noise where all frames are equally
    /// sharp. The source recommends 11 for bursts of some ten photographs; noise grows with both.
    fn add(&mut self, vote: f32, mean: f32, bins: &[Complex<f32>; BINS]) {
        for ((weighted, weights), bin) in self.weighted.iter_mut().zip(&mut self.weights).zip(bins) {
            let power = bin.re * bin.re + bin.im * bin.im;
            let weight = vote * power * power.sqrt();
            weighted.re += weight * bin.re;
            weighted.im += weight * bin.im;
            *weights += weight;
        }
        self.mean += vote * mean;
        self.votes += vote;
    }
}

/// Overlaps and adds the windows; where no frame voted the reference stays.
fn add_up(sums: &[Sum], layout: Layout, spectrum: &Spectrum, reference: &Plane) -> Plane {
    let width = reference.width;
    let mut out = Plane::new(width, reference.height);
    let step = SIDE / 2;
    // A stripe of half a window's rows is covered by two rows of windows.
    out.values.par_chunks_mut(width * step).enumerate().for_each_init(
        || spectrum.scratch(),
        |scratch, (stripe, lines)| {
            for lower in [0, 1] {
                let row = stripe + lower;
                for column in 0..layout.columns {
                    let sum = &sums[row * layout.columns + column];
                    for ((bin, weighted), weights) in
                        scratch.bins.iter_mut().zip(&sum.weighted).zip(&sum.weights)
                    {
                        *bin = if *weights > 0.0 { weighted / weights } else { Complex::ZERO };
                    }
                    let mean = if sum.votes > 0.0 {
                        sum.mean / sum.votes
                    } else {
                        layout.mean(reference, column, row)
                    };
                    let tile = spectrum.inverse(scratch, mean);
                    layout.overlap(tile, column, if lower == 1 { 0 } else { step }, lines, width);
                }
            }
        },
    );
    out
}

//! Stage two of Oreifej et al. 2011: the warped frames without their sparse part, and their mean.

use super::error::RegisterError;
use super::frames::Frames;
use super::fuse::{Fused, confidence};
use super::plane::Plane;
use super::rounds::Registered;
use super::rpca;
use super::warp::{RowScratch, warp_row};
use crate::error::Error;
use manifold::progress::{After, Progress};

/// The mean of the low-rank part, made in stripes of rows that fit half of `memory` bytes.
pub(super) fn low_rank(
    frames: &dyn Frames,
    found: &Registered,
    memory: u64,
    progress: &dyn Progress,
) -> Result<Fused, Error> {
    let sure = confidence(frames, &found.fields, &found.trusted, &found.reference, progress)?;
    let mut fused = Fused::plain(&found.reference, sure, found.fields.len());
    let used: Vec<usize> = (0..found.fields.len()).filter(|&at| found.trusted[at]).collect();
    let (width, height) = frames.size();
    // Four copies of a stripe in single precision within half of the memory.
    let rows = (memory / 2 / (16 * used.len().max(1) * width) as u64).clamp(1, height as u64) as usize;
    let (mut frame, mut scratch, mut steps) = (Plane::default(), RowScratch::default(), 1);
    for top in (0..height).step_by(rows) {
        let stripe = top..(top + rows).min(height);
        let pixels = stripe.len() * width;
        let mut samples = vec![0.0f32; used.len() * pixels];
        for (samples, &at) in samples.chunks_exact_mut(pixels).zip(&used) {
            frames.read(at, &mut frame).map_err(RegisterError::from)?;
            for (y, line) in stripe.clone().zip(samples.chunks_exact_mut(width)) {
                warp_row(&frame, &found.fields[at], y, &mut scratch, line);
                let mean = &found.reference.values[y * width..(y + 1) * width];
                line.iter_mut().zip(mean).filter(|(v, _)| v.is_nan()).for_each(|(v, &mean)| *v = mean);
            }
        }
        steps += rpca::low_rank(&mut samples, pixels, &After { progress, done: steps })?.iterations;
        let out = &mut fused.luma.values[top * width..top * width + pixels];
        out.fill(0.0);
        for samples in samples.chunks_exact(pixels) {
            out.iter_mut().zip(samples).for_each(|(sum, value)| *sum += value / used.len() as f32);
        }
    }
    Ok(fused)
}

//! Color carried through the same warps: luma is fused, and each channel's difference from luma
//! averaged under the same votes. Chroma holds no detail that luma lacks, and encoders halve it anyway.

use rayon::prelude::*;

use super::votes::Votes;
use crate::registration::field::Field;
use crate::registration::plane::Plane;
use crate::registration::warp::{RowScratch, warp_channels};

const CHANNELS: usize = 3;
/// Values of a pixel while it is warped: those of the channels, and one more that fills a vector.
const LANES: usize = 4;
/// Rows that are worth a task of their own.
const ROWS: usize = 16;

/// Sums of the channels' differences from luma.
#[derive(Clone, Debug)]
pub(crate) struct Chroma {
    width: usize,
    /// Of each pixel: weighted differences, and the weights.
    sums: Vec<[f32; LANES]>,
    /// Interleaved.
    differences: Vec<f32>,
}

impl Chroma {
    /// Of no frames yet.
    #[must_use]
    pub(crate) fn new(width: usize, height: usize) -> Chroma {
        let pixels = width * height;
        Chroma { width, sums: vec![[0.0; LANES]; pixels], differences: vec![0.0; LANES * pixels] }
    }

    /// Adds frame `at`: `color` interleaved, both in 0 ..= 255.
    pub(crate) fn add(&mut self, at: usize, color: &[f32], luma: &Plane, field: &Field, votes: &Votes) {
        let (width, chunk) = (self.width, self.width * ROWS);
        let pixels = color.par_chunks(CHANNELS * chunk).zip(luma.values.par_chunks(chunk));
        self.differences.par_chunks_mut(LANES * chunk).zip(pixels).for_each(
            |(differences, (color, luma))| {
                let pixels = color.as_chunks::<CHANNELS>().0.iter().zip(luma);
                for (difference, (color, luma)) in
                    differences.as_chunks_mut::<LANES>().0.iter_mut().zip(pixels)
                {
                    // What votes for all three is summed in the last lane.
                    *difference = [color[0] - luma, color[1] - luma, color[2] - luma, 1.0];
                }
            },
        );
        let differences = (&self.differences[..], (width, luma.height));
        self.sums.par_chunks_mut(chunk).enumerate().for_each_init(
            || (RowScratch::default(), vec![[0.0; LANES]; width], vec![0.0; width]),
            |(scratch, line, vote), (number, sums)| {
                for (row, sums) in sums.chunks_exact_mut(width).enumerate() {
                    let y = number * ROWS + row;
                    votes.along(at, y, vote);
                    warp_channels(differences, field, y, scratch, line);
                    for ((sums, values), vote) in sums.iter_mut().zip(line.iter()).zip(vote.iter()) {
                        if !values[0].is_nan() {
                            sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += vote * value);
                        }
                    }
                }
            },
        );
    }

    /// Red, green and blue, interleaved, for this luma; gray where no frame voted.
    #[must_use]
    pub(crate) fn finish(self, luma: &Plane) -> Vec<f32> {
        let mut out = Vec::with_capacity(luma.values.len() * CHANNELS);
        for ([red, green, blue, weight], luma) in self.sums.iter().zip(&luma.values) {
            let weight = weight.max(f32::MIN_POSITIVE);
            out.extend([red, green, blue].map(|sum| luma + sum / weight));
        }
        out
    }
}

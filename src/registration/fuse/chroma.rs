//! Color carried through the same warps: luma is fused, and each channel's difference from luma
//! averaged under the same votes. Chroma holds no detail that luma lacks, and encoders halve it anyway.

use rayon::prelude::*;

use super::votes::Votes;
use crate::registration::field::Field;
use crate::registration::plane::Plane;
use crate::registration::warp::{RowScratch, warp_row};

const CHANNELS: usize = 3;
/// Rows that are worth a task of their own.
const ROWS: usize = 16;

/// Sums of the channels' differences from luma.
#[derive(Clone, Debug)]
pub(crate) struct Chroma {
    width: usize,
    sums: [Vec<f32>; CHANNELS],
    weights: Vec<f32>,
    differences: [Plane; CHANNELS],
}

impl Chroma {
    /// Of no frames yet.
    #[must_use]
    pub(crate) fn new(width: usize, height: usize) -> Chroma {
        let zeros = || vec![0.0; width * height];
        Chroma {
            width,
            sums: [zeros(), zeros(), zeros()],
            weights: zeros(),
            differences: [Plane::new(width, height), Plane::new(width, height), Plane::new(width, height)],
        }
    }

    /// Adds frame `at`: `color` interleaved, both in 0 ..= 255.
    pub(crate) fn add(&mut self, at: usize, color: &[f32], luma: &Plane, field: &Field, votes: &Votes) {
        for (channel, plane) in self.differences.iter_mut().enumerate() {
            let values = color.iter().skip(channel).step_by(CHANNELS);
            plane.values.iter_mut().zip(values.zip(&luma.values)).for_each(|(d, (c, l))| *d = c - l);
        }
        let (width, differences) = (self.width, &self.differences);
        let [red, green, blue] = &mut self.sums;
        let sums = red.par_chunks_mut(width * ROWS).zip(green.par_chunks_mut(width * ROWS));
        let sums = sums.zip(blue.par_chunks_mut(width * ROWS)).zip(self.weights.par_chunks_mut(width * ROWS));
        sums.enumerate().for_each_init(
            || (RowScratch::default(), vec![0.0; width], vec![0.0; width]),
            |(scratch, line, vote), (chunk, (((red, green), blue), weights))| {
                for row in 0..weights.len() / width {
                    let (y, here) = (chunk * ROWS + row, row * width..(row + 1) * width);
                    votes.along(at, y, vote);
                    let channels =
                        [&mut red[here.clone()], &mut green[here.clone()], &mut blue[here.clone()]];
                    for (channel, (sums, plane)) in channels.into_iter().zip(differences).enumerate() {
                        warp_row(plane, field, y, scratch, line);
                        for (x, &value) in line.iter().enumerate().filter(|(_, value)| !value.is_nan()) {
                            sums[x] += vote[x] * value;
                            if channel == 0 {
                                weights[row * width + x] += vote[x];
                            }
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
        for (at, &luma) in luma.values.iter().enumerate() {
            let weight = self.weights[at].max(f32::MIN_POSITIVE);
            out.extend(self.sums.iter().map(|sums| luma + sums[at] / weight));
        }
        out
    }
}

//! How much each frame counts in each window.

use rayon::prelude::*;

use super::warped::Warped;
use super::windows::{Layout, SIDE, taper};
use crate::registration::plane::Plane;

/// Squared gray levels by which frames may disagree freely: rounding and encoder noise.
const FLOOR: f32 = 1.0;

/// Votes of all frames in all windows, 0 ..= 1.
#[derive(Clone, Debug)]
pub(crate) struct Votes {
    layout: Layout,
    /// Frame after frame: first the disagreement (and the share of valid pixels), then the vote.
    votes: Vec<f32>,
    valid: Vec<f32>,
}

impl Votes {
    pub(super) fn new(layout: Layout, frames: usize) -> Votes {
        let entries = layout.len() * frames;
        Votes { layout, votes: vec![0.0; entries], valid: vec![0.0; entries] }
    }

    /// One vote for each frame everywhere.
    pub(super) fn all(layout: Layout, frames: usize) -> Votes {
        Votes { votes: vec![1.0; layout.len() * frames], valid: Vec::new(), layout }
    }

    /// Mean squared difference of a frame in register and the reference, both less their means, over the
    /// valid pixels.
    pub(super) fn measure(&mut self, at: usize, frame: &Warped, reference: &Plane) {
        let (layout, len) = (self.layout, self.layout.len());
        let (width, height) = layout.size();
        let votes = self.votes[at * len..(at + 1) * len].par_chunks_mut(layout.columns);
        let shares = self.valid[at * len..(at + 1) * len].par_chunks_mut(layout.columns);
        votes.zip(shares).enumerate().for_each(|(row, (votes, shares))| {
            for (column, (vote, share)) in votes.iter_mut().zip(shares).enumerate() {
                let (mut sum, mut squares, mut count) = (0.0f32, 0.0f32, 0.0f32);
                for y in Layout::pixels(row, height) {
                    let (line, mean) = (frame.values.row(y), reference.row(y));
                    for x in Layout::pixels(column, width) {
                        // Invalid pixels hold the reference's value.
                        let difference = line[x] - mean[x];
                        sum += difference;
                        squares += difference * difference;
                        count += f32::from(frame.valid[y * width + x]);
                    }
                }
                let known = count.max(1.0);
                *vote = (squares / known - (sum / known).powi(2)).max(0.0);
                *share = count / (SIDE * SIDE) as f32;
            }
        });
    }

    /// The median of the `used` frames' disagreements in each window, before they are settled.
    pub(super) fn medians(&self, used: &[usize]) -> Vec<f32> {
        let len = self.layout.len();
        let median = |line: &mut Vec<f32>, window: usize| {
            line.clear();
            line.extend(used.iter().map(|&at| self.votes[at * len + window]));
            let middle = line.len() / 2;
            *line.select_nth_unstable_by(middle, f32::total_cmp).1
        };
        (0..len).into_par_iter().map_init(Vec::new, median).collect()
    }

    /// Turns disagreements d into votes, share² / (1 + (d/s)²)², s the median over the frames: a frame
    /// that disagrees twice as much as usual has a twenty-fifth of a vote. It must fall faster than
    /// d^-2, or the power of a wrong line in a blank window would outweigh it.
    pub(super) fn settle(&mut self, used: &[usize], medians: &[f32]) {
        let len = self.layout.len();
        for &at in used {
            let votes = &mut self.votes[at * len..(at + 1) * len];
            let shares = &self.valid[at * len..(at + 1) * len];
            for ((vote, share), median) in votes.iter_mut().zip(shares).zip(medians) {
                *vote = share * share / (1.0 + (*vote / (median + FLOOR)).powi(2)).powi(2);
            }
        }
        self.valid = Vec::new();
    }

    pub(super) fn of(&self, at: usize, row: usize, column: usize) -> f32 {
        self.votes[at * self.layout.len() + row * self.layout.columns + column]
    }

    /// A frame's votes at the pixels of row `y`, between the windows' middles.
    pub(super) fn along(&self, at: usize, y: usize, out: &mut [f32]) {
        let len = self.layout.len();
        interpolate(&self.votes[at * len..(at + 1) * len], self.layout, y, out);
    }

    /// The pixels in whose windows one of the `used` frames has a vote.
    pub(super) fn seen(&self, used: &[usize]) -> Vec<bool> {
        let (width, height) = self.layout.size();
        let len = self.layout.len();
        let mut sums = vec![0.0f32; len];
        for &at in used {
            sums.iter_mut().zip(&self.votes[at * len..]).for_each(|(sum, vote)| *sum += vote);
        }
        let mut line = vec![0.0; width];
        let row = |y: usize| {
            interpolate(&sums, self.layout, y, &mut line);
            line.iter().map(|&sum| sum > 0.0).collect::<Vec<bool>>()
        };
        (0..height).flat_map(row).collect()
    }
}

/// Windows' values at the pixels of a row: the sum of the four windows' values under their tapers.
pub(super) fn interpolate(values: &[f32], layout: Layout, y: usize, out: &mut [f32]) {
    let step = SIDE / 2;
    let (row, inside) = (y / step, y % step);
    let tapers: [f32; SIDE] = std::array::from_fn(taper);
    let (upper, lower) = (tapers[inside + step], tapers[inside]);
    let above = &values[row * layout.columns..(row + 1) * layout.columns];
    let below = &values[(row + 1) * layout.columns..(row + 2) * layout.columns];
    for (x, out) in out.iter_mut().enumerate() {
        let (column, inside) = (x / step, x % step);
        let (left, right) = (tapers[inside + step], tapers[inside]);
        let at = |line: &[f32]| left * line[column] + right * line[column + 1];
        *out = upper * at(above) + lower * at(below);
    }
}

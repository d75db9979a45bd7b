//! How sure each place of the still is: how well the means of both halves of the frames, in register, agree there.
//!
//! Both halves see the scene under different waves: where registration is right they agree. The measure is the second factor of
//! structural similarity (Wang, Bovik, Sheikh, Simoncelli 2004; brightness apart) in blocks of 8 pixels. What both halves
//! share, a blur or a bias, is not seen.

use rayon::prelude::*;

use super::interpolate;
use super::warped::Warped;
use super::windows::{Layout, STEP};
use crate::registration::plane::Plane;

/// (0.03 · 255)², as for pictures in gray levels.
const C2: f32 = 58.5225;

/// Sums over the frames of each half, and how many of them saw the pixel.
pub(super) struct Halves {
    width: usize,
    height: usize,
    frames: usize,
    sums: [Vec<(f32, f32)>; 2],
}

impl Halves {
    /// Of this many frames of this size.
    pub(super) fn new(width: usize, height: usize, frames: usize) -> Halves {
        Halves { width, height, frames, sums: [0, 1].map(|_| vec![(0.0, 0.0); width * height]) }
    }

    /// Adds the `number`th frame.
    pub(super) fn add(&mut self, number: usize, frame: &Warped) {
        let width = self.width;
        let rows = self.sums[usize::from(number >= self.frames / 2)].par_chunks_exact_mut(width);
        rows.enumerate().for_each(|(y, sums)| {
            let pixels = frame.values.row(y).iter().zip(&frame.valid[y * width..]);
            for ((sum, count), (value, &valid)) in sums.iter_mut().zip(pixels) {
                if valid {
                    *sum += value;
                    *count += 1.0;
                }
            }
        });
    }

    /// The agreement at each pixel, 0 ..= 1; zero where one half saw nothing.
    pub(super) fn confidence(&self) -> Plane {
        let layout = Layout::over(self.width, self.height);
        let (columns, rows) = (self.width.div_ceil(STEP), self.height.div_ceil(STEP));
        let blocks: Vec<f32> =
            (0..columns * rows).into_par_iter().map(|at| self.block(at % columns, at / columns)).collect();
        // A window has the blocks up to one before it and its own.
        let near = |at: usize, count: usize| at.saturating_sub(1)..(at + 1).min(count);
        let windows: Vec<f32> = (0..layout.len())
            .map(|window| {
                let (across, down) = (window % layout.columns, window / layout.columns);
                let all = near(down, rows).flat_map(|y| near(across, columns).map(move |x| y * columns + x));
                let (sum, count) = all.fold((0.0, 0.0), |(sum, count), at| (sum + blocks[at], count + 1.0));
                sum / f32::max(count, 1.0)
            })
            .collect();
        let mut plane = Plane::new(self.width, self.height);
        for (y, line) in plane.values.chunks_exact_mut(self.width).enumerate() {
            interpolate(&windows, layout, y, line);
        }
        plane
    }

    /// Of one block, times the share of its pixels that both halves saw.
    fn block(&self, column: usize, row: usize) -> f32 {
        let (xs, ys) = (column * STEP..((column + 1) * STEP).min(self.width), row * STEP..(row + 1) * STEP);
        let mut pixels = Vec::with_capacity(STEP * STEP);
        let mut all = 0.0;
        for at in ys.filter(|&y| y < self.height).flat_map(|y| xs.clone().map(move |x| y * self.width + x)) {
            let [(first, seen), (second, again)] = [self.sums[0][at], self.sums[1][at]];
            if seen > 0.0 && again > 0.0 {
                pixels.push((first / seen, second / again));
            }
            all += 1.0;
        }
        let count = pixels.len().max(1) as f32;
        let (a, b) = pixels.iter().fold((0.0, 0.0), |sum, pixel| (sum.0 + pixel.0, sum.1 + pixel.1));
        let (a, b) = (a / count, b / count);
        let (mut squares, mut products) = (0.0, 0.0);
        for (first, second) in &pixels {
            squares += (first - a).powi(2) + (second - b).powi(2);
            products += (first - a) * (second - b);
        }
        let structure = (2.0 * products / count + C2) / (squares / count + C2);
        structure.max(0.0) * pixels.len() as f32 / all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stripes; those of the second half of the frames are `off` in phase where x is at least 48.
    fn halves(off: f32) -> Plane {
        let mut halves = Halves::new(96, 40, 6);
        for number in 0..6 {
            let mut frame = Warped::new(&Plane::new(96, 40));
            for (at, (value, valid)) in frame.values.values.iter_mut().zip(&mut frame.valid).enumerate() {
                let x = at % 96;
                let phase = if number >= 3 && x >= 48 { off } else { 0.0 };
                *value = 100.0 + 40.0 * (0.8 * x as f32 + phase).sin();
                // What the first half does not see at the top.
                *valid = number >= 3 || at / 96 >= 8;
            }
            halves.add(number, &frame);
        }
        halves.confidence()
    }

    #[test]
    fn where_halves_agree_the_still_is_sure() {
        for (off, least, most) in [(0.0, 0.999, 1.0), (0.4, 0.8, 0.97), (1.6, 0.0, 0.2)] {
            let found = halves(off);
            let at = |x: usize, y: usize| found.values[y * 96 + x];
            assert!(at(20, 28) > 0.999, "{}", at(20, 28));
            assert!((least..=most + 1e-6).contains(&at(76, 28)), "{off}: {}", at(76, 28));
            assert!(at(20, 0) < 0.6, "one half has not seen it: {}", at(20, 0));
        }
    }
}

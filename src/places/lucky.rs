//! Lucky imaging patch by patch: at each place, the frames in which the water happened to be
//! clear and flat.
//!
//! Sharpness of a patch = Σ (Gx² + Gy²) / Σ s², with G the Sobel gradient at each pixel whose 3x3
//! neighborhood lies inside the patch (Tenengrad) and s the samples. Both sums grow with the
//! square of the brightness, so flicker and passing shadows do not affect the choice; the number of pixels,
//! the same for all frames, is left out. In frames that are dim as a whole (a fade) what is left of the gray levels would pass for
//! sharpness: those below half of the median brightness come last. A black patch has sharpness 0, and so has each patch
//! below 3 pixels per side, which has no such pixel. No pixel outside the patch counts, so the
//! choice does not depend on the band.
//!
//! Both sums come from summed-area tables, one pair per frame: the cost is that of a few
//! operations per sample, however large the patches are and however much they overlap. Memory:
//! 8 bytes per place and frame, and 16 bytes per pixel of the band and thread.
//!
//! Source: Fried, Probability of getting a lucky short-exposure image through turbulence,
//! J. Opt. Soc. Am. 68 (1978); Law, Mackay and Baldwin, Lucky imaging: high angular resolution
//! imaging in the visible from the ground, Astron. Astrophys. 446 (2006); Tenengrad: Krotkov,
//! Focusing, Int. J. Comput. Vision 1 (1987).

use std::iter::zip;
use std::ops::Range;

use rayon::prelude::*;

use super::Grid;
use crate::baseline::BaselineError;
use crate::clip::{Stack, StackSamples};

/// The best tenth of the frames. Fried's probability of a lucky image is 5.6 exp(-0.1557 (D/r₀)²),
/// one in nine for an aperture D of five coherence lengths r₀; Law et al. describe the choice of the
/// share as a trade-off between sharpness and noise.
pub(super) const SHARE: f64 = 0.1;

/// [`SHARE`] of this many frames, rounded to the nearest integer; at least 1.
pub(super) fn kept(frames: usize) -> usize {
    ((frames as f64 * SHARE).round() as usize).max(1)
}

/// Below the sharpness of any patch.
const LAST: f64 = -1.0;

/// Which frames are dim, from the mean brightness of each.
pub(super) fn dim(brightness: &[f64]) -> Vec<bool> {
    let mut sorted = brightness.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let half = sorted.get(sorted.len() / 2).map_or(0.0, |median| median / 2.0);
    brightness.iter().map(|&mean| mean < half).collect()
}

/// For each place of these rows of the grid, row by row, the frames of its sharpest patches:
/// `keep` of them, those of frames that are `dim` last (at least 1, at most all), the sharpest first, ties by frame number. Fails when
/// there are no such rows or a place leaves the band.
pub(super) fn lucky(
    stack: &Stack,
    grid: &Grid,
    rows: Range<usize>,
    keep: usize,
    dim: &[bool],
) -> Result<Vec<Vec<u32>>, BaselineError> {
    let band = stack.rows();
    let outside = BaselineError::Band { rows: (rows.start, rows.end), band: (band.start, band.end) };
    let tops = grid.ys().get(rows).ok_or(outside)?;
    let inside = |&top: &usize| top >= band.start && top + grid.patch() <= band.end;
    let across = grid.xs().last().is_none_or(|x| x + grid.patch() <= stack.width());
    if !across || !tops.iter().all(inside) {
        return Err(outside);
    }
    if tops.is_empty() {
        return Ok(Vec::new());
    }
    let places = Places { grid, tops, top: band.start, width: stack.width(), height: band.len() };
    let mut scores = match stack.samples() {
        StackSamples::U8(samples) => places.sharpness(samples),
        StackSamples::U16(samples) => places.sharpness(samples),
    };
    let of_frames = scores.chunks_exact_mut(tops.len() * grid.columns());
    of_frames.zip(dim).filter(|(_, dim)| **dim).for_each(|(scores, _)| scores.fill(LAST));
    Ok(sharpest(&scores, stack.frames(), keep.clamp(1, stack.frames())))
}

/// The best frames of each place from the sharpness of all places in each frame.
fn sharpest(scores: &[f64], frames: usize, keep: usize) -> Vec<Vec<u32>> {
    let places = scores.len() / frames;
    let choose = |order: &mut Vec<u32>, place: usize| {
        let score = |frame: u32| scores[frame as usize * places + place];
        // No two are equal, so the choice is unique.
        let better = |&a: &u32, &b: &u32| score(b).total_cmp(&score(a)).then(a.cmp(&b));
        order.clear();
        order.extend(0..frames as u32);
        if keep < frames {
            order.select_nth_unstable_by(keep, better);
            order.truncate(keep);
        }
        order.sort_unstable_by(better);
        order.clone()
    };
    (0..places).into_par_iter().map_init(Vec::new, choose).collect()
}

/// Places inside a band of `height` rows that starts at row `top` of the frames.
struct Places<'a> {
    grid: &'a Grid,
    tops: &'a [usize],
    top: usize,
    width: usize,
    height: usize,
}

impl Places<'_> {
    /// Sharpness of all places, frame after frame.
    fn sharpness<T: Copy + Into<i32> + Sync>(&self, samples: &[T]) -> Vec<f64> {
        let (size, places) = (self.width * self.height, self.tops.len() * self.grid.columns());
        let frames = samples.par_chunks_exact(size);
        let mut scores = vec![0.0; frames.len() * places];
        scores.par_chunks_exact_mut(places).zip(frames).for_each_init(
            || (Table::default(), Table::default()),
            |(edges, light), (scores, samples)| {
                self.fill(samples, edges, light);
                zip(scores, self.places()).for_each(|(score, at)| *score = self.ratio(edges, light, at));
            },
        );
        scores
    }

    /// Left and top edges of the places, in the band.
    fn places(&self) -> impl Iterator<Item = (usize, usize)> {
        self.tops.iter().flat_map(move |top| self.grid.xs().iter().map(move |&x| (x, top - self.top)))
    }

    /// Sums of squared gradients, whose first is that around pixel (1, 1), and of squared samples.
    fn fill<T: Copy + Into<i32>>(&self, samples: &[T], edges: &mut Table, light: &mut Table) {
        light.start(self.width);
        for row in samples.chunks_exact(self.width) {
            light.push(row.iter().map(|&s| square(s.into())));
        }
        edges.start(self.width.saturating_sub(2));
        for three in samples.windows(3 * self.width).step_by(self.width) {
            let (upper, rest) = three.split_at(self.width);
            let (middle, lower) = rest.split_at(self.width);
            let rows = zip(upper.windows(3), zip(middle.windows(3), lower.windows(3)));
            edges.push(rows.map(|(upper, (middle, lower))| gradient(upper, middle, lower)));
        }
    }

    /// Exact sums as long as they stay below 2⁵³ (16 bits: patches up to 250 pixels per side), so
    /// that the same picture at another brightness ties.
    fn ratio(&self, edges: &Table, light: &Table, at: (usize, usize)) -> f64 {
        let side = self.grid.patch();
        let light = light.sum(at, side);
        if side < 3 || light == 0 {
            return 0.0;
        }
        edges.sum(at, side - 2) as f64 / light as f64
    }
}

fn square(value: i32) -> u64 {
    let value = i64::from(value).unsigned_abs();
    value * value
}

/// Gx² + Gy² of Sobel's operator in the middle of three rows of three samples.
fn gradient<T: Copy + Into<i32>>(upper: &[T], middle: &[T], lower: &[T]) -> u64 {
    let at = |row: &[T], x: usize| -> i32 { row[x].into() };
    let across = |x| at(upper, x) + 2 * at(middle, x) + at(lower, x);
    let along = |row| at(row, 0) + 2 * at(row, 1) + at(row, 2);
    square(across(2) - across(0)) + square(along(lower) - along(upper))
}

/// Summed-area table: entry (x, y) of `stride` columns is the sum of the values left of x and
/// above y. Modulo 2⁶⁴, which cancels out of the sum over a patch.
#[derive(Default)]
struct Table {
    stride: usize,
    sums: Vec<u64>,
}

impl Table {
    /// Empties it, for rows of this many values.
    fn start(&mut self, width: usize) {
        self.stride = width + 1;
        self.sums.clear();
        self.sums.resize(self.stride, 0);
    }

    /// Adds a row.
    fn push(&mut self, values: impl Iterator<Item = u64>) {
        let above = self.sums.len() - self.stride;
        self.sums.push(0);
        let mut sum = 0_u64;
        for (x, value) in values.enumerate() {
            sum = sum.wrapping_add(value);
            self.sums.push(self.sums[above + x + 1].wrapping_add(sum));
        }
    }

    /// Sum over `side` x `side` values from (x, y) on, all inside.
    fn sum(&self, (x, y): (usize, usize), side: usize) -> u64 {
        let (upper, lower) = (y * self.stride + x, (y + side) * self.stride + x);
        let low = self.sums[lower + side].wrapping_sub(self.sums[lower]);
        low.wrapping_sub(self.sums[upper + side].wrapping_sub(self.sums[upper]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clip::Patch;
    use proptest::prelude::*;

    const WIDTH: usize = 13;
    const HEIGHT: usize = 15;

    /// The definition, on one patch, row by row.
    fn plain_sharpness(patch: &[Vec<i64>]) -> f64 {
        let side = patch.len();
        let mut edges = 0;
        for y in 1..side.saturating_sub(1) {
            for x in 1..side - 1 {
                let s = |dx: usize, dy: usize| patch[y + dy - 1][x + dx - 1];
                let gx = s(2, 0) + 2 * s(2, 1) + s(2, 2) - s(0, 0) - 2 * s(0, 1) - s(0, 2);
                let gy = s(0, 2) + 2 * s(1, 2) + s(2, 2) - s(0, 0) - 2 * s(1, 0) - s(2, 0);
                edges += gx * gx + gy * gy;
            }
        }
        let light: i64 = patch.iter().flatten().map(|s| s * s).sum();
        if light == 0 { 0.0 } else { edges as f64 / light as f64 }
    }

    fn plain(stack: &Stack, grid: &Grid, rows: Range<usize>, keep: usize) -> Vec<Vec<u32>> {
        let places = grid.ys()[rows].iter().flat_map(|&y| grid.xs().iter().map(move |&x| (x, y)));
        let choose = |at| {
            let score = |&frame: &u32| {
                let patch: Vec<Vec<i64>> = match stack.patch(frame as usize, at, grid.patch()).unwrap() {
                    Patch::U8(rows) => rows.map(|row| row.iter().map(|&s| s.into()).collect()).collect(),
                    Patch::U16(rows) => rows.map(|row| row.iter().map(|&s| s.into()).collect()).collect(),
                };
                plain_sharpness(&patch)
            };
            let mut order: Vec<u32> = (0..stack.frames() as u32).collect();
            order.sort_by(|a, b| score(b).total_cmp(&score(a))); // stable
            order.truncate(keep);
            order
        };
        places.map(choose).collect()
    }

    proptest! {
        /// There are few values, so that ties are frequent.
        #[test]
        fn agrees_with_looking_at_patches(
            samples in prop::collection::vec(0_u16..4, WIDTH * HEIGHT * 6),
            patch in 1_usize..8,
            keep in 1_usize..7,
            scale in prop_oneof![Just(1_u16), Just(21845)],
        ) {
            let grid = Grid::new(WIDTH, HEIGHT, patch, patch.div_ceil(2)).unwrap();
            let rows = 1..grid.rows() - 1;
            let band = grid.ys()[rows.start]..grid.ys()[rows.end - 1] + patch;
            let bands = samples.chunks(WIDTH * HEIGHT).flat_map(|f| &f[band.start * WIDTH..band.end * WIDTH]);
            let bands: Vec<u16> = bands.copied().collect();
            let narrow = StackSamples::U8(bands.iter().map(|&s| s as u8).collect());
            let wide = StackSamples::U16(bands.iter().map(|&s| s * scale).collect());
            for samples in [narrow, wide] {
                let stack = Stack::new(6, WIDTH, band.start, band.len(), samples).unwrap();
                let expected = plain(&stack, &grid, rows.clone(), keep);
                prop_assert_eq!(lucky(&stack, &grid, rows.clone(), keep).unwrap(), expected);
            }
        }
    }

    /// A frame of stripes between 40 and 200 gray levels, their contrast divided by `blur`.
    fn stripes(blur: i32, gain: i32) -> Vec<u16> {
        let stripe = |at: usize| if (at % WIDTH / 2 + at / WIDTH / 3).is_multiple_of(2) { 80 } else { -80 };
        (0..WIDTH * HEIGHT).map(|at| (gain * (120 + stripe(at) / blur)) as u16).collect()
    }

    fn stack_of(frames: &[Vec<u16>]) -> Stack {
        Stack::new(frames.len(), WIDTH, 0, HEIGHT, StackSamples::U16(frames.concat())).unwrap()
    }

    #[test]
    fn a_fade_is_not_sharp() {
        let grid = Grid::new(WIDTH, HEIGHT, 6, 3).unwrap();
        // Nearly black: one gray level or none, of which the gradient is as steep as can be.
        let faded = |frame: &[u16]| frame.iter().map(|&sample| sample / 200).collect::<Vec<u16>>();
        let sharp = stripes(2, 1);
        let frames =
            [sharp.clone(), faded(&stripes(1, 1)), stripes(4, 1), faded(&stripes(1, 1)), stripes(8, 1)];
        let brightness = [120.0, 0.5, 120.0, 0.5, 120.0];
        let stack = stack_of(&frames);
        assert_eq!(super::lucky(&stack, &grid, 0..1, 1, &[]).unwrap()[0], [1]);
        let picks = super::lucky(&stack, &grid, 0..1, 4, &dim(&brightness)).unwrap();
        assert_eq!(picks, vec![vec![0, 2, 4, 1]; grid.columns()]);
        assert_eq!(dim(&[]), Vec::<bool>::new());
    }

    /// No frame is dim.
    fn lucky(
        stack: &Stack,
        grid: &Grid,
        rows: Range<usize>,
        keep: usize,
    ) -> Result<Vec<Vec<u32>>, BaselineError> {
        super::lucky(stack, grid, rows, keep, &[])
    }

    #[test]
    fn sharp_frames_are_picked_at_any_brightness() {
        let grid = Grid::new(WIDTH, HEIGHT, 6, 3).unwrap();
        let blurs = [4, 8, 5, 1, 2, 16];
        for gains in [[1; 6], [7, 3, 90, 1, 5, 200], [200, 200, 200, 2, 1, 1]] {
            let frames: Vec<_> = zip(blurs, gains).map(|(blur, gain)| stripes(blur, gain)).collect();
            let picks = lucky(&stack_of(&frames), &grid, 0..grid.rows(), 3).unwrap();
            assert_eq!(picks, vec![vec![3, 4, 0]; grid.len()]);
        }
        // The same picture at several brightnesses ties: the lowest frames.
        let frames: Vec<_> = [3, 1, 250, 7].map(|gain| stripes(2, gain)).to_vec();
        let picks = lucky(&stack_of(&frames), &grid, 0..1, 2).unwrap();
        assert_eq!(picks, vec![vec![0, 1]; grid.columns()]);
    }

    #[test]
    fn at_least_one_and_at_most_all_are_kept() {
        let stack = stack_of(&[stripes(2, 1), vec![0; WIDTH * HEIGHT], stripes(1, 1)]);
        let grid = Grid::new(WIDTH, HEIGHT, 9, 9).unwrap();
        for (keep, expected) in [(0, vec![2]), (1, vec![2]), (2, vec![2, 0]), (99, vec![2, 0, 1])] {
            assert_eq!(lucky(&stack, &grid, 0..1, keep), Ok(vec![expected; grid.columns()]));
        }
        let kept = [1, 4, 14, 15, 100, 1000].map(kept);
        assert_eq!(kept, [1, 1, 1, 2, 10, 100]);
    }

    #[test]
    fn places_must_fit() {
        let stack = Stack::new(2, 8, 2, 4, StackSamples::U8(vec![0; 64])).unwrap();
        let grid = Grid::new(8, 8, 4, 2).unwrap();
        assert_eq!(lucky(&stack, &grid, 1..2, 1), Ok(vec![vec![0]; 3]));
        assert_eq!(lucky(&stack, &grid, 1..1, 1), Ok(Vec::new()));
        for rows in [0..1, 1..3, 2..9] {
            let error = BaselineError::Band { rows: (rows.start, rows.end), band: (2, 6) };
            assert_eq!(lucky(&stack, &grid, rows, 1), Err(error));
        }
        let wide = Grid::new(9, 8, 4, 2).unwrap();
        assert!(matches!(lucky(&stack, &wide, 1..2, 1), Err(BaselineError::Band { .. })));
    }
}

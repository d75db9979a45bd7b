//! At each place, the frame whose patch is nearest to that of a reference picture.

use std::ops::Range;

use rayon::prelude::*;

use super::Grid;
use crate::baseline::{BaselineError, Kind};
use crate::clip::{Stack, StackSamples};
use crate::video::{Channels, Depth, Frame, Samples};

/// The frame of the stack with the least Σ (sample - reference)² at each place of these rows of
/// the grid, row by row; the lowest of several. `reference` is a whole luma frame (a mean or a
/// median) of the stack's depth, the stack a band of such frames. Fails when they differ, or
/// when a place leaves the band.
pub(super) fn nearest(
    reference: &Frame,
    stack: &Stack,
    grid: &Grid,
    rows: Range<usize>,
) -> Result<Vec<u32>, BaselineError> {
    let band = stack.rows();
    let depth = match stack.samples() {
        StackSamples::U8(_) => Depth::Eight,
        StackSamples::U16(_) => Depth::Sixteen,
    };
    Kind { width: stack.width(), height: reference.height, channels: Channels::Luma, depth }
        .check(reference)?;
    let outside = BaselineError::Band { rows: (rows.start, rows.end), band: (band.start, band.end) };
    let tops = grid.ys().get(rows).ok_or(outside)?;
    let inside = |&top: &usize| top >= band.start && top + grid.patch() <= band.end;
    let across = grid.xs().last().is_none_or(|x| x + grid.patch() <= stack.width());
    if band.end > reference.height || !across || !tops.iter().all(inside) {
        return Err(outside);
    }
    let places = Places { grid, tops, top: band.start, width: stack.width() };
    let range = band.start * stack.width()..band.end * stack.width();
    Ok(match (stack.samples(), &reference.samples) {
        (StackSamples::U8(stack), Samples::U8(reference)) => places.nearest(stack, &reference[range]),
        (StackSamples::U16(stack), Samples::U16(reference)) => places.nearest(stack, &reference[range]),
        _ => Vec::new(), // `check` has compared the depths
    })
}

/// Places inside a band that starts at row `top` of the frames.
struct Places<'a> {
    grid: &'a Grid,
    tops: &'a [usize],
    top: usize,
    width: usize,
}

impl Places<'_> {
    /// `frames` holds any number of bands of the size of `reference`.
    fn nearest<T: Copy + Into<i64> + Sync>(&self, frames: &[T], reference: &[T]) -> Vec<u32> {
        let none = || vec![(u64::MAX, u32::MAX); self.tops.len() * self.grid.columns()];
        let best = frames.par_chunks_exact(reference.len()).enumerate();
        // Least distance, then lowest frame: an order without ties, so threads do not matter.
        let best = best.fold(
            || (none(), Vec::new()),
            |(mut best, mut table), (frame, samples)| {
                self.sum_squares(samples, reference, &mut table);
                for (best, distance) in best.iter_mut().zip(self.distances(&table)) {
                    *best = (*best).min((distance, frame as u32));
                }
                (best, table)
            },
        );
        let best = best.map(|(best, _)| best).reduce(none, |mut a, b| {
            a.iter_mut().zip(b).for_each(|(a, b)| *a = (*a).min(b));
            a
        });
        best.into_iter().map(|(_, frame)| frame).collect()
    }

    /// Summed-area table: entry (x, y) of `width + 1` columns is the sum of the squared
    /// differences left of x and above y.
    fn sum_squares<T: Copy + Into<i64>>(&self, samples: &[T], reference: &[T], table: &mut Vec<u64>) {
        let stride = self.width + 1;
        table.clear();
        table.resize(stride, 0);
        for (row, reference) in samples.chunks_exact(self.width).zip(reference.chunks_exact(self.width)) {
            let above = table.len() - stride;
            table.push(0);
            let mut sum = 0;
            for (x, (&sample, &reference)) in row.iter().zip(reference).enumerate() {
                let (sample, reference): (i64, i64) = (sample.into(), reference.into());
                sum += (sample - reference).unsigned_abs().pow(2);
                table.push(table[above + x + 1] + sum);
            }
        }
    }

    fn distances<'t>(&'t self, table: &'t [u64]) -> impl Iterator<Item = u64> + 't {
        let (side, stride) = (self.grid.patch(), self.width + 1);
        self.tops.iter().flat_map(move |top| {
            let (upper, lower) = ((top - self.top) * stride, (top - self.top + side) * stride);
            self.grid.xs().iter().map(move |x| {
                table[lower + x + side] + table[upper + x] - table[lower + x] - table[upper + x + side]
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clip::{Patch, PatchRows};
    use proptest::prelude::*;

    fn distance<T: Copy + Into<i64>>(a: PatchRows<'_, T>, b: PatchRows<'_, T>) -> i64 {
        let pixels = a.flatten().zip(b.flatten());
        pixels.map(|(&a, &b)| (a.into() - b.into()).pow(2)).sum()
    }

    /// The definition, on patches.
    fn plain(reference: &Stack, stack: &Stack, grid: &Grid, rows: Range<usize>) -> Vec<u32> {
        let places = grid.ys()[rows].iter().flat_map(|&y| grid.xs().iter().map(move |&x| (x, y)));
        let best = |at: (usize, usize)| {
            (0..stack.frames()).min_by_key(|&frame| {
                match (stack.patch(frame, at, grid.patch()), reference.patch(0, at, grid.patch())) {
                    (Some(Patch::U8(a)), Some(Patch::U8(b))) => distance(a, b),
                    (Some(Patch::U16(a)), Some(Patch::U16(b))) => distance(a, b),
                    _ => panic!("places lie inside"),
                }
            })
        };
        places.map(|at| best(at).unwrap() as u32).collect()
    }

    const WIDTH: usize = 14;
    const HEIGHT: usize = 17;

    proptest! {
        /// There are few values, so that ties are frequent.
        #[test]
        fn agrees_with_comparing_patches(
            samples in prop::collection::vec(0_u16..3, WIDTH * HEIGHT * 6),
            patch in 1_usize..6,
            scale in prop_oneof![Just(1_u16), Just(21845)],
        ) {
            let grid = Grid::new(WIDTH, HEIGHT, patch, patch.div_ceil(2)).unwrap();
            let rows = 1..grid.rows() - 1;
            let band = grid.ys()[rows.start]..grid.ys()[rows.end - 1] + patch;
            let wide: Vec<u16> = samples.iter().map(|s| s * scale).collect();
            let (reference, frames) = wide.split_at(WIDTH * HEIGHT);
            let cut = |frames: &[u16]| -> Vec<u16> {
                let bands = frames.chunks(WIDTH * HEIGHT).flat_map(|f| &f[band.start * WIDTH..band.end * WIDTH]);
                bands.copied().collect()
            };
            let picture = |samples| Frame { width: WIDTH, height: HEIGHT, channels: Channels::Luma, samples };
            let stack = |frames: &[u16], samples| Stack::new(frames.len() / WIDTH / HEIGHT, WIDTH, band.start, band.len(), samples).unwrap();
            let (near, far) = (stack(reference, StackSamples::U16(cut(reference))), stack(frames, StackSamples::U16(cut(frames))));
            let got = nearest(&picture(Samples::U16(reference.to_vec())), &far, &grid, rows.clone()).unwrap();
            prop_assert_eq!(got, plain(&near, &far, &grid, rows.clone()));
            let narrow = |samples: Vec<u16>| -> Vec<u8> { samples.into_iter().map(|s| (s / scale) as u8).collect() };
            let (near, far) = (
                stack(reference, StackSamples::U8(narrow(cut(reference)))),
                stack(frames, StackSamples::U8(narrow(cut(frames)))),
            );
            let got = nearest(&picture(Samples::U8(narrow(reference.to_vec()))), &far, &grid, rows.clone()).unwrap();
            prop_assert_eq!(got, plain(&near, &far, &grid, rows));
        }
    }

    #[test]
    fn places_and_pictures_must_fit() {
        let stack = Stack::new(2, 8, 2, 4, StackSamples::U8(vec![0; 64])).unwrap();
        let grid = Grid::new(8, 8, 4, 2).unwrap();
        let mut reference =
            Frame { width: 8, height: 8, channels: Channels::Luma, samples: Samples::U8(vec![0; 64]) };
        assert_eq!(nearest(&reference, &stack, &grid, 1..2), Ok(vec![0; 3]));
        for rows in [0..1, 1..3, 2..9] {
            let error = BaselineError::Band { rows: (rows.start, rows.end), band: (2, 6) };
            assert_eq!(nearest(&reference, &stack, &grid, rows), Err(error));
        }
        reference.samples = Samples::U16(vec![0; 64]);
        assert!(matches!(nearest(&reference, &stack, &grid, 1..2), Err(BaselineError::Kind { .. })));
    }
}

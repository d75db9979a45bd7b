//! The grid of places: every pixel is covered, to the last row and column.

use std::ops::Range;

use super::distance::{SharedDistances, Volume, Voxels, WindowError, Windows};
use crate::clip::{Stack, StackSamples};

/// Places of `patch` x `patch` pixels over a frame, `step` pixels apart. The last column and row
/// of places are flush with the right and bottom edge, so they may overlap their neighbors more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    patch: usize,
    xs: Vec<usize>,
    ys: Vec<usize>,
}

/// Why patches do not cover the frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GridError {
    /// Patches of no pixels.
    #[error("the patch size must be at least 1 pixel")]
    EmptyPatch,
    /// The step leaves pixels uncovered, or is zero.
    #[error(
        "a step of {step} pixels does not fit patches of {patch}: it must be from 1 to {patch}, or pixels between places stay uncovered"
    )]
    Step {
        /// The step given.
        step: usize,
        /// Side of the patches in pixels.
        patch: usize,
    },
    /// A patch is larger than a frame.
    #[error("patches of {patch} pixels do not fit into frames of {width}x{height}")]
    PatchLargerThanFrame {
        /// Side of the patches in pixels.
        patch: usize,
        /// Width in pixels.
        width: usize,
        /// Height in pixels.
        height: usize,
    },
}

impl Grid {
    /// `step` is from 1 to `patch`.
    pub fn new(width: usize, height: usize, patch: usize, step: usize) -> Result<Grid, GridError> {
        if patch == 0 {
            return Err(GridError::EmptyPatch);
        }
        if step == 0 || step > patch {
            return Err(GridError::Step { step, patch });
        }
        if patch > width || patch > height {
            return Err(GridError::PatchLargerThanFrame { patch, width, height });
        }
        let starts = |length: usize| -> Vec<usize> {
            let last = length - patch;
            (0..last).step_by(step).chain([last]).collect()
        };
        Ok(Grid { patch, xs: starts(width), ys: starts(height) })
    }

    /// Side of a patch in pixels.
    #[must_use]
    pub fn patch(&self) -> usize {
        self.patch
    }

    /// Left edges of the columns of places, ascending.
    #[must_use]
    pub fn xs(&self) -> &[usize] {
        &self.xs
    }

    /// Top edges of the rows of places, ascending.
    #[must_use]
    pub fn ys(&self) -> &[usize] {
        &self.ys
    }

    /// Places side by side.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.xs.len()
    }

    /// Places one below the other.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.ys.len()
    }

    /// Number of places; place `row * columns + column` has its top left pixel at
    /// `(xs[column], ys[row])`.
    #[must_use]
    pub fn len(&self) -> usize {
        self.columns() * self.rows()
    }

    /// Never: a grid has at least one place.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        false
    }

    /// Distances between the frames' patches at the places of these rows of the grid, which lies over
    /// whole frames of which `stack` is a band. Row 0 of the result is row `rows.start` of the grid. Fails
    /// when there is no such row or a patch leaves the band, or is too large.
    pub fn distances<'a>(
        &self,
        stack: &'a Stack,
        rows: Range<usize>,
        level: bool,
    ) -> Result<SharedDistances<'a>, WindowError> {
        let (side, width, band) = (self.patch, stack.width(), stack.rows());
        let tops = self.ys.get(rows).unwrap_or_default();
        let tops: Option<Vec<usize>> = tops.iter().map(|y| y.checked_sub(band.start)).collect();
        // A place above the band.
        let tops = tops.ok_or(WindowError::Outside { x: 0, y: 0, side, width, height: band.len() })?;
        let voxels = match stack.samples() {
            StackSamples::U8(v) => Voxels::U8(v),
            StackSamples::U16(v) => Voxels::U16(v),
        };
        let volume = Volume::new(stack.frames(), width, band.len(), voxels)?;
        SharedDistances::new(volume, Windows::new(side, self.xs.clone(), tops)?, level)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clip::StackBuilder;
    use crate::places::distance::reference;
    use crate::video::{Depth, Samples};
    use manifold::distance::SquaredDistances;
    use proptest::prelude::*;

    #[test]
    fn the_last_places_sit_flush() {
        let grid = Grid::new(35, 16, 16, 8).unwrap();
        assert_eq!(grid.xs(), [0, 8, 16, 19]);
        assert_eq!(grid.ys(), [0]);
        assert_eq!((grid.columns(), grid.rows(), grid.len()), (4, 1, 4));
    }

    #[test]
    fn impossible_grids_are_refused() {
        assert_eq!(Grid::new(9, 9, 0, 1), Err(GridError::EmptyPatch));
        assert_eq!(Grid::new(9, 9, 4, 0), Err(GridError::Step { step: 0, patch: 4 }));
        assert_eq!(Grid::new(9, 9, 4, 5), Err(GridError::Step { step: 5, patch: 4 }));
        let error = GridError::PatchLargerThanFrame { patch: 4, width: 9, height: 3 };
        assert_eq!(Grid::new(9, 3, 4, 4), Err(error));
    }

    #[test]
    fn distances_are_those_of_the_grid_places() {
        // Frames of 5x6 whose sample at (x, y) of frame f is 100 f + 10 y + x; rows 1 to 4.
        let mut builder = StackBuilder::new(5, 1..5, Depth::Sixteen);
        for frame in 0..3 {
            let samples = (0..30).map(|at| 100 * frame + 10 * (at / 5) + at % 5).collect();
            builder.push(&Samples::U16(samples)).unwrap();
        }
        let stack = builder.finish().unwrap();
        let grid = Grid::new(5, 6, 2, 2).unwrap(); // rows of places at 0, 2, 4
        let shared = grid.distances(&stack, 1..2, false).unwrap();
        let StackSamples::U16(samples) = stack.samples() else { panic!("16 bits") };
        let volume = Volume::new(3, 5, 4, Voxels::U16(samples)).unwrap();
        let mut expected = SquaredDistances::default();
        let mut columns = 0;
        let visit = |column: usize, row: usize, got: &SquaredDistances| {
            assert_eq!((column, row), (columns, 0));
            columns += 1;
            reference::squared_distances(&volume, (grid.xs()[column], 1), 2, false, &mut expected)?;
            assert_eq!(*got, expected);
            Ok::<_, WindowError>(())
        };
        shared.strip(0..3, 0..1, visit).unwrap();
        assert_eq!(columns, 3);
        for rows in [0..1, 2..3] {
            assert!(matches!(grid.distances(&stack, rows, false), Err(WindowError::Outside { .. })));
        }
        assert_eq!(grid.distances(&stack, 1..9, false).err(), Some(WindowError::Order { index: 0 }));
    }

    proptest! {
        #[test]
        fn every_pixel_is_covered(patch in 1_usize..30, step in 1_usize..30, more in (0_usize..90, 0_usize..90)) {
            let (step, width, height) = (step.min(patch), patch + more.0, patch + more.1);
            let grid = Grid::new(width, height, patch, step).unwrap();
            for (edges, length) in [(grid.xs(), width), (grid.ys(), height)] {
                prop_assert_eq!(edges[0], 0);
                prop_assert_eq!(edges[edges.len() - 1] + patch, length);
                for pair in edges.windows(2) {
                    prop_assert!(pair[0] < pair[1] && pair[1] - pair[0] <= step);
                }
            }
            prop_assert_eq!(grid.len(), grid.xs().len() * grid.ys().len());
        }
    }
}

//! Distances at many overlapping windows with sums shared between them.
//!
//! Formula: |a - b|² = |a|² + |b|² - 2 a·b, and a window's dot product a·b is the sum over the
//! cells it is made of. Along each axis the cells lie between consecutive starts and ends of
//! windows, so that any size, any step and a flush last window are whole runs of cells; each
//! cell's dot products of all pairs are computed once in a strip.
//!
//! Adding up: running sums along a row of cells, and down each column of windows, make every
//! window a difference of two running sums in each direction, however many cells it covers.
//!
//! |a|² is the dot product of a point with itself. For leveled distances one more point, all
//! ones, is carried along: its dot product with a is Σa.
//!
//! Parity: bit-exact with [`reference`](super::reference) for 8- and 16-bit samples, with and
//! without leveling; independent of how windows are split into strips.

pub(super) mod axis;
mod exact;
mod kernel;
mod strip;

use std::ops::Range;

use manifold::distance::SquaredDistances;

use super::{Volume, Voxels, WindowError, Windows};
use axis::Axis;
use kernel::{LANES, tile_entries};
use strip::Strip;

/// Squared distances at all windows over a volume, computed strip by strip. Strips are
/// independent of each other: compute them on as many threads as there are.
#[derive(Clone, Debug)]
pub struct SharedDistances<'a> {
    pub(super) volume: Volume<'a>,
    pub(super) windows: Windows,
    pub(super) level: bool,
}

impl<'a> SharedDistances<'a> {
    /// Each point's own mean is subtracted if `level`. Fails if a window leaves the volume.
    pub fn new(
        volume: Volume<'a>,
        windows: Windows,
        level: bool,
    ) -> Result<SharedDistances<'a>, WindowError> {
        let (xs, ys) = (windows.xs(), windows.ys());
        for (&x, &y) in xs.iter().zip(ys.first().into_iter().cycle()) {
            volume.check(x, y, windows.side())?;
        }
        for (&x, &y) in xs.first().into_iter().cycle().zip(ys) {
            volume.check(x, y, windows.side())?;
        }
        Ok(SharedDistances { volume, windows, level })
    }

    /// The pictures.
    #[must_use]
    pub fn volume(&self) -> &Volume<'a> {
        &self.volume
    }

    /// Whether each point's own mean is subtracted.
    #[must_use]
    pub fn is_level(&self) -> bool {
        self.level
    }

    /// The windows whose pixels are compared.
    #[must_use]
    pub fn windows(&self) -> &Windows {
        &self.windows
    }

    /// Computes the windows of these columns and rows (indices into [`Windows::xs`] and
    /// [`Windows::ys`]) and passes each to `visit` as (column, row, distances), rows from the top,
    /// columns from the left. Stops at the first error of `visit`. Fails when a range reaches
    /// beyond the windows; an empty one is not an error.
    ///
    /// Takes memory for the sums of one strip. Cells on a strip's left and upper border that a
    /// neighboring strip shares are computed twice: 8 to 16 columns and all rows keep that small.
    pub fn strip<E: From<WindowError>>(
        &self,
        columns: Range<usize>,
        rows: Range<usize>,
        visit: impl FnMut(usize, usize, &SquaredDistances) -> Result<(), E>,
    ) -> Result<(), E> {
        let (xs, ys) = (self.windows.xs(), self.windows.ys());
        let (Some(in_xs), Some(in_ys)) = (xs.get(columns.clone()), ys.get(rows.clone())) else {
            return Err(E::from(WindowError::Strip {
                columns: (columns.start, columns.end),
                rows: (rows.start, rows.end),
                of_columns: xs.len(),
                of_rows: ys.len(),
            }));
        };
        if in_xs.is_empty() || in_ys.is_empty() {
            return Ok(());
        }
        let side = self.windows.side();
        let (x, y) = (Axis::new(in_xs, side), Axis::new(in_ys, side));
        let origin = (columns.start, rows.start);
        let level = self.level.then_some(self.windows.pixels());
        match self.volume.voxels() {
            Voxels::U8(samples) => Strip::new(samples, &self.volume, x, y, level).run(origin, visit),
            Voxels::U16(samples) => Strip::new(samples, &self.volume, x, y, level).run(origin, visit),
        }
    }
}

/// Bytes that [`SharedDistances::strip`] holds for `points` points and any `width` columns of
/// `windows`, whatever the rows; `sixteen`: samples have 16 bits. An upper bound, exact but for
/// the flush last column and row.
#[must_use]
pub(in crate::places) fn strip_bytes(points: usize, sixteen: bool, windows: &Windows, width: usize) -> u64 {
    let (x, y) = (Axis::new(windows.xs(), windows.side()), Axis::new(windows.ys(), windows.side()));
    let blocks = (points + 1).div_ceil(LANES);
    let sum_bytes: usize = if sixteen { 8 } else { 4 };
    let width = width.min(windows.xs().len());
    let along = x.longest_run() + 1;
    let down = (y.longest_run() + 1) * width;
    let sums = (along + down) as u64 * (tile_entries(blocks) * sum_bytes) as u64;
    let panel = blocks * LANES * axis::CELL * axis::CELL * sum_bytes;
    let matrix = (points as u64).pow(2) * 8;
    let norms = (blocks * LANES * 16) as u64;
    sums + panel as u64 + matrix + norms
}

#[cfg(test)]
mod tests;

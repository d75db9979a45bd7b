//! One strip of windows, from its first row of cells to its last.

use super::axis::Axis;
use super::exact::{Real, Sample, Sum};
use super::kernel::{self, Cell, LANES, Norms, tile_entries};
use manifold::distance::SquaredDistances;

use crate::places::distance::Volume;

type SumOf<S> = <<S as Sample>::Real as Real>::Sum;

/// The buffers of a strip; nothing is allocated per cell or window.
pub(super) struct Strip<'a, S: Sample> {
    samples: &'a [S],
    /// Width and height of a picture.
    size: (usize, usize),
    x: Axis,
    y: Axis,
    panel: Vec<[S::Real; LANES]>,
    blocks: usize,
    /// Running sums along the present row of cells, one per cut.
    along: Ring<SumOf<S>>,
    /// Running sums down each column of windows, one per cut and column.
    down: Vec<Ring<SumOf<S>>>,
    norms: Norms,
    distances: SquaredDistances,
}

impl<'a, S: Sample> Strip<'a, S> {
    /// `level`: pixels of a window if each point's mean is to be taken out.
    pub(super) fn new(samples: &'a [S], volume: &Volume<'_>, x: Axis, y: Axis, level: Option<usize>) -> Self {
        let points = volume.points();
        let blocks = (points + usize::from(level.is_some())).div_ceil(LANES);
        let longest = |axis: &Axis| axis.cuts.windows(2).map(|cut| cut[1] - cut[0]).max().unwrap_or(0);
        let entries = tile_entries(blocks);
        Strip {
            samples,
            size: (volume.width(), volume.height()),
            panel: vec![[S::Real::default(); LANES]; blocks * longest(&x) * longest(&y)],
            blocks,
            along: Ring::new(x.longest_run() + 1, entries),
            down: x.runs.iter().map(|_| Ring::new(y.longest_run() + 1, entries)).collect(),
            norms: Norms {
                points,
                squares: vec![[0; LANES]; points.div_ceil(LANES)],
                level: level.map(|pixels| (vec![[0; LANES]; points.div_ceil(LANES)], pixels as i64)),
            },
            distances: SquaredDistances::new(points),
            x,
            y,
        }
    }

    /// Bytes of all buffers.
    #[cfg(test)]
    pub(crate) fn bytes(&self) -> usize {
        let down: usize = self.down.iter().map(|ring| size_of_val(&ring.sums[..])).sum();
        let norms = size_of_val(&self.norms.squares[..])
            + self.norms.level.as_ref().map_or(0, |(sums, _)| size_of_val(&sums[..]));
        let matrix = size_of_val(self.distances.values());
        size_of_val(&self.panel[..]) + size_of_val(&self.along.sums[..]) + down + norms + matrix
    }

    /// Visits every window; `origin` is the number of the strip's first column and row.
    pub(super) fn run<E>(
        mut self,
        origin: (usize, usize),
        mut visit: impl FnMut(usize, usize, &SquaredDistances) -> Result<(), E>,
    ) -> Result<(), E> {
        for cell_row in 0..self.y.cells() {
            let finished_row = self.y.ending_with(cell_row);
            for cell_column in 0..self.x.cells() {
                self.add_cell(cell_column, cell_row);
                let Some(column) = self.x.ending_with(cell_column) else { continue };
                self.add_row_of_cells(column, cell_row);
                let Some(row) = finished_row else { continue };
                self.measure(column, row);
                visit(origin.0 + column, origin.1 + row, &self.distances)?;
            }
        }
        Ok(())
    }

    /// Continues the running sums along the row by one cell.
    fn add_cell(&mut self, column: usize, row: usize) {
        let cell = Cell {
            x: (self.x.cuts[column], self.x.cuts[column + 1]),
            y: (self.y.cuts[row], self.y.cuts[row + 1]),
        };
        let panel = &mut self.panel[..self.blocks * cell.pixels()];
        if self.norms.level.is_some() {
            let (block, lane) = (self.norms.points / LANES, self.norms.points % LANES);
            for pixel in &mut panel[block * cell.pixels()..][..cell.pixels()] {
                *pixel = [S::Real::default(); LANES];
                pixel[lane] = S::Real::ONE;
            }
        }
        kernel::gather(self.samples, self.size, cell, panel);
        let (before, after) = self.along.step(column);
        if column == 0 {
            before.fill(Default::default());
        }
        kernel::add_dots(panel, cell.pixels(), before, after);
    }

    /// Continues the running sums down a column of windows by its run in the present row.
    fn add_row_of_cells(&mut self, column: usize, row: usize) {
        let run = self.x.runs[column];
        let (above, below) = self.down[column].step(row);
        kernel::add_run(self.along.at(run.start), self.along.at(run.end), above, below);
    }

    /// Distances of the window that the running sums have just completed.
    fn measure(&mut self, column: usize, row: usize) {
        let run = self.y.runs[row];
        let (above, below) = (self.down[column].at(run.start), self.down[column].at(run.end));
        let points = self.norms.points;
        let dot = |i: usize, j: usize| {
            let at = kernel::entry(self.blocks, i, j);
            (below[at] - above[at]).wide()
        };
        for (i, square) in self.norms.squares.as_flattened_mut()[..points].iter_mut().enumerate() {
            *square = dot(i, i);
        }
        let mut divisor = 1;
        if let Some((sums, pixels)) = &mut self.norms.level {
            divisor = *pixels as u64;
            for (i, sum) in sums.as_flattened_mut()[..points].iter_mut().enumerate() {
                *sum = dot(i, points);
            }
        }
        let out = self.distances.reset(points, divisor);
        kernel::write_matrix(above, below, self.blocks, &self.norms, out);
    }
}

/// The last few of a sequence of running sums; those at cut 0 are zero at first.
struct Ring<T> {
    slots: usize,
    entries: usize,
    sums: Vec<T>,
}

impl<T: Sum> Ring<T> {
    fn new(slots: usize, entries: usize) -> Ring<T> {
        Ring { slots, entries, sums: vec![T::default(); slots * entries] }
    }

    /// Sums up to `cut`, one of the last `slots`.
    fn at(&self, cut: usize) -> &[T] {
        &self.sums[cut % self.slots * self.entries..][..self.entries]
    }

    /// Sums up to `cut`, and the room for those up to the next. `slots` is at least 2.
    fn step(&mut self, cut: usize) -> (&mut [T], &mut [T]) {
        let (now, next) = (cut % self.slots, (cut + 1) % self.slots);
        let (low, high) = self.sums.split_at_mut(now.max(next) * self.entries);
        let low = &mut low[now.min(next) * self.entries..][..self.entries];
        let high = &mut high[..self.entries];
        if now < next { (low, high) } else { (high, low) }
    }
}

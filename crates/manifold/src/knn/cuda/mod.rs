//! Exact search on the GPU: lower bounds of all distances in 32 bits, a shortlist for each query, its
//! distances in 64 bits, and a proof that nothing else belongs to the list. Rows without a proof are
//! done again by the CPU. The bound is stated and derived in `cuda/knn.cu`.
//!
//! Parity: the lists equal [`reference`](super::reference())'s bit for bit.

mod kernels;
mod plan;

use std::ops::Range;

use super::{KnnError, NeighborLists, exact};
use crate::device::cuda::Batches;
use crate::device::{Device, Gpu, GpuError};
use crate::points::Points;
use crate::progress::{Counter, Stage};

use kernels::{Found, Part, Room, Rows, Searcher};
use plan::{MOST_QUERIES, Plan, Sizes};

/// Entries of a shortlist beyond k: points about as near as the k-th, by the 32-bit bound. Several
/// times what rounding can confuse in hundreds of dimensions, and cheap.
const MARGIN: usize = 32;

/// Rows whose mean all rows are shifted by. Any shift is correct; one near the mean keeps the bound tight.
const SAMPLE: usize = 4096;

/// Numbers that a step of the products takes of a row.
const STEP: usize = 8;

/// A search: its points, where they are, and how it is divided.
struct Search<'a> {
    points: &'a Points,
    queries: Option<&'a Points>,
    searcher: Searcher<'a>,
    plan: Plan,
    /// All points, if they fit.
    resident: Option<Rows>,
    counter: &'a Counter<'a>,
}

/// The `k` nearest of each of the `queries`, or of each point among the others.
pub(super) fn search(
    device: &Device,
    gpu: &Gpu,
    points: &Points,
    queries: Option<&Points>,
    k: usize,
    counter: &Counter,
) -> Result<NeighborLists, KnnError> {
    let d = points.dimensions();
    let width = d.next_multiple_of(STEP);
    let sizes =
        Sizes { points: points.n(), dimensions: d, width, k, most: k + MARGIN, own: queries.is_none() };
    let items = queries.unwrap_or(points).n();
    let plan = sizes.plan(gpu.limit());
    let batches = Batches {
        what: Stage::NEIGHBOR_SEARCH.name(),
        items,
        fixed: plan.fixed,
        each: plan.each,
        most: MOST_QUERIES,
    };
    if plan.fixed + plan.each > gpu.limit() {
        let needed = plan.fixed + plan.each;
        return Err(
            GpuError::Memory { what: Stage::NEIGHBOR_SEARCH.name(), needed, limit: gpu.limit() }.into()
        );
    }
    let searcher = Searcher::new(gpu, sizes, &mean(points))?;
    let resident = match plan.block == points.n() {
        true => Some(searcher.upload(points.values(), 0)?),
        false => None,
    };
    let search = Search { points, queries, searcher, plan, resident, counter };
    let (mut indices, mut distances) = (vec![0; items * k], vec![0.0; items * k]);
    let (mut unproven, mut room) = (Vec::new(), None);
    let halved = gpu.in_batches(batches, |range| {
        counter.check()?;
        let room = enough(&mut room, gpu, &sizes, range.len(), plan.columns)?;
        let found = search.batch(range.clone(), room)?;
        let open =
            range.clone().zip(&found.proven).filter(|&(_, &proven)| !proven).map(|(row, _)| row as u32);
        let before = unproven.len();
        unproven.extend(open);
        indices[range.start * k..range.end * k].copy_from_slice(&found.indices);
        distances[range.start * k..range.end * k].copy_from_slice(&found.distances);
        counter.add(range.len() + before - unproven.len()).map_err(KnnError::from)
    })?;
    if let Some(shortest) = halved {
        device.note(
            Stage::NEIGHBOR_SEARCH,
            gpu,
            format!("memory ran out: batches were cut down to {shortest} points"),
        );
    }
    if !unproven.is_empty() {
        let lists = exact::rows(points, queries, &unproven, k, counter)?;
        replace(&mut indices, &mut distances, &unproven, &lists);
        let what = format!(
            "{} of {items} lists were too close to call in 32 bits: the CPU made them",
            unproven.len()
        );
        device.note(Stage::NEIGHBOR_SEARCH, gpu, what);
    }
    Ok(NeighborLists::new(k, indices, distances))
}

/// Puts these lists in the places of `rows`.
fn replace(indices: &mut [u32], distances: &mut [f32], rows: &[u32], lists: &NeighborLists) {
    let k = lists.k();
    for (at, &row) in rows.iter().enumerate() {
        indices[row as usize * k..][..k].copy_from_slice(lists.indices(at));
        distances[row as usize * k..][..k].copy_from_slice(lists.distances(at));
    }
}

/// The room of the last batch, or a new one if that is too small.
fn enough<'r>(
    room: &'r mut Option<Room>,
    gpu: &Gpu,
    sizes: &Sizes,
    queries: usize,
    columns: usize,
) -> Result<&'r mut Room, GpuError> {
    if room.as_ref().is_none_or(|room| room.queries < queries) {
        *room = None;
    }
    match room {
        Some(room) => Ok(room),
        none => Ok(none.insert(Room::new(gpu, sizes, queries, columns)?)),
    }
}

impl Search<'_> {
    /// The lists of some queries.
    fn batch(&self, range: Range<usize>, room: &mut Room) -> Result<Found, KnnError> {
        let uploaded;
        let queries = match (&self.resident, self.queries) {
            (Some(rows), None) => self.searcher.part(rows, range),
            (_, queries) => {
                let d = self.points.dimensions();
                let values = &queries.unwrap_or(self.points).values()[range.start * d..range.end * d];
                uploaded = self.searcher.upload(values, range.start)?;
                self.searcher.part(&uploaded, 0..range.len())
            }
        };
        self.for_blocks(|points, count| {
            for start in (0..count).step_by(self.plan.columns) {
                let end = (start + self.plan.columns).min(count);
                self.searcher.shortlist(&queries, &self.searcher.part(points, start..end), room)?;
            }
            Ok(())
        })?;
        self.for_blocks(|points, count| {
            let all: Part = self.searcher.part(points, 0..count);
            self.searcher.measure(&queries, &all, room)
        })?;
        Ok(self.searcher.rank(&queries, room)?)
    }

    /// Calls `each` with one block of points after the other, and how many it holds.
    fn for_blocks(&self, mut each: impl FnMut(&Rows, usize) -> Result<(), GpuError>) -> Result<(), KnnError> {
        if let Some(rows) = &self.resident {
            return Ok(each(rows, self.points.n())?);
        }
        let d = self.points.dimensions();
        for (block, values) in self.points.values().chunks(self.plan.block * d).enumerate() {
            self.counter.check()?;
            let rows = self.searcher.upload(values, block * self.plan.block)?;
            each(&rows, values.len() / d)?;
        }
        Ok(())
    }
}

/// The mean of rows spread evenly over all.
fn mean(points: &Points) -> Vec<f64> {
    let n = points.n();
    let rows = n.min(SAMPLE);
    let mut mean = vec![0.0; points.dimensions()];
    for row in 0..rows {
        let row = points.row((row as u64 * n as u64 / rows as u64) as usize);
        mean.iter_mut().zip(row).for_each(|(mean, &x)| *mean += f64::from(x) / rows as f64);
    }
    mean
}

//! The kernels of `cuda/knn.cu`, and what they work on.

use std::ops::Range;
use std::sync::Arc;

use cudarc::driver::{CudaFunction, CudaSlice, CudaStream, CudaView, PushKernelArg};

use super::plan::{Sizes, TILE};
use crate::device::GpuError;
use crate::device::cuda::{Gpu, Kernels, at, grid};

const KERNELS: Kernels =
    Kernels { base: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/ptx/knn.ptx")), ampere: None };

/// Warps of a block, but where `knn_select` needs their shared memory.
const WARPS: usize = 4;

/// Bytes of shared memory that a block may use on every card without opting in.
const SHARED: usize = 48 << 10;

/// Unit roundoff of 32-bit floats.
const ROUNDOFF: f64 = f32::EPSILON as f64 / 2.0;

/// Some rows on the GPU: as given, centered, and their weights.
pub(crate) struct Rows {
    first: usize,
    values: CudaSlice<f32>,
    centered: CudaSlice<f32>,
    weights: CudaSlice<f32>,
}

/// Some of them.
pub(crate) struct Part<'a> {
    first: usize,
    count: usize,
    values: CudaView<'a, f32>,
    centered: CudaView<'a, f32>,
    weights: CudaView<'a, f32>,
}

/// What a batch of up to `queries` queries writes.
pub(crate) struct Room {
    pub queries: usize,
    columns: usize,
    keys: CudaSlice<f32>,
    lists: CudaSlice<u64>,
    squares: CudaSlice<f64>,
    indices: CudaSlice<u32>,
    distances: CudaSlice<f32>,
    proven: CudaSlice<u32>,
}

/// What a batch found: k entries of each query, and whether they are proven.
pub(crate) struct Found {
    pub indices: Vec<u32>,
    pub distances: Vec<f32>,
    pub proven: Vec<bool>,
}

/// The kernels, for searches of one kind.
pub(crate) struct Searcher<'a> {
    gpu: &'a Gpu,
    sizes: Sizes,
    mean: CudaSlice<f64>,
    center: CudaFunction,
    keys: CudaFunction,
    select: CudaFunction,
    measure: CudaFunction,
    rank: CudaFunction,
}

impl Room {
    pub(crate) fn new(gpu: &Gpu, sizes: &Sizes, queries: usize, columns: usize) -> Result<Room, GpuError> {
        Ok(Room {
            queries,
            columns,
            keys: gpu.zeros(queries * columns)?,
            lists: gpu.zeros(queries * sizes.most)?,
            squares: gpu.zeros(queries * sizes.most)?,
            indices: gpu.zeros(queries * sizes.k)?,
            distances: gpu.zeros(queries * sizes.k)?,
            proven: gpu.zeros(queries)?,
        })
    }
}

impl<'a> Searcher<'a> {
    pub(crate) fn new(gpu: &'a Gpu, sizes: Sizes, mean: &[f64]) -> Result<Searcher<'a>, GpuError> {
        let function = |name| gpu.function(&KERNELS, name);
        Ok(Searcher {
            gpu,
            sizes,
            mean: gpu.upload(mean)?,
            center: function("knn_center")?,
            keys: function("knn_keys")?,
            select: function("knn_select")?,
            measure: function("knn_measure")?,
            rank: function("knn_rank")?,
        })
    }

    fn stream(&self) -> &Arc<CudaStream> {
        self.gpu.stream()
    }

    /// The rows from `first` on, whose numbers are `values`.
    pub(crate) fn upload(&self, values: &[f32], first: usize) -> Result<Rows, GpuError> {
        let (d, width) = (self.sizes.dimensions, self.sizes.width);
        let count = values.len() / d;
        let values = self.gpu.upload(values)?;
        let mut centered = self.gpu.zeros(count * width)?;
        let mut weights = self.gpu.zeros(count)?;
        let keep = 1.0 - gamma(d + 16);
        let (rows, d, width) = (count as i32, d as i32, width as i32);
        let mut launch = self.stream().launch_builder(&self.center);
        launch.arg(&values).arg(&self.mean).arg(&mut centered).arg(&mut weights);
        launch.arg(&rows).arg(&d).arg(&width).arg(&keep);
        // SAFETY: rows x d values and as many means as columns are read; rows x width and rows are written.
        unsafe { launch.launch(warps(count)) }.map_err(at("centering points"))?;
        Ok(Rows { first, values, centered, weights })
    }

    /// The rows of `range`, counted from the first that is here.
    pub(crate) fn part<'r>(&self, rows: &'r Rows, range: Range<usize>) -> Part<'r> {
        let (d, width) = (self.sizes.dimensions, self.sizes.width);
        Part {
            first: rows.first + range.start,
            count: range.len(),
            values: rows.values.slice(range.start * d..range.end * d),
            centered: rows.centered.slice(range.start * width..range.end * width),
            weights: rows.weights.slice(range),
        }
    }

    /// Adds the nearest of `points` (at most as many as the room has columns) to the shortlists of `queries`.
    pub(crate) fn shortlist(&self, queries: &Part, points: &Part, room: &mut Room) -> Result<(), GpuError> {
        debug_assert!(queries.count <= room.queries && points.count <= room.columns);
        let (rows, columns) = (queries.count as i32, points.count as i32);
        let (width, stride) = (self.sizes.width as i32, room.columns as i32);
        let mut launch = self.stream().launch_builder(&self.keys);
        launch.arg(&queries.centered).arg(&points.centered).arg(&points.weights).arg(&mut room.keys);
        launch.arg(&rows).arg(&columns).arg(&width).arg(&stride);
        let tiles = (queries.count.div_ceil(TILE), points.count.div_ceil(TILE), 1);
        // SAFETY: both parts have rows of `width` numbers, and points have weights; written are `rows` rows of
        // keys, up to the next multiple of the tile behind `columns`, which is not above the stride.
        unsafe { launch.launch(grid(tiles, 256, 0)) }.map_err(at("measuring all pairs"))?;
        let (first, own) = (points.first as i64, if self.sizes.own { queries.first as i64 } else { -1 });
        let most = self.sizes.most as i32;
        // Twice the entries, or the 64 that a warp offers before it sorts.
        let entries = (2 * self.sizes.most).max(self.sizes.most + 64).next_power_of_two();
        let bytes = entries * size_of::<u64>();
        let warps = (SHARED / bytes).clamp(1, WARPS);
        let entries = entries as i32;
        let mut launch = self.stream().launch_builder(&self.select);
        launch.arg(&room.keys).arg(&mut room.lists).arg(&rows).arg(&columns).arg(&stride);
        launch.arg(&first).arg(&own).arg(&most).arg(&entries);
        let blocks = (queries.count.div_ceil(warps), 1, 1);
        // SAFETY: the keys are those just written; the lists have `most` entries for each row; every warp has
        // the shared memory it is given.
        unsafe { launch.launch(grid(blocks, 32 * warps, warps * bytes)) }
            .map_err(at("choosing neighbors"))?;
        Ok(())
    }

    /// Measures those of the shortlists that are among `points`.
    pub(crate) fn measure(&self, queries: &Part, points: &Part, room: &mut Room) -> Result<(), GpuError> {
        let (rows, columns, first) = (queries.count as i32, points.count as i32, points.first as i64);
        let (d, most) = (self.sizes.dimensions as i32, self.sizes.most as i32);
        let mut launch = self.stream().launch_builder(&self.measure);
        launch.arg(&queries.values).arg(&points.values).arg(&room.lists).arg(&mut room.squares);
        launch.arg(&rows).arg(&columns).arg(&first).arg(&d).arg(&most);
        // SAFETY: rows of d numbers, lists and squares of `most`, for `rows` queries; points from `first` on only.
        unsafe { launch.launch(warps(queries.count)) }.map_err(at("measuring neighbors"))?;
        Ok(())
    }

    /// The lists, once all points have been shortlisted and measured.
    pub(crate) fn rank(&self, queries: &Part, room: &mut Room) -> Result<Found, GpuError> {
        let (rows, most, k) = (queries.count as i32, self.sizes.most as i32, self.sizes.k as i32);
        // 2^-147 for what underflows in each dimension.
        let least = (self.sizes.dimensions + 4) as f64 * 2.0f64.powi(-147);
        let mut launch = self.stream().launch_builder(&self.rank);
        launch.arg(&room.lists).arg(&room.squares).arg(&queries.weights);
        launch.arg(&mut room.indices).arg(&mut room.distances).arg(&mut room.proven);
        launch.arg(&rows).arg(&most).arg(&k).arg(&least);
        // SAFETY: lists and squares of `most` are read, k entries and a flag are written, for `rows` queries.
        unsafe { launch.launch(warps(queries.count)) }.map_err(at("ranking neighbors"))?;
        let (count, k) = (queries.count, self.sizes.k);
        let mut indices = self.gpu.download(&room.indices)?;
        let mut distances = self.gpu.download(&room.distances)?;
        indices.truncate(count * k);
        distances.truncate(count * k);
        let proven = self.gpu.download(&room.proven)?[..count].iter().map(|&flag| flag != 0).collect();
        Ok(Found { indices, distances, proven })
    }
}

/// A warp for each of the rows.
fn warps(rows: usize) -> cudarc::driver::LaunchConfig {
    grid((rows.div_ceil(WARPS), 1, 1), 32 * WARPS, 0)
}

/// The relative error of n roundings in 32 bits (Higham, section 3.1).
fn gamma(n: usize) -> f64 {
    let all = n as f64 * ROUNDOFF;
    all / (1.0 - all)
}

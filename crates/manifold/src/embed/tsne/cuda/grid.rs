//! Repulsion, through a grid: `cuda/tsne_grid.cu` and `cuda/tsne_fft.cu`.
//!
//! The grid is as large as the points need and a quarter more along each axis; the kernels lay it around the
//! points anew in each step. Once the points outgrow it they say so and stand still, until [`Grid::lay`]
//! has made a larger one; the spectrum of its kernel comes from the CPU.

use cudarc::driver::{CudaSlice, PushKernelArg};
use rayon::prelude::*;

use super::lines::{places, roots};
use super::{Cloud, THREADS};
use crate::device::GpuError;
use crate::device::cuda::{Gpu, Kernels, at, grid};
use crate::embed::tsne::spline::{MOST, SPACING, TOUCHED, kernel, smooth};
use crate::embed::tsne::tail::Tail;
use crate::progress::Stage;

const GRID: Kernels =
    Kernels { base: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/ptx/tsne_grid.ptx")), ampere: None };
const FFT: Kernels =
    Kernels { base: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/ptx/tsne_fft.ptx")), ampere: None };

/// Nodes along an axis: at least, so that the points' first steps make no new grids, and for each that is needed.
const LEAST: f64 = 64.0;
const ROOM: f64 = 1.25;

/// While a grid has fewer nodes than that, points are spread over several copies of it, up to this many.
const SPREAD_NODES: usize = 1 << 18;
const COPIES: usize = 64;

/// Columns that are transformed together: a sector of the memory holds four numbers. And what fits the shared
/// memory that any GPU has.
const COLUMNS: usize = 4;
const SHARED_NUMBERS: usize = 48 * 1024 / 8;

/// Threads of a point in `tsne_spread`.
const LANES: usize = 8;

/// Low and high of the points, x and y each.
pub(super) type Extent = [f64; 4];

/// The grid and the room for its transforms.
pub(super) struct Grid<T: Tail> {
    tail: T,
    width: f64,
    /// x and y.
    origin: CudaSlice<f64>,
    extent: CudaSlice<f64>,
    plan: Option<Plan>,
}

struct Plan {
    spacing: f64,
    /// Nodes along x and y, and with as many again so that nothing wraps around.
    nodes: [usize; 2],
    padded: [usize; 2],
    copies: usize,
    tile: usize,
    roots: [CudaSlice<f32>; 2],
    places: CudaSlice<u32>,
    kernel: CudaSlice<f32>,
    shares: CudaSlice<u64>,
    spectra: CudaSlice<f32>,
    field: CudaSlice<f32>,
}

/// Sizes of a grid.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Sizes {
    spacing: f64,
    nodes: [usize; 2],
    padded: [usize; 2],
}

impl<T: Tail> Grid<T> {
    /// `width`: of the kernel, in units of the embedding.
    pub(crate) fn new(gpu: &Gpu, tail: T, width: f64) -> Result<Grid<T>, GpuError> {
        Ok(Grid { tail, width, origin: gpu.zeros(2)?, extent: gpu.zeros(4)?, plan: None })
    }

    /// Makes a grid that holds points of this extent; `limit`: bytes that it may take.
    pub(crate) fn lay(&mut self, gpu: &Gpu, extent: Extent, limit: u64) -> Result<(), GpuError> {
        // The last one makes room first.
        self.plan = None;
        let sizes = Sizes::of(extent, self.width);
        if sizes.bytes() > limit {
            let needed = gpu.limit() + sizes.bytes() - limit;
            return Err(GpuError::Memory { what: Stage::TSNE.name(), needed, limit: gpu.limit() });
        }
        self.plan = Some(Plan::new(gpu, sizes, self.tail)?);
        Ok(())
    }

    /// The points' extent when the grid was last laid, once all work is done.
    pub(crate) fn extent(&self, gpu: &Gpu) -> Result<Extent, GpuError> {
        let extent = gpu.download(&self.extent)?;
        Ok(std::array::from_fn(|side| extent[side]))
    }

    /// Writes the repulsion of each point, and Σφ; or sets the first of the cloud's counts if the points have
    /// outgrown the grid.
    pub(crate) fn repel(&mut self, gpu: &Gpu, cloud: &mut Cloud) -> Result<(), GpuError> {
        let Some(plan) = &mut self.plan else { return Ok(()) };
        let lay = gpu.function(&GRID, "tsne_lay")?;
        let [width, height] = plan.nodes.map(|nodes| nodes as i32);
        let parts = cloud.blocks as i32;
        let mut launch = gpu.stream().launch_builder(&lay);
        launch.arg(&cloud.extents).arg(&parts).arg(&plan.spacing).arg(&width).arg(&height);
        launch.arg(&mut self.origin).arg(&mut self.extent).arg(&mut cloud.counts);
        // SAFETY: the arguments are those of the kernel, and `extents` holds four parts of each block.
        unsafe { launch.launch(grid((1, 1, 1), THREADS, 0)) }.map_err(at("laying a grid"))?;
        plan.spread(gpu, &self.origin, cloud)?;
        plan.convolve(gpu, cloud)?;
        plan.gather(gpu, &self.origin, cloud)
    }
}

impl Sizes {
    fn of(extent: Extent, width: f64) -> Sizes {
        let spans = [0, 1].map(|axis| extent[axis + 2] - extent[axis]);
        let mut spacing = SPACING * width;
        // As on the CPU.
        while spans[0].max(spans[1]) / spacing > MOST {
            spacing *= 1.125;
        }
        let around = (TOUCHED + 1) as f64;
        let nodes =
            spans.map(|span| (ROOM * span / spacing + around).ceil().clamp(LEAST, MOST + around) as usize);
        Sizes { spacing, nodes, padded: nodes.map(|nodes| smooth(2 * nodes + 8)) }
    }

    fn half(&self) -> usize {
        self.padded[0] / 2 + 1
    }

    fn copies(&self) -> usize {
        (SPREAD_NODES / (self.nodes[0] * self.nodes[1])).clamp(1, COPIES)
    }

    fn bytes(&self) -> u64 {
        let nodes = self.nodes[0] * self.nodes[1];
        let kernel = 4 * self.half() * self.padded[1];
        let tables = 12 * self.padded[0] + 8 * self.padded[1];
        (8 * nodes * self.copies() + 4 * nodes + 8 * self.half() * self.nodes[1] + kernel + tables) as u64
    }
}

impl Plan {
    fn new<T: Tail>(gpu: &Gpu, sizes: Sizes, tail: T) -> Result<Plan, GpuError> {
        let Sizes { spacing, nodes, padded } = sizes;
        let count = nodes[0] * nodes[1];
        let in_order = kernel(padded, spacing, tail);
        // Each column in the order that the stages leave it in.
        let order = places(padded[1]);
        let mut kernel = vec![0.0; in_order.len()];
        let columns = kernel.par_chunks_mut(padded[1]).zip(in_order.par_chunks(padded[1]));
        columns.for_each(|(kernel, in_order)| {
            order.iter().zip(in_order).for_each(|(&place, &value)| kernel[place as usize] = value);
        });
        Ok(Plan {
            spacing,
            nodes,
            padded,
            copies: sizes.copies(),
            tile: (SHARED_NUMBERS / (padded[1] + 1)).clamp(1, COLUMNS),
            roots: [gpu.upload(&roots(padded[0]))?, gpu.upload(&roots(padded[1]))?],
            places: gpu.upload(&places(padded[0]))?,
            kernel: gpu.upload(&kernel)?,
            shares: gpu.zeros(count * sizes.copies())?,
            spectra: gpu.zeros(2 * sizes.half() * nodes[1])?,
            field: gpu.zeros(count)?,
        })
    }

    fn spread(&mut self, gpu: &Gpu, origin: &CudaSlice<f64>, cloud: &Cloud) -> Result<(), GpuError> {
        let spread = gpu.function(&GRID, "tsne_spread")?;
        let (n, per_node, copies) = (cloud.n as i32, 1.0 / self.spacing, self.copies as i32);
        let [width, height] = self.nodes.map(|nodes| nodes as i32);
        let mut launch = gpu.stream().launch_builder(&spread);
        launch.arg(&cloud.rounded).arg(&n).arg(origin).arg(&per_node).arg(&width).arg(&height);
        launch.arg(&copies).arg(&mut self.shares).arg(&cloud.counts);
        // SAFETY: the arguments are those of the kernel; it keeps what points touch within the grid, of
        // which `shares` holds all copies.
        unsafe { launch.launch(grid((cloud.n.div_ceil(THREADS / LANES), 1, 1), THREADS, 0)) }
            .map_err(at("spreading points"))?;
        Ok(())
    }

    fn convolve(&mut self, gpu: &Gpu, cloud: &Cloud) -> Result<(), GpuError> {
        let forward = gpu.function(&FFT, "tsne_rows_forward")?;
        let columns = gpu.function(&FFT, "tsne_columns")?;
        let back = gpu.function(&FFT, "tsne_rows_back")?;
        let [width, height] = self.nodes.map(|nodes| nodes as i32);
        let [along, down] = self.padded.map(|length| length as i32);
        let (copies, tile) = (self.copies as i32, self.tile as i32);
        let half = self.padded[0] / 2 + 1;
        let columns_of = half as i32;
        let rows = grid((self.nodes[1].div_ceil(2), 1, 1), THREADS, 8 * self.padded[0]);
        let mut launch = gpu.stream().launch_builder(&forward);
        launch.arg(&mut self.shares).arg(&copies).arg(&width).arg(&height).arg(&along);
        launch.arg(&self.roots[0]).arg(&self.places).arg(&mut self.spectra).arg(&cloud.counts);
        // SAFETY: the arguments are those of the kernel; a block has two rows, and one line in shared memory.
        unsafe { launch.launch(rows) }.map_err(at("transforming rows"))?;
        let mut launch = gpu.stream().launch_builder(&columns);
        launch.arg(&mut self.spectra).arg(&columns_of).arg(&height).arg(&down).arg(&tile);
        launch.arg(&self.roots[1]).arg(&self.kernel).arg(&cloud.counts);
        let shared = 8 * self.tile * (self.padded[1] + 1);
        // SAFETY: likewise; a block has `tile` columns in shared memory.
        unsafe { launch.launch(grid((half.div_ceil(self.tile), 1, 1), THREADS, shared)) }
            .map_err(at("transforming columns"))?;
        let mut launch = gpu.stream().launch_builder(&back);
        launch.arg(&self.spectra).arg(&width).arg(&height).arg(&along);
        launch.arg(&self.roots[0]).arg(&self.places).arg(&mut self.field).arg(&cloud.counts);
        // SAFETY: as for the rows forward.
        unsafe { launch.launch(rows) }.map_err(at("transforming rows"))?;
        Ok(())
    }

    fn gather(&self, gpu: &Gpu, origin: &CudaSlice<f64>, cloud: &mut Cloud) -> Result<(), GpuError> {
        let gather = gpu.function(&GRID, "tsne_gather")?;
        let (n, per_node) = (cloud.n as i32, 1.0 / self.spacing);
        let [width, height] = self.nodes.map(|nodes| nodes as i32);
        let mut launch = gpu.stream().launch_builder(&gather);
        launch.arg(&cloud.rounded).arg(&n).arg(origin).arg(&per_node).arg(&width).arg(&height);
        launch.arg(&self.field).arg(&mut cloud.repulsion).arg(&mut cloud.potentials).arg(&cloud.counts);
        // SAFETY: the arguments are those of the kernel; it reads within the grid, and `potentials` holds
        // one number for each block.
        unsafe { launch.launch(grid((cloud.blocks, 1, 1), THREADS, 0)) }.map_err(at("reading the field"))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grids_hold_what_they_are_made_for() {
        for span in [0.0, 1e-4, 3.0, 90.0, 700.0, 750.0, 2000.0, 1e6] {
            let sizes = Sizes::of([-span, 0.0, 0.0, 0.3 * span], 1.0);
            let needed = (span / sizes.spacing).ceil() as usize + TOUCHED + 1;
            assert!(sizes.nodes[0] >= needed, "{span}: {sizes:?}");
            assert!(sizes.nodes[0] as f64 <= MOST + 7.0 && sizes.padded[0] >= 2 * sizes.nodes[0]);
            // A line fits the shared memory.
            assert!(sizes.padded[0] < SHARED_NUMBERS, "{span}: {sizes:?}");
        }
    }
}

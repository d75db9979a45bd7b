//! Repulsion, pair by pair: `cuda/tsne_repel.cu`.

use cudarc::driver::{CudaSlice, PushKernelArg};

use super::{Cloud, THREADS, Tails};
use crate::device::GpuError;
use crate::device::cuda::{Gpu, Kernels, at, grid};

const KERNELS: Kernels =
    Kernels { base: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/ptx/tsne_repel.ptx")), ampere: None };

/// Points of a tile and of a block, as in the kernels.
const TILE: usize = 128;

/// Blocks that keep a large GPU busy: eight for each of 132 multiprocessors. Few points meet the others in
/// several runs for that, whose number depends on nothing but theirs.
const BLOCKS: usize = 1056;

/// Room for the sums of each run.
pub(super) struct Pairs {
    runs: usize,
    /// Of a run.
    tiles: usize,
    parts: CudaSlice<f32>,
}

impl Pairs {
    /// Bytes of device memory for `n` points.
    pub(crate) fn bytes(n: usize, dimensions: usize) -> u64 {
        4 * floats(n, dimensions)
    }

    pub(crate) fn new(gpu: &Gpu, n: usize, dimensions: usize) -> Result<Pairs, GpuError> {
        let (runs, tiles) = runs(n);
        Ok(Pairs { runs, tiles, parts: gpu.zeros(floats(n, dimensions) as usize)? })
    }

    /// Writes the repulsion of each point, and Σφ.
    pub(crate) fn repel(&mut self, gpu: &Gpu, tails: &Tails, cloud: &mut Cloud) -> Result<(), GpuError> {
        let names = ["tsne_repel_1d", "tsne_repel_2d", "tsne_repel_3d"];
        let repel = gpu.function(&KERNELS, names[cloud.dimensions - 1])?;
        let sum = gpu.function(&KERNELS, "tsne_repel_sum")?;
        let (dimensions, n) = (cloud.dimensions as i32, cloud.n as i32);
        let (runs, tiles) = (self.runs as i32, self.tiles as i32);
        let mut launch = gpu.stream().launch_builder(&repel);
        launch.arg(&cloud.rounded).arg(&n).arg(&tails.number).arg(&tails.inverse_nu).arg(&tails.power);
        launch.arg(&tiles).arg(&mut self.parts);
        // SAFETY: the arguments are those of the kernel; runs of `tiles` tiles cover all points, and
        // `parts` holds as many floats as `floats` counts.
        unsafe { launch.launch(grid((cloud.n.div_ceil(TILE), self.runs, 1), TILE, 0)) }
            .map_err(at("repelling pairs"))?;
        let mut launch = gpu.stream().launch_builder(&sum);
        launch.arg(&self.parts).arg(&dimensions).arg(&n).arg(&runs).arg(&tails.factor);
        launch.arg(&mut cloud.repulsion).arg(&mut cloud.potentials);
        // SAFETY: likewise; `potentials` holds one number for each block.
        unsafe { launch.launch(grid((cloud.blocks, 1, 1), THREADS, 0)) }.map_err(at("repelling pairs"))?;
        Ok(())
    }
}

/// Runs of tiles, and tiles of each.
fn runs(n: usize) -> (usize, usize) {
    let tiles = n.div_ceil(TILE);
    let each = tiles.div_ceil((BLOCKS / tiles).clamp(1, tiles));
    (tiles.div_ceil(each), each)
}

fn floats(n: usize, dimensions: usize) -> u64 {
    (runs(n).0 * (dimensions + 1)) as u64 * n as u64
}

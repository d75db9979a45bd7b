//! The descent on a GPU.
//!
//! Positions, velocities, gains and affinities stay there; so do the sums of a step, which are always added in
//! the same order: the same start ends at the same bits. This side queues steps, and looks at them when a
//! report is due or the points have outgrown their grid ([`grid`]). The kernels are `cuda/tsne*.cu`.

mod grid;
mod lines;
mod pairs;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use cudarc::driver::{CudaSlice, PushKernelArg};

use self::grid::Grid;
use self::pairs::Pairs;
use super::affinity::Affinities;
use super::descent::{Descend, Pace, Setting};
use super::tail::Tail;
use crate::device::GpuError;
use crate::device::cuda::{Gpu, Kernels, at, grid as blocks_of};
use crate::progress::Stage;

const KERNELS: Kernels =
    Kernels { base: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/ptx/tsne.ptx")), ampere: None };

/// Threads of a block of all kernels but that of pairs.
const THREADS: usize = 256;

/// Blocks of kernels that leave a part of a sum each: more are not needed to keep a large GPU busy, and all
/// parts are added up by each block of the next kernel.
const BLOCKS: usize = 512;

/// Steps in the queue before it is seen whether the points have outgrown their grid: those after are lost.
const QUEUED: usize = 32;

/// A tail as the kernels take it.
struct Tails {
    number: i32,
    nu: f64,
    inverse_nu: f32,
    /// (ν + 1)/2.
    power: f32,
    /// (ν + 1)/ν.
    factor: f32,
}

/// The points: what repulsion reads and writes.
struct Cloud {
    n: usize,
    dimensions: usize,
    blocks: usize,
    /// Positions in 32 bits; 1, 2 or 4 floats a point, as `repulsion`.
    rounded: CudaSlice<f32>,
    repulsion: CudaSlice<f32>,
    /// Sums of φ, one a block.
    potentials: CudaSlice<f64>,
    /// Least x, y, −x, −y, one of each a block.
    extents: CudaSlice<f32>,
    /// Whether the points have outgrown their grid, and the steps done.
    counts: CudaSlice<u32>,
}

struct Rows {
    starts: CudaSlice<u64>,
    columns: CudaSlice<u32>,
    values: CudaSlice<f32>,
    negative_entropy: f64,
}

enum Repulsion<T: Tail> {
    Pairs(Pairs),
    Grid(Box<Grid<T>>),
}

/// A descent on a GPU.
pub(super) struct GpuDescent<T: Tail> {
    gpu: Arc<Gpu>,
    tails: Tails,
    p: Rows,
    cloud: Cloud,
    repulsion: Repulsion<T>,
    y: CudaSlice<f64>,
    velocity: CudaSlice<f32>,
    gain: CudaSlice<f32>,
    attraction: CudaSlice<f32>,
    /// Of the positions, one a block for each axis.
    sums: CudaSlice<f64>,
    /// Bytes of all but the grid.
    fixed: u64,
}

impl<T: Tail> GpuDescent<T> {
    /// `start`: points of this many dimensions. `by_grid`: repulsion is interpolated, in the plane.
    pub(crate) fn new(
        gpu: Arc<Gpu>,
        p: &Affinities,
        setting: Setting<T>,
        start: &[f64],
        dimensions: usize,
        by_grid: bool,
    ) -> Result<Self, GpuError> {
        let (n, stride) = (p.n(), stride(dimensions));
        let pairs = if by_grid { 0 } else { Pairs::bytes(n, dimensions) };
        let of_points = n * (16 * dimensions + 12 * stride);
        let sums = BLOCKS * (4 * 8 + 4 * 4);
        let fixed = (8 * (n + 1) + 8 * p.values.len() + of_points + sums) as u64 + pairs;
        // Points are counted in 31 bits.
        if fixed > gpu.limit() || n > i32::MAX as usize {
            return Err(GpuError::Memory { what: Stage::TSNE.name(), needed: fixed, limit: gpu.limit() });
        }
        let blocks = n.div_ceil(THREADS).min(BLOCKS);
        let starts: Vec<u64> = p.starts.iter().map(|&start| start as u64).collect();
        let rows = Rows {
            starts: gpu.upload(&starts)?,
            columns: gpu.upload(&p.columns)?,
            values: gpu.upload(&p.values)?,
            negative_entropy: p.negative_entropy(),
        };
        let cloud = Cloud {
            n,
            dimensions,
            blocks,
            rounded: gpu.zeros(n * stride)?,
            repulsion: gpu.zeros(n * stride)?,
            potentials: gpu.zeros(blocks)?,
            extents: gpu.zeros(4 * blocks)?,
            counts: gpu.zeros(2)?,
        };
        let repulsion = match by_grid {
            true => Repulsion::Grid(Box::new(Grid::new(&gpu, setting.tail, setting.width())?)),
            false => Repulsion::Pairs(Pairs::new(&gpu, n, dimensions)?),
        };
        let mut descent = GpuDescent {
            tails: Tails::new(setting.nu, setting.tail.factor()),
            p: rows,
            cloud,
            repulsion,
            y: gpu.upload(start)?,
            velocity: gpu.zeros(n * dimensions)?,
            gain: gpu.upload(&vec![1.0; n * dimensions])?,
            attraction: gpu.zeros(n * stride)?,
            sums: gpu.zeros(3 * blocks)?,
            fixed,
            gpu,
        };
        // No mean is taken off yet: the sums are 0.
        descent.center()?;
        if let Repulsion::Grid(grid) = &mut descent.repulsion {
            grid.lay(&descent.gpu, extent(start), descent.gpu.limit() - fixed)?;
        }
        Ok(descent)
    }

    /// Queues Σφ and the repulsion.
    fn repel(&mut self) -> Result<(), GpuError> {
        match &mut self.repulsion {
            Repulsion::Pairs(pairs) => pairs.repel(&self.gpu, &self.tails, &mut self.cloud),
            Repulsion::Grid(grid) => grid.repel(&self.gpu, &mut self.cloud),
        }
    }

    /// Queues the attraction.
    fn attract(&mut self) -> Result<(), GpuError> {
        let names = ["tsne_attract_1d", "tsne_attract_2d", "tsne_attract_3d"];
        let attract = self.gpu.function(&KERNELS, names[self.cloud.dimensions - 1])?;
        let n = self.cloud.n as i32;
        let mut launch = self.gpu.stream().launch_builder(&attract);
        launch.arg(&self.p.starts).arg(&self.p.columns).arg(&self.p.values).arg(&self.cloud.rounded);
        launch.arg(&n).arg(&self.tails.inverse_nu).arg(&mut self.attraction);
        // SAFETY: the arguments are those of the kernel; a warp has a row, and columns are below n (see
        // fitting by neighbors).
        unsafe { launch.launch(blocks_of((self.cloud.n.div_ceil(THREADS / 32), 1, 1), THREADS, 0)) }
            .map_err(at("attracting neighbors"))?;
        Ok(())
    }

    /// Queues a step along the forces.
    fn advance(&mut self, pace: Pace) -> Result<(), GpuError> {
        let step = self.gpu.function(&KERNELS, "tsne_step")?;
        let cloud = &mut self.cloud;
        let (dimensions, n, parts) = (cloud.dimensions as i32, cloud.n as i32, cloud.blocks as i32);
        let attraction = (2.0 * pace.exaggeration) as f32 * self.tails.factor;
        let (momentum, rate) = (pace.momentum as f32, pace.rate as f32);
        let mut launch = self.gpu.stream().launch_builder(&step);
        launch
            .arg(&dimensions)
            .arg(&n)
            .arg(&self.attraction)
            .arg(&cloud.repulsion)
            .arg(&cloud.potentials)
            .arg(&parts);
        launch.arg(&attraction).arg(&momentum).arg(&rate).arg(&mut self.y).arg(&mut self.velocity);
        launch.arg(&mut self.gain).arg(&mut self.sums).arg(&mut cloud.counts);
        // SAFETY: the arguments are those of the kernel; `sums` holds three numbers for each block.
        unsafe { launch.launch(blocks_of((cloud.blocks, 1, 1), THREADS, 0)) }.map_err(at("a step"))?;
        self.center()
    }

    /// Queues taking the mean off the positions, and rounding them.
    fn center(&mut self) -> Result<(), GpuError> {
        let center = self.gpu.function(&KERNELS, "tsne_center")?;
        let cloud = &mut self.cloud;
        let (dimensions, n, parts) = (cloud.dimensions as i32, cloud.n as i32, cloud.blocks as i32);
        let mut launch = self.gpu.stream().launch_builder(&center);
        launch.arg(&dimensions).arg(&n).arg(&self.sums).arg(&parts).arg(&mut self.y);
        launch.arg(&mut cloud.rounded).arg(&mut cloud.extents).arg(&cloud.counts);
        // SAFETY: the arguments are those of the kernel; `extents` holds four numbers for each block.
        unsafe { launch.launch(blocks_of((cloud.blocks, 1, 1), THREADS, 0)) }.map_err(at("a step"))?;
        Ok(())
    }

    /// Waits for what is queued, and makes a larger grid if the points have outgrown theirs. Returns whether
    /// they had, and the steps done since the last time.
    fn settle(&mut self) -> Result<(bool, usize), GpuError> {
        let counts = self.gpu.download(&self.cloud.counts)?;
        self.gpu.stream().memset_zeros(&mut self.cloud.counts).map_err(at("clearing memory"))?;
        let outgrown = counts[0] != 0;
        if let (true, Repulsion::Grid(grid)) = (outgrown, &mut self.repulsion) {
            let extent = grid.extent(&self.gpu)?;
            grid.lay(&self.gpu, extent, self.gpu.limit() - self.fixed)?;
        }
        Ok((outgrown, counts[1] as usize))
    }

    /// Σ_{i≠j} w, in the way that repulsion is computed.
    fn normalizer(&mut self) -> Result<f64, GpuError> {
        self.repel()?;
        while self.settle()?.0 {
            self.repel()?;
        }
        let potential: f64 = self.gpu.download(&self.cloud.potentials)?.iter().sum();
        let n = self.cloud.n as f64;
        Ok((potential - n).max(1e-6 * n))
    }

    /// What the affinities add to the divergence.
    fn cost(&mut self) -> Result<f64, GpuError> {
        let cost = self.gpu.function(&KERNELS, "tsne_cost")?;
        let cloud = &self.cloud;
        let (dimensions, n) = (cloud.dimensions as i32, cloud.n as i32);
        let mut costs = self.gpu.zeros::<f64>(cloud.blocks)?;
        let mut launch = self.gpu.stream().launch_builder(&cost);
        launch.arg(&self.p.starts).arg(&self.p.columns).arg(&self.p.values).arg(&self.y);
        launch.arg(&dimensions).arg(&n).arg(&self.tails.number).arg(&self.tails.nu).arg(&mut costs);
        // SAFETY: the arguments are those of the kernel; `costs` holds one number for each block.
        unsafe { launch.launch(blocks_of((cloud.blocks, 1, 1), THREADS, 0)) }
            .map_err(at("the divergence"))?;
        Ok(self.gpu.download(&costs)?.iter().sum())
    }
}

impl<T: Tail> Descend for GpuDescent<T> {
    fn rest(&mut self) -> Result<(), GpuError> {
        self.gpu.stream().memset_zeros(&mut self.velocity).map_err(at("clearing memory"))?;
        let ones = vec![1.0f32; self.cloud.n * self.cloud.dimensions];
        self.gpu.stream().memcpy_htod(&ones, &mut self.gain).map_err(at("copying to it"))
    }

    fn steps(&mut self, count: usize, pace: Pace) -> Result<(), GpuError> {
        let mut done = 0;
        while done < count {
            for _ in 0..QUEUED.min(count - done) {
                self.attract()?;
                self.repel()?;
                self.advance(pace)?;
            }
            done += self.settle()?.1;
        }
        Ok(())
    }

    fn divergence(&mut self, exactly: bool) -> Result<f64, GpuError> {
        let z = match (&self.repulsion, exactly) {
            (Repulsion::Grid(_), true) => {
                let pairs = Pairs::new(&self.gpu, self.cloud.n, self.cloud.dimensions)?;
                let by_grid = std::mem::replace(&mut self.repulsion, Repulsion::Pairs(pairs));
                let z = self.normalizer();
                self.repulsion = by_grid;
                z
            }
            _ => self.normalizer(),
        }?;
        Ok(self.p.negative_entropy + self.cost()? + z.ln())
    }

    fn coordinates(&mut self) -> Result<Vec<f64>, GpuError> {
        self.gpu.download(&self.y)
    }
}

impl Tails {
    fn new(nu: f64, factor: f32) -> Tails {
        let number = match nu {
            1.0 => 0,
            f64::INFINITY => 2,
            _ => 1,
        };
        let power = if nu.is_finite() { 0.5 * (nu + 1.0) } else { 0.0 };
        Tails { number, nu, inverse_nu: (1.0 / nu) as f32, power: power as f32, factor }
    }
}

/// Floats from point to point: three are padded to four.
fn stride(dimensions: usize) -> usize {
    dimensions.next_power_of_two()
}

/// Of points in the plane, as the kernels see them.
fn extent(points: &[f64]) -> grid::Extent {
    let mut extent = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    for point in points.as_chunks::<2>().0 {
        for axis in 0..2 {
            let value = f64::from(point[axis] as f32);
            extent[axis] = extent[axis].min(value);
            extent[axis + 2] = extent[axis + 2].max(value);
        }
    }
    extent
}

//! The kernels of registration, and how they are launched.

use cudarc::driver::LaunchConfig;

use super::shape::{Shape, THREADS};
use manifold::device::cuda::{Kernels, grid};

pub(super) const LEVEL: Kernels = Kernels {
    base: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/cuda/ptx/register_level.ptx")),
    ampere: None,
};
pub(super) const WARP: Kernels = Kernels {
    base: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/cuda/ptx/register_warp.ptx")),
    ampere: None,
};
pub(super) const NORMAL: Kernels = Kernels {
    base: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/cuda/ptx/register_normal.ptx")),
    ampere: None,
};
pub(super) const SOLVE: Kernels = Kernels {
    base: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/cuda/ptx/register_solve.ptx")),
    ampere: None,
};
pub(super) const FIELD: Kernels = Kernels {
    base: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/cuda/ptx/register_field.ptx")),
    ampere: None,
};

// As in cuda/register.cuh and register_level.cu.
const TILE: (usize, usize) = (32, 8);
// As in register_normal.cu.
pub(super) const SUMS: usize = 8;
// As in register_solve.cu.
pub(super) const ITERATIONS: i32 = 10;
pub(super) const PRODUCTS: usize = 2 * ITERATIONS as usize + 2;
pub(super) const PLANES: usize = 18;

/// Puts a kernel into the GPU's queue: its file, its name, the grid, and references to its arguments.
macro_rules! launch {
    ($gpu:expr, $kernels:expr, $name:literal, $grid:expr, $($argument:expr),+ $(,)?) => {{
        use cudarc::driver::PushKernelArg;
        let function = $gpu.function(&$kernels, $name)?;
        let mut launch = $gpu.stream().launch_builder(&function);
        $(launch.arg($argument);)+
        // SAFETY: the arguments are those that the kernel's source lists, and every buffer holds what its
        // header says for the batch and the shape that the grid and the arguments are made from.
        unsafe { launch.launch($grid) }.map_err(manifold::device::cuda::at("registering frames"))?;
    }};
}
pub(super) use launch;

/// A thread for each pixel of `frames` pictures.
pub(super) fn pixels(width: i32, height: i32, frames: usize) -> LaunchConfig {
    let (width, height) = (width as usize, height as usize);
    grid((width.div_ceil(TILE.0), height.div_ceil(TILE.1), frames), THREADS, 0)
}

/// A thread for each row of each cell.
pub(super) fn cells(shape: &Shape, frames: usize) -> LaunchConfig {
    pixels(shape.columns - 3, shape.height, frames)
}

/// A thread for each node.
pub(super) fn nodes(shape: &Shape, frames: usize) -> LaunchConfig {
    grid((shape.node_blocks(), 1, frames), THREADS, 0)
}

/// A block for a few nodes and the pixels around them.
pub(super) fn normal(shape: &Shape, frames: usize) -> LaunchConfig {
    let (across, down) = shape.normal_blocks();
    grid((across, down, frames), THREADS, 0)
}

/// A block for each frame.
pub(super) fn each(frames: usize) -> LaunchConfig {
    grid((1, 1, frames), THREADS, 0)
}

/// A thread for each frame.
pub(super) fn together(frames: usize) -> LaunchConfig {
    grid((frames.div_ceil(THREADS), 1, 1), THREADS, 0)
}

/// A block for each block of the local mean.
pub(super) fn means(shape: &Shape, frames: usize) -> LaunchConfig {
    let (columns, rows) = shape.mean_blocks();
    grid((columns, rows, frames), THREADS, 0)
}

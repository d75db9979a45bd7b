//! The best the card can do, measured.

use std::error::Error;
use std::sync::Arc;

use cudarc::driver::{CudaContext, CudaFunction, CudaStream, LaunchConfig, PushKernelArg};
use cudarc::nvrtc::Ptx;
use seethru::device::CudaDevice;

use super::{RUNS, median};

/// Per second: bytes copied on the card, counting reads and writes; bytes to the card; and multiply-adds of
/// 32-bit floats and of bytes.
pub struct Rates {
    pub bytes: f64,
    pub link: f64,
    pub fma: f64,
    pub mma: f64,
}

pub fn measured(gpu: &CudaDevice, quick: bool) -> Result<Rates, Box<dyn Error>> {
    let context = CudaContext::new(gpu.ordinal)?;
    let stream = context.default_stream();
    let ampere = gpu.capability >= (8, 0);
    let ptx = match ampere {
        true => include_str!("../../cuda/ptx/bench.sm80.ptx"),
        false => include_str!("../../cuda/ptx/bench.ptx"),
    };
    let module = context.load_module(Ptx::from_src(ptx))?;
    let blocks = if quick { 1 } else { 32 * gpu.multiprocessors };
    let steps = if quick { 4 } else { 20000 };
    // Rows of a, columns of b and depth of a tile, in cuda/mma.cuh.
    let tile = if ampere { 16.0 * 8.0 * 32.0 } else { 8.0 * 8.0 * 16.0 };
    let threads = f64::from(blocks) * 256.0 * f64::from(steps);
    Ok(Rates {
        bytes: copy_rate(&stream, if quick { 1 << 16 } else { 1 << 30 })?,
        link: link_rate(&context, if quick { 1 << 16 } else { 1 << 28 })?,
        fma: threads * 16.0 / fma(&stream, &module.load_function("bench_fma")?, blocks, steps)?,
        mma: threads / 32.0 * 4.0 * tile / mma(&stream, &module.load_function("bench_mma")?, blocks, steps)?,
    })
}

fn copy_rate(stream: &Arc<CudaStream>, bytes: usize) -> Result<f64, Box<dyn Error>> {
    let from = stream.alloc_zeros::<u8>(bytes)?;
    let mut to = stream.alloc_zeros::<u8>(bytes)?;
    stream.synchronize()?;
    let seconds = median(RUNS, || {
        stream.memcpy_dtod(&from, &mut to)?;
        Ok(stream.synchronize()?)
    })?;
    Ok(2.0 * bytes as f64 / seconds)
}

fn link_rate(context: &Arc<CudaContext>, bytes: usize) -> Result<f64, Box<dyn Error>> {
    let stream = context.default_stream();
    // SAFETY: filled before it is read.
    let mut from = unsafe { context.alloc_pinned::<u8>(bytes) }?;
    from.as_mut_slice()?.fill(1);
    let mut to = stream.alloc_zeros::<u8>(bytes)?;
    stream.synchronize()?;
    let seconds = median(RUNS, || {
        stream.memcpy_htod(&from, &mut to)?;
        Ok(stream.synchronize()?)
    })?;
    Ok(bytes as f64 / seconds)
}

fn launch(blocks: u32) -> LaunchConfig {
    LaunchConfig { grid_dim: (blocks, 1, 1), block_dim: (256, 1, 1), shared_mem_bytes: 0 }
}

fn fma(
    stream: &Arc<CudaStream>,
    kernel: &CudaFunction,
    blocks: u32,
    steps: i32,
) -> Result<f64, Box<dyn Error>> {
    let mut out = stream.alloc_zeros::<f32>(blocks as usize * 256)?;
    let factor = 0.5f32;
    stream.synchronize()?;
    median(RUNS, || {
        // SAFETY: a number is written for each thread.
        unsafe {
            stream.launch_builder(kernel).arg(&mut out).arg(&steps).arg(&factor).launch(launch(blocks))
        }?;
        Ok(stream.synchronize()?)
    })
}

fn mma(
    stream: &Arc<CudaStream>,
    kernel: &CudaFunction,
    blocks: u32,
    steps: i32,
) -> Result<f64, Box<dyn Error>> {
    let mut out = stream.alloc_zeros::<i32>(blocks as usize * 256)?;
    stream.synchronize()?;
    median(RUNS, || {
        // SAFETY: a number is written for each thread.
        unsafe { stream.launch_builder(kernel).arg(&mut out).arg(&steps).launch(launch(blocks)) }?;
        Ok(stream.synchronize()?)
    })
}

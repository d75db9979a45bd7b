//! Stages on the GPU beside what the card does at best, as a markdown table.
//!
//! `make gpu-bench`, or `cargo bench --bench gpu -- [--quick] [points.npy]`: vectors of a `.npy` file (MNIST, say)
//! in place of clustered random ones; `--quick` runs tiny sizes, to see that it runs. Exits with 1 where there is no GPU.

use std::error::Error;
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use cudarc::driver::{CudaContext, CudaFunction, CudaStream, LaunchConfig, PushKernelArg};
use cudarc::nvrtc::Ptx;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};
use seethru::device::{CudaDevice, Device};
use seethru::knn::{Knn, Search};
use seethru::points::Points;
use seethru::progress::Silent;

/// Runs of which the median is told.
const RUNS: usize = 5;

/// A line of the table.
struct Row {
    what: String,
    seconds: f64,
    /// What the time could be at best, and by which rate.
    floor: f64,
    by: &'static str,
}

/// What the card does at best, measured: bytes copied, read and written both counted, and multiplications with an
/// addition of 32-bit floats and of bytes, in a second.
struct Rates {
    bytes: f64,
    fma: f64,
    mma: f64,
}

fn main() -> ExitCode {
    // Cargo says --bench to every bench.
    let mut arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let quick = arguments.iter().any(|argument| argument == "--quick");
    arguments.retain(|argument| argument != "--quick");
    let device = match Device::cuda(0, None) {
        Ok(device) => device,
        Err(why) => {
            eprintln!("gpu-bench: no GPU to measure: {why}");
            return ExitCode::FAILURE;
        }
    };
    match run(&device, arguments.first().map(String::as_str), quick) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("gpu-bench: {why}");
            ExitCode::FAILURE
        }
    }
}

/// Each function adds its rows.
fn run(device: &Device, file: Option<&str>, quick: bool) -> Result<(), Box<dyn Error>> {
    let gpu = device.gpu().ok_or("the device has no GPU")?.device();
    let rates = rates(gpu, quick)?;
    let mut rows = Vec::new();
    neighbours(device, file, quick, &rates, &mut rows)?;
    print(gpu, &rates, &rows);
    for note in device.notes() {
        println!("\n{}: {}, {}", note.stage, note.device, note.why);
    }
    Ok(())
}

fn print(gpu: &CudaDevice, rates: &Rates, rows: &[Row]) {
    println!("{} (compute capability {}.{})\n", gpu.name, gpu.capability.0, gpu.capability.1);
    println!("| measured at best | a second |\n|---|---|");
    println!("| bytes copied, read and written | {:.3e} |", rates.bytes);
    println!(
        "| FMA of 32-bit floats | {:.3e} |\n| multiply-adds of bytes (mma) | {:.3e} |\n",
        rates.fma, rates.mma
    );
    println!("| stage | seconds | floor | by | ratio |\n|---|---|---|---|---|");
    for Row { what, seconds, floor, by } in rows {
        println!("| {what} | {seconds:.4} | {floor:.4} | {by} | {:.2} |", seconds / floor);
    }
}

/// The 15 nearest of each of 60000 vectors, or of those of a file.
fn neighbours(
    device: &Device,
    file: Option<&str>,
    quick: bool,
    rates: &Rates,
    rows: &mut Vec<Row>,
) -> Result<(), Box<dyn Error>> {
    let points = match file {
        Some(file) => from_npy(file)?,
        None if quick => clustered(300, 24)?,
        None => clustered(60000, 784)?,
    };
    let (n, d) = (points.n(), points.dimensions());
    let k = NonZeroUsize::new(15).ok_or("k is 0")?;
    let knn = Knn::new(k).search(Search::Exact).device(device.clone());
    // The first takes the driver's compilation along.
    knn.fit(&points, &Silent)?;
    let seconds = median(RUNS, || Ok(knn.fit(&points, &Silent).map(drop)?))?;
    let floor = (n as f64).powi(2) * d as f64 / rates.fma;
    rows.push(Row { what: format!("{k} nearest, {n} x {d}"), seconds, floor, by: "FMA" });
    Ok(())
}

fn from_npy(file: &str) -> Result<Points, Box<dyn Error>> {
    let array = npyz::NpyFile::new(std::io::BufReader::new(std::fs::File::open(file)?))?;
    let [_, d] = *array.shape() else { return Err(format!("{file} is not a matrix").into()) };
    let values: Vec<f32> = match array.dtype().descr().contains("u1") {
        true => array.into_vec::<u8>()?.into_iter().map(f32::from).collect(),
        false => array.into_vec::<f32>()?,
    };
    Ok(Points::new(values, d as usize)?)
}

/// Points around 50 centres, which lie farther apart than the points of one.
fn clustered(n: usize, d: usize) -> Result<Points, Box<dyn Error>> {
    let mut random = ChaCha8Rng::seed_from_u64(0);
    let centres: Vec<f32> = (0..50 * d).map(|_| random.random_range(0.0..255.0)).collect();
    let value = |at: usize| centres[at / d % 50 * d + at % d] + random.random_range(-60.0..60.0);
    Ok(Points::new((0..n * d).map(value).collect(), d)?)
}

fn median(runs: usize, mut run: impl FnMut() -> Result<(), Box<dyn Error>>) -> Result<f64, Box<dyn Error>> {
    let mut seconds = Vec::new();
    for _ in 0..runs {
        let start = Instant::now();
        run()?;
        seconds.push(start.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    Ok(seconds[seconds.len() / 2])
}

fn rates(gpu: &CudaDevice, quick: bool) -> Result<Rates, Box<dyn Error>> {
    let context = CudaContext::new(gpu.ordinal)?;
    let stream = context.default_stream();
    let ampere = gpu.capability >= (8, 0);
    let ptx = match ampere {
        true => include_str!("../cuda/ptx/bench.sm80.ptx"),
        false => include_str!("../cuda/ptx/bench.ptx"),
    };
    let module = context.load_module(Ptx::from_src(ptx))?;
    let blocks = if quick { 1 } else { 32 * gpu.multiprocessors };
    let steps = if quick { 4 } else { 20000 };
    // Rows of a, columns of b and depth of a tile, in cuda/mma.cuh.
    let tile = if ampere { 16.0 * 8.0 * 32.0 } else { 8.0 * 8.0 * 16.0 };
    let threads = f64::from(blocks) * 256.0 * f64::from(steps);
    Ok(Rates {
        bytes: copy_rate(&stream, if quick { 1 << 16 } else { 1 << 30 })?,
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

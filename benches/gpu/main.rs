//! Stages on the GPU compared with the best the card can do, as a markdown table.
//!
//! `make gpu-bench`, or `cargo bench --bench gpu -- [--quick] [points.npy]`: vectors of a `.npy` file (MNIST, say)
//! in place of clustered random ones; `--quick` runs tiny sizes, as a smoke test. Exits with 1 if there is no GPU.

mod rates;
mod stages;

use std::error::Error;
use std::process::ExitCode;
use std::time::Instant;

use rates::Rates;
use seethru::device::{CudaDevice, Device};
use stages::Beside;

/// Runs whose median is reported.
const RUNS: usize = 5;

/// A line of the table.
struct Row {
    what: String,
    seconds: f64,
    /// The best possible time, and the rate that sets it.
    floor: f64,
    by: &'static str,
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
    let rates = rates::measured(gpu, quick)?;
    let points = stages::points(file, quick)?;
    let rows = [
        stages::distances(device, quick, &rates)?,
        stages::neighbors(device, &points, &rates)?,
        stages::tsne(device, &points, quick, &rates)?,
    ];
    let beside = stages::whole(device, quick)?;
    print(gpu, &rates, &rows, &beside);
    for note in device.notes() {
        println!("\n{}: {}, {}", note.stage, note.device, note.why);
    }
    Ok(())
}

fn print(gpu: &CudaDevice, rates: &Rates, rows: &[Row], beside: &[Beside]) {
    println!("{} (compute capability {}.{})\n", gpu.name, gpu.capability.0, gpu.capability.1);
    println!("| measured at best | a second |\n|---|---|");
    println!("| bytes copied, read and written | {:.3e} |", rates.bytes);
    println!("| bytes to the card from page-locked memory | {:.3e} |", rates.link);
    println!(
        "| FMA of 32-bit floats | {:.3e} |\n| multiply-adds of bytes (mma) | {:.3e} |\n",
        rates.fma, rates.mma
    );
    println!("| stage | seconds | floor | by | ratio |\n|---|---|---|---|---|");
    for Row { what, seconds, floor, by } in rows {
        println!("| {what} | {seconds:.4} | {floor:.4} | {by} | {:.2} |", seconds / floor);
    }
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
    println!("\n| whole restoration | {cores} cores, s | GPU, s | speed-up |\n|---|---|---|---|");
    for Beside { what, cpu, gpu } in beside {
        println!("| {what} | {cpu:.3} | {gpu:.3} | {:.1} |", cpu / gpu);
    }
}

/// Median time of this many runs, in seconds.
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

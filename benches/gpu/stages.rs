//! The stages, each with its floor: the least time the card could take.

use std::error::Error;
use std::num::NonZeroUsize;

use manifold::embed::{Fit, Tsne};
use manifold::knn::{Knn, Search};
use manifold::points::Points;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};
use seethru::device::{Device, GpuError};
use seethru::places::distance::{SharedDistances, Volume, Voxels, Windows, nearest};
use seethru::progress::Silent;
use seethru::synth::{self, SynthSettings, WaveSettings};
use seethru::video::{Channels, Depth, Input, Quality, VideoSpec, VideoWriter};
use seethru::{CenterSettings, Method, RegisterSettings, Settings, restore};

use super::rates::Rates;
use super::{RUNS, Row, median};

/// A restoration without the GPU and with it, in seconds.
pub struct Beside {
    pub what: String,
    pub cpu: f64,
    pub gpu: f64,
}

/// The 8 nearest patches of each frame at all places: 800 frames of 1280 x 720, patches of 16, 8 apart, from samples
/// in this machine's memory to lists there.
///
/// Floor: each pair of pixels multiplied once, or samples and lists over the link.
pub fn distances(device: &Device, quick: bool, rates: &Rates) -> Result<Row, Box<dyn Error>> {
    let (frames, width, height, k) = if quick { (12, 40, 24, 3) } else { (800, 1280, 720, 8) };
    let mut random = ChaCha8Rng::seed_from_u64(0);
    let mut samples = vec![0u8; frames * width * height];
    random.fill(&mut samples[..]);
    let volume = Volume::new(frames, width, height, Voxels::U8(&samples))?;
    let edges = |length: usize| (0..=length - 16).step_by(8).collect::<Vec<_>>();
    let windows = Windows::new(16, edges(width), edges(height))?;
    let places = windows.xs().len() * windows.ys().len();
    let shared = SharedDistances::new(volume, windows, false)?;
    let gpu = device.gpu().ok_or("the device has no GPU")?;
    let run = || Ok(nearest::<GpuError>(gpu, &shared, (k, 256.0), |_| Ok(())).map(drop)?);
    run()?;
    let seconds = median(RUNS, run)?;
    let products = (frames * (frames - 1) / 2 * width * height) as f64 / rates.mma;
    let link = (samples.len() + 8 * places * frames * k) as f64 / rates.link;
    let what = format!("{k} nearest patches, {frames} frames of {width} x {height}");
    let by = if products > link { "mma" } else { "link" };
    Ok(Row { what, seconds, floor: products.max(link), by })
}

/// The vectors of a file, or clustered ones.
pub fn points(file: Option<&str>, quick: bool) -> Result<Points, Box<dyn Error>> {
    match file {
        Some(file) => from_npy(file),
        None if quick => clustered(300, 24),
        None => clustered(60000, 784),
    }
}

/// The 15 nearest of each. Floor: each pair multiplied.
pub fn neighbors(device: &Device, points: &Points, rates: &Rates) -> Result<Row, Box<dyn Error>> {
    let (n, d) = (points.n(), points.dimensions());
    let k = NonZeroUsize::new(15).ok_or("k is 0")?;
    let knn = Knn::new(k).search(Search::Exact).device(device.clone());
    // The first run includes the driver's compilation.
    knn.fit(points, &Silent)?;
    let seconds = median(RUNS, || Ok(knn.fit(points, &Silent).map(drop)?))?;
    let floor = (n as f64).powi(2) * d as f64 / rates.fma;
    Ok(Row { what: format!("{k} nearest, {n} x {d}"), seconds, floor, by: "FMA" })
}

/// t-SNE from the vectors on, with its divergence. Floor: that of the neighbors, and P read once per step.
pub fn tsne(device: &Device, points: &Points, quick: bool, rates: &Rates) -> Result<Row, Box<dyn Error>> {
    let (n, d) = (points.n(), points.dimensions());
    let steps = if quick { 5 } else { 500 };
    let mut tsne = Tsne::new(2).steps(steps).device(device.clone());
    if quick {
        tsne = tsne.exaggeration(12.0, 5);
    }
    let early = if quick { 5 } else { 250 };
    let mut kl = f64::NAN;
    let seconds = median(if quick { 1 } else { 3 }, || {
        kl = tsne.fit(points, &Silent)?.kl();
        Ok(())
    })?;
    // About twice 90 neighbors of 8 bytes each.
    let affinities = (n * 180 * 8 * (steps + early)) as f64 / rates.bytes;
    let floor = (n as f64).powi(2) * d as f64 / rates.fma + affinities;
    Ok(Row {
        what: format!("t-SNE, {n} x {d}, {} steps, KL {kl:.3}", early + steps),
        seconds,
        floor,
        by: "FMA, bytes",
    })
}

/// Whole restorations of a synthetic clip, decoding included.
pub fn whole(device: &Device, quick: bool) -> Result<Vec<Beside>, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let (frames, size) = if quick { (8, (48, 40)) } else { (200, (640, 360)) };
    let input = clip(&folder.path().join("clip.y4m"), frames, size)?;
    let methods = [
        ("centers", Method::Centers(CenterSettings::default())),
        ("registration", Method::Register(RegisterSettings::default())),
    ];
    let mut all = Vec::new();
    for (name, method) in methods {
        let seconds = |device: &Device| {
            let settings = Settings { method: method.clone(), device: device.clone(), ..Settings::default() };
            median(if quick { 1 } else { 3 }, || Ok(restore(&input, &settings, &Silent).map(drop)?))
        };
        let what = format!("{name}, {frames} frames of {} x {}", size.0, size.1);
        all.push(Beside { what, cpu: seconds(&Device::cpu())?, gpu: seconds(device)? });
    }
    Ok(all)
}

fn clip(path: &std::path::Path, frames: usize, size: (usize, usize)) -> Result<Input, Box<dyn Error>> {
    let still = synth::load_still(std::path::Path::new("samples/still.png"), Some(size))?;
    let frames = NonZeroUsize::new(frames).ok_or("no frames")?;
    let settings = SynthSettings { waves: WaveSettings::MODERATE, frames, fps: 25.0 };
    let (width, height) = size;
    let (channels, depth, quality) = (Channels::Rgb, Depth::Eight, Quality::default());
    let mut writer =
        VideoWriter::create(path, &VideoSpec { width, height, fps: 25.0, channels, depth, quality })?;
    synth::render(&still, &settings, &mut |frame| writer.push(&frame), &Silent)?;
    writer.finish()?;
    Ok(Input::locate(path)?)
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

/// Points around 50 centers, which lie farther apart than the points of one.
fn clustered(n: usize, d: usize) -> Result<Points, Box<dyn Error>> {
    let mut random = ChaCha8Rng::seed_from_u64(0);
    let centers: Vec<f32> = (0..50 * d).map(|_| random.random_range(0.0..255.0)).collect();
    let value = |at: usize| centers[at / d % 50 * d + at % d] + random.random_range(-60.0..60.0);
    Ok(Points::new((0..n * d).map(value).collect(), d)?)
}

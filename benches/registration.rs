//! How well and how fast frames are registered, on clips whose truth is known.
//!
//! `cargo bench --bench registration -- accuracy|cost|auto` (all without any).
//!
//! **Accuracy**: three stills of very different texture under three strengths of waves, 60 frames of
//! 320x240 at 25 per second, different waves for each, stored losslessly. For every method, the SSIM of the
//! picture with the still, in place: no shift or brightness is fitted. For those that register,
//! in pixels, with u(y) the displacement found at the pixel y of the picture and u*(y) the exact one,
//! which solves u* = -w(y + u*) for the displacement w that the clip was rendered with:
//!
//! ```text
//! waves    = sqrt(mean over t and y of |u(y, t) - u*(y, t)|²)
//! geometry = sqrt(mean over y of |mean over t of (u(y, t) - u*(y, t))|²)
//! ```
//!
//! The first includes the second. 16 pixels along the border count for neither, nor does a point in
//! a frame where it is out of sight or folded over (u* is then none, or several); `seen` is the
//! share that counts. `halves` is the reliability of `register`: how well the stills of the clip's halves agree. `plain` is
//! the geometry error of exact displacements less their plain mean.
//!
//! A second table counts cells of 16x16 pixels by the confidence of `register`'s still, and how many of them
//! have an SSIM with the truth below .8.
//!
//! **Auto**: the same clips, and with caustics of 0 and .1: `--auto` beside the default. It fails if more than .005 of SSIM
//! is lost on any.
//!
//! **Cost** of `register`: seconds, microseconds per pixel and frame, and the peak of the resident memory
//! (VmHWM, where there is /proc) of a process that does nothing else.

// A bench has no API: `pub` is for its other modules.
#![allow(unreachable_pub)]

#[path = "registration/auto.rs"]
mod auto;
#[path = "registration/confidence.rs"]
mod confidence;
#[path = "registration/score.rs"]
mod score;
#[path = "registration/stills.rs"]
mod stills;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use confidence::Bands;
use score::{Errors, Truth, ssim};
use seethru::progress::Silent;
use seethru::synth::{SynthSettings, WaveSettings, Waves, render};
use seethru::video::{Channels, Depth, Frame, Input, Quality, VideoSpec, VideoWriter};
use seethru::{
    Baseline, CenterSettings, Method, PatchSettings, RegisterSettings, Restoration, Settings, restore,
};
use tempfile::TempDir;

const SIZE: (usize, usize) = (320, 240);
const FRAMES: usize = 60;
const FPS: f64 = 25.0;
const WAVES: [(&str, WaveSettings); 3] =
    [("calm", WaveSettings::CALM), ("moderate", WaveSettings::MODERATE), ("rough", WaveSettings::ROUGH)];
/// How a process of this program is told to restore one clip and report what it took.
const CHILD: &str = "restore-this";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [first, clip] = arguments.as_slice()
        && first == CHILD
    {
        return child(clip);
    }
    let asked = |name: &str| arguments.is_empty() || arguments.iter().any(|argument| argument == name);
    if asked("accuracy") {
        accuracy()?;
    }
    if asked("cost") {
        cost()?;
    }
    if asked("auto") {
        auto::auto(&stills()?)?;
    }
    Ok(())
}

fn methods() -> [(&'static str, Method); 6] {
    let settings = RegisterSettings::default();
    [
        ("register", Method::Register(settings)),
        ("mean-register", Method::MeanRegister(settings)),
        ("lucky", Method::Lucky(PatchSettings::default())),
        ("centers", Method::Centers(CenterSettings::default())),
        ("mean", Method::Baseline(Baseline::Mean)),
        ("median", Method::Baseline(Baseline::Median)),
    ]
}

fn stills() -> Result<[(&'static str, Frame); 3], Box<dyn Error>> {
    let (width, height) = SIZE;
    Ok([
        ("sample", stills::sample(width, height)?),
        ("tiles", stills::tiles(width, height)),
        ("pebbles", stills::pebbles(width, height)),
    ])
}

/// A file that keeps 8-bit luma exactly, in a folder that goes with the value.
struct Clip {
    _folder: TempDir,
    path: PathBuf,
}

/// The still under waves, rendered.
fn clip(still: &Frame, waves: WaveSettings, frames: usize) -> Result<Clip, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("clip.y4m");
    let settings = SynthSettings { waves, frames: frames.try_into()?, fps: FPS };
    let &Frame { width, height, .. } = still;
    let spec = VideoSpec {
        width,
        height,
        fps: settings.fps,
        channels: Channels::Luma,
        depth: Depth::Eight,
        quality: Quality::default(),
    };
    let mut writer = VideoWriter::create(&path, &spec)?;
    render(still, &settings, &mut |frame| writer.push(&frame), &Silent)?;
    writer.finish()?;
    Ok(Clip { _folder: folder, path })
}

fn restored(clip: &Path, method: Method) -> Result<Restoration, Box<dyn Error>> {
    let settings = Settings { method, ..Settings::default() };
    Ok(restore(&Input::locate(clip)?, &settings, &Silent)?)
}

/// One row of the first table.
#[derive(Clone, Default)]
struct Row {
    ssim: Vec<f64>,
    /// Of the two methods that register.
    errors: Vec<Errors>,
    /// Frames that each of them gave up.
    lost: Vec<f64>,
    /// Agreement of the halves, of `register`.
    reliability: f64,
    plain: f64,
    seen: f64,
}

fn accuracy() -> Result<(), Box<dyn Error>> {
    let stills = stills()?;
    println!("\n{:18} | {:^59} | {:^20} | {:^20} |", "", "SSIM", "register, px", "mean-register, px");
    print!("{:8} {:9} |", "still", "waves");
    print!(" register  mean-register    lucky  centers     mean   median");
    println!("{} | halves |  plain   seen", " |  waves geometry lost".repeat(2));
    let (mut rows, mut bands) = (Vec::new(), Bands::default());
    for (name, still) in &stills {
        for (strength, waves) in WAVES {
            let waves = WaveSettings { seed: rows.len() as u64 + 1, ..waves };
            let row = row(still, &waves, &mut bands)?;
            print_row(name, strength, &row);
            rows.push(row);
        }
    }
    print_row("mean", "", &mean(&rows));
    bands.print();
    Ok(())
}

/// Restores the still under those waves by every method.
fn row(still: &Frame, waves: &WaveSettings, bands: &mut Bands) -> Result<Row, Box<dyn Error>> {
    let clip = clip(still, *waves, FRAMES)?;
    let truth = Truth::new(SIZE, &Waves::new(SIZE.0, SIZE.1, waves)?, FRAMES, FPS);
    let mut row = Row { plain: truth.plain(), seen: truth.seen(), ..Row::default() };
    for (name, method) in methods() {
        let start = Instant::now();
        let restoration = restored(&clip.path, method)?;
        eprintln!("clip {}: {name} in {:.1} s", waves.seed, start.elapsed().as_secs_f64());
        row.ssim.push(ssim(&restoration.still, still));
        if let Some(found) = &restoration.registration {
            row.reliability = found.reliability.unwrap_or(row.reliability);
            row.errors.push(truth.of(found));
            row.lost.push(found.lost.len() as f64);
            if name == "register" {
                bands.add(&found.confidence, &restoration.still, still);
            }
        }
    }
    Ok(row)
}

fn mean(rows: &[Row]) -> Row {
    let of = |value: &dyn Fn(&Row) -> f64| rows.iter().map(value).sum::<f64>() / rows.len() as f64;
    let errors = |at: usize| Errors {
        end_point: of(&|row| row.errors[at].end_point),
        geometry: of(&|row| row.errors[at].geometry),
    };
    Row {
        ssim: (0..rows[0].ssim.len()).map(|at| of(&|row| row.ssim[at])).collect(),
        errors: (0..rows[0].errors.len()).map(errors).collect(),
        lost: (0..rows[0].lost.len()).map(|at| of(&|row| row.lost[at])).collect(),
        reliability: of(&|row| row.reliability),
        plain: of(&|row| row.plain),
        seen: of(&|row| row.seen),
    }
}

fn print_row(still: &str, waves: &str, row: &Row) {
    print!("{still:8} {waves:9} |");
    row.ssim.iter().zip([9, 15, 9, 9, 9, 9]).for_each(|(ssim, width)| print!("{ssim:width$.3}"));
    for (Errors { end_point, geometry }, lost) in row.errors.iter().zip(&row.lost) {
        print!(" | {end_point:6.3} {geometry:8.3} {lost:4.1}");
    }
    println!(" | {:6.3} | {:6.3} {:4.0}%", row.reliability, row.plain, 100.0 * row.seen);
}

fn cost() -> Result<(), Box<dyn Error>> {
    println!("\n     clip    frames       s   us/pixel/frame   peak MiB   estimate MiB");
    for (width, height, frames) in
        [(320, 240, 30), (640, 480, 30), (1280, 960, 30), (320, 240, 60), (320, 240, 120)]
    {
        eprintln!("{frames} frames of {width}x{height}");
        let waves = WaveSettings { seed: 1, ..WaveSettings::MODERATE };
        let clip = clip(&stills::pebbles(width, height), waves, frames)?;
        let done = Command::new(std::env::current_exe()?).arg(CHILD).arg(&clip.path).output()?;
        let said = String::from_utf8_lossy(&done.stdout);
        let [seconds, peak, estimate] = said.split_whitespace().collect::<Vec<_>>()[..] else {
            return Err(String::from_utf8_lossy(&done.stderr).into());
        };
        let each = 1e6 * seconds.parse::<f64>()? / (width * height * frames) as f64;
        println!(
            "{width:5}x{height:<5} {frames:4}    {seconds:>7}   {each:14.3}   {peak:>8}   {estimate:>12}"
        );
    }
    Ok(())
}

/// Prints seconds, and the peak and the estimate of memory in MiB.
fn child(clip: &str) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    let restoration = restored(Path::new(clip), Method::Register(RegisterSettings::default()))?;
    let seconds = start.elapsed().as_secs_f64();
    let peak = peak().map_or("-".to_owned(), |bytes| mebibytes(bytes).to_string());
    println!("{seconds:.2} {peak} {}", mebibytes(restoration.memory_estimate));
    Ok(())
}

fn mebibytes(bytes: u64) -> u64 {
    bytes.div_ceil(1 << 20)
}

/// The most memory that this process ever had resident.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
}

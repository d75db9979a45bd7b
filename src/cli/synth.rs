//! `seethru synth`: a clip of a picture under moving water, and the truth to compare with.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use clap::Args;

use manifold::progress::Progress;
use seethru::output::check_writable;
use seethru::synth::{self, SynthError, SynthSettings, WaveSettings};
use seethru::video::{
    Depth, Input, Quality, Samples, VideoSpec, VideoWriter, Written, check_output, write_still,
};

use super::console::Console;
use super::counted::counted;
use super::file_names::check_apart;
use super::lines::print_bytes;
use super::outputs::Outputs;
use super::stop::Stop;
use super::values::{at_least_one, threads};

/// Make a test clip: a still seen through simulated waves.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  seethru synth poster.png -o wavy.mp4 --truth truth.png
  seethru synth poster.png -o wavy.mkv --lossless --waves rough,noise=2 --frames 50 --size 320x180
  seethru synth poster.png -o wavy.mp4 --waves strength=4,wavelength=50,seed=7

Wave settings (lengths in pixels of the clip):
  strength    root mean square displacement
  wavelength  dominant wavelength
  depth       water above the scene
  pixel-mm    millimeters per pixel; sets the speed
  speed       factor by which time is multiplied; 1 is real water
  direction   mean direction, in degrees
  spread      range of directions, 0 to 360 degrees
  ripples     share of short ripples, 0 to 1
  rings       share of circular ripples, 0 to 1
  reflection  share of each wave that comes back from a wall, 0 to 1
  caustics    light focused by waves, 0 to 1
  blur        lens blur, sigma in pixels
  noise       sensor noise, sigma in gray levels
  seed        as --seed")]
pub(crate) struct SynthArgs {
    /// The still (PNG, JPEG, TIFF, BMP, WebP or PNM)
    pub(crate) image: PathBuf,

    /// The clip to write; .mp4, .mkv, .mov, .avi, .webm or .y4m
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,

    /// Also write the still without waves, at the clip's size, as a PNG
    #[arg(long, value_name = "PNG")]
    pub(crate) truth: Option<PathBuf>,

    /// calm, moderate, rough or standing, and name=value pairs, separated by commas
    #[arg(long, value_name = "WAVES", default_value = "moderate")]
    pub(crate) waves: WaveSettings,

    /// Seed of the waves and the noise; the same seed gives the same clip
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,

    /// Number of frames
    #[arg(long, value_name = "N", default_value = "100", value_parser = at_least_one)]
    pub(crate) frames: NonZeroUsize,

    /// Frames per second
    #[arg(long, value_name = "HZ", default_value_t = 25.0)]
    pub(crate) fps: f64,

    /// Size of the clip; the still is scaled to cover it and cropped evenly [default: the still's]
    #[arg(long, value_name = "WxH", value_parser = parse_size)]
    pub(crate) size: Option<(usize, usize)>,

    /// Quality of the encoding, 0 (best) to 51 (worst)
    #[arg(long, value_name = "N", default_value_t = 18, value_parser = clap::value_parser!(u8).range(0..=51))]
    pub(crate) quality: u8,

    /// Keep every sample exactly (.mkv and .avi)
    #[arg(long, conflicts_with = "quality")]
    pub(crate) lossless: bool,

    /// Threads to compute on; the clip is the same [default: all cores]
    #[arg(long, value_name = "N", value_parser = threads)]
    pub(crate) threads: Option<NonZeroUsize>,

    /// Print a machine-readable report to standard output (schema seethru.synth/2)
    #[arg(long)]
    pub(crate) json: bool,
}

/// The clip that was made.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Made {
    clip: Written,
    /// Its picture without the water, where it was asked for.
    truth: Option<PathBuf>,
    video: VideoSpec,
    settings: SynthSettings,
    #[serde(skip)]
    json: bool,
}

/// What `--json` prints.
#[derive(serde::Serialize)]
struct Report<'a> {
    schema: &'static str,
    version: &'static str,
    command: &'a str,
    #[serde(flatten)]
    made: &'a Made,
}

impl Made {
    /// Says what was written.
    pub(crate) fn tell(&self, command: &str, console: &Console) -> Result<()> {
        console.summary(&self.line());
        if !self.json {
            return Ok(());
        }
        let version = env!("CARGO_PKG_VERSION");
        let report = Report { schema: "seethru.synth/2", version, command, made: self };
        print_bytes(format!("{}\n", serde_json::to_string_pretty(&report)?).as_bytes())
    }

    fn line(&self) -> String {
        let Made { clip, video, .. } = self;
        let size = format!("{}x{}", video.width, video.height);
        format!("wrote {}: {} of {size}, {}", clip.path.display(), counted(clip.frames, "frame"), clip.codec)
    }
}

fn parse_size(text: &str) -> Result<(usize, usize), String> {
    text.split_once(['x', 'X'])
        .and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)))
        .filter(|&(width, height)| width > 0 && height > 0)
        .ok_or_else(|| format!("'{text}' is not a size such as 1280x720"))
}

/// Renders the clip, and the truth beside it.
pub(crate) fn run(args: SynthArgs, progress: &dyn Progress, stop: &Stop) -> Result<Made> {
    let truth = args.truth.as_deref().map(|path| ("--truth", path));
    let outputs: Vec<_> = [("--output", args.output.as_path())].into_iter().chain(truth).collect();
    check_apart(&[&args.image], &outputs)?;
    check_writable(&args.output).context("--output")?;
    if let Some(truth) = &args.truth {
        check_output(truth).context("--truth")?;
    }
    if let Some(threads) = args.threads {
        // Of the whole process: this is all that it does.
        rayon::ThreadPoolBuilder::new().num_threads(threads.get()).build_global()?;
    }
    let still = synth::load_still(&args.image, args.size).map_err(|error| no_still(error, &args.image))?;
    let waves = WaveSettings { seed: args.seed.unwrap_or(args.waves.seed), ..args.waves };
    let settings = SynthSettings { waves, frames: args.frames, fps: args.fps };
    let spec = VideoSpec {
        width: still.width,
        height: still.height,
        fps: args.fps,
        channels: still.channels,
        depth: match still.samples {
            Samples::U8(_) => Depth::Eight,
            Samples::U16(_) => Depth::Sixteen,
        },
        quality: if args.lossless { Quality::Lossless } else { Quality::Constant(args.quality) },
    };
    let mut outputs = Outputs::new(stop);
    let mut clip = outputs.make(&args.output, |path| {
        let mut writer = VideoWriter::create(path, &spec)?;
        synth::render(&still, &settings, &mut |frame| writer.push(&frame), progress)
            .with_context(|| format!("no clip was written to {}", path.display()))?;
        Ok(writer.finish()?)
    })?;
    if let Some(truth) = &args.truth {
        outputs.make(truth, |path| Ok(write_still(path, &still)?))?;
    }
    outputs.appear()?;
    clip.path = args.output;
    Ok(Made { clip, truth: args.truth, video: spec, settings, json: args.json })
}

/// A video has its water already.
fn no_still(error: SynthError, path: &Path) -> anyhow::Error {
    match Input::locate(path).and_then(|input| input.info()) {
        Ok(_) => anyhow!(
            "{0} is a video, and synth puts water over a picture: give a PNG or the like, or restore the video (seethru {0})",
            path.display()
        ),
        Err(_) => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use manifold::progress::Silent;
    use seethru::video::{Channels, Frame};

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        synth: SynthArgs,
    }

    fn parse(words: &[&str]) -> Result<SynthArgs, clap::Error> {
        Program::try_parse_from([&["synth"], words].concat()).map(|program| program.synth)
    }

    #[test]
    fn arguments_resolve_and_bad_ones_are_refused() {
        let args = parse(&["a.png", "-o", "b.mp4", "--size", "320x240", "--waves", "calm,seed=4"]).unwrap();
        assert_eq!((args.size, args.waves.seed, args.frames.get()), (Some((320, 240)), 4, 100));
        for wrong in [
            vec!["a.png"],
            vec!["a.png", "-o", "b.mp4", "--size", "320"],
            vec!["a.png", "-o", "b.mp4", "--size", "0x240"],
            vec!["a.png", "-o", "b.mp4", "--waves", "storm"],
            vec!["a.png", "-o", "b.mp4", "--frames", "0"],
            vec!["a.png", "-o", "b.mp4", "--quality", "52"],
            vec!["a.png", "-o", "b.mkv", "--quality", "20", "--lossless"],
        ] {
            assert!(parse(&wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn clip_and_truth_are_written_and_inputs_are_safe() {
        let folder = tempfile::tempdir().unwrap();
        let name = |file: &str| folder.path().join(file).to_str().unwrap().to_owned();
        let samples = Samples::U8((0..24 * 16).map(|i| i as u8).collect());
        let still = Frame { width: 24, height: 16, channels: Channels::Luma, samples };
        write_still(Path::new(&name("still.png")), &still).unwrap();
        let (image, clip, truth) = (name("still.png"), name("clip.y4m"), name("truth.png"));

        let args = parse(&[&image, "-o", &clip, "--truth", &truth, "--frames", "3"]).unwrap();
        run(args, &Silent, &Stop::default()).unwrap();
        assert_eq!(synth::load_still(Path::new(&truth), None).unwrap(), still);
        assert!(std::fs::metadata(&clip).unwrap().len() > 3 * 24 * 16);

        let over = parse(&[&image, "-o", &clip, "--truth", &image]).unwrap();
        assert!(run(over, &Silent, &Stop::default()).is_err());
        let twice = parse(&[&image, "-o", &clip, "--truth", &clip]).unwrap();
        assert!(run(twice, &Silent, &Stop::default()).is_err());
    }
}

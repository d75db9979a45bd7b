//! Small clips with known truth, made in memory and written where a test wants them.

use std::path::Path;

use seethru::progress::Silent;
use seethru::synth::{self, SynthSettings, WaveSettings};
use seethru::video::{Channels, Depth, Frame, Input, Quality, Samples, VideoSpec, VideoWriter};

/// Waves that move a pixel or two within a few frames, and no light of their own.
pub const WAVES: WaveSettings =
    WaveSettings { strength: 2.0, wavelength: 40.0, caustics: 0.0, seed: 5, ..WaveSettings::MODERATE };

/// The sample still in color, scaled to cover a size.
pub fn still(width: usize, height: usize) -> Frame {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/still.png");
    synth::load_still(&path, Some((width, height))).unwrap()
}

pub fn gray(frame: &Frame) -> Frame {
    let samples = bytes(frame).chunks_exact(3).map(|pixel| pixel[1]).collect();
    Frame { channels: Channels::Luma, samples: Samples::U8(samples), ..*frame }
}

/// As if recorded with 16 bits.
pub fn deep(frame: &Frame) -> Frame {
    Frame { samples: Samples::U16(bytes(frame).iter().map(|&s| u16::from(s) * 257).collect()), ..*frame }
}

/// The still under water, five frames a second.
pub fn wavy(still: &Frame, frames: usize) -> Vec<Frame> {
    let settings = SynthSettings { waves: WAVES, frames: frames.try_into().unwrap(), fps: 5.0 };
    let mut clip = Vec::new();
    let mut keep = |frame| {
        clip.push(frame);
        Ok(())
    };
    synth::render(still, &settings, &mut keep, &Silent).unwrap();
    clip
}

/// Every sample as `change` computes it from frame number, sample number and value.
pub fn changed(clip: &[Frame], change: impl Fn(usize, usize, f64) -> f64) -> Vec<Frame> {
    let frame = |(number, frame): (usize, &Frame)| {
        let new = |at: usize, value: f64| change(number, at, value).round();
        let samples = match &frame.samples {
            Samples::U8(s) => Samples::U8(numbered(s).map(|(at, s)| new(at, s.into()) as u8).collect()),
            Samples::U16(s) => Samples::U16(numbered(s).map(|(at, s)| new(at, s.into()) as u16).collect()),
        };
        Frame { samples, ..*frame }
    };
    clip.iter().enumerate().map(frame).collect()
}

fn numbered<T: Copy>(samples: &[T]) -> impl Iterator<Item = (usize, T)> {
    samples.iter().copied().enumerate()
}

/// A pseudorandom number from -2 to 2, the same every time.
pub fn noise(frame: usize, sample: usize) -> f64 {
    let mixed = ((frame as u64) << 32 | sample as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((mixed >> 40) % 5) as f64 - 2.0
}

/// The first frames are dark and the others bright, and no pixel of one group comes near the other.
pub fn two_groups(still: &Frame, first: usize, second: usize) -> Vec<Frame> {
    changed(&wavy(still, first + second), |frame, _, value| {
        value * 0.4 + if frame < first { 0.0 } else { BRIGHT }
    })
}

/// By how much the brighter of two groups is brighter.
pub const BRIGHT: f64 = 150.0;

/// A folder of PNGs.
pub fn images(folder: &Path, clip: &[Frame]) -> Input {
    std::fs::create_dir_all(folder).unwrap();
    for (number, frame) in clip.iter().enumerate() {
        seethru::video::write_still(&folder.join(format!("{number:03}.png")), frame).unwrap();
    }
    Input::locate(folder).unwrap()
}

/// A file of the kind of its extension; lossless, except for color in .y4m.
pub fn file(path: &Path, clip: &[Frame]) -> Input {
    let Frame { width, height, channels, .. } = clip[0];
    let depth = match clip[0].samples {
        Samples::U8(_) => Depth::Eight,
        Samples::U16(_) => Depth::Sixteen,
    };
    let lossless = path.extension().is_some_and(|ending| ending == "mkv");
    let quality = if lossless { Quality::Lossless } else { Quality::default() };
    let spec = VideoSpec { width, height, fps: 25.0, channels, depth, quality };
    let mut writer = VideoWriter::create(path, &spec).unwrap();
    clip.iter().for_each(|frame| writer.push(frame).unwrap());
    writer.finish().unwrap();
    Input::locate(path).unwrap()
}

#[track_caller]
pub fn bytes(frame: &Frame) -> &[u8] {
    match &frame.samples {
        Samples::U8(values) => values,
        Samples::U16(_) => panic!("16-bit samples"),
    }
}

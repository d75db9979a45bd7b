//! `seethru info` and `--auto`: what is measured in a clip, and what follows from it.

mod auto;
mod facts;
mod suggested;
mod waves;

use seethru::progress::Silent;
use seethru::synth::{self, SynthSettings, WaveSettings};
use seethru::video::{Frame, Samples};
use serde_json::Value;

use crate::clips::{bytes, gray, still};
use crate::program::Bench;

/// What `seethru info ARGS --json` prints.
#[track_caller]
fn info(bench: &Bench, args: &[&str]) -> Value {
    let args = [&["info"], args, &["--json"]].concat();
    let assert = bench.command(&args).assert().success();
    bench.assert_no_temporary_files();
    serde_json::from_slice(&assert.get_output().stdout).unwrap()
}

/// A gray clip of known waves, 12.5 frames a second.
fn under(strength: f64, (width, height): (usize, usize), frames: usize) -> Vec<Frame> {
    let waves = WaveSettings { strength, wavelength: 50.0, caustics: 0.0, seed: 7, ..WaveSettings::MODERATE };
    let settings = SynthSettings { waves, frames: frames.try_into().unwrap(), fps: 12.5 };
    let mut clip = Vec::new();
    let mut keep = |frame| {
        clip.push(frame);
        Ok(())
    };
    synth::render(&gray(&still(width, height)), &settings, &mut keep, &Silent).unwrap();
    clip
}

/// Each frame cut to a window that `corner` of its number places.
fn cut(
    clip: &[Frame],
    (width, height): (usize, usize),
    corner: impl Fn(usize) -> (usize, usize),
) -> Vec<Frame> {
    let one = |(number, frame): (usize, &Frame)| {
        let (left, top) = corner(number);
        let rows = (top..top + height).flat_map(|y| {
            let start = y * frame.width + left;
            bytes(frame)[start..start + width].to_vec()
        });
        Frame { width, height, samples: Samples::U8(rows.collect()), ..*frame }
    };
    clip.iter().enumerate().map(one).collect()
}

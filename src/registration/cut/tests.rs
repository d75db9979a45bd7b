//! Cuts between scenes under waves, and what is none.

use std::num::NonZeroUsize;

use super::*;
use crate::synth::{SynthSettings, WaveSettings, render};
use crate::video::{Channels, Frame, Samples};
use manifold::progress::Silent;

const SIZE: (usize, usize) = (128, 96);

/// Squares of a size and a pattern of their own.
fn scene(kind: usize) -> Frame {
    let (width, height) = SIZE;
    let value = |at: usize| {
        let (x, y, side) = (at % width, at / width, 5 + 3 * kind);
        let mixed = (x / side * 31 + y / side * 17 + 101 * kind).wrapping_mul(0x9e37_79b9);
        (60 + (mixed >> 7) % 120) as u8
    };
    let samples = Samples::U8((0..width * height).map(value).collect());
    Frame { width, height, channels: Channels::Luma, samples }
}

fn under(waves: WaveSettings, kind: usize, frames: usize) -> Vec<Plane> {
    let settings = SynthSettings { waves, frames: NonZeroUsize::new(frames).unwrap(), fps: 25.0 };
    let mut clip = Vec::new();
    let mut keep = |frame: Frame| {
        let Samples::U8(samples) = frame.samples else { unreachable!("8 bits in, 8 bits out") };
        let mut plane = Plane::default();
        plane.fill_eight(SIZE.0, SIZE.1, &samples);
        clip.push(plane);
        Ok(())
    };
    render(&scene(kind), &settings, &mut keep, &Silent).unwrap();
    clip
}

#[test]
fn a_cut_is_found_under_waves() {
    for waves in [WaveSettings::CALM, WaveSettings::MODERATE] {
        for first in [6, 20, 34] {
            let clip = [under(waves, 0, first), under(waves, 1, 40 - first)].concat();
            assert_eq!(cut(&clip), Some(first), "{waves:?}");
        }
    }
}

#[test]
fn waves_are_no_cut() {
    for waves in [WaveSettings::CALM, WaveSettings::MODERATE, WaveSettings::ROUGH] {
        for seed in 0..4 {
            assert_eq!(cut(&under(WaveSettings { seed, ..waves }, 0, 40)), None, "{waves:?}, seed {seed}");
        }
    }
}

#[test]
fn some_foreign_frames_are_no_cut() {
    let mut clip = under(WaveSettings::MODERATE, 0, 40);
    let other = under(WaveSettings::MODERATE, 1, 40);
    for at in [7, 8, 21] {
        clip[at] = other[at].clone();
    }
    // And the last ones, fewer than make a scene.
    clip[38..].clone_from_slice(&other[38..]);
    assert_eq!(cut(&clip), None);
    assert_eq!(cut(&clip[..1]), None);
    assert_eq!(cut(&vec![clip[0].clone(); 12]), None);
}

//! The choice on waves whose better start is known, and where there is none.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::registration::plane::Plane;
use crate::synth::{SynthSettings, WaveSettings, render};
use crate::video::{Channels, Frame, Samples};
use manifold::progress::Silent;

const SIZE: (usize, usize) = (192, 144);

/// Short dark strokes in lines, on a blank page.
fn page(x: usize, y: usize) -> u8 {
    let stroke = (x / 3 * 7 + y / 24 * 5).is_multiple_of(4) || (x * 3 + y / 24 * 11) % 17 < 3;
    if y % 24 < 9 && stroke && x % 48 < 40 { 40 } else { 220 }
}

fn under(waves: WaveSettings, frames: usize) -> Vec<Plane> {
    let (width, height) = SIZE;
    let samples = (0..width * height).map(|at| page(at % width, at / width)).collect();
    let still = Frame { width, height, channels: Channels::Luma, samples: Samples::U8(samples) };
    let settings = SynthSettings { waves, frames: NonZeroUsize::new(frames).unwrap(), fps: 25.0 };
    let mut clip = Vec::new();
    let mut keep = |frame: Frame| {
        let Samples::U8(samples) = frame.samples else { unreachable!("8 bits in, 8 bits out") };
        let mut plane = Plane::default();
        plane.fill_eight(width, height, &samples);
        clip.push(plane);
        Ok(())
    };
    render(&still, &settings, &mut keep, &Silent).unwrap();
    clip
}

fn numbers(frames: usize) -> Vec<u32> {
    (0..frames as u32).collect()
}

#[test]
fn calm_water_starts_from_a_frame_and_moving_light_from_the_mean() {
    let calm = WaveSettings { caustics: 0.0, ..WaveSettings::CALM };
    let found = halves(&Kept(&under(calm, 40)), &numbers(40), &Silent).unwrap().unwrap().agreement;
    assert!(found.start() == Start::Center && found.center > 0.95, "{found:?}");
    // Tried only where it can be ahead by the margin.
    assert_eq!(found.mean.is_none(), found.center + MARGIN >= 1.0, "{found:?}");
    let bright = WaveSettings { caustics: 0.4, ..WaveSettings::ROUGH };
    let found = halves(&Kept(&under(bright, 40)), &numbers(40), &Silent).unwrap().unwrap().agreement;
    assert!(found.start() == Start::Mean, "{found:?}");
}

#[test]
fn a_lead_within_the_margin_is_none() {
    let ahead = |lead| Agreement { center: 0.9, mean: Some(0.9 + lead) };
    assert_eq!(ahead(0.5 * MARGIN).start(), Start::Center);
    assert_eq!(ahead(2.0 * MARGIN).start(), Start::Mean);
}

#[test]
fn a_few_frames_have_no_halves() {
    let few = under(WaveSettings::CALM, 2 * LEAST - 1);
    assert_eq!(halves(&Kept(&few), &numbers(2 * LEAST - 1), &Silent).unwrap(), None);
}

/// Reported as one stage, which ends with all of it; and it stops when told to.
#[test]
fn progress_is_of_one_stage_and_can_stop_it() {
    let frames = under(WaveSettings::CALM, 20);
    let most = AtomicUsize::new(0);
    let told = |stage: Stage, done: usize, total: Option<usize>| {
        assert_eq!((stage, total), (stage::START, Some(2 * 20 * (ROUNDS + 1))));
        most.fetch_max(done, Ordering::Relaxed);
        ControlFlow::Continue(())
    };
    halves(&Kept(&frames), &numbers(20), &told).unwrap();
    assert_eq!(most.into_inner(), 2 * 20 * (ROUNDS + 1));
    let stop = |_: Stage, _: usize, _: Option<usize>| ControlFlow::Break(());
    assert!(matches!(halves(&Kept(&frames), &numbers(20), &stop), Err(RegisterError::Canceled)));
}

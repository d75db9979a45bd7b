use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::stage;
use crate::video::Channels;
use manifold::progress::{Silent, Stage};

fn still(width: usize, height: usize) -> Frame {
    let samples = (0..width * height * 3).map(|i| ((i * 37) ^ (i / 97 * 11)) as u8).collect();
    Frame { width, height, channels: Channels::Rgb, samples: Samples::U8(samples) }
}

fn settings(waves: WaveSettings, frames: usize) -> SynthSettings {
    SynthSettings { waves, frames: NonZeroUsize::new(frames).unwrap(), fps: 25.0 }
}

fn clip(still: &Frame, settings: &SynthSettings) -> Vec<Frame> {
    let mut frames = Vec::new();
    let mut keep = |frame| {
        frames.push(frame);
        Ok(())
    };
    render(still, settings, &mut keep, &Silent).unwrap();
    frames
}

const PRESETS: [WaveSettings; 3] = [WaveSettings::CALM, WaveSettings::MODERATE, WaveSettings::ROUGH];

/// The fast field against the plain sum of sines, odd sizes and rings included.
#[test]
fn field_matches_the_reference_at_every_pixel() {
    let waves = WaveSettings { rings: 0.2, strength: 8.0, ..WaveSettings::ROUGH };
    let waves = Waves::new(301, 45, &waves).unwrap();
    for t in [0.0, 1.7, 40.0] {
        let field = waves.displacement(t);
        let mut worst = 0.0f64;
        for (i, (&dx, &dy)) in field.dx.iter().zip(&field.dy).enumerate() {
            let (ex, ey) = waves.displacement_at((i % 301) as f64, (i / 301) as f64, t);
            worst = worst.max((f64::from(dx) - ex).abs()).max((f64::from(dy) - ey).abs());
        }
        assert!(worst < 1e-3, "{worst} px at {t} s");
    }
}

/// One ray, followed by angles through the slopes of the surface found by differences.
#[test]
fn a_ray_obeys_snells_law() {
    let settings = WaveSettings { strength: 9.0, depth: 200.0, rings: 0.1, ..WaveSettings::ROUGH };
    let waves = Waves::new(200, 150, &settings).unwrap();
    let (x, y, t, step) = (77.0, 51.0, 0.9, 1e-3);
    let z = |x: f64, y: f64| waves.surface_at(x, y, t).0;
    let sx = (z(x + step, y) - z(x - step, y)) / (2.0 * step);
    let sy = (z(x, y + step) - z(x, y - step)) / (2.0 * step);
    let slope = sx.hypot(sy);
    let incidence = slope.atan();
    let refracted = (incidence.sin() / refract::WATER).asin();
    let reach = (settings.depth + z(x, y)) * (incidence - refracted).tan();
    let (dx, dy) = waves.displacement_at(x, y, t);
    approx::assert_relative_eq!(dx, reach * sx / slope, max_relative = 1e-3, epsilon = 1e-3);
    approx::assert_relative_eq!(dy, reach * sy / slope, max_relative = 1e-3, epsilon = 1e-3);
}

#[test]
fn displacement_has_the_strength_asked_for_and_no_mean() {
    let rings = WaveSettings { rings: 0.5, ripples: 0.0, ..WaveSettings::MODERATE };
    let steep = WaveSettings { strength: 8.0, depth: 150.0, ..WaveSettings::MODERATE };
    for settings in PRESETS.into_iter().chain([rings, steep]) {
        let waves = Waves::new(240, 180, &settings).unwrap();
        let (frames, pixels) = (200, 240 * 180);
        let (mut squares, mut means) = (0.0, vec![(0.0, 0.0); pixels]);
        for frame in 0..frames {
            let field = waves.displacement(f64::from(frame) / 10.0);
            for (mean, (&dx, &dy)) in means.iter_mut().zip(field.dx.iter().zip(&field.dy)) {
                let (dx, dy) = (f64::from(dx), f64::from(dy));
                squares += dx * dx + dy * dy;
                *mean = (mean.0 + dx, mean.1 + dy);
            }
        }
        let count = f64::from(frames);
        let strength = (squares / count / pixels as f64).sqrt();
        approx::assert_relative_eq!(strength, settings.strength, max_relative = 0.05);
        let worst = means.iter().map(|(x, y)| x.hypot(*y) / count).fold(0.0, f64::max);
        assert!(worst < 0.15 * settings.strength, "{worst} px of {}", settings.strength);
    }
}

#[test]
fn still_water_shows_the_still_itself() {
    let calm = WaveSettings { strength: 0.0, caustics: 1.0, rings: 0.3, ..WaveSettings::ROUGH };
    let deep =
        Frame { samples: Samples::U16((0..40 * 30 * 3).map(|i| (i * 17) as u16).collect()), ..still(40, 30) };
    for still in [still(67, 43), deep] {
        assert!(clip(&still, &settings(calm, 2)).iter().all(|frame| *frame == still));
    }
}

#[test]
fn seeds_make_clips_and_threads_do_not() {
    let still = still(131, 77);
    let waves = WaveSettings { noise: 4.0, blur: 0.7, rings: 0.1, seed: 5, ..WaveSettings::MODERATE };
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| clip(&still, &settings(waves, 3)))
    };
    let one = on(1);
    assert!(one == on(3));
    assert_ne!(one[0], one[1]);
    let other = clip(&still, &settings(WaveSettings { seed: 6, ..waves }, 3));
    assert_ne!(one[0], other[0]);
}

#[test]
fn a_frozen_surface_repeats_its_frame() {
    let frozen = WaveSettings { speed: 0.0, ..WaveSettings::MODERATE };
    let frames = clip(&still(64, 48), &settings(frozen, 3));
    assert!(frames[0] == frames[2] && frames[0] != still(64, 48));
}

#[test]
fn spread_keeps_waves_to_their_direction() {
    let along = WaveSettings { spread: 0.0, direction: 90.0, ..WaveSettings::MODERATE };
    let field = Waves::new(64, 64, &along).unwrap().displacement(0.3);
    let size = |d: &[f32]| d.iter().map(|v| v.abs()).fold(0.0, f32::max);
    assert!(size(&field.dx) < 1e-3 && size(&field.dy) > 1.0);
}

#[test]
fn bad_settings_are_refused() {
    let picture = still(32, 32);
    let mut ignore = |_| Ok(());
    let mut outcome = |still: &Frame, settings| render(still, &settings, &mut ignore, &Silent).unwrap_err();
    let negative = WaveSettings { strength: -1.0, ..WaveSettings::CALM };
    assert!(matches!(outcome(&picture, settings(negative, 1)), SynthError::Setting { name: "strength", .. }));
    let slow = SynthSettings { fps: 0.0, ..settings(WaveSettings::CALM, 1) };
    assert!(matches!(outcome(&picture, slow), SynthError::Setting { name: "fps", .. }));
    let empty = Frame { samples: Samples::U8(Vec::new()), width: 0, ..picture.clone() };
    assert!(matches!(outcome(&empty, settings(WaveSettings::CALM, 1)), SynthError::Size { .. }));
    let huge = Frame { width: 1 << 32, height: 1 << 32, ..empty };
    assert!(matches!(outcome(&huge, settings(WaveSettings::CALM, 1)), SynthError::Size { .. }));
    assert!(matches!(Waves::new(16385, 1, &WaveSettings::CALM), Err(SynthError::Size { width: 16385, .. })));
    let short = Frame { samples: Samples::U8(vec![0; 5]), ..picture.clone() };
    assert!(matches!(outcome(&short, settings(WaveSettings::CALM, 1)), SynthError::Size { .. }));
}

/// The depth that the error names is deep enough.
#[test]
fn breaking_waves_are_refused_with_a_depth_that_works() {
    let shallow = WaveSettings { strength: 12.0, depth: 40.0, ..WaveSettings::MODERATE };
    let SynthError::TooSteep { needed, .. } = Waves::new(64, 64, &shallow).unwrap_err() else {
        panic!("12 px under 40 px of water breaks waves");
    };
    Waves::new(64, 64, &WaveSettings { depth: needed, ..shallow }).unwrap();
}

/// Stops after as many reports as it holds.
struct StopAfter(AtomicUsize);

impl Progress for StopAfter {
    fn advance(&self, stage: Stage, done: usize, total: Option<usize>) -> ControlFlow<()> {
        assert_eq!((stage, total), (stage::RENDER, Some(10)));
        assert!(done <= 10);
        match self.0.fetch_sub(1, Ordering::Relaxed) {
            0 => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    }
}

#[test]
fn rendering_stops_when_told_to() {
    let mut count = 0;
    let mut sink = |_| {
        count += 1;
        Ok(())
    };
    let stop = StopAfter(AtomicUsize::new(4));
    let outcome = render(&still(16, 16), &settings(WaveSettings::CALM, 10), &mut sink, &stop);
    assert!(matches!(outcome, Err(SynthError::Canceled)));
    assert_eq!(count, 4);
}

#[test]
fn the_sinks_error_ends_the_clip() {
    let mut sink = |_| Err(EncodeError::FrameRate(0.0));
    let outcome = render(&still(16, 16), &settings(WaveSettings::CALM, 10), &mut sink, &Silent);
    assert!(matches!(outcome, Err(SynthError::Encode(EncodeError::FrameRate(_)))));
}

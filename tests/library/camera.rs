//! Whether a camera moves, and what of it is removed.

use seethru::progress::Silent;
use seethru::survey::{Camera, Given, suggest, survey};
use seethru::synth::{self, SynthSettings, WaveSettings};
use seethru::video::{Frame, Samples};
use seethru::{Method, Motion, RegisterSettings, Settings, restore};

use crate::clips::{bytes, file, gray, still};

const SIZE: (usize, usize) = (160, 120);
/// Around the picture, so that a camera can move.
const AROUND: usize = 50;
const FRAMES: usize = 32;

/// The sample scene under waves, wider than the picture by [`AROUND`] on all sides.
fn under(waves: WaveSettings) -> Vec<Frame> {
    let scene = gray(&still(SIZE.0 + 2 * AROUND, SIZE.1 + 2 * AROUND));
    let settings = SynthSettings { waves, frames: FRAMES.try_into().unwrap(), fps: 25.0 };
    let mut clip = Vec::new();
    let mut keep = |frame| {
        clip.push(frame);
        Ok(())
    };
    synth::render(&scene, &settings, &mut keep, &Silent).unwrap();
    clip
}

/// What a camera sees that is shifted and turned (in degrees) about the middle.
fn seen(frame: &Frame, (dx, dy, turn): (f64, f64, f64)) -> Frame {
    let (width, height) = SIZE;
    let (sin, cos) = turn.to_radians().sin_cos();
    let value = |x: usize, y: usize| {
        let (u, v) = (x as f64 - width as f64 / 2.0, y as f64 - height as f64 / 2.0);
        let x = cos * u - sin * v + dx + frame.width as f64 / 2.0;
        let y = sin * u + cos * v + dy + frame.height as f64 / 2.0;
        let (column, row) = (x as usize, y as usize);
        let (right, down) = (x - column as f64, y - row as f64);
        let at = |i: usize, j: usize| f64::from(bytes(frame)[(row + j) * frame.width + column + i]);
        let line = |j: usize| (1.0 - right) * at(0, j) + right * at(1, j);
        ((1.0 - down) * line(0) + down * line(1)).round() as u8
    };
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let samples = Samples::U8(places.map(|(x, y)| value(x, y)).collect());
    Frame { width, height, samples, ..*frame }
}

/// The clip as a camera sees it that is there in each frame.
fn filmed(clip: &[Frame], camera: impl Fn(f64) -> (f64, f64, f64)) -> Vec<Frame> {
    clip.iter().enumerate().map(|(at, frame)| seen(frame, camera(at as f64))).collect()
}

/// What is found, and what would be removed.
fn found(clip: &[Frame]) -> (Camera, Motion) {
    let folder = tempfile::tempdir().unwrap();
    let input = file(&folder.path().join("clip.mkv"), clip);
    let settings = Settings::default();
    let found = survey(&input, &settings, &Silent).unwrap();
    let suggestion = suggest(&found, &settings, &Given::default());
    let Method::Register(register) = suggestion.settings.method else { panic!("{suggestion:?}") };
    let camera = found.camera.expect("the frames differ");
    println!("{camera:?}");
    assert_eq!(camera.motion, register.stabilize);
    (camera, register.stabilize)
}

fn at_rest(_: f64) -> (f64, f64, f64) {
    (0.0, 0.0, 0.0)
}

fn seeded(waves: WaveSettings, seed: u64) -> WaveSettings {
    WaveSettings { seed, ..waves }
}

#[test]
fn waves_are_not_a_moving_camera() {
    // Of the second seed the rough waves are the likest to a turn.
    for (waves, seed) in [
        (WaveSettings::CALM, 1),
        (WaveSettings::MODERATE, 1),
        (WaveSettings::ROUGH, 1),
        (WaveSettings::ROUGH, 2),
    ] {
        let (camera, motion) = found(&filmed(&under(seeded(waves, seed)), at_rest));
        assert_eq!(motion, Motion::None, "{waves:?}: {camera:?}");
    }
}

#[test]
fn a_passer_by_is_not_a_moving_camera() {
    let mut clip = filmed(&under(seeded(WaveSettings::MODERATE, 4)), at_rest);
    let body = gray(&still(48, 60));
    for (at, frame) in clip.iter_mut().enumerate() {
        let Samples::U8(samples) = &mut frame.samples else { unreachable!("gray of 8 bits") };
        for (place, &value) in bytes(&body).iter().enumerate() {
            let (x, y) = (place % 48 + 4 * at, place / 48 + 30);
            if x < SIZE.0 {
                samples[y * SIZE.0 + x] = value;
            }
        }
    }
    assert_eq!(found(&clip).1, Motion::None);
}

#[test]
fn a_pan_and_a_shaking_hand_are_a_moving_camera() {
    let clip = under(seeded(WaveSettings::CALM, 5));
    let (pan, motion) = found(&filmed(&clip, |at| (2.4 * (at - 16.0), 0.3 * (at - 16.0), 0.0)));
    assert_eq!(motion, Motion::Translation, "{pan:?}");
    assert!((pan.largest - 38.0).abs() < 4.0, "{pan:?}");
    let shake =
        |at: f64| (8.0 * (0.5 * at).sin() + 3.0 * (1.3 * at).cos(), 7.0 * (0.4 * at + 1.0).sin(), 0.0);
    let (hand, motion) = found(&filmed(&clip, shake));
    assert_eq!(motion, Motion::Translation, "{hand:?}");
    let turn = |at: f64| (6.0 * (0.5 * at).sin(), 0.0, 6.0 * (0.3 * at).sin());
    let (turned, motion) = found(&filmed(&clip, turn));
    assert_eq!(motion, Motion::Homography, "{turned:?}");
}

/// What a homography that was asked for does to the corners and the middle, beyond a shift: pixels at most; and the warnings.
fn bent(clip: &[Frame]) -> (f64, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let input = file(&folder.path().join("clip.mkv"), clip);
    let method = Method::Register(RegisterSettings::default().stabilize(Motion::Homography));
    let restored = restore(&input, &Settings { method, ..Settings::default() }, &Silent).unwrap();
    let (poses, warnings) = (restored.registration.unwrap().poses, restored.warnings);
    let beyond = |pose: &seethru::registration::Pose| {
        let ((x, y), (right, down)) = (pose.apply(0.0, 0.0), pose.apply(159.0, 119.0));
        (right - x - 159.0).hypot(down - y - 119.0)
    };
    (poses.iter().map(beyond).fold(0.0, f64::max), warnings.iter().map(ToString::to_string).collect())
}

#[test]
fn a_homography_follows_a_turn_and_not_the_waves() {
    let waves = filmed(&under(seeded(WaveSettings::MODERATE, 1)), at_rest);
    let (shifted, warnings) = bent(&waves);
    assert!(shifted < 1e-6, "{shifted}");
    assert!(warnings.len() == 1 && warnings[0].contains("only shifts were removed"), "{warnings:?}");
    let turned = filmed(&under(seeded(WaveSettings::CALM, 5)), |at| (0.0, 0.0, 6.0 * (0.3 * at).sin()));
    // A diagonal of 199 pixels, turned by up to 8.4 degrees from the median view.
    let (bent, warnings) = bent(&turned);
    assert!((bent - 30.0).abs() < 5.0 && warnings.is_empty(), "{bent}, {warnings:?}");
}

use std::ops::ControlFlow;
use std::sync::Mutex;

use super::estimate::Estimator;
use super::resample::{cubic, sees};
use super::*;
use crate::registration::plane::Plane;
use manifold::progress::{Canceled, Silent, Stage};

const WIDTH: usize = 256;
const HEIGHT: usize = 192;

/// A gray level in -1 ..= 1 for every whole point, the same every time.
fn hash(x: i64, y: i64, seed: u64) -> f64 {
    let mut z = (x as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        ^ (y as u64).wrapping_mul(0xc2b2_ae3d_27d4_eb4f)
        ^ seed.wrapping_mul(0x1656_67b1_9e37_79f9);
    for _ in 0..2 {
        z = (z ^ (z >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z ^= z >> 29;
    }
    (z >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
}

/// A scene with detail of all sizes from 6 pixels on, defined everywhere.
fn scene(x: f64, y: f64, seed: u64) -> f64 {
    let smooth = |t: f64| t * t * t * (10.0 + t * (6.0 * t - 15.0));
    let layers = [6.0, 11.0, 23.0, 47.0, 90.0].iter().enumerate().map(|(layer, size)| {
        let (x, y) = (x / size, y / size);
        let (column, row) = (x.floor(), y.floor());
        let at = |i: i64, j: i64| hash(column as i64 + i, row as i64 + j, 10 * seed + layer as u64);
        let (u, v) = (smooth(x - column), smooth(y - row));
        let top = at(0, 0) * (1.0 - u) + at(1, 0) * u;
        let bottom = at(0, 1) * (1.0 - u) + at(1, 1) * u;
        top * (1.0 - v) + bottom * v
    });
    128.0 + 30.0 * layers.sum::<f64>()
}

fn paint(value: impl Fn(f64, f64) -> f64) -> Plane {
    let values = (0..WIDTH * HEIGHT).map(|at| value((at % WIDTH) as f64, (at / WIDTH) as f64) as f32);
    Plane { width: WIDTH, height: HEIGHT, values: values.collect() }
}

/// What a camera at this pose sees, rounded to gray levels as any file has them.
fn seen(pose: &Pose) -> Plane {
    let back = pose.inverse().expect("a pose of the tests");
    paint(|x, y| {
        let (x, y) = back.apply(x, y);
        scene(x, y, 1).round()
    })
}

/// How far off a pose is at the worst corner, in pixels.
fn error(found: &Pose, truth: &Pose) -> f64 {
    found.apart(truth, WIDTH, HEIGHT)
}

fn estimate(frame: &Plane, motion: Motion) -> Option<Pose> {
    Estimator::default().estimate(&seen(&Pose::identity()), frame, motion, Pose::identity())
}

/// Turned by 3 degrees, 4% nearer, tilted, shifted: the corners move by up to 30 pixels.
fn turned() -> Pose {
    let (sin, cos) = 0.052_f64.sin_cos();
    Pose { h: [1.04 * cos, -1.04 * sin, 9.3, 1.04 * sin, 1.04 * cos, -14.6, 1.2e-4, -0.9e-4] }
}

/// A fifth of the picture covered by something that stays with the camera.
fn covered(mut frame: Plane) -> Plane {
    for y in 50..140 {
        for x in 120..230 {
            frame.values[y * WIDTH + x] = scene(x as f64, y as f64, 7) as f32;
        }
    }
    frame
}

/// Darker, flatter, and lit from the left.
fn relit(mut frame: Plane) -> Plane {
    for (at, value) in frame.values.iter_mut().enumerate() {
        *value = 0.7 * *value + 20.0 - 0.1 * (at % WIDTH) as f32;
    }
    frame
}

#[test]
fn shifts_are_found() {
    for (dx, dy) in [(0.0, 0.0), (0.37, -0.61), (-7.25, 3.4), (52.4, -39.7)] {
        let truth = Pose::translation(dx, dy);
        for frame in [seen(&truth), covered(seen(&truth)), relit(seen(&truth)), relit(covered(seen(&truth)))]
        {
            let found = estimate(&frame, Motion::Translation).expect("the same scene");
            assert!(error(&found, &truth) < 0.1, "{truth:?} {found:?}");
            assert_eq!(found, Pose::translation(found.h[2], found.h[5]));
        }
    }
}

#[test]
fn homographies_are_found() {
    let shift = Pose::translation(-21.3, 11.8);
    for truth in [Pose::identity(), shift, turned(), turned().inverse().expect("not singular")] {
        for frame in [seen(&truth), covered(seen(&truth)), relit(seen(&truth)), relit(covered(seen(&truth)))]
        {
            let found = estimate(&frame, Motion::Homography).expect("the same scene");
            assert!(error(&found, &truth) < 0.1, "{} {truth:?} {found:?}", error(&found, &truth));
        }
    }
}

#[test]
fn a_guess_leads_beyond_the_reach_of_the_search() {
    // The search reaches a quarter of the width: 64 pixels.
    let truth = Pose::translation(100.0, 4.0);
    let (reference, frame) = (seen(&Pose::identity()), seen(&truth));
    let guess = Pose::translation(70.0, 0.0);
    let found = Estimator::default().estimate(&reference, &frame, Motion::Translation, guess);
    assert!(error(&found.expect("half is seen"), &truth) < 0.1);
    assert_eq!(Estimator::default().estimate(&reference, &frame, Motion::None, guess), Some(guess));
}

#[test]
fn what_shows_nothing_or_something_else_is_lost() {
    let reference = seen(&Pose::identity());
    let flat = paint(|_, _| 16.0);
    let noise = paint(|x, y| 16.0 + 2.0 * hash(x as i64, y as i64, 99));
    let mut estimator = Estimator::default();
    for motion in [Motion::Translation, Motion::Homography] {
        let mut lost = |a: &Plane, b: &Plane| {
            assert_eq!(estimator.estimate(a, b, motion, Pose::identity()), None);
        };
        lost(&reference, &flat);
        lost(&flat, &reference);
        lost(&flat, &flat);
        lost(&reference, &noise);
        for seed in 20..30 {
            lost(&reference, &paint(|x, y| scene(x, y, seed)));
        }
        lost(&reference, &Plane::new(64, 64));
        lost(&Plane::default(), &Plane::default());
        lost(&reference, &paint(|_, _| f64::NAN));
        for side in 1..5 {
            lost(&Plane::new(side, 1), &Plane::new(side, 1));
        }
    }
}

#[test]
fn stripes_move_across_themselves_only() {
    let stripes = |shift: f64| paint(|x, _| scene(x - shift, 0.0, 3));
    let found = Estimator::default()
        .estimate(&stripes(0.0), &stripes(4.3), Motion::Translation, Pose::identity())
        .expect("stripes can be registered");
    assert!((found.h[2] - 4.3).abs() < 0.1 && found.h[5].abs() < 0.1, "{found:?}");
}

#[test]
fn poses_compose_and_invert() {
    let (a, b) = (turned(), Pose::translation(-3.0, 40.0));
    for (x, y) in [(0.0, 0.0), (255.0, 0.0), (31.5, 190.0)] {
        let there = b.apply(x, y);
        let (by_two, by_one) = (a.apply(there.0, there.1), a.compose(b).apply(x, y));
        approx::assert_abs_diff_eq!(by_two.0, by_one.0, epsilon = 1e-9);
        approx::assert_abs_diff_eq!(by_two.1, by_one.1, epsilon = 1e-9);
        let back = a.inverse().expect("not singular").apply(by_one.0, by_one.1);
        approx::assert_abs_diff_eq!(back.0, there.0, epsilon = 1e-9);
        approx::assert_abs_diff_eq!(back.1, there.1, epsilon = 1e-9);
        // A level of half the size has half the coordinates.
        let half = a.shrunk(2.0).apply(x / 2.0, y / 2.0);
        approx::assert_abs_diff_eq!(2.0 * half.0, a.apply(x, y).0, epsilon = 1e-9);
    }
    assert_eq!(Pose::translation(2.0, 5.0).apply(1.0, 1.0), (3.0, 6.0));
    assert_eq!(a.compose(Pose::identity()), a);
    let line = Pose { h: [1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0] };
    assert_eq!(line.inverse(), None);
    assert!(a.plausible(WIDTH, HEIGHT) && !line.plausible(WIDTH, HEIGHT));
    assert!(!Pose { h: [-1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0] }.plausible(WIDTH, HEIGHT));
}

#[test]
fn resampling_puts_pixels_where_the_pose_says() {
    let frame = paint(|x, y| scene(x, y, 1));
    let mut out = Plane::default();
    resample(&frame, &Pose::identity(), &mut out);
    assert_eq!(out, frame);
    // Whole pixels are exact too, and beyond the border is the border.
    resample(&frame, &Pose::translation(3.0, -2.0), &mut out);
    assert_eq!(out.row(10)[20], frame.row(8)[23]);
    assert_eq!(out.row(0)[WIDTH - 1], frame.row(0)[WIDTH - 1]);
    // Back through a homography: the steady picture.
    let turned_away = seen(&turned());
    resample(&turned_away, &turned(), &mut out);
    let seen_there = |at: &usize| {
        let (x, y) = turned().apply((at % WIDTH) as f64, (at / WIDTH) as f64);
        sees(&frame, x, y)
    };
    let off: Vec<f32> =
        (0..WIDTH * HEIGHT).filter(seen_there).map(|at| (out.values[at] - frame.values[at]).abs()).collect();
    assert!(off.len() > WIDTH * HEIGHT / 2 && off.iter().sum::<f32>() / (off.len() as f32) < 1.0);
    for (at, &value) in out.values.iter().enumerate() {
        let (x, y) = turned().apply((at % WIDTH) as f64, (at / WIDTH) as f64);
        let plain = cubic(&turned_away, x, y);
        assert!((value - plain).abs() < 0.01, "{value}, {plain} at {x}, {y}");
    }
    // A pose that sends pixels to infinity, and a picture without any.
    resample(&frame, &Pose { h: [f64::NAN; 8] }, &mut out);
    resample(&frame, &Pose { h: [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, -0.1, 0.0] }, &mut out);
    assert!(out.values.iter().all(|value| value.is_finite()));
    resample(&Plane::default(), &Pose::identity(), &mut out);
    assert_eq!(out, Plane::default());
}

/// A hand that shakes by some pixels and a little in roll and zoom, while it drifts to the right.
fn shaken(frame: usize, motion: Motion, anchor: usize) -> Pose {
    let at = |frame: usize| {
        let by = |what: i64, much: f64| much * hash(frame as i64, what, 42);
        let drift = 1.1 * frame as f64;
        let mut pose = Pose::translation(drift + by(0, 5.0), by(1, 5.0));
        if motion == Motion::Homography {
            let (roll, zoom) = (by(2, 0.01), by(3, 0.01));
            (pose.h[0], pose.h[1], pose.h[3], pose.h[4]) = (1.0 + zoom, -roll, roll, 1.0 + zoom);
            (pose.h[6], pose.h[7]) = (by(4, 2e-5), by(5, 2e-5));
        }
        pose
    };
    at(frame).compose(at(anchor).inverse().expect("not singular"))
}

#[test]
fn a_chain_does_not_drift() {
    for (motion, anchor) in [(Motion::Translation, 0), (Motion::Homography, 17)] {
        let frames = |at: usize| seen(&shaken(at, motion, anchor));
        let told = Mutex::new(Vec::new());
        let hear = |_: Stage, done: usize, _: Option<usize>| {
            told.lock().unwrap().push(done);
            ControlFlow::Continue(())
        };
        let found = poses(frames, 30, anchor, motion, &hear).expect("nobody stops it");
        assert_eq!(told.into_inner().unwrap(), (1..=30).collect::<Vec<_>>());
        assert_eq!(found[anchor], Pose::identity());
        for (at, found) in found.iter().enumerate() {
            let error = error(found, &shaken(at, motion, anchor));
            assert!(error < 0.3, "frame {at}: {error}");
        }
    }
}

#[test]
fn key_frames_take_out_what_the_chain_got_wrong() {
    // Ripples on three fifths of the picture run to the right and change their shape: from frame to frame
    // they are the dominant motion, after eight frames nothing is left of them.
    let shift = |at: usize| Pose::translation(-0.25 * at as f64, 0.0);
    let frames = |at: usize| {
        let mut frame = seen(&shift(at));
        let (sin, cos) = (at as f64 * std::f64::consts::PI / 16.0).sin_cos();
        for place in 0..WIDTH * HEIGHT * 3 / 5 {
            let (x, y) = ((place % WIDTH) as f64 - 0.5 * at as f64, (place / WIDTH) as f64);
            frame.values[place] =
                (128.0 * (1.0 - cos - sin) + cos * scene(x, y, 5) + sin * scene(x, y, 6)) as f32;
        }
        frame
    };
    let found = poses(frames, 9, 0, Motion::Translation, &Silent);
    let found = found.expect("nobody stops it");
    assert!(error(&found[7], &shift(7)) > 2.0, "the chain alone is led astray: {:?}", found[7]);
    assert!(error(&found[8], &shift(8)) < 0.2, "{:?}", found[8]);
}

#[test]
fn lost_frames_have_the_pose_before_them_and_the_chain_goes_on() {
    let motion = Motion::Translation;
    let frames = |at: usize| if at == 4 { paint(|_, _| 0.0) } else { seen(&shaken(at, motion, 2)) };
    let found = poses(frames, 8, 2, motion, &Silent).expect("nobody stops it");
    assert_eq!(found[4], found[3]);
    for at in [0, 1, 2, 3, 5, 6, 7] {
        assert!(error(&found[at], &shaken(at, motion, 2)) < 0.3, "frame {at}");
    }
}

#[test]
fn poses_of_nothing_and_of_a_camera_at_rest() {
    let never = |_: usize| -> Plane { unreachable!("no frame is needed") };
    assert_eq!(poses(never, 0, 0, Motion::Homography, &Silent), Ok(vec![]));
    assert_eq!(poses(never, 3, 1, Motion::None, &Silent), Ok(vec![Pose::identity(); 3]));
    assert_eq!(poses(never, 1, 9, Motion::Translation, &Silent), Ok(vec![Pose::identity()]));
    let stop = &|_: Stage, _: usize, _: Option<usize>| ControlFlow::Break(());
    assert_eq!(poses(never, 3, 1, Motion::Translation, stop), Err(Canceled));
}

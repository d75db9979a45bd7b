//! Fusion keeps what both halves of the clip share, and no more.

use super::*;
use crate::registration::field::Lattice;
use crate::registration::frames::Kept;
use manifold::progress::Silent;

const SIZE: (usize, usize) = (96, 80);
const FRAMES: usize = 24;

/// A clip in memory, in register as it is.
struct Clip(Vec<Plane>);

impl Clip {
    fn of(value: impl Fn(usize, usize, usize) -> f32) -> Clip {
        Clip((0..FRAMES).map(|t| picture(|x, y| value(t, x, y))).collect())
    }

    fn mean(&self) -> Plane {
        picture(|x, y| self.0.iter().map(|frame| frame.row(y)[x]).sum::<f32>() / FRAMES as f32)
    }

    fn fused(&self) -> Plane {
        fuse(&Kept(&self.0), &still(), &[true; FRAMES], &self.mean(), &Silent).unwrap().luma
    }
}

fn still() -> Vec<Field> {
    vec![Field::zero(Lattice::over(SIZE.0, SIZE.1)); FRAMES]
}

fn picture(value: impl Fn(usize, usize) -> f32) -> Plane {
    let mut plane = Plane::new(SIZE.0, SIZE.1);
    plane.values.iter_mut().enumerate().for_each(|(at, out)| *out = value(at % SIZE.0, at / SIZE.0));
    plane
}

fn far(a: &Plane, b: &Plane) -> f32 {
    let sum: f32 = a.values.iter().zip(&b.values).map(|(a, b)| (a - b).powi(2)).sum();
    (sum / a.values.len() as f32).sqrt()
}

/// Between -1 and 1, another value for each place and frame.
fn chance(t: usize, x: usize, y: usize) -> f32 {
    let mut z = (t as u64) << 40 | (x as u64) << 20 | y as u64;
    for factor in [0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb] {
        z = (z ^ (z >> 30)).wrapping_add(0x9e37_79b9_7f4a_7c15).wrapping_mul(factor);
    }
    (z >> 40) as f32 / (1 << 23) as f32 - 1.0
}

/// Detail of a few pixels' width.
fn scene(x: f32, y: f32) -> f32 {
    128.0 + 30.0 * (0.9 * x + 0.3 * y).sin() + 25.0 * (1.3 * y - 0.2 * x).cos()
}

#[test]
fn noise_is_not_taken_for_detail() {
    let flat = picture(|_, _| 128.0);
    let frames = Clip::of(|t, x, y| 128.0 + 12.0 * chance(t, x, y));
    let (fused, mean) = (far(&frames.fused(), &flat), far(&frames.mean(), &flat));
    assert!(fused < 1.1 * mean, "{fused}, the mean {mean}");
}

#[test]
fn light_that_only_one_half_saw_is_not_kept() {
    // A bright pattern, a third of the time in one half.
    let lit = |t: usize| t < FRAMES / 2 && t.is_multiple_of(3);
    let frames = Clip::of(|t, x, y| {
        let light = if lit(t) { 40.0 * (0.8 * x as f32).sin() } else { 0.0 };
        128.0 + 3.0 * chance(t, x, y) + light
    });
    let flat = picture(|_, _| 128.0);
    let (fused, mean) = (far(&frames.fused(), &flat), far(&frames.mean(), &flat));
    assert!(fused < mean, "{fused}, the mean {mean}");
}

#[test]
fn detail_that_both_halves_saw_is_kept() {
    // Every other frame is sharp; the others are blurred along x.
    let truth = picture(|x, y| scene(x as f32, y as f32));
    let frames = Clip::of(|t, x, y| {
        let shift = |i: usize| if t.is_multiple_of(2) { 0.0 } else { i as f32 - 1.0 };
        let sum: f32 = (0..3).map(|i| scene(x as f32 + shift(i), y as f32)).sum();
        sum / 3.0 + 3.0 * chance(t, x, y)
    });
    let (fused, mean) = (far(&frames.fused(), &truth), far(&frames.mean(), &truth));
    assert!(fused < 0.7 * mean, "{fused}, the mean {mean}");
}

#[test]
fn frames_that_are_off_hardly_count_in_the_mean() {
    let truth = picture(|x, y| scene(x as f32, y as f32));
    // Each frame shows something else in one part, another one each time, and a quarter of the frames in all parts.
    let frames = Clip::of(|t, x, y| {
        let off = t.is_multiple_of(4) || (x / 24 + y / 20) % 8 == t % 8;
        scene(x as f32 + if off { 3.0 } else { 0.0 }, y as f32)
    });
    let plain = frames.mean();
    let counter = Counter::new(&Silent, stage::REGISTER, FRAMES);
    let voted = voted_mean(&Kept(&frames.0), &still(), &[true; FRAMES], &plain, &counter).unwrap();
    let (voted, plain) = (far(&voted, &truth), far(&plain, &truth));
    assert!(voted < 0.3 * plain, "{voted}, the plain mean {plain}");
}

#[test]
fn rings_hold_all_frequencies() {
    assert_eq!(rings().iter().max(), Some(&(shared::RINGS - 1)));
    assert_eq!(rings()[0], 0);
}

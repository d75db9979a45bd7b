//! The still is closer to the truth than the plain pictures.

use seethru::progress::Silent;
use seethru::synth::{self, SynthSettings, WaveSettings};
use seethru::video::Frame;
use seethru::{Baseline, Choice, Method};

use crate::clips::{bytes, images, still};
use crate::restore::settings::{centers, restored, with};

/// Mean absolute difference inside a border, at the best whole-pixel shift of the picture: where
/// the middle of the waves lies is not known more exactly.
fn error(picture: &Frame, truth: &Frame) -> f64 {
    const BORDER: usize = 6;
    let (width, height) = (truth.width as isize, truth.height as isize);
    let sample = |frame: &Frame, x: isize, y: isize, c: usize| {
        f64::from(bytes(frame)[(y * width + x) as usize * 3 + c])
    };
    let border = BORDER as isize;
    let at_shift = |dx: isize, dy: isize| {
        let mut sum = 0.0;
        for y in border..height - border {
            for x in border..width - border {
                for c in 0..3 {
                    sum += (sample(picture, x + dx, y + dy, c) - sample(truth, x, y, c)).abs();
                }
            }
        }
        sum / ((width - 2 * border) * (height - 2 * border) * 3) as f64
    };
    let shifts = (-2..=2).flat_map(|dy| (-2..=2).map(move |dx| (dx, dy)));
    shifts.map(|(dx, dy)| at_shift(dx, dy)).fold(f64::MAX, f64::min)
}

#[test]
fn centers_are_nearer_to_the_truth_than_plain_pictures() {
    let truth = still(160, 120);
    let waves = WaveSettings { noise: 1.0, seed: 1, ..WaveSettings::MODERATE };
    let settings = SynthSettings { waves, frames: 40.try_into().unwrap(), fps: 12.5 };
    let mut clip = Vec::new();
    let mut keep = |frame| {
        clip.push(frame);
        Ok(())
    };
    synth::render(&truth, &settings, &mut keep, &Silent).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let input = images(folder.path(), &clip);
    let of = |method| error(&restored(&input, &with(method)).still, &truth);
    let mean = of(Method::Baseline(Baseline::Mean));
    let raw = clip.iter().map(|frame| error(frame, &truth)).sum::<f64>() / clip.len() as f64;
    let (one, three) = (of(centers(1, Choice::Blend)), of(centers(3, Choice::Blend)));
    let agreed = of(centers(3, Choice::Agree));
    println!("mean {mean:.2}, raw {raw:.2}, one {one:.2}, three {three:.2}, agreed {agreed:.2}");
    assert!(three < 0.9 * mean, "three centers {three}, mean {mean}");
    assert!(three < 0.9 * raw, "three centers {three}, a raw frame {raw}");
    assert!(three <= one, "three centers {three}, one {one}");
    assert!(agreed < mean, "agreed {agreed}, mean {mean}");
}

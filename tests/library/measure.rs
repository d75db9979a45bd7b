//! Measures of picture quality: against stored answers of SciPy and sewar (`fixtures/measure/make_measure.py`), what
//! must hold for any pictures, and what is refused.

use std::path::Path;

use proptest::prelude::*;
use seethru::measure::{
    Gray, MeasureError, Rule, align, appearance, fidelity, gradient, ms_ssim, psnr, ssim,
};
use seethru::synth::load_still;
use seethru::video::{Channels, Frame, Samples};
use serde_json::Value;

const RULE: Rule = Rule { shift: 4, border: 8, top: 8 };

fn frame(width: usize, height: usize, channels: Channels, samples: Vec<u8>) -> Frame {
    Frame { width, height, channels, samples: Samples::U8(samples) }
}

fn truth() -> Frame {
    load_still(&Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/truth.png"), None).unwrap()
}

fn bytes(frame: &Frame) -> &[u8] {
    let Samples::U8(samples) = &frame.samples else { panic!("8 bits in, 8 bits out") };
    samples
}

/// As in the script: the picture moved, softened, darker and noisy, all in whole numbers.
fn distorted(of: &Frame, dx: i64, dy: i64) -> Frame {
    let (width, height) = (of.width as i64, of.height as i64);
    let at = |x: i64, y: i64, c: i64| {
        let (x, y) = ((x - dx).rem_euclid(width), (y - dy).rem_euclid(height));
        i64::from(bytes(of)[((y * width + x) * 3 + c) as usize])
    };
    let sample = |i: i64| {
        let (x, y, c) = (i / 3 % width, i / 3 / width, i % 3);
        let total: i64 =
            (-1..2).flat_map(|j| (-1..2).map(move |i| (i, j))).map(|(i, j)| at(x + i, y + j, c)).sum();
        let soft = (total + 6 * at(x, y, c)) / 15 * 7 / 8;
        (soft + 10 + (31 * x + 17 * y + 7 * c + x * y) % 9 - 4).clamp(0, 255) as u8
    };
    frame(of.width, of.height, Channels::Rgb, (0..width * height * 3).map(sample).collect())
}

fn part(of: &Frame, x: usize, y: usize, width: usize, height: usize) -> Frame {
    let row = |y: usize| &bytes(of)[(y * of.width + x) * 3..(y * of.width + x + width) * 3];
    frame(width, height, Channels::Rgb, (y..y + height).flat_map(row).copied().collect())
}

/// The green channel in 16 bits.
fn deep(of: &Frame, change: impl Fn(u16) -> u16) -> Frame {
    let samples = bytes(of).chunks_exact(3).map(|pixel| change(pixel[1].into())).collect();
    Frame { channels: Channels::Luma, samples: Samples::U16(samples), ..*of }
}

fn stored() -> Value {
    serde_json::from_str(include_str!("../fixtures/measure/measure.json")).unwrap()
}

#[track_caller]
fn assert_stored(name: &str, truth: &Frame, picture: &Frame, rule: &Rule) {
    let stored = &stored()[name];
    let found = serde_json::to_value(fidelity(picture, truth, rule).unwrap()).unwrap();
    let mut fields = found.as_object().unwrap().clone();
    if (truth.width, truth.height) == (picture.width, picture.height) {
        let alone = serde_json::to_value(appearance(truth, picture, rule).unwrap()).unwrap();
        fields.extend(alone["explained"].as_object().unwrap().clone());
        fields.extend(alone.as_object().unwrap().clone());
    }
    assert_eq!(fields["shift"], stored["shift"], "{name}");
    let mut compared = 0;
    for (field, wanted) in stored.as_object().unwrap() {
        let Some(wanted) = wanted.as_f64() else { continue };
        let field = field.trim_start_matches("sewar_");
        let found = fields[field].as_f64().unwrap();
        assert!(
            (found - wanted).abs() < 1e-9 * wanted.abs().max(1.0),
            "{name}, {field}: {found}, not {wanted}"
        );
        compared += 1;
    }
    assert!(compared >= 7, "{name}");
}

#[test]
fn measurements_are_those_of_scipy_and_sewar() {
    let whole = truth();
    assert_stored("whole", &whole, &distorted(&whole, 2, -3), &RULE);
    assert_stored("caption", &whole, &distorted(&whole, -4, 1), &Rule { top: 36, ..RULE });
    let odd = part(&whole, 0, 0, 297, 217);
    assert_stored("odd", &odd, &distorted(&odd, 0, 4), &RULE);
    assert_stored(
        "small",
        &part(&whole, 100, 0, 96, 72),
        &part(&distorted(&whole, -1, -1), 100, 0, 96, 72),
        &RULE,
    );
    assert_stored("smaller", &whole, &part(&distorted(&whole, 1, 1), 0, 0, 316, 237), &RULE);
    let picture = deep(&distorted(&whole, 3, 0), |green| green * 256 + 91);
    assert_stored("deep", &deep(&whole, |green| green * 256 + 37), &picture, &RULE);
}

#[test]
fn a_picture_is_like_itself() {
    let truth = truth();
    let found = fidelity(&truth, &truth, &RULE).unwrap();
    assert!(found.ssim > 1.0 - 1e-12 && found.ms_ssim > 1.0 - 1e-12, "{found:?}");
    assert!(found.psnr > 200.0 && found.shift == (0, 0), "{found:?}");
    assert!((found.relative_sharpness - 1.0).abs() < 1e-12 && (found.gain - 1.0).abs() < 1e-12);
    let gray = Gray::of(&truth).unwrap();
    assert_eq!(psnr(&gray, &gray).unwrap(), f64::INFINITY);
    assert_eq!(ssim(&gray, &gray).unwrap(), 1.0);
    assert_eq!(ms_ssim(&gray, &gray).unwrap().value, 1.0);
}

#[test]
fn what_is_worse_has_a_worse_figure() {
    let truth = truth();
    let once = distorted(&truth, 0, 0);
    let twice = distorted(&once, 0, 0);
    let of = |picture: &Frame| fidelity(picture, &truth, &RULE).unwrap();
    let (once, twice) = (of(&once), of(&twice));
    assert!(once.ssim > twice.ssim && once.psnr > twice.psnr && once.ms_ssim > twice.ms_ssim);
    assert!(once.relative_sharpness > twice.relative_sharpness);
}

#[test]
fn flat_pictures_have_figures_too() {
    let flat = frame(64, 48, Channels::Luma, vec![90; 64 * 48]);
    let found = fidelity(&flat, &flat, &RULE).unwrap();
    assert_eq!((found.ssim, found.gain, found.offset, found.relative_sharpness), (1.0, 0.0, 90.0, 1.0));
    assert_eq!(gradient(&Gray::of(&flat).unwrap()).unwrap(), 0.0);
}

#[test]
fn what_can_not_be_measured_is_refused() {
    let of = |width: usize, height: usize| frame(width, height, Channels::Luma, vec![7; width * height]);
    let error = |picture: &Frame, truth: &Frame| fidelity(picture, truth, &RULE).unwrap_err();
    let sizes = MeasureError::Sizes { first: (64, 48), second: (59, 48), most: 4 };
    assert_eq!(error(&of(64, 48), &of(59, 48)), sizes);
    assert_eq!(
        sizes.to_string(),
        "64x48 and 59x48 pixels: pictures to compare may differ by at most 4 pixels per side"
    );
    let small = MeasureError::TooSmall { width: 34, height: 60, least_width: 35, least_height: 35 };
    assert_eq!(error(&of(34, 60), &of(34, 60)), small);
    assert!(fidelity(&of(35, 35), &of(35, 35), &RULE).is_ok());
    let samples = frame(64, 48, Channels::Rgb, vec![7; 64 * 48]);
    assert_eq!(
        error(&samples, &of(64, 48)),
        MeasureError::Samples { width: 64, height: 48, samples: 64 * 48 }
    );
    let none = frame(1 << 32, 1 << 32, Channels::Luma, Vec::new());
    assert!(matches!(error(&none, &none), MeasureError::Samples { samples: 0, .. }));
    let far = Rule { shift: usize::MAX, border: 8, top: 8 };
    assert!(matches!(fidelity(&of(64, 48), &of(64, 48), &far), Err(MeasureError::TooSmall { .. })));
    let gray = |width: usize, height: usize| Gray::of(&of(width, height)).unwrap();
    assert!(matches!(ssim(&gray(20, 20), &gray(20, 21)), Err(MeasureError::Sizes { most: 0, .. })));
    assert!(matches!(
        ssim(&gray(20, 10), &gray(20, 10)),
        Err(MeasureError::TooSmall { least_height: 11, .. })
    ));
    assert!(matches!(gradient(&gray(2, 9)), Err(MeasureError::TooSmall { least_width: 3, .. })));
    assert!(matches!(appearance(&of(64, 48), &of(63, 48), &RULE), Err(MeasureError::Sizes { most: 0, .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// A shift of whole pixels and another brightness are compensated.
    #[test]
    fn shift_and_brightness_do_not_count(
        dx in -4_i32..=4, dy in -4_i32..=4, gain in 1_u16..4, offset in 0_u16..9000, seed in any::<u32>()
    ) {
        let (width, height) = (61_usize, 47_usize);
        let value = |x: i32, y: i32| {
            let mixed = (x.rem_euclid(width as i32) as u32).wrapping_mul(2_654_435_761)
                ^ (y.rem_euclid(height as i32) as u32).wrapping_mul(seed | 1);
            (mixed.wrapping_mul(2_246_822_519) >> 20) as u16
        };
        let made = |value: &dyn Fn(i32, i32) -> u16| Frame {
            width, height, channels: Channels::Luma,
            samples: Samples::U16((0..(width * height) as i32).map(|i| value(i % width as i32, i / width as i32)).collect()),
        };
        let truth = made(&|x, y| value(x, y));
        let picture = made(&|x, y| value(x - dx, y - dy) * gain + offset);
        let found = align(&Gray::of(&picture).unwrap(), &Gray::of(&truth).unwrap(), &RULE).unwrap();
        prop_assert_eq!(found.shift, (dx, dy));
        prop_assert!((found.gain * f64::from(gain) - 1.0).abs() < 1e-9);
        let found = fidelity(&picture, &truth, &RULE).unwrap();
        prop_assert!(found.ssim > 1.0 - 1e-9 && found.ms_ssim > 1.0 - 1e-9, "{:?}", found);
    }
}

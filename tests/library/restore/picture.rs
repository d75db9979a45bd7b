//! The picture's kind, and that it has no holes, borders or steps.

use seethru::video::{Channels, Frame, Samples};
use seethru::{Baseline, Choice, Method, PatchSettings, Restoration, Settings};

use crate::clips::{self, bytes, deep, gray, images, noise, still, wavy};
use crate::restore::settings::{self, centers, methods, on_patches, restored, with};

#[track_caller]
fn of_images(clip: &[Frame], settings: &Settings) -> Restoration {
    let folder = tempfile::tempdir().unwrap();
    restored(&images(folder.path(), clip), settings)
}

#[test]
fn gray_stays_gray_and_color_color() {
    let color = wavy(&still(64, 48), 12);
    let plain = wavy(&gray(&still(64, 48)), 12);
    for method in methods() {
        for (clip, channels) in [(&color, Channels::Rgb), (&plain, Channels::Luma)] {
            let restoration = of_images(clip, &with(method.clone()));
            let picture = restoration.still;
            assert_eq!((picture.width, picture.height, picture.channels), (64, 48, channels), "{method:?}");
            assert_eq!(bytes(&picture).len(), 64 * 48 * channels.count());
            assert_eq!(restoration.video.channels, channels);
        }
    }
}

/// The same scene with sixteen bits gives the same picture, with finer steps.
#[test]
fn sixteen_bits_stay_sixteen_bits() {
    for still in [still(64, 48), gray(&still(64, 48))] {
        let (shallow, fine) = (wavy(&still, 12), wavy(&deep(&still), 12));
        for method in methods() {
            let eight = of_images(&shallow, &with(method.clone())).still;
            let sixteen = of_images(&fine, &with(method.clone())).still;
            let Samples::U16(samples) = &sixteen.samples else { panic!("{method:?}: 8 bits") };
            assert!(samples.iter().any(|s| s % 257 != 0), "{method:?}: as coarse as 8 bits");
            let off = |(&a, &b): (&u16, &u8)| (f64::from(a) / 257.0 - f64::from(b)).abs();
            let mean = samples.iter().zip(bytes(&eight)).map(off).sum::<f64>() / samples.len() as f64;
            assert!(mean < 2.0, "{method:?}: {mean} gray levels apart");
        }
    }
}

/// They need no patches: the clip may be smaller than the default patch.
#[test]
fn a_tiny_clip_has_a_mean_and_a_median() {
    let clip = wavy(&still(12, 12), 5);
    for baseline in [Baseline::Mean, Baseline::Median] {
        let settings = with(Method::Baseline(baseline)).comparisons(true);
        let restoration = of_images(&clip, &settings);
        let comparisons = restoration.comparisons.unwrap();
        let same = if baseline == Baseline::Mean { comparisons.mean } else { comparisons.median };
        assert_eq!((restoration.still.width, restoration.still.height), (12, 12));
        assert!(restoration.still == same && restoration.places.is_none());
    }
}

#[cfg(feature = "video")]
#[test]
fn a_deep_gray_video_gives_a_deep_gray_still() {
    let folder = tempfile::tempdir().unwrap();
    let clip = wavy(&deep(&gray(&still(64, 48))), 12);
    let settings = with(centers(3, Choice::Blend));
    let video = restored(&clips::file(&folder.path().join("clip.mkv"), &clip), &settings);
    assert_eq!(video.still.channels, Channels::Luma);
    assert!(video.still == of_images(&clip, &settings).still);
}

/// Frames that differ only by noise: the picture is the truth up to the last row and column.
#[test]
fn odd_sizes_are_covered_to_the_last_pixel() {
    let truth = clips::changed(&[still(97, 83)], |_, _, value| 30.0 + value * 0.8).remove(0);
    let clip = clips::changed(&vec![truth.clone(); 9], |frame, at, value| value + noise(frame, at));
    for method in methods() {
        for step in [7, 16] {
            let picture = of_images(&clip, &on_patches(method.clone(), 16, step)).still;
            assert_eq!((picture.width, picture.height), (97, 83));
            for (at, (&got, &want)) in bytes(&picture).iter().zip(bytes(&truth)).enumerate() {
                let (x, y) = (at / 3 % 97, at / 3 / 97);
                assert!(got.abs_diff(want) <= 3, "{method:?}, step {step}, ({x}, {y}): {got} for {want}");
            }
        }
    }
}

#[test]
fn a_patch_of_the_whole_frame_and_one_of_a_pixel() {
    let clip = wavy(&gray(&still(33, 33)), 9);
    for (patch, step) in [(33, 33), (33, 1), (1, 1), (2, 1)] {
        for choice in [Choice::Blend, Choice::Agree] {
            let restoration = of_images(&clip, &on_patches(centers(2, choice), patch, step));
            let places = restoration.places.unwrap().grid.len();
            assert_eq!(places, if patch == 33 { 1 } else { (34 - patch) * (34 - patch) });
            let (low, high) = extremes(clip.iter().flat_map(|frame| bytes(frame).iter().copied()));
            let found = extremes(bytes(&restoration.still).iter().copied());
            assert!(found.0 + 8 >= low && found.1 <= high.saturating_add(8), "{patch}: {found:?}");
        }
    }
}

fn extremes(values: impl Iterator<Item = u8>) -> (u8, u8) {
    values.fold((255, 0), |(low, high), value| (low.min(value), high.max(value)))
}

/// One pixel of one frame differs: all others come out unchanged, bright or dark.
#[test]
fn a_constant_stays_constant_around_a_changed_pixel() {
    let (width, height, odd) = (50, 41, 23 * 50 + 17);
    for (value, other) in [(200, 0), (255, 0), (1, 255), (254, 255)] {
        let samples = Samples::U8(vec![value; width * height]);
        let still = Frame { width, height, channels: Channels::Luma, samples };
        for touched in [0, 4] {
            let clip = clips::changed(&vec![still.clone(); 6], |frame, at, value| {
                if frame == touched && at == odd { f64::from(other) } else { value }
            });
            for method in methods() {
                let picture = of_images(&clip, &with(method.clone())).still;
                let wrong = bytes(&picture).iter().enumerate().find(|&(at, &got)| at != odd && got != value);
                assert_eq!(wrong, None, "{method:?} of {value}");
            }
        }
    }
}

/// Mean of each block of 16 x 16 pixels.
fn blocks(picture: &Frame) -> Vec<f64> {
    let row = picture.width * picture.channels.count();
    let mean = |x: usize, y: usize| {
        let lines = (y..y + 16).flat_map(|y| &bytes(picture)[y * row..][x..x + 48]);
        lines.map(|&s| f64::from(s)).sum::<f64>() / (48.0 * 16.0)
    };
    let tops = (0..picture.height / 16).map(|y| y * 16);
    tops.flat_map(|y| (0..row / 48).map(move |x| (x * 48, y))).map(|(x, y)| mean(x, y)).collect()
}

/// Frames a third darker than others leave no trace: brightness is one factor everywhere.
#[test]
fn flicker_leaves_no_steps() {
    let steady = wavy(&still(96, 80), 15);
    let flickering =
        clips::changed(&steady, |frame, _, value| value * [1.0, 0.8, 0.65][(frame * 7 + frame / 4) % 3]);
    let baseline = with(Method::Baseline(Baseline::NearestMedian(PatchSettings::default())));
    for settings in [settings::changed(|_| ()), settings::changed(|c| c.level = true), baseline] {
        let expected = blocks(&of_images(&steady, &settings).still);
        let found = blocks(&of_images(&flickering, &settings).still);
        let gains = expected.iter().zip(&found).map(|(expected, found)| found / expected);
        let (low, high) = gains.fold((f64::MAX, 0.0_f64), |(low, high), g| (low.min(g), high.max(g)));
        assert!(high / low < 1.08, "{:?}: from {low} to {high}", settings.method);
    }
}

//! The water as measured, against the water as made.

use super::{cut, info, under};
use crate::clips::file;
use crate::program::Bench;

/// Half of a pixel of the small frames, and a quarter: how well 48 frames of a few waves determine their mean
/// energy, as measured over seeds.
fn assert_near(measured: f64, made: f64, what: &str) {
    assert!((measured - made).abs() < 0.25 * made + 0.15, "{what}: {measured} for {made}");
}

#[test]
fn the_displacement_is_that_of_the_waves_made() {
    let bench = Bench::new();
    let mut patch = 0;
    let mut before = 0.0;
    for strength in [0.5, 1.0, 3.0] {
        let name = format!("{strength}.mkv");
        file(&bench.at(&name), &under(strength, (160, 120), 40));
        let told = info(&bench, &[&name]);
        let rms = told["waves"]["rms"].as_f64().unwrap();
        println!("strength {strength}: {}", told["waves"]);
        assert_near(rms, strength, &name);
        let largest = told["waves"]["largest"].as_f64().unwrap();
        assert!(largest > 1.5 * rms && largest < 5.0 * rms, "{strength}: {largest}");
        if strength >= 1.0 {
            let wavelength = told["waves"]["wavelength"].as_f64().unwrap();
            assert!((30.0..75.0).contains(&wavelength), "{strength}: {wavelength} for 50");
        }
        // Stronger waves never have smaller patches suggested.
        let suggested = told["suggestion"]["patch"].as_u64().unwrap();
        assert!(rms > before && suggested >= patch, "{strength}: {rms}, {suggested} after {before}, {patch}");
        (before, patch) = (rms, suggested);
    }
}

#[test]
fn larger_pictures_are_measured_small_and_told_in_their_own_pixels() {
    let bench = Bench::new();
    let clip = under(3.0, (400, 300), 24);
    file(&bench.at("large.mkv"), &clip);
    let waves = &info(&bench, &["large.mkv"])["waves"];
    assert_eq!(waves["shrink"], 2);
    assert_near(waves["rms"].as_f64().unwrap(), 3.0, "half the size");
}

#[test]
fn nearly_still_water_is_said_to_be() {
    let bench = Bench::new();
    file(&bench.at("calm.mkv"), &under(0.2, (96, 72), 24));
    file(&bench.at("wavy.mkv"), &under(2.0, (96, 72), 24));
    let near_still = |name: &str| info(&bench, &[name])["waves"]["near_still"].as_f64().unwrap();
    assert!(near_still("calm.mkv") > 0.95);
    assert!(near_still("wavy.mkv") < 0.2);
}

#[test]
fn a_camera_that_moves_is_told_from_waves() {
    let bench = Bench::new();
    let clip = under(1.5, (260, 200), 32);
    let size = (192, 144);
    // A sway of 16 pixels to either side.
    let sway = |n: usize| ((34.0 + 16.0 * (n as f64 / 4.0).sin()).round() as usize, 28);
    file(&bench.at("hand.mkv"), &cut(&clip, size, sway));
    file(&bench.at("rest.mkv"), &cut(&clip, size, |_| (34, 28)));
    let hand = info(&bench, &["hand.mkv"]);
    let largest = hand["camera"]["largest"].as_f64().unwrap();
    assert!((largest - 16.0).abs() < 3.0, "{largest}");
    assert_eq!(hand["suggestion"]["stabilize"], "translation");
    // The waves are measured without the camera.
    assert_near(hand["waves"]["rms"].as_f64().unwrap(), 1.5, "steadied");
    let rest = info(&bench, &["rest.mkv"]);
    assert_eq!(rest["suggestion"]["stabilize"], "none", "{}", rest["camera"]);
}

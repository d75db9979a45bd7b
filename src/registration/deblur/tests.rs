//! The blur that is undone is the one that was there; noise does not count as detail.

use super::*;
use crate::registration::warp::keys as kernel;

/// Letters of a made-up script: bars and squares on a ramp, with hard edges.
fn letters(width: usize, height: usize) -> Plane {
    let mut plane = Plane::new(width, height);
    for (at, value) in plane.values.iter_mut().enumerate() {
        let (x, y) = (at % width, at / width);
        let ink = (x * 7 / 23 + y * 5 / 19) % 4 == 0 || (x / 9 + y / 13) % 5 == 0;
        *value = if ink { 60.0 } else { 160.0 } + 0.1 * x as f32;
    }
    plane
}

/// By a separable blur that leaves `left` of a frequency along an axis.
fn blurred(plane: &Plane, left: &dyn Fn(f64) -> f64) -> Plane {
    let mut spectrum = Spectrum::of(plane);
    spectrum.multiply(&spectrum.along_axes(left), &|_, left| left);
    spectrum.picture()
}

/// Noise of this standard deviation, the same in every run.
fn noisy(plane: &Plane, deviation: f32) -> Plane {
    let mut state = 7_u64;
    let mut uniform = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 40) as f32 / (1_u64 << 24) as f32 - 0.5
    };
    let mut noisy = plane.clone();
    // Twelve uniform values have the variance 1.
    noisy.values.iter_mut().for_each(|value| *value += deviation * (0..12).map(|_| uniform()).sum::<f32>());
    noisy
}

fn difference(a: &Plane, b: &Plane) -> f64 {
    let sum: f64 = a.values.iter().zip(&b.values).map(|(a, b)| f64::from(a - b).powi(2)).sum();
    (sum / a.values.len() as f64).sqrt()
}

#[test]
fn the_transform_and_back_is_the_picture() {
    for (width, height) in [(64, 48), (37, 61)] {
        let picture = letters(width, height);
        assert!(difference(&Spectrum::of(&picture).picture(), &picture) < 1e-3);
    }
}

#[test]
fn power_of_white_noise_is_its_variance() {
    let noise = noisy(&Plane::new(120, 90), 3.0);
    let (mut sum, mut count) = (0.0, 0.0);
    let spectrum = Spectrum::of(&noise);
    spectrum.each(&spectrum.along_axes(&|_| 1.0), &mut |_, _, power| {
        (sum, count) = (sum + power, count + 1.0);
    });
    assert!((sum / count - 9.0).abs() < 0.5, "{}", sum / count);
}

#[test]
fn the_kernel_has_the_transform_that_is_divided_by() {
    const STEPS: usize = 1000;
    for f in [0.0005, 0.01, 0.1, 0.25, 0.4, 0.5] {
        // The four weights of a point that is t past a pixel are the kernel at 1 + t, t, 1 - t and 2 - t.
        let at = |t: f64| {
            let angle = |place: f64| (std::f64::consts::TAU * f * place).cos();
            let weights = kernel(t as f32).map(f64::from);
            weights.iter().zip([1.0 + t, t, 1.0 - t, 2.0 - t]).map(|(w, place)| w * angle(place)).sum::<f64>()
        };
        let integral: f64 =
            (0..STEPS).map(|step| at((step as f64 + 0.5) / STEPS as f64)).sum::<f64>() / STEPS as f64;
        assert!((integral - keys(f)).abs() < 1e-4, "{f}: {integral} and {}", keys(f));
    }
}

#[test]
fn what_interpolation_and_registration_blurred_is_undone() {
    let truth = letters(160, 120);
    let soft = blurred(&truth, &|f| keys(f) * gaussian(0.04, f));
    let sharp = undone(Spectrum::of(&soft), &Blur { registration: 0.2, scene: None, noise: 0.29 }, 0.0);
    let (before, after) = (difference(&soft, &truth), difference(&sharp, &truth));
    assert!(after < 0.25 * before, "{before} to {after}");
}

#[test]
fn edges_tell_the_blur() {
    for deviation in [1.0f64, 2.0, 3.0] {
        let soft = blurred(&letters(320, 240), &|f| gaussian(deviation.powi(2), f));
        let found = f64::from(edges::blur(&Spectrum::of(&noisy(&soft, 0.3))));
        assert!(found > 0.6 * deviation && found < 1.1 * deviation, "{deviation}: {found}");
    }
    assert!(edges::blur(&Spectrum::of(&letters(320, 240))) < 0.3);
    assert_eq!(edges::blur(&Spectrum::of(&Plane::new(40, 30))), 0.0);
}

#[test]
fn sharpening_comes_nearer_to_the_scene() {
    let truth = letters(320, 240);
    for deviation in [1.0f64, 2.0] {
        let soft = noisy(&blurred(&truth, &|f| gaussian(deviation.powi(2), f)), 0.3);
        let mut sharp = soft.clone();
        deblur(&mut sharp, None, 1.0);
        let (before, after) = (difference(&soft, &truth), difference(&sharp, &truth));
        assert!(after < 0.85 * before, "{deviation}: {before} to {after}");
    }
}

#[test]
fn noise_is_not_taken_for_detail() {
    let mut flat = Plane::new(160, 120);
    flat.values.fill(120.0);
    let noise = noisy(&flat, 2.0);
    for scene in [0.0, 1.0, 4.0] {
        let blur = Blur { registration: 0.2, scene: Some(scene), noise: 2.0 };
        let sharp = undone(Spectrum::of(&noise), &blur, 1.0);
        let grown = difference(&sharp, &flat) / difference(&noise, &flat);
        assert!(grown < 1.1, "{scene}: {grown}");
    }
}

#[test]
fn a_strength_out_of_range_is_refused() {
    use crate::registration::{RegisterError, RegisterSettings};
    for strength in [-0.1, 2.1, f64::NAN, f64::INFINITY] {
        let error = RegisterSettings::default().sharpen(strength).validate().unwrap_err();
        assert!(matches!(error, RegisterError::Sharpen { .. }) && error.to_string().contains("from 0 to 2"));
    }
    assert!(RegisterSettings::default().sharpen(2.0).validate().is_ok());
}

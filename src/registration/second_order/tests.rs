//! The estimate on exact waves, whose bias is known, and on what has none.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::regression::Regression;
use super::*;
use crate::registration::field::{Lattice, SPACING};
use crate::registration::mean::{length, mean, weights};
use crate::synth::{WaveSettings, Waves};

const SIZE: (usize, usize) = (240, 180);
/// Seconds from frame to frame.
const STEP: f64 = 0.04;

/// Exact displacements from pixels to the scene.
fn exact(settings: &WaveSettings, frames: usize) -> (Waves, Vec<Field>) {
    let waves = Waves::new(SIZE.0, SIZE.1, settings).unwrap();
    let lattice = Lattice::over(SIZE.0, SIZE.1);
    let at = |t: usize| {
        Field::through(lattice, |x, y| {
            let (dx, dy) = waves.displacement_at(f64::from(x), f64::from(y), STEP * t as f64);
            (dx as f32, dy as f32)
        })
    };
    let fields = (0..frames).into_par_iter().map(at).collect();
    (waves, fields)
}

fn weighed(fields: &[Field]) -> Vec<f64> {
    let numbers: Vec<u32> = (0..fields.len() as u32).collect();
    weights(fields, &numbers, &vec![true; fields.len()])
}

fn found(backwards: &[Field], weights: &[f64]) -> Option<SecondOrder> {
    second_order(backwards, weights, &mean(backwards, weights))
}

/// The second-order term a h grad h of these waves, averaged as the displacements are.
fn bias(waves: &Waves, weights: &[f64], lattice: Lattice) -> Field {
    let steps: Vec<(f64, f64)> =
        weights.iter().enumerate().map(|(t, &weight)| (STEP * t as f64, weight)).collect();
    Field::through(lattice, |x, y| {
        let mut sum = (0.0, 0.0);
        for &(t, weight) in &steps {
            let (h, sx, sy) = waves.surface_at(f64::from(x), f64::from(y), t);
            sum = (sum.0 + weight * BEND * h * sx, sum.1 + weight * BEND * h * sy);
        }
        (sum.0 as f32, sum.1 as f32)
    })
}

/// How many times `pattern` is in `field`, by least squares.
fn share(field: &Field, pattern: &Field) -> f64 {
    let dot = |a: &Field, b: &Field| -> f64 {
        let pairs = a.dx.iter().zip(&b.dx).chain(a.dy.iter().zip(&b.dy));
        pairs.map(|(a, b)| f64::from(a * b)).sum()
    };
    dot(field, pattern) / dot(pattern, pattern)
}

fn plus(mut field: Field, other: &Field) -> Field {
    field.dx.iter_mut().zip(&other.dx).for_each(|(sum, value)| *sum += value);
    field.dy.iter_mut().zip(&other.dy).for_each(|(sum, value)| *sum += value);
    field
}

#[test]
fn the_bias_of_standing_waves_is_found_with_the_depth_of_the_water() {
    for seed in [1, 2, 3] {
        let settings = WaveSettings { seed, ..WaveSettings::STANDING };
        let (waves, fields) = exact(&settings, 80);
        let weights = weighed(&fields);
        let found = found(&fields, &weights).unwrap();
        assert!(
            found.certainty > 0.95 && found.coefficient < 0.0,
            "{} {}",
            found.certainty,
            found.coefficient
        );
        let depth = found.depth.unwrap();
        assert!((depth / settings.depth - 1.0).abs() < 0.15, "{depth} px of {}", settings.depth);
        let pattern = bias(&waves, &weights, fields[0].lattice);
        let before = mean(&fields, &weights);
        let off = length(&before);
        assert!((share(&before, &pattern) - 1.0).abs() < 0.25, "{}", share(&before, &pattern));
        let after = plus(before, &found.correction);
        let left = share(&after, &pattern);
        assert!(left.abs() < 0.2, "{left} of the bias is left");
        assert!(length(&after) < 0.6 * off, "{} px of {off}", length(&after));
    }
}

#[test]
fn long_waves_over_deep_water_and_noise_are_left_alone() {
    for (wavelength, seed) in [(60.0, 1), (120.0, 2), (400.0, 1), (400.0, 2), (400.0, 3), (400.0, 4)] {
        let long = WaveSettings { wavelength, ripples: 0.0, seed, ..WaveSettings::MODERATE };
        let (_, mut fields) = exact(&long, 60);
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        for field in &mut fields {
            field.dx.iter_mut().chain(&mut field.dy).for_each(|v| *v += random.random::<f32>() - 0.5);
        }
        let found = found(&fields, &weighed(&fields)).unwrap();
        let moved = length(&found.correction);
        let SecondOrder { coefficient, certainty, .. } = found;
        assert!(moved < 0.05, "{wavelength}: {moved} px, c {coefficient}, certainty {certainty}");
    }
}

#[test]
fn noise_alone_has_no_second_order() {
    let lattice = Lattice::over(SIZE.0, SIZE.1);
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let mut noise = || {
        let mut field = Field::zero(lattice);
        field.dx.iter_mut().chain(&mut field.dy).for_each(|v| *v = random.random::<f32>() - 0.5);
        field
    };
    let fields: Vec<Field> = (0..40).map(|_| noise()).collect();
    let found = found(&fields, &weighed(&fields)).unwrap();
    assert!(length(&found.correction) < 0.01, "{} px", length(&found.correction));
}

#[test]
fn what_is_too_small_too_short_or_at_rest_has_none() {
    let still = vec![Field::zero(Lattice::over(SIZE.0, SIZE.1)); 30];
    assert_eq!(found(&still, &[1.0 / 30.0; 30]), None);
    let (_, fields) = exact(&WaveSettings::STANDING, 6);
    assert_eq!(found(&fields, &weighed(&fields)), None);
    let narrow = vec![Field::zero(Lattice::over(SIZE.0, 40)); 30];
    assert_eq!(found(&narrow, &[1.0 / 30.0; 30]), None);
    // Frames that do not count are not looked at.
    let mut weights = vec![0.0; 6];
    weights[..2].fill(0.5);
    assert_eq!(found(&fields, &weights), None);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let (_, fields) = exact(&WaveSettings::STANDING, 40);
    let weights = weighed(&fields);
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| found(&fields, &weights))
    };
    assert_eq!(on(1), on(3));
}

#[test]
fn a_slope_is_found_and_what_varies_from_place_to_place_is_uncertain() {
    let places = SIDES * SIDES;
    let b: Vec<Vec<f32>> =
        (0..8).map(|t| (0..places).map(|p| (0.7 * t as f32 + p as f32).sin()).collect()).collect();
    let times = |slope: &dyn Fn(usize) -> f32| -> Vec<Vec<f32>> {
        b.iter().map(|row| row.iter().enumerate().map(|(p, b)| slope(p) * b).collect()).collect()
    };
    let steady = Regression::of(&times(&|_| 2.5), &b, |at| at);
    assert!((steady.slope().unwrap() - 2.5).abs() < 1e-6 && steady.variance() < 1e-12);
    assert!((steady.explained(2.5) - 1.0).abs() < 1e-6);
    let mixed = Regression::of(&times(&|p| if p % 2 == 0 { 1.0 } else { -1.0 }), &b, |at| at);
    let slope = mixed.slope().unwrap();
    assert!(mixed.variance() > slope * slope, "{slope}, {}", mixed.variance());
    // All in one place: leaving it out leaves nothing.
    let lone = Regression::of(&times(&|_| 2.5), &b, |_| 4);
    assert_eq!(lone.variance(), f64::INFINITY);
    assert_eq!(Regression::of(&[vec![0.0; 9]], &[vec![0.0; 9]], |at| at).slope(), None);
}

#[test]
fn the_period_is_that_of_the_waves() {
    let wave: Vec<Vec<f32>> = (0..90)
        .map(|t| {
            vec![
                (std::f32::consts::TAU * t as f32 / 12.0).sin(),
                (0.5 + std::f32::consts::TAU * t as f32 / 12.0).cos(),
            ]
        })
        .collect();
    let found = period(&wave).unwrap();
    assert!((found - 12.0).abs() < 0.5, "{found}");
    // Where the clip's ends are out of the filter's reach.
    let passed = slow(&wave, SLOW * found);
    let still = |row: &Vec<f32>| row.iter().zip(&passed[45]).all(|(a, b)| (a - b).abs() < 1e-3);
    assert!(passed[35..55].iter().all(still));
}

/// phi with a known gradient, whatever its constant.
#[test]
fn potentials_have_the_gradient_that_was_given() {
    let (columns, rows) = (37, 26);
    let node = |at: usize| ((SPACING * (at % columns)) as f64, (SPACING * (at / columns)) as f64);
    // Gentle against the spacing: the mean of both ends is the difference to second order.
    let phi = |x: f64, y: f64| 40.0 * (x / 30.0).sin() * (y / 25.0).cos() + 0.3 * x - 0.2 * y;
    let gradient = |x: f64, y: f64| {
        let (sx, cx, sy, cy) = ((x / 30.0).sin(), (x / 30.0).cos(), (y / 25.0).sin(), (y / 25.0).cos());
        (40.0 / 30.0 * cx * cy + 0.3, -40.0 / 25.0 * sx * sy - 0.2)
    };
    let of = |value: &dyn Fn(f64, f64) -> f64| -> Vec<f32> {
        (0..columns * rows).map(|at| value(node(at).0, node(at).1) as f32).collect()
    };
    let found =
        Poisson::new(columns, rows).solve(&of(&|x, y| gradient(x, y).0), &of(&|x, y| gradient(x, y).1));
    let exact = of(&phi);
    let mean = exact.iter().sum::<f32>() / exact.len() as f32;
    for (found, exact) in found.iter().zip(&exact) {
        assert!((found - (exact - mean)).abs() < 0.3, "{found} is not {}", exact - mean);
    }
}

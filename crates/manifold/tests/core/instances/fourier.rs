//! The transforms against their definition.

use std::f64::consts::{PI, TAU};

use ::instances::fourier::{Complex, complex, cosine, real, real_f64};

const LENGTHS: [usize; 6] = [1, 2, 7, 16, 31, 120];

/// The definition of the transform, in 64 bits.
fn spectrum(values: &[f64]) -> Vec<[f64; 2]> {
    let n = values.len();
    let term = |k: usize, j: usize| TAU * ((k * j) % n) as f64 / n as f64;
    let sum = |k: usize, part: fn(f64) -> f64| {
        values.iter().enumerate().map(|(j, x)| x * part(term(k, j))).sum::<f64>()
    };
    (0..n).map(|k| [sum(k, f64::cos), -sum(k, f64::sin)]).collect()
}

fn values(length: usize) -> Vec<f64> {
    (0..length).map(|at| ((at * 37 + 11) % 64) as f64 / 64.0 - 0.4).collect()
}

#[test]
fn real_transforms_are_their_definition_and_invert() {
    for length in LENGTHS {
        let (values, (forward, back)) = (values(length), real(length));
        let mut narrow: Vec<f32> = values.iter().map(|&x| x as f32).collect();
        let mut spectra = forward.make_output_vec();
        forward.process(&mut narrow, &mut spectra).unwrap();
        let mut wide = real_f64(length).make_output_vec();
        real_f64(length).process(&mut values.clone(), &mut wide).unwrap();
        for (k, [re, im]) in spectrum(&values).into_iter().take(length / 2 + 1).enumerate() {
            assert!((f64::from(spectra[k].re) - re).abs() < 1e-4, "{length}, {k}");
            assert!((f64::from(spectra[k].im) - im).abs() < 1e-4, "{length}, {k}");
            assert!((wide[k].re - re).abs() < 1e-11 && (wide[k].im - im).abs() < 1e-11, "{length}, {k}");
        }
        back.process(&mut spectra, &mut narrow).unwrap();
        for (got, want) in narrow.iter().zip(&values) {
            assert!((f64::from(*got) / length as f64 - want).abs() < 1e-6, "{length}");
        }
    }
}

#[test]
fn complex_transforms_are_their_definition_and_invert() {
    for length in LENGTHS {
        let (values, (forward, back)) = (values(length), complex(length));
        let mut inout: Vec<_> = values.iter().map(|&x| Complex::new(0.0, x as f32)).collect();
        forward.process(&mut inout);
        for (got, [re, im]) in inout.iter().zip(spectrum(&values)) {
            assert!(
                (f64::from(got.re) + im).abs() < 1e-4 && (f64::from(got.im) - re).abs() < 1e-4,
                "{length}"
            );
        }
        back.process(&mut inout);
        for (got, want) in inout.iter().zip(&values) {
            assert!(
                (f64::from(got.im) / length as f64 - want).abs() < 1e-6 && got.re.abs() < 1e-4,
                "{length}"
            );
        }
    }
}

#[test]
fn cosine_transforms_are_their_definition_and_invert() {
    for length in LENGTHS {
        let (values, transform) = (values(length), cosine(length));
        let mut inout: Vec<f32> = values.iter().map(|&x| x as f32).collect();
        transform.process_dct2(&mut inout);
        for (k, got) in inout.iter().enumerate() {
            let angle = |j: usize| PI * k as f64 * (j as f64 + 0.5) / length as f64;
            let want: f64 = values.iter().enumerate().map(|(j, x)| x * angle(j).cos()).sum();
            assert!((f64::from(*got) - want).abs() < 1e-4, "{length}, {k}");
        }
        transform.process_dct3(&mut inout);
        // Of type 3 it takes half of the first.
        for (got, want) in inout.iter().zip(&values) {
            assert!((f64::from(*got) * 2.0 / length as f64 - want).abs() < 1e-5, "{length}");
        }
    }
}

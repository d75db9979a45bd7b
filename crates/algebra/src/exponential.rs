//! exp of many numbers that are not positive, in loops that the compiler can vectorize.
//!
//! exp(x) = 2^n exp(r), n = round(x / ln 2), |r| <= ln 2 / 2: exp(r) by its Taylor polynomial, of degree 12 in
//! 64 bits and 7 in 32, 2^n from its bits. Within 3 units in the last place; below -700 (-87 in 32 bits)
//! it is exp of that.

use std::f64::consts::LOG2_E;

use multiversion::multiversion;

/// ln 2, its leading bits and the rest.
const HIGH: f64 = 6.931_471_803_691_238e-1;
const LOW: f64 = 1.908_214_929_270_587_7e-10;
/// Adding this rounds to an integer, which is then in the last bits.
const ROUND: f64 = 6_755_399_441_055_744.0;
const ROUND_32: f32 = 12_582_912.0;

/// 1 / i! from the highest down.
const TAYLOR: [f64; 13] = [
    1.0 / 479_001_600.0,
    1.0 / 39_916_800.0,
    1.0 / 3_628_800.0,
    1.0 / 362_880.0,
    1.0 / 40_320.0,
    1.0 / 5_040.0,
    1.0 / 720.0,
    1.0 / 120.0,
    1.0 / 24.0,
    1.0 / 6.0,
    0.5,
    1.0,
    1.0,
];

#[inline(always)]
fn exponential(x: f64) -> f64 {
    let x = x.max(-700.0);
    let rounded = x * LOG2_E + ROUND;
    let n = rounded - ROUND;
    let r = (x - n * HIGH) - n * LOW;
    let polynomial = TAYLOR.iter().fold(0.0, |sum, coefficient| sum * r + coefficient);
    let power = f64::from_bits((rounded.to_bits().wrapping_add(1023)) << 52);
    polynomial * power
}

#[inline(always)]
fn exponential_32(x: f32) -> f32 {
    let x = x.max(-87.0);
    let rounded = x * LOG2_E as f32 + ROUND_32;
    let n = rounded - ROUND_32;
    let r = (x - n * 0.693_145_75) - n * 1.428_606_8e-6;
    let polynomial = TAYLOR[5..].iter().fold(0.0, |sum, &coefficient| sum * r + coefficient as f32);
    let power = f32::from_bits((rounded.to_bits().wrapping_add(127)) << 23);
    polynomial * power
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub(crate) fn exponentials_64(values: &mut [f64]) {
    values.iter_mut().for_each(|x| *x = exponential(*x));
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub(crate) fn exponentials_32(values: &mut [f32]) {
    values.iter_mut().for_each(|x| *x = exponential_32(*x));
}

/// tanh of any numbers: sign(x) (1 - 2 / (exp(2|x|) + 1)), to 1e-15.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub fn hyperbolic_tangents(values: &mut [f64]) {
    for x in values {
        let e = exponential(-2.0 * x.abs());
        *x = ((1.0 - e) / (1.0 + e)).copysign(*x);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_of_the_standard_library() {
        let mut wide: Vec<f64> = (0..7001).map(|i| -0.1 * f64::from(i)).collect();
        let mut narrow: Vec<f32> = wide.iter().filter(|&&x| x > -87.0).map(|&x| x as f32).collect();
        let (before, before_32) = (wide.clone(), narrow.clone());
        exponentials_64(&mut wide);
        exponentials_32(&mut narrow);
        for (x, found) in before.iter().zip(wide) {
            assert!((found / x.exp() - 1.0).abs() < 1e-15, "exp({x}) = {found}");
        }
        for (x, found) in before_32.iter().zip(narrow) {
            assert!((f64::from(found) / f64::from(*x).exp() - 1.0).abs() < 4e-7, "exp({x}) = {found}");
        }
        let mut tanh: Vec<f64> = (-300..=300).map(|i| f64::from(i) * 0.07).collect();
        let before = tanh.clone();
        hyperbolic_tangents(&mut tanh);
        for (x, found) in before.iter().zip(tanh) {
            assert!((found - x.tanh()).abs() < 1e-15, "tanh({x}) = {found}");
        }
    }
}

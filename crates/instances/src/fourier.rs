//! Discrete Fourier transforms of a given length, unnormalized: forward and back multiplies by the length.

use std::sync::Arc;

use realfft::RealFftPlanner;
use rustdct::DctPlanner;
use rustfft::FftPlanner;

pub use realfft::{ComplexToReal, RealToComplex};
pub use rustdct::TransformType2And3;
pub use rustfft::Fft;
pub use rustfft::num_complex::Complex;

/// Real values to the first half of their spectrum, and back, in 32 bits.
#[must_use]
pub fn real(length: usize) -> (Arc<dyn RealToComplex<f32>>, Arc<dyn ComplexToReal<f32>>) {
    let mut planner = RealFftPlanner::new();
    (planner.plan_fft_forward(length), planner.plan_fft_inverse(length))
}

/// Complex values to their spectrum, and back, in 32 bits.
#[must_use]
pub fn complex(length: usize) -> (Arc<dyn Fft<f32>>, Arc<dyn Fft<f32>>) {
    let mut planner = FftPlanner::new();
    (planner.plan_fft_forward(length), planner.plan_fft_inverse(length))
}

/// Real values to the first half of their spectrum, in 64 bits.
#[must_use]
pub fn real_f64(length: usize) -> Arc<dyn RealToComplex<f64>> {
    RealFftPlanner::new().plan_fft_forward(length)
}

/// Real values to their cosine transform (of type 2) and, by that of type 3, back, in 32 bits: both multiply by half the length.
#[must_use]
pub fn cosine(length: usize) -> Arc<dyn TransformType2And3<f32>> {
    DctPlanner::new().plan_dct2(length)
}

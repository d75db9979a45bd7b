//! What is slow in a series of frames, compared to the waves' period.

use instances::fourier::{Complex, real_f64};
use rayon::prelude::*;

/// Mean period of all series, by their energy, in frames; `None` if nothing moves.
pub(super) fn period(series: &[Vec<f32>]) -> Option<f64> {
    let frames = series.len();
    let transform = real_f64(frames);
    let taper: Vec<f64> = (0..frames)
        .map(|t| (std::f64::consts::PI * (t as f64 + 0.5) / frames as f64).sin().powi(2))
        .collect();
    let (mut line, mut spectrum) = (vec![0.0; frames], vec![Complex::default(); frames / 2 + 1]);
    let (mut energy, mut frequency) = (0.0, 0.0);
    for at in 0..series[0].len() {
        // Its mean is about zero.
        line.iter_mut().zip(series).zip(&taper).for_each(|((to, row), t)| *to = t * f64::from(row[at]));
        transform.process(&mut line, &mut spectrum).ok()?;
        for (k, bin) in spectrum.iter().enumerate().skip(1) {
            energy += bin.norm_sqr();
            frequency += k as f64 * bin.norm_sqr();
        }
    }
    (frequency > 0.0).then(|| frames as f64 * energy / frequency)
}

/// All series under a Gaussian low pass over time of this standard deviation in frames, less their means.
pub(super) fn slow(series: &[Vec<f32>], deviation: f64) -> Vec<Vec<f32>> {
    let reach = (4.0 * deviation).ceil() as usize;
    let kernel: Vec<f64> = (0..=reach).map(|at| (-0.5 * (at as f64 / deviation).powi(2)).exp()).collect();
    let passed = |t: usize| -> Vec<f32> {
        let near = t.saturating_sub(reach)..(t + reach + 1).min(series.len());
        let total: f64 = near.clone().map(|s| kernel[s.abs_diff(t)]).sum();
        let mut sum = vec![0.0f32; series[t].len()];
        for s in near {
            let weight = (kernel[s.abs_diff(t)] / total) as f32;
            sum.iter_mut().zip(&series[s]).for_each(|(sum, value)| *sum += weight * value);
        }
        sum
    };
    let mut all: Vec<Vec<f32>> = (0..series.len()).into_par_iter().map(passed).collect();
    let mut mean = vec![0.0f32; series[0].len()];
    for row in &all {
        mean.iter_mut().zip(row).for_each(|(sum, value)| *sum += value / series.len() as f32);
    }
    all.par_iter_mut().for_each(|row| row.iter_mut().zip(&mean).for_each(|(value, mean)| *value -= mean));
    all
}

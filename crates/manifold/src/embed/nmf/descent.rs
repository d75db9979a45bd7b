//! Cyclic coordinate descent.

use std::ops::Range;

use algebra::MatRef;
use rayon::prelude::*;

use super::factors::{Factors, ROWS, square, times};
use crate::embed::linear::sum_in_order;
use crate::points::Points;

/// Most sweeps over the entries of a new point, and what the projected gradient must fall to.
const SWEEPS: usize = 2000;
const SMALL: f64 = 1e-6;

/// One sweep over rows of k entries: `targets` is XHᵀ (row by row), `gram` HHᵀ; returns the sum of the
/// projected gradients met.
fn sweep(rows: &mut [f32], targets: &[f32], gram: &[f32], k: usize) -> f64 {
    let mut violation = 0.0;
    for (row, target) in rows.chunks_exact_mut(k).zip(targets.chunks_exact(k)) {
        for t in 0..k {
            let of = &gram[t * k..(t + 1) * k];
            let gradient = of.iter().zip(&*row).map(|(g, w)| g * w).sum::<f32>() - target[t];
            let projected = if row[t] == 0.0 { gradient.min(0.0) } else { gradient };
            violation += f64::from(projected.abs());
            if of[t] != 0.0 {
                row[t] = (row[t] - gradient / of[t]).max(0.0);
            }
        }
    }
    violation
}

/// W, then H; returns the sum of the projected gradients.
pub(super) fn step(points: &Points, factors: &mut Factors) -> f64 {
    let (k, d) = (factors.k, points.dimensions());
    let gram = square(&factors.parts, k);
    let parts = MatRef::from_row_major_slice(&factors.parts, d, k);
    // Each block of rows is improved and multiplied into WᵀX right away.
    let chunk = ROWS * k;
    let rows = |range: &Range<usize>| &points.values()[range.start * d..range.end * d];
    let blocks: Vec<std::sync::Mutex<&mut [f32]>> =
        factors.weights.chunks_mut(chunk).map(std::sync::Mutex::new).collect();
    let part = |range: Range<usize>| {
        let values = MatRef::from_row_major_slice(rows(&range), range.len(), d);
        let mut targets = vec![0.0f32; range.len() * k];
        times(&mut targets, values, parts);
        let mut sum = vec![0.0f32; d * k];
        let mut violation = 0.0;
        if let Ok(mut weights) = blocks[range.start / ROWS].lock() {
            violation = sweep(&mut weights, &targets, &gram, k);
            times(&mut sum, values.transpose(), MatRef::from_row_major_slice(&weights, range.len(), k));
        }
        (sum, violation)
    };
    let add = |total: &mut (Vec<f32>, f64), part: (Vec<f32>, f64)| {
        total.0.iter_mut().zip(part.0).for_each(|(total, part)| *total += part);
        total.1 += part.1;
    };
    let (targets, violation) =
        sum_in_order(points.n(), ROWS, part, add).unwrap_or_else(|| (vec![0.0; d * k], 0.0));
    let gram = square(&factors.weights, k);
    violation + sweep(&mut factors.parts, &targets, &gram, k)
}

/// The power of two of the largest value, 0 if all vanish.
fn exponent(values: &[f32]) -> i32 {
    let largest = values.iter().copied().fold(0.0, f32::max);
    if largest > 0.0 { largest.log2().floor() as i32 } else { 0 }
}

/// The weights of new points for the parts (k rows of d).
pub(super) fn fit_weights(points: &Points, components: &[f32], k: usize) -> Vec<f64> {
    let d = points.dimensions();
    // Both near 1, so that no product is beyond 32 bits.
    let (of_points, of_parts) = (exponent(points.values()), exponent(components));
    let scaled = |x: f32, exponent: i32| (f64::from(x) * 2f64.powi(-exponent)) as f32;
    let by_column: Vec<f32> =
        (0..d * k).map(|at| scaled(components[at % k * d + at / k], of_parts)).collect();
    let back = 2f64.powi(of_points - of_parts);
    let gram = square(&by_column, k);
    let parts = MatRef::from_row_major_slice(&by_column, d, k);
    let mut weights = vec![0.0f64; points.n() * k];
    weights.par_chunks_mut(ROWS * k).enumerate().for_each(|(chunk, weights)| {
        let rows = weights.len() / k;
        let values = &points.values()[chunk * ROWS * d..(chunk * ROWS + rows) * d];
        let values: Vec<f32> = values.iter().map(|&x| scaled(x, of_points)).collect();
        let mut targets = vec![0.0f32; rows * k];
        times(&mut targets, MatRef::from_row_major_slice(&values, rows, d), parts);
        let mut row = vec![0.0f32; k];
        for (weights, target) in weights.chunks_exact_mut(k).zip(targets.chunks_exact(k)) {
            row.fill(0.0);
            let first = sweep(&mut row, target, &gram, k);
            for _ in 1..SWEEPS {
                if sweep(&mut row, target, &gram, k) <= SMALL * first {
                    break;
                }
            }
            weights.iter_mut().zip(&row).for_each(|(to, &w)| *to = f64::from(w) * back);
        }
    });
    weights
}

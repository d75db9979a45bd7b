//! Multiplicative updates.

use std::ops::Range;

use algebra::MatRef;
use rayon::prelude::*;

use super::factors::{Factors, ROWS, square, times};
use crate::embed::linear::sum_in_order;
use crate::points::Points;

/// entry <- entry · target / (row of entries · gram).
fn update(rows: &mut [f32], targets: &[f32], gram: &[f32], k: usize) {
    let mut below = vec![0.0f32; k];
    for (row, target) in rows.chunks_exact_mut(k).zip(targets.chunks_exact(k)) {
        for (below, of) in below.iter_mut().zip(gram.chunks_exact(k)) {
            *below = of.iter().zip(&*row).map(|(g, w)| g * w).sum();
        }
        for ((entry, target), below) in row.iter_mut().zip(target).zip(&below) {
            *entry *= target / below.max(f32::EPSILON);
        }
    }
}

/// W, then H.
pub(super) fn step(points: &Points, factors: &mut Factors) {
    let (k, d) = (factors.k, points.dimensions());
    let gram = square(&factors.parts, k);
    let parts = MatRef::from_row_major_slice(&factors.parts, d, k);
    factors.weights.par_chunks_mut(ROWS * k).enumerate().for_each(|(chunk, weights)| {
        let rows = weights.len() / k;
        let values = &points.values()[chunk * ROWS * d..(chunk * ROWS + rows) * d];
        let mut targets = vec![0.0f32; rows * k];
        times(&mut targets, MatRef::from_row_major_slice(values, rows, d), parts);
        update(weights, &targets, &gram, k);
    });
    let weights = &factors.weights;
    let part = |range: Range<usize>| {
        let values = &points.values()[range.start * d..range.end * d];
        let values = MatRef::from_row_major_slice(values, range.len(), d);
        let rows = MatRef::from_row_major_slice(&weights[range.start * k..range.end * k], range.len(), k);
        let mut sum = vec![0.0f32; d * k];
        times(&mut sum, values.transpose(), rows);
        sum
    };
    let add = |total: &mut Vec<f32>, part: Vec<f32>| total.iter_mut().zip(part).for_each(|(t, p)| *t += p);
    let targets = sum_in_order(points.n(), ROWS, part, add).unwrap_or_default();
    let gram = square(weights, k);
    update(&mut factors.parts, &targets, &gram, k);
}

//! The Guttman transform and the stress, in one pass over all pairs.

use multiversion::multiversion;
use rayon::prelude::*;

use crate::embed::SquareDistances;

/// Points that are worth a task of their own.
const ROWS: usize = 16;
/// Pairs whose distances are held at a time.
const PIECE: usize = 128;
/// Sums side by side.
const LANES: usize = 8;

/// δ̂ of all pairs.
pub(super) enum Targets<'a> {
    Given(&'a SquareDistances),
    /// n² values, row by row.
    Fitted(&'a [f64]),
}

impl Targets<'_> {
    fn row(&self, i: usize, n: usize) -> &[f64] {
        match self {
            Targets::Given(distances) => distances.row(i),
            Targets::Fitted(values) => &values[i * n..(i + 1) * n],
        }
    }
}

/// How well distances fit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Measure {
    /// Σ (d - δ̂)² over pairs i < j.
    pub raw: f64,
    /// Σ d² over the same.
    pub squares: f64,
}

impl Measure {
    /// The square of stress-1.
    pub(super) fn relative(&self) -> f64 {
        if self.squares > 0.0 { self.raw / self.squares } else { f64::INFINITY }
    }
}

/// Γ of the places (axis by axis), and the stress of the places themselves.
pub(super) fn transform(places: &[Vec<f64>], targets: &Targets<'_>) -> (Vec<Vec<f64>>, Measure) {
    let (n, k) = (places[0].len(), places.len());
    let mut moved = vec![0.0; n * k];
    let measures: Vec<Measure> = moved
        .par_chunks_mut(ROWS * k)
        .enumerate()
        .map(|(chunk, rows)| {
            let mut sum = Measure::default();
            for (at, to) in rows.chunks_exact_mut(k).enumerate() {
                let i = chunk * ROWS + at;
                let (raw, squares) = pull(places, targets.row(i, n), i, to);
                to.iter_mut().for_each(|x| *x /= n as f64);
                sum = Measure { raw: sum.raw + raw, squares: sum.squares + squares };
            }
            sum
        })
        .collect();
    // Each pair was met twice.
    let raw = measures.iter().map(|m| m.raw).sum::<f64>() / 2.0;
    let squares = measures.iter().map(|m| m.squares).sum::<f64>() / 2.0;
    let axis = |a: usize| moved.iter().skip(a).step_by(k).copied().collect();
    ((0..k).map(axis).collect(), Measure { raw, squares })
}

/// Σ_j (δ̂_ij / d_ij)(x_i - x_j) into `to`; returns Σ_j (d - δ̂)² and Σ_j d².
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn pull(places: &[Vec<f64>], targets: &[f64], i: usize, to: &mut [f64]) -> (f64, f64) {
    let (mut raw, mut squares) = ([0.0f64; LANES], [0.0f64; LANES]);
    let mut sums = [0.0f64; PIECE];
    to.fill(0.0);
    for (piece, targets) in targets.chunks(PIECE).enumerate() {
        let start = piece * PIECE;
        let here = targets.len();
        sums[..here].fill(0.0);
        for axis in places {
            let x = axis[i];
            for (sum, other) in sums.iter_mut().zip(&axis[start..start + here]) {
                *sum += (x - other) * (x - other);
            }
        }
        // The unfilled part of a short last piece must add nothing.
        sums[here..].fill(0.0);
        let mut padded = [0.0f64; PIECE];
        padded[..here].copy_from_slice(targets);
        for (sums, targets) in sums.chunks_exact_mut(LANES).zip(padded.chunks_exact(LANES)) {
            for lane in 0..LANES {
                let square = sums[lane];
                let d = square.sqrt();
                let miss = d - targets[lane];
                raw[lane] += miss * miss;
                squares[lane] += square;
                sums[lane] = if d > 0.0 { targets[lane] / d } else { 0.0 };
            }
        }
        for (axis, to) in places.iter().zip(to.iter_mut()) {
            let x = axis[i];
            let mut pulls = [0.0f64; LANES];
            let others = &axis[start..start + here];
            let (wholes, rest) = others.as_chunks::<LANES>();
            for (ratios, others) in sums.chunks_exact(LANES).zip(wholes) {
                for lane in 0..LANES {
                    pulls[lane] += ratios[lane] * (x - others[lane]);
                }
            }
            let tail = &sums[here - rest.len()..here];
            let last: f64 = tail.iter().zip(rest).map(|(ratio, other)| ratio * (x - other)).sum();
            *to += pulls.iter().sum::<f64>() + last;
        }
    }
    (raw.iter().sum(), squares.iter().sum())
}

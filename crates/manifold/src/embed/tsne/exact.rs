//! Repulsion, pair by pair: for each point φ_i = Σ_j w(d_ij²), j = i included, and its gradient
//! ∇φ_i = −(ν+1)/ν Σ_j s(d_ij²) w(d_ij²) (y_i − y_j). Parity contract: the other two ways to
//! compute it are tested against this one.

use multiversion::multiversion;
use rayon::prelude::*;

use super::tail::Tail;

/// Points of a task.
const CHUNK: usize = 64;

const LANES: usize = 16;

/// Writes ∇φ of each of `at` among all `y` to `repulsion` and returns the φ.
pub(super) fn repel<T: Tail, const D: usize>(
    y: &[[f32; D]],
    at: &[[f32; D]],
    tail: T,
    repulsion: &mut [[f32; D]],
) -> Vec<f64> {
    // Axis by axis; what fills the last lanes is too far away to weigh anything.
    let padded = y.len().next_multiple_of(LANES);
    let axes: [Vec<f32>; D] = std::array::from_fn(|axis| {
        let values = y.iter().map(|point| point[axis]);
        values.chain(std::iter::repeat_n(FAR, padded - y.len())).collect()
    });
    let mut potential = vec![0.0f64; at.len()];
    let chunks =
        at.par_chunks(CHUNK).zip(repulsion.par_chunks_mut(CHUNK)).zip(potential.par_chunks_mut(CHUNK));
    chunks.for_each(|((at, repulsion), potential)| points(&axes, at, tail, repulsion, potential));
    potential
}

/// (1 + FAR²)^-1 is 1e-30, yet FAR² does not overflow; other tails make it smaller still.
const FAR: f32 = 1e15;

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn points<T: Tail, const D: usize>(
    axes: &[Vec<f32>; D],
    at: &[[f32; D]],
    tail: T,
    repulsion: &mut [[f32; D]],
    potential: &mut [f64],
) {
    let axes: [&[[f32; LANES]]; D] = std::array::from_fn(|axis| axes[axis].as_chunks().0);
    for ((here, repulsion), potential) in at.iter().zip(repulsion).zip(potential) {
        let mut sums = [[0.0f32; LANES]; D];
        let mut weights = [0.0f32; LANES];
        for block in 0..axes[0].len() {
            let there: [&[f32; LANES]; D] = std::array::from_fn(|axis| &axes[axis][block]);
            for lane in 0..LANES {
                let mut squared = 0.0;
                for axis in 0..D {
                    squared += (here[axis] - there[axis][lane]) * (here[axis] - there[axis][lane]);
                }
                let weight = tail.weight(squared);
                weights[lane] += weight;
                let repulsion = weight * tail.share(squared);
                for axis in 0..D {
                    sums[axis][lane] += repulsion * (here[axis] - there[axis][lane]);
                }
            }
        }
        *potential = weights.iter().map(|&w| f64::from(w)).sum();
        for axis in 0..D {
            repulsion[axis] = -tail.factor() * sums[axis].iter().sum::<f32>();
        }
    }
}

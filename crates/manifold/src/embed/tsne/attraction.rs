//! Attraction: a_i = Σ_j P_ij s(d_ij²)(y_i − y_j), s the [`share`](Tail::share) of the tail.

use multiversion::multiversion;
use rayon::prelude::*;

use super::affinity::Affinities;
use super::tail::Tail;

/// Points of a task.
const CHUNK: usize = 256;

/// Pairs worked on together.
const LANES: usize = 16;

/// Writes the attraction of each point to `attraction`.
pub(super) fn attract<T: Tail, const D: usize>(
    p: &Affinities,
    y: &[[f32; D]],
    tail: T,
    attraction: &mut [[f32; D]],
) {
    debug_assert!(p.n() == y.len() && p.columns.iter().all(|&j| (j as usize) < y.len()));
    attraction.par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, attraction)| {
        let rows = &p.starts[chunk * CHUNK..][..attraction.len() + 1];
        chunk_of_rows(rows, chunk * CHUNK, &p.columns, &p.values, y, tail, attraction);
    });
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn chunk_of_rows<T: Tail, const D: usize>(
    starts: &[usize],
    first: usize,
    columns: &[u32],
    values: &[f32],
    y: &[[f32; D]],
    tail: T,
    attraction: &mut [[f32; D]],
) {
    for (row, attraction) in attraction.iter_mut().enumerate() {
        let here = y[first + row];
        let entries = starts[row]..starts[row + 1];
        let (columns, columns_rest) = columns[entries.clone()].as_chunks::<LANES>();
        let (values, values_rest) = values[entries].as_chunks::<LANES>();
        let mut sums = [[0.0f32; LANES]; D];
        for (columns, values) in columns.iter().zip(values) {
            let mut away = [[0.0f32; LANES]; D];
            for lane in 0..LANES {
                // SAFETY: the columns of affinities of n points are below n, the length of y: they are
                // the indices of lists of these points' neighbors; fitting by neighbors refuses others.
                let there = unsafe { y.get_unchecked(columns[lane] as usize) };
                for axis in 0..D {
                    away[axis][lane] = here[axis] - there[axis];
                }
            }
            for lane in 0..LANES {
                let mut squared = 0.0;
                for axis in 0..D {
                    squared += away[axis][lane] * away[axis][lane];
                }
                let weight = values[lane] * tail.share(squared);
                for axis in 0..D {
                    sums[axis][lane] += weight * away[axis][lane];
                }
            }
        }
        for axis in 0..D {
            attraction[axis] = sums[axis].iter().sum();
        }
        for (&j, &value) in columns_rest.iter().zip(values_rest) {
            let there = y[j as usize];
            let squared = (0..D).map(|axis| (here[axis] - there[axis]).powi(2)).sum();
            let weight = value * tail.share(squared);
            for axis in 0..D {
                attraction[axis] += weight * (here[axis] - there[axis]);
            }
        }
    }
}

/// Σ P_ij times −ln w(d_ij²): what the affinities add to the divergence.
pub(super) fn cost<T: Tail, const D: usize>(p: &Affinities, y: &[[f64; D]], tail: T) -> f64 {
    let chunks = p.starts[..p.n()].par_chunks(CHUNK).enumerate().map(|(chunk, starts)| {
        let mut sum = 0.0;
        for i in chunk * CHUNK..chunk * CHUNK + starts.len() {
            let (columns, values) = p.row(i);
            for (&j, &value) in columns.iter().zip(values) {
                let squared = (0..D).map(|axis| (y[i][axis] - y[j as usize][axis]).powi(2)).sum();
                sum += f64::from(value) * tail.cost(squared);
            }
        }
        sum
    });
    chunks.collect::<Vec<f64>>().iter().sum()
}

//! Squared distances from a few points to all, in 64 bits.
//!
//! In few dimensions each difference is squared; in more, |a - b|² = |a|² + |b|² - 2 a·b by products
//! of blocks, after the mean was subtracted, which leaves an error of about 1e-16 |a|².

use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use algebra::{Mat, MatRef, Working as _};
use rayon::prelude::*;

use crate::embed::{EmbedError, Embedding};
use crate::points::Points;
use crate::progress::{Progress, Stage};

/// Points measured in one task.
pub(super) const BLOCK: usize = 32;
/// Dimensions up to which differences are squared.
const DIRECT: usize = 8;
/// Points multiplied at once.
const PANEL: usize = 1024;

/// Points between which distances are measured, centered.
pub(super) struct Space {
    dimensions: usize,
    values: Vec<f64>,
    /// Squared length of each point.
    lengths: Vec<f64>,
}

impl From<&Points> for Space {
    fn from(points: &Points) -> Space {
        Space::new(points.values().iter().map(|&x| f64::from(x)).collect(), points.dimensions())
    }
}

impl From<&Embedding> for Space {
    fn from(embedding: &Embedding) -> Space {
        Space::new(embedding.coordinates().to_vec(), embedding.dimensions())
    }
}

impl Space {
    fn new(mut values: Vec<f64>, dimensions: usize) -> Space {
        let n = (values.len() / dimensions) as f64;
        let mut means = vec![0.0; dimensions];
        for row in values.chunks_exact(dimensions) {
            means.iter_mut().zip(row).for_each(|(mean, x)| *mean += x / n);
        }
        for row in values.chunks_exact_mut(dimensions) {
            row.iter_mut().zip(&means).for_each(|(x, mean)| *x -= mean);
        }
        let lengths = values.chunks_exact(dimensions).map(|row| row.iter().map(|x| x * x).sum()).collect();
        Space { dimensions, values, lengths }
    }

    pub(crate) fn n(&self) -> usize {
        self.lengths.len()
    }

    fn row(&self, i: usize) -> &[f64] {
        &self.values[i * self.dimensions..(i + 1) * self.dimensions]
    }

    /// Squared distances from each of `queries` to all points, query by query; infinite to itself.
    pub(crate) fn squared(&self, queries: &[usize]) -> Vec<f64> {
        let n = self.n();
        let mut out = vec![0.0; queries.len() * n];
        if self.dimensions <= DIRECT {
            for (&i, row) in queries.iter().zip(out.chunks_exact_mut(n)) {
                direct(self.row(i), &self.values, row);
            }
        } else {
            self.by_products(queries, &mut out);
        }
        for (&i, row) in queries.iter().zip(out.chunks_exact_mut(n)) {
            row[i] = f64::INFINITY;
        }
        out
    }

    fn by_products(&self, queries: &[usize], out: &mut [f64]) {
        let (n, d) = (self.n(), self.dimensions);
        let asked = Mat::from_fn(d, queries.len(), |axis, q| self.row(queries[q])[axis]);
        let mut products = Mat::<f64>::zeros(PANEL.min(n), queries.len());
        for start in (0..n).step_by(PANEL) {
            let end = (start + PANEL).min(n);
            let panel = MatRef::from_row_major_slice(&self.values[start * d..end * d], end - start, d);
            let mut block = products.as_mut().subrows_mut(0, end - start);
            f64::multiply(block.as_mut(), panel, asked.as_ref());
            for (q, &i) in queries.iter().enumerate() {
                let row = &mut out[q * n + start..q * n + end];
                for (j, squared) in row.iter_mut().enumerate() {
                    *squared = (self.lengths[i] + self.lengths[start + j] - 2.0 * block[(j, q)]).max(0.0);
                }
            }
        }
    }
}

#[multiversion::multiversion(targets("x86_64+avx2+fma"))]
fn direct(from: &[f64], values: &[f64], out: &mut [f64]) {
    if let &[x, y] = from {
        for (squared, point) in out.iter_mut().zip(values.chunks_exact(2)) {
            *squared = (point[0] - x) * (point[0] - x) + (point[1] - y) * (point[1] - y);
        }
        return;
    }
    for (squared, point) in out.iter_mut().zip(values.chunks_exact(from.len())) {
        *squared = point.iter().zip(from).map(|(a, b)| (a - b) * (a - b)).sum();
    }
}

/// The k nearest of a row of squared distances, ascending by distance, then by index.
pub(super) fn nearest(row: &[f64], k: usize) -> Vec<usize> {
    let mut kept: Vec<(f64, usize)> = Vec::with_capacity(2 * k);
    let order = |a: &(f64, usize), b: &(f64, usize)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
    let mut farthest = f64::INFINITY;
    for (j, &squared) in row.iter().enumerate() {
        if squared < farthest {
            kept.push((squared, j));
            if kept.len() == 2 * k {
                kept.select_nth_unstable_by(k - 1, order);
                kept.truncate(k);
                farthest = kept[k - 1].0;
            }
        }
    }
    kept.sort_unstable_by(order);
    kept.truncate(k);
    kept.into_iter().map(|(_, j)| j).collect()
}

/// `measure` of each block of queries, in their order; reports progress and obeys a stop.
pub(super) fn blocks<T: Send>(
    queries: &[usize],
    progress: &dyn Progress,
    measure: impl Fn(&[usize]) -> T + Sync,
) -> Result<Vec<T>, EmbedError> {
    let (done, stopped) = (AtomicUsize::new(0), AtomicBool::new(false));
    let report = Mutex::new(());
    let one = |block: &[usize]| {
        if stopped.load(Ordering::Relaxed) {
            return None;
        }
        let measured = measure(block);
        let before = done.fetch_add(block.len(), Ordering::Relaxed);
        // A hundred or so reports, by one thread at a time.
        let step = (queries.len() / 100).max(1);
        if (before + block.len()) / step > before / step {
            let _one = report.lock();
            let now = done.load(Ordering::Relaxed);
            if let ControlFlow::Break(()) = progress.advance(Stage::QUALITY, now, Some(queries.len())) {
                stopped.store(true, Ordering::Relaxed);
            }
        }
        Some(measured)
    };
    let measured: Option<Vec<T>> = queries.par_chunks(BLOCK).map(one).collect();
    match measured {
        Some(measured) if !stopped.load(Ordering::Relaxed) => Ok(measured),
        _ => Err(EmbedError::Canceled),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_and_differences_agree() {
        for d in [1, 2, 3, 8, 9, 40] {
            let values: Vec<f32> = (0..300 * d).map(|i| 5.0 + ((i * i) as f32 * 0.37).sin()).collect();
            let points = Points::new(values, d).unwrap();
            let asked = [0, 7, 299];
            let squared = Space::from(&points).squared(&asked);
            for (q, &i) in asked.iter().enumerate() {
                for j in 0..300 {
                    let wanted = if i == j { f64::INFINITY } else { points.squared_distance(i, j) };
                    let got = squared[q * 300 + j];
                    assert!(got == wanted || (got - wanted).abs() < 1e-10, "{d}: {got} {wanted}");
                }
            }
        }
    }

    #[test]
    fn the_nearest_are_in_order() {
        let row = [3.0, 1.0, f64::INFINITY, 1.0, 0.5, 9.0, 1.0];
        assert_eq!(nearest(&row, 3), [4, 1, 3]);
        assert_eq!(nearest(&row, 1), [4]);
        assert_eq!(nearest(&row, 6), [4, 1, 3, 6, 0, 5]);
    }
}

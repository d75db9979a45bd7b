//! Affinities P of points from their nearest neighbors.
//!
//! p_{j|i} ∝ exp(−β_i d_ij²) over the neighbors j of i, with β_i such that the perplexity
//! exp(−Σ_j p_{j|i} ln p_{j|i}) is the wanted one; P_ij = (p_{j|i} + p_{i|j}) / 2n, which sums to 1.
//! Neighbors beyond three times the perplexity have negligible weight (van der Maaten,
//! Accelerating t-SNE, JMLR 15, 2014). Where more neighbors than the perplexity coincide with a
//! point, no β reaches it: they then share its weight evenly.

use rayon::prelude::*;

use crate::knn::NeighborLists;

/// Rows worked on together.
const CHUNK: usize = 256;

/// How close the entropy must come. A β is found in about six steps.
const TOLERANCE: f64 = 1e-10;
const STEPS: usize = 200;

/// P, row by row; columns in ascending order.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Affinities {
    pub starts: Vec<usize>,
    pub columns: Vec<u32>,
    pub values: Vec<f32>,
}

impl Affinities {
    pub(crate) fn of(neighbors: &NeighborLists, perplexity: f64) -> Affinities {
        let given = conditional(neighbors, perplexity);
        symmetric(neighbors, &given)
    }

    pub(crate) fn n(&self) -> usize {
        self.starts.len() - 1
    }

    pub(crate) fn row(&self, i: usize) -> (&[u32], &[f32]) {
        let row = self.starts[i]..self.starts[i + 1];
        (&self.columns[row.clone()], &self.values[row])
    }

    /// Σ P ln P.
    pub(crate) fn negative_entropy(&self) -> f64 {
        let chunk = |values: &[f32]| -> f64 {
            values.iter().map(|&p| f64::from(p)).filter(|&p| p > 0.0).map(|p| p * p.ln()).sum()
        };
        self.values.par_chunks(1 << 16).map(chunk).collect::<Vec<f64>>().iter().sum()
    }
}

/// p_{j|i} of each neighbor.
pub(super) fn conditional(neighbors: &NeighborLists, perplexity: f64) -> Vec<f32> {
    let k = neighbors.k();
    let mut given = vec![0.0f32; neighbors.all_distances().len()];
    let chunks = given.par_chunks_mut(CHUNK * k).zip(neighbors.all_distances().par_chunks(CHUNK * k));
    chunks.for_each(|(given, distances)| {
        let mut squares = vec![0.0; k];
        let mut weights = vec![0.0; k];
        for (given, distances) in given.chunks_exact_mut(k).zip(distances.chunks_exact(k)) {
            squares.iter_mut().zip(distances).for_each(|(square, &d)| *square = f64::from(d).powi(2));
            weigh(&mut squares, perplexity.ln(), &mut weights);
            given.iter_mut().zip(&weights).for_each(|(given, &weight)| *given = weight as f32);
        }
    });
    given
}

/// Weights of sum 1 and of the given entropy.
fn weigh(squares: &mut [f64], entropy: f64, weights: &mut [f64]) {
    let least = squares.iter().copied().fold(f64::INFINITY, f64::min);
    squares.iter_mut().for_each(|square| *square -= least);
    let mean = squares.iter().sum::<f64>() / squares.len() as f64;
    let (mut low, mut high) = (0.0, f64::INFINITY);
    let mut beta = if mean > 0.0 { 1.0 / mean } else { 0.0 };
    for _ in 0..STEPS {
        weights.iter_mut().zip(&*squares).for_each(|(weight, square)| *weight = (-beta * square).exp());
        let sum: f64 = weights.iter().sum();
        let first = weights.iter().zip(&*squares).map(|(w, d)| w * d).sum::<f64>() / sum;
        let second = weights.iter().zip(&*squares).map(|(w, d)| w * d * d).sum::<f64>() / sum;
        weights.iter_mut().for_each(|weight| *weight /= sum);
        let above = sum.ln() + beta * first - entropy;
        // With nothing nearer or farther, or only the nearest left, β no longer changes.
        let slope = beta * beta * (second - first * first);
        if above.abs() < TOLERANCE || mean == 0.0 || slope < 1e-14 {
            return;
        }
        if above > 0.0 {
            low = beta
        } else {
            high = beta
        }
        // Newton on ln β; bisection where that leaves the bracket.
        let newton = beta * (above / slope).clamp(-2.0, 2.0).exp();
        beta = match newton > low && newton < high {
            true => newton,
            false if high.is_finite() => 0.5 * (low + high),
            false => 2.0 * beta,
        };
    }
}

fn symmetric(neighbors: &NeighborLists, given: &[f32]) -> Affinities {
    let (n, k) = (neighbors.n(), neighbors.k());
    // Who names i, in ascending order.
    let mut starts = vec![0usize; n + 1];
    for &j in neighbors.all_indices() {
        starts[j as usize + 1] += 1;
    }
    for i in 0..n {
        starts[i + 1] += starts[i];
    }
    let mut next = starts.clone();
    let mut naming = vec![(0u32, 0.0f32); n * k];
    for (at, (&j, &p)) in neighbors.all_indices().iter().zip(given).enumerate() {
        naming[next[j as usize]] = ((at / k) as u32, p);
        next[j as usize] += 1;
    }
    let scale = 0.5 / n as f32;
    let rows = (0..n.div_ceil(CHUNK)).into_par_iter().map(|chunk| {
        let rows = chunk * CHUNK..((chunk + 1) * CHUNK).min(n);
        let mut entries: Vec<(u32, f32)> = Vec::with_capacity(rows.len() * 2 * k);
        let mut lengths = Vec::with_capacity(rows.len());
        let mut named: Vec<(u32, f32)> = Vec::with_capacity(k);
        for i in rows {
            named.clear();
            named.extend(neighbors.indices(i).iter().copied().zip(given[i * k..].iter().copied()));
            named.sort_unstable_by_key(|&(j, _)| j);
            let before = entries.len();
            merge(&named, &naming[starts[i]..starts[i + 1]], scale, &mut entries);
            lengths.push(entries.len() - before);
        }
        (entries, lengths)
    });
    let rows: Vec<_> = rows.collect();
    let mut starts = vec![0];
    let (mut columns, mut values) = (Vec::new(), Vec::new());
    for (entries, lengths) in rows {
        for length in lengths {
            starts.push(starts[starts.len() - 1] + length);
        }
        columns.extend(entries.iter().map(|entry| entry.0));
        values.extend(entries.iter().map(|entry| entry.1));
    }
    Affinities { starts, columns, values }
}

fn merge(a: &[(u32, f32)], b: &[(u32, f32)], scale: f32, sum: &mut Vec<(u32, f32)>) {
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    loop {
        let (first, second) = (a.peek().map(|x| x.0), b.peek().map(|x| x.0));
        let Some(column) = first.into_iter().chain(second).min() else { return };
        let mut value = 0.0;
        if first == Some(column) {
            value += a.next().map_or(0.0, |x| x.1);
        }
        if second == Some(column) {
            value += b.next().map_or(0.0, |x| x.1);
        }
        if value > 0.0 {
            sum.push((column, value * scale));
        }
    }
}

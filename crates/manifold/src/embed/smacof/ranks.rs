//! Disparities: what distances should be if only the order of the dissimilarities counts.

use std::ops::Range;

use rayon::prelude::*;

use super::isotonic::isotonic;
use crate::embed::SquareDistances;

/// Pairs in ascending order of their dissimilarity.
pub(super) struct Ranks {
    n: usize,
    pairs: Vec<(u32, u32)>,
    /// Runs of pairs of equal dissimilarity, of two or more.
    ties: Vec<Range<usize>>,
}

/// δ̂ as a full matrix, row by row.
pub(super) struct Fitted {
    n: usize,
    square: Vec<f64>,
}

impl Fitted {
    pub(super) fn square(&self) -> &[f64] {
        &self.square
    }

    fn set(&mut self, (i, j): (u32, u32), value: f64) {
        let (i, j) = (i as usize, j as usize);
        self.square[i * self.n + j] = value;
        self.square[j * self.n + i] = value;
    }
}

impl Ranks {
    pub(super) fn new(distances: &SquareDistances) -> Ranks {
        let n = distances.n();
        let of = |&(i, j): &(u32, u32)| distances.get(i as usize, j as usize);
        let mut pairs: Vec<(u32, u32)> =
            (0..n as u32).flat_map(|i| (i + 1..n as u32).map(move |j| (i, j))).collect();
        pairs.par_sort_unstable_by(|a, b| of(a).total_cmp(&of(b)).then(a.cmp(b)));
        let mut ties = Vec::new();
        let mut start = 0;
        for at in 1..=pairs.len() {
            if at == pairs.len() || of(&pairs[at]) != of(&pairs[start]) {
                if at - start > 1 {
                    ties.push(start..at);
                }
                start = at;
            }
        }
        Ranks { n, pairs, ties }
    }

    pub(super) fn pairs(&self) -> &[(u32, u32)] {
        &self.pairs
    }

    /// The dissimilarities themselves, scaled: there are no distances yet.
    pub(super) fn first(&self, distances: &SquareDistances) -> Fitted {
        let mut fitted = Fitted { n: self.n, square: vec![0.0; self.n * self.n] };
        let values: Vec<f64> =
            self.pairs.iter().map(|&(i, j)| distances.get(i as usize, j as usize)).collect();
        let scale = scale(&values);
        for (&pair, value) in self.pairs.iter().zip(values) {
            fitted.set(pair, value * scale);
        }
        fitted
    }

    /// Disparities for the distances between these places.
    pub(super) fn refit(&self, places: &[Vec<f64>], fitted: &mut Fitted) {
        let (order, values) = self.disparities(places);
        let scale = scale(&values);
        for (&at, value) in order.iter().zip(values) {
            fitted.set(self.pairs[at as usize], value * scale);
        }
    }

    /// For each rank the place in `pairs` of the pair that has it, ties in order of their distances, and its
    /// unscaled disparity.
    pub(super) fn disparities(&self, places: &[Vec<f64>]) -> (Vec<u32>, Vec<f64>) {
        let distance = |&(i, j): &(u32, u32)| {
            let squares = places.iter().map(|axis| (axis[i as usize] - axis[j as usize]).powi(2));
            squares.sum::<f64>().sqrt()
        };
        let mut values: Vec<f64> = self.pairs.par_iter().map(distance).collect();
        let mut order: Vec<u32> = (0..self.pairs.len() as u32).collect();
        for tie in &self.ties {
            order[tie.clone()]
                .sort_unstable_by(|&a, &b| values[a as usize].total_cmp(&values[b as usize]).then(a.cmp(&b)));
        }
        if !self.ties.is_empty() {
            values = order.iter().map(|&at| values[at as usize]).collect();
        }
        isotonic(&mut values);
        (order, values)
    }
}

/// What brings Σ δ̂² to the number of pairs.
pub(super) fn scale(values: &[f64]) -> f64 {
    let squares: f64 = values.iter().map(|x| x * x).sum();
    if squares > 0.0 { (values.len() as f64 / squares).sqrt() } else { 1.0 }
}

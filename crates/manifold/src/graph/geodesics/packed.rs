//! All pairs.

use rayon::prelude::*;

use super::batch::{LANES, Sweeper, TASK};
use super::order;
use crate::graph::WeightedGraph;
use crate::progress::{Canceled, Progress, Stage};

/// Geodesics between all pairs of n nodes, one float each: the strict upper triangle, row by row, of the
/// matrix whose row and column r belong to node `order()[r]`. The entry of a pair is the length from the
/// node of lower rank (in the other direction the sum may round differently).
#[derive(Clone, Debug, PartialEq)]
pub struct AllGeodesics {
    order: Vec<u32>,
    rank: Vec<u32>,
    values: Vec<f32>,
}

impl AllGeodesics {
    /// Of a graph; infinite between nodes without a path.
    pub fn of(graph: &WeightedGraph, progress: &dyn Progress) -> Result<AllGeodesics, Canceled> {
        let n = graph.nodes();
        let order = order::near(graph);
        let near = graph.reordered(&order);
        let mut values = vec![0f32; n * n.saturating_sub(1) / 2];
        let mut rest = values.as_mut_slice();
        let mut tasks = Vec::new();
        for first in (0..n).step_by(LANES * TASK) {
            let last = n.min(first + LANES * TASK);
            let (rows, after) = rest.split_at_mut(row_start(n, last) - row_start(n, first));
            tasks.push((first, last, rows));
            rest = after;
        }
        let total = tasks.len();
        let mut done = 0;
        // The long rows come first; a few tasks for each thread between two reports.
        while !tasks.is_empty() {
            let some: Vec<_> = tasks.drain(..tasks.len().min(32)).collect();
            done += some.len();
            some.into_par_iter().for_each_init(
                || Sweeper::new(&near),
                |sweeper, (first, last, rows)| fill(&near, sweeper, first, last, rows),
            );
            if progress.advance(Stage::GEODESICS, n * done / total, Some(n)).is_break() {
                return Err(Canceled);
            }
        }
        let mut rank = vec![0u32; n];
        for (at, &node) in order.iter().enumerate() {
            rank[node as usize] = at as u32;
        }
        Ok(AllGeodesics { order, rank, values })
    }

    /// Number of nodes.
    #[must_use]
    pub fn n(&self) -> usize {
        self.order.len()
    }

    /// The nodes by rank.
    #[must_use]
    pub fn order(&self) -> &[u32] {
        &self.order
    }

    /// Geodesic between two nodes.
    #[must_use]
    pub fn get(&self, u: usize, v: usize) -> f32 {
        let (a, b) = (self.rank[u] as usize, self.rank[v] as usize);
        if a == b { 0.0 } else { self.row(a.min(b))[a.max(b) - a.min(b) - 1] }
    }

    /// The strict upper triangle, row by row, by rank.
    #[must_use]
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// From the node of rank `r` to those of rank r + 1 and on.
    #[must_use]
    pub fn row(&self, r: usize) -> &[f32] {
        &self.values[row_start(self.n(), r)..row_start(self.n(), r + 1)]
    }
}

/// Where row `r` starts in the packed upper triangle.
fn row_start(n: usize, r: usize) -> usize {
    // Σ (n - 1 - i) for i < r.
    r * (2 * n - r - 1) / 2
}

/// Rows `first` to `last`.
fn fill(graph: &WeightedGraph, sweeper: &mut Sweeper, first: usize, last: usize, mut rows: &mut [f32]) {
    let n = graph.nodes();
    for batch in (first..last).step_by(LANES) {
        let sources: Vec<_> = (batch..last.min(batch + LANES)).map(|r| vec![(r as u32, 0.0)]).collect();
        sweeper.solve(graph, &sources);
        for lane in 0..sources.len() {
            let source = batch + lane;
            let (row, after) = rows.split_at_mut(n - 1 - source);
            sweeper.read(lane, source + 1, |node, length| row[node - source - 1] = length);
            rows = after;
        }
    }
}

//! Shortest paths from several sources at once.

use multiversion::multiversion;

use super::{Seeds, reach};
use crate::graph::WeightedGraph;

/// Sources of a batch: as many floats as a cache line holds.
pub(crate) const LANES: usize = 16;

/// Batches of a task.
pub(super) const TASK: usize = 4;

type Lanes = [f32; LANES];

/// Memory of one worker: lengths node by node, the lanes side by side.
pub(super) struct Sweeper {
    lengths: Vec<Lanes>,
    /// Nodes as the last Dijkstra reached them, then those it did not.
    order: Vec<u32>,
    reached: Vec<bool>,
    /// Nodes with a neighbor that has changed since they were last visited.
    open: Vec<bool>,
}

impl Sweeper {
    pub(super) fn new(graph: &WeightedGraph) -> Sweeper {
        let n = graph.nodes();
        Sweeper {
            lengths: vec![[f32::INFINITY; LANES]; n],
            order: Vec::with_capacity(n),
            reached: vec![false; n],
            open: vec![true; n],
        }
    }

    /// Lengths from each of at most [`LANES`] sources.
    pub(super) fn solve(&mut self, graph: &WeightedGraph, sources: &[Seeds]) {
        self.lengths.fill([f32::INFINITY; LANES]);
        self.order.clear();
        self.reached.fill(false);
        for (lane, seeds) in sources.iter().enumerate() {
            for &(node, length) in seeds {
                let old = &mut self.lengths[node as usize][lane];
                *old = old.min(length);
            }
            // One order serves all lanes; sources in other components add theirs.
            if seeds.iter().any(|&(node, _)| !self.reached[node as usize]) {
                let (order, reached) = (&mut self.order, &mut self.reached);
                reach(graph, seeds, |node, _| {
                    if !std::mem::replace(&mut reached[node as usize], true) {
                        order.push(node);
                    }
                });
            }
        }
        self.open.fill(true);
        let (offsets, targets, steps) = (graph.offsets(), graph.targets(), graph.lengths());
        while sweep(offsets, targets, steps, &self.order, &mut self.lengths, &mut self.open) {}
    }

    /// The lengths of one lane to the nodes from `first` on.
    pub(super) fn read(&self, lane: usize, first: usize, mut take: impl FnMut(usize, f32)) {
        for (node, lengths) in self.lengths.iter().enumerate().skip(first) {
            take(node, lengths[lane]);
        }
    }
}

/// Visits each open node once, in order; returns whether any is open afterwards.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn sweep(
    offsets: &[usize],
    targets: &[u32],
    steps: &[f32],
    order: &[u32],
    lengths: &mut [Lanes],
    open: &mut [bool],
) -> bool {
    let mut left = false;
    for &node in order {
        if !std::mem::replace(&mut open[node as usize], false) {
            continue;
        }
        let range = offsets[node as usize]..offsets[node as usize + 1];
        let old = lengths[node as usize];
        let mut best = old;
        for (&from, &length) in targets[range.clone()].iter().zip(&steps[range.clone()]) {
            let lanes = &lengths[from as usize];
            for lane in 0..LANES {
                let through = lanes[lane] + length;
                best[lane] = if through < best[lane] { through } else { best[lane] };
            }
        }
        let mut changed = false;
        for lane in 0..LANES {
            changed |= best[lane] < old[lane];
        }
        if changed {
            lengths[node as usize] = best;
            for &to in &targets[range] {
                open[to as usize] = true;
            }
            left = true;
        }
    }
    left
}

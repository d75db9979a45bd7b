//! Geodesics of weighted graphs: lengths of shortest paths, in 32-bit floats.
//!
//! The length of a path is summed from its source on, rounded at each step. As rounded addition is monotone,
//! the least length to each node is the one fixpoint of d(v) = min over arcs (u, v) of d(u) + |uv| that is
//! reached from above: Dijkstra's algorithm and relaxations in any order end with the same bits. So several
//! sources are relaxed at once, 16 of them next to each other in memory, in the order in which
//! Dijkstra's algorithm reaches the nodes from one of them; the sources of a batch are near each other, so
//! this order is nearly right for all, and a few sweeps over the nodes that may still change settle the
//! rest. [`geodesics`] is the plain reference.
//!
//! Method: Dijkstra, Numerische Mathematik 1 (1959); the sweeps are Bellman's (1958), with a set of nodes to
//! visit; one order shared by a batch is our choice.

mod batch;
mod order;
mod packed;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rayon::prelude::*;

use super::WeightedGraph;
use crate::progress::{Canceled, Progress, Stage};
use batch::Sweeper;

pub(crate) use batch::LANES;
pub use packed::AllGeodesics;

/// Where paths start: nodes, each with the length already covered.
pub type Seeds = Vec<(u32, f32)>;

/// Geodesics from `source` to all nodes, infinite where there is no path: one source, by Dijkstra's algorithm.
#[must_use]
pub fn geodesics(graph: &WeightedGraph, source: u32) -> Vec<f32> {
    let mut lengths = vec![f32::INFINITY; graph.nodes()];
    reach(graph, &[(source, 0.0)], |node, length| lengths[node as usize] = length);
    lengths
}

/// Calls `reached` for each node that has a path, in ascending order of length.
fn reach(graph: &WeightedGraph, seeds: &[(u32, f32)], mut reached: impl FnMut(u32, f32)) {
    let mut best = vec![f32::INFINITY; graph.nodes()];
    let mut done = vec![false; graph.nodes()];
    // Lengths are not negative, so their bits have the same order.
    let key = |node: u32, length: f32| Reverse(u64::from(length.to_bits()) << 32 | u64::from(node));
    let mut heap = BinaryHeap::new();
    for &(node, length) in seeds {
        if length < best[node as usize] {
            best[node as usize] = length;
            heap.push(key(node, length));
        }
    }
    while let Some(Reverse(key_of)) = heap.pop() {
        let node = key_of as u32;
        if std::mem::replace(&mut done[node as usize], true) {
            continue;
        }
        let length = best[node as usize];
        reached(node, length);
        for (to, step) in graph.arcs(node as usize) {
            let through = length + step;
            if through < best[to as usize] {
                best[to as usize] = through;
                heap.push(key(to, through));
            }
        }
    }
}

/// Geodesics from each of several sources (each a list of seeds) to all nodes: row by row.
/// Sources that are near each other should be next to each other.
pub fn geodesics_from(
    graph: &WeightedGraph,
    sources: &[Seeds],
    progress: &dyn Progress,
) -> Result<Vec<f32>, Canceled> {
    let n = graph.nodes();
    let order = order::near(graph);
    let near = graph.reordered(&order);
    let mut name = vec![0u32; n];
    for (new, &old) in order.iter().enumerate() {
        name[old as usize] = new as u32;
    }
    let renamed = |seeds: &Seeds| seeds.iter().map(|&(node, d)| (name[node as usize], d)).collect();
    let renamed: Vec<Seeds> = sources.iter().map(renamed).collect();
    let mut rows = vec![0f32; n * sources.len()];
    let mut done = 0;
    let batch = LANES * batch::TASK;
    // A few tasks for each thread between two reports.
    for (rows, sources) in rows.chunks_mut(n * batch * 16).zip(renamed.chunks(batch * 16)) {
        let tasks = rows.par_chunks_mut(n * batch).zip(sources.par_chunks(batch));
        tasks.for_each_init(
            || Sweeper::new(&near),
            |sweeper, (rows, sources)| {
                for (rows, sources) in rows.chunks_mut(n * LANES).zip(sources.chunks(LANES)) {
                    sweeper.solve(&near, sources);
                    for (lane, row) in rows.chunks_exact_mut(n).enumerate() {
                        sweeper.read(lane, 0, |node, length| row[order[node] as usize] = length);
                    }
                }
            },
        );
        done += sources.len();
        if progress.advance(Stage::GEODESICS, done, Some(renamed.len())).is_break() {
            return Err(Canceled);
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests;

//! An order of the nodes in which neighbors are near each other.

use std::collections::VecDeque;

use super::LANES;
use crate::graph::WeightedGraph;

/// All nodes, in clusters of [`LANES`] that are near each other, the clusters along a breadth-first walk.
pub(super) fn near(graph: &WeightedGraph) -> Vec<u32> {
    let walk = breadth_first(graph);
    let mut taken = vec![false; graph.nodes()];
    let mut order = Vec::with_capacity(graph.nodes());
    let mut open = VecDeque::new();
    for start in walk {
        if taken[start as usize] {
            continue;
        }
        // A cluster fills up with what is left nearest to its first node.
        let room = order.len() + LANES - order.len() % LANES;
        open.clear();
        open.push_back(start);
        taken[start as usize] = true;
        while let Some(node) = open.pop_front() {
            order.push(node);
            if order.len() == room {
                break;
            }
            for (to, _) in graph.arcs(node as usize) {
                if !std::mem::replace(&mut taken[to as usize], true) {
                    open.push_back(to);
                }
            }
        }
        // Nodes that did not fit are free again.
        open.iter().for_each(|&node| taken[node as usize] = false);
    }
    order
}

fn breadth_first(graph: &WeightedGraph) -> Vec<u32> {
    let mut seen = vec![false; graph.nodes()];
    let mut walk: Vec<u32> = Vec::with_capacity(graph.nodes());
    for start in 0..graph.nodes() {
        if seen[start] {
            continue;
        }
        seen[start] = true;
        let mut next = walk.len();
        walk.push(start as u32);
        while next < walk.len() {
            for (to, _) in graph.arcs(walk[next] as usize) {
                if !std::mem::replace(&mut seen[to as usize], true) {
                    walk.push(to);
                }
            }
            next += 1;
        }
    }
    walk
}

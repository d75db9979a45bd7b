//! Components, and what to do when there are several.

use rayon::prelude::*;

use super::{WeightedGraph, WeightedGraphError};
use crate::graph::Disconnected;

/// Distance of two nodes, whether or not there is an edge.
pub type Distance<'a> = dyn Fn(usize, usize) -> f64 + Sync + 'a;

/// A connected graph.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Connected {
    /// The connected graph.
    pub graph: WeightedGraph,
    /// The original node behind each node, ascending; all of them unless components were dropped.
    pub kept: Vec<u32>,
    /// Components before they were joined or dropped.
    pub components: usize,
}

impl WeightedGraph {
    /// The component of each node, numbered by their lowest nodes, and how many there are.
    #[must_use]
    pub fn components(&self) -> (Vec<u32>, usize) {
        let mut labels = vec![u32::MAX; self.nodes()];
        let mut count = 0;
        let mut open = Vec::new();
        for start in 0..self.nodes() {
            if labels[start] != u32::MAX {
                continue;
            }
            labels[start] = count;
            open.push(start);
            while let Some(node) = open.pop() {
                for (to, _) in self.arcs(node) {
                    if labels[to as usize] == u32::MAX {
                        labels[to as usize] = count;
                        open.push(to as usize);
                    }
                }
            }
            count += 1;
        }
        (labels, count as usize)
    }

    /// Makes the graph connected. [`Disconnected::Join`] needs the `distance` of any two nodes: components are
    /// joined by a minimum spanning tree of the shortest links between them (Borůvka 1926), which measures
    /// every node outside the largest component against all. Without a distance it fails as
    /// [`Disconnected::Fail`] does.
    pub fn connected(
        self,
        how: Disconnected,
        distance: Option<&Distance<'_>>,
    ) -> Result<Connected, WeightedGraphError> {
        let (mut labels, components) = self.components();
        let all =
            |graph: WeightedGraph| Connected { kept: (0..graph.nodes() as u32).collect(), graph, components };
        if components <= 1 {
            return Ok(all(self));
        }
        let (most, largest) = most_frequent(&labels, components);
        match (how, distance) {
            (Disconnected::Join, Some(distance)) => {
                let mut links = Vec::new();
                let mut left = components;
                while left > 1 {
                    links.extend(shortest_links(distance, &labels, components));
                    links.sort_unstable_by_key(|&(u, v, _)| (u, v));
                    links.dedup_by_key(|&mut (u, v, _)| (u, v));
                    left = relabel(&mut labels, &links);
                }
                Ok(all(self.with_edges(&links)))
            }
            (Disconnected::Largest, _) => {
                let kept: Vec<u32> =
                    (0..self.nodes() as u32).filter(|&u| labels[u as usize] == most).collect();
                Ok(Connected { graph: self.reordered(&kept), kept, components })
            }
            _ => Err(WeightedGraphError::Disconnected { components, largest }),
        }
    }

    fn with_edges(&self, edges: &[(u32, u32, f32)]) -> WeightedGraph {
        let mut rows: Vec<Vec<(u32, f32)>> = (0..self.nodes()).map(|u| self.arcs(u).collect()).collect();
        for &(u, v, length) in edges {
            rows[u as usize].push((v, length));
            rows[v as usize].push((u, length));
        }
        rows.par_iter_mut().for_each(|row| row.sort_unstable_by_key(|&(to, _)| to));
        Self::from_rows(rows)
    }
}

/// The label that most nodes have (the first of equals), and how many nodes have it.
fn most_frequent(labels: &[u32], count: usize) -> (u32, usize) {
    let mut sizes = vec![0usize; count];
    for &label in labels {
        sizes[label as usize] += 1;
    }
    let most = (0..count).max_by_key(|&c| (sizes[c], std::cmp::Reverse(c))).unwrap_or(0);
    (most as u32, sizes[most])
}

/// For each component but the largest, the shortest link out of it, as (u, v, length), u < v.
fn shortest_links(distance: &Distance<'_>, labels: &[u32], components: usize) -> Vec<(u32, u32, f32)> {
    let (most, _) = most_frequent(labels, components);
    let outside: Vec<usize> = (0..labels.len()).filter(|&u| labels[u] != most).collect();
    let link = |&u: &usize| {
        let others = (0..labels.len()).filter(|&v| labels[v] != labels[u]);
        let best = others.map(|v| (distance(u, v), u.min(v), u.max(v)));
        (labels[u], best.min_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2)))))
    };
    let found: Vec<_> = outside.par_iter().map(link).collect();
    let mut best: Vec<Option<(f64, usize, usize)>> = vec![None; components];
    for (label, link) in found {
        if link < best[label as usize] || best[label as usize].is_none() {
            best[label as usize] = link;
        }
    }
    best.into_iter().flatten().map(|(length, u, v)| (u as u32, v as u32, length as f32)).collect()
}

/// Gives linked components the same label; returns how many labels remain.
fn relabel(labels: &mut [u32], links: &[(u32, u32, f32)]) -> usize {
    let count = labels.iter().max().map_or(0, |&last| last as usize + 1);
    let mut sets = petgraph::unionfind::UnionFind::<u32>::new(count);
    for &(u, v, _) in links {
        sets.union(labels[u as usize], labels[v as usize]);
    }
    labels.iter_mut().for_each(|label| *label = sets.find(*label));
    let mut left: Vec<u32> = labels.to_vec();
    left.sort_unstable();
    left.dedup();
    left.len()
}

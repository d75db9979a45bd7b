//! Ways over a graph that all lead to one node.

use manifold::graph::{Graph, geodesics_from};

/// For each node, the next one on its way to one center.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ways {
    next: Vec<u32>,
}

impl Ways {
    /// Along shortest paths; among equally short ones to the neighbor with the smallest number.
    #[must_use]
    pub fn shortest(graph: &Graph, center: usize) -> Ways {
        let distances = geodesics_from(graph, center);
        let on_the_way = |node: usize| {
            let before = |&(to, edge): &(usize, usize)| {
                distances[to].is_some_and(|distance| Some(distance + graph.length(edge)) == distances[node])
            };
            graph.neighbors(node).find(before).map_or(node, |(to, _)| to)
        };
        let next = |node| if node == center { node } else { on_the_way(node) } as u32;
        Ways { next: (0..graph.nodes()).map(next).collect() }
    }

    /// Against the main stream of a flow from `center`: to where most of a node's load comes from, and
    /// of equal loads to the smallest number. `flow` is the net load of each edge {u, v} from u to v; edges beyond it carry none.
    #[must_use]
    pub fn with_the_stream(graph: &Graph, center: usize, flow: &[i64]) -> Ways {
        let source = |node: usize| {
            let load = |(from, edge): (usize, usize)| {
                let net = flow.get(edge).copied().unwrap_or(0);
                let toward = if from < node { net } else { net.saturating_neg() };
                (toward, std::cmp::Reverse(from))
            };
            let heaviest = graph.neighbors(node).map(load).filter(|&(load, _)| load > 0).max();
            heaviest.map_or(node, |(_, from)| from.0)
        };
        let next = |node| if node == center { node } else { source(node) } as u32;
        Ways { next: (0..graph.nodes()).map(next).collect() }
    }

    /// For each node the next one; the center, and nodes without a way, have themselves.
    #[must_use]
    pub fn next(&self) -> &[u32] {
        &self.next
    }

    /// All nodes from `from` to the center; a node that is not in the graph leads nowhere.
    #[must_use]
    pub fn path(&self, from: u32) -> Vec<u32> {
        let mut path = vec![from];
        let mut node = from;
        // No way is longer than the number of nodes.
        while let Some(&next) = self.next.get(node as usize)
            && next != node
            && path.len() <= self.next.len()
        {
            node = next;
            path.push(node);
        }
        path
    }
}

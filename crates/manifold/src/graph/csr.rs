//! The neighborhood graph: undirected, compressed sparse rows, fixed-point lengths.
//!
//! n nodes 0..n, m edges {u, v} with u < v and an integer length d > 0, in units that whoever
//! builds the graph defines once; integers keep shortest paths and flow costs exact, so that
//! their certificates hold by `==`. Edges are numbered by their place in the order of (u, v).
//! The arcs of node u, one per incident edge, are `arcs[offsets[u]..offsets[u + 1]]`, ascending by
//! target: every walk over the graph is in the same order on every machine.

/// Undirected graph in compressed sparse rows; lengths are fixed-point and positive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    offsets: Vec<u32>,
    targets: Vec<u32>,
    edge_ids: Vec<u32>,
    ends: Vec<(u32, u32)>,
    lengths: Vec<i64>,
}

/// Why a list of edges is not a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GraphError {
    /// An edge ends at a node that is not there.
    #[error("an edge between {u} and {v} does not fit a graph of {nodes} nodes")]
    NoSuchNode {
        /// One end.
        u: u32,
        /// The other.
        v: u32,
        /// Nodes of the graph.
        nodes: usize,
    },
    /// An edge ends where it starts.
    #[error("an edge leads from node {node} back to itself")]
    SelfLoop {
        /// The node.
        node: u32,
    },
    /// A length is not positive.
    #[error("the edge between {u} and {v} has length {length}: lengths must be positive")]
    Length {
        /// One end.
        u: u32,
        /// The other.
        v: u32,
        /// The length.
        length: i64,
    },
    /// Two edges have the same ends.
    #[error("there are two edges between {u} and {v}")]
    Duplicate {
        /// One end.
        u: u32,
        /// The other.
        v: u32,
    },
    /// The graph exceeds 32-bit indices.
    #[error("{nodes} nodes and {edges} edges are more than 32-bit indices can number")]
    TooLarge {
        /// Nodes given.
        nodes: usize,
        /// Edges given.
        edges: usize,
    },
    /// There are fewer points than neighbors requested.
    #[error("{points} points cannot have {neighbors} neighbors each: ask for {} or fewer", points.saturating_sub(1))]
    Neighbors {
        /// Neighbors requested of each point.
        neighbors: usize,
        /// Points given.
        points: usize,
    },
    /// The graph is not connected.
    #[error(
        "the neighborhood graph falls into {components} components: ask for more neighbors or join the components"
    )]
    Components {
        /// Its components.
        components: usize,
    },
}

impl Graph {
    /// `edges` are (u, v, length) in any order, u and v in any order.
    pub fn from_edges(n: usize, edges: &[(u32, u32, i64)]) -> Result<Graph, GraphError> {
        let fits = u32::try_from(n).is_ok() && u32::try_from(edges.len().saturating_mul(2)).is_ok();
        if !fits {
            return Err(GraphError::TooLarge { nodes: n, edges: edges.len() });
        }
        Ok(Graph::from_sorted(n, &sorted_edges(n, edges)?))
    }

    /// The same nodes with the edges whose flag is set (none beyond the flags); the edges keep
    /// their order.
    #[must_use]
    pub fn keeping(&self, keep: &[bool]) -> Graph {
        let all = self.ends.iter().zip(&self.lengths).zip(keep);
        let kept = all.filter(|&(_, &keep)| keep).map(|((&(u, v), &length), _)| (u, v, length));
        Graph::from_sorted(self.nodes(), &kept.collect::<Vec<_>>())
    }

    /// From edges that are valid and in their final order.
    fn from_sorted(n: usize, sorted: &[(u32, u32, i64)]) -> Graph {
        let mut offsets = vec![0u32; n + 1];
        for &(u, v, _) in sorted {
            offsets[u as usize + 1] += 1;
            offsets[v as usize + 1] += 1;
        }
        for u in 0..n {
            offsets[u + 1] += offsets[u];
        }
        let mut next: Vec<u32> = offsets[..n].to_vec();
        let mut targets = vec![0u32; 2 * sorted.len()];
        let mut edge_ids = vec![0u32; 2 * sorted.len()];
        let mut arc = |from: u32, to: u32, edge: usize| {
            let at = next[from as usize] as usize;
            next[from as usize] += 1;
            targets[at] = to;
            edge_ids[at] = edge as u32;
        };
        // Ascending targets: first the smaller neighbors of each node, then the larger ones.
        for (edge, &(u, v, _)) in sorted.iter().enumerate() {
            arc(v, u, edge);
        }
        for (edge, &(u, v, _)) in sorted.iter().enumerate() {
            arc(u, v, edge);
        }
        let ends = sorted.iter().map(|&(u, v, _)| (u, v)).collect();
        let lengths = sorted.iter().map(|&(_, _, d)| d).collect();
        Graph { offsets, targets, edge_ids, ends, lengths }
    }

    /// Number of nodes.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Number of undirected edges.
    #[must_use]
    pub fn edges(&self) -> usize {
        self.lengths.len()
    }

    /// Number of edges at `v`.
    #[must_use]
    pub fn degree(&self, v: usize) -> usize {
        (self.offsets[v + 1] - self.offsets[v]) as usize
    }

    /// (neighbor, edge) of every edge at `v`, ascending by neighbor.
    pub fn neighbors(&self, v: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        let range = self.offsets[v] as usize..self.offsets[v + 1] as usize;
        let targets = self.targets[range.clone()].iter();
        targets.zip(&self.edge_ids[range]).map(|(&to, &edge)| (to as usize, edge as usize))
    }

    /// Length of edge `e`.
    #[must_use]
    pub fn length(&self, e: usize) -> i64 {
        self.lengths[e]
    }

    /// Lengths of all edges, in the order of their numbers.
    #[must_use]
    pub fn lengths(&self) -> &[i64] {
        &self.lengths
    }

    /// The two nodes (u, v) of edge `e`, u < v.
    #[must_use]
    pub fn ends(&self, e: usize) -> (usize, usize) {
        let (u, v) = self.ends[e];
        (u as usize, v as usize)
    }

    /// The edge between `u` and `v`, if there is one.
    #[must_use]
    pub fn edge_between(&self, u: usize, v: usize) -> Option<usize> {
        let range = self.offsets[u] as usize..self.offsets[u + 1] as usize;
        let at = self.targets[range.clone()].binary_search_by(|&to| (to as usize).cmp(&v)).ok()?;
        Some(self.edge_ids[range.start + at] as usize)
    }
}

fn sorted_edges(n: usize, edges: &[(u32, u32, i64)]) -> Result<Vec<(u32, u32, i64)>, GraphError> {
    let mut sorted = Vec::with_capacity(edges.len());
    for &(u, v, length) in edges {
        if u.max(v) as usize >= n {
            return Err(GraphError::NoSuchNode { u, v, nodes: n });
        }
        if u == v {
            return Err(GraphError::SelfLoop { node: u });
        }
        if length <= 0 {
            return Err(GraphError::Length { u, v, length });
        }
        sorted.push((u.min(v), u.max(v), length));
    }
    sorted.sort_unstable();
    for pair in sorted.windows(2) {
        let ((u, v, _), (u2, v2, _)) = (pair[0], pair[1]);
        if (u, v) == (u2, v2) {
            return Err(GraphError::Duplicate { u, v });
        }
    }
    Ok(sorted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn square() -> Graph {
        // 3 - 2
        // |   |      and an isolated node 4
        // 0 - 1
        Graph::from_edges(5, &[(3, 2, 7), (0, 3, 5), (1, 0, 2), (1, 2, 3)]).unwrap()
    }

    #[test]
    fn edges_are_numbered_by_their_sorted_ends() {
        let g = square();
        assert_eq!((g.nodes(), g.edges()), (5, 4));
        let listed: Vec<_> = (0..4).map(|e| (g.ends(e), g.length(e))).collect();
        assert_eq!(listed, [((0, 1), 2), ((0, 3), 5), ((1, 2), 3), ((2, 3), 7)]);
        assert_eq!(g.lengths(), [2, 5, 3, 7]);
    }

    #[test]
    fn neighbors_ascend_and_name_their_edges() {
        let g = square();
        let at = |v| g.neighbors(v).collect::<Vec<_>>();
        assert_eq!(at(0), [(1, 0), (3, 1)]);
        assert_eq!(at(1), [(0, 0), (2, 2)]);
        assert_eq!(at(2), [(1, 2), (3, 3)]);
        assert_eq!(at(3), [(0, 1), (2, 3)]);
        assert_eq!(at(4), []);
        assert_eq!(g.degree(4), 0);
        assert_eq!(g.edge_between(3, 2), Some(3));
        assert_eq!(g.edge_between(0, 2), None);
        assert_eq!(g.edge_between(4, 0), None);
    }

    #[test]
    fn nonsense_is_refused() {
        let refused = |n, edges: &[(u32, u32, i64)]| Graph::from_edges(n, edges).unwrap_err();
        assert_eq!(refused(3, &[(0, 3, 1)]), GraphError::NoSuchNode { u: 0, v: 3, nodes: 3 });
        assert_eq!(refused(0, &[(0, 1, 1)]), GraphError::NoSuchNode { u: 0, v: 1, nodes: 0 });
        assert_eq!(refused(3, &[(1, 1, 1)]), GraphError::SelfLoop { node: 1 });
        assert_eq!(refused(3, &[(1, 0, 0)]), GraphError::Length { u: 1, v: 0, length: 0 });
        assert_eq!(refused(3, &[(1, 0, -4)]), GraphError::Length { u: 1, v: 0, length: -4 });
        assert_eq!(refused(3, &[(1, 0, 2), (0, 1, 3)]), GraphError::Duplicate { u: 0, v: 1 });
        let too_many = u32::MAX as usize + 1;
        assert_eq!(refused(too_many, &[]), GraphError::TooLarge { nodes: too_many, edges: 0 });
    }

    #[test]
    fn a_graph_keeps_some_of_its_edges() {
        let kept = square().keeping(&[true, false, true, true]);
        assert_eq!(kept, Graph::from_edges(5, &[(0, 1, 2), (1, 2, 3), (2, 3, 7)]).unwrap());
        assert_eq!(square().keeping(&[true; 4]), square());
    }

    #[test]
    fn graphs_may_be_empty() {
        assert_eq!(Graph::from_edges(0, &[]).unwrap().nodes(), 0);
        assert_eq!(Graph::from_edges(2, &[]).unwrap().edges(), 0);
    }

    proptest! {
        #[test]
        fn holds_what_it_was_given(
            n in 2usize..20,
            list in prop::collection::vec((0u32..20, 0u32..20, 1i64..100), 0..80),
        ) {
            let mut wanted = BTreeMap::new();
            for (u, v, d) in list {
                let (u, v) = (u % n as u32, v % n as u32);
                if u != v {
                    wanted.insert((u.min(v), u.max(v)), d);
                }
            }
            let mut edges: Vec<_> = wanted.iter().map(|(&(u, v), &d)| (v, u, d)).collect();
            edges.reverse();
            let g = Graph::from_edges(n, &edges).unwrap();
            let held: Vec<_> = (0..g.edges()).map(|e| (g.ends(e), g.length(e))).collect();
            let given: Vec<_> =
                wanted.iter().map(|(&(u, v), &d)| ((u as usize, v as usize), d)).collect();
            prop_assert_eq!(held, given);
            let mut arcs = 0;
            for u in 0..n {
                let list: Vec<_> = g.neighbors(u).collect();
                prop_assert!(list.windows(2).all(|w| w[0].0 < w[1].0));
                prop_assert_eq!(list.len(), g.degree(u));
                for (v, e) in list {
                    prop_assert_eq!(g.ends(e), (u.min(v), u.max(v)));
                    prop_assert_eq!(g.edge_between(u, v), Some(e));
                    arcs += 1;
                }
            }
            prop_assert_eq!(arcs, 2 * g.edges());
        }
    }
}

//! Undirected graphs with 32-bit float lengths, for the embeddings.
//!
//! Compressed sparse rows: the arcs of node u are `targets[offsets[u]..offsets[u + 1]]`, ascending, with
//! their lengths, each edge once from either end. Lengths are finite and not negative; an edge of length 0
//! joins points that coincide.
//!
//! ```
//! use std::num::NonZeroUsize;
//! use manifold::graph::{Neighbors, WeightedGraph};
//! use manifold::points::Points;
//! use manifold::progress::Silent;
//!
//! let line = Points::new(vec![0.0, 1.0, 3.0, 7.0], 1)?;
//! let graph = WeightedGraph::of_points(&line, Neighbors::Nearest(NonZeroUsize::MIN), &Silent)?;
//! assert_eq!(graph.arcs(1).collect::<Vec<_>>(), [(0, 1.0), (2, 2.0)]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod connect;
mod within;

use rayon::prelude::*;

use super::Neighbors;
use crate::checked::checked;
use crate::knn::{Knn, KnnError, NeighborLists};
use crate::points::Points;
use crate::progress::Progress;

pub use connect::{Connected, Distance};

checked! {
    /// Undirected graph in compressed sparse rows; lengths are finite and not negative.
    #[derive(Clone, Debug, PartialEq)]
    pub struct WeightedGraph {
        offsets: Vec<usize>,
        targets: Vec<u32>,
        lengths: Vec<f32>,
    }
}

/// Why the graph could not be built.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum WeightedGraphError {
    /// The arrays do not make a sparse square matrix.
    #[error("{starts} row starts, {columns} columns and {values} values do not make a sparse square matrix")]
    Shape {
        /// Row starts given.
        starts: usize,
        /// Column indices given.
        columns: usize,
        /// Values given.
        values: usize,
    },
    /// A column is not a node.
    #[error("row {row} of the matrix names column {column}, but there are {nodes} nodes")]
    NoSuchNode {
        /// The row that names it.
        row: usize,
        /// The column.
        column: u32,
        /// Nodes of the graph.
        nodes: usize,
    },
    /// A row names a column twice.
    #[error("row {row} of the matrix has two values in column {column}")]
    Duplicate {
        /// The row.
        row: usize,
        /// The column.
        column: u32,
    },
    /// A node is its own neighbor.
    #[error("row {row} of the matrix has a value on the diagonal: a node cannot be its own neighbor")]
    SelfLoop {
        /// The node.
        row: usize,
    },
    /// A length is negative or not finite.
    #[error("the length {length} between {row} and {column} is negative, infinite or not a number")]
    Length {
        /// The row.
        row: usize,
        /// The column.
        column: u32,
        /// The length.
        length: f32,
    },
    /// The two directions of an edge differ.
    #[error("the matrix is not symmetric: it differs between ({row}, {column}) and ({column}, {row})")]
    Asymmetric {
        /// One node.
        row: usize,
        /// The other.
        column: u32,
    },
    /// A radius is not positive and finite.
    #[error("a radius of {radius} gives no neighbors: it must be positive and finite")]
    Radius {
        /// The radius.
        radius: f32,
    },
    /// The graph is not connected.
    #[error("the graph falls into {components} components, the largest of {largest} nodes")]
    Disconnected {
        /// Its components.
        components: usize,
        /// Nodes of the largest one.
        largest: usize,
    },
    /// The neighbors cannot be found.
    #[error(transparent)]
    Knn(#[from] KnnError),
}

impl WeightedGraph {
    fn is_whole(&self) -> bool {
        Self::from_csr(&self.offsets, &self.targets, &self.lengths).is_ok_and(|graph| graph == *self)
    }

    /// The neighborhood graph of points, by exact or (many points of many dimensions) nearly exact search.
    pub fn of_points(
        points: &Points,
        neighbors: Neighbors,
        progress: &dyn Progress,
    ) -> Result<WeightedGraph, WeightedGraphError> {
        match neighbors {
            Neighbors::Nearest(k) => Ok(Self::from_lists(&Knn::new(k).fit(points, progress)?, false)),
            Neighbors::Mutual(k) => Ok(Self::from_lists(&Knn::new(k).fit(points, progress)?, true)),
            Neighbors::Within(radius) => within::within(points, radius, progress),
        }
    }

    /// The neighborhood graph of n things by their distances.
    pub fn of_distances(
        n: usize,
        distance: &Distance<'_>,
        neighbors: Neighbors,
    ) -> Result<WeightedGraph, WeightedGraphError> {
        let (k, mutual) = match neighbors {
            Neighbors::Within(radius) if radius > 0.0 && radius.is_finite() => {
                let near = |i: usize| {
                    let others = (0..n).filter(|&j| j != i).map(|j| (j as u32, distance(i, j) as f32));
                    others.filter(|&(_, length)| length <= radius).collect()
                };
                return Ok(Self::from_rows((0..n).into_par_iter().map(near).collect()));
            }
            Neighbors::Within(radius) => return Err(WeightedGraphError::Radius { radius }),
            Neighbors::Nearest(k) => (k.get(), false),
            Neighbors::Mutual(k) => (k.get(), true),
        };
        if n <= k {
            return Err(WeightedGraphError::Knn(KnnError::TooFew { points: n, k }));
        }
        let nearest = |i: usize| {
            let mut row: Vec<(f64, u32)> =
                (0..n).filter(|&j| j != i).map(|j| (distance(i, j), j as u32)).collect();
            row.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            row.truncate(k);
            row
        };
        let rows: Vec<_> = (0..n).into_par_iter().map(nearest).collect();
        let all = rows.iter().flatten();
        let (distances, indices) = all.map(|&(length, j)| (length as f32, j)).unzip();
        Ok(Self::from_lists(&NeighborLists::new(k, indices, distances), mutual))
    }

    /// An edge where either point names the other or, if `mutual`, where both do.
    #[must_use]
    pub fn from_lists(lists: &NeighborLists, mutual: bool) -> WeightedGraph {
        let (n, k) = (lists.n(), lists.k());
        let mut starts = vec![0usize; n + 1];
        for &to in lists.all_indices() {
            starts[to as usize + 1] += 1;
        }
        for u in 0..n {
            starts[u + 1] += starts[u];
        }
        let mut next = starts.clone();
        let mut named_by = vec![(0u32, 0f32); n * k];
        for (at, (&to, &length)) in lists.all_indices().iter().zip(lists.all_distances()).enumerate() {
            named_by[next[to as usize]] = ((at / k) as u32, length);
            next[to as usize] += 1;
        }
        let row = |u: usize| {
            let names = lists.indices(u).iter().copied().zip(lists.distances(u).iter().copied());
            let mut row: Vec<(u32, f32)> =
                names.chain(named_by[starts[u]..starts[u + 1]].iter().copied()).collect();
            row.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
            // Both ends may have measured the same distance to the last bit differently: the smaller counts.
            let once = row.chunk_by(|a, b| a.0 == b.0).filter(|arcs| !mutual || arcs.len() == 2);
            once.map(|arcs| arcs[0]).collect::<Vec<_>>()
        };
        Self::from_rows((0..n).into_par_iter().map(row).collect())
    }

    /// A sparse symmetric matrix of lengths: row u has `lengths[starts[u]..starts[u + 1]]` in the columns
    /// `columns[..]` of the same range, in any order. Every stored value is an edge, 0 too.
    pub fn from_csr(
        starts: &[usize],
        columns: &[u32],
        lengths: &[f32],
    ) -> Result<WeightedGraph, WeightedGraphError> {
        let whole = starts.first() == Some(&0) && starts.last() == Some(&columns.len()) && starts.is_sorted();
        if !whole || columns.len() != lengths.len() || u32::try_from(starts.len()).is_err() {
            let (starts, columns, values) = (starts.len(), columns.len(), lengths.len());
            return Err(WeightedGraphError::Shape { starts, columns, values });
        }
        let nodes = starts.len() - 1;
        let mut rows = Vec::with_capacity(nodes);
        for row in 0..nodes {
            let range = starts[row]..starts[row + 1];
            let mut arcs: Vec<(u32, f32)> =
                columns[range.clone()].iter().copied().zip(lengths[range].iter().copied()).collect();
            for &(column, length) in &arcs {
                if column as usize >= nodes {
                    return Err(WeightedGraphError::NoSuchNode { row, column, nodes });
                }
                if column as usize == row {
                    return Err(WeightedGraphError::SelfLoop { row });
                }
                if !(length.is_finite() && length >= 0.0) {
                    return Err(WeightedGraphError::Length { row, column, length });
                }
            }
            arcs.sort_unstable_by_key(|&(column, _)| column);
            if let Some(pair) = arcs.windows(2).find(|pair| pair[0].0 == pair[1].0) {
                return Err(WeightedGraphError::Duplicate { row, column: pair[0].0 });
            }
            rows.push(arcs);
        }
        let graph = Self::from_rows(rows);
        for row in 0..nodes {
            if let Some((column, _)) = graph
                .arcs(row)
                .find(|&(column, length)| graph.length_between(column, row as u32) != Some(length))
            {
                return Err(WeightedGraphError::Asymmetric { row, column });
            }
        }
        Ok(graph)
    }

    /// From rows that are valid, sorted and symmetric.
    fn from_rows(rows: Vec<Vec<(u32, f32)>>) -> WeightedGraph {
        let mut offsets = Vec::with_capacity(rows.len() + 1);
        offsets.push(0);
        let total = rows.iter().map(Vec::len).sum();
        let (mut targets, mut lengths) = (Vec::with_capacity(total), Vec::with_capacity(total));
        for row in rows {
            targets.extend(row.iter().map(|arc| arc.0));
            lengths.extend(row.iter().map(|arc| arc.1));
            offsets.push(targets.len());
        }
        WeightedGraph { offsets, targets, lengths }
    }

    /// Number of nodes.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Number of undirected edges.
    #[must_use]
    pub fn edges(&self) -> usize {
        self.targets.len() / 2
    }

    /// Where the arcs of each node start, and a last entry for the end.
    #[must_use]
    pub fn offsets(&self) -> &[usize] {
        &self.offsets
    }

    /// Targets of all arcs, node by node.
    #[must_use]
    pub fn targets(&self) -> &[u32] {
        &self.targets
    }

    /// Lengths of all arcs, node by node.
    #[must_use]
    pub fn lengths(&self) -> &[f32] {
        &self.lengths
    }

    /// (neighbor, length) of every edge at `u`, ascending by neighbor.
    pub fn arcs(&self, u: usize) -> impl Iterator<Item = (u32, f32)> + '_ {
        let range = self.offsets[u]..self.offsets[u + 1];
        self.targets[range.clone()].iter().copied().zip(self.lengths[range].iter().copied())
    }

    /// Length of the edge between `u` and `v`, if there is one.
    #[must_use]
    pub fn length_between(&self, u: u32, v: u32) -> Option<f32> {
        let range = self.offsets[u as usize]..self.offsets[u as usize + 1];
        let at = self.targets[range.clone()].binary_search(&v).ok()?;
        Some(self.lengths[range.start + at])
    }

    /// The same graph with node `order[i]` renumbered to i; nodes missing from `order` are dropped with their edges.
    #[must_use]
    pub fn reordered(&self, order: &[u32]) -> WeightedGraph {
        let mut name = vec![u32::MAX; self.nodes()];
        for (new, &old) in order.iter().enumerate() {
            name[old as usize] = new as u32;
        }
        let row = |&old: &u32| {
            let arcs = self.arcs(old as usize).map(|(to, length)| (name[to as usize], length));
            let mut arcs: Vec<(u32, f32)> = arcs.filter(|&(to, _)| to != u32::MAX).collect();
            arcs.sort_unstable_by_key(|&(to, _)| to);
            arcs
        };
        Self::from_rows(order.par_iter().map(row).collect())
    }
}

#[cfg(test)]
mod tests;

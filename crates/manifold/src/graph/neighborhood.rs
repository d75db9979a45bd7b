//! Neighborhood graphs from pairwise distances.
//!
//! An edge {i, j} of length |i − j| (fixed point, [`UNIT`] per gray level or whatever the distances
//! are in) joins i to each neighbor j; ties among equally near points break by index.

use std::num::NonZeroUsize;

use petgraph::algo::min_spanning_tree;
use petgraph::data::FromElements;
use petgraph::graph::UnGraph;
use petgraph::unionfind::UnionFind;

use super::{Graph, GraphError};
use crate::distance::{SquaredDistances, WindowLists};

/// Fixed-point units of an edge length per unit of distance. A patch distance is at most a few
/// thousand gray levels (12 bits), so lengths stay below 2^20 and keep sensor-level detail.
pub const UNIT: f64 = 256.0;

/// Which points become neighbors.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Neighbors {
    /// Each point's k nearest; an edge where either names the other (symmetric, OR).
    Nearest(NonZeroUsize),
    /// Each point's k nearest; an edge where both name each other (mutual, AND).
    Mutual(NonZeroUsize),
    /// Every pair at most this far apart (the unit of the distances).
    Within(f32),
}

impl Neighbors {
    /// Neighbors of a node of n under this rule. A radius has no such number, and the
    /// log₂ n that keeps a random neighborhood graph connected stands in for it.
    #[must_use]
    pub fn even_degree(self, n: usize) -> usize {
        match self {
            Neighbors::Nearest(k) | Neighbors::Mutual(k) => k.get(),
            Neighbors::Within(_) => n.max(2).ilog2() as usize,
        }
    }
}

/// What to do when the neighborhood graph falls into several components.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Disconnected {
    /// Join the components by the shortest links between them (a minimum spanning forest).
    #[default]
    Join,
    /// Keep the largest component; the other points cannot become centers.
    Largest,
    /// Stop with an error that says how many components there are.
    Fail,
}

/// A connected neighborhood graph.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Neighborhood {
    /// The connected graph.
    pub graph: Graph,
    /// The point behind each node, ascending; all points unless a component was dropped.
    pub points: Vec<u32>,
    /// Components before they were joined or dropped.
    pub components: usize,
}

/// Builds the graph of `neighbors` over all points and makes it connected.
///
/// Fails with [`GraphError::Neighbors`] if k is not below the number of points, and with
/// [`GraphError::Components`] under [`Disconnected::Fail`].
pub fn neighborhood(
    distances: &SquaredDistances,
    neighbors: Neighbors,
    disconnected: Disconnected,
) -> Result<Neighborhood, GraphError> {
    let pairs = match neighbors {
        Neighbors::Nearest(k) => nearest_pairs(distances, k.get(), false)?,
        Neighbors::Mutual(k) => nearest_pairs(distances, k.get(), true)?,
        Neighbors::Within(radius) => pairs_within(distances, radius),
    };
    let edges = pairs.iter().map(|&(u, v)| (u, v, length(distances, u, v))).collect();
    connected(distances.n(), edges, disconnected, |labels, count| {
        let links = shortest_links(distances, labels, count);
        Ok::<_, GraphError>(links.into_iter().map(|(u, v)| (u, v, length(distances, u, v))).collect())
    })
}

/// The same from lists of each point's k nearest, found elsewhere, with lengths in [`UNIT`]s: equal to
/// [`neighborhood`] with [`Neighbors::Nearest`], or with [`Neighbors::Mutual`] if `mutual`.
/// `distances` is called only if the graph falls into components that are to be joined.
pub fn neighborhood_of_lists<E: From<GraphError>>(
    lists: WindowLists<'_>,
    mutual: bool,
    disconnected: Disconnected,
    distances: impl FnOnce() -> Result<SquaredDistances, E>,
) -> Result<Neighborhood, E> {
    let n = lists.points();
    let mut edges = Vec::with_capacity(n * lists.k());
    for i in 0..n as u32 {
        let named = lists.of(i as usize);
        edges.extend(named.map(|(j, length)| (i.min(j), i.max(j), i64::from(length))));
    }
    edges.sort_unstable();
    if mutual {
        let named_twice = edges.chunk_by(|a, b| a == b).filter(|named| named.len() == 2);
        edges = named_twice.map(|named| named[0]).collect();
    } else {
        edges.dedup();
    }
    connected(n, edges, disconnected, |labels, count| {
        let distances = distances()?;
        let links = shortest_links(&distances, labels, count);
        Ok(links.into_iter().map(|(u, v)| (u, v, length(&distances, u, v))).collect())
    })
}

/// An edge: two points and the length between them.
type Edge = (u32, u32, i64);

/// Equal patches are neighbors at the smallest possible length.
fn length(distances: &SquaredDistances, u: u32, v: u32) -> i64 {
    ((distances.distance(u as usize, v as usize) * UNIT).round() as i64).max(1)
}

/// The graph of these edges, made connected; `links` joins that many components, given each point's.
fn connected<E: From<GraphError>>(
    n: usize,
    mut edges: Vec<Edge>,
    disconnected: Disconnected,
    links: impl FnOnce(&[u32], usize) -> Result<Vec<Edge>, E>,
) -> Result<Neighborhood, E> {
    let labels = components(n, &edges);
    let count = labels.iter().max().map_or(0, |&last| last as usize + 1);
    let mut points: Vec<u32> = (0..n as u32).collect();
    if count > 1 {
        match disconnected {
            Disconnected::Fail => return Err(GraphError::Components { components: count }.into()),
            Disconnected::Join => edges.extend(links(&labels, count)?),
            Disconnected::Largest => {
                let largest = largest(&labels, count);
                points.retain(|&p| labels[p as usize] == largest);
                edges.retain(|&(u, ..)| labels[u as usize] == largest);
            }
        }
    }
    let mut node_of = vec![0; n];
    for (node, &point) in points.iter().enumerate() {
        node_of[point as usize] = node as u32;
    }
    for (u, v, _) in &mut edges {
        (*u, *v) = (node_of[*u as usize], node_of[*v as usize]);
    }
    Ok(Neighborhood { graph: Graph::from_edges(points.len(), &edges)?, points, components: count })
}

/// Pairs (u, v), u < v, ascending, of which either (or, if `mutual`, each) names the other among
/// its k nearest.
fn nearest_pairs(
    distances: &SquaredDistances,
    k: usize,
    mutual: bool,
) -> Result<Vec<(u32, u32)>, GraphError> {
    let n = distances.n();
    if k >= n {
        return Err(GraphError::Neighbors { neighbors: k, points: n });
    }
    let mut pairs = Vec::with_capacity(n * k);
    let mut nearest: Vec<(u64, u32)> = Vec::with_capacity(k + 1);
    for i in 0..n {
        nearest_of(distances.row(i), i, k, &mut nearest);
        pairs.extend(nearest.iter().map(|&(_, j)| ((i as u32).min(j), (i as u32).max(j))));
    }
    pairs.sort_unstable();
    if mutual {
        Ok(pairs.chunk_by(|a, b| a == b).filter(|named| named.len() == 2).map(|named| named[0]).collect())
    } else {
        pairs.dedup();
        Ok(pairs)
    }
}

/// The k smallest entries of `row` but for entry `own`, ascending by (entry, index).
fn nearest_of(row: &[u64], own: usize, k: usize, nearest: &mut Vec<(u64, u32)>) {
    nearest.clear();
    let mut farthest = u64::MAX;
    for (j, &squared) in row.iter().enumerate() {
        // Later equals lose, because their index is higher.
        if (squared >= farthest && nearest.len() == k) || j == own {
            continue;
        }
        if nearest.len() == k {
            nearest.pop();
        }
        let mut at = nearest.len();
        while at > 0 && nearest[at - 1].0 > squared {
            at -= 1;
        }
        nearest.insert(at, (squared, j as u32));
        farthest = nearest[nearest.len() - 1].0;
    }
}

fn pairs_within(distances: &SquaredDistances, radius: f32) -> Vec<(u32, u32)> {
    let n = distances.n();
    let near = |&(i, j): &(u32, u32)| distances.distance(i as usize, j as usize) <= f64::from(radius);
    (0..n as u32).flat_map(|i| (i + 1..n as u32).map(move |j| (i, j))).filter(near).collect()
}

/// Component number of each node, numbered by their lowest nodes.
fn components(n: usize, edges: &[Edge]) -> Vec<u32> {
    let mut sets = UnionFind::<u32>::new(n);
    for &(u, v, _) in edges {
        sets.union(u, v);
    }
    let mut number = vec![u32::MAX; n];
    let mut count = 0;
    let label = |node| {
        let representative = sets.find(node) as usize;
        if number[representative] == u32::MAX {
            number[representative] = count;
            count += 1;
        }
        number[representative]
    };
    (0..n as u32).map(label).collect()
}

/// The component with the most nodes; the first of equals.
fn largest(labels: &[u32], count: usize) -> u32 {
    let mut sizes = vec![0usize; count];
    for &label in labels {
        sizes[label as usize] += 1;
    }
    (0..count as u32).max_by_key(|&c| (sizes[c as usize], std::cmp::Reverse(c))).unwrap_or(0)
}

/// The shortest links that join all components: a minimum spanning tree over them.
fn shortest_links(distances: &SquaredDistances, labels: &[u32], count: usize) -> Vec<(u32, u32)> {
    type Link = (u64, u32, u32);
    let mut shortest: Vec<Option<Link>> = vec![None; count * count];
    for i in 0..labels.len() {
        for (j, &squared) in distances.row(i).iter().enumerate().skip(i + 1) {
            let (a, b) = (labels[i].min(labels[j]) as usize, labels[i].max(labels[j]) as usize);
            let link = (squared, i as u32, j as u32);
            if a != b && shortest[a * count + b].is_none_or(|old| link < old) {
                shortest[a * count + b] = Some(link);
            }
        }
    }
    let mut links = UnGraph::<(), Link>::new_undirected();
    let nodes: Vec<_> = (0..count).map(|_| links.add_node(())).collect();
    for (at, link) in shortest.into_iter().enumerate() {
        if let Some(link) = link {
            links.add_edge(nodes[at / count], nodes[at % count], link);
        }
    }
    let tree = UnGraph::<(), Link>::from_elements(min_spanning_tree(&links));
    tree.edge_weights().map(|&(_, i, j)| (i, j)).collect()
}

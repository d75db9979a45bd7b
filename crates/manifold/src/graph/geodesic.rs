//! Geodesics: lengths of shortest paths along the graph.
//!
//! One source: Dijkstra with a binary heap on the CSR arcs, the plain reference. All pairs: blocked
//! Floyd-Warshall (Venkataraman, Sahni, Mukhopadhyaya 2003) on 32-bit lengths, which the compiler
//! turns into wide minima; for the few hundred, densely joined nodes of a place it beats a heap per source.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use multiversion::multiversion;

use super::Graph;

/// Geodesic from `source` to every node; `None` where there is no path, as from a node that is not in the graph.
#[must_use]
pub fn geodesics_from(graph: &Graph, source: usize) -> Vec<Option<i64>> {
    let mut distance = vec![None; graph.nodes()];
    let mut heap: BinaryHeap<_> =
        (source < graph.nodes()).then_some(Reverse((0, source))).into_iter().collect();
    while let Some(Reverse((length, node))) = heap.pop() {
        if distance[node].is_some() {
            continue;
        }
        distance[node] = Some(length);
        for (to, edge) in graph.neighbors(node) {
            if distance[to].is_none() {
                heap.push(Reverse((length + graph.length(edge), to)));
            }
        }
    }
    distance
}

/// Side of a Floyd-Warshall tile: a row of it fits the vector registers, a tile the L1 cache.
const TILE: usize = 64;

/// Longer than any path; twice it still fits.
const FAR: u32 = u32::MAX / 2;

/// Geodesics between all pairs, rounded down to multiples of 2^`shift` so that any graph fits
/// 32 bits; `shift` is 0, and the matrix exact, while nodes x longest edge stays below 2^31.
/// A buffer: one value serves any number of graphs.
#[derive(Clone, Debug, Default)]
pub struct GeodesicMatrix {
    nodes: usize,
    side: usize,
    shift: u32,
    values: Vec<u32>,
}

/// What lengths are shifted by so that every path of the graph fits 32 bits.
pub(super) fn shift_of(graph: &Graph) -> u32 {
    let longest = graph.lengths().iter().copied().max().unwrap_or(0) as u128;
    let bound = longest * graph.nodes() as u128;
    (0..64).find(|&shift| bound >> shift < u128::from(FAR)).unwrap_or(63)
}

impl GeodesicMatrix {
    /// Computes all pairs of `graph`.
    pub fn fill(&mut self, graph: &Graph) {
        self.nodes = graph.nodes();
        self.side = self.nodes.next_multiple_of(TILE);
        self.shift = shift_of(graph);
        self.values.clear();
        self.values.resize(self.side * self.side, FAR);
        for node in 0..self.nodes {
            self.values[node * self.side + node] = 0;
        }
        for edge in 0..graph.edges() {
            let (u, v) = graph.ends(edge);
            let length = (graph.length(edge) >> self.shift) as u32;
            self.values[u * self.side + v] = length;
            self.values[v * self.side + u] = length;
        }
        floyd_warshall(&mut self.values, self.side);
    }

    /// Number of nodes.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.nodes
    }

    /// Geodesics from `node` to all nodes in units of 2^[`GeodesicMatrix::shift`], each at most the
    /// true one; meaningless where there is no path.
    #[must_use]
    pub fn row(&self, node: usize) -> &[u32] {
        &self.values[node * self.side..][..self.nodes]
    }

    /// Bits that entries are shifted right by to fit 32 bits.
    #[must_use]
    pub fn shift(&self) -> u32 {
        self.shift
    }

    /// A lower bound, exact if `shift` is 0, of the sum of geodesics from `node`.
    #[must_use]
    pub fn sum(&self, node: usize) -> i64 {
        self.row(node).iter().map(|&d| i64::from(d)).sum::<i64>() << self.shift
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2", "x86_64+sse4.1"))]
fn floyd_warshall(values: &mut [u32], side: usize) {
    for block in (0..side).step_by(TILE) {
        // Paths through the block's nodes: first within its rows, then everywhere else.
        relax_rows(values, side, block, block);
        for rows in (0..side).step_by(TILE).filter(|&rows| rows != block) {
            relax_tile(values, side, block, rows, block);
        }
        for columns in (0..side).step_by(TILE).filter(|&columns| columns != block) {
            relax_tile(values, side, block, block, columns);
        }
        for rows in (0..side).step_by(TILE).filter(|&rows| rows != block) {
            for columns in (0..side).step_by(TILE).filter(|&columns| columns != block) {
                relax_tile(values, side, block, rows, columns);
            }
        }
    }
}

/// Relaxes the diagonal tile: plain Floyd-Warshall.
#[inline(always)]
fn relax_rows(values: &mut [u32], side: usize, block: usize, columns: usize) {
    for k in block..block + TILE {
        let through: [u32; TILE] = tile_row(values, side, k, columns);
        for i in block..block + TILE {
            let first = values[i * side + k];
            for (value, second) in values[i * side + columns..][..TILE].iter_mut().zip(through) {
                *value = (*value).min(first + second);
            }
        }
    }
}

/// Relaxes the tile at (`rows`, `columns`) by paths through the nodes of `block`.
///
/// A tile in the block's own rows or columns reads entries that this very loop lowers; whatever
/// order they are lowered in, each entry stays the length of a path and, as the diagonal tile is
/// closed already, one pass reaches the minimum.
#[inline(always)]
fn relax_tile(values: &mut [u32], side: usize, block: usize, rows: usize, columns: usize) {
    for i in rows..rows + TILE {
        let mut best = tile_row(values, side, i, columns);
        for k in block..block + TILE {
            let first = values[i * side + k];
            let through = &values[k * side + columns..][..TILE];
            for (value, second) in best.iter_mut().zip(through) {
                *value = (*value).min(first + second);
            }
        }
        values[i * side + columns..][..TILE].copy_from_slice(&best);
    }
}

#[inline(always)]
fn tile_row(values: &[u32], side: usize, row: usize, columns: usize) -> [u32; TILE] {
    let mut tile = [0; TILE];
    tile.copy_from_slice(&values[row * side + columns..][..TILE]);
    tile
}

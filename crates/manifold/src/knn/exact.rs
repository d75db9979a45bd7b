//! Every pair, either measured or provably too far apart: products of blocks of points, and a selection.
//!
//! For each block of queries and tile of points the products z_a·z_b along a basis (see
//! [`leading`](super::leading)) give lower bounds of all squared distances; only pairs whose bound
//! is not above the query's k-th nearest so far are measured, in 64 bits, by the very function
//! that ranks in [`reference`](super::reference()). Parity: the lists equal the reference's bit for
//! bit, on any number of threads.
//!
//! A first limit comes from a sample of the points: the r-th nearest of m sampled among n is about
//! the (rn/m)-th nearest of all; r lies three deviations above km/n. Where fewer than k turn out to
//! be within it, the query is done again with no limit.
//!
//! In many dimensions the basis is that of the [`FEW`] leading directions if, on a sample of
//! queries, few enough pairs survive for the saving in products to pay.

#![allow(clippy::neg_cmp_op_on_partial_ord, reason = "products that overflowed to NaN are kept")]

use std::ops::Range;

use algebra::{MatMut, MatRef, Working as _};
use multiversion::multiversion;
use rayon::prelude::*;

use super::leading::{Basis, Leading, THETA, below};
use super::measure::{Shortlist, squared};
use super::{KnnError, NeighborLists};
use crate::points::Points;
use crate::progress::Counter;

/// Queries of a block and points of a tile: their products fill half of a core's second cache.
const BLOCK: usize = 256;
const TILE: usize = 1024;

/// Directions of the bound in many dimensions. MNIST, 784 dimensions: 216 of 60000 points survive.
pub(super) const FEW: usize = 64;

/// Points from which first limits are taken.
const SAMPLE: usize = 4096;

/// Measuring a pair costs as many steps of a product as its dimensions times the first, plus
/// the second: timed on an AVX-512 and on an AVX2 processor.
const MEASURE: (f64, f64) = (8.0, 3000.0);

/// The points to search among, prepared.
pub(super) struct Base<'a> {
    points: &'a Points,
    basis: Basis,
    seen: Leading,
    sample: Vec<u32>,
    sampled: Leading,
}

/// The points whose neighbors are looked for.
#[derive(Clone, Copy)]
pub(super) struct Queries<'a> {
    points: &'a Points,
    seen: &'a Leading,
    /// The queries are the points, and no point is its own neighbor.
    own: bool,
}

/// The `k` nearest others of each point.
pub(super) fn fit(points: &Points, k: usize, counter: &Counter) -> Result<NeighborLists, KnnError> {
    Base::new(points, k).others(&every(points), k, counter)
}

/// The `k` nearest of each query.
pub(super) fn query(
    points: &Points,
    queries: &Points,
    k: usize,
    counter: &Counter,
) -> Result<NeighborLists, KnnError> {
    let base = Base::new(points, k);
    let seen = base.basis.of(queries);
    lists(&base, Queries { points: queries, seen: &seen, own: false }, &every(queries), k, counter)
}

/// The same for some rows only, of the queries or, where there are none, of the points.
#[cfg_attr(not(feature = "cuda"), expect(dead_code, reason = "mends what the GPU could not prove"))]
pub(super) fn rows(
    points: &Points,
    queries: Option<&Points>,
    rows: &[u32],
    k: usize,
    counter: &Counter,
) -> Result<NeighborLists, KnnError> {
    let base = Base::new(points, k);
    match queries {
        None => base.others(rows, k, counter),
        Some(queries) => {
            let seen = base.basis.of(queries);
            lists(&base, Queries { points: queries, seen: &seen, own: false }, rows, k, counter)
        }
    }
}

fn every(points: &Points) -> Vec<u32> {
    (0..points.n()).map(|row| row as u32).collect()
}

fn lists(
    base: &Base,
    queries: Queries,
    rows: &[u32],
    k: usize,
    counter: &Counter,
) -> Result<NeighborLists, KnnError> {
    let n = rows.len();
    let (mut indices, mut distances) = (vec![0u32; n * k], vec![0.0f32; n * k]);
    let blocks = indices.par_chunks_mut(BLOCK * k).zip(distances.par_chunks_mut(BLOCK * k));
    blocks.zip(rows.par_chunks(BLOCK)).try_for_each(|((indices, distances), rows)| {
        counter.check()?;
        let (mut lists, _) = base.search(queries, rows, k);
        let out = indices.chunks_exact_mut(k).zip(distances.chunks_exact_mut(k));
        for (list, (indices, distances)) in lists.iter_mut().zip(out) {
            for (place, &(squared, j)) in list.sorted().iter().enumerate() {
                indices[place] = j;
                distances[place] = squared.sqrt() as f32;
            }
        }
        counter.add(rows.len())
    })?;
    Ok(NeighborLists::new(k, indices, distances))
}

impl<'a> Base<'a> {
    /// For searches of k neighbors.
    pub(super) fn new(points: &'a Points, k: usize) -> Base<'a> {
        let (n, d) = (points.n(), points.dimensions());
        if n > SAMPLE
            && d > 2 * FEW
            && let Some(basis) = Basis::leading(points, FEW)
        {
            let base = Base::along(points, basis);
            if base.pays(k) {
                return base;
            }
        }
        Base::along(points, Basis::whole(points))
    }

    /// The `k` nearest others of some of the points.
    pub(super) fn others(
        &self,
        rows: &[u32],
        k: usize,
        counter: &Counter,
    ) -> Result<NeighborLists, KnnError> {
        let queries = Queries { points: self.points, seen: &self.seen, own: true };
        lists(self, queries, rows, k, counter)
    }

    fn along(points: &'a Points, basis: Basis) -> Base<'a> {
        let seen = basis.of(points);
        let n = points.n();
        // Spread evenly, without following any period of the rows.
        let sample: Vec<u32> = match n > 2 * SAMPLE {
            true => (0..SAMPLE).map(|s| (s as u64 * n as u64 / SAMPLE as u64) as u32).collect(),
            false => Vec::new(),
        };
        let sampled = seen.rows(&sample);
        Base { points, basis, seen, sample, sampled }
    }

    /// Are few enough pairs measured for the bound along few directions to pay?
    fn pays(&self, k: usize) -> bool {
        let (n, d) = (self.points.n(), self.points.dimensions());
        let rows: Vec<u32> = (0..64).map(|row| (row as u64 * n as u64 / 64) as u32).collect();
        let queries = Queries { points: self.points, seen: &self.seen, own: true };
        let (_, measured) = self.search(queries, &rows, k);
        let survive = measured as f64 / (rows.len() * n) as f64;
        survive * (MEASURE.0 * d as f64 + MEASURE.1) < (d - self.seen.width) as f64
    }

    /// The k nearest of each of the `rows` of the queries, and how many pairs were measured.
    fn search(&self, queries: Queries, rows: &[u32], k: usize) -> (Vec<Shortlist>, usize) {
        let seen = queries.seen.rows(rows);
        let mut lists = vec![Shortlist::new(k); rows.len()];
        if !self.sample.is_empty() {
            self.limit(queries, rows, &seen, &mut lists, k);
        }
        let mut measured = self.scan(queries, rows, &seen, &mut lists);
        let short: Vec<usize> = (0..rows.len()).filter(|&row| !lists[row].settle()).collect();
        if !short.is_empty() {
            let again: Vec<u32> = short.iter().map(|&row| rows[row]).collect();
            let mut longer = vec![Shortlist::new(k); again.len()];
            measured += self.scan(queries, &again, &queries.seen.rows(&again), &mut longer);
            for (row, mut list) in short.into_iter().zip(longer) {
                list.settle();
                lists[row] = list;
            }
        }
        (lists, measured)
    }

    /// First limits, from the sample.
    fn limit(&self, queries: Queries, rows: &[u32], seen: &Leading, lists: &mut [Shortlist], k: usize) {
        let (n, m) = (self.points.n() as f64, self.sample.len());
        let expected = k as f64 * m as f64 / n;
        let rank = (expected + 3.0 * expected.sqrt() + 2.0).ceil() as usize;
        if rank >= m {
            return;
        }
        let mut products = vec![0.0f32; m * rows.len()];
        multiply(&self.sampled.values, &seen.values, seen.width, &mut products);
        let mut bounds: Vec<(f32, u32)> = Vec::with_capacity(m);
        for (row, list) in lists.iter_mut().enumerate() {
            let products = &products[row * m..][..m];
            let near = |(s, product): (usize, &f32)| (self.sampled.norms[s] - 2.0 * product, self.sample[s]);
            bounds.clear();
            bounds.extend(products.iter().enumerate().map(near));
            // One more, because the query may be among them.
            let (nearer, _, _) = bounds.select_nth_unstable_by(rank + 1, |a, b| a.0.total_cmp(&b.0));
            let others = nearer.iter().filter(|&&(_, j)| !(queries.own && j == rows[row]));
            let query = queries.points.row(rows[row] as usize);
            let farthest = others.take(rank).map(|&(_, j)| squared(query, self.points.row(j as usize)));
            list.clear(farthest.fold(0.0, f64::max));
        }
    }

    /// Offers to each list all points that may belong to it; returns how many were measured.
    fn scan(&self, queries: Queries, rows: &[u32], seen: &Leading, lists: &mut [Shortlist]) -> usize {
        let n = self.points.n();
        let mut products = vec![0.0f32; TILE * rows.len()];
        let mut near = Vec::new();
        let mut measured = 0;
        for start in (0..n).step_by(TILE) {
            let tile = start..(start + TILE).min(n);
            let products = &mut products[..tile.len() * rows.len()];
            let values = &self.seen.values[tile.start * seen.width..tile.end * seen.width];
            multiply(values, &seen.values, seen.width, products);
            let norms = &self.seen.norms[tile.clone()];
            for ((row, list), products) in lists.iter_mut().enumerate().zip(products.chunks_exact(tile.len()))
            {
                near.clear();
                let limit = list.limit() * (1.0 + 2.0 * THETA);
                select(products, norms, below((f64::from(seen.norms[row]) - limit) / 2.0), &mut near);
                measured += near.len();
                self.measure(queries, rows[row], &tile, &near, list);
            }
        }
        measured
    }

    fn measure(&self, queries: Queries, row: u32, tile: &Range<usize>, near: &[u32], list: &mut Shortlist) {
        let query = queries.points.row(row as usize);
        for &at in near {
            let j = tile.start + at as usize;
            if !(queries.own && j == row as usize) {
                list.offer(squared(query, self.points.row(j)), j as u32);
            }
        }
    }
}

impl Leading {
    fn rows(&self, rows: &[u32]) -> Leading {
        let row = |&i: &u32| &self.values[i as usize * self.width..][..self.width];
        Leading {
            width: self.width,
            values: rows.iter().flat_map(row).copied().collect(),
            norms: rows.iter().map(|&i| self.norms[i as usize]).collect(),
        }
    }
}

/// All products of `points` (rows of `width` numbers) with `queries`, query by query.
fn multiply(points: &[f32], queries: &[f32], width: usize, products: &mut [f32]) {
    let (n, m) = (points.len() / width, queries.len() / width);
    let points = MatRef::from_row_major_slice(points, n, width);
    let queries = MatRef::from_column_major_slice(queries, width, m);
    f32::multiply(MatMut::from_column_major_slice_mut(products, n, m), points, queries);
}

/// Where products reach norms/2 + least. Written so that numbers that overflowed are kept.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn select(products: &[f32], norms: &[f32], least: f32, near: &mut Vec<u32>) {
    const LANES: usize = 32;
    for (chunk, (products, norms)) in products.chunks(LANES).zip(norms.chunks(LANES)).enumerate() {
        let mut some = true;
        if let (Ok(products), Ok(norms)) =
            (<&[f32; LANES]>::try_from(products), <&[f32; LANES]>::try_from(norms))
        {
            let mut any = 0u32;
            for lane in 0..LANES {
                any |= u32::from(!(products[lane] < norms[lane] * 0.5 + least));
            }
            some = any != 0;
        }
        if some {
            for (lane, (product, norm)) in products.iter().zip(norms).enumerate() {
                if !(*product < norm * 0.5 + least) {
                    near.push((chunk * LANES + lane) as u32);
                }
            }
        }
    }
}

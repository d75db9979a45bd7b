//! Nearly all neighbors by nearest-neighbor descent: a neighbor's neighbor is likely one.
//!
//! Points are seen along at most as many leading directions as the [`Effort`] says (see [`leading`](super::leading)),
//! whose distances are lower bounds and nearly equal for near points. A few trees of random halvings
//! give first lists; then each point is offered, round by round, the neighbors of its neighbors,
//! named or naming, of which one of the two was found in the last round (Dong, Charikar, Li, WWW 2011;
//! start from trees: Dasgupta and Freund, STOC 2008, as in pynndescent). Finally the lists, longer than
//! needed, are measured in all dimensions and cut. A round reads the lists of the round before, and each
//! point writes only its own: the result does not depend on the number of threads.
//!
//! Points are renumbered in the order of the first tree, so that neighbors lie near in memory.

mod effort;
mod halving;

use multiversion::multiversion;
use rayon::prelude::*;

pub(super) use self::effort::Effort;
use self::halving::{Halving, LEAF, TREES, leaves};
use super::leading::Basis;
use super::measure::{Shortlist, squared};
use super::{KnnError, NeighborLists};
use crate::points::Points;
use crate::progress::Counter;

/// Numbers of a vector.
const LANES: usize = 16;

/// Most rounds.
const ROUNDS: usize = 12;

/// Points of a task.
const CHUNK: usize = 256;

/// An entry of a list: squared distance, point, found in the last round.
type Entry = (f32, u32, bool);

/// Points along a basis, and how their neighbors will be searched for.
pub(super) struct Descent<'a> {
    points: &'a Points,
    seen: Rows,
    effort: &'static Effort,
    longer: usize,
}

impl<'a> Descent<'a> {
    /// `None` where there are so few points that they are searched exactly, or where they do not vary.
    pub(super) fn new(points: &'a Points, k: usize, effort: &'static Effort) -> Option<Descent<'a>> {
        let n = points.n();
        let few = points.dimensions() > effort.directions + 1;
        let longer = effort.longer(k, few);
        if n < 4 * LEAF.max(longer) {
            return None;
        }
        let basis = if few { Basis::leading(points, effort.directions)? } else { Basis::whole(points) };
        let seen = basis.of(points);
        let rows: Vec<u32> = (0..n as u32).collect();
        let seen = Rows::new(&seen.values, seen.width, &rows);
        Some(Descent { points, seen, effort, longer })
    }

    /// The most neighbors that it may find, of some points: how many of `truth` are among the nearest along the basis.
    pub(super) fn most(&self, rows: &[u32], truth: &NeighborLists) -> f64 {
        let all: Vec<u32> = (0..self.points.n() as u32).collect();
        let held = rows.par_iter().enumerate().map(|(at, &row)| {
            let mut distances = vec![0.0; all.len()];
            measure(self.seen.row(row), &all, &self.seen.values, &mut distances);
            // With the point itself.
            let mut order = distances.clone();
            let limit = *order.select_nth_unstable_by(self.longer, f32::total_cmp).1;
            truth.indices(at).iter().filter(|&&j| distances[j as usize] <= limit).count()
        });
        held.sum::<usize>() as f64 / (rows.len() * truth.k()) as f64
    }

    /// `k` of the nearest others of each point, nearly all of them the nearest.
    pub(super) fn fit(self, k: usize, seed: u64, counter: &Counter) -> Result<NeighborLists, KnnError> {
        let Descent { points, seen: original, effort, longer } = self;
        let order = Halving { rows: &original, seed }.tree(0);
        let rows = original.in_order(&order);
        drop(original);
        counter.check()?;
        let mut lists = start(&rows, longer, seed);
        for _ in 0..ROUNDS {
            counter.add(0)?;
            let changed = round(&rows, &mut lists, longer, effort.ways(longer));
            if (changed as f64) < effort.change * (points.n() * k) as f64 {
                break;
            }
        }
        measured(points, &order, &lists, longer, k, counter)
    }
}

/// Rows of whole vectors.
struct Rows {
    width: usize,
    values: Vec<f32>,
}

impl Rows {
    /// `width` numbers to a row, padded with zeros.
    fn new(values: &[f32], width: usize, order: &[u32]) -> Rows {
        let wide = width.next_multiple_of(LANES);
        let mut padded = vec![0.0; order.len() * wide];
        padded.par_chunks_mut(wide).zip(order).for_each(|(row, &i)| {
            row[..width].copy_from_slice(&values[i as usize * width..][..width]);
        });
        Rows { width: wide, values: padded }
    }

    fn in_order(&self, order: &[u32]) -> Rows {
        Rows::new(&self.values, self.width, order)
    }

    fn row(&self, i: u32) -> &[f32] {
        &self.values[i as usize * self.width..][..self.width]
    }

    fn n(&self) -> usize {
        self.values.len() / self.width
    }
}

/// First lists: the nearest in the leaves of all trees.
fn start(rows: &Rows, longer: usize, seed: u64) -> Vec<Entry> {
    let n = rows.n();
    let halving = Halving { rows, seed };
    // The points already lie in the order of the first tree.
    let trees: Vec<Vec<u32>> =
        (0..TREES).map(|tree| if tree == 0 { (0..n as u32).collect() } else { halving.tree(tree) }).collect();
    let places: Vec<Vec<u32>> = trees
        .par_iter()
        .map(|tree| {
            let mut places = vec![0; n];
            tree.iter().enumerate().for_each(|(place, &i)| places[i as usize] = place as u32);
            places
        })
        .collect();
    let leaves = leaves(n);
    let mut lists = vec![(f32::INFINITY, u32::MAX, true); n * longer];
    lists.par_chunks_mut(CHUNK * longer).enumerate().for_each_init(
        || Seen::new(n),
        |seen, (chunk, lists)| {
            for (row, list) in lists.chunks_exact_mut(longer).enumerate() {
                let i = (chunk * CHUNK + row) as u32;
                seen.begin(i);
                for (tree, places) in trees.iter().zip(&places) {
                    let (from, to) = leaves[places[i as usize] as usize];
                    tree[from as usize..to as usize].iter().for_each(|&j| seen.meet(j));
                }
                seen.offer(rows, i, list);
            }
        },
    );
    fill(&mut lists, longer, n);
    lists
}

/// Lists that the leaves left short are filled with the next points, however far: only
/// leaves of equal points in all trees are that small.
fn fill(lists: &mut [Entry], longer: usize, n: usize) {
    for (i, list) in lists.chunks_exact_mut(longer).enumerate() {
        let mut next = i;
        for at in 0..longer {
            while list[at].1 == u32::MAX {
                next = (next + 1) % n;
                if !list[..at].iter().any(|entry| entry.1 == next as u32) {
                    list[at] = (f32::MAX, next as u32, true);
                }
            }
        }
    }
}

/// Points met on the way of one, each once.
struct Seen {
    stamps: Vec<u32>,
    stamp: u32,
    met: Vec<u32>,
    distances: Vec<f32>,
}

impl Seen {
    fn new(n: usize) -> Seen {
        Seen { stamps: vec![0; n], stamp: 0, met: Vec::new(), distances: Vec::new() }
    }

    fn begin(&mut self, i: u32) {
        // There are fewer than 2^32 points to begin with.
        self.stamp += 1;
        self.met.clear();
        self.known(i);
    }

    fn known(&mut self, j: u32) {
        self.stamps[j as usize] = self.stamp;
    }

    #[inline(always)]
    fn meet(&mut self, j: u32) {
        let stamp = &mut self.stamps[j as usize];
        if *stamp != self.stamp {
            *stamp = self.stamp;
            self.met.push(j);
        }
    }

    /// Offers all that were met to the list of `i`; returns how many it took.
    fn offer(&mut self, rows: &Rows, i: u32, list: &mut [Entry]) -> usize {
        self.distances.resize(self.met.len(), 0.0);
        measure(rows.row(i), &self.met, &rows.values, &mut self.distances);
        let mut taken = 0;
        for (&j, &distance) in self.met.iter().zip(&self.distances) {
            let last = list[list.len() - 1];
            if (distance, j) < (last.0, last.1) {
                let at = list.partition_point(|entry| (entry.0, entry.1) < (distance, j));
                list.copy_within(at..list.len() - 1, at + 1);
                list[at] = (distance, j, true);
                taken += 1;
            }
        }
        taken
    }
}

/// Through which neighbors each point searches on: the nearest it names and the nearest that name it.
struct Ways {
    starts: Vec<u32>,
    ways: Vec<(u32, bool)>,
}

impl Ways {
    fn of(lists: &[Entry], longer: usize, ways: usize) -> Ways {
        let n = lists.len() / longer;
        let mut naming = vec![(f32::INFINITY, u32::MAX, false); n * ways];
        let mut counts = vec![0u8; n];
        for (i, list) in lists.chunks_exact(longer).enumerate() {
            for &(distance, j, fresh) in &list[..ways] {
                let (names, count) = (&mut naming[j as usize * ways..][..ways], &mut counts[j as usize]);
                let entry = (distance, i as u32, fresh);
                let last = names[ways - 1];
                if (distance, i as u32) < (last.0, last.1) {
                    let at = names.partition_point(|name| (name.0, name.1) < (distance, i as u32));
                    names.copy_within(at..ways - 1, at + 1);
                    names[at] = entry;
                    *count = (*count + 1).min(ways as u8);
                }
            }
        }
        let mut all = Ways { starts: vec![0], ways: Vec::with_capacity(2 * n * ways) };
        for (i, list) in lists.chunks_exact(longer).enumerate() {
            let named = &list[..ways];
            all.ways.extend(named.iter().map(|entry| (entry.1, entry.2)));
            let names = &naming[i * ways..][..usize::from(counts[i])];
            let others = names.iter().filter(|name| !named.iter().any(|entry| entry.1 == name.1));
            all.ways.extend(others.map(|entry| (entry.1, entry.2)));
            all.starts.push(all.ways.len() as u32);
        }
        all
    }

    fn row(&self, i: u32) -> &[(u32, bool)] {
        &self.ways[self.starts[i as usize] as usize..self.starts[i as usize + 1] as usize]
    }
}

/// One round; returns how many entries are new.
fn round(rows: &Rows, lists: &mut [Entry], longer: usize, most: usize) -> usize {
    let ways = Ways::of(lists, longer, most);
    // What was searched once is not searched again.
    lists.par_chunks_mut(longer).for_each(|list| {
        list[..most].iter_mut().for_each(|entry| entry.2 = false);
    });
    let chunks = lists.par_chunks_mut(CHUNK * longer).enumerate();
    let changed = chunks.map_init(
        || Seen::new(rows.n()),
        |seen, (chunk, lists)| {
            let mut changed = 0;
            for (row, list) in lists.chunks_exact_mut(longer).enumerate() {
                let i = (chunk * CHUNK + row) as u32;
                seen.begin(i);
                list.iter().for_each(|entry| seen.known(entry.1));
                for &(j, fresh) in ways.row(i) {
                    for &(l, newer) in ways.row(j) {
                        if fresh | newer {
                            seen.meet(l);
                        }
                    }
                    seen.meet(j);
                }
                changed += seen.offer(rows, i, list);
            }
            changed
        },
    );
    changed.sum()
}

/// The lists measured in all dimensions, under the points' own numbers.
fn measured(
    points: &Points,
    order: &[u32],
    lists: &[Entry],
    longer: usize,
    k: usize,
    counter: &Counter,
) -> Result<NeighborLists, KnnError> {
    let n = points.n();
    let mut found = vec![(0u32, 0.0f32); n * k];
    found.par_chunks_mut(CHUNK * k).enumerate().try_for_each(|(chunk, found)| {
        counter.check()?;
        let mut best = Shortlist::new(k);
        for (row, found) in found.chunks_exact_mut(k).enumerate() {
            let place = chunk * CHUNK + row;
            let here = points.row(order[place] as usize);
            best.clear(f64::INFINITY);
            for entry in &lists[place * longer..][..longer] {
                let j = order[entry.1 as usize];
                best.offer(squared(here, points.row(j as usize)), j);
            }
            for (found, &(squared, j)) in found.iter_mut().zip(best.sorted()) {
                *found = (j, squared.sqrt() as f32);
            }
        }
        counter.add(found.len() / k)
    })?;
    let (mut indices, mut distances) = (vec![0; n * k], vec![0.0; n * k]);
    for (found, &i) in found.chunks_exact(k).zip(order) {
        let at = i as usize * k;
        for (place, &(j, distance)) in found.iter().enumerate() {
            indices[at + place] = j;
            distances[at + place] = distance;
        }
    }
    Ok(NeighborLists::new(k, indices, distances))
}

/// Squared distances of one row to others.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn measure(here: &[f32], others: &[u32], values: &[f32], distances: &mut [f32]) {
    let here = here.as_chunks::<LANES>().0;
    let rows = values.as_chunks::<LANES>().0;
    for (&j, distance) in others.iter().zip(distances) {
        let there = &rows[j as usize * here.len()..][..here.len()];
        let mut sums = [0.0f32; LANES];
        for (a, b) in here.iter().zip(there) {
            for lane in 0..LANES {
                let difference = a[lane] - b[lane];
                sums[lane] += difference * difference;
            }
        }
        *distance = sums.iter().sum();
    }
}

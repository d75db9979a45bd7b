//! Trees that halve the points across random directions: near points are mostly in one leaf.

use multiversion::multiversion;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rayon::prelude::*;

use super::{CHUNK, LANES, Rows};

/// Trees, and most points of a leaf.
pub(super) const TREES: u64 = 14;
pub(super) const LEAF: usize = 48;

/// Trees that halve the points across random directions.
pub(super) struct Halving<'a> {
    pub(super) rows: &'a Rows,
    pub(super) seed: u64,
}

impl Halving<'_> {
    /// The points leaf by leaf.
    pub(super) fn tree(&self, tree: u64) -> Vec<u32> {
        let mut order: Vec<(f32, u32)> = (0..self.rows.n() as u32).map(|i| (0.0, i)).collect();
        self.halve(&mut order, tree, 1);
        order.into_iter().map(|(_, i)| i).collect()
    }

    fn halve(&self, part: &mut [(f32, u32)], tree: u64, node: u64) {
        if part.len() <= LEAF {
            return;
        }
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        random.set_stream(tree << 48 | node);
        // Two draws from few points are often the same point: any direction will do.
        let (a, b) = (random.random_range(0..part.len()), random.random_range(0..part.len()));
        let ends = self.rows.row(part[a].1).iter().zip(self.rows.row(part[b].1));
        let direction: Vec<f32> = ends.map(|(a, b)| a - b).collect();
        part.par_chunks_mut(4 * CHUNK).for_each(|part| project(part, &self.rows.values, &direction));
        let middle = half(part.len());
        part.select_nth_unstable_by(middle, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let (low, high) = part.split_at_mut(middle);
        rayon::join(|| self.halve(low, tree, 2 * node), || self.halve(high, tree, 2 * node + 1));
    }
}

fn half(length: usize) -> usize {
    length / 2
}

/// Where each leaf ends, for each of n points in order.
pub(super) fn leaves(n: usize) -> Vec<(u32, u32)> {
    fn divide(start: usize, length: usize, leaves: &mut Vec<(u32, u32)>) {
        if length <= LEAF {
            leaves.extend(std::iter::repeat_n((start as u32, (start + length) as u32), length));
            return;
        }
        divide(start, half(length), leaves);
        divide(start + half(length), length - half(length), leaves);
    }
    let mut all = Vec::with_capacity(n);
    divide(0, n, &mut all);
    all
}

/// Products of rows with a direction.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn project(part: &mut [(f32, u32)], values: &[f32], direction: &[f32]) {
    let direction = direction.as_chunks::<LANES>().0;
    let rows = values.as_chunks::<LANES>().0;
    for (product, i) in part {
        let row = &rows[*i as usize * direction.len()..][..direction.len()];
        let mut sums = [0.0f32; LANES];
        for (a, b) in row.iter().zip(direction) {
            for lane in 0..LANES {
                sums[lane] += a[lane] * b[lane];
            }
        }
        *product = sums.iter().sum();
    }
}

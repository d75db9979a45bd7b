//! Repulsion, by a quadtree (octree, or halving of a line): a cell far away repels as one point.
//!
//! A cell of width s at distance d from a point to its center of mass counts as all its points
//! there if s < θd (Barnes, Hut, Nature 324, 1986; van der Maaten, JMLR 15, 2014). θ = 0 is exact
//! up to rounding. The tree is built by one thread, so that it is the same on any number.

use rayon::prelude::*;

use super::tail::Tail;

/// θ of Barnes and Hut.
pub(super) const THETA: f64 = 0.5;

/// Points that are not divided further; and how often a cell is halved at most (points may coincide).
const LEAF: usize = 8;
const DEPTH: usize = 40;

/// Points of a task.
const CHUNK: usize = 256;

struct Cell<const D: usize> {
    center: [f32; D],
    count: f32,
    /// Squared.
    width: f32,
    /// Cells within: the next after this one, up to `end`.
    end: u32,
    /// Its points in `order`, if it is a leaf.
    points: std::ops::Range<u32>,
}

/// Points in cells.
pub(super) struct Tree<const D: usize> {
    cells: Vec<Cell<D>>,
    /// The points, cell by cell.
    order: Vec<[f32; D]>,
}

impl<const D: usize> Tree<D> {
    pub(crate) fn new(y: &[[f32; D]]) -> Tree<D> {
        let mut low = [f32::INFINITY; D];
        let mut high = [f32::NEG_INFINITY; D];
        for point in y {
            for axis in 0..D {
                low[axis] = low[axis].min(point[axis]);
                high[axis] = high[axis].max(point[axis]);
            }
        }
        let width = (0..D).map(|axis| high[axis] - low[axis]).fold(0.0, f32::max);
        let middle = std::array::from_fn(|axis| low[axis] + 0.5 * (high[axis] - low[axis]));
        let mut tree = Tree { cells: Vec::new(), order: y.to_vec() };
        let mut order = std::mem::take(&mut tree.order);
        tree.divide(&mut order, 0, middle, width, 0);
        tree.order = order;
        tree
    }

    fn divide(&mut self, points: &mut [[f32; D]], first: usize, middle: [f32; D], width: f32, depth: usize) {
        let at = self.cells.len();
        let count = points.len() as f32;
        let sums = points.iter().fold([0.0f64; D], |mut sums, point| {
            (0..D).for_each(|axis| sums[axis] += f64::from(point[axis]));
            sums
        });
        let center = sums.map(|sum| (sum / points.len() as f64) as f32);
        let range = first as u32..(first + points.len()) as u32;
        self.cells.push(Cell { center, count, width: width * width, end: 0, points: range });
        if points.len() > LEAF && depth < DEPTH {
            self.cells[at].points = 0..0;
            let side = |point: &[f32; D]| {
                (0..D).fold(0, |side, axis| side | usize::from(point[axis] >= middle[axis]) << axis)
            };
            points.sort_by_key(side);
            let mut start = 0;
            for part in points.chunk_by_mut(|a, b| side(a) == side(b)) {
                let side = side(&part[0]);
                let toward = |axis: usize| if side >> axis & 1 == 1 { 0.25 } else { -0.25 };
                let middle = std::array::from_fn(|axis| middle[axis] + toward(axis) * width);
                let length = part.len();
                self.divide(part, first + start, middle, 0.5 * width, depth + 1);
                start += length;
            }
        }
        self.cells[at].end = self.cells.len() as u32;
    }

    /// Writes ∇φ of each of `at` to `repulsion` and returns the φ (see [`exact`](super::exact)).
    pub(crate) fn repel<T: Tail>(
        &self,
        at: &[[f32; D]],
        theta: f64,
        tail: T,
        repulsion: &mut [[f32; D]],
    ) -> Vec<f64> {
        let mut potential = vec![0.0f64; at.len()];
        let chunks =
            at.par_chunks(CHUNK).zip(repulsion.par_chunks_mut(CHUNK)).zip(potential.par_chunks_mut(CHUNK));
        chunks.for_each(|((at, repulsion), potential)| {
            for ((here, repulsion), potential) in at.iter().zip(repulsion).zip(potential) {
                (*potential, *repulsion) = self.of(here, (theta * theta) as f32, tail);
            }
        });
        potential
    }

    fn of<T: Tail>(&self, here: &[f32; D], theta2: f32, tail: T) -> (f64, [f32; D]) {
        let (mut potential, mut repulsion) = (0.0f64, [0.0f32; D]);
        let mut add = |there: &[f32; D], count: f32, squared: f32| {
            let weight = count * tail.weight(squared);
            potential += f64::from(weight);
            let share = -tail.factor() * weight * tail.share(squared);
            for axis in 0..D {
                repulsion[axis] += share * (here[axis] - there[axis]);
            }
        };
        let mut at = 0;
        while let Some(cell) = self.cells.get(at) {
            let squared = distance2(here, &cell.center);
            if cell.width < theta2 * squared {
                add(&cell.center, cell.count, squared);
                at = cell.end as usize;
                continue;
            }
            for there in &self.order[cell.points.start as usize..cell.points.end as usize] {
                add(there, 1.0, distance2(here, there));
            }
            at += 1;
        }
        (potential, repulsion)
    }
}

#[inline(always)]
fn distance2<const D: usize>(a: &[f32; D], b: &[f32; D]) -> f32 {
    (0..D).map(|axis| (a[axis] - b[axis]) * (a[axis] - b[axis])).sum()
}

//! New points among those of a model.
//!
//! Each new point i has affinities p_j to the model's points alone, of sum 1 and of the model's
//! perplexity; it starts at the mean of its neighbors, weighted by p, and minimizes
//! Σ_j p_j ln(p_j / q_j), q_j = w(|y_i − y_j|²) / φ(y_i), while all others rest: gradient
//! (ν+1)/ν Σ_j p_j (y_i − y_j)/(1 + d_ij²/ν) + ∇φ(y_i)/φ(y_i). The potential φ of points at rest is
//! computed once. New points do not affect each other: where one ends up does not depend on the
//! others. Settings as in openTSNE (Poličar, Stražar, Zupan, J. Stat. Softw. 109, 2024): p times 1.5,
//! 250 steps.

use rayon::prelude::*;

use super::affinity::conditional;
use super::exact;
use super::spline::Spline;
use super::tail::Tail;
use super::tree::{THETA, Tree};
use crate::embed::EmbedError;
use crate::knn::NeighborLists;
use crate::progress::{Progress, Stage};

const STEPS: usize = 250;
const EXAGGERATION: f32 = 1.5;
const RATE: f32 = 0.2;
const MOMENTUM: f32 = 0.8;

/// Gradients are clipped to this.
const STEEPEST: f32 = 0.25;

/// How far from the model's points new ones may end up.
const ROOM: f32 = 20.0;

/// New points of a task, and tasks between two reports.
const CHUNK: usize = 64;
const REPORT: usize = 32;

/// Up to this many points at rest repel one by one.
const FEW: usize = 1000;

/// The potential of points at rest.
enum Field<const D: usize> {
    Pairs(Vec<[f32; D]>),
    Tree(Tree<D>),
    Spline(Box<Spline>),
}

/// Where new points with these `neighbors` among the points at `rest` belong.
pub(super) fn place<T: Tail, const D: usize>(
    rest: &[f64],
    neighbors: &NeighborLists,
    perplexity: f64,
    tail: T,
    width: f64,
    progress: &dyn Progress,
) -> Result<Vec<f64>, EmbedError> {
    let rest: Vec<[f32; D]> = rest.as_chunks::<D>().0.iter().map(|point| point.map(|x| x as f32)).collect();
    let p = conditional(neighbors, perplexity);
    let field = Field::new(&rest, width, tail);
    let (m, k) = (neighbors.n(), neighbors.k());
    let mut placed = vec![[0.0f64; D]; m];
    for (turn, placed) in placed.chunks_mut(CHUNK * REPORT).enumerate() {
        let done = turn * CHUNK * REPORT;
        if progress.advance(Stage::OPTIMIZE, done, Some(m)).is_break() {
            return Err(EmbedError::Canceled);
        }
        placed.par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, placed)| {
            let entries = (done + chunk * CHUNK) * k..(done + chunk * CHUNK + placed.len()) * k;
            let near = Near { k, columns: &neighbors.all_indices()[entries.clone()], p: &p[entries] };
            let y = near.descend(&rest, &field, tail, placed.len());
            placed.iter_mut().zip(y).for_each(|(placed, y)| *placed = y.map(f64::from));
        });
    }
    Ok(placed.into_flattened())
}

impl<const D: usize> Field<D> {
    fn new<T: Tail>(rest: &[[f32; D]], width: f64, tail: T) -> Field<D> {
        if rest.len() <= FEW {
            return Field::Pairs(rest.to_vec());
        }
        if D != 2 {
            return Field::Tree(Tree::new(rest));
        }
        let mut spline = Box::new(Spline::new());
        spline.fill(rest.as_flattened().as_chunks::<2>().0, width, f64::from(ROOM) + 1.0, tail);
        Field::Spline(spline)
    }

    fn read<T: Tail>(&self, at: &[[f32; D]], tail: T, repulsion: &mut [[f32; D]]) -> Vec<f64> {
        match self {
            Field::Pairs(rest) => exact::repel(rest, at, tail, repulsion),
            Field::Tree(tree) => tree.repel(at, THETA, tail, repulsion),
            Field::Spline(spline) => {
                let at = at.as_flattened().as_chunks::<2>().0;
                let potential = spline.read(at, repulsion.as_flattened_mut().as_chunks_mut::<2>().0);
                potential.into_iter().map(f64::from).collect()
            }
        }
    }
}

/// Affinities of some new points, `k` each.
struct Near<'a> {
    k: usize,
    columns: &'a [u32],
    p: &'a [f32],
}

impl Near<'_> {
    fn descend<T: Tail, const D: usize>(
        &self,
        rest: &[[f32; D]],
        field: &Field<D>,
        tail: T,
        count: usize,
    ) -> Vec<[f32; D]> {
        let mut y = self.start(rest);
        let mut velocity = vec![[0.0f32; D]; count];
        let mut repulsion = vec![[0.0f32; D]; count];
        let mut low = [f32::INFINITY; D];
        let mut high = [f32::NEG_INFINITY; D];
        for point in rest {
            for axis in 0..D {
                low[axis] = low[axis].min(point[axis] - ROOM);
                high[axis] = high[axis].max(point[axis] + ROOM);
            }
        }
        for _ in 0..STEPS {
            let potential = field.read(&y, tail, &mut repulsion);
            for i in 0..count {
                let attraction = self.attract(i, &y[i], rest, tail);
                // Far from all others φ is almost zero, and so is its gradient.
                let share = 1.0 / potential[i].max(1e-6) as f32;
                for axis in 0..D {
                    let gradient =
                        EXAGGERATION * tail.factor() * attraction[axis] + share * repulsion[i][axis];
                    velocity[i][axis] =
                        MOMENTUM * velocity[i][axis] - RATE * gradient.clamp(-STEEPEST, STEEPEST);
                    y[i][axis] = (y[i][axis] + velocity[i][axis]).clamp(low[axis], high[axis]);
                }
            }
        }
        y
    }

    fn entries(&self, i: usize) -> impl Iterator<Item = (usize, f32)> {
        let entries = i * self.k..(i + 1) * self.k;
        self.columns[entries.clone()].iter().map(|&j| j as usize).zip(self.p[entries].iter().copied())
    }

    fn start<const D: usize>(&self, rest: &[[f32; D]]) -> Vec<[f32; D]> {
        let mean = |i| {
            self.entries(i).fold([0.0; D], |mut mean, (j, p)| {
                (0..D).for_each(|axis| mean[axis] += p * rest[j][axis]);
                mean
            })
        };
        (0..self.columns.len() / self.k).map(mean).collect()
    }

    fn attract<T: Tail, const D: usize>(
        &self,
        i: usize,
        y: &[f32; D],
        rest: &[[f32; D]],
        tail: T,
    ) -> [f32; D] {
        self.entries(i).fold([0.0; D], |mut attraction, (j, p)| {
            let squared = (0..D).map(|axis| (y[axis] - rest[j][axis]).powi(2)).sum();
            let weight = p * tail.share(squared);
            (0..D).for_each(|axis| attraction[axis] += weight * (y[axis] - rest[j][axis]));
            attraction
        })
    }
}

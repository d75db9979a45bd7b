//! Locally linear embedding, standard and modified.
//!
//! Each point x_i is written by its k neighbors: the weights w_ij, of sum 1, that minimize
//! |x_i - Σ_j w_ij x_j|² + r tr(G) |w_i|², G the Gram matrix of the x_j - x_i (the second term decides where k
//! exceeds the dimensions; r is the regularization). The embedding minimizes Σ_i |y_i - Σ_j w_ij y_j|² with
//! Yᵀ Y = I: eigenvectors of M = (I - W)ᵀ (I - W) with the smallest eigenvalues, but for the first, which is
//! constant. The reconstruction error is the sum of their eigenvalues.
//! Source: Roweis and Saul, Science 290 (2000); Saul and Roweis, J. Machine Learning Research 4 (2003).
//!
//! The modified form takes s_i weight vectors for each point, W_i = V_i - 2 (V_i h) hᵀ + (1 - α_i) w_i 1ᵀ with
//! V_i the s_i last eigenvectors of G, which describe the neighborhood less arbitrarily than one vector:
//! M = Σ_i of [1ᵀ; -W_i] [1ᵀ; -W_i]ᵀ, spread over the point and its neighbors.
//! Source: Zhang and Wang, MLLE: Modified locally linear embedding using multiple weights, NIPS 19 (2006);
//! s_i as there, by the median over points of the ratio of small to large eigenvalues.

mod assemble;
mod modified;
mod weights;

use std::num::NonZeroUsize;

use algebra::spectrum::{Gram, Smallest, Sparse};
use rayon::prelude::*;

use crate::checked::{checked, finite};
use crate::embed::ground::Ground;
use crate::embed::spectrum::{Solver, smallest};
use crate::embed::{EmbedError, Embedding};
use crate::embed::{Fit, Transform};
use crate::graph::{Neighbors, WeightedGraph};
use crate::knn::{Knn, NeighborLists};
use crate::points::Points;
use crate::progress::Progress;

/// Which weights describe a neighborhood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LleForm {
    /// One vector of weights for each point.
    #[default]
    Standard,
    /// Several (more neighbors than embedding dimensions are needed).
    Modified,
}

/// Settings of locally linear embedding.
#[derive(Clone, Debug, PartialEq)]
pub struct Lle {
    dimensions: usize,
    neighbors: NonZeroUsize,
    form: LleForm,
    regularization: f64,
    tolerance: f64,
    solver: Solver,
    seed: u64,
}

checked! {
    /// A locally linear embedding.
    #[derive(Clone, Debug, PartialEq)]
    pub struct LleModel {
        embedding: Embedding,
        eigenvalues: Vec<f64>,
        residuals: Vec<f64>,
        solver: Solver,
        regularization: f64,
        ground: Ground,
    }
}

impl Lle {
    /// Embeds in `dimensions` (at least 1, below the number of points). Defaults: 12 neighbors, the standard
    /// form, regularization 1e-3, seed 0.
    #[must_use]
    pub fn new(dimensions: usize) -> Lle {
        Lle {
            dimensions,
            neighbors: NonZeroUsize::MIN.saturating_add(11),
            form: LleForm::Standard,
            regularization: 1e-3,
            tolerance: 1e-9,
            solver: Solver::Auto,
            seed: 0,
        }
    }

    /// k, below the number of points; default 12.
    #[must_use]
    pub fn neighbors(self, neighbors: NonZeroUsize) -> Lle {
        Lle { neighbors, ..self }
    }

    /// Default [`LleForm::Standard`].
    #[must_use]
    pub fn form(self, form: LleForm) -> Lle {
        Lle { form, ..self }
    }

    /// r, positive; default 1e-3.
    #[must_use]
    pub fn regularization(self, regularization: f64) -> Lle {
        Lle { regularization, ..self }
    }

    /// Residual of the eigenpairs, relative to the largest eigenvalue; default 1e-9.
    #[must_use]
    pub fn tolerance(self, tolerance: f64) -> Lle {
        Lle { tolerance, ..self }
    }

    /// How the eigenproblem is solved; default by what it predicts to be fastest.
    #[must_use]
    pub fn solver(self, solver: Solver) -> Lle {
        Lle { solver, ..self }
    }

    /// Seed of the eigensolver; default 0.
    #[must_use]
    pub fn seed(self, seed: u64) -> Lle {
        Lle { seed, ..self }
    }

    fn check(&self, n: usize) -> Result<(), EmbedError> {
        if n < 2 {
            return Err(EmbedError::TooFew { n, needed: 2 });
        }
        if self.dimensions == 0 || self.dimensions >= n {
            return Err(EmbedError::Dimensions { dimensions: self.dimensions, most: n - 1 });
        }
        // Written so that NaN is refused as well.
        if !(self.regularization > 0.0 && self.regularization.is_finite()) {
            let range = "it must be positive and finite";
            return Err(EmbedError::Setting { setting: "regularization", value: self.regularization, range });
        }
        if self.form == LleForm::Modified && self.neighbors.get() <= self.dimensions {
            let range = "the modified form needs more neighbors than dimensions";
            let value = self.neighbors.get() as f64;
            return Err(EmbedError::Setting { setting: "neighbors", value, range });
        }
        Ok(())
    }
}

impl Fit<Points> for Lle {
    type Model = LleModel;

    /// Embeds points. Fails with [`EmbedError::Disconnected`] if no chain of neighbors joins all points: each
    /// component would then collapse to a place of its own.
    fn fit(&self, points: &Points, progress: &dyn Progress) -> Result<LleModel, EmbedError> {
        let (n, k) = (points.n(), self.neighbors.get());
        self.check(n)?;
        let lists = Knn::new(self.neighbors).fit(points, progress)?;
        if points.coincide() {
            return Err(EmbedError::Coincide);
        }
        let (labels, components) = WeightedGraph::from_lists(&lists, false).components();
        if components > 1 {
            let mut sizes = vec![0; components];
            labels.iter().for_each(|&label| sizes[label as usize] += 1);
            let largest = sizes.into_iter().max().unwrap_or(0);
            return Err(EmbedError::Disconnected { components, largest });
        }
        let settings = Smallest {
            count: self.dimensions + 1,
            tolerance: self.tolerance,
            // Wanted eigenvalues of dense samples are of the order of 1e-10.
            shift: 1e-13,
            solver: self.solver,
            seed: self.seed,
        };
        let (pairs, solver) = match self.form {
            LleForm::Standard => {
                let weights = weights::all(points, &lists, self.regularization)?;
                let local = |i: usize, a: usize, b: usize| {
                    let entry = |a: usize| if a == 0 { 1.0 } else { -weights[i * k + a - 1] };
                    entry(a) * entry(b)
                };
                let matrix = assemble::sum(&lists, local);
                smallest(&settings, &matrix, &Gram::new(residual(&lists, &weights)), progress)?
            }
            LleForm::Modified => {
                let locals = modified::locals(points, &lists, self.dimensions, self.regularization)?;
                let side = k + 1;
                let local = |i: usize, a: usize, b: usize| locals[(i * side + a) * side + b];
                let matrix = assemble::sum(&lists, local);
                drop(lists);
                smallest(&settings, &matrix, &matrix, progress)?
            }
        };
        let kept: Vec<u32> = (0..n as u32).collect();
        let coordinates = (0..n * self.dimensions)
            .map(|at| pairs.vectors[(at / self.dimensions, 1 + at % self.dimensions)])
            .collect();
        Ok(LleModel {
            embedding: Embedding::computed(self.dimensions, coordinates)?,
            eigenvalues: pairs.values,
            residuals: pairs.residuals,
            solver,
            regularization: self.regularization,
            ground: Ground::new(points, &kept, Neighbors::Nearest(self.neighbors))?,
        })
    }
}

/// I - W.
fn residual(lists: &NeighborLists, weights: &[f64]) -> Sparse {
    let row = |i: usize| {
        let others = lists.indices(i).iter().zip(&weights[i * lists.k()..]).map(|(&j, &weight)| (j, -weight));
        let mut row: Vec<(u32, f64)> = others.chain([(i as u32, 1.0)]).collect();
        row.sort_unstable_by_key(|&(j, _)| j);
        row
    };
    Sparse::from_rows(&(0..lists.n()).into_par_iter().map(row).collect::<Vec<_>>())
}

impl LleModel {
    fn is_whole(&self) -> bool {
        let sizes = self.eigenvalues.len() > self.embedding.dimensions()
            && self.residuals.len() == self.eigenvalues.len()
            && self.ground.points().n() == self.embedding.n();
        sizes
            && finite(&self.eigenvalues)
            && finite(&self.residuals)
            && self.regularization.is_finite()
            && self.regularization > 0.0
    }

    /// Axes of unit length each.
    #[must_use]
    pub fn embedding(&self) -> &Embedding {
        &self.embedding
    }

    /// The smallest eigenvalues of M, ascending, beginning with the 0 of the vector that is left out.
    #[must_use]
    pub fn eigenvalues(&self) -> &[f64] {
        &self.eigenvalues
    }

    /// ‖M v - λ v‖ of each eigenpair.
    #[must_use]
    pub fn residuals(&self) -> &[f64] {
        &self.residuals
    }

    /// Σ_i |y_i - Σ_j w_ij y_j|² (in the modified form: over all weight vectors): the sum of the axes' eigenvalues.
    #[must_use]
    pub fn reconstruction_error(&self) -> f64 {
        self.eigenvalues[1..].iter().sum()
    }

    /// How the eigenpairs were found.
    #[must_use]
    pub fn solver(&self) -> Solver {
        self.solver
    }
}

impl Transform for LleModel {
    /// Places new points at the combination of their neighbors among the old ones that describes them best.
    fn transform(&self, points: &Points, progress: &dyn Progress) -> Result<Embedding, EmbedError> {
        let lists = self.ground.neighbors_of(points, progress)?;
        let old = self.ground.points();
        let place = |i: usize| {
            let neighbors: Vec<u32> = lists[i].iter().map(|&(j, _)| j).collect();
            let weights = weights::of(points.row(i), old, &neighbors, self.regularization)?;
            let mut place = vec![0.0; self.embedding.dimensions()];
            for (&j, weight) in neighbors.iter().zip(weights) {
                let other = self.embedding.point(j as usize);
                place.iter_mut().zip(other).for_each(|(sum, value)| *sum += weight * value);
            }
            Ok(place)
        };
        let places: Result<Vec<Vec<f64>>, EmbedError> = (0..points.n()).into_par_iter().map(place).collect();
        Embedding::computed(self.embedding.dimensions(), places?.concat())
    }
}

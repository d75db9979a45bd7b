//! Laplacian eigenmaps.
//!
//! Weights w_ij of the edges of a neighborhood graph: 1, or exp(-d_ij² / (2 σ²)); D the diagonal of their
//! sums over each row, L = D - W. The embedding minimizes Σ w_ij |f_i - f_j|² under a constraint of size:
//! - unnormalized: L f = λ f, fᵀ f = 1;
//! - random walk: L f = λ D f, fᵀ D f = 1;
//! - symmetric: D^-1/2 L D^-1/2 u = λ u, uᵀ u = 1 (f = D^-1/2 u is the random walk's).
//!
//! The first vector (λ = 0: constant, or D^1/2 1 in the symmetric form) carries no information and is left out;
//! the next ones are the axes. New points x with weights w_j to old ones, of sum d: f(x) = Σ w_j f_j / (d - λ) unless
//! normalized, Σ w_j f_j / (d (1 - λ)) for the random walk, √d times that in the symmetric form: what the
//! eigenequation requires of one more node (Nyström).
//! Source: Belkin and Niyogi, Laplacian eigenmaps for dimensionality reduction and data representation, Neural
//! Computation 15 (2003); new points: Bengio et al., Out-of-sample extensions, NIPS 16 (2004).

mod laplacian_model;
mod weights;

use std::num::NonZeroUsize;

use algebra::spectrum::Smallest;

use crate::embed::Fit;
use crate::embed::ground::Ground;
use crate::embed::spectrum::{Solver, smallest};
use crate::embed::{EmbedError, Embedding, SquareDistances};
use crate::graph::{Disconnected, Distance, Neighbors, WeightedGraph};
use crate::knn::Knn;
use crate::points::Points;
use crate::progress::Progress;

use laplacian_model::Kernel;
pub use laplacian_model::LaplacianModel;
use weights::Affinity;

/// How an edge weighs.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weights {
    /// 1.
    #[default]
    Binary,
    /// exp(-d² / (2 σ²)).
    HeatKernel {
        /// σ > 0; `None`: the median length of the edges, so that a typical edge weighs 0.61.
        sigma: Option<f32>,
    },
}

/// Which eigenproblem is solved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Laplacian {
    /// L f = λ f.
    Unnormalized,
    /// L f = λ D f.
    #[default]
    RandomWalk,
    /// D^-1/2 L D^-1/2 u = λ u.
    Symmetric,
}

/// Settings of Laplacian eigenmaps.
#[derive(Clone, Debug, PartialEq)]
pub struct LaplacianEigenmaps {
    dimensions: usize,
    neighbors: Neighbors,
    disconnected: Disconnected,
    weights: Weights,
    one_sided: f64,
    laplacian: Laplacian,
    spectrum: usize,
    tolerance: f64,
    solver: Solver,
    seed: u64,
}

impl LaplacianEigenmaps {
    /// Embeds in `dimensions` (at least 1, below the number of points). Defaults: 12 nearest neighbors,
    /// binary weights, the random walk's Laplacian, an error if the graph falls into pieces, seed 0.
    #[must_use]
    pub fn new(dimensions: usize) -> LaplacianEigenmaps {
        LaplacianEigenmaps {
            dimensions,
            neighbors: Neighbors::Nearest(NonZeroUsize::MIN.saturating_add(11)),
            disconnected: Disconnected::Fail,
            weights: Weights::default(),
            one_sided: 1.0,
            laplacian: Laplacian::default(),
            spectrum: 0,
            tolerance: 1e-8,
            solver: Solver::Auto,
            seed: 0,
        }
    }

    /// Which points are neighbors; default the 12 nearest.
    #[must_use]
    pub fn neighbors(self, neighbors: Neighbors) -> LaplacianEigenmaps {
        LaplacianEigenmaps { neighbors, ..self }
    }

    /// What to do when the graph falls into several components; default [`Disconnected::Fail`].
    #[must_use]
    pub fn disconnected(self, disconnected: Disconnected) -> LaplacianEigenmaps {
        LaplacianEigenmaps { disconnected, ..self }
    }

    /// How an edge weighs; default [`Weights::Binary`].
    #[must_use]
    pub fn weights(self, weights: Weights) -> LaplacianEigenmaps {
        LaplacianEigenmaps { weights, ..self }
    }

    /// Factor on the weight of an edge that only one of its ends names among its nearest; above 0, at most 1,
    /// default 1. With 0.5 the weights are (A + Aᵀ) / 2 of the matrix A of who names whom.
    #[must_use]
    pub fn one_sided(self, one_sided: f64) -> LaplacianEigenmaps {
        LaplacianEigenmaps { one_sided, ..self }
    }

    /// Which eigenproblem is solved; default [`Laplacian::RandomWalk`].
    #[must_use]
    pub fn laplacian(self, laplacian: Laplacian) -> LaplacianEigenmaps {
        LaplacianEigenmaps { laplacian, ..self }
    }

    /// How many eigenvalues to compute, including the first (0), if more than the dimensions + 1.
    #[must_use]
    pub fn spectrum(self, spectrum: usize) -> LaplacianEigenmaps {
        LaplacianEigenmaps { spectrum, ..self }
    }

    /// Residual of the eigenpairs, relative to the largest eigenvalue; default 1e-8.
    #[must_use]
    pub fn tolerance(self, tolerance: f64) -> LaplacianEigenmaps {
        LaplacianEigenmaps { tolerance, ..self }
    }

    /// How the eigenproblem is solved; default by what it predicts to be fastest.
    #[must_use]
    pub fn solver(self, solver: Solver) -> LaplacianEigenmaps {
        LaplacianEigenmaps { solver, ..self }
    }

    /// Seed of the eigensolver; default 0.
    #[must_use]
    pub fn seed(self, seed: u64) -> LaplacianEigenmaps {
        LaplacianEigenmaps { seed, ..self }
    }

    fn check(&self) -> Result<(), EmbedError> {
        let refused = |setting, value, range| Err(EmbedError::Setting { setting, value, range });
        // Written so that NaN is refused as well.
        if !(self.one_sided > 0.0 && self.one_sided <= 1.0) {
            return refused("one_sided", self.one_sided, "it must be above 0 and at most 1");
        }
        match self.weights {
            Weights::HeatKernel { sigma: Some(sigma) } if !(sigma > 0.0 && sigma.is_finite()) => {
                refused("sigma", f64::from(sigma), "it must be positive and finite")
            }
            _ => Ok(()),
        }
    }

    fn embed(
        &self,
        affinity: &Affinity,
        ground: Option<Ground>,
        progress: &dyn Progress,
    ) -> Result<LaplacianModel, EmbedError> {
        let n = affinity.degrees.len();
        if n < 2 {
            return Err(EmbedError::TooFew { n, needed: 2 });
        }
        if self.dimensions == 0 || self.dimensions >= n {
            return Err(EmbedError::Dimensions { dimensions: self.dimensions, most: n - 1 });
        }
        let matrix = affinity.laplacian(self.laplacian != Laplacian::Unnormalized);
        let settings = Smallest {
            count: self.spectrum.min(n).max(self.dimensions + 1),
            tolerance: self.tolerance,
            // Far below the second eigenvalue of a million nodes, far above rounding.
            shift: 1e-9,
            solver: self.solver,
            seed: self.seed,
        };
        let (pairs, solver) = smallest(&settings, &matrix, &matrix, progress)?;
        let scale = |i: usize| match self.laplacian {
            Laplacian::RandomWalk => 1.0 / affinity.degrees[i].sqrt(),
            _ => 1.0,
        };
        let mut coordinates = vec![0.0; n * self.dimensions];
        for axis in 0..self.dimensions {
            let values: Vec<f64> = (0..n).map(|i| pairs.vectors[(i, axis + 1)] * scale(i)).collect();
            let largest =
                values.iter().fold(0.0, |best: f64, &x| if x.abs() > best.abs() { x } else { best });
            let places = coordinates.iter_mut().skip(axis).step_by(self.dimensions);
            places.zip(values).for_each(|(place, value)| *place = value * largest.signum());
        }
        Ok(LaplacianModel {
            embedding: Embedding::computed(self.dimensions, coordinates)?,
            eigenvalues: pairs.values,
            residuals: pairs.residuals,
            solver,
            kernel: Kernel {
                laplacian: self.laplacian,
                sigma: affinity.sigma,
                degrees: match self.laplacian {
                    Laplacian::Symmetric => affinity.degrees.clone(),
                    _ => Vec::new(),
                },
            },
            ground,
            kept: Vec::new(),
            components: 1,
        })
    }
}

impl Fit<Points> for LaplacianEigenmaps {
    type Model = LaplacianModel;

    /// Embeds points.
    fn fit(&self, points: &Points, progress: &dyn Progress) -> Result<LaplacianModel, EmbedError> {
        self.check()?;
        let (graph, mutual) = match self.neighbors {
            Neighbors::Nearest(k) if self.one_sided < 1.0 => {
                let lists = Knn::new(k).fit(points, progress)?;
                (WeightedGraph::from_lists(&lists, false), Some(WeightedGraph::from_lists(&lists, true)))
            }
            rule => (WeightedGraph::of_points(points, rule, progress)?, None),
        };
        let distance = |i: usize, j: usize| points.squared_distance(i, j).sqrt();
        let connected = graph.connected(self.disconnected, Some(&distance))?;
        let mutual = mutual.map(|mutual| mutual.reordered(&connected.kept));
        let ground = Ground::new(points, &connected.kept, self.neighbors)?;
        let affinity = Affinity::of(&connected.graph, mutual.as_ref(), self.weights, self.one_sided)?;
        let mut model = self.embed(&affinity, Some(ground), progress)?;
        (model.kept, model.components) = (connected.kept, connected.components);
        Ok(model)
    }
}

impl Fit<SquareDistances> for LaplacianEigenmaps {
    type Model = LaplacianModel;

    /// Embeds n things by their distances: neighbors are found among them.
    fn fit(
        &self,
        distances: &SquareDistances,
        progress: &dyn Progress,
    ) -> Result<LaplacianModel, EmbedError> {
        self.check()?;
        let (n, distance): (usize, &Distance<'_>) = (distances.n(), &|i, j| distances.get(i, j));
        let mutual = match self.neighbors {
            Neighbors::Nearest(k) if self.one_sided < 1.0 => {
                Some(WeightedGraph::of_distances(n, distance, Neighbors::Mutual(k))?)
            }
            _ => None,
        };
        let graph = WeightedGraph::of_distances(n, distance, self.neighbors)?;
        let connected = graph.connected(self.disconnected, Some(distance))?;
        let mutual = mutual.map(|mutual| mutual.reordered(&connected.kept));
        let affinity = Affinity::of(&connected.graph, mutual.as_ref(), self.weights, self.one_sided)?;
        let mut model = self.embed(&affinity, None, progress)?;
        (model.kept, model.components) = (connected.kept, connected.components);
        Ok(model)
    }
}

impl Fit<WeightedGraph> for LaplacianEigenmaps {
    type Model = LaplacianModel;

    /// Embeds the nodes of a graph whose lengths are distances. [`Disconnected::Join`] cannot join its
    /// components.
    fn fit(&self, graph: &WeightedGraph, progress: &dyn Progress) -> Result<LaplacianModel, EmbedError> {
        self.check()?;
        let connected = graph.clone().connected(self.disconnected, None)?;
        let affinity = Affinity::of(&connected.graph, None, self.weights, 1.0)?;
        let mut model = self.embed(&affinity, None, progress)?;
        (model.kept, model.components) = (connected.kept, connected.components);
        Ok(model)
    }
}

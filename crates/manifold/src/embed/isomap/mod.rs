//! Isomap: classical scaling of geodesics along the neighborhood graph.
//!
//! 1. Neighborhood graph of the points, Euclidean lengths.
//! 2. D: lengths of shortest paths between all pairs.
//! 3. B = -1/2 J D² J (D² taken elementwise, J = I - 11ᵀ/n); with its largest eigenpairs (λ_a, v_a) coordinate
//!    a of the embedding is √λ_a v_a, zeros where λ_a <= 0.
//!
//! Quality: residual variance 1 - r²(D, Euclidean distances of the embedding) over all pairs.
//! Source: Tenenbaum, de Silva and Langford, Science 290 (2000).
//!
//! With landmarks only the geodesics from m of the nodes are measured (m n numbers instead of n²/2). They are
//! embedded as above; with their coordinates c_ja, eigenvalues λ_a and the means μ_j of the rows of D² among
//! landmarks, a point at geodesics δ_j from them lies at y_a = Σ_j c_ja (μ_j - δ_j²) / (2 λ_a).
//! Source: de Silva and Tenenbaum, Global versus local methods in nonlinear dimensionality reduction, NIPS 15
//! (2003). New points are placed by the same formula, their geodesics starting with a step to their
//! neighbors among the old ones (Bengio et al., Out-of-sample extensions, NIPS 16 (2004)).

mod isomap_model;
mod landmarks;
pub(crate) mod scaling;

use crate::embed::Fit;
use crate::embed::ground::Ground;
use crate::embed::{EmbedError, SquareDistances};
use crate::graph::geodesics::AllGeodesics;
use crate::graph::{Connected, Disconnected, Distance, Neighbors, WeightedGraph};
use crate::points::Points;
use crate::progress::Progress;

use isomap_model::Frame;
pub use isomap_model::IsomapModel;
pub use landmarks::Landmarks;
use scaling::{Triangle, scaled};

/// Settings of Isomap.
#[derive(Clone, Debug, PartialEq)]
pub struct Isomap {
    dimensions: usize,
    neighbors: Neighbors,
    disconnected: Disconnected,
    landmarks: Option<usize>,
    choice: Landmarks,
    spectrum: usize,
    tolerance: f64,
    seed: u64,
}

/// Default number of neighbors of each point.
const NEIGHBORS: std::num::NonZeroUsize = std::num::NonZeroUsize::MIN.saturating_add(11);

impl Isomap {
    /// Embeds in `dimensions` (at least 1, below the number of points). Defaults: 12 nearest neighbors, all
    /// pairs, an error if the graph falls into pieces, seed 0.
    #[must_use]
    pub fn new(dimensions: usize) -> Isomap {
        Isomap {
            dimensions,
            neighbors: Neighbors::Nearest(NEIGHBORS),
            disconnected: Disconnected::Fail,
            landmarks: None,
            choice: Landmarks::default(),
            spectrum: 0,
            tolerance: 1e-8,
            seed: 0,
        }
    }

    /// Which points are neighbors; default the 12 nearest.
    #[must_use]
    pub fn neighbors(self, neighbors: Neighbors) -> Isomap {
        Isomap { neighbors, ..self }
    }

    /// What to do when the graph falls into several components; default [`Disconnected::Fail`].
    #[must_use]
    pub fn disconnected(self, disconnected: Disconnected) -> Isomap {
        Isomap { disconnected, ..self }
    }

    /// Measures geodesics from only this many landmarks (above the dimensions, at most all); default all.
    #[must_use]
    pub fn landmarks(self, landmarks: Option<usize>) -> Isomap {
        Isomap { landmarks, ..self }
    }

    /// How landmarks are chosen; default [`Landmarks::Random`].
    #[must_use]
    pub fn choice(self, choice: Landmarks) -> Isomap {
        Isomap { choice, ..self }
    }

    /// How many eigenvalues to compute, if more than the dimensions.
    #[must_use]
    pub fn spectrum(self, spectrum: usize) -> Isomap {
        Isomap { spectrum, ..self }
    }

    /// Residual of the eigenpairs, relative to the largest eigenvalue; default 1e-8.
    #[must_use]
    pub fn tolerance(self, tolerance: f64) -> Isomap {
        Isomap { tolerance, ..self }
    }

    /// Seed of the eigensolver and of the choice of landmarks; default 0.
    #[must_use]
    pub fn seed(self, seed: u64) -> Isomap {
        Isomap { seed, ..self }
    }

    fn embed(
        &self,
        connected: Connected,
        ground: Option<Ground>,
        progress: &dyn Progress,
    ) -> Result<IsomapModel, EmbedError> {
        let n = connected.graph.nodes();
        let anchors = self.landmarks.unwrap_or(n).min(n);
        if n < 2 {
            return Err(EmbedError::TooFew { n, needed: 2 });
        }
        if self.dimensions == 0 || self.dimensions >= anchors {
            return Err(EmbedError::Dimensions {
                dimensions: self.dimensions,
                most: anchors.saturating_sub(1),
            });
        }
        let (embedding, frame, residual_variance) = match self.landmarks {
            Some(_) if anchors < n => landmarks::embed(self, &connected.graph, anchors, progress)?,
            _ => {
                let all = AllGeodesics::of(&connected.graph, progress)?;
                let triangle = Triangle::new(n, all.values());
                let scaled =
                    scaled(&triangle, self.dimensions, self.spectrum, self.tolerance, self.seed, progress)?;
                let variance = triangle.residual_variance(&scaled.coordinates);
                let frame = Frame::new(scaled.by_name(all.order()), None)?;
                (frame.coordinates().clone(), frame, variance)
            }
        };
        Ok(IsomapModel::new(embedding, frame, residual_variance, connected, ground))
    }
}

impl Fit<Points> for Isomap {
    type Model = IsomapModel;

    /// Embeds points.
    fn fit(&self, points: &Points, progress: &dyn Progress) -> Result<IsomapModel, EmbedError> {
        let graph = WeightedGraph::of_points(points, self.neighbors, progress)?;
        let distance = |i: usize, j: usize| points.squared_distance(i, j).sqrt();
        let connected = graph.connected(self.disconnected, Some(&distance))?;
        let ground = Ground::new(points, &connected.kept, self.neighbors)?;
        self.embed(connected, Some(ground), progress)
    }
}

impl Fit<SquareDistances> for Isomap {
    type Model = IsomapModel;

    /// Embeds n things by their distances: neighbors are found among them.
    fn fit(&self, distances: &SquareDistances, progress: &dyn Progress) -> Result<IsomapModel, EmbedError> {
        let distance: &Distance<'_> = &|i, j| distances.get(i, j);
        let graph = WeightedGraph::of_distances(distances.n(), distance, self.neighbors)?;
        self.embed(graph.connected(self.disconnected, Some(distance))?, None, progress)
    }
}

impl Fit<WeightedGraph> for Isomap {
    type Model = IsomapModel;

    /// Embeds the nodes of a graph. [`Disconnected::Join`] cannot join its components.
    fn fit(&self, graph: &WeightedGraph, progress: &dyn Progress) -> Result<IsomapModel, EmbedError> {
        self.embed(graph.clone().connected(self.disconnected, None)?, None, progress)
    }
}

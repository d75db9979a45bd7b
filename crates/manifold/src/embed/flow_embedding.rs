//! Flow embedding: classical scaling of convex-flow distances along the neighborhood graph.
//!
//! As Isomap, but the distance of two points is what the last of K units pays to travel from one to the other,
//! where an edge that carries a unit charges the next one more, or has no room for it (see
//! [`flow::pairwise`](crate::flow::pairwise)). A false edge between far parts of the shape, which ruins every
//! shortest path, shortens only the first unit's way.
//!
//! n (n - 1) / 2 flows are solved, K searches to each: for up to a few thousand points.
//! Efros, Isler, Shi and Visontai, Seeing through water, NIPS 2004, propose costs that rise with the load;
//! reading distances off pairwise flows and embedding them is our choice.

use std::num::NonZeroUsize;

use super::isomap::scaling::{Triangle, scaled};
use super::{EmbedError, Embedding, SquareDistances};
use crate::checked::{checked, finite, is_kept};
use crate::embed::Fit;
use crate::flow::pairwise::{PairwiseSettings, pairwise_distances};
use crate::graph::{Connected, Disconnected, Distance, Graph, Neighbors, WeightedGraph};
use crate::points::Points;
use crate::progress::{Progress, Stage};

/// Fixed-point units of the longest edge: rounding moves no distance by more than a millionth of it per edge.
const UNITS: f64 = 1e6;

/// Settings of the flow embedding.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowEmbedding {
    dimensions: usize,
    neighbors: Neighbors,
    disconnected: Disconnected,
    flow: PairwiseSettings,
    spectrum: usize,
    tolerance: f64,
    seed: u64,
}

checked! {
    /// An embedding by flow distances.
    #[derive(Clone, Debug, PartialEq)]
    pub struct FlowEmbeddingModel {
        embedding: Embedding,
        eigenvalues: Vec<f64>,
        residuals: Vec<f64>,
        residual_variance: f64,
        kept: Vec<u32>,
        components: usize,
    }
}

impl FlowEmbedding {
    /// Embeds in `dimensions` (at least 1, below the number of points). Defaults: 8 nearest neighbors, four
    /// units without a common edge of which the last one's cost counts, an error if the graph falls into
    /// pieces, seed 0.
    #[must_use]
    pub fn new(dimensions: usize) -> FlowEmbedding {
        FlowEmbedding {
            dimensions,
            neighbors: Neighbors::Nearest(NonZeroUsize::MIN.saturating_add(7)),
            disconnected: Disconnected::Fail,
            flow: PairwiseSettings::default(),
            spectrum: 0,
            tolerance: 1e-8,
            seed: 0,
        }
    }

    /// Which points are neighbors; default the 8 nearest.
    #[must_use]
    pub fn neighbors(self, neighbors: Neighbors) -> FlowEmbedding {
        FlowEmbedding { neighbors, ..self }
    }

    /// What to do when the graph falls into several components; default [`Disconnected::Fail`].
    #[must_use]
    pub fn disconnected(self, disconnected: Disconnected) -> FlowEmbedding {
        FlowEmbedding { disconnected, ..self }
    }

    /// Units, costs and reading of the flow.
    #[must_use]
    pub fn flow(self, flow: PairwiseSettings) -> FlowEmbedding {
        FlowEmbedding { flow, ..self }
    }

    /// How many eigenvalues to compute, if more than the dimensions.
    #[must_use]
    pub fn spectrum(self, spectrum: usize) -> FlowEmbedding {
        FlowEmbedding { spectrum, ..self }
    }

    /// Residual of the eigenpairs, relative to the largest eigenvalue; default 1e-8.
    #[must_use]
    pub fn tolerance(self, tolerance: f64) -> FlowEmbedding {
        FlowEmbedding { tolerance, ..self }
    }

    /// Seed of the eigensolver; default 0.
    #[must_use]
    pub fn seed(self, seed: u64) -> FlowEmbedding {
        FlowEmbedding { seed, ..self }
    }

    fn connected(
        &self,
        connected: Connected,
        progress: &dyn Progress,
    ) -> Result<FlowEmbeddingModel, EmbedError> {
        let Connected { graph, kept, components } = connected;
        let n = graph.nodes();
        if n < 2 {
            return Err(EmbedError::TooFew { n, needed: 2 });
        }
        if self.dimensions == 0 || self.dimensions >= n {
            return Err(EmbedError::Dimensions { dimensions: self.dimensions, most: n - 1 });
        }
        let longest = graph.lengths().iter().copied().fold(0.0, f32::max);
        if longest == 0.0 {
            return Err(EmbedError::Coincide);
        }
        let scale = UNITS / f64::from(longest);
        if progress.advance(Stage::FLOW, 0, Some(n * (n - 1) / 2)).is_break() {
            return Err(EmbedError::Canceled);
        }
        let lengths = pairwise_distances(&fixed(&graph, scale)?, &self.flow, progress)?;
        let values: Vec<f32> = lengths.iter().map(|length| (length / scale) as f32).collect();
        let triangle = Triangle::new(n, &values);
        let scaled = scaled(&triangle, self.dimensions, self.spectrum, self.tolerance, self.seed, progress)?;
        Ok(FlowEmbeddingModel {
            embedding: scaled.embedding()?,
            residual_variance: triangle.residual_variance(&scaled.coordinates),
            eigenvalues: scaled.eigenvalues,
            residuals: scaled.residuals,
            kept,
            components,
        })
    }
}

impl Fit<Points> for FlowEmbedding {
    type Model = FlowEmbeddingModel;

    /// Embeds points.
    fn fit(&self, points: &Points, progress: &dyn Progress) -> Result<FlowEmbeddingModel, EmbedError> {
        let graph = WeightedGraph::of_points(points, self.neighbors, progress)?;
        let distance = |i: usize, j: usize| points.squared_distance(i, j).sqrt();
        self.connected(graph.connected(self.disconnected, Some(&distance))?, progress)
    }
}

impl Fit<SquareDistances> for FlowEmbedding {
    type Model = FlowEmbeddingModel;

    /// Embeds n things by their distances: neighbors are found among them.
    fn fit(
        &self,
        distances: &SquareDistances,
        progress: &dyn Progress,
    ) -> Result<FlowEmbeddingModel, EmbedError> {
        let distance: &Distance<'_> = &|i, j| distances.get(i, j);
        let graph = WeightedGraph::of_distances(distances.n(), distance, self.neighbors)?;
        self.connected(graph.connected(self.disconnected, Some(distance))?, progress)
    }
}

impl Fit<WeightedGraph> for FlowEmbedding {
    type Model = FlowEmbeddingModel;

    /// Embeds the nodes of a graph. [`Disconnected::Join`] cannot join its components.
    fn fit(&self, graph: &WeightedGraph, progress: &dyn Progress) -> Result<FlowEmbeddingModel, EmbedError> {
        self.connected(graph.clone().connected(self.disconnected, None)?, progress)
    }
}

/// The same graph with fixed-point lengths; points that coincide are one unit apart.
fn fixed(graph: &WeightedGraph, scale: f64) -> Result<Graph, EmbedError> {
    let mut edges = Vec::with_capacity(graph.edges());
    for u in 0..graph.nodes() as u32 {
        let later = graph.arcs(u as usize).filter(|&(v, _)| v > u);
        edges.extend(later.map(|(v, length)| (u, v, ((f64::from(length) * scale).round() as i64).max(1))));
    }
    Ok(Graph::from_edges(graph.nodes(), &edges)?)
}

impl FlowEmbeddingModel {
    fn is_whole(&self) -> bool {
        self.eigenvalues.len() >= self.embedding.dimensions()
            && self.residuals.len() == self.eigenvalues.len()
            && finite(&self.eigenvalues)
            && finite(&self.residuals)
            && self.residual_variance.is_finite()
            && is_kept(&self.kept, self.embedding.n())
            && self.components > 0
    }

    /// Coordinates of the points it was fitted on.
    #[must_use]
    pub fn embedding(&self) -> &Embedding {
        &self.embedding
    }

    /// The largest eigenvalues of the centered matrix, descending.
    #[must_use]
    pub fn eigenvalues(&self) -> &[f64] {
        &self.eigenvalues
    }

    /// ‖B v - λ v‖ of each eigenpair.
    #[must_use]
    pub fn residuals(&self) -> &[f64] {
        &self.residuals
    }

    /// 1 - r² of flow distances and distances in the embedding, over all pairs.
    #[must_use]
    pub fn residual_variance(&self) -> f64 {
        self.residual_variance
    }

    /// The points that were embedded, ascending: all of them unless [`Disconnected::Largest`] dropped some.
    #[must_use]
    pub fn kept(&self) -> &[u32] {
        &self.kept
    }

    /// Components of the graph before they were joined or dropped.
    #[must_use]
    pub fn components(&self) -> usize {
        self.components
    }
}

//! What Isomap finds, and where it places new points.

use rayon::prelude::*;

use super::scaling::Scaled;
use crate::checked::{checked, finite, is_kept};
use crate::embed::Transform;
use crate::embed::ground::Ground;
use crate::embed::{EmbedError, Embedding};
use crate::graph::geodesics::{Seeds, geodesics_from};
use crate::graph::{Connected, WeightedGraph};
use crate::points::Points;
use crate::progress::Progress;

/// New points placed between two progress reports.
const BATCH: usize = 1024;

checked! {
    /// An embedding by geodesics.
    #[derive(Clone, Debug, PartialEq)]
    pub struct IsomapModel {
        pub(super) embedding: Embedding,
        pub(super) frame: Frame,
        pub(super) residual_variance: f64,
        pub(super) graph: WeightedGraph,
        pub(super) kept: Vec<u32>,
        pub(super) components: usize,
        pub(super) ground: Option<Ground>,
    }
}

checked! {
    /// What other points are placed by: scaled landmarks (all nodes, unless chosen).
    #[derive(Clone, Debug, PartialEq)]
    pub(super) struct Frame {
        landmarks: Option<Vec<u32>>,
        scaled: Embedding,
        eigenvalues: Vec<f64>,
        residuals: Vec<f64>,
        means: Vec<f64>,
    }
}

impl Frame {
    fn is_whole(&self) -> bool {
        let eigenvalues = self.eigenvalues.len();
        self.means.len() == self.scaled.n()
            && eigenvalues >= self.scaled.dimensions()
            && self.residuals.len() == eigenvalues
            && finite(&self.eigenvalues)
            && finite(&self.residuals)
            && finite(&self.means)
    }

    /// Whether this is a frame for a graph of `nodes`.
    fn fits(&self, nodes: usize) -> bool {
        match &self.landmarks {
            Some(landmarks) => {
                landmarks.len() == self.scaled.n() && landmarks.iter().all(|&node| (node as usize) < nodes)
            }
            None => self.scaled.n() == nodes,
        }
    }

    pub(super) fn new(scaled: Scaled, landmarks: Option<Vec<u32>>) -> Result<Frame, EmbedError> {
        let embedding = scaled.embedding()?;
        let Scaled { eigenvalues, residuals, means, .. } = scaled;
        Ok(Frame { landmarks, scaled: embedding, eigenvalues, residuals, means })
    }

    /// Of the landmarks.
    pub(super) fn coordinates(&self) -> &Embedding {
        &self.scaled
    }

    /// y_a = Σ_j c_ja (μ_j - δ_j²) / (2 λ_a), δ_j the geodesic from landmark j.
    pub(super) fn place(&self, geodesic: impl Fn(usize) -> f32) -> Vec<f64> {
        let mut place = vec![0.0; self.scaled.dimensions()];
        for (j, &mean) in self.means.iter().enumerate() {
            let rest = mean - f64::from(geodesic(j)).powi(2);
            place.iter_mut().zip(self.scaled.point(j)).for_each(|(sum, c)| *sum += c * rest);
        }
        for (sum, &value) in place.iter_mut().zip(&self.eigenvalues) {
            *sum = if value > 0.0 { *sum / (2.0 * value) } else { 0.0 };
        }
        place
    }
}

impl IsomapModel {
    fn is_whole(&self) -> bool {
        let n = self.graph.nodes();
        let sizes = self.embedding.n() == n
            && self.frame.fits(n)
            && self.frame.scaled.dimensions() == self.embedding.dimensions()
            && self.ground.as_ref().is_none_or(|ground| ground.points().n() == n);
        sizes
            && is_kept(&self.kept, n)
            && self.components > 0
            && self.residual_variance.is_finite()
            && self.graph.components().1 == 1
    }

    /// Coordinates of the points it was fitted on.
    #[must_use]
    pub fn embedding(&self) -> &Embedding {
        &self.embedding
    }

    /// The points that were embedded, ascending: all of them unless [`Disconnected::Largest`] dropped some.
    ///
    /// [`Disconnected::Largest`]: crate::graph::Disconnected::Largest
    #[must_use]
    pub fn kept(&self) -> &[u32] {
        &self.kept
    }

    /// Components of the graph before they were joined or dropped.
    #[must_use]
    pub fn components(&self) -> usize {
        self.components
    }

    /// The largest eigenvalues of the centered matrix (with landmarks: of the landmarks' one), descending.
    #[must_use]
    pub fn eigenvalues(&self) -> &[f64] {
        &self.frame.eigenvalues
    }

    /// ‖B v - λ v‖ of each eigenpair.
    #[must_use]
    pub fn residuals(&self) -> &[f64] {
        &self.frame.residuals
    }

    /// 1 - r² of geodesics and distances in the embedding, over all pairs (with landmarks: over all pairs of a
    /// landmark and a point).
    #[must_use]
    pub fn residual_variance(&self) -> f64 {
        self.residual_variance
    }

    /// The nodes that geodesics were measured from, if not all.
    #[must_use]
    pub fn landmarks(&self) -> Option<&[u32]> {
        self.frame.landmarks.as_deref()
    }

    /// The neighborhood graph.
    #[must_use]
    pub fn graph(&self) -> &WeightedGraph {
        &self.graph
    }

    pub(super) fn new(
        embedding: Embedding,
        frame: Frame,
        residual_variance: f64,
        connected: Connected,
        ground: Option<Ground>,
    ) -> IsomapModel {
        let Connected { graph, kept, components } = connected;
        IsomapModel { embedding, frame, residual_variance, graph, kept, components, ground }
    }
}

impl Transform for IsomapModel {
    /// Places new points: their geodesics begin with a step to one of their neighbors among the old points.
    fn transform(&self, points: &Points, progress: &dyn Progress) -> Result<Embedding, EmbedError> {
        let ground = self.ground.as_ref().ok_or(EmbedError::NotOnPoints)?;
        let seeds: Vec<Seeds> = ground.neighbors_of(points, progress)?;
        let n = self.graph.nodes();
        let mut coordinates = Vec::new();
        for seeds in seeds.chunks(BATCH) {
            let rows = geodesics_from(&self.graph, seeds, progress)?;
            let place = |row: &[f32]| match &self.frame.landmarks {
                Some(landmarks) => self.frame.place(|j| row[landmarks[j] as usize]),
                None => self.frame.place(|j| row[j]),
            };
            coordinates.extend(rows.par_chunks_exact(n).flat_map_iter(place).collect::<Vec<_>>());
        }
        Embedding::computed(self.embedding.dimensions(), coordinates)
    }
}

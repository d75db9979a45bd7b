//! What Laplacian eigenmaps find, and where they place new points.

use rayon::prelude::*;

use super::Laplacian;
use super::weights::weight;
use crate::checked::{checked, finite, is_kept};
use crate::embed::Transform;
use crate::embed::ground::Ground;
use crate::embed::spectrum::Solver;
use crate::embed::{EmbedError, Embedding};
use crate::points::Points;
use crate::progress::Progress;

checked! {
    /// An embedding by eigenvectors of a Laplacian.
    #[derive(Clone, Debug, PartialEq)]
    pub struct LaplacianModel {
        pub(super) embedding: Embedding,
        pub(super) eigenvalues: Vec<f64>,
        pub(super) residuals: Vec<f64>,
        pub(super) solver: Solver,
        pub(super) kernel: Kernel,
        pub(super) ground: Option<Ground>,
        pub(super) kept: Vec<u32>,
        pub(super) components: usize,
    }
}

checked! {
    #[derive(Clone, Debug, PartialEq)]
    pub(super) struct Kernel {
        pub(super) laplacian: Laplacian,
        pub(super) sigma: Option<f64>,
        /// Of the old points, for the symmetric form only.
        pub(super) degrees: Vec<f64>,
    }
}

impl Kernel {
    fn is_whole(&self) -> bool {
        self.sigma.is_none_or(|sigma| sigma.is_finite() && sigma > 0.0)
            && finite(&self.degrees)
            && self.degrees.iter().all(|&degree| degree > 0.0)
    }

    /// Whether this is the kernel of `n` points.
    fn fits(&self, n: usize) -> bool {
        self.degrees.len() == if self.laplacian == Laplacian::Symmetric { n } else { 0 }
    }
}

impl LaplacianModel {
    fn is_whole(&self) -> bool {
        let n = self.embedding.n();
        let sizes = self.eigenvalues.len() > self.embedding.dimensions()
            && self.residuals.len() == self.eigenvalues.len()
            && self.kernel.fits(n)
            && self.ground.as_ref().is_none_or(|ground| ground.points().n() == n);
        sizes
            && is_kept(&self.kept, n)
            && self.components > 0
            && finite(&self.eigenvalues)
            && finite(&self.residuals)
    }

    /// Coordinates of the points it was fitted on.
    #[must_use]
    pub fn embedding(&self) -> &Embedding {
        &self.embedding
    }

    /// The smallest eigenvalues, ascending, beginning with the 0 of the vector that is left out.
    #[must_use]
    pub fn eigenvalues(&self) -> &[f64] {
        &self.eigenvalues
    }

    /// ‖A v - λ v‖ of each eigenpair, A the matrix solved for: D - W, or D^-1/2 (D - W) D^-1/2 for both
    /// normalized forms.
    #[must_use]
    pub fn residuals(&self) -> &[f64] {
        &self.residuals
    }

    /// How the eigenpairs were found.
    #[must_use]
    pub fn solver(&self) -> Solver {
        self.solver
    }

    /// σ of the heat kernel, if that gives the weights.
    #[must_use]
    pub fn sigma(&self) -> Option<f64> {
        self.kernel.sigma
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

    /// What the eigenequation requires of a node with these neighbors.
    fn place(&self, list: &[(u32, f32)]) -> Vec<f64> {
        let weighed = list.iter().map(|&(j, length)| (j, weight(length, self.kernel.sigma)));
        let mut weights: Vec<(u32, f64)> = weighed.collect();
        if weights.iter().all(|entry| entry.1 < 1e-200) {
            // So far away that all weights vanish: by its nearest neighbor.
            let nearest = list.iter().min_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
            weights = nearest.map(|&(j, _)| (j, 1.0)).into_iter().collect();
        }
        let degree: f64 = weights.iter().map(|entry| entry.1).sum();
        let form = self.kernel.laplacian;
        let old = |j: u32, axis: usize| {
            let value = self.embedding.point(j as usize)[axis];
            if form == Laplacian::Symmetric { value / self.kernel.degrees[j as usize].sqrt() } else { value }
        };
        let axis = |a: usize| {
            let mean = weights.iter().map(|&(j, weight)| weight * old(j, a)).sum::<f64>() / degree;
            let value = self.eigenvalues[a + 1];
            let share = 1.0 - if form == Laplacian::Unnormalized { value / degree } else { value };
            // Beyond this the wave is too short for its neighbors to determine its height: then their mean.
            let place = if share > 0.1 { mean / share } else { mean };
            if form == Laplacian::Symmetric { place * degree.sqrt() } else { place }
        };
        (0..self.embedding.dimensions()).map(axis).collect()
    }
}

impl Transform for LaplacianModel {
    /// Places new points by their neighbors among the old ones (the nearest if a radius reaches none).
    fn transform(&self, points: &Points, progress: &dyn Progress) -> Result<Embedding, EmbedError> {
        let ground = self.ground.as_ref().ok_or(EmbedError::NotOnPoints)?;
        let lists = ground.neighbors_of(points, progress)?;
        let coordinates = lists.par_iter().flat_map_iter(|list| self.place(list)).collect();
        Embedding::computed(self.embedding.dimensions(), coordinates)
    }
}

//! Kernel principal component analysis.
//!
//! With K_ij = κ(x_i, x_j) and J = I - 11ᵀ/n, JKJ = Σ λ_i v_i v_iᵀ is the matrix of inner products of the
//! centered images of the points in the feature space of κ. Score i of the fitted points is √λ_i v_i, that of a new
//! point x is v_iᵀ k / √λ_i with k the centered κ(x, x_j). Directions without energy score 0.
//! Signs: the entry of largest magnitude of each v_i is positive.
//!
//! | kernel | κ(x, y) |
//! |---|---|
//! | linear | xᵀy: the scores of plain PCA |
//! | polynomial | (γ xᵀy + c)^p |
//! | RBF | exp(-γ abs(x - y)²) |
//!
//! K is held in full: 8 n² bytes up to n = 4096, where it is in 64 bits, 4 n² beyond, in 32; eigenvalues
//! are then good to 1e-5 of the largest. Up to n = 400 all eigenpairs are computed, beyond the few largest
//! by block Krylov subspaces, with J applied to the vectors instead of K.
//! Source: Schölkopf, Smola and Müller, Neural Computation 10 (1998).

mod matrix;
#[cfg(test)]
mod tests;

use std::ops::ControlFlow;

use algebra::spectrum::Lanczos;
use algebra::{Mat, Skinny, eigen};
use rayon::prelude::*;

use super::linear::{column_means, is_tiny};
use super::spectrum::largest;
use super::{EmbedError, Embedding};
use crate::checked::{checked, finite};
use crate::embed::{Fit, Transform};
use crate::points::Points;
use crate::progress::{Progress, Silent, Stage};
use matrix::{Centring, Features, KernelMatrix};

/// Order up to which all eigenpairs are found quickly.
const SMALL: usize = 400;
/// Order up to which the kernel matrix is held in 64 bits.
const EXACT: usize = 4096;

/// What takes the place of the inner product. A `gamma` of `None` is 1/d.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum Kernel {
    /// xᵀy.
    Linear,
    /// (γ xᵀy + offset)^degree, degree 1 to 16, γ > 0.
    Polynomial {
        /// The power.
        degree: u32,
        /// Factor of the inner product; `None` for 1 / dimensions.
        gamma: Option<f64>,
        /// What is added before the power is taken.
        offset: f64,
    },
    /// exp(-γ |x - y|²), γ > 0.
    Rbf {
        /// Factor of the squared distance; `None` for 1 / dimensions.
        gamma: Option<f64>,
    },
}

impl Kernel {
    /// With γ filled in and everything in range.
    fn resolved(self, d: usize) -> Result<Kernel, EmbedError> {
        let positive = |gamma: Option<f64>| {
            let value = gamma.unwrap_or(1.0 / d as f64);
            if value.is_finite() && value > 0.0 {
                return Ok(Some(value));
            }
            Err(EmbedError::Setting { setting: "gamma", value, range: "a number above 0 is needed" })
        };
        match self {
            Kernel::Linear => Ok(self),
            Kernel::Rbf { gamma } => Ok(Kernel::Rbf { gamma: positive(gamma)? }),
            Kernel::Polynomial { degree, .. } if !(1..=16).contains(&degree) => {
                let range = "a degree from 1 to 16 is needed";
                Err(EmbedError::Setting { setting: "degree", value: f64::from(degree), range })
            }
            Kernel::Polynomial { offset, .. } if !offset.is_finite() => Err(EmbedError::Setting {
                setting: "offset",
                value: offset,
                range: "a finite number is needed",
            }),
            Kernel::Polynomial { degree, gamma, offset } => {
                Ok(Kernel::Polynomial { degree, gamma: positive(gamma)?, offset })
            }
        }
    }
}

impl Kernel {
    /// Whether the points differ in feature space by more than rounding: `share` is that of the centered matrix in the
    /// trace.
    fn check_spread(
        self,
        points: &Points,
        share: f64,
        row_means: &[f64],
        rounding: f64,
    ) -> Result<(), EmbedError> {
        /// Roundings of which a thousandth may be seen in the scores.
        const SEEN: f64 = 1e3;
        let n = points.n();
        let refused = |gamma: Option<f64>, range| {
            Err(EmbedError::Setting { setting: "gamma", value: gamma.unwrap_or(1.0), range })
        };
        let alike = "it is so small, or the values so far from 0, that the kernel is the same for all rows: give a larger one";
        match self {
            _ if points.coincide() => Err(EmbedError::Coincide),
            _ if !finite(&[share]) => Err(EmbedError::Overflow),
            Kernel::Linear if share <= rounding => Err(EmbedError::Coincide),
            Kernel::Linear => Ok(()),
            Kernel::Rbf { gamma } | Kernel::Polynomial { gamma, .. } if share <= SEEN * rounding => {
                refused(gamma, alike)
            }
            Kernel::Polynomial { .. } => Ok(()),
            // Of each row, 1 / n is its own.
            Kernel::Rbf { gamma }
                if row_means.iter().all(|mean| mean * n as f64 - 1.0 <= SEEN * rounding) =>
            {
                refused(gamma, "it is so large that no two rows are alike: give a smaller one")
            }
            Kernel::Rbf { .. } => Ok(()),
        }
    }
}

/// Settings of the analysis.
#[derive(Clone, Debug, PartialEq)]
pub struct KernelPca {
    dimensions: usize,
    kernel: Kernel,
    seed: u64,
}

checked! {
    /// Eigenvalues and scores.
    #[derive(Clone, Debug, PartialEq)]
    pub struct KernelPcaModel {
        embedding: Embedding,
        eigenvalues: Vec<f64>,
        trace: f64,
        kernel: Kernel,
        /// What is subtracted from points before the kernel is taken (RBF only: it depends on differences alone).
        center: Vec<f64>,
        points: Points,
        row_means: Vec<f64>,
    }
}

impl KernelPca {
    /// Keeps `dimensions` components: 1 to n. RBF with γ = 1/d; seed 0.
    #[must_use]
    pub fn new(dimensions: usize) -> KernelPca {
        KernelPca { dimensions, kernel: Kernel::Rbf { gamma: None }, seed: 0 }
    }

    /// The kernel.
    #[must_use]
    pub fn kernel(self, kernel: Kernel) -> KernelPca {
        KernelPca { kernel, ..self }
    }

    /// Seed of the first subspace for large n; the answer depends on it by rounding only.
    #[must_use]
    pub fn seed(self, seed: u64) -> KernelPca {
        KernelPca { seed, ..self }
    }

    fn fit_in<T: Skinny>(
        &self,
        points: &Points,
        kernel: Kernel,
        progress: &dyn Progress,
    ) -> Result<KernelPcaModel, EmbedError> {
        let (n, k) = (points.n(), self.dimensions);
        let told = |done| match progress.advance(Stage::EIGENVECTORS, done, Some(2)) {
            ControlFlow::Break(()) => Err(EmbedError::Canceled),
            ControlFlow::Continue(()) => Ok(()),
        };
        told(0)?;
        let center = match kernel {
            Kernel::Rbf { .. } => column_means(points),
            Kernel::Linear | Kernel::Polynomial { .. } => vec![0.0; points.dimensions()],
        };
        let matrix = KernelMatrix::<T>::new(&Features::new(points, &center), kernel);
        told(1)?;
        let row_means = matrix.row_means();
        let trace = matrix.trace() - row_means.iter().sum::<f64>();
        let rounding = if std::mem::size_of::<T>() == 8 { f64::EPSILON } else { f64::from(f32::EPSILON) };
        kernel.check_spread(points, trace / matrix.trace().abs(), &row_means, rounding)?;
        let (eigenvalues, vectors) = if n <= SMALL || 8 * k > n {
            let found = eigen(matrix.centered(&row_means).as_ref())?;
            (found.values, found.vectors)
        } else {
            let tolerance = if std::mem::size_of::<T>() == 8 { 1e-9 } else { 3e-6 };
            let found =
                largest(&Lanczos::new(k).tolerance(tolerance).seed(self.seed), &Centring(&matrix), &Silent)?;
            (found.values, found.vectors)
        };
        let eigenvalues = eigenvalues[..k].to_vec();
        let lengths: Vec<f64> = eigenvalues.iter().map(|value| value.max(0.0).sqrt()).collect();
        let scores = (0..n * k).map(|at| vectors[(at / k, at % k)] * lengths[at % k]).collect();
        told(2)?;
        let embedding = Embedding::computed(k, scores)?;
        Ok(KernelPcaModel {
            embedding,
            eigenvalues,
            trace,
            kernel,
            center,
            points: points.clone(),
            row_means,
        })
    }
}

impl Fit<Points> for KernelPca {
    type Model = KernelPcaModel;

    fn fit(&self, points: &Points, progress: &dyn Progress) -> Result<KernelPcaModel, EmbedError> {
        let n = points.n();
        if n < 2 {
            return Err(EmbedError::TooFew { n, needed: 2 });
        }
        if self.dimensions == 0 || self.dimensions > n {
            return Err(EmbedError::Dimensions { dimensions: self.dimensions, most: n });
        }
        let kernel = self.kernel.resolved(points.dimensions())?;
        if n <= EXACT || is_tiny(points) {
            self.fit_in::<f64>(points, kernel, progress)
        } else {
            self.fit_in::<f32>(points, kernel, progress)
        }
    }
}

impl KernelPcaModel {
    fn is_whole(&self) -> bool {
        let (n, d) = (self.points.n(), self.points.dimensions());
        let sizes = self.embedding.n() == n
            && self.embedding.dimensions() == self.eigenvalues.len()
            && self.center.len() == d
            && self.row_means.len() == n;
        sizes
            && finite(&self.eigenvalues)
            && self.eigenvalues.is_sorted_by(|a, b| a >= b)
            && self.eigenvalues[0] > 0.0
            && self.trace.is_finite()
            && self.trace > 0.0
            && self.kernel.resolved(d) == Ok(self.kernel)
            && finite(&self.center)
            && finite(&self.row_means)
    }

    /// Coordinates of the points it was fitted on.
    #[must_use]
    pub fn embedding(&self) -> &Embedding {
        &self.embedding
    }

    /// The largest eigenvalues of the centered kernel matrix, descending.
    #[must_use]
    pub fn eigenvalues(&self) -> &[f64] {
        &self.eigenvalues
    }

    /// Share of each component in the sum of all eigenvalues.
    #[must_use]
    pub fn explained_variance_ratio(&self) -> Vec<f64> {
        self.eigenvalues.iter().map(|value| value / self.trace).collect()
    }

    /// The kernel with its γ.
    #[must_use]
    pub fn kernel(&self) -> Kernel {
        self.kernel
    }

    fn scores<T: Skinny>(&self, points: &Points, k: usize) -> Vec<f64> {
        /// New points that are compared with all old ones at a time.
        const NEW: usize = 128;
        let n = self.points.n();
        let old = Features::<T>::new(&self.points, &self.center);
        let new = Features::<T>::new(points, &self.center);
        let mean = self.row_means.iter().sum::<f64>() / n as f64;
        let least = f64::EPSILON * n as f64 * self.eigenvalues[0];
        let share = |i: usize, j: usize| {
            let value = self.eigenvalues[j];
            if value > least { self.embedding.point(i)[j] / value } else { 0.0 }
        };
        let shares = Mat::from_fn(n, k, share);
        let mut scores = vec![0.0; points.n() * k];
        scores.par_chunks_mut(NEW * k).enumerate().for_each(|(chunk, scores)| {
            let rows = scores.len() / k;
            let tile = matrix::tile(&new, chunk * NEW..chunk * NEW + rows, &old, 0..n, self.kernel);
            debug_assert_eq!(tile.len(), rows * n);
            for (row, scores) in tile.chunks_exact(n).zip(scores.chunks_exact_mut(k)) {
                let here = row.iter().map(|x| x.wide()).sum::<f64>() / n as f64;
                for (j, (value, of)) in row.iter().zip(&self.row_means).enumerate() {
                    let centered = value.wide() - here - of + mean;
                    scores.iter_mut().enumerate().for_each(|(a, score)| *score += centered * shares[(j, a)]);
                }
            }
        });
        scores
    }
}

impl Transform for KernelPcaModel {
    /// Scores of new points.
    fn transform(&self, points: &Points, progress: &dyn Progress) -> Result<Embedding, EmbedError> {
        if points.dimensions() != self.points.dimensions() {
            let (given, wanted) = (points.dimensions(), self.points.dimensions());
            return Err(EmbedError::NewPoints { given, wanted });
        }
        if let ControlFlow::Break(()) = progress.advance(Stage::EIGENVECTORS, 0, None) {
            return Err(EmbedError::Canceled);
        }
        let k = self.eigenvalues.len();
        let scores = if self.points.n() <= EXACT || is_tiny(&self.points) {
            self.scores::<f64>(points, k)
        } else {
            self.scores::<f32>(points, k)
        };
        Embedding::computed(k, scores)
    }
}

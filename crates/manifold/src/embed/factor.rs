//! Factor analysis: a few common causes, and separate noise for each column.
//!
//! x = m + Wᵀz + e with z ~ N(0, I_k) and e ~ N(0, Ψ), Ψ = diag(ψ). With the covariance S (divided by n), each
//! step takes the eigenpairs s_i, v_i of Ψ^-½ S Ψ^-½, the best W for this Ψ,
//! W_i = √(max(s_i - 1, 0)) (Ψ^½ v_i)ᵀ, and then ψ = max(diag S - Σ W_i², 1e-12 v), where v is the variance at which ψ
//! starts: the mean one of the columns, so that the unit of the data does not matter. The log-likelihood of the points
//! for the Ψ with which the step began is
//! -n/2 (d log 2π + k + Σ_i log s_i + Σ_{i>k} s_i + Σ_j log ψ_j), and rises from step to step.
//! (Where some s_i < 1, this counts them as if W could model less than the noise, as scikit-learn does.)
//!
//! Columns that never change have no noise either: their ψ is the floor 1e-12 v, each of them adds
//! 13.8 n to the log-likelihood of data with v = 1, and W leaves them alone.
//! Scores are the posterior means E[z | x] = (I + WΨ^-1Wᵀ)^-1 WΨ^-1 (x - m).
//! Signs: the entry of largest magnitude of each row of W is positive.
//! Source: Barber, Bayesian Reasoning and Machine Learning (2012), 21.1 and algorithm 21.1; Rubin and
//! Thayer, Psychometrika 47 (1982).

use std::f64::consts::TAU;
use std::ops::ControlFlow;

use algebra::spectrum::{Dense, Lanczos};
use algebra::{Eigen, Mat, MatRef, eigen, positive_largest, product};

use super::linear::{Centered, column_means, gram, is_tiny, project};
use super::spectrum::largest;
use super::{EmbedError, Embedding};
use crate::checked::{checked, finite, is_table};
use crate::embed::{Fit, Transform};
use crate::points::Points;
use crate::progress::{Progress, Silent, Stage};

/// Least variance of a column's noise, relative to the first one.
const FLOOR: f64 = 1e-12;
/// Multiplications below which the covariance is summed in 64 bits.
const EXACT: f64 = 4e8;

/// Settings of the analysis.
#[derive(Clone, Debug, PartialEq)]
pub struct FactorAnalysis {
    dimensions: usize,
    tolerance: f64,
    steps: usize,
    noise: Option<f64>,
}

checked! {
    /// Loadings, noise and scores.
    #[derive(Clone, Debug, PartialEq)]
    pub struct FactorModel {
        embedding: Embedding,
        mean: Vec<f64>,
        components: Vec<f64>,
        noise: Vec<f64>,
        log_likelihood: Vec<f64>,
        converged: bool,
    }
}

impl FactorAnalysis {
    /// `dimensions` factors: 1 to d. Tolerance 0.01, at most 1000 steps.
    #[must_use]
    pub fn new(dimensions: usize) -> FactorAnalysis {
        FactorAnalysis { dimensions, tolerance: 0.01, steps: 1000, noise: None }
    }

    /// Ends when a step raises the log-likelihood (of all points together) by less than this: 0 or more.
    #[must_use]
    pub fn tolerance(self, tolerance: f64) -> FactorAnalysis {
        FactorAnalysis { tolerance, ..self }
    }

    /// Most steps: 1 or more.
    #[must_use]
    pub fn steps(self, steps: usize) -> FactorAnalysis {
        FactorAnalysis { steps, ..self }
    }

    /// The variance of each column's noise at the start, above 0; `None`, the default: the mean variance of the columns.
    /// (1 is what scikit-learn starts with, in whatever unit the data are.)
    #[must_use]
    pub fn first_noise(self, noise: Option<f64>) -> FactorAnalysis {
        FactorAnalysis { noise, ..self }
    }

    fn check(&self, n: usize, d: usize) -> Result<(), EmbedError> {
        if n < 2 {
            return Err(EmbedError::TooFew { n, needed: 2 });
        }
        if self.dimensions == 0 || self.dimensions > d {
            return Err(EmbedError::Dimensions { dimensions: self.dimensions, most: d });
        }
        if self.tolerance.is_nan() || self.tolerance < 0.0 {
            let range = "a number from 0 is needed";
            return Err(EmbedError::Setting { setting: "tolerance", value: self.tolerance, range });
        }
        if let Some(value) = self.noise.filter(|noise| !(noise.is_finite() && *noise > 0.0)) {
            let range = "a number above 0 is needed";
            return Err(EmbedError::Setting { setting: "first noise", value, range });
        }
        if self.steps == 0 {
            return Err(EmbedError::Setting { setting: "steps", value: 0.0, range: "at least 1 is needed" });
        }
        Ok(())
    }
}

impl Fit<Points> for FactorAnalysis {
    type Model = FactorModel;

    fn fit(&self, points: &Points, progress: &dyn Progress) -> Result<FactorModel, EmbedError> {
        let (n, d, k) = (points.n(), points.dimensions(), self.dimensions);
        self.check(n, d)?;
        let mean = column_means(points);
        let table = Centered { points, center: &mean };
        let exact = n as f64 * (d * d) as f64 <= EXACT || is_tiny(points);
        let covariance = if exact { gram::<f64>(&table) } else { gram::<f32>(&table) };
        let mean_variance = (0..d).map(|j| covariance[(j, j)]).sum::<f64>() / (n * d) as f64;
        if mean_variance <= 0.0 {
            return Err(EmbedError::Coincide);
        }
        // Variances are in this unit until the end.
        let unit = self.noise.unwrap_or(mean_variance);
        let share = 1.0 / n as f64 / unit;
        let covariance = Mat::from_fn(d, d, |i, j| covariance[(i, j)] * share);
        let variance: Vec<f64> = (0..d).map(|j| covariance[(j, j)]).collect();
        let mut noise = vec![1.0; d];
        let mut loadings = Mat::zeros(d, k);
        let mut log_likelihood: Vec<f64> = Vec::new();
        let mut converged = false;
        for step in 0..self.steps {
            let scaled = scaled(&covariance, &noise);
            let (values, vectors) = leading(&scaled, d, k)?;
            let trace: f64 = scaled.iter().step_by(d + 1).sum();
            let rest = (trace - values.iter().sum::<f64>()).max(0.0);
            let logs = values.iter().chain(&noise).map(|x| x.max(f64::MIN_POSITIVE).ln()).sum::<f64>();
            let likelihood = -0.5 * n as f64 * (d as f64 * (TAU.ln() + unit.ln()) + k as f64 + rest + logs);
            let length = |i: usize| (values[i] - 1.0).max(0.0).sqrt();
            loadings = Mat::from_fn(d, k, |j, i| length(i) * vectors[(j, i)] * noise[j].sqrt());
            progress.objective(Stage::OPTIMIZE, likelihood);
            let gain = likelihood - log_likelihood.last().copied().unwrap_or(f64::NEG_INFINITY);
            log_likelihood.push(likelihood);
            if gain < self.tolerance {
                converged = true;
                break;
            }
            for (j, noise) in noise.iter_mut().enumerate() {
                let common: f64 = (0..k).map(|i| loadings[(j, i)].powi(2)).sum();
                *noise = (variance[j] - common).max(FLOOR);
            }
            if let ControlFlow::Break(()) = progress.advance(Stage::OPTIMIZE, step + 1, Some(self.steps)) {
                return Err(EmbedError::Canceled);
            }
        }
        let signs: Vec<f64> = (0..k).map(|i| positive_largest(loadings.col(i).iter().copied())).collect();
        let length = unit.sqrt();
        let components = (0..k * d).map(|at| loadings[(at % d, at / d)] * signs[at / d] * length).collect();
        noise.iter_mut().for_each(|psi| *psi *= unit);
        let embedding = Embedding::empty(k);
        let mut model = FactorModel { embedding, mean, components, noise, log_likelihood, converged };
        model.embedding = model.scores(points)?;
        Ok(model)
    }
}

/// Ψ^-½ S Ψ^-½, row by row.
fn scaled(covariance: &Mat<f64>, noise: &[f64]) -> Vec<f64> {
    let d = noise.len();
    let shares: Vec<f64> = noise.iter().map(|psi| 1.0 / psi.sqrt()).collect();
    (0..d * d).map(|at| covariance[(at / d, at % d)] * (shares[at / d] * shares[at % d])).collect()
}

/// The `k` largest eigenpairs.
fn leading(matrix: &[f64], d: usize, k: usize) -> Result<(Vec<f64>, Mat<f64>), EmbedError> {
    if d <= 200 || 8 * k > d {
        let Eigen { values, vectors } = eigen(MatRef::from_row_major_slice(matrix, d, d))?;
        return Ok((values[..k].to_vec(), vectors.subcols(0, k).to_owned()));
    }
    let found = largest(&Lanczos::new(k).tolerance(1e-9), &Dense { n: d, values: matrix }, &Silent)?;
    Ok((found.values, found.vectors))
}

impl FactorModel {
    fn is_whole(&self) -> bool {
        let (d, k) = (self.mean.len(), self.embedding.dimensions());
        let sizes = d > 0 && is_table(self.components.len(), k, d) && self.noise.len() == d;
        sizes
            && finite(&self.mean)
            && finite(&self.components)
            && finite(&self.noise)
            && self.noise.iter().all(|&psi| psi > 0.0)
            && finite(&self.log_likelihood)
    }

    /// Scores of the points that were fitted.
    #[must_use]
    pub fn embedding(&self) -> &Embedding {
        &self.embedding
    }

    /// Mean of each column.
    #[must_use]
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }

    /// The loadings W: k rows of d, one after the other.
    #[must_use]
    pub fn components(&self) -> &[f64] {
        &self.components
    }

    /// ψ, the variance of each column's own noise.
    #[must_use]
    pub fn noise_variance(&self) -> &[f64] {
        &self.noise
    }

    /// The log-likelihood at each step.
    #[must_use]
    pub fn log_likelihood(&self) -> &[f64] {
        &self.log_likelihood
    }

    /// Whether the last step gained less than the tolerance.
    #[must_use]
    pub fn converged(&self) -> bool {
        self.converged
    }

    fn scores(&self, points: &Points) -> Result<Embedding, EmbedError> {
        let d = self.mean.len();
        let k = self.components.len() / d;
        let loadings = MatRef::from_row_major_slice(&self.components, k, d);
        let precise = Mat::from_fn(d, k, |j, i| loadings[(i, j)] / self.noise[j]);
        let inner = product(loadings, precise.as_ref());
        // (I + WΨ^-1Wᵀ)^-1 through its eigenvectors: it is symmetric, and no eigenvalue is below 1.
        let Eigen { values, vectors } = eigen(inner.as_ref())?;
        let shrunk = Mat::from_fn(k, k, |i, j| vectors[(i, j)] / (1.0 + values[j].max(0.0)));
        let shrunk = product(shrunk.as_ref(), vectors.transpose());
        let weights = product(precise.as_ref(), shrunk.as_ref());
        let table = Centered { points, center: &self.mean };
        Embedding::computed(k, project::<f64>(&table, weights.as_ref()))
    }
}

impl Transform for FactorModel {
    /// Posterior means of the factors of new points.
    fn transform(&self, points: &Points, _progress: &dyn Progress) -> Result<Embedding, EmbedError> {
        if points.dimensions() != self.mean.len() {
            return Err(EmbedError::NewPoints { given: points.dimensions(), wanted: self.mean.len() });
        }
        self.scores(points)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embed::linear::Gaussian;
    use crate::progress::Silent;

    /// Two factors, six columns, known noise.
    fn sample(n: usize) -> Points {
        let weights = [[2.0, 0.0, 1.0, -1.0, 0.5, 0.0], [0.0, 1.5, 1.0, 1.0, 0.0, 0.8]];
        let mut gaussian = Gaussian::new(5);
        let rows = (0..n).flat_map(|_| {
            let z = [gaussian.draw(), gaussian.draw()];
            let noise: Vec<f64> = (0..6).map(|j| gaussian.draw() * (0.1 * (j + 1) as f64)).collect();
            (0..6).map(move |j| (4.0 + z[0] * weights[0][j] + z[1] * weights[1][j] + noise[j]) as f32)
        });
        Points::new(rows.collect(), 6).unwrap()
    }

    #[test]
    fn the_noise_of_each_column_is_found() {
        let model = FactorAnalysis::new(2).tolerance(1e-8).fit(&sample(20_000), &Silent).unwrap();
        for (j, noise) in model.noise_variance().iter().enumerate() {
            let wanted = (0.1 * (j + 1) as f64).powi(2);
            assert!((noise - wanted).abs() < 0.05 * wanted + 5e-3, "{j}: {noise} {wanted}");
        }
    }

    #[test]
    fn the_log_likelihood_rises() {
        let model = FactorAnalysis::new(2).fit(&sample(300), &Silent).unwrap();
        assert!(model.converged() && model.log_likelihood().len() > 3);
        assert!(model.log_likelihood().windows(2).all(|w| w[1] >= w[0] - 1e-9));
        let again = model.transform(&sample(300), &Silent).unwrap();
        assert_eq!(&again, model.embedding());
    }

    #[test]
    fn constant_columns_have_no_noise_and_no_loading() {
        let values = (0..50).flat_map(|i| [(i as f32).sin(), 0.1, (i as f32).sin() + (i as f32 * 2.0).cos()]);
        let points = Points::new(values.collect(), 3).unwrap();
        let model = FactorAnalysis::new(1).fit(&points, &Silent).unwrap();
        let mean = model.noise_variance()[1] / FLOOR;
        assert!(mean > 0.1 && mean < 1.0, "the floor is relative to the mean variance: {mean}");
        assert!(model.components()[1].abs() < 1e-6);
        assert!(model.embedding().coordinates().iter().all(|x| x.is_finite()));
    }

    #[test]
    fn nonsense_is_refused() {
        let points = sample(20);
        let error = |settings: FactorAnalysis| settings.fit(&points, &Silent).unwrap_err();
        for dimensions in [0, 7] {
            assert_eq!(
                error(FactorAnalysis::new(dimensions)),
                EmbedError::Dimensions { dimensions, most: 6 }
            );
        }
        assert!(matches!(
            error(FactorAnalysis::new(1).steps(0)),
            EmbedError::Setting { setting: "steps", .. }
        ));
        let wrong = error(FactorAnalysis::new(1).tolerance(-1.0));
        assert!(matches!(wrong, EmbedError::Setting { setting: "tolerance", .. }));
        let wrong = error(FactorAnalysis::new(1).first_noise(Some(0.0)));
        assert!(matches!(wrong, EmbedError::Setting { setting: "first noise", .. }));
        let same = Points::new(vec![1.0; 6], 2).unwrap();
        assert_eq!(FactorAnalysis::new(1).fit(&same, &Silent), Err(EmbedError::Coincide));
    }
}

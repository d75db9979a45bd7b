//! Independent component analysis by FastICA.
//!
//! x = m + A s with independent sources s. After whitening, z = K (x - m) (the scores of PCA at variance
//! 1, n degrees of freedom), the rows w of an orthogonal W are sought for which the wᵀz are least
//! normal. Each step updates all rows at once: w <- mean(z g(wᵀz)) - mean(g'(wᵀz)) w, then W <- (WWᵀ)^-½ W; it
//! is done when no row turns anymore, max |1 - |⟨w, w_before⟩|| < tolerance. The unmixing matrix
//! is W K, its pseudo-inverse the mixing matrix A.
//!
//! | contrast | g(u) | g'(u) |
//! |---|---|---|
//! | log cosh | tanh u | 1 - tanh² u |
//! | exp | u exp(-u²/2) | (1 - u²) exp(-u²/2) |
//! | cube | u³ | 3 u² |
//!
//! Sources have variance 1. Neither their order nor their signs are defined: here they are in descending order of
//! the length of their column of A, the energy they bring, and its entry of largest magnitude is positive.
//! Source: Hyvärinen, IEEE Trans. Neural Networks 10 (1999); Hyvärinen and Oja, Neural Networks 13 (2000).

use std::ops::ControlFlow;

use algebra::{
    Eigen, Mat, MatRef, Skinny as _, Working as _, eigen, hyperbolic_tangents, positive_largest, product,
    row_major, squared_length,
};

use super::linear::{Centered, Gaussian, project, sum_in_order};
use super::{EmbedError, Embedding, Pca};
use crate::checked::{checked, finite, is_table, not_negative};
use crate::embed::{Fit, Transform};
use crate::points::Points;
use crate::progress::{Progress, Stage};

/// Points whose contrasts are summed in one go.
const ROWS: usize = 1024;

/// What measures how far from normal a direction is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Contrast {
    /// A good choice for most sources.
    #[default]
    LogCosh,
    /// For sources with heavy tails, or where robustness matters.
    Exp,
    /// Kurtosis: fast, for sources with light tails and data without outliers.
    Cube,
}

impl Contrast {
    /// Replaces each u by g(u); returns for each of `k` columns the sum of g'(u).
    fn apply(self, values: &mut [f64], k: usize) -> Vec<f64> {
        let mut slopes = vec![0.0; k];
        match self {
            Contrast::LogCosh => {
                hyperbolic_tangents(values);
                for row in values.chunks_exact(k) {
                    slopes.iter_mut().zip(row).for_each(|(slope, t)| *slope += 1.0 - t * t);
                }
            }
            Contrast::Exp => {
                let mut bells: Vec<f64> = values.iter().map(|u| -0.5 * u * u).collect();
                f64::exponentials(&mut bells);
                for (row, bells) in values.chunks_exact_mut(k).zip(bells.chunks_exact(k)) {
                    for ((u, e), slope) in row.iter_mut().zip(bells).zip(&mut slopes) {
                        *slope += (1.0 - *u * *u) * e;
                        *u *= e;
                    }
                }
            }
            Contrast::Cube => {
                for row in values.chunks_exact_mut(k) {
                    for (u, slope) in row.iter_mut().zip(&mut slopes) {
                        let square = *u * *u;
                        *slope += 3.0 * square;
                        *u *= square;
                    }
                }
            }
        }
        slopes
    }
}

/// Settings of the analysis.
#[derive(Clone, Debug, PartialEq)]
pub struct FastIca {
    dimensions: usize,
    contrast: Contrast,
    tolerance: f64,
    steps: usize,
    seed: u64,
}

checked! {
    /// Sources and matrices.
    #[derive(Clone, Debug, PartialEq)]
    pub struct FastIcaModel {
        embedding: Embedding,
        mean: Vec<f64>,
        unmixing: Vec<f64>,
        mixing: Vec<f64>,
        steps: usize,
        turn: f64,
        converged: bool,
    }
}

impl FastIca {
    /// `dimensions` sources: 1 to the rank of the centered table. Log cosh, tolerance 1e-4, at most 500 steps, seed 0.
    #[must_use]
    pub fn new(dimensions: usize) -> FastIca {
        FastIca { dimensions, contrast: Contrast::default(), tolerance: 1e-4, steps: 500, seed: 0 }
    }

    /// The function whose expectation is maximized.
    #[must_use]
    pub fn contrast(self, contrast: Contrast) -> FastIca {
        FastIca { contrast, ..self }
    }

    /// Largest turn of a row in the last step, 1 - |cosine|: above 0.
    #[must_use]
    pub fn tolerance(self, tolerance: f64) -> FastIca {
        FastIca { tolerance, ..self }
    }

    /// Most steps: 1 or more.
    #[must_use]
    pub fn steps(self, steps: usize) -> FastIca {
        FastIca { steps, ..self }
    }

    /// Seed of the first W.
    #[must_use]
    pub fn seed(self, seed: u64) -> FastIca {
        FastIca { seed, ..self }
    }

    /// W, how many steps it took, and its last turn.
    fn rotate(&self, white: &[f64], progress: &dyn Progress) -> Result<(Mat<f64>, usize, f64), EmbedError> {
        let k = self.dimensions;
        let mut gaussian = Gaussian::new(self.seed);
        let mut rotation = decorrelated(&Mat::from_fn(k, k, |_, _| gaussian.draw()))?;
        let mut turn = f64::INFINITY;
        for step in 0..self.steps {
            let next = decorrelated(&self.step(white, &rotation))?;
            let cosine = |i: usize| (0..k).map(|j| next[(i, j)] * rotation[(i, j)]).sum::<f64>();
            turn = (0..k).map(|i| (1.0 - cosine(i).abs()).abs()).fold(0.0, f64::max);
            rotation = next;
            progress.objective(Stage::OPTIMIZE, turn);
            if let ControlFlow::Break(()) = progress.advance(Stage::OPTIMIZE, step + 1, Some(self.steps)) {
                return Err(EmbedError::Canceled);
            }
            if turn < self.tolerance {
                return Ok((rotation, step + 1, turn));
            }
        }
        Ok((rotation, self.steps, turn))
    }

    fn step(&self, white: &[f64], rotation: &Mat<f64>) -> Mat<f64> {
        let k = self.dimensions;
        let n = white.len() / k;
        let turned = row_major(rotation.transpose());
        let part = |range: std::ops::Range<usize>| {
            let z = &white[range.start * k..range.end * k];
            let mut u = vec![0.0; z.len()];
            f64::times(z, k, &turned, k, &mut u);
            let slopes = self.contrast.apply(&mut u, k);
            let mut moments = vec![0.0; k * k];
            f64::transposed_times(&u, k, z, k, &mut moments);
            (moments, slopes)
        };
        let sum = |total: &mut [f64], part: Vec<f64>| total.iter_mut().zip(part).for_each(|(t, p)| *t += p);
        let add = |total: &mut (Vec<f64>, Vec<f64>), part: (Vec<f64>, Vec<f64>)| {
            sum(&mut total.0, part.0);
            sum(&mut total.1, part.1);
        };
        let (moments, slopes) =
            sum_in_order(n, ROWS, part, add).unwrap_or_else(|| (vec![0.0; k * k], vec![0.0; k]));
        Mat::from_fn(k, k, |i, j| (moments[i * k + j] - slopes[i] * rotation[(i, j)]) / n as f64)
    }
}

impl Fit<Points> for FastIca {
    type Model = FastIcaModel;

    fn fit(&self, points: &Points, progress: &dyn Progress) -> Result<FastIcaModel, EmbedError> {
        if self.tolerance.is_nan() || self.tolerance <= 0.0 {
            let range = "a number above 0 is needed";
            return Err(EmbedError::Setting { setting: "tolerance", value: self.tolerance, range });
        }
        if self.steps == 0 {
            return Err(EmbedError::Setting { setting: "steps", value: 0.0, range: "at least 1 is needed" });
        }
        let k = self.dimensions;
        let whitening = Pca::new(k).whiten(true).fit(points, progress)?;
        let variance = whitening.explained_variance();
        let rank = variance.iter().filter(|&&v| v > 1e-10 * variance[0]).count();
        if rank < k {
            return Err(EmbedError::Dimensions { dimensions: k, most: rank });
        }
        // Whitened with n degrees of freedom.
        let n = points.n() as f64;
        let stretch = (n / (n - 1.0)).sqrt();
        let white: Vec<f64> = whitening.embedding().coordinates().iter().map(|z| z * stretch).collect();
        let (rotation, steps, turn) = self.rotate(&white, progress)?;

        let d = points.dimensions();
        let directions = MatRef::from_row_major_slice(whitening.components(), k, d);
        let lengths: Vec<f64> = variance.iter().map(|v| v.sqrt() / stretch).collect();
        let whiten = Mat::from_fn(k, d, |i, j| directions[(i, j)] / lengths[i]);
        let unmixing = product(rotation.as_ref(), whiten.as_ref());
        // The pseudo-inverse of W diag(1/l) V is Vᵀ diag(l) Wᵀ.
        let color = Mat::from_fn(d, k, |j, i| directions[(i, j)] * lengths[i]);
        let mixing = product(color.as_ref(), rotation.transpose());
        let (unmixing, mixing) = ordered(&unmixing, &mixing);
        let embedding = Embedding::empty(k);
        let converged = turn < self.tolerance;
        let mean = whitening.mean().to_vec();
        let mut model = FastIcaModel { embedding, mean, unmixing, mixing, steps, turn, converged };
        model.embedding = model.sources(points)?;
        Ok(model)
    }
}

/// (WWᵀ)^-½ W.
fn decorrelated(matrix: &Mat<f64>) -> Result<Mat<f64>, EmbedError> {
    let square = product(matrix.as_ref(), matrix.transpose());
    let Eigen { values, vectors } = eigen(square.as_ref())?;
    let k = values.len();
    let least = f64::EPSILON * values[0].max(f64::MIN_POSITIVE);
    let scaled = Mat::from_fn(k, k, |i, j| vectors[(i, j)] / values[j].max(least).sqrt());
    Ok(product(scaled.as_ref(), product(vectors.transpose(), matrix.as_ref()).as_ref()))
}

/// Both matrices with the sources in their order, row by row.
fn ordered(unmixing: &Mat<f64>, mixing: &Mat<f64>) -> (Vec<f64>, Vec<f64>) {
    let (d, k) = mixing.shape();
    let energy: Vec<f64> = (0..k).map(|i| squared_length(mixing.as_ref().subcols(i, 1))).collect();
    let mut order: Vec<usize> = (0..k).collect();
    order.sort_by(|&a, &b| energy[b].total_cmp(&energy[a]).then(a.cmp(&b)));
    let signs: Vec<f64> = (0..k).map(|i| positive_largest(mixing.col(i).iter().copied())).collect();
    let entry = |matrix_entry: f64, i: usize| matrix_entry * signs[i];
    let rows = order.iter().flat_map(|&i| (0..d).map(move |j| (i, j)));
    let unmixing = rows.map(|(i, j)| entry(unmixing[(i, j)], i)).collect();
    let rows = (0..d).flat_map(|j| order.iter().map(move |&i| (j, i)));
    (unmixing, rows.map(|(j, i)| entry(mixing[(j, i)], i)).collect())
}

impl FastIcaModel {
    fn is_whole(&self) -> bool {
        let (d, k) = (self.mean.len(), self.embedding.dimensions());
        let sizes = d > 0 && is_table(self.unmixing.len(), k, d) && is_table(self.mixing.len(), d, k);
        sizes
            && finite(&self.mean)
            && finite(&self.unmixing)
            && finite(&self.mixing)
            && not_negative(&[self.turn])
    }

    /// The sources at the points that were fitted.
    #[must_use]
    pub fn embedding(&self) -> &Embedding {
        &self.embedding
    }

    /// Mean of each column.
    #[must_use]
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }

    /// From centered points to sources: k rows of d.
    #[must_use]
    pub fn unmixing(&self) -> &[f64] {
        &self.unmixing
    }

    /// From sources to centered points: d rows of k.
    #[must_use]
    pub fn mixing(&self) -> &[f64] {
        &self.mixing
    }

    /// Steps taken.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// The largest turn of a row of W in the last step, 1 - |cosine|.
    #[must_use]
    pub fn last_turn(&self) -> f64 {
        self.turn
    }

    /// Whether that was below the tolerance.
    #[must_use]
    pub fn converged(&self) -> bool {
        self.converged
    }

    fn sources(&self, points: &Points) -> Result<Embedding, EmbedError> {
        let d = self.mean.len();
        let k = self.unmixing.len() / d;
        let table = Centered { points, center: &self.mean };
        let basis = MatRef::from_row_major_slice(&self.unmixing, k, d);
        Embedding::computed(k, project::<f64>(&table, basis.transpose()))
    }
}

impl Transform for FastIcaModel {
    /// The sources at new points.
    fn transform(&self, points: &Points, _progress: &dyn Progress) -> Result<Embedding, EmbedError> {
        if points.dimensions() != self.mean.len() {
            return Err(EmbedError::NewPoints { given: points.dimensions(), wanted: self.mean.len() });
        }
        self.sources(points)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;

    const N: usize = 4000;

    /// A sine, a square wave and a saw tooth.
    fn sources() -> Vec<[f64; 3]> {
        let at = |i: usize| i as f64 * 0.013;
        let saw = |t: f64| (t * 0.7).fract() * 2.0 - 1.0;
        (0..N).map(|i| [(2.0 * at(i)).sin(), (3.0 * at(i)).sin().signum(), saw(at(i))]).collect()
    }

    fn mixed() -> Points {
        let mixing = [[1.0, 1.0, 1.0], [0.5, 2.0, 1.0], [1.5, 1.0, 2.0], [0.1, -0.4, 0.7]];
        let rows = sources().into_iter().flat_map(|s| {
            mixing.map(|row| (2.0 + row.iter().zip(s).map(|(a, s)| a * s).sum::<f64>()) as f32)
        });
        Points::new(rows.collect(), 4).unwrap()
    }

    fn correlation(a: &[f64], b: &[f64]) -> f64 {
        let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
        let (ma, mb) = (mean(a), mean(b));
        let sum = |f: &dyn Fn(f64, f64) -> f64| a.iter().zip(b).map(|(a, b)| f(a - ma, b - mb)).sum::<f64>();
        sum(&|a, b| a * b) / (sum(&|a, _| a * a) * sum(&|_, b| b * b)).sqrt()
    }

    #[test]
    fn mixed_signals_come_apart_with_every_contrast() {
        let points = mixed();
        for contrast in [Contrast::LogCosh, Contrast::Exp, Contrast::Cube] {
            let model = FastIca::new(3).contrast(contrast).fit(&points, &Silent).unwrap();
            assert!(model.converged(), "{contrast:?}: {}", model.last_turn());
            let column = |axis: usize| (0..N).map(|i| model.embedding().point(i)[axis]).collect::<Vec<_>>();
            for source in 0..3 {
                let wanted: Vec<f64> = sources().iter().map(|s| s[source]).collect();
                let best = (0..3).map(|a| correlation(&column(a), &wanted).abs()).fold(0.0, f64::max);
                assert!(best > 0.98, "{contrast:?}, source {source}: {best}");
            }
            for axis in 0..3 {
                let variance = column(axis).iter().map(|s| s * s).sum::<f64>() / N as f64;
                assert!((variance - 1.0).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn mixing_undoes_unmixing_and_gives_the_points_back() {
        let points = mixed();
        let model = FastIca::new(3).fit(&points, &Silent).unwrap();
        for i in 0..N {
            for j in 0..4 {
                let sources = model.embedding().point(i).iter();
                let back: f64 = sources.zip(&model.mixing()[j * 3..]).map(|(s, a)| s * a).sum();
                assert!((back + model.mean()[j] - f64::from(points.row(i)[j])).abs() < 1e-4);
            }
        }
        assert_eq!(model.transform(&points, &Silent).unwrap(), *model.embedding());
    }

    #[test]
    fn nonsense_is_refused() {
        let points = mixed();
        // Three sources in four columns: the fourth dimension is empty, or nearly.
        let flat = Points::new((0..40).flat_map(|i| [i as f32, 2.0 * i as f32]).collect(), 2).unwrap();
        let refused = FastIca::new(2).fit(&flat, &Silent);
        assert_eq!(refused, Err(EmbedError::Dimensions { dimensions: 2, most: 1 }));
        let refused = FastIca::new(5).fit(&points, &Silent);
        assert_eq!(refused, Err(EmbedError::Dimensions { dimensions: 5, most: 4 }));
        for settings in [FastIca::new(1).tolerance(0.0), FastIca::new(1).steps(0)] {
            assert!(matches!(settings.fit(&points, &Silent), Err(EmbedError::Setting { .. })));
        }
        let wanted = EmbedError::NewPoints { given: 2, wanted: 4 };
        let model = FastIca::new(2).fit(&points, &Silent).unwrap();
        assert_eq!(model.transform(&flat, &Silent), Err(wanted));
    }
}

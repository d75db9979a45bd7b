//! Robust PCA: a clip split into a part of low rank and a sparse one.
//!
//! D (pixels x frames) = L + S with the least ‖L‖∗ + λ‖S‖₁, ‖·‖∗ the sum of singular values and
//! λ = 1/√max(pixels, frames). A static scene has rank 1 and stays in L; what crosses
//! few pixels at a time (glints, foam, fish) goes to S.
//!
//! Inexact augmented Lagrange multipliers, with shrink(x, t) = sign(x) max(|x| - t, 0):
//!
//! ```text
//! L ← U shrink(Σ, 1/μ) Vᵀ   where U Σ Vᵀ = D - S + Y/μ
//! S ← shrink(D - L + Y/μ, λ/μ)
//! Y ← Y + μ (D - L - S),  μ ← ρ μ
//! ```
//!
//! With T = D - L + Y/μ the last two lines are S = shrink(T, λ/μ) and Y/μ = T - S, which is T cut
//! off at ±λ/μ: T alone carries both from one iteration to the next. The singular values come from
//! the frames x frames Gram matrix MᵀM = V Σ² Vᵀ of M = D - S + Y/μ, so L = M W with
//! W = V max(1 - 1/(μ Σ), 0) Vᵀ, and a pixel's row of L, S and Y needs only its own row of D and T.
//!
//! Sums run over blocks of pixels in a fixed order, so the result does not depend on the number of
//! threads. Memory besides the samples: two copies of them in `f32` (T and L), about 36
//! matrices of frames x frames in `f64`, and per thread 6 kB per frame.
//!
//! Source: Candès, Li, Ma and Wright, Robust principal component analysis?, J. ACM 58 (2011), for
//! the problem and λ; Lin, Chen and Ma, The augmented Lagrange multiplier method for exact
//! recovery of corrupted low-rank matrices, arXiv 1009.5055 (2010), Algorithm 5, for the method.

use algebra::{Mat, MatMut, MatRef, Working as _, add_lower_product, eigen_ascending};
use rayon::prelude::*;

use crate::stage;
use manifold::progress::Progress;

/// Pixels that one task works on: at 300 frames one block in `f64` takes 600 kB, about what a
/// core's second-level cache holds, and the matrix products still have long columns.
const BLOCK: usize = 256;

/// Partial Gram matrices, summed in order: as many threads as this have work in that pass.
const SLOTS: usize = 32;

/// First μ times ‖D‖₂, and ρ: the values in the program of Lin et al.
const FIRST_PENALTY: f64 = 1.25;
const GROWTH: f64 = 1.5;

/// μ grows to this many times its first value (Lin et al.: 1e7). Here the square of the threshold
/// 1/μ must stay well above what `f64` resolves of a Gram matrix, 1e-15 of its largest
/// eigenvalue: it ends at 6e-13 of it.
const LARGEST_GROWTH: f64 = 1e6;

/// Ends the iteration: ‖D - L - S‖ / ‖D‖ (Frobenius). Lin et al. take 1e-7, which is the rounding
/// of `f32` samples; this is 2.5e-4 gray levels of 255.
pub(super) const RPCA_TOLERANCE: f64 = 1e-6;

/// Ends it short of [`RPCA_TOLERANCE`]. The threshold reaches its end after 35 iterations, and
/// waving textures of 100 to 300 frames took 30 to 32; three times that means no convergence.
pub(super) const RPCA_ITERATIONS: usize = 100;

/// How a split ended.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub(super) struct RpcaOutcome {
    /// Up to [`RPCA_ITERATIONS`]; 0 when there was nothing to split.
    pub iterations: usize,
    /// Rank of the low-rank part.
    pub rank: usize,
    /// ‖D - L - S‖ / ‖D‖ (Frobenius).
    pub residual: f64,
}

impl RpcaOutcome {
    /// Whether the residual came down to [`RPCA_TOLERANCE`].
    #[must_use]
    pub(super) fn converged(&self) -> bool {
        self.residual <= RPCA_TOLERANCE
    }
}

/// Why the samples could not be split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RpcaError {
    /// There are no samples.
    #[error("there are no samples, or frames have no pixels")]
    Empty,
    /// The samples do not fill whole frames.
    #[error("{samples} samples are not whole frames of {pixels} pixels")]
    Length {
        /// Samples given.
        samples: usize,
        /// Pixels of a frame.
        pixels: usize,
    },
    /// A sample is infinite or not a number.
    #[error("pixel {pixel} of frame {frame} is infinite or not a number")]
    NotFinite {
        /// Number of the frame.
        frame: usize,
        /// Number of the pixel.
        pixel: usize,
    },
    /// The caller stopped the work.
    #[error("canceled")]
    Canceled,
    /// The singular value decomposition failed.
    #[error("the singular values did not converge")]
    Decomposition,
}

/// Splits `samples` (frame after frame, `pixels` values each, gray levels 0..=255) into low rank
/// and sparse, leaving the low-rank part in place. Values may exceed 0 and 255 a little. The scale
/// does not matter: 16-bit samples work as well.
///
/// `progress` receives the number of iterations done before each, and stops the work by `Break`.
/// Stopping at [`RPCA_ITERATIONS`] is not an error; see [`RpcaOutcome::converged`]. A single frame and
/// a black clip come back unchanged. After an error the samples are unchanged: when there are
/// none, no whole frames, or one that is not finite; when canceled; and when the eigenvalues do
/// not converge or overflow.
pub(super) fn low_rank(
    samples: &mut [f32],
    pixels: usize,
    progress: &dyn Progress,
) -> Result<RpcaOutcome, RpcaError> {
    let mut split = Split::new(samples, pixels)?;
    let spectrum = Spectrum::of(&split.gram(Penalty { edge: 0.0, ratio: 0.0 }))?;
    let (norm, square) = (spectrum.largest(), spectrum.sum_of_squares());
    if split.frames == 1 || norm == 0.0 {
        // One frame: S = D would be the minimum, because there is nothing to compare with.
        return Ok(RpcaOutcome { iterations: 0, rank: usize::from(norm > 0.0), residual: 0.0 });
    }
    let lambda = 1.0 / (pixels.max(split.frames) as f64).sqrt();
    let first = FIRST_PENALTY / norm;
    let (mut mu, mut before) = (first, first);
    split.start(norm, lambda, first);
    let mut outcome = RpcaOutcome { iterations: 0, rank: 0, residual: 1.0 };
    while outcome.iterations < RPCA_ITERATIONS && !outcome.converged() {
        if progress.advance(stage::LOW_RANK, outcome.iterations, None).is_break() {
            return Err(RpcaError::Canceled);
        }
        let penalty = Penalty { edge: lambda / before, ratio: before / mu };
        let weights = Spectrum::of(&split.gram(penalty))?.shrunk(1.0 / mu);
        let missing = split.step(penalty, &weights, lambda / mu);
        outcome.iterations += 1;
        outcome.rank = weights.rank();
        outcome.residual = (missing / square).sqrt();
        (before, mu) = (mu, (mu * GROWTH).min(first * LARGEST_GROWTH));
    }
    let low = split.low;
    unblock(&low, samples, pixels);
    Ok(outcome)
}

/// How T of the last iteration is read: S = shrink(T, edge), Y/μ = (T - S) ratio.
#[derive(Clone, Copy)]
struct Penalty {
    /// λ/μ of the last iteration.
    edge: f64,
    /// μ of the last iteration over that of this one.
    ratio: f64,
}

/// D, T and L. T and L are stored block by block of [`BLOCK`] pixels (the last may have fewer),
/// within a block frame after frame: a column-major matrix of the block's pixels x frames.
struct Split<'a> {
    samples: &'a [f32],
    pixels: usize,
    frames: usize,
    carried: Vec<f32>,
    low: Vec<f32>,
}

impl<'a> Split<'a> {
    fn new(samples: &'a [f32], pixels: usize) -> Result<Split<'a>, RpcaError> {
        if samples.is_empty() || pixels == 0 {
            return Err(RpcaError::Empty);
        }
        if !samples.len().is_multiple_of(pixels) {
            return Err(RpcaError::Length { samples: samples.len(), pixels });
        }
        if let Some(at) = samples.iter().position(|sample| !sample.is_finite()) {
            return Err(RpcaError::NotFinite { frame: at / pixels, pixel: at % pixels });
        }
        let empty = vec![0.0; samples.len()];
        let frames = samples.len() / pixels;
        Ok(Split { samples, pixels, frames, carried: empty.clone(), low: empty })
    }

    /// Y = D / max(‖D‖₂, max|D| / λ), nowhere beyond ±λ, and S = 0.
    fn start(&mut self, norm: f64, lambda: f64, mu: f64) {
        let largest = self.samples.par_iter().map(|sample| sample.abs()).reduce(|| 0.0, f32::max);
        let scale = 1.0 / (mu * norm.max(f64::from(largest) / lambda));
        let (samples, pixels, length) = (self.samples, self.pixels, BLOCK * self.frames);
        self.carried.par_chunks_mut(length).enumerate().for_each(|(block, carried)| {
            let columns = carried.chunks_exact_mut(width(pixels, block));
            for (carried, samples) in columns.zip(columns_of(samples, pixels, block)) {
                carried.iter_mut().zip(samples).for_each(|(t, &d)| *t = (f64::from(d) * scale) as f32);
            }
        });
    }

    /// MᵀM, lower triangle.
    fn gram(&self, penalty: Penalty) -> Mat<f64> {
        let length = BLOCK * self.frames;
        let per_slot = self.carried.len().div_ceil(length).div_ceil(SLOTS);
        let slots = self.carried.par_chunks(per_slot * length).enumerate();
        let parts: Vec<Mat<f64>> = slots
            .map(|(slot, carried)| {
                let mut gram = Mat::zeros(self.frames, self.frames);
                let mut shifted = Vec::new();
                for (block, carried) in (slot * per_slot..).zip(carried.chunks(length)) {
                    shift(self.samples, self.pixels, block, carried, penalty, &mut shifted);
                    let m = MatRef::from_column_major_slice(&shifted, width(self.pixels, block), self.frames);
                    add_lower_product(gram.as_mut(), m.transpose(), m);
                }
                gram
            })
            .collect();
        let mut sum = Mat::zeros(self.frames, self.frames);
        parts.iter().for_each(|part| sum += part);
        sum
    }

    /// L and T of this iteration from the T of the last one; ‖D - L - S‖² as stored.
    fn step(&mut self, penalty: Penalty, weights: &Weights, edge: f64) -> f64 {
        let (samples, pixels, length) = (self.samples, self.pixels, BLOCK * self.frames);
        let blocks = self.carried.par_chunks_mut(length).zip(self.low.par_chunks_mut(length));
        let missing: Vec<f64> = blocks
            .enumerate()
            .map_init(Buffers::default, |buffers, (block, (carried, low))| {
                shift(samples, pixels, block, carried, penalty, &mut buffers.shifted);
                weights.apply(buffers, width(pixels, block));
                let columns = columns_of(samples, pixels, block);
                let stored = carried.chunks_exact_mut(width(pixels, block));
                let stored = stored.zip(low.chunks_exact_mut(width(pixels, block)));
                let fresh = buffers.low.chunks_exact(width(pixels, block));
                let mut missing = 0.0;
                for ((samples, (carried, low)), fresh) in columns.zip(stored).zip(fresh) {
                    let stored = carried.iter_mut().zip(low);
                    for ((&d, (t, l)), &fresh) in samples.iter().zip(stored).zip(fresh) {
                        let (d, dual) = (f64::from(d), cut(f64::from(*t), penalty.edge) * penalty.ratio);
                        *l = fresh as f32;
                        let rest = d - f64::from(*l);
                        *t = (rest + dual) as f32;
                        let t = f64::from(*t);
                        missing += (rest - (t - cut(t, edge))).powi(2);
                    }
                }
                missing
            })
            .collect();
        missing.iter().sum()
    }
}

/// Pixels of a block.
fn width(pixels: usize, block: usize) -> usize {
    BLOCK.min(pixels - block * BLOCK)
}

/// The block's pixels of each frame.
fn columns_of(samples: &[f32], pixels: usize, block: usize) -> impl Iterator<Item = &[f32]> {
    let range = block * BLOCK..block * BLOCK + width(pixels, block);
    samples.chunks_exact(pixels).map(move |frame| &frame[range.clone()])
}

/// Puts blocks back into the order of the samples.
fn unblock(blocks: &[f32], samples: &mut [f32], pixels: usize) {
    let length = BLOCK * (samples.len() / pixels);
    samples.par_chunks_mut(pixels).enumerate().for_each(|(frame, out)| {
        for (out, block) in out.chunks_mut(BLOCK).zip(blocks.chunks(length)) {
            out.copy_from_slice(&block[frame * out.len()..][..out.len()]);
        }
    });
}

/// T - shrink(T, edge). Unlike `clamp` without panics.
fn cut(t: f64, edge: f64) -> f64 {
    t.max(-edge).min(edge)
}

/// M = D - S + Y/μ of a block.
fn shift(
    samples: &[f32],
    pixels: usize,
    block: usize,
    carried: &[f32],
    penalty: Penalty,
    out: &mut Vec<f64>,
) {
    out.clear();
    for (samples, carried) in
        columns_of(samples, pixels, block).zip(carried.chunks_exact(width(pixels, block)))
    {
        out.extend(samples.iter().zip(carried).map(|(&d, &t)| {
            let (t, dual) = (f64::from(t), cut(f64::from(t), penalty.edge));
            f64::from(d) - (t - dual) + dual * penalty.ratio
        }));
    }
}

/// Matrices of one block in `f64`: M, M V and L.
#[derive(Default)]
struct Buffers {
    shifted: Vec<f64>,
    projected: Vec<f64>,
    low: Vec<f64>,
}

/// Singular values, ascending, and right singular vectors as columns in the same order.
struct Spectrum {
    values: Vec<f64>,
    vectors: Mat<f64>,
}

impl Spectrum {
    /// From the lower triangle of MᵀM.
    fn of(gram: &Mat<f64>) -> Result<Spectrum, RpcaError> {
        let n = gram.nrows();
        if (0..n).any(|j| (j..n).any(|i| !gram[(i, j)].is_finite())) {
            return Err(RpcaError::Decomposition);
        }
        let (squares, vectors) = eigen_ascending(gram.as_ref()).map_err(|_| RpcaError::Decomposition)?;
        let values = squares.iter().map(|square| square.max(0.0).sqrt()).collect();
        Ok(Spectrum { values, vectors })
    }

    /// ‖M‖₂.
    fn largest(&self) -> f64 {
        self.values.last().copied().unwrap_or(0.0)
    }

    /// ‖M‖² (Frobenius).
    fn sum_of_squares(&self) -> f64 {
        self.values.iter().map(|value| value * value).sum()
    }

    /// W of the singular values shrunk by `threshold`, which is above 0.
    fn shrunk(&self, threshold: f64) -> Weights {
        let n = self.values.len();
        let first = self.values.partition_point(|&value| value <= threshold);
        let vectors = self.vectors.subcols(first, n - first).to_owned();
        let gain = |r: usize| 1.0 - threshold / self.values[first + r];
        let scaled = Mat::from_fn(n - first, n, |r, frame| gain(r) * vectors[(frame, r)]);
        Weights { vectors, scaled }
    }
}

/// W = `vectors` `scaled`, frames x rank and rank x frames.
struct Weights {
    vectors: Mat<f64>,
    scaled: Mat<f64>,
}

impl Weights {
    fn rank(&self) -> usize {
        self.vectors.ncols()
    }

    /// L = M W for the block of `pixels` pixels in `buffers`.
    fn apply(&self, buffers: &mut Buffers, pixels: usize) {
        let (frames, rank) = (self.vectors.nrows(), self.rank());
        buffers.projected.resize(pixels * rank, 0.0);
        buffers.low.resize(pixels * frames, 0.0);
        let m = MatRef::from_column_major_slice(&buffers.shifted, pixels, frames);
        let mut projected = MatMut::from_column_major_slice_mut(&mut buffers.projected, pixels, rank);
        f64::multiply(projected.as_mut(), m, self.vectors.as_ref());
        let low = MatMut::from_column_major_slice_mut(&mut buffers.low, pixels, frames);
        f64::multiply(low, projected.as_ref(), self.scaled.as_ref());
    }
}

#[cfg(test)]
mod tests;

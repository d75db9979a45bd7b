//! The divergence that t-SNE minimizes, measured exactly.
//!
//! KL(P‖Q) = Σ_{i≠j} p_ij ln(p_ij / q_ij), q_ij = w_ij / Σ_{k≠l} w_kl, w_ij = 1 / (1 + |y_i - y_j|²).
//! P is given (its few non-zero entries); Q's sum runs over all pairs, whatever approximation the
//! embedding was found with, so that embeddings of different programs can be compared.
//! Source: van der Maaten and Hinton, JMLR 9 (2008).

use super::residual::Pairwise;
use super::rows::blocks;
use crate::embed::{EmbedError, Embedding};
use crate::progress::Progress;

/// Points whose distances are processed at once, and sums kept side by side.
const PART: usize = 512;
const LANES: usize = 16;

/// One entry of P.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Affinity {
    /// One point.
    pub i: u32,
    /// The other.
    pub j: u32,
    /// Their joint probability.
    pub p: f64,
}

/// KL(P‖Q) in nats: 0 or more, best 0. `affinities` hold both (i, j) and (j, i); they are divided by
/// their sum. Takes n² steps.
pub fn kl_divergence(
    affinities: &[Affinity],
    embedding: &Embedding,
    progress: &dyn Progress,
) -> Result<f64, EmbedError> {
    let n = embedding.n();
    let most = affinities.iter().map(|a| a.i.max(a.j) as usize + 1).max().unwrap_or(0);
    if most > n {
        return Err(EmbedError::Count { given: n, wanted: most });
    }
    let d = embedding.dimensions();
    let column = |axis: usize| embedding.coordinates().iter().skip(axis).step_by(d).copied().collect();
    let columns: Vec<Vec<f64>> = (0..d).map(column).collect();
    let all: Vec<usize> = (0..n).collect();
    let parts = blocks(&all, progress, |block| block.iter().map(|&i| behind(&columns, i)).sum::<f64>())?;
    // Each pair was counted once.
    let normalizer = 2.0 * parts.iter().sum::<f64>();
    let total: f64 = affinities.iter().map(|a| a.p).sum();
    let terms = affinities.iter().filter(|a| a.p > 0.0).map(|a| {
        let squared = embedding.between(a.i as usize, a.j as usize).powi(2);
        let p = a.p / total;
        p * (p.ln() + squared.ln_1p() + normalizer.ln())
    });
    Ok(terms.sum())
}

/// Σ of w_ij over j > i.
#[multiversion::multiversion(targets("x86_64+avx512f+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn behind(columns: &[Vec<f64>], i: usize) -> f64 {
    let n = columns[0].len();
    let mut sums = [0.0; LANES];
    let mut start = i + 1;
    while start < n {
        let end = (start + PART).min(n);
        let mut squared = [0.0; PART];
        for column in columns {
            for (sum, y) in squared.iter_mut().zip(&column[start..end]) {
                *sum += (y - column[i]) * (y - column[i]);
            }
        }
        // Entries beyond the end count for nothing.
        squared[end - start..].fill(f64::INFINITY);
        for part in squared.chunks_exact(LANES) {
            for (sum, squared) in sums.iter_mut().zip(part) {
                *sum += 1.0 / (1.0 + squared);
            }
        }
        start = end;
    }
    sums.iter().sum()
}

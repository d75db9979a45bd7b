//! The divergence that t-SNE minimises, measured exactly.
//!
//! KL(P‖Q) = Σ_{i≠j} p_ij ln(p_ij / q_ij), q_ij = w_ij / Σ_{k≠l} w_kl, w_ij = 1 / (1 + |y_i - y_j|²).
//! P is given (its few non-zero entries); Q's sum runs over all pairs, whatever approximation the
//! embedding was found with, so that embeddings of different programs can be compared.
//! Source: van der Maaten and Hinton, JMLR 9 (2008).

use super::residual::Pairwise;
use super::rows::{Space, blocks};
use crate::embed::{EmbedError, Embedding};
use crate::progress::Progress;

/// One entry of P.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Affinity {
    pub i: u32,
    pub j: u32,
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
    let space = Space::from(embedding);
    let all: Vec<usize> = (0..n).collect();
    let parts = blocks(&all, progress, |block| {
        let squared = space.squared(block);
        squared.iter().map(|d| 1.0 / (1.0 + d)).sum::<f64>()
    })?;
    let normaliser: f64 = parts.iter().sum();
    let total: f64 = affinities.iter().map(|a| a.p).sum();
    let terms = affinities.iter().filter(|a| a.p > 0.0).map(|a| {
        let squared = embedding.between(a.i as usize, a.j as usize).powi(2);
        let p = a.p / total;
        p * (p.ln() + squared.ln_1p() + normaliser.ln())
    });
    Ok(terms.sum())
}

//! Trustworthiness and continuity.
//!
//! With r(i, j) the rank of j by distance from i in the data (nearest: 1), r'(i, j) in the embedding,
//! U(i) the k nearest in the embedding that are not among the k nearest in the data, V(i) the reverse:
//!
//! trustworthiness = 1 - 2 / (n k (2n - 3k - 1)) Σ_i Σ_{j in U(i)} (r(i, j) - k),
//! continuity = the same of V and r'. Both lie in 0–1 for k < n/2, which is required; 1 is best, and a
//! random embedding has about 1/2. Equal distances are ranked by index.
//! Source: Venna and Kaski, Neighborhood preservation in nonlinear projection methods, ICANN 2001.

use super::rows::{Space, blocks, nearest};
use super::{Measured, Queries};
use crate::embed::{EmbedError, Embedding};
use crate::points::Points;
use crate::progress::Progress;

/// Whether the `k` neighbors of each point in the embedding are near in the data. 0–1, best 1.
pub fn trustworthiness(
    points: &Points,
    embedding: &Embedding,
    k: usize,
    queries: Queries,
    progress: &dyn Progress,
) -> Result<Measured, EmbedError> {
    check(points.n(), embedding.n(), k)?;
    penalized(&Space::from(points), &Space::from(embedding), k, queries, progress)
}

/// Whether the `k` neighbors of each point in the data are near in the embedding. 0–1, best 1.
pub fn continuity(
    points: &Points,
    embedding: &Embedding,
    k: usize,
    queries: Queries,
    progress: &dyn Progress,
) -> Result<Measured, EmbedError> {
    check(points.n(), embedding.n(), k)?;
    penalized(&Space::from(embedding), &Space::from(points), k, queries, progress)
}

/// Trustworthiness, continuity and [`preservation`](super::preservation), of one pass over the distances.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Neighborhoods {
    /// How far neighbors in the embedding are neighbors in the data, 0 to 1.
    pub trustworthiness: Measured,
    /// How far neighbors in the data are neighbors in the embedding, 0 to 1.
    pub continuity: Measured,
    /// Share of the neighbors that are the same in both, 0 to 1.
    pub preservation: Measured,
}

/// All three measures of the `k` neighbors of each point, in little more time than one.
pub fn neighborhoods(
    points: &Points,
    embedding: &Embedding,
    k: usize,
    queries: Queries,
    progress: &dyn Progress,
) -> Result<Neighborhoods, EmbedError> {
    check(points.n(), embedding.n(), k)?;
    let (data, embedded) = (Space::from(points), Space::from(embedding));
    let n = data.n();
    let asked = queries.of(n);
    let parts = blocks(&asked, progress, |block| {
        let (data, embedded) = (data.squared(block), embedded.squared(block));
        let (mut intruders, mut missing, mut kept) = (0, 0, 0);
        for (data, embedded) in data.chunks_exact(n).zip(embedded.chunks_exact(n)) {
            let (true_ones, found) = (nearest(data, k), nearest(embedded, k));
            intruders += found.iter().map(|&j| excess(data, j, k)).sum::<u64>();
            missing += true_ones.iter().map(|&j| excess(embedded, j, k)).sum::<u64>();
            kept += true_ones.iter().filter(|j| found.contains(j)).count() as u64;
        }
        [intruders, missing, kept]
    })?;
    let [intruders, missing, kept] = [0, 1, 2].map(|at| parts.iter().map(|part| part[at]).sum::<u64>());
    let measured = |value| Measured { value, queries: asked.len(), points: n };
    let penalty = |sum| measured(1.0 - sum as f64 / most(asked.len(), n, k));
    Ok(Neighborhoods {
        trustworthiness: penalty(intruders),
        continuity: penalty(missing),
        preservation: measured(kept as f64 / (asked.len() * k) as f64),
    })
}

fn check(n: usize, embedded: usize, k: usize) -> Result<(), EmbedError> {
    same(n, embedded)?;
    if k == 0 || 2 * k >= n {
        let range = "from 1 to less than half the points";
        return Err(EmbedError::Setting { setting: "neighbors", value: k as f64, range });
    }
    Ok(())
}

/// An embedding of these points must have one for each.
pub(super) fn same(wanted: usize, given: usize) -> Result<(), EmbedError> {
    if wanted == given { Ok(()) } else { Err(EmbedError::Count { given, wanted }) }
}

/// Neighbors are taken in `near`, their ranks in `truth`.
fn penalized(
    truth: &Space,
    near: &Space,
    k: usize,
    queries: Queries,
    progress: &dyn Progress,
) -> Result<Measured, EmbedError> {
    let n = truth.n();
    let asked = queries.of(n);
    let sums = blocks(&asked, progress, |block| {
        let (near, truth) = (near.squared(block), truth.squared(block));
        let rows = near.chunks_exact(n).zip(truth.chunks_exact(n));
        rows.map(|(near, truth)| nearest(near, k).iter().map(|&j| excess(truth, j, k)).sum::<u64>()).sum()
    })?;
    let sum: u64 = sums.iter().sum();
    Ok(Measured { value: 1.0 - sum as f64 / most(asked.len(), n, k), queries: asked.len(), points: n })
}

/// The sum of the excesses that gives 0.
fn most(asked: usize, n: usize, k: usize) -> f64 {
    (asked * k) as f64 * (2.0 * n as f64 - 3.0 * k as f64 - 1.0) / 2.0
}

/// By how much the rank of `j` exceeds `k`.
fn excess(row: &[f64], j: usize, k: usize) -> u64 {
    let rank = 1 + nearer(row, row[j]) + row[..j].iter().filter(|&&other| other == row[j]).count();
    rank.saturating_sub(k) as u64
}

#[multiversion::multiversion(targets("x86_64+avx2+fma"))]
fn nearer(row: &[f64], than: f64) -> usize {
    // Whole chunks into 32 bits, which the compiler turns into vectors.
    row.chunks(4096).map(|part| part.iter().map(|&d| u32::from(d < than)).sum::<u32>() as usize).sum()
}

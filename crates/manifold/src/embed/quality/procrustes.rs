//! Procrustes disparity.

use crate::embed::{Embedding, ProcrustesError, similarity};

/// What remains between the embedding and the truth after the best shift, rotation or reflection and
/// scaling: with both centered, X and Y, and Σ the singular values of Xᵀ Y,
/// 1 - (tr Σ)² / (|X|² |Y|²). 0–1, best 0; the same whichever of the two is the truth, and the same
/// as `scipy.spatial.procrustes`.
pub fn procrustes_disparity(embedding: &Embedding, truth: &Embedding) -> Result<f64, ProcrustesError> {
    let (n, d) = (truth.n(), truth.dimensions());
    if embedding.dimensions() != d {
        return Err(ProcrustesError::Shape {
            points: embedding.coordinates().len(),
            truth: truth.coordinates().len(),
            dimensions: d,
        });
    }
    let fit = similarity(embedding.coordinates(), truth.coordinates(), d)?;
    let mean = |axis: usize| truth.coordinates().iter().skip(axis).step_by(d).sum::<f64>() / n as f64;
    let means: Vec<f64> = (0..d).map(mean).collect();
    let rows = truth.coordinates().chunks_exact(d);
    let spread: f64 = rows.flat_map(|row| row.iter().zip(&means)).map(|(y, mean)| (y - mean).powi(2)).sum();
    if spread == 0.0 {
        return Err(ProcrustesError::Coincide);
    }
    Ok((fit.rms.powi(2) * n as f64 / spread).clamp(0.0, 1.0))
}

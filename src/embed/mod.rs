//! Embeddings: one method per file.

mod mds;
mod procrustes;

pub use mds::{EmbedError, Embedding, SquareDistances, classical_mds};
pub use procrustes::{Alignment, ProcrustesError, similarity};

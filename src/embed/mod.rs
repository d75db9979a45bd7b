//! Embeddings: one method per file.
//!
//! ```
//! use seethru::embed::{SquareDistances, classical_mds};
//!
//! // Three points on a line, 3 and 4 apart.
//! let points: [f64; 3] = [0.0, 3.0, 7.0];
//! let distances = SquareDistances::from_fn(3, |i, j| (points[i] - points[j]).abs())?;
//! let line = classical_mds(&distances, 1)?;
//! assert!(((line.embedding().point(0)[0] - line.embedding().point(2)[0]).abs() - 7.0).abs() < 1e-9);
//! # Ok::<(), seethru::embed::EmbedError>(())
//! ```

mod distances;
mod embedding;
mod error;
mod flow_embedding;
mod ground;
mod isomap;
mod laplacian;
mod lle;
mod mds;
mod procrustes;
pub mod spectrum;
mod tsne;

pub use distances::SquareDistances;
pub use embedding::Embedding;
pub use error::EmbedError;
pub use flow_embedding::{FlowEmbedding, FlowEmbeddingModel};
pub use isomap::{Isomap, IsomapModel, Landmarks};
pub use laplacian::{Laplacian, LaplacianEigenmaps, LaplacianModel, Weights};
pub use lle::{Lle, LleForm, LleModel};
pub use mds::{ClassicalMds, classical_mds};
pub use procrustes::{Alignment, ProcrustesError, similarity};
pub use tsne::{Gradient, LearningRate, Start, Tsne, TsneModel};

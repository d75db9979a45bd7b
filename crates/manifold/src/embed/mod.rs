//! Embeddings: one method per file.
//!
//! ```
//! use manifold::embed::{ClassicalMds, Fit, SquareDistances};
//! use manifold::progress::Silent;
//!
//! // Three points on a line, 3 and 4 apart.
//! let points: [f64; 3] = [0.0, 3.0, 7.0];
//! let distances = SquareDistances::from_fn(3, |i, j| (points[i] - points[j]).abs())?;
//! let line = ClassicalMds::new(1).fit(&distances, &Silent)?;
//! assert!(((line.embedding().point(0)[0] - line.embedding().point(2)[0]).abs() - 7.0).abs() < 1e-9);
//! # Ok::<(), manifold::embed::EmbedError>(())
//! ```

mod distances;
mod embedding;
mod error;
mod factor;
mod fit;
mod flow_embedding;
mod ground;
mod ica;
mod isomap;
mod kernel_pca;
mod laplacian;
mod linear;
mod lle;
mod mds;
mod model_file;
mod named_model;
mod nmf;
mod pca;
mod procrustes;
pub mod quality;
mod smacof;
pub mod spectrum;
mod tsne;

pub use distances::{CrossDistances, SquareDistances};
pub use embedding::Embedding;
pub use error::EmbedError;
pub use factor::{FactorAnalysis, FactorModel};
pub use fit::{Fit, Transform};
pub use flow_embedding::{FlowEmbedding, FlowEmbeddingModel};
pub use ica::{Contrast, FastIca, FastIcaModel};
pub use isomap::{Isomap, IsomapModel, Landmarks};
pub use kernel_pca::{Kernel, KernelPca, KernelPcaModel};
pub use laplacian::{Laplacian, LaplacianEigenmaps, LaplacianModel, Weights};
pub use lle::{Lle, LleForm, LleModel};
pub use mds::{ClassicalMds, ClassicalMdsModel};
pub use model_file::{Model, ModelError};
pub use named_model::NamedModel;
pub use nmf::{Nmf, NmfModel, NmfSolver, NmfStart};
pub use pca::{Pca, PcaModel, PcaSolver};
pub use procrustes::{Alignment, ProcrustesError, similarity};
pub use smacof::{Shepard, Smacof, SmacofModel, SmacofStart};
pub use tsne::{FEWEST_ON_GRID, Gradient, LearningRate, Start, Tsne, TsneModel};

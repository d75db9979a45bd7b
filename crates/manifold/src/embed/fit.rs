//! What embedding methods have in common.
//!
//! ```
//! use manifold::embed::{EmbedError, Embedding, Fit, Isomap, Pca};
//! use manifold::points::Points;
//! use manifold::progress::Silent;
//!
//! /// Any method that takes points.
//! fn map<M: Fit<Points>>(method: &M, points: &Points) -> Result<Embedding, EmbedError> {
//!     Ok(method.fit(points, &Silent)?.as_ref().clone())
//! }
//!
//! let points = Points::new((0..400).map(|i| (i as f32 * 0.7).sin()).collect(), 4)?;
//! assert_eq!(map(&Pca::new(2), &points)?.dimensions(), 2);
//! assert_eq!(map(&Isomap::new(1), &points)?.dimensions(), 1);
//! # Ok::<(), EmbedError>(())
//! ```

use super::{EmbedError, Embedding};
use crate::points::Points;
use crate::progress::Progress;

/// A method, with its settings, that embeds an `Input`: [`Points`], [`SquareDistances`](super::SquareDistances),
/// a [`WeightedGraph`](crate::graph::WeightedGraph) or [`NeighborLists`](crate::knn::NeighborLists).
/// Input that a method cannot take does not compile.
pub trait Fit<Input: ?Sized> {
    /// The fitted model, which holds the embedding of the input.
    type Model: AsRef<Embedding>;

    /// Embeds `input`. The result depends on the input and the settings alone, not on the number of threads.
    ///
    /// # Errors
    /// [`EmbedError`] says which setting or which part of the input does not suit the method;
    /// [`EmbedError::Canceled`] if `progress` stopped the work.
    fn fit(&self, input: &Input, progress: &dyn Progress) -> Result<Self::Model, EmbedError>;
}

/// A fitted model that places new things among those it was fitted to.
pub trait Transform<Input: ?Sized = Points> {
    /// Coordinates of the new things; those of the old ones do not change.
    ///
    /// # Errors
    /// [`EmbedError::NewPoints`] if they are not of the kind the model was fitted to (points of other
    /// dimensions, say), and those of the method.
    fn transform(&self, input: &Input, progress: &dyn Progress) -> Result<Embedding, EmbedError>;
}

macro_rules! hold_embeddings {
    ($($model:ident),+ $(,)?) => {
        $(impl AsRef<Embedding> for super::$model {
            fn as_ref(&self) -> &Embedding {
                self.embedding()
            }
        })+
    };
}

hold_embeddings!(
    ClassicalMdsModel,
    FactorModel,
    FastIcaModel,
    FlowEmbeddingModel,
    IsomapModel,
    KernelPcaModel,
    LaplacianModel,
    LleModel,
    Model,
    NmfModel,
    PcaModel,
    SmacofModel,
    TsneModel,
);

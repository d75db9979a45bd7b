//! What can be wrong with data or settings, for all methods.

use algebra::AlgebraError;

use crate::device::GpuError;
use crate::flow::pairwise::PairwiseError;
use crate::graph::{GraphError, WeightedGraphError};
use crate::knn::KnnError;
use crate::points::PointsError;
use crate::progress::Canceled;

/// Why there is no embedding.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EmbedError {
    #[error(transparent)]
    Points(#[from] PointsError),
    #[error(transparent)]
    Knn(KnnError),
    #[error(transparent)]
    Graph(#[from] GraphError),
    #[error("{values} values do not match the pairs of {n} points")]
    Shape { n: usize, values: usize },
    #[error("the distances are a matrix of {rows} rows and {columns} columns: it must be square")]
    NotSquare { rows: usize, columns: usize },
    #[error(
        "the distance from point {i} to point {j} is {distance}: it must be finite, not negative, and 0 from a point to itself"
    )]
    Distance { i: usize, j: usize, distance: f64 },
    #[error("{dimensions} dimensions: from 1 to {most} are possible here")]
    Dimensions { dimensions: usize, most: usize },
    #[error("{n} points are too few: {needed} or more are needed")]
    TooFew { n: usize, needed: usize },
    #[error("all points coincide: there is nothing to embed")]
    Coincide,
    #[error("row {row}, column {column} is {value}: no value may be negative")]
    Negative { row: usize, column: usize, value: f32 },
    #[error(
        "the neighborhood graph falls into {components} components, the largest of {largest} points: ask for more \
         neighbors, join the components or keep the largest"
    )]
    Disconnected { components: usize, largest: usize },
    #[error("{setting} = {value}: {range}")]
    Setting { setting: &'static str, value: f64, range: &'static str },
    #[error("the new points have {given} dimensions, the model was fitted on {wanted}")]
    NewPoints { given: usize, wanted: usize },
    #[error("{what} did not converge: residual {residual:.2e} after {steps} steps")]
    NoConvergence { what: &'static str, residual: f64, steps: usize },
    #[error("canceled")]
    Canceled,
    #[error("the distances between points {i} and {j} differ: {one} one way, {other} the other")]
    Asymmetric { i: usize, j: usize, one: f64, other: f64 },
    #[error("{given} points, labels or lists are given for {wanted} points")]
    Count { given: usize, wanted: usize },
    #[error(transparent)]
    WeightedGraph(WeightedGraphError),
    #[error("the model was fitted on distances or a graph: it cannot place new points")]
    NotOnPoints,
    #[error(transparent)]
    Flow(PairwiseError),
    #[error(transparent)]
    Gpu(#[from] GpuError),
}

impl From<AlgebraError> for EmbedError {
    fn from(error: AlgebraError) -> EmbedError {
        match error {
            AlgebraError::Count { count, most } => EmbedError::Dimensions { dimensions: count, most },
            AlgebraError::NoConvergence { what, residual, steps } => {
                EmbedError::NoConvergence { what, residual, steps }
            }
            AlgebraError::Canceled => EmbedError::Canceled,
            // No embedding asks for what fails otherwise.
            _ => EmbedError::NoConvergence { what: "a linear system", residual: f64::NAN, steps: 0 },
        }
    }
}

impl From<PairwiseError> for EmbedError {
    fn from(error: PairwiseError) -> EmbedError {
        match error {
            PairwiseError::Canceled => EmbedError::Canceled,
            error => EmbedError::Flow(error),
        }
    }
}

impl From<KnnError> for EmbedError {
    fn from(error: KnnError) -> EmbedError {
        match error {
            KnnError::Canceled => EmbedError::Canceled,
            KnnError::Gpu(error) => EmbedError::Gpu(error),
            error => EmbedError::Knn(error),
        }
    }
}

impl From<WeightedGraphError> for EmbedError {
    fn from(error: WeightedGraphError) -> EmbedError {
        match error {
            WeightedGraphError::Knn(error) => error.into(),
            WeightedGraphError::Disconnected { components, largest } => {
                EmbedError::Disconnected { components, largest }
            }
            error => EmbedError::WeightedGraph(error),
        }
    }
}

impl From<Canceled> for EmbedError {
    fn from(_: Canceled) -> EmbedError {
        EmbedError::Canceled
    }
}

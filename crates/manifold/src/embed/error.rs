//! What can be wrong with data or settings, for all methods.

use algebra::AlgebraError;

use crate::device::GpuError;
use crate::flow::pairwise::PairwiseError;
use crate::graph::{GraphError, WeightedGraphError};
use crate::knn::KnnError;
use crate::points::PointsError;
use crate::progress::Canceled;

/// Why the embedding could not be computed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EmbedError {
    /// The input is not a table of points.
    #[error(transparent)]
    Points(#[from] PointsError),
    /// The neighbors cannot be found.
    #[error(transparent)]
    Knn(KnnError),
    /// The graph of fixed-point lengths cannot be built.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// The number of values is not that of the pairs.
    #[error("{values} values do not match the pairs of {n} points")]
    Shape {
        /// Points.
        n: usize,
        /// Values given.
        values: usize,
    },
    /// A matrix of distances is not square.
    #[error("the distances are a matrix of {rows} rows and {columns} columns: it must be square")]
    NotSquare {
        /// Its rows.
        rows: usize,
        /// Its columns.
        columns: usize,
    },
    /// An entry is not a distance.
    #[error(
        "the distance from point {i} to point {j} is {distance}: it must be finite, not negative, and 0 from a point to itself"
    )]
    Distance {
        /// The first point.
        i: usize,
        /// The second point.
        j: usize,
        /// What was given.
        distance: f64,
    },
    /// The embedding cannot have this many dimensions.
    #[error("{dimensions} dimensions: from 1 to {most} are possible here")]
    Dimensions {
        /// Dimensions requested.
        dimensions: usize,
        /// The most that the input allows.
        most: usize,
    },
    /// There are too few points for the method.
    #[error("{n} points are too few: {needed} or more are needed")]
    TooFew {
        /// Points given.
        n: usize,
        /// Points needed.
        needed: usize,
    },
    /// All points are the same.
    #[error("all points coincide: there is nothing to embed")]
    Coincide,
    /// A value is negative where the method takes none.
    #[error("row {row}, column {column} is {value}: no value may be negative")]
    Negative {
        /// Its row, from 0.
        row: usize,
        /// Its column, from 0.
        column: usize,
        /// The value.
        value: f32,
    },
    /// The graph is not connected.
    #[error(
        "the neighborhood graph falls into {components} components, the largest of {largest} points: ask for more \
         neighbors, join the components or keep the largest"
    )]
    Disconnected {
        /// Its components.
        components: usize,
        /// Points of the largest one.
        largest: usize,
    },
    /// A setting is out of range.
    #[error("{setting} = {value}: {range}")]
    Setting {
        /// Its name.
        setting: &'static str,
        /// Its value.
        value: f64,
        /// What it must be.
        range: &'static str,
    },
    /// New points have other dimensions than those the model was fitted on.
    #[error("the new points have {given} dimensions, the model was fitted on {wanted}")]
    NewPoints {
        /// Dimensions of the new points.
        given: usize,
        /// Dimensions of the model's points.
        wanted: usize,
    },
    /// An iteration did not reach its tolerance.
    #[error("{what} did not converge: residual {residual:.2e} after {steps} steps")]
    NoConvergence {
        /// What was computed.
        what: &'static str,
        /// The residual it ended with.
        residual: f64,
        /// Steps taken.
        steps: usize,
    },
    /// A coordinate is not a finite number.
    #[error(
        "the coordinates overflow: the values are too far apart, or beyond what the model was fitted to; scale the columns"
    )]
    Overflow,
    /// The work was canceled.
    #[error("canceled")]
    Canceled,
    /// A matrix of distances is not symmetric.
    #[error("the distances between points {i} and {j} differ: {one} one way, {other} the other")]
    Asymmetric {
        /// The first point.
        i: usize,
        /// The second point.
        j: usize,
        /// From the first to the second.
        one: f64,
        /// From the second to the first.
        other: f64,
    },
    /// Two inputs are not of the same number of points.
    #[error("{given} points, labels or lists are given for {wanted} points")]
    Count {
        /// Points, labels or lists given.
        given: usize,
        /// Points they must match.
        wanted: usize,
    },
    /// The graph of real lengths cannot be built.
    #[error(transparent)]
    WeightedGraph(WeightedGraphError),
    /// A model that was not fitted on points cannot place new ones.
    #[error("the model was fitted on distances or a graph: it cannot place new points")]
    NotOnPoints,
    /// The flow distances cannot be computed.
    #[error(transparent)]
    Flow(PairwiseError),
    /// The GPU failed.
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

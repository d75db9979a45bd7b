//! What can go wrong.

/// Why an answer could not be computed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AlgebraError {
    /// None, or more eigenpairs than the matrix has rows.
    #[error("{count} eigenpairs: from 1 to {most} are possible here")]
    Count {
        /// Eigenpairs requested.
        count: usize,
        /// Rows of the matrix.
        most: usize,
    },
    /// An iteration ended without an answer.
    #[error("{what} did not converge: residual {residual:.2e} after {steps} steps")]
    NoConvergence {
        /// What was computed.
        what: &'static str,
        /// How far it was off; NaN if not known.
        residual: f64,
        /// Steps taken; 0 if not known.
        steps: usize,
    },
    /// The matrix of a positive definite system is not.
    #[error("the matrix is not positive definite")]
    NotPositiveDefinite,
    /// The receiver of progress stopped the work.
    #[error("canceled")]
    Canceled,
}

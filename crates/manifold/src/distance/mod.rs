//! Distances between all pairs of n points.

mod error;
mod matrix;
mod nearest;
mod squared;

pub use error::DistanceError;
pub use matrix::DistanceMatrix;
pub use nearest::{NearestLists, WindowLists};
pub use squared::SquaredDistances;

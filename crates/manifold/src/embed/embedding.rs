//! Points in few dimensions.

use super::EmbedError;
use crate::points::PointsError;

/// n points in `dimensions` dimensions.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Embedding {
    dimensions: usize,
    coordinates: Vec<f64>,
}

impl Embedding {
    /// `coordinates` point by point.
    pub(crate) fn new(dimensions: usize, coordinates: Vec<f64>) -> Embedding {
        debug_assert!(dimensions > 0 && coordinates.len().is_multiple_of(dimensions));
        Embedding { dimensions, coordinates }
    }

    /// Coordinates from elsewhere, point by point.
    ///
    /// # Errors
    /// [`PointsError::Shape`] if they are no whole number of points, [`PointsError::NotFinite`] if one is no
    /// finite number.
    pub fn from_coordinates(dimensions: usize, coordinates: Vec<f64>) -> Result<Embedding, EmbedError> {
        if coordinates.is_empty() {
            return Err(PointsError::Empty.into());
        }
        if dimensions == 0 || !coordinates.len().is_multiple_of(dimensions) {
            return Err(PointsError::Shape { values: coordinates.len(), dimensions }.into());
        }
        if let Some(at) = coordinates.iter().position(|x| !x.is_finite()) {
            let (row, column) = (at / dimensions, at % dimensions);
            return Err(PointsError::NotFinite { row, column, value: coordinates[at] }.into());
        }
        Ok(Embedding { dimensions, coordinates })
    }

    /// Number of points.
    #[must_use]
    pub fn n(&self) -> usize {
        self.coordinates.len() / self.dimensions
    }

    /// Coordinates of a point.
    #[must_use]
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// Coordinates of point `i`.
    #[must_use]
    pub fn point(&self, i: usize) -> &[f64] {
        &self.coordinates[i * self.dimensions..(i + 1) * self.dimensions]
    }

    /// All coordinates, point by point.
    #[must_use]
    pub fn coordinates(&self) -> &[f64] {
        &self.coordinates
    }
}

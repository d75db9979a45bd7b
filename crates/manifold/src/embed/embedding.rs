//! Points in few dimensions.

use super::EmbedError;
use crate::checked::{checked, finite};
use crate::points::PointsError;

checked! {
    /// n points in `dimensions` dimensions.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Embedding {
        dimensions: usize,
        coordinates: Vec<f64>,
    }
}

impl Embedding {
    fn is_whole(&self) -> bool {
        self.dimensions > 0
            && !self.coordinates.is_empty()
            && self.coordinates.len().is_multiple_of(self.dimensions)
            && finite(&self.coordinates)
    }

    /// `coordinates` that a method computed, point by point.
    pub(crate) fn computed(dimensions: usize, coordinates: Vec<f64>) -> Result<Embedding, EmbedError> {
        debug_assert!(dimensions > 0 && coordinates.len().is_multiple_of(dimensions));
        if finite(&coordinates) {
            Ok(Embedding { dimensions, coordinates })
        } else {
            Err(EmbedError::Overflow)
        }
    }

    /// No points yet.
    pub(crate) fn empty(dimensions: usize) -> Embedding {
        Embedding { dimensions, coordinates: Vec::new() }
    }

    /// Coordinates from elsewhere, point by point.
    ///
    /// # Errors
    /// [`PointsError::Shape`] if they are not a whole number of points, [`PointsError::NotFinite`] if one is no
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

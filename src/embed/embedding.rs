//! Points in few dimensions.

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

    /// Number of points.
    pub fn n(&self) -> usize {
        self.coordinates.len() / self.dimensions
    }

    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// Coordinates of point `i`.
    pub fn point(&self, i: usize) -> &[f64] {
        &self.coordinates[i * self.dimensions..(i + 1) * self.dimensions]
    }

    /// All coordinates, point by point.
    pub fn coordinates(&self) -> &[f64] {
        &self.coordinates
    }
}

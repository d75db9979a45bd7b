//! What a search finds.

/// For each of n points k neighbors, ascending by distance, then by index; no point is its own.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct NeighborLists {
    k: usize,
    indices: Vec<u32>,
    distances: Vec<f32>,
}

impl NeighborLists {
    /// From n lists of `k` entries each, one after the other, already in order.
    pub(crate) fn new(k: usize, indices: Vec<u32>, distances: Vec<f32>) -> NeighborLists {
        debug_assert!(k > 0 && indices.len() == distances.len() && indices.len().is_multiple_of(k));
        NeighborLists { k, indices, distances }
    }

    /// The same with other lists for some of the points.
    pub(crate) fn with(mut self, rows: &[u32], lists: &NeighborLists) -> NeighborLists {
        for (at, &row) in rows.iter().enumerate() {
            let place = row as usize * self.k..(row as usize + 1) * self.k;
            self.indices[place.clone()].copy_from_slice(lists.indices(at));
            self.distances[place].copy_from_slice(lists.distances(at));
        }
        self
    }

    /// Number of points.
    #[must_use]
    pub fn n(&self) -> usize {
        self.indices.len() / self.k
    }

    /// Neighbors of each point.
    #[must_use]
    pub fn k(&self) -> usize {
        self.k
    }

    /// The neighbors of point `i`.
    #[must_use]
    pub fn indices(&self, i: usize) -> &[u32] {
        &self.indices[i * self.k..(i + 1) * self.k]
    }

    /// Their Euclidean distances.
    #[must_use]
    pub fn distances(&self, i: usize) -> &[f32] {
        &self.distances[i * self.k..(i + 1) * self.k]
    }

    /// All indices, point by point.
    #[must_use]
    pub fn all_indices(&self) -> &[u32] {
        &self.indices
    }

    /// All distances, point by point.
    #[must_use]
    pub fn all_distances(&self) -> &[f32] {
        &self.distances
    }
}

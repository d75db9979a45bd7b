//! Which searches run on the GPU.

use super::{Knn, KnnError, NeighborLists, Search, cuda, tree};
use crate::device::Work;
use crate::points::Points;
use crate::progress::{Counter, Stage};

/// Most neighbors: with those that make room for rounding, 1024 fit a warp's shared memory.
pub(super) const MOST_NEIGHBORS: usize = 992;

/// Most dimensions: sums of squares of values up to 10^16 still fit 32 bits.
pub(super) const MOST_DIMENSIONS: usize = 1 << 17;

impl Knn {
    /// The lists, if this search runs on the GPU.
    pub(super) fn fit_on_gpu(
        &self,
        points: &Points,
        counter: &Counter,
    ) -> Result<Option<NeighborLists>, KnnError> {
        let (n, d) = (points.n() as f64, points.dimensions());
        let operations = match self.search {
            Search::Tree => return self.not_on_gpu("search a tree"),
            Search::Approximate => return self.not_on_gpu("search approximately"),
            // A tree is faster here than a GPU that measures all pairs.
            Search::Auto if d <= tree::MOST => n * n.log2() * d as f64,
            Search::Auto | Search::Exact => n * n * d as f64,
        };
        self.on_gpu(points, None, operations, counter)
    }

    /// Likewise for new points.
    pub(super) fn query_on_gpu(
        &self,
        points: &Points,
        queries: &Points,
        counter: &Counter,
    ) -> Result<Option<NeighborLists>, KnnError> {
        let operations = points.n() as f64 * queries.n() as f64 * points.dimensions() as f64;
        self.on_gpu(points, Some(queries), operations, counter)
    }

    fn on_gpu(
        &self,
        points: &Points,
        queries: Option<&Points>,
        operations: f64,
        counter: &Counter,
    ) -> Result<Option<NeighborLists>, KnnError> {
        if self.k.get() > MOST_NEIGHBORS {
            return self.not_on_gpu("find more than 992 neighbors");
        }
        if points.dimensions() > MOST_DIMENSIONS {
            return self.not_on_gpu("find neighbors in more than 131072 dimensions");
        }
        let values = points.values().len() + queries.map_or(0, |queries| queries.values().len());
        let found = queries.unwrap_or(points).n() * self.k.get();
        let work = Work { operations, bytes: 4.0 * values as f64 + 8.0 * found as f64 };
        let Some(gpu) = self.device.for_work(Stage::NEIGHBOR_SEARCH, work, rayon::current_num_threads())
        else {
            return Ok(None);
        };
        let found = cuda::search(&self.device, &gpu, points, queries, self.k.get(), counter);
        self.device.or_cpu(Stage::NEIGHBOR_SEARCH, "hold a block of the points", found)
    }

    fn not_on_gpu(&self, what: &'static str) -> Result<Option<NeighborLists>, KnnError> {
        self.device.unsupported(Stage::NEIGHBOR_SEARCH, what)?;
        Ok(None)
    }
}

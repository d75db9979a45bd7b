//! The k nearest neighbors of each of n points, by Euclidean distance.
//!
//! ```
//! use std::num::NonZeroUsize;
//! use manifold::knn::Knn;
//! use manifold::points::Points;
//! use manifold::progress::Silent;
//!
//! let line = Points::new(vec![0.0, 1.0, 3.0, 7.0], 1)?;
//! let found = Knn::new(NonZeroUsize::MIN).fit(&line, &Silent)?;
//! assert_eq!(found.indices(3), [2]);
//! assert_eq!(found.distances(3), [4.0]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg_attr(not(feature = "cuda"), path = "cuda_disabled.rs")]
mod cuda;
mod descent;
mod exact;
mod leading;
mod lists;
mod measure;
mod on_gpu;
mod recall;
mod reference;
mod thorough;
mod tree;

use std::num::NonZeroUsize;

use crate::device::{AsMemory, Device, GpuError};
use crate::points::Points;
use crate::progress::{By, Canceled, Counter, Progress, Searched, Stage};

pub(crate) use leading::leading_components;
pub use lists::NeighborLists;
pub(crate) use recall::hits;
pub use recall::{recall, sampled_recall};
pub use reference::reference;

/// The share of true neighbors that is found where none is asked for.
pub const RECALL: f64 = 0.99;

/// How neighbors are looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Search {
    /// What is fastest for the shape of the data: a tree in up to 8 dimensions, else exact while
    /// n² min(d, 256) stays below 2·10^11 (28000 points of 784 dimensions, 63000 of 50), else
    /// approximate, with more effort, or exact in the end, until a sample shows that the share of
    /// [`Knn::recall`] is found. If the device has a GPU that is worth it, exact there, whatever n; a GPU that was
    /// requested by name also takes few dimensions.
    #[default]
    Auto,
    /// Every pair is measured, or provably too far apart: on the GPU, if the device has one that is worth it,
    /// with the same bits.
    Exact,
    /// By a k-d tree, exactly: few dimensions (at most 8).
    Tree,
    /// By nearest-neighbor descent, with more effort while a sample shows that fewer are found than
    /// [`Knn::recall`] says. What it reaches is told in [`Progress::searched`].
    Approximate,
}

/// Settings of the search.
#[derive(Clone, Debug, PartialEq)]
pub struct Knn {
    k: NonZeroUsize,
    search: Search,
    seed: u64,
    recall: f64,
    device: Device,
}

/// Why there are no neighbors.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum KnnError {
    /// There are fewer points than neighbors requested.
    #[error("{points} points cannot have {k} neighbors each: ask for {} or fewer", points.saturating_sub(1))]
    TooFew {
        /// Points given.
        points: usize,
        /// Neighbors requested of each.
        k: usize,
    },
    /// A k-d tree was requested for too many dimensions.
    #[error("{dimensions} dimensions are too many for a k-d tree: at most {most}")]
    Tree {
        /// Dimensions of the points.
        dimensions: usize,
        /// The most it takes.
        most: usize,
    },
    /// The queries have other dimensions than the points.
    #[error("the new points have {given} dimensions, the old ones {wanted}")]
    Dimensions {
        /// Dimensions of the queries.
        given: usize,
        /// Dimensions of the points.
        wanted: usize,
    },
    /// The share of neighbors to be found is none.
    #[error("{share} is no share of neighbors to find: it lies above 0, and is at most 1")]
    Recall {
        /// The share.
        share: f64,
    },
    /// The GPU failed.
    #[error(transparent)]
    Gpu(#[from] GpuError),
    /// The work was canceled.
    #[error("canceled")]
    Canceled,
}

impl AsMemory for KnnError {
    fn is_memory(&self) -> bool {
        matches!(self, KnnError::Gpu(error) if error.is_memory())
    }
}

impl From<Canceled> for KnnError {
    fn from(_: Canceled) -> KnnError {
        KnnError::Canceled
    }
}

/// Steps of products up to which [`Search::Auto`] is exact, some seconds of them on two cores: 28000
/// points of 256 dimensions or more (along 64 of which most pairs are decided), 63000 of 50.
const MOST_EXACT: f64 = 2e11;

fn work(n: usize, d: usize) -> f64 {
    (n as f64).powi(2) * d.min(4 * exact::FEW) as f64
}

impl Knn {
    /// `k` neighbors of each point; [`Search::Auto`], at least .99 of the true ones ([`RECALL`]), seed 0, on the CPU.
    #[must_use]
    pub fn new(k: NonZeroUsize) -> Knn {
        Knn { k, search: Search::default(), seed: 0, recall: RECALL, device: Device::cpu() }
    }

    /// How to search.
    #[must_use]
    pub fn search(self, search: Search) -> Knn {
        Knn { search, ..self }
    }

    /// Seed of the approximate search; the others need none.
    #[must_use]
    pub fn seed(self, seed: u64) -> Knn {
        Knn { seed, ..self }
    }

    /// The least share of the true neighbors, or of others equally near, that is found of all points, and of those that no
    /// other names: above 0 and at most 1.
    #[must_use]
    pub fn recall(self, recall: f64) -> Knn {
        Knn { recall, ..self }
    }

    /// Where to search. A GPU searches exactly, for up to 992 neighbors in up to 131072 dimensions.
    #[must_use]
    pub fn device(self, device: Device) -> Knn {
        Knn { device, ..self }
    }

    /// The `k` nearest others of each of the points.
    pub fn fit(&self, points: &Points, progress: &dyn Progress) -> Result<NeighborLists, KnnError> {
        let (n, d, k) = (points.n(), points.dimensions(), self.k.get());
        if n <= k {
            return Err(KnnError::TooFew { points: n, k });
        }
        // Written so that NaN is refused as well.
        if !(self.recall > 0.0 && self.recall <= 1.0) {
            return Err(KnnError::Recall { share: self.recall });
        }
        let counter = Counter::new(progress, Stage::NEIGHBORS, n);
        let by = match self.search {
            Search::Tree => By::Tree,
            Search::Auto if d <= tree::MOST => By::Tree,
            Search::Approximate => By::Approximate,
            Search::Auto if work(n, d) > MOST_EXACT => By::Approximate,
            Search::Exact | Search::Auto => By::Exact,
        };
        let (lists, searched) = match self.fit_on_gpu(points, &counter)? {
            Some(lists) => (lists, Searched::exactly(By::Exact, self.recall)),
            None => self.fit_on_cpu(points, by, &counter)?,
        };
        progress.searched(&searched);
        Ok(lists)
    }

    fn fit_on_cpu(
        &self,
        points: &Points,
        by: By,
        counter: &Counter,
    ) -> Result<(NeighborLists, Searched), KnnError> {
        let k = self.k.get();
        let lists = match by {
            By::Tree => tree::fit(points, k, counter)?,
            By::Exact => exact::fit(points, k, counter)?,
            By::Approximate => {
                let or_exact = self.search == Search::Auto;
                let wanted = thorough::Wanted { points, k, seed: self.seed, least: self.recall, or_exact };
                return wanted.fit(counter);
            }
        };
        Ok((lists, Searched::exactly(by, self.recall)))
    }

    /// The `k` points of `points` nearest to each of `queries`, exactly; a query that equals a
    /// point has it as a neighbor at distance 0.
    pub fn query(
        &self,
        points: &Points,
        queries: &Points,
        progress: &dyn Progress,
    ) -> Result<NeighborLists, KnnError> {
        if points.dimensions() != queries.dimensions() {
            return Err(KnnError::Dimensions { given: queries.dimensions(), wanted: points.dimensions() });
        }
        if points.n() < self.k.get() {
            return Err(KnnError::TooFew { points: points.n() + 1, k: self.k.get() });
        }
        let counter = Counter::new(progress, Stage::NEIGHBORS, queries.n());
        match self.query_on_gpu(points, queries, &counter)? {
            Some(lists) => Ok(lists),
            None => exact::query(points, queries, self.k.get(), &counter),
        }
    }
}

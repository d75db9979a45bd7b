//! What is on the GPU at a time.

/// Queries of a tile, and points of one: see `knn_keys` in `cuda/knn.cu`.
pub(crate) const TILE: usize = 128;

/// Most queries of a batch, and points whose keys are held for them: a gigabyte of keys, and
/// enough tiles to fill the largest cards.
pub(crate) const MOST_QUERIES: usize = 4096;
const MOST_COLUMNS: usize = 65536;

/// Sizes of a search.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes {
    pub points: usize,
    /// Numbers of a row, and of a centered row with its zeros.
    pub dimensions: usize,
    pub width: usize,
    pub k: usize,
    /// Entries of a shortlist.
    pub most: usize,
    /// The queries are the points.
    pub own: bool,
}

/// How the search is divided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Plan {
    /// Points on the GPU at a time; all of them stay there, fewer are uploaded for each batch.
    pub block: usize,
    /// Points whose keys are held at a time, a multiple of the tile.
    pub columns: usize,
    /// Bytes that all batches share, and those of each query.
    pub fixed: u64,
    pub each: u64,
}

impl Sizes {
    /// Bytes of a row: as given, centered, and its weight.
    fn row(&self) -> u64 {
        4 * (self.dimensions + self.width + 1) as u64
    }

    /// Bytes of a query besides its keys: its row, its shortlist with squares, what is found, and the proof.
    fn query(&self, uploaded: bool) -> u64 {
        let row = if uploaded { self.row() } else { 0 };
        row + 16 * self.most as u64 + 8 * self.k as u64 + 4
    }

    /// All points at a time if a batch of one tile fits beside them, else blocks of half the memory.
    pub(crate) fn plan(&self, limit: u64) -> Plan {
        let mean = 8 * self.dimensions as u64;
        let tile = TILE as u64 * (self.query(!self.own) + 4 * TILE as u64);
        let whole = mean + self.points as u64 * self.row() + tile <= limit;
        let block = match whole {
            true => self.points,
            false => {
                let half = (limit / 2 / self.row()) as usize;
                // Whole tiles, if there is room for one.
                let points = if half < TILE { half } else { half / TILE * TILE };
                points.clamp(1, self.points)
            }
        };
        let fixed = mean + block as u64 * self.row();
        // Half of what is left is for the keys of a batch of one tile.
        let room = limit.saturating_sub(fixed) / 2 / (4 * TILE as u64);
        let columns =
            (room as usize / TILE * TILE).clamp(TILE, MOST_COLUMNS.min(block.next_multiple_of(TILE)));
        Plan { block, columns, fixed, each: self.query(!(whole && self.own)) + 4 * columns as u64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: Sizes = Sizes { points: 60000, dimensions: 784, width: 784, k: 15, most: 47, own: true };

    #[test]
    fn all_points_stay_where_they_fit() {
        let plan = SIZES.plan(8 << 30);
        assert_eq!((plan.block, plan.columns), (60000, 60032));
        assert!(plan.fixed + MOST_QUERIES as u64 * plan.each < 8 << 30);
    }

    #[test]
    fn blocks_fit_less_memory_with_a_tile_of_queries() {
        for limit in [8u64 << 20, 64 << 20, 256 << 20] {
            let plan = SIZES.plan(limit);
            assert!(plan.block < 60000 && plan.block.is_multiple_of(TILE));
            assert!(plan.fixed + TILE as u64 * plan.each <= limit, "{limit}: {plan:?}");
        }
    }
}

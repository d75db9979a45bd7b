//! The memory of methods that hold a number for each pair of rows: estimated before they start.

use std::path::Path;

use anyhow::{Result, ensure};

use crate::cli::table::Limit;

/// What the program takes besides: itself, its threads, the coordinates.
const PROGRAM: u64 = 72 << 20;
const MIB: u64 = 1 << 20;

/// What a method takes whose memory grows with the square of the rows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pairwise {
    /// Bytes for each pair of rows, both directions counted: n² of them.
    pub(crate) each: u64,
    /// Bytes that grow with the rows alone.
    pub(crate) more: u64,
    /// What to give instead of more memory.
    pub(crate) instead: &'static str,
}

impl Pairwise {
    /// Dense eigenvectors are computed where there are few rows or many dimensions.
    pub(crate) fn with_eigenvectors(self, n: usize, dims: usize) -> Pairwise {
        /// Bytes per pair that the decomposition takes: vectors, and what it works in.
        const DENSE: u64 = 32;
        let dense = dims.saturating_mul(8) > n;
        Pairwise { each: self.each + if dense { DENSE } else { 0 }, ..self }
    }

    fn bytes(self, n: usize) -> u64 {
        let n = n as u64;
        n.saturating_mul(n).saturating_mul(self.each).saturating_add(self.more).saturating_add(PROGRAM)
    }

    /// Refuses to take more than the limit for `n` rows of the table at `path`.
    pub(crate) fn check(self, path: &Path, n: usize, limit: Limit) -> Result<()> {
        let needed = self.bytes(n);
        ensure!(
            needed <= limit.0,
            "{}: this method holds all pairs of {n} rows, {} MiB, and --memory allows {} MiB: give --memory {}MiB, {}fewer rows",
            path.display(),
            needed.div_ceil(MIB),
            limit.0 / MIB,
            needed.div_ceil(MIB),
            self.instead
        );
        Ok(())
    }
}

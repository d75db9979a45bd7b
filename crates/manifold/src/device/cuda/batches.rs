//! Work in batches that fit the memory; if it still runs out, half as much at a time.

use std::ops::Range;

use super::Gpu;
use crate::device::{AsMemory, GpuError};

/// Batches of the items 0 .. n.
#[derive(Clone, Copy, Debug)]
pub struct Batches {
    /// What is done, for errors.
    pub what: &'static str,
    /// Pieces of work.
    pub items: usize,
    /// Bytes that all batches share, and bytes of each item.
    pub fixed: u64,
    /// Bytes that each piece takes.
    pub each: u64,
    /// Most items of a batch.
    pub most: usize,
}

impl Gpu {
    /// Calls `batch` for one range of items after the other. If it reports that memory ran out, it is
    /// called again with the first half of the range, and all later ranges are that short. Returns
    /// the length of the shortest batch if any had to be halved.
    ///
    /// # Errors
    /// [`GpuError::Memory`] if a single item does not fit, and what `batch` fails with otherwise.
    pub fn in_batches<E: From<GpuError> + AsMemory>(
        &self,
        batches: Batches,
        mut batch: impl FnMut(Range<usize>) -> Result<(), E>,
    ) -> Result<Option<usize>, E> {
        let Batches { what, items, fixed, each, most } = batches;
        let limit = self.limit();
        let short = || E::from(GpuError::Memory { what, needed: fixed + each, limit });
        if fixed + each > limit {
            return Err(short());
        }
        let mut length = (((limit - fixed) / each.max(1)) as usize).clamp(1, most.max(1));
        let (mut start, mut halved) = (0, None);
        while start < items {
            let range = start..(start + length).min(items);
            match batch(range.clone()) {
                Ok(()) => start = range.end,
                Err(error) if error.is_memory() && range.len() > 1 => {
                    length = range.len() / 2;
                    halved = Some(length);
                }
                Err(error) if error.is_memory() => return Err(short()),
                Err(error) => return Err(error),
            }
        }
        Ok(halved)
    }
}

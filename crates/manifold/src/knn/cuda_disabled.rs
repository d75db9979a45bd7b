//! The twin of `cuda/` in builds without the `cuda` feature.

use super::{KnnError, NeighborLists};
use crate::device::{Device, Gpu};
use crate::points::Points;
use crate::progress::Counter;

/// Never called: there is no [`Gpu`].
pub(super) fn search(
    _device: &Device,
    gpu: &Gpu,
    _points: &Points,
    _queries: Option<&Points>,
    _k: usize,
    _counter: &Counter,
) -> Result<NeighborLists, KnnError> {
    match *gpu {}
}

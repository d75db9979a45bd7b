//! The twin of `cuda.rs` in builds without the `cuda` feature.

use super::SharedDistances;
use manifold::device::{AsMemory, Gpu, GpuError};
use manifold::distance::NearestLists;

/// Most neighbors.
pub const MOST_NEAREST: usize = 32;

/// Never called: there is no [`Gpu`].
pub fn nearest<E: From<GpuError> + AsMemory>(
    gpu: &Gpu,
    _: &SharedDistances<'_>,
    _: (usize, f64),
    _: impl FnMut(NearestLists) -> Result<(), E>,
) -> Result<Option<usize>, E> {
    match *gpu {}
}

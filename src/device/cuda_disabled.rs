//! The twin of `cuda.rs` in builds without the `cuda` feature.

use super::{CudaDevice, CudaUnavailable};

/// Always [`CudaUnavailable::NotBuilt`].
pub fn cuda_devices() -> Result<Vec<CudaDevice>, CudaUnavailable> {
    Err(CudaUnavailable::NotBuilt)
}

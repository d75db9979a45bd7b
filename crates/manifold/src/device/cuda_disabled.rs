//! The twin of `cuda/` in builds without the `cuda` feature: there is never a [`Gpu`].

use std::fmt;

use super::{CudaDevice, CudaUnavailable, GpuError};

/// No value of this type exists.
#[derive(Debug)]
pub enum Gpu {}

/// Always [`CudaUnavailable::NotBuilt`].
pub fn cuda_devices() -> Result<Vec<CudaDevice>, CudaUnavailable> {
    Err(CudaUnavailable::NotBuilt)
}

impl Gpu {
    /// Always [`CudaUnavailable::NotBuilt`].
    pub fn open(_ordinal: usize, _memory: Option<u64>) -> Result<Gpu, GpuError> {
        Err(CudaUnavailable::NotBuilt.into())
    }

    /// The device that is open.
    #[must_use]
    pub fn device(&self) -> &CudaDevice {
        match *self {}
    }

    /// Bytes of device memory that may be used.
    #[must_use]
    pub fn limit(&self) -> u64 {
        match *self {}
    }
}

impl fmt::Display for Gpu {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

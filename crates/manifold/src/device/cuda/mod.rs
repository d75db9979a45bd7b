//! CUDA through cudarc, which loads the driver's library on first use.

mod batches;
mod gpu;
mod kernels;
mod pinned;

use cudarc::driver::result::{self, DriverError, device};
use cudarc::driver::sys::{self, CUdevice_attribute, CUresult};

use super::{CudaDevice, CudaUnavailable};

pub use batches::Batches;
pub use gpu::Gpu;
pub use gpu::{at, grid};
pub use kernels::Kernels;
pub use pinned::Pinned;

/// What the kernels' PTX (version 8.0) asks of the driver: CUDA 12.0.
const NEEDED_DRIVER: i32 = 12000;

/// The CUDA devices of this machine; at least one, or the reason why there is none.
pub fn cuda_devices() -> Result<Vec<CudaDevice>, CudaUnavailable> {
    // SAFETY: looks for the library and loads it; nothing in it is called. Without this check
    // cudarc panics where there is no driver.
    if !unsafe { sys::is_culib_present() } {
        return Err(CudaUnavailable::NoDriver);
    }
    result::init().map_err(unavailable)?;
    let mut found = 0;
    // SAFETY: the driver is initialized, and writes one number.
    unsafe { sys::cuDriverGetVersion(&mut found) }.result().map_err(unavailable)?;
    if found < NEEDED_DRIVER {
        return Err(CudaUnavailable::DriverTooOld { found: found as u32, needed: NEEDED_DRIVER as u32 });
    }
    let count = device::get_count().map_err(unavailable)?;
    if count == 0 {
        return Err(CudaUnavailable::NoDevice);
    }
    (0..count).map(|ordinal| describe(ordinal).map_err(unavailable)).collect()
}

fn describe(ordinal: i32) -> Result<CudaDevice, DriverError> {
    let handle = device::get(ordinal)?;
    // SAFETY: the handle comes from the driver, which is initialized.
    let attribute = |which| unsafe { device::get_attribute(handle, which) }.map(|value| value as u32);
    // SAFETY: likewise.
    let memory = unsafe { device::total_mem(handle) }? as u64;
    Ok(CudaDevice {
        ordinal: ordinal as usize,
        name: device::get_name(handle)?,
        memory,
        capability: (
            attribute(CUdevice_attribute::CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)?,
            attribute(CUdevice_attribute::CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR)?,
        ),
        multiprocessors: attribute(CUdevice_attribute::CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT)?,
    })
}

fn unavailable(error: DriverError) -> CudaUnavailable {
    match error.0 {
        CUresult::CUDA_ERROR_NO_DEVICE => CudaUnavailable::NoDevice,
        CUresult::CUDA_ERROR_STUB_LIBRARY => CudaUnavailable::NoDriver,
        CUresult::CUDA_ERROR_SYSTEM_DRIVER_MISMATCH => {
            CudaUnavailable::Driver { message: "its library and its kernel module differ".to_owned() }
        }
        code => CudaUnavailable::Driver { message: format!("{code:?}") },
    }
}

//! CUDA through cudarc, which loads the driver's library when it is first asked for.

use cudarc::driver::result::{self, DriverError, device};
use cudarc::driver::sys::{self, CUresult};

use super::{CudaDevice, CudaUnavailable};

/// The CUDA devices of this machine; at least one, or the reason why there is none.
pub fn cuda_devices() -> Result<Vec<CudaDevice>, CudaUnavailable> {
    // SAFETY: looks for the library and loads it; nothing is called in it. Without this question
    // cudarc panics where there is no driver.
    if !unsafe { sys::is_culib_present() } {
        return Err(CudaUnavailable::NoDriver);
    }
    result::init().map_err(unavailable)?;
    let count = device::get_count().map_err(unavailable)?;
    if count == 0 {
        return Err(CudaUnavailable::NoDevice);
    }
    (0..count).map(|ordinal| describe(ordinal).map_err(unavailable)).collect()
}

fn describe(ordinal: i32) -> Result<CudaDevice, DriverError> {
    let handle = device::get(ordinal)?;
    // SAFETY: the handle comes from the driver, which is initialised.
    let memory = unsafe { device::total_mem(handle) }? as u64;
    Ok(CudaDevice { ordinal: ordinal as usize, name: device::get_name(handle)?, memory })
}

fn unavailable(error: DriverError) -> CudaUnavailable {
    match error.0 {
        CUresult::CUDA_ERROR_NO_DEVICE => CudaUnavailable::NoDevice,
        code => CudaUnavailable::Driver { message: format!("{code:?}") },
    }
}

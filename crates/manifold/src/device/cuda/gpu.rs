//! An open GPU: its context, its queue of work, its kernels.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use cudarc::driver::sys::CUresult;
use cudarc::driver::{
    CudaContext, CudaFunction, CudaModule, CudaSlice, CudaStream, DeviceRepr, DriverError, LaunchConfig,
    ValidAsZeroBits,
};
use cudarc::nvrtc::Ptx;

use super::kernels::Kernels;
use super::{CudaDevice, cuda_devices};
use crate::device::GpuError;

/// Default share of the free memory that is used: the display and other programs
/// ask for more now and then.
const SHARE: f64 = 0.9;

/// A GPU with a context of its own. Work is done in the order it is submitted.
pub struct Gpu {
    device: CudaDevice,
    limit: u64,
    stream: Arc<CudaStream>,
    loaded: Mutex<Loaded>,
}

/// What was loaded so far: modules by the address of their PTX, kernels by name.
#[derive(Default)]
struct Loaded {
    modules: HashMap<*const u8, Arc<CudaModule>>,
    functions: HashMap<&'static str, CudaFunction>,
}

// SAFETY: the pointers are only compared; what they point to is the program's own text.
unsafe impl Send for Loaded {}

impl Gpu {
    /// Opens the GPU of this number. `memory`: bytes of device memory to use at most; `None` for most
    /// of what is free.
    pub fn open(ordinal: usize, memory: Option<u64>) -> Result<Gpu, GpuError> {
        let devices = cuda_devices()?;
        let count = devices.len();
        let Some(device) = devices.into_iter().nth(ordinal) else {
            return Err(GpuError::NoSuchDevice { ordinal, devices: count });
        };
        if !device.is_usable() {
            return Err(GpuError::TooOld { name: device.name, capability: device.capability });
        }
        let context = CudaContext::new(ordinal).map_err(at("opening it"))?;
        let (free, _) = context.mem_get_info().map_err(at("asking for its memory"))?;
        let limit = memory.unwrap_or((free as f64 * SHARE) as u64);
        Ok(Gpu { device, limit, stream: context.default_stream(), loaded: Mutex::default() })
    }

    /// The device that is open.
    pub fn device(&self) -> &CudaDevice {
        &self.device
    }

    /// Bytes of device memory that may be used.
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// The queue that all work goes to.
    pub fn stream(&self) -> &Arc<CudaStream> {
        &self.stream
    }

    /// A kernel by its name in `kernels`; the driver compiles all of these when the first is requested.
    pub fn function(&self, kernels: &Kernels, name: &'static str) -> Result<CudaFunction, GpuError> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(function) = loaded.functions.get(name) {
            return Ok(function.clone());
        }
        let ptx = kernels.for_capability(self.device.capability);
        let module = match loaded.modules.entry(ptx.as_ptr()) {
            Entry::Occupied(module) => module.into_mut(),
            Entry::Vacant(room) => {
                let module = self.stream.context().load_module(Ptx::from_src(ptx));
                room.insert(module.map_err(at("loading a kernel"))?)
            }
        };
        let function = module.load_function(name).map_err(at("loading a kernel"))?;
        loaded.functions.insert(name, function.clone());
        Ok(function)
    }

    /// A copy of `values` on the GPU.
    pub fn upload<T: DeviceRepr>(&self, values: &[T]) -> Result<CudaSlice<T>, GpuError> {
        self.stream.clone_htod(values).map_err(at("copying to it"))
    }

    /// Room for `count` values, all zero.
    pub fn zeros<T: DeviceRepr + ValidAsZeroBits>(&self, count: usize) -> Result<CudaSlice<T>, GpuError> {
        // The driver refuses empty allocations.
        self.stream.alloc_zeros(count.max(1)).map_err(at("taking memory"))
    }

    /// A copy of `values` in this machine's memory, once all work before is done.
    pub fn download<T: DeviceRepr>(&self, values: &CudaSlice<T>) -> Result<Vec<T>, GpuError> {
        let copy = self.stream.clone_dtoh(values).map_err(at("copying from it"))?;
        self.finish()?;
        Ok(copy)
    }

    /// Waits until all work is done; an error in a kernel surfaces here.
    pub fn finish(&self) -> Result<(), GpuError> {
        self.stream.synchronize().map_err(at("running a kernel"))
    }
}

/// An error from the driver, with what was being done.
pub fn at(what: &'static str) -> impl Fn(DriverError) -> GpuError {
    move |error| match error.0 {
        // What the batches are halved for.
        CUresult::CUDA_ERROR_OUT_OF_MEMORY => GpuError::Memory { what, needed: 0, limit: 0 },
        code => GpuError::Driver { what, message: format!("{code:?}") },
    }
}

/// A grid of blocks and the threads of each.
#[must_use]
pub fn grid(blocks: (usize, usize, usize), threads: usize, shared: usize) -> LaunchConfig {
    LaunchConfig {
        grid_dim: (blocks.0 as u32, blocks.1 as u32, blocks.2 as u32),
        block_dim: (threads as u32, 1, 1),
        shared_mem_bytes: shared as u32,
    }
}

impl fmt::Display for Gpu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cuda:{} ({})", self.device.ordinal, self.device.name)
    }
}

impl fmt::Debug for Gpu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gpu")
            .field("device", &self.device)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

//! Why a GPU cannot be used, and what goes wrong on one.

/// Why no CUDA device can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CudaUnavailable {
    /// There is no driver.
    #[error("there is no NVIDIA driver (libcuda): install the driver of the card")]
    NoDriver,
    /// The driver is too old.
    #[error(
        "the NVIDIA driver is too old (it supports CUDA {}.{}; {}.{} is needed): update it to 525 or later",
        found / 1000, found % 1000 / 10, needed / 1000, needed % 1000 / 10
    )]
    DriverTooOld {
        /// 1000 times the major version plus ten times the minor, as the driver reports it.
        found: u32,
        /// The version needed, in the same form.
        needed: u32,
    },
    /// The driver shows no device.
    #[error("the NVIDIA driver finds no device: check that the card is visible to this user or container")]
    NoDevice,
    /// The driver does not work.
    #[error("the NVIDIA driver failed ({message}): update it or restart the machine")]
    Driver {
        /// What it says.
        message: String,
    },
    /// There is one, but not for this program.
    #[error("{message}")]
    Unusable {
        /// Why.
        message: String,
    },
    /// The feature `cuda` is off.
    #[error("seethru was built without the cuda feature: build it with --features cuda")]
    NotBuilt,
}

/// Why work on a GPU was not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GpuError {
    /// There is no usable GPU.
    #[error(transparent)]
    Unavailable(#[from] CudaUnavailable),
    /// There is no device of this number.
    #[error("there is no device cuda:{ordinal}: the driver shows {devices}, numbered from 0")]
    NoSuchDevice {
        /// The number.
        ordinal: usize,
        /// Devices there are.
        devices: usize,
    },
    /// The device is too old for the kernels.
    #[error(
        "{name} has compute capability {}.{}: 7.5 (Turing) or later is needed, use the CPU",
        capability.0, capability.1
    )]
    TooOld {
        /// Its name.
        name: String,
        /// Its compute capability, major and minor.
        capability: (u32, u32),
    },
    /// `needed` is 0 if the driver ran out of memory and does not say how much it needed.
    #[error("{}", short_of_memory(what, *needed, *limit))]
    Memory {
        /// What needs the memory.
        what: &'static str,
        /// Bytes needed.
        needed: u64,
        /// Bytes that may be used.
        limit: u64,
    },
    /// A GPU requested by name cannot do this.
    #[error("the GPU cannot {what}: use the CPU")]
    Unsupported {
        /// What it cannot do.
        what: &'static str,
    },
    /// The driver reported an error.
    #[error("the GPU failed at {what}: {message}")]
    Driver {
        /// What it was doing.
        what: &'static str,
        /// What it says.
        message: String,
    },
}

fn short_of_memory(what: &str, needed: u64, limit: u64) -> String {
    match needed {
        0 => {
            format!("{what}: the device memory ran out, other programs may use it: free some, or use the CPU")
        }
        _ if needed <= limit => format!(
            "{what} needs {needed} bytes of device memory and less is free: \
             stop other programs that use it, or use the CPU"
        ),
        _ => format!(
            "{what} needs {needed} bytes of device memory, {limit} may be used: allow more, or use the CPU"
        ),
    }
}

/// An error that may mean that device memory ran out; the work is then done in smaller pieces.
pub trait AsMemory {
    /// Whether it does.
    fn is_memory(&self) -> bool;
}

impl AsMemory for GpuError {
    fn is_memory(&self) -> bool {
        matches!(self, GpuError::Memory { .. })
    }
}

//! Why there is no GPU, and what goes wrong on one.

/// Why no CUDA device can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CudaUnavailable {
    #[error("there is no NVIDIA driver (libcuda): install the driver of the card")]
    NoDriver,
    #[error(
        "the NVIDIA driver is too old (it knows CUDA {}.{}; {}.{} is needed): update it to 525 or later",
        found / 1000, found % 1000 / 10, needed / 1000, needed % 1000 / 10
    )]
    DriverTooOld {
        /// 1000 times the major version plus ten times the minor, as the driver reports it.
        found: u32,
        needed: u32,
    },
    #[error("the NVIDIA driver finds no device: check that the card is visible to this user or container")]
    NoDevice,
    #[error("the NVIDIA driver failed ({message}): update it or restart the machine")]
    Driver { message: String },
    /// There is one, but not for this program.
    #[error("{message}")]
    Unusable { message: String },
    #[error("seethru was built without the cuda feature: build it with --features cuda")]
    NotBuilt,
}

/// Why work on a GPU was not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GpuError {
    #[error(transparent)]
    Unavailable(#[from] CudaUnavailable),
    #[error("there is no device cuda:{ordinal}: the driver shows {devices}, numbered from 0")]
    NoSuchDevice { ordinal: usize, devices: usize },
    #[error(
        "{name} has compute capability {}.{}: 7.5 (Turing) or later is needed, use the CPU",
        capability.0, capability.1
    )]
    TooOld { name: String, capability: (u32, u32) },
    /// `needed` is 0 if the driver ran out of memory and does not say how much it needed.
    #[error("{}", short_of_memory(what, *needed, *limit))]
    Memory { what: &'static str, needed: u64, limit: u64 },
    #[error("the GPU cannot {what}: use the CPU")]
    Unsupported { what: &'static str },
    #[error("the GPU failed at {what}: {message}")]
    Driver { what: &'static str, message: String },
}

fn short_of_memory(what: &str, needed: u64, limit: u64) -> String {
    match needed {
        0 => {
            format!("{what}: the device memory ran out, other programs may use it: free some, or use the CPU")
        }
        _ => format!(
            "{what} needs {needed} bytes of device memory, {limit} may be used: allow more, or use the CPU"
        ),
    }
}

/// An error that may mean that device memory ran out; the work is then done in smaller pieces.
pub trait AsMemory {
    fn is_memory(&self) -> bool;
}

impl AsMemory for GpuError {
    fn is_memory(&self) -> bool {
        matches!(self, GpuError::Memory { .. })
    }
}

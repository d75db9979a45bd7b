//! What can be computed on: the CUDA devices of this machine, or why there are none.
//!
//! The driver is looked for at run time, so one binary serves machines with and without it. All
//! stages run on the CPU so far.
//!
//! ```
//! match seethru::device::cuda_devices() {
//!     Ok(devices) => println!("{}", devices[0].name),
//!     Err(why) => println!("no GPU: {why}"),
//! }
//! ```

#[cfg_attr(not(feature = "cuda"), path = "cuda_disabled.rs")]
mod cuda;

pub use cuda::cuda_devices;

/// A GPU that CUDA can reach.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct CudaDevice {
    /// Its number, from 0, in the driver's order.
    pub ordinal: usize,
    pub name: String,
    /// Bytes of device memory.
    pub memory: u64,
}

/// Why no CUDA device can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CudaUnavailable {
    #[error("there is no NVIDIA driver (libcuda): install the driver of the card")]
    NoDriver,
    #[error("the NVIDIA driver finds no device: check that the card is visible to this user or container")]
    NoDevice,
    #[error("the NVIDIA driver fails ({message}): update it or restart the machine")]
    Driver { message: String },
    #[error("seethru was built without the cuda feature: build it with --features cuda")]
    NotBuilt,
}

//! Memory of this machine that the GPU copies from by itself, while both do other work.

use cudarc::driver::{CudaSlice, DeviceRepr, PinnedHostSlice, ValidAsZeroBits};

use super::{Gpu, at};
use crate::device::GpuError;

/// Page-locked memory that is filled and copied again and again; it is taken when first needed.
#[derive(Debug)]
pub struct Pinned<T> {
    room: Option<PinnedHostSlice<T>>,
}

impl<T> Default for Pinned<T> {
    fn default() -> Self {
        Pinned { room: None }
    }
}

impl<T: DeviceRepr + ValidAsZeroBits> Pinned<T> {
    /// Lets `fill` write `count` values, and starts to copy them to the GPU. Waits until the copy before is done.
    /// The buffer returned has room for the most values there ever were; those beyond `count` mean nothing.
    pub fn upload(
        &mut self,
        gpu: &Gpu,
        count: usize,
        fill: impl FnOnce(&mut [T]),
    ) -> Result<CudaSlice<T>, GpuError> {
        let room = match self.room.take().filter(|room| room.len() >= count) {
            Some(room) => self.room.insert(room),
            None => {
                // SAFETY: any bits are a value of these types, and what is used of them is filled below.
                let room = unsafe { gpu.stream().context().alloc_pinned::<T>(count.max(1)) };
                self.room.insert(room.map_err(at("taking page-locked memory"))?)
            }
        };
        fill(&mut room.as_mut_slice().map_err(at("copying to it"))?[..count]);
        gpu.stream().clone_htod(&*room).map_err(at("copying to it"))
    }
}

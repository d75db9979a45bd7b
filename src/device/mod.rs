//! What is computed on: the CPU, or a GPU that CUDA reaches.
//!
//! The driver is looked for at run time, so one binary serves machines with and without it. Stages
//! that have a way for the GPU take a [`Device`] and ask it [for their work](Device::for_work); the
//! others run on the CPU. What the GPU computes is held to the CPU's answers: bit for bit where
//! they are exact, else within what the kernel's header in `cuda/` states.
//!
//! ```
//! use seethru::device::{Device, cuda_devices};
//!
//! match cuda_devices() {
//!     Ok(devices) => println!("{}", devices[0].name),
//!     Err(why) => println!("no GPU: {why}"),
//! }
//! let device = Device::auto(None); // the first GPU where the work is worth it, else the CPU
//! # let _ = device;
//! ```

#[cfg_attr(not(feature = "cuda"), path = "cuda_disabled.rs")]
pub(crate) mod cuda;
mod error;
mod notes;

use std::sync::Arc;

pub use cuda::{Gpu, cuda_devices};
pub use error::{AsMemory, CudaUnavailable, GpuError};
pub use notes::Note;

use notes::Notes;

/// A GPU that CUDA can reach.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct CudaDevice {
    /// Its number, from 0, in the driver's order.
    pub ordinal: usize,
    pub name: String,
    /// Bytes of device memory.
    pub memory: u64,
    /// Compute capability, major and minor.
    pub capability: (u32, u32),
    /// Multiprocessors.
    pub multiprocessors: u32,
}

/// What a stage would compute, for [`Device::for_work`] to weigh.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Work {
    /// Multiplications with an addition, or what takes as long.
    pub operations: f64,
    /// Bytes to and from the GPU.
    pub bytes: f64,
}

/// What stages compute on. Clones share their [notes](Device::notes).
#[derive(Clone, Debug, Default)]
pub struct Device {
    gpu: Option<Arc<Gpu>>,
    /// The GPU was asked for by name: everything that can run on it does.
    asked: bool,
    /// Why there is no GPU, though one would have been taken.
    missing: Option<CudaUnavailable>,
    notes: Notes,
}

/// Rates that [`Device::auto`] weighs with, on the careful side: operations of one core (a quarter of
/// what AVX2 does at 3 GHz) and of a GPU (a tenth of what a card of 2020 does), bytes through PCI Express 3,
/// and what a context and the driver's compiler take once.
const CORE_RATE: f64 = 1e10;
const GPU_RATE: f64 = 1e12;
const LINK_RATE: f64 = 1e10;
const START_SECONDS: f64 = 0.3;

impl Device {
    /// The CPU.
    pub fn cpu() -> Device {
        Device::default()
    }

    /// The first GPU for stages whose work is worth the transfer, or the CPU where there is none.
    /// `memory`: bytes of device memory to use at most; `None` for most of what is free.
    pub fn auto(memory: Option<u64>) -> Device {
        match Gpu::open(0, memory) {
            Ok(gpu) => Device { gpu: Some(Arc::new(gpu)), ..Device::default() },
            Err(GpuError::Unavailable(why)) => Device { missing: Some(why), ..Device::default() },
            Err(other) => Device {
                missing: Some(CudaUnavailable::Driver { message: other.to_string() }),
                ..Device::default()
            },
        }
    }

    /// The GPU of this number for every stage that can run on it.
    ///
    /// # Errors
    /// [`GpuError::Unavailable`] and [`GpuError::NoSuchDevice`] where it cannot be had,
    /// [`GpuError::TooOld`] where it cannot run the kernels.
    pub fn cuda(ordinal: usize, memory: Option<u64>) -> Result<Device, GpuError> {
        Ok(Device { gpu: Some(Arc::new(Gpu::open(ordinal, memory)?)), asked: true, ..Device::default() })
    }

    /// The same device with no notes: for one of several jobs that share it.
    pub fn afresh(&self) -> Device {
        Device { notes: Notes::default(), ..self.clone() }
    }

    /// The GPU, if `stage` is to run on it: it was asked for by name, or the work takes longer on `threads`
    /// cores than there and back. Notes what was decided, and why.
    pub fn for_work(&self, stage: &'static str, work: Work, threads: usize) -> Option<Arc<Gpu>> {
        let on_cpu = work.operations / (CORE_RATE * threads.max(1) as f64);
        let on_gpu = START_SECONDS + work.operations / GPU_RATE + work.bytes / LINK_RATE;
        let Some(gpu) = &self.gpu else {
            if let Some(why) = &self.missing {
                self.notes.add(stage, "cpu".to_owned(), why.to_string());
            }
            return None;
        };
        if !self.asked && on_cpu <= on_gpu {
            let why = format!("{:.1e} operations are not worth the transfer", work.operations);
            self.notes.add(stage, "cpu".to_owned(), why);
            return None;
        }
        let why = match self.asked {
            true => "asked for".to_owned(),
            false => format!("{:.1e} operations are worth the transfer", work.operations),
        };
        self.notes.add(stage, gpu.to_string(), why);
        Some(gpu.clone())
    }

    /// `Err` of [`GpuError::Unsupported`] if the GPU was asked for by name, and else notes that `stage`
    /// runs on the CPU because the GPU cannot do `what`.
    pub fn unsupported(&self, stage: &'static str, what: &'static str) -> Result<(), GpuError> {
        if self.asked {
            return Err(GpuError::Unsupported { what });
        }
        if self.gpu.is_some() {
            self.notes.add(stage, "cpu".to_owned(), format!("the GPU cannot {what}"));
        }
        Ok(())
    }

    /// Adds to what is told about a stage on the GPU: a batch that had to be halved, say.
    pub fn note(&self, stage: &'static str, gpu: &Gpu, what: String) {
        self.notes.add(stage, gpu.to_string(), what);
    }

    /// What ran where, and why, in the order in which it was decided; each line once.
    pub fn notes(&self) -> Vec<Note> {
        self.notes.all()
    }

    /// Takes over the notes of another one that shared its work.
    pub fn adopt(&self, other: &Device) {
        for Note { stage, device, why } in other.notes() {
            self.notes.add(stage, device, why);
        }
    }

    /// The GPU behind it, whether or not a stage runs on it.
    pub fn gpu(&self) -> Option<&Gpu> {
        self.gpu.as_deref()
    }
}

/// Two devices are equal if the same stages run on the same hardware.
impl PartialEq for Device {
    fn eq(&self, other: &Device) -> bool {
        let ordinal = |device: &Device| device.gpu.as_ref().map(|gpu| gpu.device().ordinal);
        (ordinal(self), self.asked) == (ordinal(other), other.asked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cpu_needs_no_reason() {
        let device = Device::cpu();
        let work = Work { operations: 1e15, bytes: 0.0 };
        assert!(device.for_work("distances", work, 1).is_none());
        assert_eq!(device.notes(), []);
        assert_eq!(device.unsupported("distances", "do that"), Ok(()));
        assert_eq!(device, Device::default());
    }

    #[test]
    fn why_there_is_no_gpu_is_noted_once() {
        let device = Device { missing: Some(CudaUnavailable::NoDriver), ..Device::default() };
        let work = Work { operations: 1e15, bytes: 0.0 };
        for _ in 0..2 {
            assert!(device.for_work("distances", work, 1).is_none());
        }
        let notes = device.notes();
        assert_eq!(notes.len(), 1);
        assert_eq!((notes[0].stage, notes[0].device.as_str()), ("distances", "cpu"));
        assert!(notes[0].why.contains("libcuda"), "{}", notes[0].why);
        assert_eq!(device.afresh().notes(), []);
    }
}

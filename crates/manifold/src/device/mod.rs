//! What is computed on: the CPU, or a GPU that CUDA reaches.
//!
//! The driver is looked for at run time, so one binary serves machines with and without it. Stages
//! that can use a GPU take a [`Device`] and ask it [for their work](Device::for_work); the
//! others run on the CPU. What the GPU computes is held to the CPU's answers: bit for bit where
//! they are exact, else within what the kernel's header in `cuda/` states.
//!
//! ```
//! use manifold::device::{Device, cuda_devices};
//!
//! match cuda_devices() {
//!     Ok(devices) => println!("{}", devices[0].name),
//!     Err(why) => println!("no GPU: {why}"),
//! }
//! let device = Device::auto(None); // the first GPU if the work is worth it, else the CPU
//! # let _ = device;
//! ```

// For the kernels of the crates above: cudarc's types are in it, and it may change with them.
#[doc(hidden)]
#[cfg_attr(not(feature = "cuda"), path = "cuda_disabled.rs")]
pub mod cuda;
mod error;
mod notes;

use std::sync::{Arc, OnceLock};

pub use cuda::{Gpu, cuda_devices};
pub use error::{AsMemory, CudaUnavailable, GpuError};
pub use notes::Note;

use crate::progress::Stage;
use notes::Notes;

/// A GPU that CUDA can reach.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct CudaDevice {
    /// Its number, from 0, in the driver's order.
    pub ordinal: usize,
    /// Its name, as the driver gives it.
    pub name: String,
    /// Bytes of device memory.
    pub memory: u64,
    /// Compute capability, major and minor.
    pub capability: (u32, u32),
    /// Multiprocessors.
    pub multiprocessors: u32,
}

impl CudaDevice {
    /// Whether the kernels run on it: from compute capability 7.5 (Turing) on.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        self.capability >= (7, 5)
    }
}

/// What a stage would compute, for [`Device::for_work`] to weigh.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Work {
    /// Multiply-adds, or operations that take as long.
    pub operations: f64,
    /// Bytes to and from the GPU.
    pub bytes: f64,
}

/// What stages compute on. Clones share their [notes](Device::notes).
#[derive(Clone, Debug, Default)]
pub struct Device {
    source: Source,
    notes: Notes,
}

/// Where a GPU comes from.
#[derive(Clone, Debug, Default)]
enum Source {
    #[default]
    Cpu,
    /// The first GPU, opened only when needed: that takes a while.
    Auto { memory: Option<u64>, jobs: usize, opened: Arc<OnceLock<Result<Arc<Gpu>, CudaUnavailable>>> },
    /// Requested by name: everything that can run on it does.
    Named(Arc<Gpu>),
}

/// Rates that [`Device::auto`] weighs with, chosen cautiously: operations of one core (a quarter of
/// what AVX2 does at 3 GHz) and of a GPU (a tenth of what a card of 2020 does), bytes through PCI Express 3,
/// and what a context and the driver's compiler take once.
const CORE_RATE: f64 = 1e10;
const GPU_RATE: f64 = 1e12;
const LINK_RATE: f64 = 1e10;
const START_SECONDS: f64 = 0.3;

impl Device {
    /// The CPU.
    #[must_use]
    pub fn cpu() -> Device {
        Device::default()
    }

    /// The first GPU for stages whose work is worth the transfer, or the CPU if there is none.
    /// `memory`: bytes of device memory to use at most; `None` for most of what is free.
    #[must_use]
    pub fn auto(memory: Option<u64>) -> Device {
        Device { source: Source::Auto { memory, jobs: 1, opened: Arc::default() }, notes: Notes::default() }
    }

    /// The GPU of this number for every stage that can run on it.
    ///
    /// # Errors
    /// [`GpuError::Unavailable`] and [`GpuError::NoSuchDevice`] if there is no such GPU,
    /// [`GpuError::TooOld`] if it cannot run the kernels.
    pub fn cuda(ordinal: usize, memory: Option<u64>) -> Result<Device, GpuError> {
        let gpu = Arc::new(Gpu::open(ordinal, memory)?);
        Ok(Device { source: Source::Named(gpu), notes: Notes::default() })
    }

    /// The same device with no notes.
    #[must_use]
    pub fn afresh(&self) -> Device {
        Device { notes: Notes::default(), ..self.clone() }
    }

    /// The same device, notes included, for this many jobs side by side: each may use its share of the memory.
    ///
    /// # Errors
    /// As [`Device::cuda`].
    pub fn shared_by(&self, jobs: usize) -> Result<Device, GpuError> {
        let source = match &self.source {
            _ if jobs <= 1 => self.source.clone(),
            Source::Cpu => Source::Cpu,
            Source::Auto { memory, .. } => Source::Auto { memory: *memory, jobs, opened: Arc::default() },
            Source::Named(gpu) => {
                let share = gpu.limit() / jobs as u64;
                Source::Named(Arc::new(Gpu::open(gpu.device().ordinal, Some(share))?))
            }
        };
        Ok(Device { source, notes: self.notes.clone() })
    }

    /// The GPU, if `stage` is to run on it: it was requested by name, or the work takes longer on `threads`
    /// cores than on the GPU, transfers included. Notes what was decided, and why.
    #[must_use]
    pub fn for_work(&self, stage: Stage, work: Work, threads: usize) -> Option<Arc<Gpu>> {
        let (gpu, why) = match &self.source {
            Source::Cpu => return None,
            Source::Named(gpu) => (Ok(gpu.clone()), "requested".to_owned()),
            Source::Auto { .. } if !work.is_worth_it(threads) => {
                let why = format!("{:.1e} operations are not worth the transfer", work.operations);
                self.notes.add(stage, CPU.to_owned(), why);
                return None;
            }
            Source::Auto { memory, jobs, opened } => {
                let gpu = opened.get_or_init(|| open_first(*memory, *jobs)).clone();
                (gpu, format!("{:.1e} operations are worth the transfer", work.operations))
            }
        };
        match gpu {
            Ok(gpu) => {
                self.notes.add(stage, gpu.to_string(), why);
                Some(gpu)
            }
            Err(missing) => {
                self.notes.add(stage, CPU.to_owned(), missing.to_string());
                None
            }
        }
    }

    /// [`GpuError::Unsupported`] if the GPU was requested by name; otherwise notes that `stage`
    /// runs on the CPU because the GPU cannot do `what`.
    pub fn unsupported(&self, stage: Stage, what: &'static str) -> Result<(), GpuError> {
        match &self.source {
            Source::Cpu => {}
            Source::Auto { .. } => {
                // It may have been decided otherwise before that came out.
                self.notes.forget(stage);
                self.notes.add(stage, CPU.to_owned(), format!("the GPU cannot {what}"));
            }
            Source::Named(_) => return Err(GpuError::Unsupported { what }),
        }
        Ok(())
    }

    /// The result of work on the GPU, or `None` if the CPU is to do it instead: the GPU was not requested
    /// by name and has too little memory to do `what`, which is noted.
    ///
    /// # Errors
    /// Those of `found`, in all other cases.
    pub fn or_cpu<T, E: AsMemory>(
        &self,
        stage: Stage,
        what: &'static str,
        found: Result<T, E>,
    ) -> Result<Option<T>, E> {
        match found {
            Ok(found) => Ok(Some(found)),
            Err(short) if short.is_memory() && self.unsupported(stage, what).is_ok() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Adds to the notes about a stage on the GPU: a batch that had to be halved, say.
    pub fn note(&self, stage: Stage, gpu: &Gpu, what: String) {
        self.notes.add(stage, gpu.to_string(), what);
    }

    /// What ran where, and why, in the order it was decided; each line once.
    #[must_use]
    pub fn notes(&self) -> Vec<Note> {
        self.notes.all()
    }

    /// The GPU that was requested by name, or that is open because some work was worth it.
    #[must_use]
    pub fn gpu(&self) -> Option<&Gpu> {
        match &self.source {
            Source::Cpu => None,
            Source::Auto { opened, .. } => opened.get().and_then(|gpu| gpu.as_deref().ok()),
            Source::Named(gpu) => Some(gpu),
        }
    }
}

const CPU: &str = "cpu";

fn open_first(memory: Option<u64>, jobs: usize) -> Result<Arc<Gpu>, CudaUnavailable> {
    let unavailable = |error: GpuError| match error {
        GpuError::Unavailable(why) => why,
        other => CudaUnavailable::Unusable { message: other.to_string() },
    };
    let gpu = Gpu::open(0, memory).map_err(unavailable)?;
    if jobs <= 1 {
        return Ok(Arc::new(gpu));
    }
    let share = Some(gpu.limit() / jobs as u64);
    Ok(Arc::new(Gpu::open(0, share).map_err(unavailable)?))
}

impl Work {
    /// Does it take longer on the CPU than on a GPU, transfers included?
    fn is_worth_it(&self, threads: usize) -> bool {
        let on_cpu = self.operations / (CORE_RATE * threads.max(1) as f64);
        let on_gpu = START_SECONDS + self.operations / GPU_RATE + self.bytes / LINK_RATE;
        on_cpu > on_gpu
    }
}

/// Two devices are equal if the same stages run on the same hardware.
impl PartialEq for Device {
    fn eq(&self, other: &Device) -> bool {
        match (&self.source, &other.source) {
            (Source::Cpu, Source::Cpu) | (Source::Auto { .. }, Source::Auto { .. }) => true,
            (Source::Named(one), Source::Named(other)) => one.device().ordinal == other.device().ordinal,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DISTANCES: Stage = Stage::new("distances");
    const MUCH: Work = Work { operations: 1e15, bytes: 0.0 };

    #[test]
    fn the_cpu_needs_no_reason() {
        let device = Device::cpu();
        assert!(device.for_work(DISTANCES, MUCH, 1).is_none());
        assert_eq!(device.notes(), []);
        assert_eq!(device.unsupported(DISTANCES, "do that"), Ok(()));
        assert_eq!(device, Device::default());
    }

    #[test]
    fn work_is_weighed_with_the_way() {
        let worth = |operations, bytes, threads| Work { operations, bytes }.is_worth_it(threads);
        assert!(worth(1e13, 1e9, 16));
        assert!(!worth(1e9, 0.0, 1), "starting takes longer");
        assert!(worth(1e11, 1e9, 1) && !worth(1e11, 1e9, 100), "many cores are fast as well");
        assert!(!worth(1e12, 1e13, 1), "the way is too long");
    }

    #[test]
    fn why_there_is_no_gpu_is_noted_once() {
        let opened = Arc::new(OnceLock::from(Err(CudaUnavailable::NoDriver)));
        let source = Source::Auto { memory: None, jobs: 1, opened };
        let device = Device { source, notes: Notes::default() };
        for _ in 0..2 {
            assert!(device.for_work(DISTANCES, MUCH, 1).is_none());
        }
        let notes = device.notes();
        assert_eq!(notes.len(), 1);
        assert_eq!((notes[0].stage, notes[0].device.as_str()), (DISTANCES, "cpu"));
        assert!(notes[0].why.contains("libcuda"), "{}", notes[0].why);
        let short = || Err::<(), _>(GpuError::Memory { what: "distances", needed: 2, limit: 1 });
        assert_eq!(device.or_cpu(DISTANCES, "hold them", short()), Ok(None));
        assert_eq!(device.notes()[0].why, "the GPU cannot hold them");
        let failed = Err::<(), _>(GpuError::Driver { what: "distances", message: String::new() });
        assert_eq!(device.or_cpu(DISTANCES, "hold them", failed.clone()), failed.map(Some));
        assert_eq!(device.afresh().notes(), []);
        assert!(device.unsupported(Stage::TSNE, "do that").is_ok() && device.notes().len() == 2);
        assert!(device.unsupported(DISTANCES, "hold that").is_ok());
        let notes = device.notes();
        assert_eq!((notes.len(), notes[1].why.as_str()), (2, "the GPU cannot hold that"));
    }
}

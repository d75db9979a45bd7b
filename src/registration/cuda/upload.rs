//! How frames get to the GPU. All stay there if they fit; otherwise each batch brings its own.

use std::sync::Arc;

use cudarc::driver::{CudaSlice, PinnedHostSlice};
use rayon::prelude::*;

use crate::registration::error::RegisterError;
use crate::registration::frames::Frames;
use crate::registration::plane::Plane;
use manifold::device::cuda::at;
use manifold::device::{Gpu, GpuError};

/// Share of the memory that frames may keep permanently: a batch also needs about five times as
/// much for each of its frames, and short batches waste the GPU.
const KEPT: u64 = 2;

/// Frames, and the two page-locked buffers that they pass through: while one is being copied, the other
/// is filled.
pub(super) struct Source<'a> {
    gpu: Arc<Gpu>,
    frames: &'a dyn Frames,
    buffers: [PinnedHostSlice<f32>; 2],
    turn: usize,
    /// All frames, if they stay.
    kept: Option<CudaSlice<f32>>,
}

impl<'a> Source<'a> {
    pub(super) fn new(gpu: Arc<Gpu>, frames: &'a dyn Frames) -> Result<Source<'a>, RegisterError> {
        let (width, height) = frames.size();
        let context = gpu.stream().context();
        // SAFETY: a buffer is filled before it is copied from.
        let buffer = || unsafe { context.alloc_pinned(width * height) }.map_err(at("taking pinned memory"));
        let buffers = [buffer()?, buffer()?];
        let mut source = Source { frames, buffers, turn: 0, kept: None, gpu };
        source.keep()?;
        Ok(source)
    }

    /// Uploads all frames, if they fit.
    fn keep(&mut self) -> Result<(), RegisterError> {
        let count = self.frames.count();
        let bytes = self.bytes_of_frame() * count as u64;
        if bytes > self.gpu.limit() / KEPT {
            return Ok(());
        }
        let mut kept = match self.gpu.zeros(self.pixels() * count) {
            Ok(kept) => kept,
            // Less is free than expected: batches come as needed.
            Err(GpuError::Memory { .. }) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        self.upload(&(0..count).collect::<Vec<_>>(), &mut kept)?;
        self.kept = Some(kept);
        Ok(())
    }

    fn pixels(&self) -> usize {
        let (width, height) = self.frames.size();
        width * height
    }

    fn bytes_of_frame(&self) -> u64 {
        4 * self.pixels() as u64
    }

    /// Bytes that stay on the GPU.
    pub(super) fn fixed(&self) -> u64 {
        self.kept.as_ref().map_or(0, |kept| 4 * kept.len() as u64)
    }

    /// Bytes that a batch brings for each of its frames, with the frame's number.
    pub(super) fn each(&self) -> u64 {
        4 + if self.kept.is_some() { 0 } else { self.bytes_of_frame() }
    }

    /// The frames `which` for a batch.
    pub(super) fn batch(&mut self, which: &[usize]) -> Result<Batch<'_>, RegisterError> {
        let (frames, numbers) = match self.kept {
            Some(ref kept) => (Held::Kept(kept), which.iter().map(|&at| at as i32).collect()),
            None => {
                let mut own = self.gpu.zeros(self.pixels() * which.len())?;
                self.upload(which, &mut own)?;
                (Held::Own(own), Vec::from_iter(0..which.len() as i32))
            }
        };
        Ok(Batch { frames, which: self.gpu.upload(&numbers)? })
    }

    /// Reads frames, as many at once as there are threads, and copies one after the other. Nothing is
    /// waited for but a buffer that is still being copied from, so the GPU goes on with what it was given
    /// before.
    fn upload(&mut self, which: &[usize], into: &mut CudaSlice<f32>) -> Result<(), RegisterError> {
        let (pixels, stream) = (self.pixels(), self.gpu.stream().clone());
        let read = |&at: &usize| {
            let mut plane = Plane::default();
            self.frames.read(at, &mut plane).map(|()| plane)
        };
        let mut start = 0;
        for some in which.chunks(rayon::current_num_threads()) {
            let planes: Vec<Plane> = some.par_iter().map(read).collect::<Result<_, _>>()?;
            for plane in planes {
                let buffer = &mut self.buffers[self.turn];
                let to = buffer.as_mut_slice().map_err(at("copying to it"))?;
                to.copy_from_slice(&plane.values);
                let mut part = into.slice_mut(start..start + pixels);
                stream.memcpy_htod(buffer, &mut part).map_err(at("copying to it"))?;
                self.turn = 1 - self.turn;
                start += pixels;
            }
        }
        Ok(())
    }
}

/// Frames of a batch on the GPU: frame i is number `which[i]` of `all`.
pub(super) struct Batch<'a> {
    frames: Held<'a>,
    pub which: CudaSlice<i32>,
}

/// Where they are.
enum Held<'a> {
    /// Uploaded for this batch.
    Own(CudaSlice<f32>),
    /// All frames are kept on the GPU.
    Kept(&'a CudaSlice<f32>),
}

impl Batch<'_> {
    pub(super) fn all(&self) -> &CudaSlice<f32> {
        match &self.frames {
            Held::Own(frames) => frames,
            Held::Kept(frames) => frames,
        }
    }
}

//! Registration on the GPU, many frames at once: pyramids, warps, normal equations, the solver and the
//! average. Fields and variances come back; work as small as the lattice stays on the CPU. The CPU's
//! code is the reference, and explains what is done and why; kernels and tolerances are in
//! `cuda/register_*.cu`.

mod align_batch;
mod average;
mod launch;
mod levels;
mod room;
#[cfg(test)]
mod scene;
mod shape;
#[cfg(test)]
mod tests;
mod upload;

use std::sync::Arc;

use self::align_batch::Align;
use self::levels::Levels;
use self::room::Room;
use self::shape::Shape;
use self::upload::Source;
use super::align::Effort;
use super::error::RegisterError;
use super::field::{Field, Lattice};
use super::frames::Frames;
use super::plane::Plane;
use crate::stage;
use manifold::device::cuda::{Batches, at};
use manifold::device::{Device, Gpu};
use manifold::progress::Counter;

/// Most pixels of a batch: a hundred or so for each thread that a large GPU runs at once. More would not be
/// faster, only leave longer between two reports of progress.
const PIXELS: usize = 32 << 20;
/// The limit of the grid's third dimension, in which a batch's frames lie.
const FRAMES: usize = 65_535;

/// Frames on a GPU.
pub(super) struct Session<'a> {
    gpu: Arc<Gpu>,
    device: &'a Device,
    source: Source<'a>,
    /// Of all levels.
    shapes: Vec<Shape>,
    room: Option<Room>,
}

/// A reference on the GPU: a pyramid of one.
pub(super) struct Reference {
    levels: Levels,
    lattice: Lattice,
}

impl Reference {
    pub(super) fn lattice(&self) -> Lattice {
        self.lattice
    }
}

impl<'a> Session<'a> {
    /// Brings the frames to the GPU, if they fit.
    pub(super) fn new(
        gpu: Arc<Gpu>,
        device: &'a Device,
        frames: &'a dyn Frames,
    ) -> Result<Session<'a>, RegisterError> {
        let shapes = Shape::levels(frames.size());
        Ok(Session { source: Source::new(gpu.clone(), frames)?, gpu, device, shapes, room: None })
    }

    /// The reference that frames are registered with.
    pub(super) fn reference(&self, picture: &Plane) -> Result<Reference, RegisterError> {
        let mut levels = Levels::new(&self.gpu, &self.shapes, 1)?;
        let (picture, only) = (self.gpu.upload(&picture.values)?, self.gpu.upload(&[0])?);
        levels.fill(&self.gpu, &self.shapes, (&picture, &only), 1)?;
        Ok(Reference { levels, lattice: self.shapes[0].lattice() })
    }

    /// Registers the frames `which`, each from its field in `fields`, and with `fresh` from zero too; returns
    /// the variances of what remains.
    pub(super) fn align(
        &mut self,
        reference: &Reference,
        which: &[usize],
        fields: &mut [Field],
        effort: Effort,
        fresh: Option<Effort>,
        counter: &Counter,
    ) -> Result<Vec<f32>, RegisterError> {
        let gpu = self.gpu.clone();
        let batches = Batches {
            what: stage::REGISTRATION.name(),
            items: which.len(),
            // The reference's own pyramid, and the picture that it is made from.
            fixed: self.source.fixed() + 4 * (Levels::values(&self.shapes) + self.shapes[0].pixels()) as u64,
            each: self.source.each() + Room::each(&self.shapes),
            most: self.most(),
        };
        let mut variances = Vec::with_capacity(which.len());
        let halved = gpu.in_batches(batches, |range| {
            let (which, fields) = (&which[range.clone()], &mut fields[range]);
            let found = self.align_batch(reference, which, fields, (effort, fresh));
            if found.is_err() {
                // Memory may have run out: what comes next needs less.
                self.room = None;
            }
            variances.extend(found?);
            which.iter().try_for_each(|_| counter.add(1)).map_err(RegisterError::from)
        })?;
        self.note(halved);
        Ok(variances)
    }

    fn align_batch(
        &mut self,
        reference: &Reference,
        which: &[usize],
        fields: &mut [Field],
        (effort, fresh): (Effort, Option<Effort>),
    ) -> Result<Vec<f32>, RegisterError> {
        let (gpu, frames) = (self.gpu.clone(), which.len());
        // One that is too small is given back before the larger one is taken.
        let room = match self.room.take().filter(|room| room.frames >= frames) {
            Some(room) => self.room.insert(room),
            None => self.room.insert(Room::new(&gpu, &self.shapes, frames)?),
        };
        let packed = packed(fields.iter());
        gpu.stream().memcpy_htod(&packed, &mut room.fields[0]).map_err(at("copying to it"))?;
        let batch = self.source.batch(which)?;
        let most = effort.levels.max(fresh.map_or(0, |fresh| fresh.levels)).min(self.shapes.len());
        room.levels.fill(&gpu, &self.shapes[..most], (batch.all(), &batch.which), frames)?;
        let align = Align { gpu: &gpu, shapes: &self.shapes, reference: &reference.levels, frames };
        match fresh {
            Some(fresh) => align.align_anew(room, (fresh, effort))?,
            None => align.align(room, effort)?,
        }
        let nodes = self.shapes[0].nodes();
        let stream = gpu.stream();
        let found = stream.clone_dtoh(&room.fields[0].slice(..frames * 2 * nodes));
        let variances = stream.clone_dtoh(&room.step.variance.slice(..frames));
        let (found, variances) =
            (found.map_err(at("copying from it"))?, variances.map_err(at("copying from it"))?);
        gpu.finish()?;
        for (field, found) in fields.iter_mut().zip(found.chunks_exact(2 * nodes)) {
            field.dx.copy_from_slice(&found[..nodes]);
            field.dy.copy_from_slice(&found[nodes..]);
        }
        Ok(variances)
    }

    /// Most frames of a batch.
    fn most(&self) -> usize {
        (PIXELS / self.shapes[0].pixels()).clamp(1, FRAMES)
    }

    fn note(&self, halved: Option<usize>) {
        if let Some(length) = halved {
            let what = format!("less memory was free than expected: {length} frames at a time");
            self.device.note(stage::REGISTRATION, &self.gpu, what);
        }
    }
}

/// Fields as kernels take them: of each frame dx, then dy.
fn packed<'f>(fields: impl Iterator<Item = &'f Field>) -> Vec<f32> {
    fields.flat_map(|field| field.dx.iter().chain(&field.dy)).copied().collect()
}

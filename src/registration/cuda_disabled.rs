//! The twin of `cuda/` in builds without the `cuda` feature: there is never a [`Session`].

use std::marker::PhantomData;
use std::sync::Arc;

use super::align::Effort;
use super::error::RegisterError;
use super::field::{Field, Lattice};
use super::frames::Frames;
use super::plane::Plane;
use manifold::device::{Device, Gpu};
use manifold::progress::Counter;

/// Frames on a GPU: of a build without any.
pub(super) struct Session<'a> {
    gpu: Arc<Gpu>,
    frames: PhantomData<&'a dyn Frames>,
}

/// A reference on a GPU.
pub(super) struct Reference {
    gpu: Arc<Gpu>,
}

impl Reference {
    pub(crate) fn lattice(&self) -> Lattice {
        match *self.gpu {}
    }
}

impl<'a> Session<'a> {
    pub(crate) fn new(gpu: Arc<Gpu>, _: &'a Device, _: &'a dyn Frames) -> Result<Session<'a>, RegisterError> {
        Ok(Session { gpu, frames: PhantomData })
    }

    pub(crate) fn reference(&self, _: &Plane) -> Result<Reference, RegisterError> {
        Ok(Reference { gpu: self.gpu.clone() })
    }

    pub(crate) fn align(
        &mut self,
        _: &Reference,
        _: &[usize],
        _: &mut [Field],
        _: Effort,
        _: Option<Effort>,
        _: &Counter,
    ) -> Result<Vec<f32>, RegisterError> {
        match *self.gpu {}
    }

    pub(crate) fn average(&mut self, _: &[Field], _: &[bool]) -> Result<Plane, RegisterError> {
        match *self.gpu {}
    }
}

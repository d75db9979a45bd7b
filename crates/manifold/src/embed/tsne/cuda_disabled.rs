//! The twin of `cuda/` in builds without the `cuda` feature: there is never a [`Gpu`] to descend on.

use std::marker::PhantomData;
use std::sync::Arc;

use super::affinity::Affinities;
use super::descent::{Descend, Pace, Setting};
use super::tail::Tail;
use crate::device::{Gpu, GpuError};

/// No value of this type exists.
pub(super) struct GpuDescent<T: Tail> {
    gpu: Arc<Gpu>,
    tail: PhantomData<T>,
}

impl<T: Tail> GpuDescent<T> {
    pub(crate) fn new(
        gpu: Arc<Gpu>,
        _p: &Affinities,
        _setting: Setting<T>,
        _start: &[f64],
        _dimensions: usize,
        _by_grid: bool,
    ) -> Result<Self, GpuError> {
        match *gpu {}
    }
}

impl<T: Tail> Descend for GpuDescent<T> {
    fn rest(&mut self) -> Result<(), GpuError> {
        match *self.gpu {}
    }

    fn steps(&mut self, _count: usize, _pace: Pace) -> Result<(), GpuError> {
        match *self.gpu {}
    }

    fn divergence(&mut self, _exactly: bool) -> Result<f64, GpuError> {
        match *self.gpu {}
    }

    fn coordinates(&mut self) -> Result<Vec<f64>, GpuError> {
        match *self.gpu {}
    }
}

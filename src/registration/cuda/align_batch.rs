//! A batch of frames registered with a reference: `Aligner::align` and `align_anew`, all frames at once.

use cudarc::driver::CudaSlice;

use super::launch::{self, FIELD, ITERATIONS, NORMAL, SOLVE, WARP, launch};
use super::levels::Levels;
use super::room::{Room, Step};
use super::shape::Shape;
use crate::registration::align::Effort;
use manifold::device::cuda::at;
use manifold::device::{Gpu, GpuError};

/// What a batch is registered with, and on.
pub(super) struct Align<'a> {
    pub gpu: &'a Gpu,
    pub shapes: &'a [Shape],
    /// The levels of the reference.
    pub reference: &'a Levels,
    /// Frames of the batch.
    pub frames: usize,
}

impl Align<'_> {
    /// As [`align`](Self::align) with `again`, but first tries from zero with `fresh`, and takes what
    /// fits better.
    pub(super) fn align_anew(
        &self,
        room: &mut Room,
        (fresh, again): (Effort, Effort),
    ) -> Result<(), GpuError> {
        let Align { gpu, shapes, frames, .. } = *self;
        let finest = &shapes[0];
        gpu.stream().memset_zeros(&mut room.other).map_err(at("registering frames"))?;
        // The other field takes the place of the field while it is being found.
        std::mem::swap(&mut room.fields[0], &mut room.other);
        let found = self.align(room, fresh);
        std::mem::swap(&mut room.fields[0], &mut room.other);
        found?;
        self.all_move(&mut room.step)?;
        for (field, misfit) in [&room.fields[0], &room.other].into_iter().zip(&mut room.misfits) {
            self.warp(finest, (&self.reference.planes[0], &room.levels.planes[0]), field, &mut room.step)?;
            let (reference, warped) = (&self.reference.planes[0], &room.step.warped);
            let Shape { width, height, columns, rows } = finest;
            let grid = launch::nodes(finest, frames);
            launch!(
                gpu,
                NORMAL,
                "register_misfit",
                grid,
                reference,
                warped,
                misfit,
                width,
                height,
                columns,
                rows
            );
        }
        let Shape { columns, rows, .. } = finest;
        let (grid, [old, new]) = (launch::nodes(finest, frames), &room.misfits);
        launch!(gpu, FIELD, "register_better", grid, old, new, &mut room.better, columns, rows);
        let field = &mut room.fields[0];
        launch!(gpu, FIELD, "register_blend", grid, field, &room.other, &room.better, columns, rows);
        self.align(room, again)
    }

    /// Moves the fields of the finest level to where reference(x) = frame(x + field(x)), and leaves
    /// the variance of what remains. Nothing is waited for: a frame that is still at a level is left out
    /// by the kernels themselves.
    pub(super) fn align(&self, room: &mut Room, effort: Effort) -> Result<(), GpuError> {
        let levels = effort.levels.min(self.shapes.len());
        for at in 1..levels {
            let (finer, coarser) = room.fields.split_at_mut(at);
            self.halve(at, &finer[at - 1], &mut coarser[0])?;
        }
        for level in (0..levels).rev() {
            let field = &mut room.fields[level];
            if level > 0 {
                let before = &mut room.before[level - 1];
                self.gpu.stream().memcpy_dtod(&*field, before).map_err(at("registering frames"))?;
            }
            self.all_move(&mut room.step)?;
            let pictures = (&self.reference.planes[level], &room.levels.planes[level]);
            for step in 0..effort.steps {
                self.step(&self.shapes[level], pictures, field, &mut room.step, step == 0)?;
            }
            if level > 0 {
                let (finer, coarser) = room.fields.split_at_mut(level);
                self.add(level, &mut finer[level - 1], (&coarser[0], &room.before[level - 1]))?;
            }
        }
        Ok(())
    }

    /// No frame is still.
    fn all_move(&self, step: &mut Step) -> Result<(), GpuError> {
        self.gpu.stream().memset_zeros(&mut step.still).map_err(at("registering frames"))
    }

    /// Fields of level `at` from those of the level before.
    fn halve(&self, at: usize, finer: &CudaSlice<f32>, coarser: &mut CudaSlice<f32>) -> Result<(), GpuError> {
        let (fine, coarse) = (&self.shapes[at - 1], &self.shapes[at]);
        let grid = launch::nodes(coarse, self.frames);
        launch!(
            self.gpu,
            FIELD,
            "register_field_halve",
            grid,
            finer,
            coarser,
            &fine.columns,
            &fine.rows,
            &coarse.columns,
            &coarse.rows
        );
        Ok(())
    }

    /// Adds what changed at level `at` to the fields of the level before.
    fn add(
        &self,
        at: usize,
        finer: &mut CudaSlice<f32>,
        (after, before): (&CudaSlice<f32>, &CudaSlice<f32>),
    ) -> Result<(), GpuError> {
        let (fine, coarse) = (&self.shapes[at - 1], &self.shapes[at]);
        let grid = launch::nodes(fine, self.frames);
        launch!(
            self.gpu,
            FIELD,
            "register_field_add",
            grid,
            finer,
            after,
            before,
            &fine.columns,
            &fine.rows,
            &coarse.columns,
            &coarse.rows
        );
        Ok(())
    }

    fn warp(
        &self,
        shape: &Shape,
        (reference, pictures): (&CudaSlice<f32>, &CudaSlice<f32>),
        field: &CudaSlice<f32>,
        step: &mut Step,
    ) -> Result<(), GpuError> {
        let Shape { width, height, columns, rows } = shape;
        let (still, warped) = (&step.still, &mut step.warped);
        let grid = launch::cells(shape, self.frames);
        launch!(
            self.gpu,
            WARP,
            "register_warp",
            grid,
            pictures,
            reference,
            field,
            still,
            warped,
            width,
            height,
            columns,
            rows
        );
        Ok(())
    }

    /// One step of all frames that are not still.
    fn step(
        &self,
        shape: &Shape,
        pictures: (&CudaSlice<f32>, &CudaSlice<f32>),
        field: &mut CudaSlice<f32>,
        step: &mut Step,
        first: bool,
    ) -> Result<(), GpuError> {
        self.warp(shape, pictures, field, step)?;
        self.measure(shape, pictures.0, step, first)?;
        self.solve(shape, field, step)?;
        let Shape { columns, rows, .. } = shape;
        let Step { still, system, products, .. } = step;
        let grid = launch::nodes(shape, self.frames);
        launch!(
            self.gpu,
            SOLVE,
            "register_move",
            grid,
            field,
            &*system,
            &*still,
            &mut *products,
            columns,
            rows
        );
        let (blocks, nodes) = (shape.node_blocks() as i32, shape.nodes() as i32);
        let grid = launch::each(self.frames);
        launch!(self.gpu, SOLVE, "register_settle", grid, &*products, &blocks, &nodes, still);
        Ok(())
    }

    /// The normal equations and the variance.
    fn measure(
        &self,
        shape: &Shape,
        reference: &CudaSlice<f32>,
        step: &mut Step,
        first: bool,
    ) -> Result<(), GpuError> {
        let Shape { width, height, columns, rows } = shape;
        let Step { warped, sums, fit, variance, still, .. } = step;
        let first = i32::from(first);
        let grid = launch::normal(shape, self.frames);
        launch!(
            self.gpu,
            NORMAL,
            "register_normal",
            grid,
            reference,
            &*warped,
            &*variance,
            &*still,
            &first,
            sums,
            &mut *fit,
            width,
            height,
            columns,
            rows
        );
        let (across, down) = shape.normal_blocks();
        let (blocks, frames) = ((across * down) as i32, self.frames as i32);
        let grid = launch::together(self.frames);
        launch!(self.gpu, NORMAL, "register_fit", grid, &*fit, &*still, &blocks, &frames, variance);
        Ok(())
    }

    /// The change of the coefficients.
    fn solve(&self, shape: &Shape, field: &CudaSlice<f32>, step: &mut Step) -> Result<(), GpuError> {
        let (gpu, Shape { columns, rows, .. }) = (self.gpu, shape);
        let Step { sums, variance, still, system, products, .. } = step;
        let (variance, still, grid) = (&*variance, &*still, launch::nodes(shape, self.frames));
        launch!(
            gpu,
            SOLVE,
            "register_prepare",
            grid,
            field,
            &*sums,
            variance,
            still,
            &mut *system,
            &mut *products,
            columns,
            rows
        );
        for at in 0..ITERATIONS {
            launch!(
                gpu,
                SOLVE,
                "register_direct",
                grid,
                variance,
                still,
                &mut *system,
                &mut *products,
                columns,
                rows,
                &at
            );
            launch!(
                gpu,
                SOLVE,
                "register_advance",
                grid,
                still,
                &mut *system,
                &mut *products,
                columns,
                rows,
                &at
            );
        }
        Ok(())
    }
}

//! Pyramids on the GPU: of a batch of frames, and of a reference.

use cudarc::driver::CudaSlice;

use super::launch::{self, LEVEL, launch};
use crate::registration::field::{Lattice, SPACING};
use crate::registration::plane::levels_of;
use manifold::device::{Gpu, GpuError};

/// The size of a level, as kernels take it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub width: i32,
    pub height: i32,
    pub columns: i32,
    pub rows: i32,
}

impl Shape {
    fn of(width: usize, height: usize) -> Shape {
        let Lattice { columns, rows } = Lattice::over(width, height);
        Shape { width: width as i32, height: height as i32, columns: columns as i32, rows: rows as i32 }
    }

    /// Of all levels of pictures of this size, the finest first.
    pub(super) fn levels((mut width, mut height): (usize, usize)) -> Vec<Shape> {
        let mut shapes = Vec::new();
        for _ in 0..levels_of(width, height) {
            shapes.push(Shape::of(width, height));
            (width, height) = (width.div_ceil(2), height.div_ceil(2));
        }
        shapes
    }

    pub(super) fn lattice(&self) -> Lattice {
        Lattice { columns: self.columns as usize, rows: self.rows as usize }
    }

    pub(super) fn pixels(&self) -> usize {
        self.width as usize * self.height as usize
    }

    pub(super) fn nodes(&self) -> usize {
        self.columns as usize * self.rows as usize
    }

    /// Values of the warped frame: whole cells.
    pub(super) fn warped(&self) -> usize {
        (self.columns as usize - 3) * SPACING * self.height as usize
    }

    /// Means that are taken out of the level.
    pub(super) fn means(&self) -> usize {
        let (columns, rows) = self.mean_blocks();
        columns * rows
    }
}

/// Levels of several pictures; each level holds one picture after the other.
#[derive(Debug)]
pub(super) struct Levels {
    pub planes: Vec<CudaSlice<f32>>,
    means: CudaSlice<f32>,
}

impl Levels {
    /// Values for each picture.
    pub(super) fn values(shapes: &[Shape]) -> usize {
        shapes.iter().map(Shape::pixels).sum::<usize>() + shapes[0].means()
    }

    /// Room for `count` pictures.
    pub(super) fn new(gpu: &Gpu, shapes: &[Shape], count: usize) -> Result<Levels, GpuError> {
        let planes = shapes.iter().map(|shape| gpu.zeros(count * shape.pixels()));
        Ok(Levels { planes: planes.collect::<Result<_, _>>()?, means: gpu.zeros(count * shapes[0].means())? })
    }

    /// Builds the finest levels, as many as `shapes`, of `count` pictures: those of `which` among `pictures`.
    pub(super) fn fill(
        &mut self,
        gpu: &Gpu,
        shapes: &[Shape],
        (pictures, which): (&CudaSlice<f32>, &CudaSlice<i32>),
        count: usize,
    ) -> Result<(), GpuError> {
        let Shape { width, height, .. } = shapes[0];
        let grid = launch::pixels(width, height, count);
        launch!(gpu, LEVEL, "register_smooth", grid, pictures, which, &mut self.planes[0], &width, &height);
        for (at, pair) in shapes.windows(2).enumerate() {
            let (finer, coarser) = self.planes.split_at_mut(at + 1);
            let grid = launch::pixels(pair[1].width, pair[1].height, count);
            let (from, to) = (&finer[at], &mut coarser[0]);
            launch!(gpu, LEVEL, "register_halve", grid, from, to, &pair[0].width, &pair[0].height);
        }
        for (shape, plane) in shapes.iter().zip(&mut self.planes) {
            let (width, height, means) = (&shape.width, &shape.height, &mut self.means);
            let grid = launch::means(shape, count);
            launch!(gpu, LEVEL, "register_block_means", grid, &*plane, &mut *means, width, height);
            let grid = launch::pixels(*width, *height, count);
            launch!(gpu, LEVEL, "register_less_mean", grid, plane, &*means, width, height);
        }
        Ok(())
    }
}

//! Pyramids on the GPU: of a batch of frames, and of a reference.

use cudarc::driver::CudaSlice;

use super::launch::{self, LEVEL, launch};
use super::shape::Shape;
use manifold::device::{Gpu, GpuError};

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

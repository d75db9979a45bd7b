//! The buffers that a batch of frames is registered in.

use cudarc::driver::CudaSlice;

use super::launch::{PLANES, PRODUCTS, SUMS};
use super::levels::Levels;
use super::shape::Shape;
use manifold::device::{Gpu, GpuError};

/// Device memory of a batch. What is of one level serves the coarser ones too.
pub(super) struct Room {
    /// Frames that there is room for.
    pub frames: usize,
    pub levels: Levels,
    /// The fields of each level, and of the coarser ones as they were before their steps.
    pub fields: Vec<CudaSlice<f32>>,
    pub before: Vec<CudaSlice<f32>>,
    /// Fields found from zero.
    pub other: CudaSlice<f32>,
    pub misfits: [CudaSlice<f32>; 2],
    pub better: CudaSlice<f32>,
    pub step: Step,
}

/// What the steps at a level need.
pub(super) struct Step {
    pub warped: CudaSlice<f32>,
    pub sums: CudaSlice<f32>,
    pub fit: CudaSlice<f32>,
    pub variance: CudaSlice<f32>,
    /// Frames that have nothing left to do at this level.
    pub still: CudaSlice<i32>,
    pub system: CudaSlice<f32>,
    pub products: CudaSlice<f32>,
}

impl Room {
    /// Bytes for each frame.
    pub(super) fn each(shapes: &[Shape]) -> u64 {
        let finest = &shapes[0];
        let (across, down) = finest.normal_blocks();
        let fields: usize = shapes.iter().map(|shape| 2 * 2 * shape.nodes()).sum();
        let values = Levels::values(shapes)
            + fields
            + 5 * finest.nodes()
            + finest.warped()
            + (SUMS + PLANES) * finest.nodes()
            + 2 * across * down
            + 2
            + PRODUCTS * finest.node_blocks();
        4 * values as u64
    }

    pub(super) fn new(gpu: &Gpu, shapes: &[Shape], frames: usize) -> Result<Room, GpuError> {
        let zeros = |each: usize| gpu.zeros::<f32>(frames * each);
        let finest = &shapes[0];
        let (across, down) = finest.normal_blocks();
        let fields = |shapes: &[Shape]| -> Result<Vec<_>, GpuError> {
            shapes.iter().map(|shape| zeros(2 * shape.nodes())).collect()
        };
        Ok(Room {
            frames,
            levels: Levels::new(gpu, shapes, frames)?,
            fields: fields(shapes)?,
            before: fields(&shapes[1..])?,
            other: zeros(2 * finest.nodes())?,
            misfits: [zeros(finest.nodes())?, zeros(finest.nodes())?],
            better: zeros(finest.nodes())?,
            step: Step {
                warped: zeros(finest.warped())?,
                sums: zeros(SUMS * finest.nodes())?,
                fit: zeros(2 * across * down)?,
                variance: zeros(1)?,
                still: gpu.zeros(frames)?,
                system: zeros(PLANES * finest.nodes())?,
                products: zeros(PRODUCTS * finest.node_blocks())?,
            },
        })
    }
}

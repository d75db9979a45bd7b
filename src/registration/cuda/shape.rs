//! The size of a level of a pyramid, and the blocks of threads that it takes.

use crate::registration::field::{Lattice, SPACING};
use crate::registration::plane::levels_of;

// As in cuda/register.cuh and register_level.cu.
pub(super) const THREADS: usize = 256;
const BLOCK: usize = 64;
// As in register_normal.cu.
const NODES_OF_BLOCK: (usize, usize) = (29, 16);

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

    pub(super) fn node_blocks(&self) -> usize {
        self.nodes().div_ceil(THREADS)
    }

    pub(super) fn normal_blocks(&self) -> (usize, usize) {
        let (columns, rows) = (self.columns as usize, self.rows as usize);
        (columns.div_ceil(NODES_OF_BLOCK.0), rows.div_ceil(NODES_OF_BLOCK.1))
    }

    pub(super) fn mean_blocks(&self) -> (usize, usize) {
        ((self.width as usize).div_ceil(BLOCK), (self.height as usize).div_ceil(BLOCK))
    }
}

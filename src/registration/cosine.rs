//! The cosine transform of a plane, which is mirrored at its border.

use std::sync::Arc;

use instances::fourier::{TransformType2And3, cosine};
use rayon::prelude::*;

/// Transforms planes of one size.
#[derive(Clone)]
pub(super) struct CosineTransform {
    width: usize,
    height: usize,
    along_rows: Arc<dyn TransformType2And3<f32>>,
    along_columns: Arc<dyn TransformType2And3<f32>>,
}

impl CosineTransform {
    pub(super) fn new(width: usize, height: usize) -> CosineTransform {
        CosineTransform { width, height, along_rows: cosine(width), along_columns: cosine(height) }
    }

    /// The transform (of type 2, not scaled) of row after row: column after column, each from its lowest frequency.
    pub(super) fn forward(&self, mut rows: Vec<f32>) -> Vec<f32> {
        rows.par_chunks_exact_mut(self.width).for_each(|row| self.along_rows.process_dct2(row));
        let mut columns = transposed(&rows, self.width);
        columns.par_chunks_exact_mut(self.height).for_each(|column| self.along_columns.process_dct2(column));
        columns
    }

    /// The plane, row after row, that has this transform.
    pub(super) fn backward(&self, mut columns: Vec<f32>) -> Vec<f32> {
        columns.par_chunks_exact_mut(self.height).for_each(|column| self.along_columns.process_dct3(column));
        let mut rows = transposed(&columns, self.height);
        let scale = self.scale();
        rows.par_chunks_exact_mut(self.width).for_each(|row| {
            self.along_rows.process_dct3(row);
            row.iter_mut().for_each(|value| *value *= scale);
        });
        rows
    }

    /// Both transforms back multiply by half their length; this undoes it.
    pub(super) fn scale(&self) -> f32 {
        4.0 / (self.width * self.height) as f32
    }
}

/// Of rows of this width.
fn transposed(values: &[f32], width: usize) -> Vec<f32> {
    let height = values.len() / width;
    let mut out = vec![0.0; values.len()];
    out.par_chunks_exact_mut(height).enumerate().for_each(|(x, column)| {
        column.iter_mut().enumerate().for_each(|(y, value)| *value = values[y * width + x]);
    });
    out
}

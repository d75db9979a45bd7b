//! The cosine transform of a picture.

use std::sync::Arc;

use instances::fourier::{TransformType2And3, cosine};
use rayon::prelude::*;

use crate::registration::plane::Plane;

/// Column after column, each from its lowest frequency.
#[derive(Clone)]
pub(super) struct Spectrum {
    width: usize,
    height: usize,
    values: Vec<f32>,
    along_rows: Arc<dyn TransformType2And3<f32>>,
    along_columns: Arc<dyn TransformType2And3<f32>>,
}

impl Spectrum {
    pub(super) fn of(picture: &Plane) -> Spectrum {
        let Plane { width, height, .. } = *picture;
        let (along_rows, along_columns) = (cosine(width), cosine(height));
        let mut rows = picture.values.clone();
        rows.par_chunks_exact_mut(width).for_each(|row| along_rows.process_dct2(row));
        let mut values = transposed(&rows, width);
        values.par_chunks_exact_mut(height).for_each(|column| along_columns.process_dct2(column));
        Spectrum { width, height, values, along_rows, along_columns }
    }

    pub(super) fn picture(mut self) -> Plane {
        let along = &self.along_columns;
        self.values.par_chunks_exact_mut(self.height).for_each(|column| along.process_dct3(column));
        let mut values = transposed(&self.values, self.height);
        // Both transforms back multiply by half their length.
        let scale = self.scale();
        values.par_chunks_exact_mut(self.width).for_each(|row| {
            self.along_rows.process_dct3(row);
            row.iter_mut().for_each(|value| *value *= scale);
        });
        Plane { width: self.width, height: self.height, values }
    }

    /// Multiplies each value by `gain` of its frequencies across and down, in cycles per pixel.
    pub(super) fn multiply(&mut self, gain: &(dyn Fn(f64, f64) -> f64 + Sync)) {
        let (width, height) = (self.width, self.height);
        self.values.par_chunks_exact_mut(height).enumerate().for_each(|(column, values)| {
            for (row, value) in values.iter_mut().enumerate() {
                *value *= gain(frequency(column, width), frequency(row, height)) as f32;
            }
        });
    }

    /// Calls `told` with both frequencies and the power of each value; of white noise the power is its variance.
    pub(super) fn each(&self, told: &mut dyn FnMut(f64, f64, f64)) {
        // The constant is twice as long as a cosine.
        let half = |at: usize| if at == 0 { 0.5 } else { 1.0 };
        for (column, values) in self.values.chunks_exact(self.height).enumerate() {
            for (row, &value) in values.iter().enumerate() {
                let power = f64::from(value).powi(2) * f64::from(self.scale()) * half(column) * half(row);
                told(frequency(column, self.width), frequency(row, self.height), power);
            }
        }
    }

    fn scale(&self) -> f32 {
        4.0 / (self.width * self.height) as f32
    }
}

fn frequency(at: usize, length: usize) -> f64 {
    at as f64 / (2 * length) as f64
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

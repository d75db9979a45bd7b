//! The cosine spectrum of a picture.

use rayon::prelude::*;

use crate::registration::cosine::CosineTransform;
use crate::registration::plane::Plane;

/// Column after column, each from its lowest frequency.
#[derive(Clone)]
pub(super) struct Spectrum {
    width: usize,
    height: usize,
    values: Vec<f32>,
    transform: CosineTransform,
}

impl Spectrum {
    pub(super) fn of(picture: &Plane) -> Spectrum {
        let Plane { width, height, .. } = *picture;
        let transform = CosineTransform::new(width, height);
        let values = transform.forward(picture.values.clone());
        Spectrum { width, height, values, transform }
    }

    /// Of the picture, in pixels.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    pub(super) fn picture(self) -> Plane {
        Plane { width: self.width, height: self.height, values: self.transform.backward(self.values) }
    }

    /// What a separable blur, which leaves `left` of a frequency in cycles per pixel, leaves of each column's and each row's.
    pub(super) fn along_axes(&self, left: &dyn Fn(f64) -> f64) -> Axes {
        let along = |length: usize| (0..length).map(|at| left(frequency(at, length))).collect();
        Axes { across: along(self.width), down: along(self.height) }
    }

    /// Multiplies each value by `gain` of the square of its frequency, in cycles per pixel, and of what the blur leaves of it.
    pub(super) fn multiply(&mut self, left: &Axes, gain: &(dyn Fn(f64, f64) -> f64 + Sync)) {
        let (width, height) = (self.width, self.height);
        self.values.par_chunks_exact_mut(height).enumerate().for_each(|(column, values)| {
            for (row, value) in values.iter_mut().enumerate() {
                let square = square(frequency(column, width), frequency(row, height));
                *value *= gain(square, left.across[column] * left.down[row]) as f32;
            }
        });
    }

    /// Calls `told` with the square of the frequency, what the blur leaves of it, and the power of each value; of white noise
    /// the power is its variance.
    pub(super) fn each(&self, left: &Axes, told: &mut dyn FnMut(f64, f64, f64)) {
        // The constant is twice as long as a cosine.
        let half = |at: usize| if at == 0 { 0.5 } else { 1.0 };
        let scale = f64::from(self.transform.scale());
        for (column, values) in self.values.chunks_exact(self.height).enumerate() {
            for (row, &value) in values.iter().enumerate() {
                let power = f64::from(value).powi(2) * scale * half(column) * half(row);
                let square = square(frequency(column, self.width), frequency(row, self.height));
                told(square, left.across[column] * left.down[row], power);
            }
        }
    }
}

/// What a separable blur leaves of the frequencies across and down.
pub(super) struct Axes {
    across: Vec<f64>,
    down: Vec<f64>,
}

fn frequency(at: usize, length: usize) -> f64 {
    at as f64 / (2 * length) as f64
}

fn square(across: f64, down: f64) -> f64 {
    across * across + down * down
}

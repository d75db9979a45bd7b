//! A frame in register with a reference.

use rayon::prelude::*;

use crate::registration::field::Field;
use crate::registration::plane::Plane;
use crate::registration::warp::{RowScratch, warp_row};

/// 8-bit samples at or above this are saturated, whatever an encoder leaves of them.
const SATURATED: f32 = 250.0;
/// Saturated pixels that are this much brighter than the mean of all frames, an eighth of the range,
/// are glint.
const GLINT: f32 = 32.0;

/// One frame in register, its unseen pixels and glint replaced by the reference's.
pub(super) struct Warped {
    pub values: Plane,
    /// Whether the frame saw the pixel.
    pub valid: Vec<bool>,
}

impl Warped {
    pub(super) fn new(reference: &Plane) -> Warped {
        let values = Plane::new(reference.width, reference.height);
        let valid = vec![true; values.values.len()];
        Warped { values, valid }
    }

    pub(super) fn fill(&mut self, frame: &Plane, field: &Field, reference: &Plane) {
        let width = reference.width;
        let rows = self.values.values.par_chunks_exact_mut(width).zip(self.valid.par_chunks_exact_mut(width));
        rows.enumerate().for_each_init(RowScratch::default, |scratch, (y, (line, valid))| {
            warp_row(frame, field, y, scratch, line);
            for ((value, valid), &mean) in line.iter_mut().zip(valid).zip(reference.row(y)) {
                *valid = !(value.is_nan() || *value >= SATURATED && *value - mean > GLINT);
                if !*valid {
                    *value = mean;
                }
            }
        });
    }
}

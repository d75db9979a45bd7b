//! The frames that count, one after the other in register with a reference.

use rayon::prelude::*;

use super::halves::Halves;
use crate::registration::error::RegisterError;
use crate::registration::field::Field;
use crate::registration::frames::Frames;
use crate::registration::plane::Plane;
use crate::registration::warp::{RowScratch, warp_row};
use manifold::progress::{Canceled, Counter};

/// 8-bit samples at or above this are saturated, whatever an encoder leaves of them.
const SATURATED: f32 = 250.0;
/// Saturated pixels that are this much brighter than the mean of all frames, an eighth of the range,
/// are glint.
const GLINT: f32 = 32.0;

/// Frames, their fields, and which of them count.
pub(super) struct InRegister<'a> {
    frames: &'a dyn Frames,
    fields: &'a [Field],
    reference: &'a Plane,
    /// The frames that count.
    pub used: Vec<usize>,
}

impl<'a> InRegister<'a> {
    pub(super) fn new(
        frames: &'a dyn Frames,
        fields: &'a [Field],
        trusted: &[bool],
        reference: &'a Plane,
    ) -> InRegister<'a> {
        let used = (0..fields.len()).filter(|&at| trusted[at]).collect();
        InRegister { frames, fields, reference, used }
    }

    /// `told` gets each, with its number among those that count and its number in the clip, and may stop the work.
    pub(super) fn each(
        &self,
        told: &mut dyn FnMut(usize, usize, &Warped) -> Result<(), Canceled>,
    ) -> Result<(), RegisterError> {
        let mut warped = Warped::new(self.reference);
        let mut frame = Plane::default();
        for (number, &at) in self.used.iter().enumerate() {
            self.frames.read(at, &mut frame)?;
            warped.fill(&frame, &self.fields[at], self.reference);
            told(number, at, &warped)?;
        }
        Ok(())
    }

    /// The sums over both halves; `told` gets each frame, `counter` hears of it.
    pub(super) fn halves(
        &self,
        counter: &Counter<'_>,
        told: &mut dyn FnMut(usize, &Warped),
    ) -> Result<Halves, RegisterError> {
        let mut halves = Halves::new(self.reference.width, self.reference.height, self.used.len());
        self.each(&mut |number, at, frame| {
            halves.add(number, frame);
            told(at, frame);
            counter.add(1)
        })?;
        Ok(halves)
    }
}

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

    fn fill(&mut self, frame: &Plane, field: &Field, reference: &Plane) {
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

//! The frames that count, one after the other in register with a reference.

use super::halves::Halves;
use super::warped::Warped;
use crate::registration::error::RegisterError;
use crate::registration::field::Field;
use crate::registration::frames::Frames;
use crate::registration::plane::Plane;
use manifold::progress::{Canceled, Counter};

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

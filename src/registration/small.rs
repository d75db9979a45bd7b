//! The small copy of a clip on which choices are made.

use rayon::prelude::*;

use super::error::RegisterError;
use super::frames::Frames;
use super::plane::{Plane, Pyramid, halvings};

/// Frames are halved to no more than this width and height: registering them takes a tenth of the time, and the better start
/// was the same at twice the size on fourteen clips.
pub(super) const SIDE: usize = 160;

/// These frames, halved until they are small.
pub(super) fn small(frames: &dyn Frames, which: &[usize]) -> Result<Vec<Plane>, RegisterError> {
    let level = halvings(frames.size(), SIDE);
    let shrunk = |(frame, pyramid): &mut (Plane, Pyramid), &at: &usize| {
        frames.read(at, frame)?;
        if level == 0 {
            return Ok(frame.clone());
        }
        pyramid.fill(frame, level + 1);
        Ok(pyramid.smooth(level).clone())
    };
    which.par_iter().map_init(Default::default, shrunk).collect()
}

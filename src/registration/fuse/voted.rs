//! The mean of the frames in register, weighted by their votes: the reference where registration starts from the mean.

use rayon::prelude::*;

use super::{Warped, vote};
use crate::registration::error::RegisterError;
use crate::registration::field::Field;
use crate::registration::frames::Frames;
use crate::registration::plane::Plane;
use manifold::progress::Counter;

/// Less than this sum of votes says nothing about a pixel.
const SILENT: f32 = 1e-3;

/// Mean over the `trusted` frames of what they see, weighted by how well they agree with the plain mean, `plain`, in each
/// window; `plain` where none does.
///
/// In rough water, or where light moves, most frames are off somewhere: without them the reference is sharper, and so the
/// next round's registration better. `counter` may stop it.
pub(in crate::registration) fn voted_mean(
    frames: &dyn Frames,
    fields: &[Field],
    trusted: &[bool],
    plain: &Plane,
    counter: &Counter,
) -> Result<Plane, RegisterError> {
    let used: Vec<usize> = (0..fields.len()).filter(|&at| trusted[at]).collect();
    let mut warped = Warped::new(plain);
    let (votes, _) = vote(frames, fields, &used, plain, &mut warped, &mut |_, _| counter.add(0))?;
    let width = plain.width;
    let mut sums = vec![(0.0f32, 0.0f32); plain.values.len()];
    for &at in &used {
        warped.fill(frames, at, &fields[at], plain)?;
        counter.add(0)?;
        let Warped { values, valid, .. } = &warped;
        let add = |vote: &mut Vec<f32>, (y, sums): (usize, &mut [(f32, f32)])| {
            votes.along(at, y, vote);
            let pixels = values.row(y).iter().zip(&valid[y * width..]).zip(vote.iter());
            for ((sum, weight), ((value, &valid), vote)) in sums.iter_mut().zip(pixels) {
                if valid {
                    *sum += vote * value;
                    *weight += vote;
                }
            }
        };
        sums.par_chunks_exact_mut(width).enumerate().for_each_init(|| vec![0.0; width], add);
    }
    let mut mean = plain.clone();
    for (value, (sum, weight)) in mean.values.iter_mut().zip(sums) {
        if weight > SILENT {
            *value = sum / weight;
        }
    }
    Ok(mean)
}

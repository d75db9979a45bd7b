//! The mean of the frames in register, weighted by their votes: the reference where registration starts from the mean.

use rayon::prelude::*;

use super::in_register::InRegister;
use super::votes::Votes;
use super::windows::Layout;
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
    let clip = InRegister::new(frames, fields, trusted, plain);
    let mut votes = Votes::new(Layout::over(plain.width, plain.height), fields.len());
    clip.each(&mut |_, at, frame| {
        votes.measure(at, frame, plain);
        counter.add(0)
    })?;
    let medians = votes.medians(&clip.used);
    votes.settle(&clip.used, &medians);
    let width = plain.width;
    let mut sums = vec![(0.0f32, 0.0f32); plain.values.len()];
    clip.each(&mut |_, at, frame| {
        let add = |vote: &mut Vec<f32>, (y, sums): (usize, &mut [(f32, f32)])| {
            votes.along(at, y, vote);
            let pixels = frame.values.row(y).iter().zip(&frame.valid[y * width..]).zip(vote.iter());
            for ((sum, weight), ((value, &valid), vote)) in sums.iter_mut().zip(pixels) {
                if valid {
                    *sum += vote * value;
                    *weight += vote;
                }
            }
        };
        sums.par_chunks_exact_mut(width).enumerate().for_each_init(|| vec![0.0; width], add);
        counter.add(0)
    })?;
    let mut mean = plain.clone();
    for (value, (sum, weight)) in mean.values.iter_mut().zip(sums) {
        if weight > SILENT {
            *value = sum / weight;
        }
    }
    Ok(mean)
}

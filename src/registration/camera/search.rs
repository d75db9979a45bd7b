//! Where to start: shifts of the coarsest level, all of them.

use super::pose::Pose;
use super::resample::{cubic, sees};
use super::samples::{HAIR, OVERLAP, contrast, squash};
use crate::registration::plane::Plane;

/// Shifts of up to this share of the picture are found. A camera that moves by more from frame to
/// frame blurs what it sees.
const REACH: usize = 4;
/// Two shifts that differ by no more than this lead to the same place, in pixels of the coarsest level.
const SAME: isize = 2;

/// The guess, and the two shifts beside it under which the levels agree best, if they are not the
/// guess itself. Which one is right shows on finer levels, where waves and ripples no longer look
/// alike. All in pixels of the level.
pub(super) fn starts(reference: &Plane, frame: &Plane, guess: Pose) -> Vec<Pose> {
    let shifts = shifts(reference, frame, guess);
    let apart = |a: (isize, isize), b: (isize, isize)| (a.0 - b.0).abs().max((a.1 - b.1).abs()) > SAME;
    let mut chosen = vec![(0, 0)];
    // The best may lie next to the guess, and is then the better start.
    if let Some(&(_, best)) = shifts.first()
        && best != (0, 0)
    {
        chosen.push(best);
        chosen.extend(shifts.iter().map(|&(_, at)| at).find(|&at| apart(at, best) && apart(at, (0, 0))));
    }
    chosen.into_iter().map(|(x, y)| guess.compose(Pose::translation(x as f64, y as f64))).collect()
}

/// All shifts with the correlation under each, best first; of shifts that are almost equally
/// good (along stripes) the shorter.
fn shifts(reference: &Plane, frame: &Plane, guess: Pose) -> Vec<(f64, (isize, isize))> {
    let (width, height) = (reference.width, reference.height);
    let (right, down) = (width / REACH, height / REACH);
    // The frame as the guess sees it, as far around the picture as the shifts go.
    let (wide, high) = (width + 2 * right, height + 2 * down);
    let (mut values, mut mask) = (vec![0.0; wide * high], vec![0.0; wide * high]);
    let level = contrast(frame);
    for at in 0..wide * high {
        let (x, y) = ((at % wide) as f64 - right as f64, (at / wide) as f64 - down as f64);
        let (x, y) = guess.apply(x, y);
        if sees(frame, x, y) {
            (values[at], mask[at]) = (squash(cubic(frame, x, y), level), 1.0);
        }
    }
    let level = contrast(reference);
    let own: Vec<f32> = reference.values.iter().map(|&value| squash(value, level)).collect();
    let mut found = Vec::with_capacity((2 * right + 1) * (2 * down + 1));
    for dy in 0..=2 * down {
        for dx in 0..=2 * right {
            let [mut both, mut here, mut there, mut seen] = [0.0f32; 4];
            for (y, own) in own.chunks_exact(width).enumerate() {
                let start = (y + dy) * wide + dx;
                let (values, mask) = (&values[start..start + width], &mask[start..start + width]);
                for ((a, b), m) in own.iter().zip(values).zip(mask) {
                    both += a * b;
                    here += a * a * m;
                    there += b * b;
                    seen += m;
                }
            }
            let scale = (here * there).sqrt();
            if scale > 0.0 && f64::from(seen) >= OVERLAP * (width * height) as f64 {
                let shift = (dx as isize - right as isize, dy as isize - down as isize);
                let length =
                    (shift.0 as f64).hypot(shift.1 as f64) / (right as f64).hypot(down as f64).max(1.0);
                found.push((f64::from(both / scale) - HAIR * length, shift));
            }
        }
    }
    found.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    found
}

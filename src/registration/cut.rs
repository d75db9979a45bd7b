//! Where a clip changes to another scene.
//!
//! Water comes back to shapes it had, so of two frames of one scene, however far apart in time, some are alike. After a cut
//! none is like any before it: the smallest difference across the cut is larger than the usual one on either side. Of rough
//! water, whose frames differ from each other as much as from any other picture, a cut is not recognized.

#[cfg(test)]
mod tests;

use rayon::prelude::*;

use super::paths::{squared, thumbnail};
use super::plane::{Plane, Pyramid};

/// The largest steps from frame to frame are looked at, this many: foreign frames and flashes make two each.
const CANDIDATES: usize = 8;
/// A part shorter than this is not a scene but some frames that show something else.
const LEAST: usize = 4;
/// So many frames of either part are compared, evenly spread.
const COMPARED: usize = 16;

/// The first frame of another scene, if there is a cut.
pub(super) fn cut(frames: &[Plane]) -> Option<usize> {
    let small: Vec<Plane> =
        frames.par_iter().map_init(Pyramid::default, |pyramid, frame| thumbnail(frame, pyramid)).collect();
    let mut steps: Vec<(f32, usize)> =
        small.windows(2).enumerate().map(|(at, pair)| (squared(&pair[0], &pair[1]), at + 1)).collect();
    steps.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    let candidates = steps.iter().take(CANDIDATES).map(|&(_, at)| at);
    candidates.filter(|&at| at >= LEAST && small.len() - at >= LEAST).find(|&at| {
        let (before, after) = (spread(&small[..at]), spread(&small[at..]));
        let mut within: Vec<f32> = pairs(&before).chain(pairs(&after)).collect();
        within.sort_unstable_by(f32::total_cmp);
        let across = before.iter().flat_map(|a| after.iter().map(|b| squared(a, b)));
        across.fold(f32::INFINITY, f32::min) > within[within.len() / 2]
    })
}

/// Evenly spread frames of a part.
fn spread(part: &[Plane]) -> Vec<&Plane> {
    let kept = part.len().min(COMPARED);
    (0..kept).map(|k| &part[k * part.len() / kept]).collect()
}

/// Differences of all pairs.
fn pairs<'a>(frames: &'a [&Plane]) -> impl Iterator<Item = f32> + 'a {
    frames.iter().enumerate().flat_map(|(at, a)| frames[..at].iter().map(|b| squared(a, b)))
}

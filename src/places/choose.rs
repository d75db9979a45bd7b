//! One of the centers of each place.

use super::band::Place;
use super::{Candidates, Grid, agree};
use crate::clip::advance;
use crate::error::Error;
use crate::stage;
use manifold::progress::Progress;

/// Stands in for a center that a place lacks: more than any spread, and finite when added up.
const NEVER: f64 = f64::MAX / 1e30;

/// For each place, the frame of the one of `labels` centers that agrees best with the neighbors'. Takes the
/// pixels out of the places.
pub(super) fn agreeing(
    places: &mut [Place],
    grid: &Grid,
    labels: usize,
    progress: &dyn Progress,
) -> Result<Vec<Vec<u32>>, Error> {
    advance(progress, stage::AGREE, 0, None)?;
    let (mut pixels, mut own) = (Vec::new(), Vec::new());
    let patch_len = grid.patch().pow(2);
    for place in places.iter_mut() {
        // Dropping components can leave a place with fewer centers than requested: it takes its first.
        let missing = labels - place.frames.len();
        pixels.append(&mut place.pixels);
        own.append(&mut place.spread);
        pixels.resize(pixels.len() + missing * patch_len, 0);
        own.resize(own.len() + missing, NEVER);
    }
    let chosen = agree(&Candidates { grid, labels, pixels: &pixels, own: &own }).labels;
    Ok(places.iter().zip(chosen).map(|(place, label)| vec![place.frames[label as usize]]).collect())
}

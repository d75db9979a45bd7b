//! A band of places, and what is found at one of them, on any device.

use std::ops::Range;

use super::Grid;
use super::patch_settings::{CenterSettings, Choice};
use crate::clip::{Patch, Stack};
use crate::error::Error;
use crate::stage;
use manifold::flow::{CenterSearch, Centers, Marginal, SCALE};
use manifold::graph::{Neighborhood, UNIT};
use manifold::progress::{After, Counter, Progress};

/// The centers of one place.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// Frames of its centers (by their order among those used), the global one first.
    pub frames: Vec<u32>,
    /// V of the global center in gray levels x frames.
    pub cost: f64,
    pub solves: u32,
    pub components: u32,
    /// Mean squared distance of each center to all frames' patches; empty if patches are
    /// blended.
    pub spread: Vec<f64>,
    /// Luma of each center's patch, one after the other; empty if patches are blended.
    pub pixels: Vec<u16>,
}

/// Rows of places, with the pixels of all frames there.
pub(super) struct Band<'a> {
    pub stack: &'a Stack,
    pub grid: &'a Grid,
    pub rows: Range<usize>,
    pub settings: &'a CenterSettings,
    /// Places finished before, which `progress` counts together with the new ones.
    pub done: usize,
    pub progress: &'a dyn Progress,
}

impl Band<'_> {
    /// What the flows to all frames of a place pay.
    pub(super) fn marginal(&self) -> Result<Marginal, Error> {
        let frames = self.stack.frames();
        Ok(Marginal::new(&self.settings.cost, frames, self.settings.neighbors.even_degree(frames))?)
    }

    /// Receives what is done of this band, and adds the places before.
    pub(super) fn after(&self) -> After<'_> {
        After { progress: self.progress, done: self.done }
    }

    /// Counts finished places.
    pub(super) fn counter<'a>(&self, after: &'a After<'_>) -> Counter<'a> {
        Counter::new(after, stage::PLACES, self.grid.len() - self.done)
    }

    /// The centers of one place, from bounds of V of its nodes if there are any.
    pub(super) fn centers(
        &self,
        search: &mut CenterSearch,
        near: &Neighborhood,
        marginal: &Marginal,
        bounds: Option<&[i64]>,
    ) -> Result<Place, Error> {
        let count = self.settings.centers.get();
        let Centers { nodes, cost, solves, .. } = match (self.settings.choice, bounds) {
            (Choice::Medoids, _) => search.medoids(&near.graph, marginal, count)?,
            (_, Some(bounds)) => search.most_central_above(&near.graph, marginal, count, bounds)?,
            (_, None) => search.most_central(&near.graph, marginal, count)?,
        };
        Ok(Place {
            frames: nodes.iter().map(|&node| near.points[node as usize]).collect(),
            cost: cost as f64 / (UNIT * (SCALE * marginal.parts() as i64) as f64),
            solves,
            components: near.components as u32,
            spread: Vec::new(),
            pixels: Vec::new(),
        })
    }

    /// Adds pixels and spread to the centers of the place in this column and row of the band. `row_of` gives the
    /// squared distances of a frame to all.
    pub(super) fn keep_pixels(
        &self,
        place: &mut Place,
        (column, row): (usize, usize),
        divisor: u64,
        row_of: impl Fn(usize) -> Result<Vec<u64>, Error>,
    ) -> Result<(), Error> {
        let at = (self.grid.xs()[column], self.grid.ys()[self.rows.start + row]);
        for &frame in &place.frames {
            let row = row_of(frame as usize)?;
            let sum: f64 = row.iter().map(|&squared| squared as f64).sum();
            place.spread.push(sum / (divisor as f64 * row.len() as f64));
            match self.stack.patch(frame as usize, at, self.grid.patch()) {
                Some(Patch::U8(rows)) => {
                    rows.for_each(|row| place.pixels.extend(row.iter().map(|&s| u16::from(s))))
                }
                Some(Patch::U16(rows)) => rows.for_each(|row| place.pixels.extend_from_slice(row)),
                None => {}
            }
        }
        Ok(())
    }
}

/// The warning if the graph fell into groups at many places. A few (flat ones, say) are not
/// worth a warning; half of them point to the settings.
pub(super) fn fell_apart(places: &[Place]) -> Option<String> {
    let (apart, of) = (places.iter().filter(|place| place.components > 1).count(), places.len());
    (2 * apart > of).then(|| {
        format!(
            "at {apart} of {of} places the neighborhood graph fell into groups: allow more neighbors or a larger radius"
        )
    })
}

//! The centers of all places of one band.

use std::ops::Range;
use std::sync::Mutex;

use rayon::prelude::*;

use super::bands::{TASK_COLUMNS, TASK_ROWS};
use super::on_gpu;
use crate::pipeline::advance;
use crate::pipeline::{CenterSettings, Choice, RestoreError};
use crate::places::distance::SharedDistances;
use crate::places::{Grid, Patch, Stack};
use crate::stage;
use manifold::device::Device;
use manifold::flow::{CenterSearch, Centers};
use manifold::flow::{Marginal, SCALE};
use manifold::graph::{Neighborhood, UNIT, neighborhood};
use manifold::progress::Progress;

/// The centers of one place.
#[derive(Clone, Debug)]
pub(crate) struct Place {
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
pub(crate) struct Band<'a> {
    pub stack: &'a Stack,
    pub grid: &'a Grid,
    pub rows: Range<usize>,
    pub settings: &'a CenterSettings,
    /// Places finished before, which `progress` counts together with the new ones.
    pub done: usize,
    pub progress: &'a dyn Progress,
}

impl Band<'_> {
    /// The centers at all places, on whichever device is faster; they do not depend on it.
    pub fn find(&self, device: &Device) -> Result<Vec<Place>, RestoreError> {
        let shared = self.stack.distances(self.grid, self.rows.clone(), self.settings.level)?;
        let marginal = self.marginal()?;
        if let Some(gpu) = on_gpu::gpu_for(self, device)? {
            let found = on_gpu::places(self, device, &gpu, &shared, &marginal);
            if let Some(places) = device.or_cpu(stage::DISTANCES, "hold a row of places", found)? {
                return Ok(places);
            }
        }
        self.places(&shared, &marginal)
    }

    fn marginal(&self) -> Result<Marginal, RestoreError> {
        let frames = self.stack.frames();
        Ok(Marginal::new(&self.settings.cost, frames, self.settings.neighbors.even_degree(frames))?)
    }

    fn places(&self, shared: &SharedDistances<'_>, marginal: &Marginal) -> Result<Vec<Place>, RestoreError> {
        let Band { grid, rows, settings, .. } = self;
        let tasks: Vec<_> = (0..rows.len())
            .step_by(TASK_ROWS)
            .flat_map(|row| (0..grid.columns()).step_by(TASK_COLUMNS).map(move |column| (row, column)))
            .collect();
        let finished = Mutex::new(self.done);
        let places = tasks.par_iter().map_init(CenterSearch::default, |search, &(row, column)| {
            let columns = column..(column + TASK_COLUMNS).min(grid.columns());
            let task_rows = row..(row + TASK_ROWS).min(rows.len());
            let mut found = Vec::with_capacity(columns.len() * task_rows.len());
            shared.strip(columns.clone(), task_rows, |column, row, distances| {
                let near = neighborhood(distances, settings.neighbors, settings.disconnected)?;
                let mut place = self.centers(search, &near, marginal, None)?;
                if settings.choice != Choice::Blend {
                    let row_of = |frame| Ok(distances.row(frame).to_vec());
                    self.keep_pixels(&mut place, (column, row), distances.divisor(), row_of)?;
                }
                found.push((row * grid.columns() + column, place));
                if column + 1 == columns.end {
                    self.tell(&finished, columns.len())?;
                }
                Ok::<_, RestoreError>(())
            })?;
            Ok::<_, RestoreError>(found)
        });
        let mut places = places.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect::<Vec<_>>();
        places.sort_unstable_by_key(|&(number, _)| number);
        Ok(places.into_iter().map(|(_, place)| place).collect())
    }

    pub(crate) fn tell(&self, finished: &Mutex<usize>, more: usize) -> Result<(), RestoreError> {
        // A poisoned lock means another task panicked; its count is still sound.
        let mut finished = finished.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *finished += more;
        advance(self.progress, stage::PLACES, *finished, Some(self.grid.len()))
    }

    /// The centers of one place, from bounds of V of its nodes if there are any.
    pub(crate) fn centers(
        &self,
        search: &mut CenterSearch,
        near: &Neighborhood,
        marginal: &Marginal,
        bounds: Option<&[i64]>,
    ) -> Result<Place, RestoreError> {
        let count = self.settings.centers.get();
        let Centers { nodes, cost, solves } = match (self.settings.choice, bounds) {
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
    pub(crate) fn keep_pixels(
        &self,
        place: &mut Place,
        (column, row): (usize, usize),
        divisor: u64,
        row_of: impl Fn(usize) -> Result<Vec<u64>, RestoreError>,
    ) -> Result<(), RestoreError> {
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

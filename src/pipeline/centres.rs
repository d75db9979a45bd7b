//! The centres of all places of one band.

use std::ops::Range;
use std::sync::Mutex;

use rayon::prelude::*;

use super::bands::{TASK_COLUMNS, TASK_ROWS};
use super::clip::advance;
use super::{CentreSettings, Choice, RestoreError};
use crate::centre::{CentreSearch, Centres};
use crate::distance::SquaredDistances;
use crate::flow::{Marginal, SCALE};
use crate::graph::{UNIT, neighbourhood};
use crate::patch::{Grid, Patch, Stack};
use crate::progress::{Progress, Stage};

/// The centres of one place.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// Frames (in the order of those used) of its centres, the global one first.
    pub frames: Vec<u32>,
    /// V of the global centre in grey levels x frames.
    pub cost: f64,
    pub solves: u32,
    pub components: u32,
    /// Mean squared distance of each centre to all frames' patches; empty where patches are
    /// blended.
    pub spread: Vec<f64>,
    /// Luma of each centre's patch, one after the other; empty where patches are blended.
    pub pixels: Vec<u16>,
}

/// Finds the centres at the places of `rows` of the grid; `stack` holds these rows' pixels.
/// `done` places were finished before, which `progress` is told together with the new ones.
pub(super) fn band(
    stack: &Stack,
    grid: &Grid,
    rows: Range<usize>,
    settings: &CentreSettings,
    done: usize,
    progress: &dyn Progress,
) -> Result<Vec<Place>, RestoreError> {
    let shared = stack.distances(grid, rows.clone(), settings.level)?;
    let marginal =
        Marginal::new(&settings.cost, stack.frames(), settings.neighbours.even_degree(stack.frames()))?;
    let tasks: Vec<_> = (0..rows.len())
        .step_by(TASK_ROWS)
        .flat_map(|row| (0..grid.columns()).step_by(TASK_COLUMNS).map(move |column| (row, column)))
        .collect();
    let finished = Mutex::new(done);
    let places = tasks.par_iter().map_init(CentreSearch::default, |search, &(row, column)| {
        let columns = column..(column + TASK_COLUMNS).min(grid.columns());
        let task_rows = row..(row + TASK_ROWS).min(rows.len());
        let mut found = Vec::with_capacity(columns.len() * task_rows.len());
        shared.strip(columns.clone(), task_rows, |column, row, distances| {
            let row = rows.start + row;
            let mut place = centres(search, distances, &marginal, settings)?;
            if settings.choice != Choice::Blend {
                keep_pixels(&mut place, stack, distances, (grid.xs()[column], grid.ys()[row]), grid.patch());
            }
            found.push((row * grid.columns() + column, place));
            if column + 1 == columns.end {
                tell(&finished, columns.len(), progress, grid.len())?;
            }
            Ok::<_, RestoreError>(())
        })?;
        Ok::<_, RestoreError>(found)
    });
    let mut places = places.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect::<Vec<_>>();
    places.sort_unstable_by_key(|&(number, _)| number);
    Ok(places.into_iter().map(|(_, place)| place).collect())
}

fn tell(
    finished: &Mutex<usize>,
    more: usize,
    progress: &dyn Progress,
    of: usize,
) -> Result<(), RestoreError> {
    // A poisoned lock means another task panicked; its count is still sound.
    let mut finished = finished.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    *finished += more;
    advance(progress, Stage::Places, *finished, Some(of))
}

fn centres(
    search: &mut CentreSearch,
    distances: &SquaredDistances,
    marginal: &Marginal,
    settings: &CentreSettings,
) -> Result<Place, RestoreError> {
    let near = neighbourhood(distances, settings.neighbours, settings.disconnected)?;
    let count = settings.centres.get();
    let Centres { nodes, cost, solves } = match settings.choice {
        Choice::Blend | Choice::Agree => search.most_central(&near.graph, marginal, count)?,
        Choice::Medoids => search.medoids(&near.graph, marginal, count)?,
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

fn keep_pixels(
    place: &mut Place,
    stack: &Stack,
    distances: &SquaredDistances,
    at: (usize, usize),
    side: usize,
) {
    for &frame in &place.frames {
        let row = distances.row(frame as usize);
        let sum: f64 = row.iter().map(|&squared| squared as f64).sum();
        place.spread.push(sum / (distances.divisor() as f64 * row.len() as f64));
        match stack.patch(frame as usize, at, side) {
            Some(Patch::U8(rows)) => {
                rows.for_each(|row| place.pixels.extend(row.iter().map(|&s| u16::from(s))))
            }
            Some(Patch::U16(rows)) => rows.for_each(|row| place.pixels.extend_from_slice(row)),
            None => {}
        }
    }
}

//! The centers of all places of one band.

use rayon::prelude::*;

use super::band::{Band, Place};
use super::budget::{TASK_COLUMNS, TASK_ROWS};
use super::distance::SharedDistances;
use super::on_gpu;
use super::patch_settings::Choice;
use crate::error::Error;
use crate::stage;
use manifold::device::Device;
use manifold::flow::{CenterSearch, Marginal};
use manifold::graph::neighborhood;

/// The centers at all places, on whichever device is faster; they do not depend on it.
pub(super) fn find(band: &Band, device: &Device) -> Result<Vec<Place>, Error> {
    let shared = band.grid.distances(band.stack, band.rows.clone(), band.settings.level)?;
    let marginal = band.marginal()?;
    if let Some(gpu) = on_gpu::gpu_for(band, device)? {
        let found = on_gpu::places(band, device, &gpu, &shared, &marginal);
        if let Some(places) = device.or_cpu(stage::DISTANCES, "hold a row of places", found)? {
            return Ok(places);
        }
    }
    find_on_cpu(band, &shared, &marginal)
}

/// The reference: task by task on rayon's threads.
fn find_on_cpu(band: &Band, shared: &SharedDistances<'_>, marginal: &Marginal) -> Result<Vec<Place>, Error> {
    let Band { grid, rows, settings, .. } = band;
    let tasks: Vec<_> = (0..rows.len())
        .step_by(TASK_ROWS)
        .flat_map(|row| (0..grid.columns()).step_by(TASK_COLUMNS).map(move |column| (row, column)))
        .collect();
    let after = band.after();
    let finished = band.counter(&after);
    let places = tasks.par_iter().map_init(CenterSearch::default, |search, &(row, column)| {
        let columns = column..(column + TASK_COLUMNS).min(grid.columns());
        let task_rows = row..(row + TASK_ROWS).min(rows.len());
        let mut found = Vec::with_capacity(columns.len() * task_rows.len());
        shared.strip(columns.clone(), task_rows, |column, row, distances| {
            let near = neighborhood(distances, settings.neighbors, settings.disconnected)?;
            let mut place = band.centers(search, &near, marginal, None)?;
            if settings.choice != Choice::Blend {
                let row_of = |frame| Ok(distances.row(frame).to_vec());
                band.keep_pixels(&mut place, (column, row), distances.divisor(), row_of)?;
            }
            found.push((row * grid.columns() + column, place));
            if column + 1 == columns.end {
                finished.add(columns.len())?;
            }
            Ok::<_, Error>(())
        })?;
        Ok::<_, Error>(found)
    });
    let mut places = places.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect::<Vec<_>>();
    places.sort_unstable_by_key(|&(number, _)| number);
    Ok(places.into_iter().map(|(_, place)| place).collect())
}

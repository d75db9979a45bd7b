//! The centers of a band with a GPU's help: it measures distances and finds neighbors at many places at
//! once, and bounds from below what a flow from each frame costs; the flows that can still win are
//! solved on the CPU. So the centers are exact, the same as without a GPU.

use std::sync::Arc;

use rayon::prelude::*;

use super::band::{Band, Place};
use super::distance::{MOST_NEAREST, SharedDistances, nearest, squared_row};
use super::patch_settings::Choice;
use crate::error::Error;
use crate::stage;
use manifold::device::{AsMemory, Device, Gpu, GpuError, Work};
use manifold::distance::{NearestLists, SquaredDistances};
use manifold::flow::CenterSearch;
use manifold::flow::{EdgeCost, Marginal, quadratic_bound, resistances_on};
use manifold::graph::{Graph, Neighborhood, Neighbors, UNIT, geodesic_sums, neighborhood_of_lists};

/// The GPU, if this band's distances are to be measured there.
pub(super) fn gpu_for(band: &Band, device: &Device) -> Result<Option<Arc<Gpu>>, Error> {
    let cannot = match band.settings.neighbors {
        // More than there are is refused on any device.
        Neighbors::Nearest(k) | Neighbors::Mutual(k) if k.get() >= band.stack.frames() => return Ok(None),
        Neighbors::Nearest(k) | Neighbors::Mutual(k) if k.get() > MOST_NEAREST => {
            Some("find more than 32 neighbors of a patch")
        }
        Neighbors::Within(_) => Some("find the neighbors of a patch within a radius"),
        Neighbors::Nearest(_) | Neighbors::Mutual(_) => None,
    };
    if let Some(what) = cannot {
        device.unsupported(stage::DISTANCES, what)?;
        return Ok(None);
    }
    let (frames, places) = (band.stack.frames() as f64, (band.rows.len() * band.grid.columns()) as f64);
    let work = Work {
        // Half of all pairs of pixels, and Floyd and Warshall's additions.
        operations: places * frames.powi(2) * ((band.grid.patch().pow(2) / 2) as f64 + frames),
        bytes: places * frames * (8 * MOST_NEAREST) as f64,
    };
    Ok(device.for_work(stage::DISTANCES, work, rayon::current_num_threads()))
}

/// The centers at all places of the band, in order.
pub(super) fn places(
    band: &Band,
    device: &Device,
    gpu: &Gpu,
    shared: &SharedDistances<'_>,
    marginal: &Marginal,
) -> Result<Vec<Place>, Error> {
    let (k, mutual) = match band.settings.neighbors {
        Neighbors::Nearest(k) => (k.get(), false),
        Neighbors::Mutual(k) => (k.get(), true),
        Neighbors::Within(_) => {
            return Err(GpuError::Unsupported { what: "find neighbors within a radius" }.into());
        }
    };
    let frames = band.stack.frames();
    if k >= frames {
        let error = manifold::graph::GraphError::Neighbors { neighbors: k, points: frames };
        return Err(error.into());
    }
    let after = band.after();
    let finished = band.counter(&after);
    let mut places = Vec::with_capacity(band.rows.len() * band.grid.columns());
    let halved = nearest::<Error>(gpu, shared, (k, UNIT), |lists| {
        let near = neighborhoods(band, shared, &lists, mutual)?;
        let bounds = bounds(band, device, gpu, &near, marginal)?;
        let columns = band.grid.columns();
        let found = near.par_iter().enumerate().map_init(CenterSearch::default, |search, (at, near)| {
            let mut place = band.centers(search, near, marginal, bounds.as_ref().map(|all| &all[at][..]))?;
            let (column, row) = (at % columns, lists.rows().start + at / columns);
            if band.settings.choice != Choice::Blend {
                keep_pixels(band, shared, &mut place, (column, row))?;
            }
            if column + 1 == columns {
                finished.add(columns)?;
            }
            Ok::<_, Error>(place)
        });
        places.extend(found.collect::<Result<Vec<_>, _>>()?);
        Ok(())
    })?;
    if let Some(rows) = halved {
        device.note(stage::DISTANCES, gpu, format!("its memory ran out: {rows} rows of places at a time"));
    }
    Ok(places)
}

/// The neighborhood graphs of all places of these lists.
fn neighborhoods(
    band: &Band,
    shared: &SharedDistances<'_>,
    lists: &NearestLists,
    mutual: bool,
) -> Result<Vec<Neighborhood>, Error> {
    let columns = band.grid.columns();
    let places = (0..lists.rows().len() * columns).into_par_iter().map(|at| {
        let (column, row) = (at % columns, lists.rows().start + at / columns);
        let window = lists.window(column, row);
        neighborhood_of_lists(window, mutual, band.settings.disconnected, || {
            all_distances(shared, column, row)
        })
    });
    places.collect()
}

/// All distances at one place, on the CPU: few graphs fall apart.
fn all_distances(shared: &SharedDistances<'_>, column: usize, row: usize) -> Result<SquaredDistances, Error> {
    let mut all = SquaredDistances::default();
    shared.strip(column..column + 1, row..row + 1, |_, _, distances| {
        all = distances.clone();
        Ok::<_, Error>(())
    })?;
    Ok(all)
}

/// Lower bounds of V of all nodes of all places; none if medoids are sought, which need the
/// geodesics themselves.
fn bounds(
    band: &Band,
    device: &Device,
    gpu: &Gpu,
    near: &[Neighborhood],
    marginal: &Marginal,
) -> Result<Option<Vec<Vec<i64>>>, Error> {
    if band.settings.choice == Choice::Medoids {
        return Ok(None);
    }
    let graphs: Vec<&Graph> = near.iter().map(|near| &near.graph).collect();
    let (mut bounds, mut halved) = geodesic_sums(gpu, &graphs)?;
    let first_price = marginal.first_price();
    match band.settings.cost {
        EdgeCost::Quadratic { lambda } => {
            let (resistances, fewer) = resistances_on(gpu, &graphs)?;
            halved = halved.or(fewer);
            for (bound, &resistance) in bounds.iter_mut().flatten().zip(resistances.iter().flatten()) {
                *bound = (*bound * first_price).max(quadratic_bound(lambda, *bound, resistance));
            }
        }
        _ => bounds.iter_mut().flatten().for_each(|bound| *bound *= first_price),
    }
    if let Some(places) = halved {
        device.note(stage::BOUNDS, gpu, format!("its memory ran out: {places} places at a time"));
    }
    Ok(Some(bounds))
}

fn keep_pixels(
    band: &Band,
    shared: &SharedDistances<'_>,
    place: &mut Place,
    (column, row): (usize, usize),
) -> Result<(), Error> {
    let windows = shared.windows();
    let at = (windows.xs()[column], windows.ys()[row]);
    let divisor = if shared.is_level() { windows.pixels() as u64 } else { 1 };
    band.keep_pixels(place, (column, row), divisor, |frame| {
        Ok(squared_row(shared.volume(), at, windows.side(), shared.is_level(), frame)?)
    })
}

impl AsMemory for Error {
    fn is_memory(&self) -> bool {
        matches!(self, Error::Gpu(error) if error.is_memory())
    }
}

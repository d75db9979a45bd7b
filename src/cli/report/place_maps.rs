//! Maps of the places that patches were taken for.

use minijinja::value::Value;

use super::ReportError;
use super::figure::{Cells, Layer, Map, number, ticks};
use super::maps::Palette;
use super::statistics::{quantiles, range};
use seethru::places::Places;

/// A few outliers must not darken the whole cost map: its colors span these quantiles.
const COST_QUANTILES: (f64, f64) = (0.02, 0.98);

pub(super) fn figures(places: &Places) -> Result<Vec<Value>, ReportError> {
    let columns = places.grid.columns();
    let frames: Vec<f64> = places.frame.iter().map(|&frame| f64::from(frame)).collect();
    let mut maps = Vec::new();
    if let Some(cost) = &places.cost {
        maps.push(cost_map(cost).draw(cost, columns)?);
    }
    maps.push(frame_map(&frames).draw(&frames, columns)?);
    Ok(maps)
}

pub(super) fn cells(places: &Places) -> Cells {
    let frames = places.frame.iter().map(u32::to_string).collect();
    let mut layers = vec![Layer { name: "frame", unit: "", values: frames }];
    if let Some(cost) = &places.cost {
        // Where all agree in full there is nothing to be a multiple of.
        let typical = typical_cost(cost).unwrap_or(1.0);
        let values = cost.iter().map(|value| number(value / typical)).collect();
        layers.push(Layer { name: "cost", unit: " times the median", values });
    }
    Cells { what: "Place", xs: places.grid.xs().to_vec(), ys: places.grid.ys().to_vec(), layers }
}

/// The median cost, which others are told in multiples of: costs grow with the patch and the number of frames, so that they
/// say little by themselves. None where it is zero.
pub(super) fn typical_cost(cost: &[f64]) -> Option<f64> {
    quantiles(cost, 0.5, 0.5).map(|(median, _)| median).filter(|&median| median > 0.0)
}

fn cost_map(cost: &[f64]) -> Map {
    let range = quantiles(cost, COST_QUANTILES.0, COST_QUANTILES.1).unwrap_or((0.0, 0.0));
    let typical = typical_cost(cost).unwrap_or(1.0);
    let (low, high) = (number(range.0 / typical), number(range.1 / typical));
    Map {
        name: "Cost of the center",
        alt: format!("Map of the flow cost of each place's center, from {low} to {high} times the median"),
        palette: Palette::Viridis,
        range,
        ticks: ["frames agree most".to_owned(), "least".to_owned()].to_vec(),
        note: "How much flow from each place's center to all other patches costs. Bright: the frames agree least, as where \
               the water moves most or detail is strong."
            .to_owned(),
        lines: Vec::new(),
    }
}

fn frame_map(frames: &[f64]) -> Map {
    let range = range(frames.iter().copied()).unwrap_or((0.0, 0.0));
    let (low, high) = range;
    Map {
        name: "Frame used",
        alt: format!("Map of the frame that each place was taken from, {low} to {high}"),
        palette: Palette::Plasma,
        range,
        ticks: ticks(range, |frame| format!("frame {frame:.0}")),
        note: "One color over an area: neighboring places taken from the same moment.".to_owned(),
        lines: Vec::new(),
    }
}

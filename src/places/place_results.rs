//! What is known of each place.

use super::Grid;
use super::band::Place;

/// Per-place results, each `grid.len()` long, row by row.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Places {
    /// Where the places are.
    pub grid: Grid,
    /// Frame whose patch was used (the global center's if several are blended), counted from 0
    /// in the input, before a `FrameRange`.
    pub frame: Vec<u32>,
    /// Total flow cost V of the global center (`None` for baselines), in gray levels x frames.
    pub cost: Option<Vec<f64>>,
    /// Exact flow solves that the center search needed; empty for baselines.
    pub solves: Vec<u32>,
    /// Connected components of the neighborhood graph before joining; empty for baselines.
    pub components: Vec<u32>,
}

impl Places {
    /// From the frames of each place, counted among those used, whose numbers in the input these are.
    pub(super) fn new(grid: Grid, frames: &[Vec<u32>], found: &[Place], numbers: &[u32]) -> Places {
        Places {
            grid,
            frame: frames.iter().map(|frames| numbers[frames[0] as usize]).collect(),
            cost: (!found.is_empty()).then(|| found.iter().map(|place| place.cost).collect()),
            solves: found.iter().map(|place| place.solves).collect(),
            components: found.iter().map(|place| place.components).collect(),
        }
    }
}

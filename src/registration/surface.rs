//! The surface of the water: its height over time, from the displacements and the depth.
//!
//! A camera far above the water sees, at pixel x, the floor at x + w, bent by the slope of the surface over water of depth d
//! at rest ([`second_order`](super::second_order)); lengths are in pixels:
//!
//! ```text
//! w = a (d + h) grad h = grad phi,    phi = a (d h + h²/2),    a = 1 - 1/n = 0.25
//! h = sqrt(d² + 2 phi/a) - d,         phi/(a d) to first order
//! ```
//!
//! This is free-surface synthetic schlieren (Moisy, Rabaud, Salsac, "A synthetic schlieren method for the measurement of the
//! topography of a liquid interface", Exp. Fluids 46, 2009); their pattern on the floor is known, ours is the still. phi is
//! the [potential](super::potential) of w at the pixels, where, other than at points of the scene, it is an exact gradient.
//!
//! **What is not seen.** A potential has no constant, so the mean height over the picture is zero in each frame, and of
//! waves much longer than the picture only the slope is left. Everything is in proportion to 1/d.

mod descent;
mod error;
mod fit;
mod prior;
#[cfg(test)]
mod tests;
mod write;

use std::num::NonZeroUsize;

use manifold::progress::{Canceled, Progress};
use ndarray::Array2;
use rayon::ThreadPool;
use rayon::prelude::*;
use serde::Serialize;

use super::field::{Field, SPACING};
use super::grid::Grid;
use super::mean::inverse;
use super::potential::Poisson;
use super::registered_clip::Registration;
use super::second_order::{BEND, SecondOrder};
use crate::{stage, threads};

pub use error::SurfaceError;
pub use write::write_surface;

/// The depth estimated from the clip is used from this certainty of its second-order coefficient on. The depth goes with
/// |c|^-1/2, so its relative standard error is half that of c, and at most sqrt(1 - 0.75)/2 = 1/4.
const CERTAIN: f64 = 0.75;
/// Frames whose heights are kept at once.
const CHUNK: usize = 16;

/// What is known of the water besides the clip.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct WaterSettings {
    /// Depth at rest in pixels; `None` to estimate it from the clip.
    pub depth: Option<f64>,
    /// Millimeters that a pixel is wide on the floor; `None` for heights in pixels.
    pub scale: Option<f64>,
    /// Computes on this many threads of its own, or on those of the caller's rayon pool if no number is given.
    pub threads: Option<NonZeroUsize>,
}

/// How deep the water is at rest.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct WaterDepth {
    /// In pixels.
    pub pixels: f64,
    /// Its standard error in pixels, if it was estimated.
    pub standard_error: Option<f64>,
    /// Who says so.
    pub from: DepthFrom,
}

/// Who knows the depth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DepthFrom {
    /// The caller.
    Given,
    /// The clip, by its second-order bias.
    Clip,
}

/// Of heights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum HeightUnit {
    /// Pixels of the floor.
    #[serde(rename = "px")]
    Pixels,
    /// Millimeters.
    #[serde(rename = "mm")]
    Millimeters,
}

impl HeightUnit {
    /// Its symbol.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            HeightUnit::Pixels => "px",
            HeightUnit::Millimeters => "mm",
        }
    }
}

/// The surface of the water in every frame, computed as it is asked for.
pub struct Surface<'a> {
    registration: &'a Registration,
    depth: WaterDepth,
    scale: Option<f64>,
    grid: Grid,
    poisson: Poisson,
    /// Fitted to the frames; none before that.
    potentials: Vec<Vec<f32>>,
    pool: Option<ThreadPool>,
}

/// The surface in numbers; heights and depth are in `unit`. Frames that were left out do not count.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SurfaceSummary {
    /// Of all heights and of the depth.
    pub unit: HeightUnit,
    /// Depth at rest.
    pub depth: f64,
    /// Its standard error, if it was estimated.
    pub depth_error: Option<f64>,
    /// Who knows it.
    pub depth_from: DepthFrom,
    /// Root mean square height over picture and time.
    pub rms: f64,
    /// Significant wave height, four times `rms` (Longuet-Higgins 1952).
    pub significant_height: f64,
    /// The deepest trough.
    pub lowest: f64,
    /// The highest crest.
    pub highest: f64,
    /// Root mean square height over time at each node.
    #[serde(skip)]
    pub map: Array2<f32>,
    /// Number of a frame in the midst of the clip, and the heights in it.
    #[serde(skip)]
    pub snapshot: (u32, Array2<f32>),
}

impl<'a> Surface<'a> {
    /// The surface over the still of this registration.
    ///
    /// # Errors
    /// [`SurfaceError::OutOfRange`] for a depth or scale that is not a number above zero; [`SurfaceError::UnknownDepth`] or
    /// [`SurfaceError::MeanLevel`] where the depth is not given and cannot be estimated from the clip; [`SurfaceError::Threads`] where
    /// threads could not be started.
    pub fn new(registration: &'a Registration, water: &WaterSettings) -> Result<Surface<'a>, SurfaceError> {
        for (what, value) in [("depth", water.depth), ("scale", water.scale)] {
            if let Some(value) = value.filter(|value| !(value.is_finite() && *value > 0.0)) {
                return Err(SurfaceError::OutOfRange { what, value });
            }
        }
        let told = registration.second_order.as_ref();
        let given = |pixels| WaterDepth { pixels, standard_error: None, from: DepthFrom::Given };
        let depth = water.depth.map_or_else(|| from_clip(told), |pixels| Ok(given(pixels)))?;
        let first = registration.fields.first().ok_or(SurfaceError::NoFrames)?;
        let grid = Grid::within(first.lattice);
        let poisson = Poisson::new(grid.columns, grid.rows);
        let pool = threads::pool(water.threads)?;
        let potentials = Vec::new();
        Ok(Surface { registration, depth, scale: water.scale, grid, poisson, potentials, pool })
    }

    /// How deep the water is at rest.
    #[must_use]
    pub fn depth(&self) -> WaterDepth {
        self.depth
    }

    /// Of the heights.
    #[must_use]
    pub fn unit(&self) -> HeightUnit {
        if self.scale.is_some() { HeightUnit::Millimeters } else { HeightUnit::Pixels }
    }

    /// Heights in frame `at` (counted among those used), rows x columns: over every [`SPACING`]th pixel, from the first on,
    /// about their mean over the picture. NaN if the frame was left out; `None` if there is no such frame.
    #[must_use]
    pub fn height(&self, at: usize) -> Option<Array2<f32>> {
        let field = self.registration.fields.get(at)?;
        let heights = match (self.is_lost(at), self.potentials.get(at)) {
            (true, _) => vec![f32::NAN; self.grid.columns * self.grid.rows],
            (false, Some(potential)) => self.heights(potential),
            (false, None) => self.heights(&self.nearest(field)),
        };
        Array2::from_shape_vec((self.grid.rows, self.grid.columns), heights).ok()
    }

    /// Passes the heights in each frame, in order, to `visit`.
    ///
    /// # Errors
    /// Those of `visit`; [`Canceled`] if `progress` asked to stop.
    pub fn visit<E: From<Canceled>>(
        &self,
        progress: &dyn Progress,
        mut visit: impl FnMut(usize, Array2<f32>) -> Result<(), E>,
    ) -> Result<(), E> {
        let count = self.registration.fields.len();
        for start in (0..count).step_by(CHUNK) {
            if progress.advance(stage::SURFACE, start, Some(count)).is_break() {
                return Err(Canceled.into());
            }
            let end = (start + CHUNK).min(count);
            let heights =
                || -> Vec<_> { (start..end).into_par_iter().filter_map(|at| self.height(at)).collect() };
            let heights = self.pool.as_ref().map_or_else(heights, |pool| pool.install(heights));
            (start..end).zip(heights).try_for_each(|(at, height)| visit(at, height))?;
        }
        match progress.advance(stage::SURFACE, count, Some(count)).is_break() {
            true => Err(Canceled.into()),
            false => Ok(()),
        }
    }

    /// The surface in numbers.
    ///
    /// # Errors
    /// [`SurfaceError::Canceled`] if `progress` asked to stop.
    pub fn summary(&self, progress: &dyn Progress) -> Result<SurfaceSummary, SurfaceError> {
        let mut squares = Array2::<f64>::zeros((self.grid.rows, self.grid.columns));
        let (mut lowest, mut highest, mut count) = (f64::INFINITY, f64::NEG_INFINITY, 0usize);
        self.visit(progress, |at, height| {
            if !self.is_lost(at) {
                squares.zip_mut_with(&height, |sum, &h| *sum += f64::from(h).powi(2));
                lowest = height.iter().fold(lowest, |low, &h| low.min(f64::from(h)));
                highest = height.iter().fold(highest, |high, &h| high.max(f64::from(h)));
                count += 1;
            }
            Ok::<(), SurfaceError>(())
        })?;
        let snapshot = self.middle().ok_or(SurfaceError::NoFrames)?;
        let mean = squares.mapv(|sum| sum / count.max(1) as f64);
        let rms = mean.mean().unwrap_or_default().sqrt();
        let per_pixel = self.scale.unwrap_or(1.0);
        Ok(SurfaceSummary {
            unit: self.unit(),
            depth: per_pixel * self.depth.pixels,
            depth_error: self.depth.standard_error.map(|error| per_pixel * error),
            depth_from: self.depth.from,
            rms,
            significant_height: 4.0 * rms,
            lowest,
            highest,
            map: mean.mapv(|square| square.sqrt() as f32),
            snapshot: (self.registration.numbers[snapshot], self.height(snapshot).unwrap_or_default()),
        })
    }

    /// The frame in the middle of those that count.
    fn middle(&self) -> Option<usize> {
        let used: Vec<usize> = (0..self.registration.fields.len()).filter(|&at| !self.is_lost(at)).collect();
        used.get(used.len() / 2).copied()
    }

    fn is_lost(&self, at: usize) -> bool {
        self.registration.lost.contains(&self.registration.numbers[at])
    }

    /// The potential nearest to a frame's field.
    fn nearest(&self, field: &Field) -> Vec<f32> {
        let w = inverse(field);
        self.poisson.solve(&self.grid.values(&w.dx), &self.grid.values(&w.dy))
    }

    /// Heights in a frame, from its potential.
    fn heights(&self, phi: &[f32]) -> Vec<f32> {
        let mut heights: Vec<f64> =
            phi.iter().map(|&phi| height(f64::from(phi), self.depth.pixels)).collect();
        let mean = heights.iter().sum::<f64>() / heights.len() as f64;
        let per_pixel = self.scale.unwrap_or(1.0);
        heights.iter_mut().for_each(|height| *height = per_pixel * (*height - mean));
        heights.into_iter().map(|height| height as f32).collect()
    }
}

/// The height that has this potential over water of this depth. No surface is below the floor.
fn height(phi: f64, depth: f64) -> f64 {
    let rise = 2.0 * phi / BEND;
    let root = (depth * depth + rise).max(0.0).sqrt();
    // Without the difference of two nearly equal numbers.
    if root > 0.0 { rise / (depth + root) } else { -depth }
}

/// The depth estimated from the clip, if it can be: by the height alone c is negative.
fn from_clip(found: Option<&SecondOrder>) -> Result<WaterDepth, SurfaceError> {
    let certain = found.filter(|found| found.certainty >= CERTAIN);
    let Some((found, pixels)) = certain.and_then(|found| Some((found, found.depth?))) else {
        return Err(SurfaceError::UnknownDepth { certainty: found.map(|found| found.certainty) });
    };
    if found.coefficient > 0.0 {
        return Err(SurfaceError::MeanLevel);
    }
    let share = 0.5 * found.standard_error / found.coefficient.abs();
    Ok(WaterDepth { pixels, standard_error: Some(share * pixels), from: DepthFrom::Clip })
}

/// Where the nodes of a row, or of a column, lie: pixels.
fn positions(count: usize) -> impl ExactSizeIterator<Item = f64> {
    (0..count).map(|node| (node * SPACING) as f64)
}

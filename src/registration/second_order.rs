//! The second-order bias of the mean displacement: how it follows from the physics, and how much of it there is in a clip.
//!
//! A camera above the water sees, at pixel x, the floor at x + w(x, t). Under a surface of height h over still water of
//! depth d, both in pixels, a ray is bent by the slope and then falls through d + h of water: to second order
//!
//! ```text
//! w = a (d + h) grad h = grad phi,    phi = a (d h + h²/2),    a = 1 - 1/n = 0.25
//! ```
//!
//! The height averages to zero at each pixel, so E\[w\] = (a/2) grad E\[h²\] does not: where waves are higher the ray is
//! displaced further, which over time leaves a fixed pattern where they cross, are reflected or stand. And the mean level
//! is itself of second order in the waves: lower under groups of them, higher where they stand (Longuet-Higgins and
//! Stewart, "Radiation stress and mass transport in gravity waves", J. Fluid Mech. 13, 1962). Both are gradients of the
//! waves' mean energy; with h = phi/(a d) to first order
//!
//! ```text
//! E[w] = - c E[phi grad phi],    c = -1/(a d²) by the height alone
//! ```
//!
//! The sign is that of the displacements u from the scene to the frames, u = -w. phi is the [potential](super::potential)
//! of w, which at pixels rather than at scene points is exact in its gradient.
//!
//! **c from the clip alone.** The law also holds while waves rise and fall: what is slow in w, compared to the waves'
//! own period, is regressed on what is slow in phi w, at all points and in both components at once.
//!
//! **How certain it is.** The variance of c by leaving out one part of the picture, and one part of the clip, at a time
//! (jackknife; clustered by place and by time as in Cameron, Gelbach and Miller, "Robust inference with multiway
//! clustering", J. Bus. Econ. Stat. 29, 2011, without the subtraction of what both share, so rather too large). c is
//! shrunk by 1 - variance/c², the factor that minimizes the expected squared error (James and Stein 1961): nothing is
//! corrected where its sign is in doubt.

mod regression;
mod slow;
#[cfg(test)]
mod tests;

use std::f64::consts::TAU;

use rayon::prelude::*;
use serde::Serialize;

use super::field::Field;
use super::grid::Grid;
use super::potential::Poisson;
use regression::{Regression, SIDES, TIMES};
use slow::{period, slow};

/// 1 - 1/n for water.
pub(super) const BEND: f64 = 0.25;
/// Nodes along the border that are left out of the regression: what leaves the picture there is seen only at times.
const EDGE: usize = 5;
/// Most points that the regression is pooled over.
pub(super) const POOL: usize = 2048;
/// Standard deviation of the low pass over time, as a share of the waves' mean period: passes 6e-5 of a wave of this period.
const SLOW: f64 = 0.7;
/// Fewer mean periods than this have no slow part.
const PERIODS: f64 = 2.0;
/// Frames whose products are kept at once.
const CHUNK: usize = 16;

/// The second-order bias of the mean displacement, as estimated from the clip.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SecondOrder {
    /// c, in px⁻²: the mean displacement from the still to the frames is c E\[phi grad phi\] where the scene is in place,
    /// phi being the potential of the displacements.
    pub coefficient: f64,
    /// Its standard error, in px⁻².
    pub standard_error: f64,
    /// Share of c that is corrected for, 0 ..= 1: one less the share of c² that is its variance.
    pub certainty: f64,
    /// Share of the slow displacement that c explains, 0 ..= 1.
    pub explained: f64,
    /// The depth of the water in pixels if changes of depth by the waves' height were all of it, 1/sqrt(0.25 |c|);
    /// `None` for a certainty of zero.
    pub depth: Option<f64>,
    /// Mean period of the waves, by their energy, in frames.
    pub period: f64,
    /// Their mean length in pixels, by their energy: 2 pi sqrt(E\[phi²\] / E\[|w|²\]).
    pub wavelength: f64,
    /// What is corrected at each point, in pixels.
    #[serde(skip)]
    pub correction: Field,
}

/// The nodes of the regression and the part of the picture that each is in.
fn pool(grid: Grid) -> Vec<(usize, usize)> {
    let inner = |count: usize| EDGE..count.saturating_sub(EDGE);
    let (xs, ys) = (inner(grid.columns), inner(grid.rows));
    let every = (1..).find(|every| xs.len().div_ceil(*every) * ys.len().div_ceil(*every) <= POOL);
    let every = every.unwrap_or(1);
    let part = |at: usize, of: &std::ops::Range<usize>| (at - of.start) * SIDES / of.len();
    let node = |y: usize, x: usize| (y * grid.columns + x, part(y, &ys) * SIDES + part(x, &xs));
    let nodes = ys.clone().step_by(every).flat_map(|y| xs.clone().step_by(every).map(move |x| (y, x)));
    nodes.map(|(y, x)| node(y, x)).collect()
}

/// From fields from pixels to the scene, `backwards`, their weights, zero for frames that do not count, and their weighted
/// mean. `None` where the picture or the clip is too small for it, or nothing moves.
#[must_use]
pub(super) fn second_order(backwards: &[Field], weights: &[f64], middle: &Field) -> Option<SecondOrder> {
    let used: Vec<usize> = (0..backwards.len()).filter(|&at| weights[at] != 0.0).collect();
    let grid = Grid::within(backwards[0].lattice);
    let pool = pool(grid);
    if grid.columns.min(grid.rows) < 2 * EDGE + SIDES || used.len() < TIMES {
        return None;
    }
    let products = Products::of(backwards, weights, middle, &used, (grid, &pool));
    let period = period(&products.displacement)?;
    if (used.len() as f64) < PERIODS * period {
        return None;
    }
    let slow = |series: &[Vec<f32>]| slow(series, SLOW * period);
    let place = |at: usize| pool[at % pool.len()].1;
    let regression = Regression::of(&slow(&products.displacement), &slow(&products.product), place);
    let coefficient = regression.slope()?;
    let variance = regression.variance();
    // NaN, of zero by zero, is no certainty either.
    let certainty = (1.0 - variance / (coefficient * coefficient)).max(0.0);
    let share = (coefficient * certainty) as f32;
    let [dx, dy] = products.mean.map(|mean| mean.iter().map(|value| share * value).collect::<Vec<_>>());
    Some(SecondOrder {
        coefficient,
        standard_error: variance.sqrt(),
        certainty,
        explained: regression.explained(coefficient),
        depth: (certainty > 0.0).then(|| 1.0 / (BEND * coefficient.abs()).sqrt()),
        period,
        wavelength: products.wavelength,
        correction: grid.field(&dx, &dy),
    })
}

/// What is regressed on what.
struct Products {
    /// -w about its mean at the pooled nodes: both components, one after the other, for each frame.
    displacement: Vec<Vec<f32>>,
    /// phi w there.
    product: Vec<Vec<f32>>,
    /// Weighted mean of phi w at all nodes.
    mean: [Vec<f32>; 2],
    /// Mean length of the waves in pixels.
    wavelength: f64,
}

/// Of one frame.
struct Product {
    displacement: Vec<f32>,
    product: Vec<f32>,
    /// At all nodes.
    whole: [Vec<f32>; 2],
    /// Sums of phi² and |w|² over the pooled nodes.
    squares: [f64; 2],
}

impl Products {
    fn of(
        backwards: &[Field],
        weights: &[f64],
        middle: &Field,
        used: &[usize],
        (grid, pool): (Grid, &[(usize, usize)]),
    ) -> Products {
        let poisson = Poisson::new(grid.columns, grid.rows);
        let mut means = [0, 1].map(|_| vec![0.0f32; grid.columns * grid.rows]);
        let (mut displacement, mut product) = (Vec::new(), Vec::new());
        let mut squares = [0.0; 2];
        for part in used.chunks(CHUNK) {
            let of = |&at: &usize| Product::of(&backwards[at], middle, &poisson, grid, pool);
            let frames: Vec<Product> = part.par_iter().map(of).collect();
            // In the order of the frames: the same on any number of threads.
            for (&at, frame) in part.iter().zip(frames) {
                for (mean, whole) in means.iter_mut().zip(&frame.whole) {
                    mean.iter_mut().zip(whole).for_each(|(sum, value)| *sum += weights[at] as f32 * value);
                }
                squares.iter_mut().zip(frame.squares).for_each(|(sum, value)| *sum += value);
                displacement.push(frame.displacement);
                product.push(frame.product);
            }
        }
        let wavelength = TAU * (squares[0] / squares[1].max(f64::MIN_POSITIVE)).sqrt();
        Products { displacement, product, mean: means, wavelength }
    }
}

impl Product {
    fn of(field: &Field, middle: &Field, poisson: &Poisson, grid: Grid, pool: &[(usize, usize)]) -> Product {
        let about = |values: &[f32], mean: &[f32]| {
            grid.values(&values.iter().zip(mean).map(|(value, mean)| value - mean).collect::<Vec<_>>())
        };
        let w = [about(&field.dx, &middle.dx), about(&field.dy, &middle.dy)];
        let mut phi = poisson.solve(&w[0], &w[1]);
        level(&mut phi, grid);
        let whole = [&w[0], &w[1]].map(|w| w.iter().zip(&phi).map(|(w, phi)| w * phi).collect::<Vec<f32>>());
        let pooled = |[x, y]: &[Vec<f32>; 2], sign: f32| -> Vec<f32> {
            pool.iter().map(|&(at, _)| sign * x[at]).chain(pool.iter().map(|&(at, _)| sign * y[at])).collect()
        };
        let square = |values: &[f32]| pool.iter().map(|&(at, _)| f64::from(values[at]).powi(2)).sum::<f64>();
        Product {
            displacement: pooled(&w, -1.0),
            product: pooled(&whole, 1.0),
            squares: [square(&phi), square(&w[0]) + square(&w[1])],
            whole,
        }
    }
}

/// Subtracts the mean over the picture without its border: the constant of a potential is not seen, and on average over
/// several waves the surface is at its mean level.
fn level(phi: &mut [f32], grid: Grid) {
    let inner =
        (EDGE..grid.rows - EDGE).flat_map(|y| (EDGE..grid.columns - EDGE).map(move |x| y * grid.columns + x));
    let (mut sum, mut count) = (0.0, 0.0);
    for at in inner {
        sum += f64::from(phi[at]);
        count += 1.0;
    }
    let mean = (sum / f64::max(count, 1.0)) as f32;
    phi.iter_mut().for_each(|value| *value -= mean);
}

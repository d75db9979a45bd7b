//! The potential that explains one frame: the gradient of nothing else bends its light.
//!
//! The frame at pixel x shows the still at x + grad phi(x). The potential phi is the one of highest posterior probability
//! given the pixels and how strong waves of each length are ([`prior`](super::prior)):
//!
//! ```text
//! sum over x of |frame(x) - still(x + grad phi(x))|² / sigma²  +  sum over modes of phi_k² / S_k
//! ```
//!
//! by Gauss-Newton steps (the data term of [`residual`](crate::registration::residual), which leaves out local brightness) and conjugate
//! gradients in the cosine transform, where the prior is diagonal. A field that is smooth from node to node is pulled toward
//! nothing where the scene has no texture; this one is carried over by the waves around.

use super::prior::Modes;
use crate::registration::field::{Field, Lattice, SPACING};
use crate::registration::plane::{Plane, Pyramid};
use crate::registration::residual::Normal;
use crate::registration::solve::{Solve, dot};
use crate::registration::template::Level;

/// Nodes around the lattice on which the potential goes on, so that its slope at the border is free.
const MARGIN: usize = 12;
/// Sizes of the grid are multiples of this: fast to transform.
const MULTIPLE: usize = 8;
/// Most Gauss-Newton steps.
const STEPS: usize = 8;
/// A step that changes displacements by less than this (root mean square, pixels) is the last.
const STILL: f32 = 0.01;
/// Residuals are clipped at this many standard deviations.
const CLIP: f32 = 4.0;
/// Pixels whose residuals are alike, so that together they say no more than one: those of a node's cell. What remains is
/// light and ripples that are too short for the nodes, and the smoothing of the pyramid.
const ALIKE: f32 = (SPACING * SPACING) as f32;
/// Most steps of conjugate gradients, and the share of the residual (squared) at which they end.
const ITERATIONS: usize = 40;
const SOLVED: f32 = 1e-4;
/// The slope of a function at a node from the two nodes on either side: exact for polynomials of fourth degree.
const SLOPES: [f32; 2] = [8.0 / 12.0, -1.0 / 12.0];

/// The lattice of a field within a larger grid.
#[derive(Clone, Copy, Debug)]
struct Within {
    lattice: Lattice,
    columns: usize,
    rows: usize,
}

impl Within {
    fn around(lattice: Lattice) -> Within {
        let size = |count: usize| (count + 2 * MARGIN).next_multiple_of(MULTIPLE);
        Within { lattice, columns: size(lattice.columns), rows: size(lattice.rows) }
    }

    /// The node of the grid at the start of a row of the lattice.
    fn start(&self, row: usize) -> usize {
        (row + MARGIN) * self.columns + MARGIN
    }

    /// grad phi at the nodes of the lattice.
    fn gradient(&self, phi: &[f32]) -> [Vec<f32>; 2] {
        let slope = |at: usize, step: usize| {
            let apart = |reach: usize| phi[at + reach * step] - phi[at - reach * step];
            (SLOPES[0] * apart(1) + SLOPES[1] * apart(2)) / SPACING as f32
        };
        let nodes =
            || (0..self.lattice.rows).flat_map(|row| self.start(row)..self.start(row) + self.lattice.columns);
        [1, self.columns].map(|step| nodes().map(|at| slope(at, step)).collect())
    }

    /// The transpose of [`gradient`](Self::gradient).
    fn spread(&self, slopes: &[Vec<f32>; 2]) -> Vec<f32> {
        let mut out = vec![0.0; self.columns * self.rows];
        for (slopes, step) in slopes.iter().zip([1, self.columns]) {
            for (row, slopes) in slopes.chunks_exact(self.lattice.columns).enumerate() {
                for (at, slope) in (self.start(row)..).zip(slopes) {
                    for (reach, share) in SLOPES.iter().enumerate() {
                        let part = share * slope / SPACING as f32;
                        out[at + (reach + 1) * step] += part;
                        out[at - (reach + 1) * step] -= part;
                    }
                }
            }
        }
        out
    }
}

/// What all frames have in common.
pub(super) struct Fitting {
    within: Within,
    modes: Modes,
    /// One over the power of each mode.
    precision: Vec<f32>,
    /// The still less its local mean, as registration reads it.
    still: Plane,
}

/// One frame's scratch.
#[derive(Default)]
pub(super) struct Descent {
    pyramid: Pyramid,
    normal: Normal,
    solve: Solve,
}

impl Fitting {
    /// Of frames of `still`; `power` of the waves by wave numbers.
    pub(super) fn new(still: &Plane, lattice: Lattice, power: impl Fn(&[f32]) -> Vec<f32>) -> Fitting {
        let within = Within::around(lattice);
        let modes = Modes::of((within.columns, within.rows));
        let precision = power(&modes.wave_numbers).iter().map(|power| 1.0 / power).collect();
        let mut pyramid = Pyramid::default();
        pyramid.fill(still, 1);
        Fitting { within, modes, precision, still: pyramid.levels.swap_remove(0) }
    }

    /// The potential at the nodes within the picture, row after row, of the frame to which `field` is a guess: where each
    /// of its pixels is in the still.
    pub(super) fn potential(&self, descent: &mut Descent, frame: &Plane, mut field: Field) -> Vec<f32> {
        descent.pyramid.fill(frame, 1);
        let level = Level::of(&descent.pyramid.levels[0]);
        let mut modes = vec![0.0; self.precision.len()];
        let mut clip = f32::INFINITY;
        for _ in 0..STEPS {
            descent.normal.measure(&level, &self.still, &field, clip);
            let variance = descent.normal.variance;
            clip = CLIP * variance.sqrt();
            let variance = ALIKE * variance;
            let here = values(&field);
            let (blocks, force) = descent.solve.data(&descent.normal, &field);
            self.improve(blocks, &target(blocks, force, &here), variance, &mut modes);
            let [dx, dy] = self.within.gradient(&self.modes.backward(modes.clone()));
            let change =
                |new: &[f32], old: &[f32]| new.iter().zip(old).map(|(a, b)| (a - b) * (a - b)).sum::<f32>();
            let changed = change(&dx, &here[0]) + change(&dy, &here[1]);
            field = Field { lattice: field.lattice, dx, dy }.interpolated();
            if changed < STILL * STILL * field.dx.len() as f32 {
                break;
            }
        }
        self.inner(&self.modes.backward(modes))
    }

    /// Conjugate gradients for (Gᵀ J G + variance / S) phi = Gᵀ target, with G the gradient, preconditioned by what J is on
    /// average.
    fn improve(&self, blocks: &[Vec<f32>; 3], target: &[Vec<f32>; 2], variance: f32, x: &mut [f32]) {
        let apply = |x: &[f32]| -> Vec<f32> {
            let slopes = self.within.gradient(&self.modes.backward(x.to_vec()));
            let mut out = self.modes.forward(self.within.spread(&weighed(blocks, &slopes)));
            for ((out, x), precision) in out.iter_mut().zip(x).zip(&self.precision) {
                *out += variance * precision * x;
            }
            out
        };
        let (within, grid) = (blocks[0].len() as f32, self.precision.len() as f32);
        let texture = (blocks[0].iter().sum::<f32>() + blocks[2].iter().sum::<f32>()) / within;
        let mean = 0.5 * texture * within / grid;
        let inverse: Vec<f32> = (self.modes.wave_numbers.iter().zip(&self.precision))
            .map(|(k, precision)| 1.0 / (mean * k * k + variance * precision).max(f32::MIN_POSITIVE))
            .collect();
        let preconditioned =
            |r: &[f32]| -> Vec<f32> { r.iter().zip(&inverse).map(|(r, by)| r * by).collect() };
        let right = self.modes.forward(self.within.spread(target));
        let enough = SOLVED * dot(&right, &preconditioned(&right));
        let mut residual: Vec<f32> = right.iter().zip(apply(x)).map(|(right, left)| right - left).collect();
        let mut direction = preconditioned(&residual);
        let mut size = dot(&residual, &direction);
        for _ in 0..ITERATIONS {
            if size <= enough.max(f32::MIN_POSITIVE) {
                break;
            }
            let image = apply(&direction);
            let step = size / dot(&direction, &image).max(f32::MIN_POSITIVE);
            x.iter_mut().zip(&direction).for_each(|(x, by)| *x += step * by);
            residual.iter_mut().zip(&image).for_each(|(r, by)| *r -= step * by);
            let next = preconditioned(&residual);
            let new = dot(&residual, &next);
            direction.iter_mut().zip(&next).for_each(|(d, next)| *d = next + new / size * *d);
            size = new;
        }
    }

    /// At the nodes within the picture: one lies before it, and two after.
    fn inner(&self, phi: &[f32]) -> Vec<f32> {
        let Lattice { columns, rows } = self.within.lattice;
        let starts = (1..rows - 2).map(|row| self.within.start(row) + 1);
        starts.flat_map(|start| phi[start..start + columns - 3].iter().copied()).collect()
    }
}

/// The displacements at the nodes.
fn values(field: &Field) -> [Vec<f32>; 2] {
    (0..field.lattice.nodes())
        .map(|node| field.at_node(node).0)
        .unzip::<f32, f32, Vec<f32>, Vec<f32>>()
        .into()
}

/// J u.
fn weighed([xx, xy, yy]: &[Vec<f32>; 3], [dx, dy]: &[Vec<f32>; 2]) -> [Vec<f32>; 2] {
    let nodes = || dx.iter().zip(dy).enumerate();
    [
        nodes().map(|(k, (x, y))| xx[k] * x + xy[k] * y).collect(),
        nodes().map(|(k, (x, y))| xy[k] * x + yy[k] * y).collect(),
    ]
}

/// J u + f: what displacements u and the force of the pixels there pull toward.
fn target(blocks: &[Vec<f32>; 3], force: &[Vec<f32>; 2], here: &[Vec<f32>; 2]) -> [Vec<f32>; 2] {
    let mut target = weighed(blocks, here);
    for (sum, force) in target.iter_mut().zip(force) {
        sum.iter_mut().zip(force).for_each(|(sum, force)| *sum += force);
    }
    target
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within() -> Within {
        Within::around(Lattice { columns: 9, rows: 7 })
    }

    /// <G phi, w> = <phi, Gᵀ w>.
    #[test]
    fn spreading_is_the_transpose_of_the_gradient() {
        let within = within();
        let number = |i: usize| ((i * 7919) % 101) as f32 / 101.0 - 0.5;
        let phi: Vec<f32> = (0..within.columns * within.rows).map(number).collect();
        let slopes =
            [3, 5].map(|by| (0..within.lattice.nodes()).map(|i| number(by * i)).collect::<Vec<f32>>());
        let gradient = within.gradient(&phi);
        let left = dot(&gradient[0], &slopes[0]) + dot(&gradient[1], &slopes[1]);
        approx::assert_relative_eq!(left, dot(&phi, &within.spread(&slopes)), max_relative = 1e-4);
    }

    /// Exact for a polynomial of fourth degree.
    #[test]
    fn the_gradient_is_that_of_the_potential() {
        let within = within();
        let place = |at: usize| (at as f32 - MARGIN as f32) / 10.0;
        let phi = (0..within.columns * within.rows)
            .map(|i| place(i % within.columns).powi(4) - 3.0 * place(i / within.columns).powi(2));
        let [dx, dy] = within.gradient(&phi.collect::<Vec<f32>>());
        let per_pixel = 1.0 / (10 * SPACING) as f32;
        for node in 0..within.lattice.nodes() {
            let (x, y) = ((node % 9) as f32 / 10.0, (node / 9) as f32 / 10.0);
            approx::assert_relative_eq!(dx[node], 4.0 * x.powi(3) * per_pixel, epsilon = 1e-4);
            approx::assert_relative_eq!(dy[node], -6.0 * y * per_pixel, epsilon = 1e-4);
        }
    }
}

//! The correction of the mean displacement: how far the reference is from the true place of each point. It is applied by
//! `straighten` in `rounds`.
//!
//! Physically it is at a pixel of the camera, not at a point of the scene, that the surface's slope
//! averages to zero: w(x), the displacement from pixel to scene, has mean zero at each x. What is
//! registered is u(y), from scene to pixel, and its mean differs from minus the mean of w to second order by
//! the mean of Du u, half the gradient of the waves' energy: a large part of a pixel in standing waves.
//!
//! Both means can be taken. That of u uses what was registered at the point itself; that of w, of the
//! inverted fields, also uses what was only interpolated, where some frames show blank parts at x. So the
//! first is used directly, and the second-order difference smoothed, weighted by texture. What remains
//! uncorrected is what changes within some 20 pixels. The difference of depth under crests and troughs is of second order,
//! too, and the matter of `second_order`.

use super::field::{Field, Lattice, SPACING};
use super::mean::{inverse, mean};
use super::plane::Plane;

/// Standard deviation of the smoothing in nodes, 6 pixels. Of 1, 1.5, 2 and 4 nodes it is the best on real clips, and within
/// .001 SSIM of the narrowest on simulated standing waves, where 4 nodes lose .014.
const SMOOTHING: f32 = 1.5;

/// How much texture each node has: 0 for a blank, up to 1.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Texture {
    lattice: Lattice,
    share: Vec<f32>,
}

impl Texture {
    /// From the squared gradients within a cell, g / (g + mean of g).
    #[must_use]
    pub(super) fn of(reference: &Plane) -> Texture {
        let (width, height) = (reference.width, reference.height);
        let lattice = Lattice::over(width, height);
        let mut share = vec![0.0; lattice.nodes()];
        for y in 1..height - 1 {
            for x in 1..width - 1 {
                let (gx, gy) = reference.gradient(x, y);
                share[(y / SPACING + 1) * lattice.columns + x / SPACING + 1] += gx * gx + gy * gy;
            }
        }
        let mean = share.iter().sum::<f32>() / share.len() as f32 + f32::MIN_POSITIVE;
        share.iter_mut().for_each(|g| *g /= *g + mean);
        Texture { lattice, share }
    }
}

/// The field v that puts each true place y at y + v(y) of the reference, from the fields u to the frames, the
/// frames' weights, and the weighted mean of the inverses w of the fields.
#[must_use]
pub(super) fn correction(fields: &[Field], weights: &[f64], at_pixels: &Field, texture: &Texture) -> Field {
    let at_points = inverse(&mean(fields, weights));
    let kernel = kernel();
    let total = blur(&texture.share, texture.lattice, &kernel);
    let smooth = |pixels: &[f32], points: &[f32]| -> Vec<f32> {
        let differences =
            pixels.iter().zip(points).zip(&texture.share).map(|((a, b), share)| (a - b) * share);
        let differences = blur(&differences.collect::<Vec<_>>(), texture.lattice, &kernel);
        let parts = points.iter().zip(differences).zip(&total);
        // No texture anywhere near: no correction.
        parts.map(|((point, difference), total)| point + difference / (total + 1e-6)).collect()
    };
    Field {
        lattice: texture.lattice,
        dx: smooth(&at_pixels.dx, &at_points.dx),
        dy: smooth(&at_pixels.dy, &at_points.dy),
    }
}

/// Half of a Gaussian, from its middle to three standard deviations.
fn kernel() -> Vec<f32> {
    let reach = (3.0 * SMOOTHING) as usize;
    (0..=reach).map(|at| (-0.5 * (at as f32 / SMOOTHING).powi(2)).exp()).collect()
}

/// Convolves in both directions with zeros beyond the border; not normalized.
fn blur(values: &[f32], lattice: Lattice, kernel: &[f32]) -> Vec<f32> {
    let Lattice { columns, rows } = lattice;
    let along = |from: &[f32], start: usize, stride: usize, count: usize, to: &mut [f32]| {
        for at in 0..count {
            let reach = kernel.len() - 1;
            let near = at.saturating_sub(reach)..(at + reach + 1).min(count);
            to[start + at * stride] = near.map(|i| kernel[i.abs_diff(at)] * from[start + i * stride]).sum();
        }
    };
    let (mut across, mut out) = (vec![0.0; values.len()], vec![0.0; values.len()]);
    (0..rows).for_each(|row| along(values, row * columns, 1, columns, &mut across));
    (0..columns).for_each(|column| along(&across, column, columns, rows, &mut out));
    out
}

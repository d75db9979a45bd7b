//! The mean displacement, which shows where the scene is when the water is still. `correct` adds its second-order term.
//!
//! Over time waves displace a point about its true place, so the mean of the displacements from a
//! reference shows how far the reference is from the truth. A clip lasts only a few waves, though,
//! and the plain mean over a fractional number of periods is off by a large part of a pixel. The best linear
//! unbiased estimate of the mean of a correlated series is the generalized least-squares one
//! (Aitken 1936):
//!
//! ```text
//! m = (1ᵀ C⁻¹ 1)⁻¹ 1ᵀ C⁻¹ u,     C[s][t] = r(|s - t|)
//! ```
//!
//! with r the autocovariance of the displacements over time, pooled over the nodes. Its weights
//! fall toward both ends of the clip in the way that cancels the waves that are in it.
//!
//! Near the border waves move points out of the frame. Counted are these frames, too, with the displacement that smoothness
//! carries over from what is seen: without them the mean would be biased inward, by .8 pixels where waves of 4.5 pixels pass it.

use algebra::{Mat, solve_positive};
use multiversion::multiversion;
use rayon::prelude::*;

use super::field::Field;

/// White noise added to the waves, as a share of their variance: the error of registration
/// (a few tenths of a pixel on waves of several), and what keeps the system well-conditioned.
const NOISE: f64 = 0.01;
/// Passes of subtracting the mean and measuring the autocovariance about it.
const PASSES: usize = 3;
/// Most nodes that the autocovariance is pooled over.
const POOL: usize = 1000;
/// Frames that are weighted together; longer clips are cut into equal parts no longer than this.
const STRETCH: usize = 1024;

/// Most steps of the fixed point that inverts a field.
const FIXED_POINT: usize = 20;
/// So many first steps take the slope at the node into account; water needs one or two of them.
const CHORDS: usize = 4;
/// Where areas shrink to less than this share, the slope at the node says little about the next one's.
const FOLDS: f32 = 0.25;
/// Nodes that take their steps in turn, so that none waits for its own last one.
const ABREAST: usize = 16;
/// It has been found to this many pixels: a tenth of what registration can resolve.
const INVERTED: f32 = 0.01;

/// Weights that sum up to one, of frames at these (ascending) numbers; `trusted` frames alone count.
#[must_use]
pub(super) fn weights(fields: &[Field], numbers: &[u32], trusted: &[bool]) -> Vec<f64> {
    let used: Vec<usize> = (0..fields.len()).filter(|&at| trusted[at]).collect();
    let mut all = vec![0.0; fields.len()];
    let parts = used.len().div_ceil(STRETCH).max(1);
    for part in used.chunks(used.len().div_ceil(parts).max(1)) {
        let series = series(fields, part);
        let times: Vec<u32> = part.iter().map(|&at| numbers[at]).collect();
        for (&at, weight) in part.iter().zip(stretch(&series, &times)) {
            all[at] = weight * part.len() as f64 / used.len() as f64;
        }
    }
    all
}

/// Displacements over time, of a pool of components: [component][time].
fn series(fields: &[Field], used: &[usize]) -> Vec<Vec<f64>> {
    let nodes = fields[0].dx.len();
    let every = nodes.div_ceil(POOL).max(1);
    (0..nodes)
        .step_by(every)
        .flat_map(|node| {
            let dx = used.iter().map(|&at| f64::from(fields[at].dx[node])).collect();
            let dy = used.iter().map(|&at| f64::from(fields[at].dy[node])).collect();
            [dx, dy]
        })
        .collect()
}

fn stretch(series: &[Vec<f64>], times: &[u32]) -> Vec<f64> {
    let count = times.len();
    let even = vec![1.0 / count as f64; count];
    let mut weights = even.clone();
    for _ in 0..PASSES {
        let Some(covariance) = autocovariance(series, times, &weights) else { return even };
        let system = Mat::from_fn(count, count, |s, t| {
            let own = if s == t { NOISE * covariance[0] } else { 0.0 };
            covariance[times[s].abs_diff(times[t]) as usize] + own
        });
        let Ok(solved) = solve_positive(&system, &vec![1.0; count]) else { return even };
        let total: f64 = solved.iter().sum();
        if !(total.is_finite() && total > 0.0) {
            return even;
        }
        weights = solved.iter().map(|weight| weight / total).collect();
    }
    weights
}

/// r(0), r(1), .. about the weighted mean, or `None` when nothing moves. Nodes that move ten times
/// as much as the median one are lost, not waving, and left out. Dividing by the number of frames,
/// not of pairs, keeps C positive semi-definite.
fn autocovariance(series: &[Vec<f64>], times: &[u32], weights: &[f64]) -> Option<Vec<f64>> {
    let span = (times.last()? - times.first()?) as usize + 1;
    let about: Vec<(Vec<f64>, f64)> = series
        .iter()
        .map(|values| {
            let mean: f64 = values.iter().zip(weights).map(|(v, w)| v * w).sum();
            let rest: Vec<f64> = values.iter().map(|v| v - mean).collect();
            let energy = rest.iter().map(|v| v * v).sum();
            (rest, energy)
        })
        .collect();
    let mut energies: Vec<f64> = about.iter().map(|(_, energy)| *energy).collect();
    energies.sort_unstable_by(f64::total_cmp);
    let limit = 10.0 * energies[energies.len() / 2];
    let kept: Vec<&Vec<f64>> =
        about.iter().filter(|(_, energy)| *energy <= limit).map(|(rest, _)| rest).collect();
    // Each start by itself, added up in order: the same on any number of threads.
    let rows: Vec<Vec<f64>> = (0..times.len())
        .into_par_iter()
        .map(|s| {
            let mut sums = vec![0.0; times.len() - s];
            for values in &kept {
                for (sum, value) in sums.iter_mut().zip(&values[s..]) {
                    *sum += values[s] * value;
                }
            }
            sums
        })
        .collect();
    let mut covariance = vec![0.0; span];
    for (s, row) in rows.iter().enumerate() {
        for (ahead, sum) in row.iter().enumerate() {
            covariance[(times[s + ahead] - times[s]) as usize] += sum;
        }
    }
    (covariance[0] > 0.0).then_some(covariance)
}

/// The weighted mean of the fields.
#[must_use]
pub(super) fn mean(fields: &[Field], weights: &[f64]) -> Field {
    let mut mean = Field::zero(fields[0].lattice);
    for (field, &weight) in fields.iter().zip(weights) {
        let pairs = mean.dx.iter_mut().zip(&field.dx).chain(mean.dy.iter_mut().zip(&field.dy));
        pairs.for_each(|(sum, value)| *sum += weight as f32 * value);
    }
    mean
}

/// The field v with v(y) = -m(y + v(y)): where each true place is in the reference.
#[must_use]
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub(super) fn inverse(mean: &Field) -> Field {
    let mut inverse = Field::zero(mean.lattice);
    let components = inverse.dx.chunks_mut(ABREAST).zip(inverse.dy.chunks_mut(ABREAST));
    for (block, (dx, dy)) in components.enumerate() {
        let mut found = [false; ABREAST];
        let mut slopes = [[0.0; 4]; ABREAST];
        for (k, (vx, vy)) in dx.iter_mut().zip(&mut *dy).enumerate() {
            let (m, slope) = mean.at_node(block * ABREAST + k);
            slopes[k] = slope;
            (*vx, *vy) = newton(slope, m);
        }
        // Then the fixed point halves the error each time while m's slope is below one half, as for any water one can see
        // through; what is steeper than one folds and has no inverse.
        for step in 0..FIXED_POINT {
            for (k, (vx, vy)) in dx.iter_mut().zip(&mut *dy).enumerate() {
                if found[k] {
                    continue;
                }
                let (x, y) = mean.lattice.place(block * ABREAST + k);
                let m = mean.at(x + *vx, y + *vy);
                let rest = (*vx + m.0, *vy + m.1);
                found[k] = rest.0.abs().max(rest.1.abs()) < INVERTED;
                let by = newton(if step < CHORDS { slopes[k] } else { [0.0; 4] }, rest);
                (*vx, *vy) = (*vx + by.0, *vy + by.1);
            }
            if found[..dx.len()].iter().all(|&found| found) {
                break;
            }
        }
    }
    inverse.interpolated()
}

/// The step that takes v + m(y + v) from `rest` to nothing where m has this slope; where that would fold, as if m had none.
#[inline(always)]
fn newton([xx, xy, yx, yy]: [f32; 4], rest: (f32, f32)) -> (f32, f32) {
    let (xx, yy) = (1.0 + xx, 1.0 + yy);
    let determinant = xx * yy - xy * yx;
    if determinant < FOLDS {
        return (-rest.0, -rest.1);
    }
    ((xy * rest.1 - yy * rest.0) / determinant, (yx * rest.0 - xx * rest.1) / determinant)
}

/// Replaces the displacements u to the frames by those from the places that `to_reference` puts into the reference:
/// v(y) + u(y + v(y)).
pub(super) fn compose(to_reference: &Field, fields: &mut [Field]) {
    let lattice = to_reference.lattice;
    let place = |node: usize| {
        let (x, y) = lattice.place(node);
        let (vx, vy) = to_reference.at(x, y);
        [vx, vy, x + vx, y + vy]
    };
    let places: Vec<_> = (0..lattice.nodes()).map(place).collect();
    fields.par_iter_mut().for_each(|field| *field = composed(&places, field));
}

/// Of one field: `places` has v(y) and then y + v(y) for each node.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn composed(places: &[[f32; 4]], field: &Field) -> Field {
    let mut moved = Field::zero(field.lattice);
    for (&[vx, vy, x, y], (dx, dy)) in places.iter().zip(moved.dx.iter_mut().zip(&mut moved.dy)) {
        let (ux, uy) = field.at(x, y);
        (*dx, *dy) = (vx + ux, vy + uy);
    }
    moved.interpolated()
}

/// Root mean square length, in pixels, of the displacements within the picture.
#[must_use]
pub fn length(field: &Field) -> f32 {
    let columns = field.lattice.columns;
    let inner = (1..field.lattice.rows - 2).flat_map(|row| (1..columns - 2).map(move |c| row * columns + c));
    let (mut sum, mut count) = (0.0, 0.0);
    for at in inner {
        sum += f64::from(field.dx[at].powi(2) + field.dy[at].powi(2));
        count += 1.0;
    }
    (sum / f64::max(count, 1.0)).sqrt() as f32
}

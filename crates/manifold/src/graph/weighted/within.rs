//! All pairs within a radius, exactly: a k-d tree or matrix products propose, 64-bit distances decide.

use algebra::{Mat, MatRef, Working as _};
use kiddo::{ImmutableKdTree, SquaredEuclidean};
use rayon::prelude::*;

use super::{WeightedGraph, WeightedGraphError};
use crate::knn::KnnError;
use crate::points::Points;
use crate::progress::{Progress, Stage};

/// Rows measured against all others by one product.
const ROWS: usize = 128;

/// Points between two progress reports.
const REPORT: usize = 8192;

/// What rounding may add to a squared distance, relative to the largest squared norm.
const SLACK: f64 = 1e-9;

pub(super) fn within(
    points: &Points,
    radius: f32,
    progress: &dyn Progress,
) -> Result<WeightedGraph, WeightedGraphError> {
    // Written so that NaN is refused as well.
    if !(radius > 0.0 && radius.is_finite()) {
        return Err(WeightedGraphError::Radius { radius });
    }
    let rows = match points.dimensions() {
        1 => by_tree::<1>(points, radius, progress),
        2 => by_tree::<2>(points, radius, progress),
        3 => by_tree::<3>(points, radius, progress),
        4 => by_tree::<4>(points, radius, progress),
        5 => by_tree::<5>(points, radius, progress),
        6 => by_tree::<6>(points, radius, progress),
        7 => by_tree::<7>(points, radius, progress),
        8 => by_tree::<8>(points, radius, progress),
        _ => by_products(points, radius, progress),
    };
    Ok(WeightedGraph::from_rows(rows?))
}

type Rows = Result<Vec<Vec<(u32, f32)>>, WeightedGraphError>;

/// The arcs of point `i` among `candidates`.
fn arcs(points: &Points, i: usize, radius: f32, candidates: impl Iterator<Item = usize>) -> Vec<(u32, f32)> {
    let measured = candidates.filter(|&j| j != i).map(|j| (j as u32, points.squared_distance(i, j).sqrt()));
    let near = measured.filter(|&(_, distance)| distance <= f64::from(radius));
    let mut arcs: Vec<(u32, f32)> = near.map(|(j, distance)| (j, distance as f32)).collect();
    arcs.sort_unstable_by_key(|&(j, _)| j);
    arcs
}

fn by_chunks(
    n: usize,
    step: usize,
    progress: &dyn Progress,
    find: impl Fn(usize) -> Vec<Vec<(u32, f32)>> + Sync,
) -> Rows {
    let mut rows = Vec::with_capacity(n);
    for first in (0..n).step_by(REPORT) {
        let starts: Vec<usize> = (first..n.min(first + REPORT)).step_by(step).collect();
        let found: Vec<_> = starts.into_par_iter().map(&find).collect();
        rows.extend(found.into_iter().flatten());
        if progress.advance(Stage::NEIGHBORS, rows.len(), Some(n)).is_break() {
            return Err(WeightedGraphError::Knn(KnnError::Canceled));
        }
    }
    Ok(rows)
}

fn by_tree<const D: usize>(points: &Points, radius: f32, progress: &dyn Progress) -> Rows {
    let coordinates: Vec<f64> = points.values().iter().map(|&x| f64::from(x)).collect();
    let (all, _) = coordinates.as_chunks::<D>();
    // A tree of many equal coordinates cannot be built: then every pair is measured.
    let Ok(tree) = ImmutableKdTree::<f64, D>::new_from_slice(all) else {
        return by_products(points, radius, progress);
    };
    let squared = f64::from(radius).powi(2) * (1.0 + SLACK) + f64::MIN_POSITIVE;
    by_chunks(points.n(), 1, progress, |i| {
        let found = tree.query(&all[i]).within::<SquaredEuclidean<f64>>(squared).unsorted().execute();
        vec![arcs(points, i, radius, found.iter().map(|item| item.item as usize))]
    })
}

fn by_products(points: &Points, radius: f32, progress: &dyn Progress) -> Rows {
    let (n, d) = (points.n(), points.dimensions());
    let values: Vec<f64> = points.values().iter().map(|&x| f64::from(x)).collect();
    let all = MatRef::from_row_major_slice(&values, n, d);
    let norms: Vec<f64> = values.chunks_exact(d).map(|row| row.iter().map(|x| x * x).sum()).collect();
    let slack = norms.iter().fold(0.0, |a: f64, &b| a.max(b)) * SLACK;
    let squared = f64::from(radius).powi(2) + slack;
    by_chunks(n, ROWS, progress, |first| {
        let count = ROWS.min(n - first);
        let mut products = Mat::<f64>::zeros(n, count);
        let rows = all.subrows(first, count);
        f64::multiply(products.as_mut(), all, rows.transpose());
        let row = |r: usize| {
            let i = first + r;
            let near = |&j: &usize| norms[i] + norms[j] - 2.0 * products[(j, r)] <= squared;
            arcs(points, i, radius, (0..n).filter(near))
        };
        (0..count).map(row).collect()
    })
}

//! All pairs within a radius, exactly: a k-d tree or matrix products propose, 64-bit distances decide.

use algebra::{Mat, MatRef, Working as _};
use instances::KdTree;
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
    // There is none of many dimensions: then every pair is measured.
    let rows = match KdTree::new(points.values(), points.dimensions()) {
        Some(tree) => by_tree(points, &tree, radius, progress),
        None => by_products(points, radius, progress),
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

fn by_tree(points: &Points, tree: &KdTree, radius: f32, progress: &dyn Progress) -> Rows {
    let squared = f64::from(radius).powi(2) * (1.0 + SLACK) + f64::MIN_POSITIVE;
    by_chunks(points.n(), 1, progress, |i| vec![arcs(points, i, radius, tree.within(i, squared).into_iter())])
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

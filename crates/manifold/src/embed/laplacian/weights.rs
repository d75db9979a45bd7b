//! Weights of the edges, and Laplacians of them.

use rayon::prelude::*;

use super::Weights;
use crate::embed::EmbedError;
use crate::graph::WeightedGraph;
use algebra::spectrum::Sparse;

/// Symmetric weights without a diagonal.
pub(super) struct Affinity {
    matrix: Sparse,
    /// Sum of each row.
    pub(super) degrees: Vec<f64>,
    /// σ of the heat kernel, if that gives the weights.
    pub(super) sigma: Option<f64>,
}

/// The weight of an edge.
pub(super) fn weight(length: f32, sigma: Option<f64>) -> f64 {
    sigma.map_or(1.0, |sigma| (-0.5 * (f64::from(length) / sigma).powi(2)).exp())
}

impl Affinity {
    /// Edges that are not in `mutual` weigh `one_sided` times as much.
    pub(super) fn of(
        graph: &WeightedGraph,
        mutual: Option<&WeightedGraph>,
        weights: Weights,
        one_sided: f64,
    ) -> Result<Affinity, EmbedError> {
        // Nodes that are all at one place have no order: any vector would do for an axis.
        if !graph.lengths().is_empty() && graph.lengths().iter().all(|&length| length == 0.0) {
            return Err(EmbedError::Coincide);
        }
        let sigma = match weights {
            Weights::Binary => None,
            Weights::HeatKernel { sigma: Some(sigma) } => Some(f64::from(sigma)),
            Weights::HeatKernel { sigma: None } => Some(median(graph)?),
        };
        let row = |u: usize| {
            let share = |v: u32| match mutual {
                Some(mutual) if mutual.length_between(u as u32, v).is_none() => one_sided,
                _ => 1.0,
            };
            graph.arcs(u).map(|(v, length)| (v, weight(length, sigma) * share(v))).collect()
        };
        let rows: Vec<Vec<(u32, f64)>> = (0..graph.nodes()).into_par_iter().map(row).collect();
        let degrees: Vec<f64> = rows.iter().map(|row| row.iter().map(|entry| entry.1).sum()).collect();
        // The weights of a node's farthest neighbors may vanish, but not all weights.
        if let (Some(value), true) = (sigma, degrees.iter().any(|&degree| degree < 1e-200)) {
            let range = "it is so small that a point loses all its neighbors";
            return Err(EmbedError::Setting { setting: "sigma", value, range });
        }
        Ok(Affinity { matrix: Sparse::from_rows(&rows), degrees, sigma })
    }

    /// D - W or D^-1/2 (D - W) D^-1/2.
    pub(super) fn laplacian(&self, normalized: bool) -> Sparse {
        let roots: Vec<f64> =
            self.degrees.iter().map(|degree| if normalized { degree.sqrt() } else { 1.0 }).collect();
        let row = |u: usize| {
            let own = (u as u32, if normalized { 1.0 } else { self.degrees[u] });
            let scaled = self.matrix.row(u).map(|(v, weight)| (v, -weight / (roots[u] * roots[v as usize])));
            let mut row: Vec<(u32, f64)> = scaled.collect();
            row.insert(row.partition_point(|&(v, _)| v < own.0), own);
            row
        };
        Sparse::from_rows(&(0..self.degrees.len()).into_par_iter().map(row).collect::<Vec<_>>())
    }
}

/// The median length of the edges.
fn median(graph: &WeightedGraph) -> Result<f64, EmbedError> {
    let mut lengths = graph.lengths().to_vec();
    let middle = lengths.len() / 2;
    if lengths.is_empty() {
        return Ok(1.0);
    }
    let median = *lengths.select_nth_unstable_by(middle, f32::total_cmp).1;
    // Many points that coincide: the longest edge is a scale as well.
    let sigma = if median > 0.0 { median } else { lengths.iter().copied().fold(0.0, f32::max) };
    if sigma > 0.0 { Ok(f64::from(sigma)) } else { Err(EmbedError::Coincide) }
}

//! Residual variance of distances along the neighborhood graph: Isomap's own measure, for any embedding.
//! Source: Tenenbaum, de Silva, Langford, Science 290 (2000), note 42.

use super::ranks::same;
use super::{Measured, Queries};
use crate::embed::isomap::scaling::{Moments, Triangle, moments};
use crate::embed::{EmbedError, Embedding};
use crate::graph::geodesics::{AllGeodesics, Seeds, geodesics_from};
use crate::graph::{Neighbors, WeightedGraph};
use crate::points::Points;
use crate::progress::Progress;

/// 1 - r² of the geodesics of the points' neighborhood graph and the distances in the embedding: over all pairs, or those of
/// a measured point and any other. 0–1, best 0. Fails with [`EmbedError::Disconnected`] where there is no path.
pub fn geodesic_residual_variance(
    points: &Points,
    embedding: &Embedding,
    neighbors: Neighbors,
    queries: Queries,
    progress: &dyn Progress,
) -> Result<Measured, EmbedError> {
    let n = points.n();
    same(n, embedding.n())?;
    if n < 3 {
        return Err(EmbedError::TooFew { n, needed: 3 });
    }
    let graph = WeightedGraph::of_points(points, neighbors, progress)?;
    let (labels, components) = graph.components();
    if components > 1 {
        let mut sizes = vec![0; components];
        labels.iter().for_each(|&label| sizes[label as usize] += 1);
        let largest = sizes.into_iter().max().unwrap_or(0);
        return Err(EmbedError::Disconnected { components, largest });
    }
    let asked = queries.of(n);
    let value = if asked.len() == n {
        of_all(&graph, embedding, progress)?
    } else {
        of_some(&graph, embedding, &asked, progress)?
    };
    Ok(Measured { value, queries: asked.len(), points: n })
}

/// As Isomap sums it.
fn of_all(graph: &WeightedGraph, embedding: &Embedding, progress: &dyn Progress) -> Result<f64, EmbedError> {
    let all = AllGeodesics::of(graph, progress)?;
    let axis = |a: usize| all.order().iter().map(|&node| embedding.point(node as usize)[a]).collect();
    let axes: Vec<Vec<f64>> = (0..embedding.dimensions()).map(axis).collect();
    Ok(Triangle::new(graph.nodes(), all.values()).residual_variance(&axes))
}

fn of_some(
    graph: &WeightedGraph,
    embedding: &Embedding,
    asked: &[usize],
    progress: &dyn Progress,
) -> Result<f64, EmbedError> {
    let n = graph.nodes();
    let seeds: Vec<Seeds> = asked.iter().map(|&node| vec![(node as u32, 0.0)]).collect();
    let rows = geodesics_from(graph, &seeds, progress)?;
    let mut sums = Moments::default();
    for (&from, row) in asked.iter().zip(rows.chunks_exact(n)) {
        let others: Vec<usize> = (0..n).filter(|&node| node != from).collect();
        let given: Vec<f32> = others.iter().map(|&node| row[node]).collect();
        let place = embedding.point(from);
        let square =
            |&node: &usize| embedding.point(node).iter().zip(place).map(|(a, b)| (a - b).powi(2)).sum();
        sums.add(&moments(&given, &others.iter().map(square).collect::<Vec<f64>>()));
    }
    Ok(sums.unexplained((asked.len() * (n - 1)) as f64))
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;
    use crate::embed::{Fit, Isomap, quality::residual_variance};
    use crate::progress::Silent;

    /// Two thirds of a turn and more of a roll.
    fn roll(n: usize) -> Points {
        let row = |i: usize| {
            let turn = 4.0 + 7.0 * i as f32 / n as f32;
            [turn * turn.cos(), 6.0 * (i as f32 * 0.618).fract(), turn * turn.sin()]
        };
        Points::new((0..n).flat_map(row).collect(), 3).unwrap()
    }

    #[test]
    fn it_is_what_isomap_tells() {
        let points = roll(700);
        let near = Neighbors::Nearest(NonZeroUsize::new(10).unwrap());
        let flat = Isomap::new(2).neighbors(near).fit(&points, &Silent).unwrap();
        let measure = |queries| {
            geodesic_residual_variance(&points, flat.embedding(), near, queries, &Silent).unwrap().value
        };
        let all = measure(Queries::all());
        assert!((all - flat.residual_variance()).abs() < 1e-9, "{all} {}", flat.residual_variance());
        assert!((measure(Queries::at_most(200)) - all).abs() < 0.2 * all);
        let straight = residual_variance(&points, flat.embedding(), Queries::all(), &Silent).unwrap().value;
        assert!(all < 0.02 && straight > 0.3, "{all} {straight}");
    }

    #[test]
    fn there_must_be_a_path() {
        let values = (0..40).map(|i| if i < 25 { i as f32 } else { 500.0 + i as f32 }).collect();
        let points = Points::new(values, 1).unwrap();
        let line = Embedding::from_coordinates(1, (0..40).map(f64::from).collect()).unwrap();
        let near = Neighbors::Nearest(NonZeroUsize::new(3).unwrap());
        let error = geodesic_residual_variance(&points, &line, near, Queries::all(), &Silent);
        assert_eq!(error, Err(EmbedError::Disconnected { components: 2, largest: 25 }));
    }
}

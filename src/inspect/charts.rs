//! The two charts of a place's patches: by Isomap, and by convex flow turned to lie near it.

use manifold::embed::{EmbedError, Embedding, Fit, FlowEmbedding, Isomap, similarity};
use manifold::flow::pairwise::{PairwiseSettings, pair_flow};
use manifold::graph::{Graph, UNIT, WeightedGraph, WeightedGraphError, geodesics_from};
use manifold::progress::Progress;

use super::error::InspectError;
use super::ways::Ways;

/// An embedding with the ways over it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Chart {
    /// Two coordinates for each node.
    pub embedding: Embedding,
    /// 1 - r² of the distances and those on the chart.
    pub residual_variance: f64,
    /// Distance of each patch from F along the graph.
    pub from_f: Vec<f64>,
    /// One for each center.
    pub ways: Vec<Ways>,
}

/// What both charts are made from.
pub(super) struct Charts<'a> {
    pub graph: &'a Graph,
    /// The centers.
    pub nodes: &'a [u32],
    pub pairwise: &'a PairwiseSettings,
}

impl Charts<'_> {
    pub(super) fn isomap(&self, progress: &dyn Progress) -> Result<Chart, InspectError> {
        let model = Isomap::new(2).fit(&weighted(self.graph)?, progress)?;
        let geodesics = geodesics_from(self.graph, self.nodes[0] as usize);
        Ok(Chart {
            embedding: model.embedding().clone(),
            residual_variance: model.residual_variance(),
            from_f: geodesics.into_iter().map(|d| d.unwrap_or(0) as f64 / UNIT).collect(),
            ways: self.nodes.iter().map(|&center| Ways::shortest(self.graph, center as usize)).collect(),
        })
    }

    pub(super) fn flow(
        &self,
        ways: Vec<Ways>,
        beside: &Chart,
        progress: &dyn Progress,
    ) -> Result<Chart, InspectError> {
        let method = FlowEmbedding::new(2).flow(self.pairwise.clone());
        let model = method.fit(&weighted(self.graph)?, progress)?;
        let f = self.nodes[0] as usize;
        let distance = |node: usize| {
            let costs = pair_flow(self.graph, f, node, self.pairwise)?.unit_costs;
            Ok(costs.last().map_or(0.0, |&cost| cost as f64 / UNIT))
        };
        Ok(Chart {
            embedding: turned(model.embedding(), &beside.embedding)?,
            residual_variance: model.residual_variance(),
            from_f: (0..self.graph.nodes()).map(distance).collect::<Result<_, InspectError>>()?,
            ways,
        })
    }
}

/// The same graph with lengths in gray levels.
fn weighted(graph: &Graph) -> Result<WeightedGraph, InspectError> {
    let (mut starts, mut columns, mut lengths) = (vec![0], Vec::new(), Vec::new());
    for node in 0..graph.nodes() {
        for (to, edge) in graph.neighbors(node) {
            columns.push(to as u32);
            lengths.push((graph.length(edge) as f64 / UNIT) as f32);
        }
        starts.push(columns.len());
    }
    WeightedGraph::from_csr(&starts, &columns, &lengths)
        .map_err(|error: WeightedGraphError| EmbedError::from(error).into())
}

/// `chart` rotated or mirrored to lie near `other`, without scaling.
fn turned(chart: &Embedding, other: &Embedding) -> Result<Embedding, InspectError> {
    match similarity(chart.coordinates(), other.coordinates(), 2) {
        Ok(fit) if fit.scale > 0.0 => {
            let unscaled = fit.fitted.iter().map(|value| value / fit.scale).collect();
            Ok(Embedding::from_coordinates(2, unscaled)?)
        }
        // If all points of one coincide, every direction is equally good.
        _ => Ok(chart.clone()),
    }
}

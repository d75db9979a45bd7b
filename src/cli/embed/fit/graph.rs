//! Methods on a neighborhood graph.

use std::num::NonZeroUsize;

use anyhow::Result;
use manifold::embed::{
    EmbedError, Embedding, FlowEmbedding, Isomap, Laplacian, LaplacianEigenmaps, Lle, LleForm, Weights,
};
use manifold::flow::pairwise::PairwiseSettings;
use manifold::graph::geodesics::geodesics;
use manifold::graph::{Disconnected, Neighbors, WeightedGraph};
use manifold::points::Points;
use manifold::progress::Progress;

use super::{Data, Fit, Pairs, Spectrum};
use crate::cli::embed::args::{EmbedArgs, LaplacianArg};
use crate::cli::embed::values::Weighting;
use crate::cli::groups::DisconnectedArg;

/// Neighbors where none are given.
const NEIGHBORS: NonZeroUsize = NonZeroUsize::new(12).unwrap();
/// Pairs that the Shepard diagram is made from, at most about.
const PAIRS: usize = 200_000;
/// Eigenvalues that are shown at least.
const SPECTRUM: usize = 10;

pub fn isomap(args: &EmbedArgs, data: &Data, progress: &dyn Progress) -> Result<Fit> {
    let method = Isomap::new(args.dims.get())
        .neighbors(neighbors(args))
        .disconnected(disconnected(args))
        .landmarks(args.landmarks.map(NonZeroUsize::get))
        .spectrum(if args.spectrum.is_some() { SPECTRUM } else { 0 })
        .seed(args.seed);
    let model = match data {
        Data::Points(points) => method.fit(points, progress)?,
        Data::Distances(distances) => method.fit_distances(distances, progress)?,
        Data::Graph(graph) => method.fit_graph(graph, progress)?,
    };
    let eigenvalues = model.eigenvalues().to_vec();
    let fit = Fit::new(model.embedding().clone())
        .figure("residual_variance", model.residual_variance())
        .figure("eigenvalues", eigenvalues.clone())
        .figure("residuals", model.residuals().to_vec())
        .figure("components", model.components())
        .spectrum(Spectrum::Eigenvalues(eigenvalues));
    let pairs = args.shepard.is_some().then(|| pairs_along(model.graph(), model.embedding()));
    Ok(Fit { kept: partly(model.kept(), data.n()), pairs, ..fit }.model(model))
}

pub fn laplacian(args: &EmbedArgs, data: &Data, progress: &dyn Progress) -> Result<Fit> {
    let weights = match args.weights.unwrap_or(Weighting::Binary) {
        Weighting::Binary => Weights::Binary,
        Weighting::Heat(sigma) => Weights::HeatKernel { sigma: sigma.map(|sigma| sigma as f32) },
    };
    let form = match args.laplacian {
        Some(LaplacianArg::Unnormalized) => Laplacian::Unnormalized,
        Some(LaplacianArg::Symmetric) => Laplacian::Symmetric,
        Some(LaplacianArg::RandomWalk) | None => Laplacian::RandomWalk,
    };
    let method = LaplacianEigenmaps::new(args.dims.get())
        .neighbors(neighbors(args))
        .disconnected(disconnected(args))
        .weights(weights)
        .laplacian(form)
        .spectrum(if args.spectrum.is_some() { SPECTRUM } else { 0 })
        .seed(args.seed);
    let model = match data {
        Data::Points(points) => method.fit(points, progress)?,
        Data::Distances(distances) => {
            let distance = |i: usize, j: usize| distances.get(i, j);
            let graph = WeightedGraph::of_distances(distances.n(), &distance, neighbors(args));
            method.fit_graph(&graph.map_err(EmbedError::from)?, progress)?
        }
        Data::Graph(graph) => method.fit_graph(graph, progress)?,
    };
    let eigenvalues = model.eigenvalues().to_vec();
    let fit = Fit::new(model.embedding().clone())
        .figure("eigenvalues", eigenvalues.clone())
        .figure("residuals", model.residuals().to_vec())
        .figure("largest_residual", model.residuals().iter().copied().fold(0.0, f64::max))
        .figure("sigma", model.sigma())
        .figure("components", model.components())
        .spectrum(Spectrum::Eigenvalues(eigenvalues));
    Ok(Fit { kept: partly(model.kept(), data.n()), ..fit }.model(model))
}

pub fn flow(args: &EmbedArgs, data: &Data, progress: &dyn Progress) -> Result<Fit> {
    let mut method = FlowEmbedding::new(args.dims.get())
        .neighbors(neighbors(args))
        .disconnected(disconnected(args))
        .spectrum(if args.spectrum.is_some() { SPECTRUM } else { 0 })
        .seed(args.seed);
    if let Some(cost) = &args.cost {
        method = method.flow(PairwiseSettings { cost: cost.clone(), ..PairwiseSettings::default() });
    }
    let model = match data {
        Data::Points(points) => method.fit(points, progress)?,
        Data::Distances(distances) => method.fit_distances(distances, progress)?,
        Data::Graph(graph) => method.fit_graph(graph, progress)?,
    };
    let eigenvalues = model.eigenvalues().to_vec();
    let fit = Fit::new(model.embedding().clone())
        .figure("residual_variance", model.residual_variance())
        .figure("eigenvalues", eigenvalues.clone())
        .figure("residuals", model.residuals().to_vec())
        .figure("components", model.components())
        .spectrum(Spectrum::Eigenvalues(eigenvalues));
    Ok(Fit { kept: partly(model.kept(), data.n()), ..fit })
}

pub fn lle(args: &EmbedArgs, points: &Points, progress: &dyn Progress) -> Result<Fit> {
    let form = if args.modified { LleForm::Modified } else { LleForm::Standard };
    let neighbors = args.neighbors.unwrap_or(NEIGHBORS);
    let model =
        Lle::new(args.dims.get()).neighbors(neighbors).form(form).seed(args.seed).fit(points, progress)?;
    Ok(Fit::new(model.embedding().clone())
        .figure("reconstruction_error", model.reconstruction_error())
        .figure("eigenvalues", model.eigenvalues().to_vec())
        .figure("residuals", model.residuals().to_vec())
        .model(model))
}

fn neighbors(args: &EmbedArgs) -> Neighbors {
    let k = args.neighbors.unwrap_or(NEIGHBORS);
    match args.radius {
        Some(radius) => Neighbors::Within(radius),
        None if args.mutual => Neighbors::Mutual(k),
        None => Neighbors::Nearest(k),
    }
}

fn disconnected(args: &EmbedArgs) -> Disconnected {
    match args.disconnected {
        Some(DisconnectedArg::Join) => Disconnected::Join,
        Some(DisconnectedArg::Largest) => Disconnected::Largest,
        Some(DisconnectedArg::Fail) | None => Disconnected::Fail,
    }
}

/// The rows that have coordinates, if not all do.
fn partly(kept: &[u32], n: usize) -> Option<Vec<u32>> {
    (kept.len() < n).then(|| kept.to_vec())
}

/// Geodesics from evenly spaced nodes, and the distances that the embedding gives instead.
fn pairs_along(graph: &WeightedGraph, embedding: &Embedding) -> Pairs {
    let n = graph.nodes();
    let sources = n.min(PAIRS.div_ceil(n.max(1)).max(1));
    let (mut given, mut embedded) = (Vec::new(), Vec::new());
    for source in (0..sources).map(|i| i * n / sources) {
        for (node, &geodesic) in geodesics(graph, source as u32).iter().enumerate() {
            let ends = embedding.point(source).iter().zip(embedding.point(node));
            given.push(f64::from(geodesic));
            embedded.push(ends.map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt());
        }
    }
    Pairs { given, embedded, disparities: None }
}

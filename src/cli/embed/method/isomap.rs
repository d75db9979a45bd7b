//! Isomap.

use std::num::NonZeroUsize;

use anyhow::Result;
use clap::Args;
use manifold::embed::{EmbedError, Embedding, Isomap};
use manifold::graph::WeightedGraph;
use manifold::graph::geodesics::geodesics;
use manifold::progress::Progress;

use super::{Files, Method, SPECTRUM, Task};
use crate::cli::embed::fitted::{Fitted, Pairs, Spectrum};
use crate::cli::embed::footprint::Pairwise;
use crate::cli::embed::shared::{
    DistancesOrGraphArgs, GraphArgs, ModelFile, Precomputed, ShepardFile, SpectrumFile,
};
use crate::cli::values;

/// Pairs that the Shepard diagram is made from, at most about.
const PAIRS: usize = 200_000;

#[derive(Args, Clone, Debug)]
pub(crate) struct IsomapArgs {
    #[command(flatten)]
    graph: GraphArgs,
    /// Compute geodesics to this many landmarks only, for large data
    #[arg(long, value_name = "M", value_parser = values::at_least_one)]
    landmarks: Option<NonZeroUsize>,
    #[command(flatten)]
    input: DistancesOrGraphArgs,
    #[command(flatten)]
    spectrum: SpectrumFile,
    #[command(flatten)]
    shepard: ShepardFile,
    #[command(flatten)]
    model: ModelFile,
}

impl Method for IsomapArgs {
    fn fit(&self, task: &Task, progress: &dyn Progress) -> Result<Fitted> {
        let files = self.files();
        let method = Isomap::new(task.dims)
            .neighbors(self.graph.neighbors())
            .disconnected(self.graph.disconnected())
            .landmarks(self.landmarks.map(NonZeroUsize::get))
            .spectrum(if files.spectrum.is_some() { SPECTRUM } else { 0 })
            .seed(task.seed);
        let model = task.data.fit_any(&method, progress)?;
        let eigenvalues = model.eigenvalues().to_vec();
        let mut fitted = Fitted::new(&model)
            .kept(model.kept(), task.data.n())
            .measurement("residual_variance", model.residual_variance())
            .measurement("eigenvalues", eigenvalues.clone())
            .measurement("residuals", model.residuals().to_vec())
            .measurement("components", model.components())
            .spectrum(Spectrum::Eigenvalues(eigenvalues));
        if files.shepard.is_some() {
            fitted = fitted.pairs(pairs(model.graph(), model.embedding()));
        }
        Ok(fitted.model(model))
    }

    fn files(&self) -> Files<'_> {
        Files {
            model: self.model.model.as_deref(),
            spectrum: self.spectrum.spectrum.as_deref(),
            shepard: self.shepard.shepard.as_deref(),
            ..Files::default()
        }
    }

    /// Half of the geodesics; none beyond those to landmarks. Distances that were read take more.
    fn pairwise(&self, n: usize, dims: usize) -> Option<Pairwise> {
        let each = if self.input.precomputed == Some(Precomputed::Distances) { 22 } else { 3 };
        let more = 64 * n as u64 * dims as u64;
        let exact = Pairwise { each, more, instead: "--landmarks 1000, or " };
        self.landmarks.is_none().then_some(exact)
    }

    fn precomputed(&self) -> Option<Precomputed> {
        self.input.precomputed
    }

    fn check(&self) -> Result<()> {
        self.graph.check(self.input.precomputed)
    }

    fn remedy(&self, error: &EmbedError, name: &str, _n: usize) -> Option<String> {
        self.graph.remedy(error, name, self.input.precomputed)
    }
}

/// Geodesics from evenly spaced nodes, and the distances that the embedding gives instead.
fn pairs(graph: &WeightedGraph, embedding: &Embedding) -> Pairs {
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

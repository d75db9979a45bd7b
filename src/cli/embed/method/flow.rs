//! Classical scaling of convex-flow distances.

use anyhow::Result;
use clap::Args;
use manifold::embed::{EmbedError, FlowEmbedding};
use manifold::flow::EdgeCost;
use manifold::flow::pairwise::PairwiseSettings;
use manifold::progress::Progress;

use super::{Files, Method, SPECTRUM, Task};
use crate::cli::embed::fitted::{Fitted, Spectrum};
use crate::cli::embed::footprint::Pairwise;
use crate::cli::embed::shared::{DistancesOrGraphArgs, GraphArgs, Precomputed, SpectrumFile};
use crate::cli::values;

#[derive(Args, Clone, Debug)]
pub(crate) struct FlowArgs {
    #[command(flatten)]
    graph: GraphArgs,
    /// Cost of flow on an edge, as for seethru --cost [default: convex]
    #[arg(long, value_name = "COST", value_parser = values::cost)]
    cost: Option<EdgeCost>,
    #[command(flatten)]
    input: DistancesOrGraphArgs,
    #[command(flatten)]
    spectrum: SpectrumFile,
}

impl Method for FlowArgs {
    fn fit(&self, task: &Task, progress: &dyn Progress) -> Result<Fitted> {
        let mut method = FlowEmbedding::new(task.dims)
            .neighbors(self.graph.neighbors())
            .disconnected(self.graph.disconnected())
            .spectrum(if self.spectrum.spectrum.is_some() { SPECTRUM } else { 0 })
            .seed(task.seed);
        if let Some(cost) = &self.cost {
            method = method.flow(PairwiseSettings { cost: cost.clone(), ..PairwiseSettings::default() });
        }
        let model = task.data.fit_any(&method, progress)?;
        let eigenvalues = model.eigenvalues().to_vec();
        Ok(Fitted::new(&model)
            .kept(model.kept(), task.data.n())
            .measurement("residual_variance", model.residual_variance())
            .measurement("eigenvalues", eigenvalues.clone())
            .measurement("residuals", model.residuals().to_vec())
            .measurement("components", model.components())
            .spectrum(Spectrum::Eigenvalues(eigenvalues)))
    }

    fn files(&self) -> Files<'_> {
        Files { spectrum: self.spectrum.spectrum.as_deref(), ..Files::default() }
    }

    /// Half of the distances, in 64 bits as rows and joined, then in 32.
    fn pairwise(&self, n: usize, dims: usize) -> Option<Pairwise> {
        let each = if self.input.precomputed == Some(Precomputed::Distances) { 28 } else { 12 };
        let more = 64 * n as u64 * dims as u64;
        Some(Pairwise { each, more, instead: "embed isomap --landmarks 1000, or " })
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

//! Laplacian eigenmaps.

use anyhow::Result;
use clap::Args;
use manifold::embed::{EmbedError, Laplacian, LaplacianEigenmaps, Weights};
use manifold::progress::Progress;

use super::{Files, Method, SPECTRUM, Task};
use crate::cli::embed::fitted::{Fitted, Spectrum};
use crate::cli::embed::shared::{DistancesOrGraphArgs, GraphArgs, ModelFile, Precomputed, SpectrumFile};
use crate::cli::embed::values::weights;
use crate::cli::values::one_of;

#[derive(Args, Clone, Debug)]
pub(crate) struct LaplacianArgs {
    #[command(flatten)]
    graph: GraphArgs,
    /// Weights of the edges: binary, heat, or heat:SIGMA
    #[arg(long, value_name = "WEIGHTS", default_value = "binary", value_parser = weights)]
    weights: Weights,
    /// L = D - W as it is, or normalized
    #[arg(long, value_name = "FORM", default_value = "random-walk", value_parser = one_of::<Laplacian>())]
    laplacian: Laplacian,
    #[command(flatten)]
    input: DistancesOrGraphArgs,
    #[command(flatten)]
    spectrum: SpectrumFile,
    #[command(flatten)]
    model: ModelFile,
}

impl Method for LaplacianArgs {
    fn fit(&self, task: &Task, progress: &dyn Progress) -> Result<Fitted> {
        let method = LaplacianEigenmaps::new(task.dims)
            .neighbors(self.graph.neighbors())
            .disconnected(self.graph.disconnected())
            .weights(self.weights)
            .laplacian(self.laplacian)
            .spectrum(if self.spectrum.spectrum.is_some() { SPECTRUM } else { 0 })
            .seed(task.seed);
        let model = task.data.fit_any(&method, progress)?;
        let eigenvalues = model.eigenvalues().to_vec();
        Ok(Fitted::new(&model)
            .kept(model.kept(), task.data.n())
            .measurement("eigenvalues", eigenvalues.clone())
            .measurement("residuals", model.residuals().to_vec())
            .measurement("largest_residual", model.residuals().iter().copied().fold(0.0, f64::max))
            .measurement("sigma", model.sigma())
            .measurement("components", model.components())
            .spectrum(Spectrum::Eigenvalues(eigenvalues))
            .model(model))
    }

    fn files(&self) -> Files<'_> {
        Files {
            model: self.model.model.as_deref(),
            spectrum: self.spectrum.spectrum.as_deref(),
            ..Files::default()
        }
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

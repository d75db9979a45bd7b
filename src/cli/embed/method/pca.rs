//! Principal component analysis.

use anyhow::Result;
use clap::Args;
use manifold::embed::{Pca, PcaSolver};
use manifold::progress::Progress;

use super::{Files, Method, Task};
use crate::cli::embed::fitted::{Fitted, Spectrum};
use crate::cli::embed::shared::{DictionaryFile, ModelFile, SpectrumFile};
use crate::cli::values::one_of;

#[derive(Args, Clone, Debug)]
pub(crate) struct PcaArgs {
    /// How the components are computed
    #[arg(long, value_name = "HOW", default_value = "auto", value_parser = one_of::<PcaSolver>())]
    solver: PcaSolver,
    /// Scale the coordinates to unit variance
    #[arg(long)]
    whiten: bool,
    #[command(flatten)]
    spectrum: SpectrumFile,
    #[command(flatten)]
    dictionary: DictionaryFile,
    #[command(flatten)]
    model: ModelFile,
}

impl Method for PcaArgs {
    fn fit(&self, task: &Task, progress: &dyn Progress) -> Result<Fitted> {
        let method = Pca::new(task.dims).solver(self.solver).whiten(self.whiten).seed(task.seed);
        let model = task.data.fit_rows(&method, progress)?;
        let shares = model.explained_variance_ratio();
        let energies = model.explained_variance().to_vec();
        Ok(Fitted::new(&model)
            .measurement("energy_kept", shares.iter().sum::<f64>())
            .measurement("energy_of_components", shares)
            .spectrum(Spectrum::Energies { energies, total: model.total_variance() })
            .dictionary(model.components())
            .model(model))
    }

    fn files(&self) -> Files<'_> {
        Files {
            model: self.model.model.as_deref(),
            spectrum: self.spectrum.spectrum.as_deref(),
            dictionary: self.dictionary.dictionary.as_deref(),
            ..Files::default()
        }
    }
}

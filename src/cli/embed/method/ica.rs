//! Independent component analysis.

use std::num::NonZeroUsize;

use anyhow::Result;
use clap::Args;
use manifold::embed::{Contrast, FastIca};
use manifold::progress::Progress;

use super::{Files, Method, Task};
use crate::cli::embed::fitted::Fitted;
use crate::cli::embed::shared::{DictionaryFile, ModelFile};
use crate::cli::values::{self, one_of};

#[derive(Args, Clone, Debug)]
pub(crate) struct IcaArgs {
    /// Measure of how far a component is from Gaussian
    #[arg(long, value_name = "CONTRAST", default_value = "log-cosh", value_parser = one_of::<Contrast>())]
    contrast: Contrast,
    /// Maximum number of steps
    #[arg(long, value_name = "N", default_value = "500", value_parser = values::at_least_one)]
    steps: NonZeroUsize,
    /// Largest turn of a component in the last step, 1 - |cosine| [default: 1e-4]
    #[arg(long, value_name = "X", value_parser = values::positive)]
    tolerance: Option<f32>,
    #[command(flatten)]
    dictionary: DictionaryFile,
    #[command(flatten)]
    model: ModelFile,
}

impl Method for IcaArgs {
    fn fit(&self, task: &Task, progress: &dyn Progress) -> Result<Fitted> {
        let method = FastIca::new(task.dims).contrast(self.contrast).steps(self.steps.get()).seed(task.seed);
        let method = match self.tolerance {
            Some(tolerance) => method.tolerance(tolerance.into()),
            None => method,
        };
        let model = task.data.fit_rows(&method, progress)?;
        // Columns of the mixing matrix are what a component adds to a row.
        let (mixing, k) = (model.mixing(), task.dims);
        let parts: Vec<f64> = (0..k).flat_map(|part| mixing.iter().skip(part).step_by(k).copied()).collect();
        Ok(Fitted::new(&model)
            .measurement("last_turn", model.last_turn())
            .convergence(model.converged(), model.steps())
            .dictionary(&parts)
            .model(model))
    }

    fn files(&self) -> Files<'_> {
        Files {
            model: self.model.model.as_deref(),
            dictionary: self.dictionary.dictionary.as_deref(),
            ..Files::default()
        }
    }
}

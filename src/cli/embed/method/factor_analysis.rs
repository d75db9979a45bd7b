//! Factor analysis.

use std::num::NonZeroUsize;

use anyhow::Result;
use clap::Args;
use manifold::embed::FactorAnalysis;
use manifold::progress::Progress;

use super::{Files, Method, Task};
use crate::cli::embed::fitted::Fitted;
use crate::cli::embed::shared::{DictionaryFile, ModelFile};
use crate::cli::values;

#[derive(Args, Clone, Debug)]
pub(crate) struct FactorAnalysisArgs {
    /// Maximum number of steps
    #[arg(long, value_name = "N", default_value = "1000", value_parser = values::at_least_one)]
    steps: NonZeroUsize,
    /// Least gain of the log-likelihood in a step [default: 0.01]
    #[arg(long, value_name = "X", value_parser = values::positive)]
    tolerance: Option<f32>,
    #[command(flatten)]
    dictionary: DictionaryFile,
    #[command(flatten)]
    model: ModelFile,
}

impl Method for FactorAnalysisArgs {
    fn fit(&self, task: &Task, progress: &dyn Progress) -> Result<Fitted> {
        let method = FactorAnalysis::new(task.dims).steps(self.steps.get());
        let method = match self.tolerance {
            Some(tolerance) => method.tolerance(tolerance.into()),
            None => method,
        };
        let model = task.data.fit_rows(&method, progress)?;
        Ok(Fitted::new(&model)
            .measurement("log_likelihood", model.log_likelihood().last().copied().unwrap_or(f64::NAN))
            .convergence(model.converged(), model.log_likelihood().len())
            .dictionary(model.components())
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

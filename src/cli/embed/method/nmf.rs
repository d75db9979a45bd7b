//! Non-negative matrix factorization.

use std::num::NonZeroUsize;

use anyhow::Result;
use clap::Args;
use manifold::embed::{Nmf, NmfSolver};
use manifold::progress::Progress;

use super::{Files, Method, Task};
use crate::cli::embed::fitted::Fitted;
use crate::cli::embed::shared::{DictionaryFile, ModelFile};
use crate::cli::values::{self, one_of};

#[derive(Args, Clone, Debug)]
pub(crate) struct NmfArgs {
    /// How the factors are computed
    #[arg(long, value_name = "HOW", default_value = "coordinate", value_parser = one_of::<NmfSolver>())]
    solver: NmfSolver,
    /// Maximum number of steps
    #[arg(long, value_name = "N", default_value = "500", value_parser = values::at_least_one)]
    steps: NonZeroUsize,
    /// Share of the first step's gradient (multiplicative: error) below which it ends [default: 1e-4]
    #[arg(long, value_name = "X", value_parser = values::positive)]
    tolerance: Option<f32>,
    #[command(flatten)]
    dictionary: DictionaryFile,
    #[command(flatten)]
    model: ModelFile,
}

impl Method for NmfArgs {
    fn fit(&self, task: &Task, progress: &dyn Progress) -> Result<Fitted> {
        let method = Nmf::new(task.dims).solver(self.solver).steps(self.steps.get()).seed(task.seed);
        let method = match self.tolerance {
            Some(tolerance) => method.tolerance(tolerance.into()),
            None => method,
        };
        let model = task.data.fit_rows(&method, progress)?;
        let components: Vec<f64> = model.components().iter().map(|&x| f64::from(x)).collect();
        Ok(Fitted::new(&model)
            .measurement("reconstruction_error", model.reconstruction_error())
            .measurement("relative_error", model.relative_error())
            .convergence(model.converged(), model.steps())
            .dictionary(&components)
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

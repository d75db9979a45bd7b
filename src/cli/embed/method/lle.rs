//! Locally linear embedding.

use std::num::NonZeroUsize;

use anyhow::Result;
use clap::Args;
use manifold::embed::{EmbedError, Lle, LleForm};
use manifold::progress::Progress;

use super::{Files, Method, Task};
use crate::cli::embed::fitted::Fitted;
use crate::cli::embed::shared::{ModelFile, NEIGHBORS};
use crate::cli::values;

#[derive(Args, Clone, Debug)]
pub(crate) struct LleArgs {
    /// Number of neighbors whose weighted sum reconstructs a point
    #[arg(long, alias = "neighbours", value_name = "K", default_value_t = NEIGHBORS, value_parser = values::at_least_one)]
    neighbors: NonZeroUsize,
    /// Several weight vectors for each point (Zhang and Wang 2006)
    #[arg(long)]
    modified: bool,
    #[command(flatten)]
    model: ModelFile,
}

impl Method for LleArgs {
    fn fit(&self, task: &Task, progress: &dyn Progress) -> Result<Fitted> {
        let form = if self.modified { LleForm::Modified } else { LleForm::Standard };
        let method = Lle::new(task.dims).neighbors(self.neighbors).form(form).seed(task.seed);
        let model = task.data.fit_rows(&method, progress)?;
        Ok(Fitted::new(&model)
            .measurement("reconstruction_error", model.reconstruction_error())
            .measurement("eigenvalues", model.eigenvalues().to_vec())
            .measurement("residuals", model.residuals().to_vec())
            .model(model))
    }

    fn files(&self) -> Files<'_> {
        Files { model: self.model.model.as_deref(), ..Files::default() }
    }

    /// There is no --radius and no --disconnected here.
    fn remedy(&self, error: &EmbedError, name: &str, _n: usize) -> Option<String> {
        match error {
            EmbedError::Disconnected { components, largest } => Some(format!(
                "{name}: the graph falls into {components} components, the largest of {largest} rows: \
                 give more --neighbors"
            )),
            _ => None,
        }
    }
}

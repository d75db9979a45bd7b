//! Multidimensional scaling by majorization.

use std::num::NonZeroUsize;

use anyhow::Result;
use clap::Args;
use manifold::embed::{Fit, Smacof, SmacofStart};
use manifold::progress::Progress;

use super::{Files, Method, Task};
use crate::cli::embed::fitted::{Fitted, Pairs};
use crate::cli::embed::footprint::Pairwise;
use crate::cli::embed::shared::{DistancesArgs, KeepArgs, Precomputed, ShepardFile};
use crate::cli::values::{self, one_of};

#[derive(Args, Clone, Debug)]
pub(crate) struct SmacofArgs {
    /// Keep only the order of the distances
    #[arg(long)]
    non_metric: bool,
    /// Where the points start
    #[arg(long, value_name = "HOW", default_value = "classical", value_parser = one_of::<SmacofStart>())]
    start: SmacofStart,
    /// Maximum number of steps
    #[arg(long, value_name = "N", default_value = "1000", value_parser = values::at_least_one)]
    steps: NonZeroUsize,
    /// Least fall of the normalized stress in a step [default: 1e-7]
    #[arg(long, value_name = "X", value_parser = values::positive)]
    tolerance: Option<f32>,
    #[command(flatten)]
    distances: DistancesArgs,
    #[command(flatten)]
    shepard: ShepardFile,
    #[command(flatten)]
    stopping: KeepArgs,
}

impl Method for SmacofArgs {
    fn fit(&self, task: &Task, progress: &dyn Progress) -> Result<Fitted> {
        let distances = task.data.distances()?;
        let method = Smacof::new(task.dims)
            .metric(!self.non_metric)
            .start(self.start)
            .steps(self.steps.get())
            .keep_when_stopped(self.stopping.keep)
            .seed(task.seed);
        let method = match self.tolerance {
            Some(tolerance) => method.tolerance(tolerance.into()),
            None => method,
        };
        let model = method.fit(&distances, progress)?;
        let shepard = model.shepard(&distances)?;
        let pairs = Pairs {
            given: shepard.dissimilarities,
            embedded: shepard.distances,
            disparities: self.non_metric.then_some(shepard.disparities),
        };
        let fitted = Fitted::new(&model)
            .pairs(pairs)
            .measurement("stress_1", model.stress1())
            .measurement("raw_stress", model.raw_stress());
        Ok(Fitted { stopped: model.stopped(), ..fitted }.convergence(model.converged(), model.steps()))
    }

    fn keeps_when_stopped(&self) -> bool {
        self.stopping.keep
    }

    fn files(&self) -> Files<'_> {
        Files { shepard: self.shepard.shepard.as_deref(), ..Files::default() }
    }

    /// The distances, the classical start, the pairs of the Shepard diagram.
    fn pairwise(&self, n: usize, dims: usize) -> Option<Pairwise> {
        let each = if self.distances.precomputed.is_some() { 48 } else { 40 };
        Some(Pairwise { each, more: 0, instead: "or " }.with_eigenvectors(n, dims))
    }

    fn precomputed(&self) -> Option<Precomputed> {
        self.distances.precomputed
    }
}

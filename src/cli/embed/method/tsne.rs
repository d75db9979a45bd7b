//! t-SNE, and SNE, which has a Gaussian tail.

use std::num::NonZeroUsize;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use manifold::embed::{FEWEST_ON_GRID, Fit, Gradient, LearningRate, Start, Tsne};
use manifold::knn::Search;
use manifold::progress::Progress;

use super::{Files, Method, Task};
use crate::cli::counted::counted;
use crate::cli::embed::fitted::{Data, Fitted};
use crate::cli::embed::shared::{DistancesArgs, KeepArgs, ModelFile, Precomputed};
use crate::cli::embed::values::degrees_of_freedom;
use crate::cli::values::{self, one_of};

/// Steps in which attraction is exaggerated.
const EARLY: usize = 250;
/// Degrees of freedom of SNE's tail.
const GAUSSIAN: f64 = f64::INFINITY;

#[derive(Args, Clone, Debug)]
pub(crate) struct TsneArgs {
    #[command(flatten)]
    descent: DescentArgs,
    /// Degrees of freedom of the tail: 1 is t-SNE, inf is SNE
    #[arg(long, value_name = "N", default_value = "1", value_parser = degrees_of_freedom)]
    degrees_of_freedom: f64,
}

#[derive(Args, Clone, Debug)]
pub(crate) struct SneArgs {
    #[command(flatten)]
    descent: DescentArgs,
}

/// What both have.
#[derive(Args, Clone, Debug)]
struct DescentArgs {
    /// Effective number of neighbors; lowered where the rows are few
    #[arg(long, value_name = "P", default_value = "30", value_parser = values::positive)]
    perplexity: f32,
    /// How neighbors are found
    #[arg(long, value_name = "HOW", default_value = "auto", value_parser = one_of::<Search>())]
    search: Search,
    /// How the forces are computed
    #[arg(long, value_name = "HOW", default_value = "auto", value_parser = one_of::<Gradient>())]
    gradient: Gradient,
    /// Factor by which attraction is multiplied in the first 250 steps
    #[arg(long, value_name = "X", default_value = "12", value_parser = values::positive)]
    exaggeration: f32,
    /// Learning rate [default: points / exaggeration]
    #[arg(long, value_name = "X", value_parser = values::positive)]
    learning_rate: Option<f32>,
    /// Steps after the first 250
    #[arg(long, value_name = "N", default_value = "500", value_parser = values::at_least_one)]
    steps: NonZeroUsize,
    /// Where the points start
    #[arg(long, value_name = "HOW", default_value = "pca")]
    start: StartArg,
    #[command(flatten)]
    distances: DistancesArgs,
    #[command(flatten)]
    model: ModelFile,
    #[command(flatten)]
    stopping: KeepArgs,
}

/// A start that has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum StartArg {
    /// First principal components
    Pca,
    /// Random numbers
    Random,
}

impl DescentArgs {
    fn fit(&self, degrees_of_freedom: f64, task: &Task, progress: &dyn Progress) -> Result<Fitted> {
        let method = self.method(task).degrees_of_freedom(degrees_of_freedom);
        let model = match task.data {
            Data::Points(points) => method.fit(points, progress)?,
            Data::Distances(distances) => method.fit(distances, progress)?,
            Data::Graph(_) => bail!("--precomputed graph: this method needs rows or distances"),
        };
        let history: Vec<_> =
            model.history().iter().map(|&(step, kl)| serde_json::json!({ "step": step, "kl": kl })).collect();
        let fitted = Fitted::new(&model)
            .measurement("kl", model.kl())
            .measurement("perplexity", model.perplexity())
            .measurement("steps", model.steps())
            .measurement("history", history);
        let fitted = self.lowered(&method, task.data.n(), fitted);
        let stopped = model.steps() < EARLY + self.steps.get();
        Ok(Fitted { stopped, ..fitted }.model(model))
    }

    /// Tells what was changed because the rows are few.
    fn lowered(&self, method: &Tsne, n: usize, mut fitted: Fitted) -> Fitted {
        let (asked, used) = (self.perplexity, method.perplexity_for(n));
        if used < f64::from(asked) {
            let rows = counted(n, "row");
            fitted = fitted.doubt(format!(
                "perplexity {used:.4} instead of {asked}: it is at most a third of the other rows, and there are {rows}"
            ));
        }
        if method.gradient_for(n) != self.gradient {
            fitted = fitted.doubt(format!(
                "--gradient exact is used: interpolation needs more than {FEWEST_ON_GRID} rows"
            ));
        }
        fitted
    }

    fn method(&self, task: &Task) -> Tsne {
        let method = Tsne::new(task.dims)
            .seed(task.seed)
            .device(task.device.clone())
            .perplexity(self.perplexity.into())
            .search(self.search)
            .gradient(self.gradient)
            .exaggeration(self.exaggeration.into(), EARLY)
            .steps(self.steps.get())
            .start(match self.start {
                StartArg::Pca => Start::Pca,
                StartArg::Random => Start::Random,
            })
            .keep_when_stopped(self.stopping.keep);
        match self.learning_rate {
            Some(rate) => method.learning_rate(LearningRate::Fixed(rate.into())),
            None => method,
        }
    }

    fn files(&self) -> Files<'_> {
        Files { model: self.model.model.as_deref(), ..Files::default() }
    }
}

impl Method for TsneArgs {
    fn fit(&self, task: &Task, progress: &dyn Progress) -> Result<Fitted> {
        self.descent.fit(self.degrees_of_freedom, task, progress)
    }

    fn keeps_when_stopped(&self) -> bool {
        self.descent.stopping.keep
    }

    fn files(&self) -> Files<'_> {
        self.descent.files()
    }

    fn precomputed(&self) -> Option<Precomputed> {
        self.descent.distances.precomputed
    }
}

impl Method for SneArgs {
    fn fit(&self, task: &Task, progress: &dyn Progress) -> Result<Fitted> {
        self.descent.fit(GAUSSIAN, task, progress)
    }

    fn files(&self) -> Files<'_> {
        self.descent.files()
    }

    fn precomputed(&self) -> Option<Precomputed> {
        self.descent.distances.precomputed
    }
}

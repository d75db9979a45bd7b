//! Stochastic neighbor embedding.

use std::num::NonZeroUsize;

use anyhow::{Result, bail};
use manifold::device::Device;
use manifold::embed::{Gradient, LearningRate, Start, Tsne};
use manifold::progress::Progress;

use super::{Data, Fit};
use crate::cli::embed::args::{EmbedArgs, GradientArg, MethodArg, StartArg};

/// Steps in which attraction is exaggerated.
const EARLY: usize = 250;
/// Steps behind them where none are asked for.
const LATER: usize = 500;
/// Opening angle of the Barnes-Hut tree, as scikit-learn's.
const THETA: f64 = 0.5;

pub fn tsne(args: &EmbedArgs, data: &Data, device: &Device, progress: &dyn Progress) -> Result<Fit> {
    let method = settings(args).device(device.clone());
    let model = match data {
        Data::Points(points) => method.fit(points, progress)?,
        Data::Distances(distances) => method.fit_distances(distances, progress)?,
        Data::Graph(_) => bail!("--precomputed graph: this method needs rows or distances"),
    };
    let history: Vec<_> =
        model.history().iter().map(|&(step, kl)| serde_json::json!({ "step": step, "kl": kl })).collect();
    let fit = Fit::new(model.embedding().clone())
        .figure("kl", model.kl())
        .figure("steps", model.steps())
        .figure("history", history);
    let asked = EARLY + args.steps.map_or(LATER, NonZeroUsize::get);
    Ok(Fit { stopped: model.steps() < asked, ..fit }.model(model))
}

fn settings(args: &EmbedArgs) -> Tsne {
    let mut method = Tsne::new(args.dims.get()).seed(args.seed).keep_when_stopped(args.keep);
    if let Some(perplexity) = args.perplexity {
        method = method.perplexity(perplexity.into());
    }
    if args.method == MethodArg::Sne {
        method = method.degrees_of_freedom(f64::INFINITY);
    } else if let Some(freedom) = args.degrees_of_freedom {
        method = method.degrees_of_freedom(freedom);
    }
    if let Some(gradient) = args.gradient {
        method = method.gradient(match gradient {
            GradientArg::Auto => Gradient::Auto,
            GradientArg::Exact => Gradient::Exact,
            GradientArg::BarnesHut => Gradient::BarnesHut { theta: THETA },
            GradientArg::Interpolated => Gradient::Interpolated,
        });
    }
    if let Some(factor) = args.exaggeration {
        method = method.exaggeration(factor.into(), EARLY);
    }
    if let Some(rate) = args.learning_rate {
        method = method.learning_rate(LearningRate::Fixed(rate.into()));
    }
    if let Some(steps) = args.steps {
        method = method.steps(steps.get());
    }
    if let Some(search) = args.search {
        method = method.search(search.into());
    }
    if args.start == Some(StartArg::Random) {
        method = method.start(Start::Random);
    }
    method
}

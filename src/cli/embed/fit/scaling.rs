//! Multidimensional scaling.

use anyhow::{Result, bail};
use manifold::embed::{ClassicalMds, Embedding, Smacof, SmacofStart, SquareDistances};
use manifold::progress::Progress;

use super::{Data, Fit, Pairs, Spectrum};
use crate::cli::embed::args::{EmbedArgs, StartArg};

/// Pairs that the Shepard diagram is made from.
const PAIRS: usize = 200_000;

pub fn classical(args: &EmbedArgs, data: &Data, progress: &dyn Progress) -> Result<Fit> {
    let distances = distances(data)?;
    let model = ClassicalMds::new(args.dims.get()).fit(&distances, progress)?;
    let pairs = pairs(&distances, model.embedding());
    let eigenvalues = model.eigenvalues().to_vec();
    Ok(Fit { pairs: Some(pairs), ..Fit::new(model.embedding().clone()) }
        .figure("strain", model.strain())
        .figure("eigenvalues", eigenvalues.clone())
        .spectrum(Spectrum::Eigenvalues(eigenvalues)))
}

pub fn smacof(args: &EmbedArgs, data: &Data, progress: &dyn Progress) -> Result<Fit> {
    let distances = distances(data)?;
    let mut method =
        Smacof::new(args.dims.get()).metric(!args.non_metric).keep_when_stopped(args.keep).seed(args.seed);
    if args.start == Some(StartArg::Random) {
        method = method.start(SmacofStart::Random { restarts: 1 });
    }
    if let Some(steps) = args.steps {
        method = method.steps(steps.get());
    }
    let model = method.fit(&distances, progress)?;
    let shepard = model.shepard(&distances)?;
    let pairs = Pairs {
        given: shepard.dissimilarities,
        embedded: shepard.distances,
        disparities: args.non_metric.then_some(shepard.disparities),
    };
    Ok(Fit { pairs: Some(pairs), stopped: model.stopped(), ..Fit::new(model.embedding().clone()) }
        .figure("stress_1", model.stress1())
        .figure("raw_stress", model.raw_stress())
        .figure("steps", model.steps())
        .figure("converged", model.converged()))
}

fn distances(data: &Data) -> Result<SquareDistances> {
    Ok(match data {
        Data::Points(points) => SquareDistances::from_points(points),
        Data::Distances(distances) => distances.clone(),
        Data::Graph(_) => bail!("--precomputed graph: this method needs distances"),
    })
}

/// Evenly spaced pairs of all.
pub fn pairs_of(n: usize, embedding: &Embedding, given: impl Fn(usize, usize) -> f64) -> Pairs {
    let all = n * n.saturating_sub(1) / 2;
    let step = all.div_ceil(PAIRS).max(1);
    let (mut from, mut to) = (Vec::new(), Vec::new());
    let mut next = 0;
    for i in 0..n {
        while next < n - 1 - i {
            let j = i + 1 + next;
            let squares = embedding.point(i).iter().zip(embedding.point(j)).map(|(a, b)| (a - b) * (a - b));
            from.push(given(i, j));
            to.push(squares.sum::<f64>().sqrt());
            next += step;
        }
        next -= n - 1 - i;
    }
    Pairs { given: from, embedded: to, disparities: None }
}

fn pairs(distances: &SquareDistances, embedding: &Embedding) -> Pairs {
    pairs_of(distances.n(), embedding, |i, j| distances.get(i, j))
}

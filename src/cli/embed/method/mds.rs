//! Classical multidimensional scaling.

use anyhow::Result;
use clap::Args;
use manifold::embed::{ClassicalMds, Embedding, Fit, SquareDistances};
use manifold::progress::Progress;

use super::{Files, Method, Task};
use crate::cli::embed::fitted::{Fitted, Pairs, Spectrum};
use crate::cli::embed::footprint::Pairwise;
use crate::cli::embed::shared::{DistancesArgs, Precomputed, ShepardFile, SpectrumFile};

/// Pairs that the Shepard diagram is made from.
const PAIRS: usize = 200_000;

#[derive(Args, Clone, Debug)]
pub(crate) struct MdsArgs {
    #[command(flatten)]
    distances: DistancesArgs,
    #[command(flatten)]
    spectrum: SpectrumFile,
    #[command(flatten)]
    shepard: ShepardFile,
}

impl Method for MdsArgs {
    fn fit(&self, task: &Task, progress: &dyn Progress) -> Result<Fitted> {
        let distances = task.data.distances()?;
        let model = ClassicalMds::new(task.dims).fit(&distances, progress)?;
        let pairs = pairs(&distances, model.embedding());
        let eigenvalues = model.eigenvalues().to_vec();
        Ok(Fitted::new(&model)
            .pairs(pairs)
            .measurement("strain", model.strain())
            .measurement("eigenvalues", eigenvalues.clone())
            .spectrum(Spectrum::Eigenvalues(eigenvalues)))
    }

    fn files(&self) -> Files<'_> {
        Files {
            spectrum: self.spectrum.spectrum.as_deref(),
            shepard: self.shepard.shepard.as_deref(),
            ..Files::default()
        }
    }

    /// The distances and the centered matrix; distances that were read are kept besides.
    fn pairwise(&self, n: usize, dims: usize) -> Option<Pairwise> {
        let (each, instead) = match self.distances.precomputed {
            Some(_) => (25, "or "),
            None => (17, "embed pca, which gives rows the same coordinates, or "),
        };
        Some(Pairwise { each, more: 0, instead }.with_eigenvectors(n, dims))
    }

    fn precomputed(&self) -> Option<Precomputed> {
        self.distances.precomputed
    }
}

/// Evenly spaced pairs of all.
fn pairs(distances: &SquareDistances, embedding: &Embedding) -> Pairs {
    let n = distances.n();
    let all = n * n.saturating_sub(1) / 2;
    let step = all.div_ceil(PAIRS).max(1);
    let (mut given, mut embedded) = (Vec::new(), Vec::new());
    let mut next = 0;
    for i in 0..n {
        while next < n - 1 - i {
            let j = i + 1 + next;
            let squares = embedding.point(i).iter().zip(embedding.point(j)).map(|(a, b)| (a - b) * (a - b));
            given.push(distances.get(i, j));
            embedded.push(squares.sum::<f64>().sqrt());
            next += step;
        }
        next -= n - 1 - i;
    }
    Pairs { given, embedded, disparities: None }
}

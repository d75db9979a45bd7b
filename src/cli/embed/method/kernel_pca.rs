//! Kernel principal component analysis.

use std::num::NonZeroUsize;

use anyhow::Result;
use clap::Args;
use manifold::embed::{Kernel, KernelPca};
use manifold::progress::Progress;

use super::{Files, Method, Task};
use crate::cli::embed::fitted::{Fitted, Spectrum};
use crate::cli::embed::footprint::Pairwise;
use crate::cli::embed::shared::{ModelFile, SpectrumFile};
use crate::cli::values::{self, one_of};

#[derive(Args, Clone, Debug)]
pub(crate) struct KernelPcaArgs {
    /// The kernel
    #[arg(long, value_name = "KERNEL", default_value = "rbf", value_parser = one_of::<Kernel>())]
    kernel: Kernel,
    /// Scale of the kernel [default: 1 / columns]
    #[arg(long, value_name = "X", value_parser = values::positive)]
    gamma: Option<f32>,
    /// Degree of the polynomial [default: 3]
    #[arg(long, value_name = "N", value_parser = values::at_least_one)]
    degree: Option<NonZeroUsize>,
    #[command(flatten)]
    spectrum: SpectrumFile,
    #[command(flatten)]
    model: ModelFile,
}

impl KernelPcaArgs {
    /// The kernel with the numbers that are given.
    fn kernel(&self) -> Kernel {
        let gamma = self.gamma.map(f64::from);
        match self.kernel {
            Kernel::Linear => Kernel::Linear,
            Kernel::Polynomial { degree: usual, offset, .. } => {
                let degree = self.degree.and_then(|degree| u32::try_from(degree.get()).ok()).unwrap_or(usual);
                Kernel::Polynomial { degree, gamma, offset }
            }
            Kernel::Rbf { .. } => Kernel::Rbf { gamma },
        }
    }
}

impl Method for KernelPcaArgs {
    fn fit(&self, task: &Task, progress: &dyn Progress) -> Result<Fitted> {
        let method = KernelPca::new(task.dims).kernel(self.kernel()).seed(task.seed);
        let model = task.data.fit_rows(&method, progress)?;
        let eigenvalues = model.eigenvalues().to_vec();
        Ok(Fitted::new(&model)
            .measurement("energy_kept", model.explained_variance_ratio().iter().sum::<f64>())
            .measurement("eigenvalues", eigenvalues.clone())
            .spectrum(Spectrum::Eigenvalues(eigenvalues))
            .model(model))
    }

    /// The kernel's matrix.
    fn pairwise(&self, n: usize, dims: usize) -> Option<Pairwise> {
        Some(
            Pairwise { each: 9, more: 64 * n as u64 * dims as u64, instead: "or " }
                .with_eigenvectors(n, dims),
        )
    }

    fn files(&self) -> Files<'_> {
        Files {
            model: self.model.model.as_deref(),
            spectrum: self.spectrum.spectrum.as_deref(),
            ..Files::default()
        }
    }
}

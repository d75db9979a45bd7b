//! Methods that are matrix factorizations of the rows.

use std::num::NonZeroUsize;

use anyhow::Result;
use manifold::embed::{Contrast, FactorAnalysis, FastIca, Kernel, KernelPca, Nmf, NmfSolver, Pca, PcaSolver};
use manifold::points::Points;
use manifold::progress::Progress;

use super::{Fit, Spectrum};
use crate::cli::embed::args::{ContrastArg, EmbedArgs, KernelArg, SolverArg};

/// Degree and offset of a polynomial kernel where none are given, as scikit-learn's.
const DEGREE: u32 = 3;
const OFFSET: f64 = 1.0;

pub fn pca(args: &EmbedArgs, points: &Points, progress: &dyn Progress) -> Result<Fit> {
    let solver = match args.solver {
        Some(SolverArg::Eigen) => PcaSolver::Eigen,
        Some(SolverArg::Svd) => PcaSolver::Svd,
        Some(SolverArg::Randomized) => PcaSolver::Randomized { oversampling: 10, power_iterations: 4 },
        _ => PcaSolver::Auto,
    };
    let method = Pca::new(args.dims.get()).solver(solver).whiten(args.whiten).seed(args.seed);
    let model = method.fit(points, progress)?;
    let shares = model.explained_variance_ratio();
    let energies = model.explained_variance().to_vec();
    Ok(Fit::new(model.embedding().clone())
        .figure("energy_kept", shares.iter().sum::<f64>())
        .figure("energy_of_components", shares)
        .spectrum(Spectrum::Energies { energies, total: model.total_variance() })
        .dictionary(model.components())
        .model(model))
}

pub fn kernel_pca(args: &EmbedArgs, points: &Points, progress: &dyn Progress) -> Result<Fit> {
    let gamma = args.gamma.map(f64::from);
    let kernel = match args.kernel.unwrap_or(KernelArg::Rbf) {
        KernelArg::Linear => Kernel::Linear,
        KernelArg::Polynomial => {
            let degree = args.degree.and_then(|degree| u32::try_from(degree.get()).ok()).unwrap_or(DEGREE);
            Kernel::Polynomial { degree, gamma, offset: OFFSET }
        }
        KernelArg::Rbf => Kernel::Rbf { gamma },
    };
    let model = KernelPca::new(args.dims.get()).kernel(kernel).seed(args.seed).fit(points, progress)?;
    let eigenvalues = model.eigenvalues().to_vec();
    Ok(Fit::new(model.embedding().clone())
        .figure("energy_kept", model.explained_variance_ratio().iter().sum::<f64>())
        .figure("eigenvalues", eigenvalues.clone())
        .spectrum(Spectrum::Eigenvalues(eigenvalues))
        .model(model))
}

pub fn factor_analysis(args: &EmbedArgs, points: &Points, progress: &dyn Progress) -> Result<Fit> {
    let mut method = FactorAnalysis::new(args.dims.get());
    if let Some(steps) = args.steps {
        method = method.steps(steps.get());
    }
    let model = method.fit(points, progress)?;
    Ok(Fit::new(model.embedding().clone())
        .figure("log_likelihood", model.log_likelihood().last().copied().unwrap_or(f64::NAN))
        .figure("steps", model.log_likelihood().len())
        .figure("converged", model.converged())
        .dictionary(model.components())
        .model(model))
}

pub fn ica(args: &EmbedArgs, points: &Points, progress: &dyn Progress) -> Result<Fit> {
    let contrast = match args.contrast.unwrap_or(ContrastArg::LogCosh) {
        ContrastArg::LogCosh => Contrast::LogCosh,
        ContrastArg::Exp => Contrast::Exp,
        ContrastArg::Cube => Contrast::Cube,
    };
    let mut method = FastIca::new(args.dims.get()).contrast(contrast).seed(args.seed);
    if let Some(steps) = args.steps {
        method = method.steps(steps.get());
    }
    let model = method.fit(points, progress)?;
    // Columns of the mixing matrix are what a component adds to a row.
    let (mixing, k) = (model.mixing(), args.dims.get());
    let parts: Vec<f64> = (0..k).flat_map(|part| mixing.iter().skip(part).step_by(k).copied()).collect();
    Ok(Fit::new(model.embedding().clone())
        .figure("steps", model.steps())
        .figure("last_turn", model.last_turn())
        .figure("converged", model.converged())
        .dictionary(&parts)
        .model(model))
}

pub fn nmf(args: &EmbedArgs, points: &Points, progress: &dyn Progress) -> Result<Fit> {
    let solver = match args.solver {
        Some(SolverArg::Multiplicative) => NmfSolver::Multiplicative,
        _ => NmfSolver::CoordinateDescent,
    };
    let mut method = Nmf::new(args.dims.get()).solver(solver).seed(args.seed);
    if let Some(steps) = args.steps.map(NonZeroUsize::get) {
        method = method.steps(steps);
    }
    let model = method.fit(points, progress)?;
    let components: Vec<f64> = model.components().iter().map(|&x| f64::from(x)).collect();
    Ok(Fit::new(model.embedding().clone())
        .figure("reconstruction_error", model.reconstruction_error())
        .figure("relative_error", model.relative_error())
        .figure("steps", model.steps())
        .figure("converged", model.converged())
        .dictionary(&components)
        .model(model))
}

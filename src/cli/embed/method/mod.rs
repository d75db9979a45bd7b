//! The methods: each file holds a method's options, what they ask of the core, and what is reported about the result.

mod factor_analysis;
mod flow;
mod ica;
mod isomap;
mod kernel_pca;
mod laplacian;
mod lle;
mod mds;
mod nmf;
mod pca;
mod smacof;
mod tsne;

use std::path::Path;

use anyhow::Result;
use manifold::device::Device;
use manifold::embed::EmbedError;
use manifold::progress::Progress;

pub(crate) use factor_analysis::FactorAnalysisArgs;
pub(crate) use flow::FlowArgs;
pub(crate) use ica::IcaArgs;
pub(crate) use isomap::IsomapArgs;
pub(crate) use kernel_pca::KernelPcaArgs;
pub(crate) use laplacian::LaplacianArgs;
pub(crate) use lle::LleArgs;
pub(crate) use mds::MdsArgs;
pub(crate) use nmf::NmfArgs;
pub(crate) use pca::PcaArgs;
pub(crate) use smacof::SmacofArgs;
pub(crate) use tsne::{SneArgs, TsneArgs};

use super::fitted::{Data, Fitted};
use super::footprint::Pairwise;
use super::shared::Precomputed;

/// A method with its options.
pub(crate) trait Method: Sync {
    /// Embeds the data.
    fn fit(&self, task: &Task, progress: &dyn Progress) -> Result<Fitted>;

    /// The files that not all methods can write.
    fn files(&self) -> Files<'_>;

    /// Whether it ends early with what there is by then when the user stops it.
    fn keeps_when_stopped(&self) -> bool {
        false
    }

    /// What the input holds instead of rows.
    fn precomputed(&self) -> Option<Precomputed> {
        None
    }

    /// What it takes with `n` rows, if that grows with their square.
    fn pairwise(&self, _n: usize, _dims: usize) -> Option<Pairwise> {
        None
    }

    /// Refuses options that do not go together, before anything is read.
    fn check(&self) -> Result<()> {
        Ok(())
    }

    /// An error in words of the method's own options; `name` is the input's, of `n` rows.
    fn remedy(&self, _error: &EmbedError, _name: &str, _n: usize) -> Option<String> {
        None
    }
}

/// What all methods are given.
pub(crate) struct Task<'a> {
    pub(crate) data: &'a Data,
    pub(crate) dims: usize,
    pub(crate) seed: u64,
    pub(crate) device: &'a Device,
}

/// Files that only some methods write.
#[derive(Clone, Copy, Default)]
pub(crate) struct Files<'a> {
    pub(crate) model: Option<&'a Path>,
    pub(crate) spectrum: Option<&'a Path>,
    pub(crate) dictionary: Option<&'a Path>,
    pub(crate) shepard: Option<&'a Path>,
}

/// Eigenvalues that a spectrum shows at least.
const SPECTRUM: usize = 10;

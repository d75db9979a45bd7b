//! The methods: each file holds a method's options, what they ask of the core, and what is told of the result.

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

pub use factor_analysis::FactorAnalysisArgs;
pub use flow::FlowArgs;
pub use ica::IcaArgs;
pub use isomap::IsomapArgs;
pub use kernel_pca::KernelPcaArgs;
pub use laplacian::LaplacianArgs;
pub use lle::LleArgs;
pub use mds::MdsArgs;
pub use nmf::NmfArgs;
pub use pca::PcaArgs;
pub use smacof::SmacofArgs;
pub use tsne::{SneArgs, TsneArgs};

use super::fitted::{Data, Fitted};
use super::shared::Precomputed;

/// A method with its options.
pub trait Method: Sync {
    /// Embeds the data.
    fn fit(&self, task: &Task, progress: &dyn Progress) -> Result<Fitted>;

    /// The files that not all methods can write.
    fn files(&self) -> Files<'_>;

    /// What the input holds instead of rows.
    fn precomputed(&self) -> Option<Precomputed> {
        None
    }

    /// An error in words of the method's own options; `name` is the input's, of `n` rows.
    fn remedy(&self, _error: &EmbedError, _name: &str, _n: usize) -> Option<String> {
        None
    }
}

/// What all methods are given.
pub struct Task<'a> {
    pub data: &'a Data,
    pub dims: usize,
    pub seed: u64,
    pub device: &'a Device,
}

/// Files that only some methods write.
#[derive(Clone, Copy, Default)]
pub struct Files<'a> {
    pub model: Option<&'a Path>,
    pub spectrum: Option<&'a Path>,
    pub dictionary: Option<&'a Path>,
    pub shepard: Option<&'a Path>,
}

/// Eigenvalues that a spectrum shows at least.
const SPECTRUM: usize = 10;

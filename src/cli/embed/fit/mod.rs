//! From arguments to a method, from its model to what is written and told.

mod graph;
mod linear;
mod neighborhood;
mod scaling;

use anyhow::{Result, bail};
use manifold::device::Device;
use manifold::embed::{Embedding, Model, SquareDistances};
use manifold::graph::WeightedGraph;
use manifold::points::Points;
use manifold::progress::Progress;
use serde_json::Value;

use super::args::{EmbedArgs, MethodArg};

/// What is embedded.
pub enum Data {
    Points(Points),
    Distances(SquareDistances),
    Graph(WeightedGraph),
}

impl Data {
    /// Number of rows.
    pub fn n(&self) -> usize {
        match self {
            Data::Points(points) => points.n(),
            Data::Distances(distances) => distances.n(),
            Data::Graph(graph) => graph.nodes(),
        }
    }

    fn points(&self) -> Result<&Points> {
        match self {
            Data::Points(points) => Ok(points),
            // Refused before anything was read.
            _ => bail!("--precomputed: this method needs the rows themselves"),
        }
    }
}

/// A method's result, as the program uses it.
pub struct Fit {
    pub embedding: Embedding,
    /// The rows that have coordinates, if not all do.
    pub kept: Option<Vec<u32>>,
    /// The method's own measures of how good the embedding is.
    pub figures: Vec<(&'static str, Value)>,
    pub spectrum: Option<Spectrum>,
    /// Components one behind the other, each as long as a row.
    pub dictionary: Option<Vec<f64>>,
    pub pairs: Option<Pairs>,
    pub model: Option<Model>,
    /// Whether the user stopped it and kept what there was.
    pub stopped: bool,
}

/// What a spectrum is of.
pub enum Spectrum {
    /// Energies of the first components, and of all.
    Energies {
        energies: Vec<f64>,
        total: f64,
    },
    Eigenvalues(Vec<f64>),
}

/// Given distances, embedded ones, and what these were fitted to.
pub struct Pairs {
    pub given: Vec<f64>,
    pub embedded: Vec<f64>,
    pub disparities: Option<Vec<f64>>,
}

impl Fit {
    fn new(embedding: Embedding) -> Fit {
        Fit {
            embedding,
            kept: None,
            figures: Vec::new(),
            spectrum: None,
            dictionary: None,
            pairs: None,
            model: None,
            stopped: false,
        }
    }

    fn figure(mut self, name: &'static str, value: impl Into<Value>) -> Fit {
        self.figures.push((name, value.into()));
        self
    }

    fn spectrum(self, spectrum: Spectrum) -> Fit {
        Fit { spectrum: Some(spectrum), ..self }
    }

    fn dictionary(self, components: &[f64]) -> Fit {
        Fit { dictionary: Some(components.to_vec()), ..self }
    }

    fn model(self, model: impl Into<Model>) -> Fit {
        Fit { model: Some(model.into()), ..self }
    }
}

/// Runs the method.
pub fn fit(args: &EmbedArgs, data: &Data, device: &Device, progress: &dyn Progress) -> Result<Fit> {
    match args.method {
        MethodArg::Pca => linear::pca(args, data.points()?, progress),
        MethodArg::KernelPca => linear::kernel_pca(args, data.points()?, progress),
        MethodArg::FactorAnalysis => linear::factor_analysis(args, data.points()?, progress),
        MethodArg::Ica => linear::ica(args, data.points()?, progress),
        MethodArg::Nmf => linear::nmf(args, data.points()?, progress),
        MethodArg::Mds => scaling::classical(args, data, progress),
        MethodArg::Smacof => scaling::smacof(args, data, progress),
        MethodArg::Tsne | MethodArg::Sne => neighborhood::tsne(args, data, device, progress),
        MethodArg::Isomap => graph::isomap(args, data, progress),
        MethodArg::Laplacian => graph::laplacian(args, data, progress),
        MethodArg::Flow => graph::flow(args, data, progress),
        MethodArg::Lle => graph::lle(args, data.points()?, progress),
    }
}

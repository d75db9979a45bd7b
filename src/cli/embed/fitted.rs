//! What a method is fitted to, and what comes of it.

use anyhow::{Result, bail};
use manifold::embed::{Embedding, Fit, Model, SquareDistances};
use manifold::graph::WeightedGraph;
use manifold::points::Points;
use manifold::progress::Progress;
use serde_json::Value;

use crate::cli::counted::counted;
use crate::cli::table::Assumption;

/// What is embedded.
pub(crate) enum Data {
    Points(Points),
    Distances(SquareDistances),
    Graph(WeightedGraph),
}

impl Data {
    /// Number of rows.
    pub(crate) fn n(&self) -> usize {
        match self {
            Data::Points(points) => points.n(),
            Data::Distances(distances) => distances.n(),
            Data::Graph(graph) => graph.nodes(),
        }
    }

    /// Fits a method that takes rows alone; its options do not allow anything else.
    pub(crate) fn fit_rows<M: Fit<Points>>(&self, method: &M, progress: &dyn Progress) -> Result<M::Model> {
        match self {
            Data::Points(points) => Ok(method.fit(points, progress)?),
            Data::Distances(_) | Data::Graph(_) => bail!("--precomputed: this method needs rows"),
        }
    }

    /// Fits a method that takes all three.
    pub(crate) fn fit_any<M, Model>(&self, method: &M, progress: &dyn Progress) -> Result<Model>
    where
        M: Fit<Points, Model = Model>,
        M: Fit<SquareDistances, Model = Model>,
        M: Fit<WeightedGraph, Model = Model>,
    {
        Ok(match self {
            Data::Points(points) => method.fit(points, progress)?,
            Data::Distances(distances) => method.fit(distances, progress)?,
            Data::Graph(graph) => method.fit(graph, progress)?,
        })
    }

    /// Distances, for methods whose options do not allow a graph.
    pub(crate) fn distances(&self) -> Result<SquareDistances> {
        match self {
            Data::Points(points) => Ok(SquareDistances::from_points(points)),
            Data::Distances(distances) => Ok(distances.clone()),
            Data::Graph(_) => bail!("--precomputed graph: this method needs rows or distances"),
        }
    }
}

/// A method's result, as the program uses it.
pub(crate) struct Fitted {
    pub(crate) embedding: Embedding,
    /// The rows that have coordinates, if not all do.
    pub(crate) kept: Option<Vec<u32>>,
    /// The method's own measures of how good the embedding is.
    pub(crate) measurements: Vec<(&'static str, Value)>,
    /// What the user should know about how it was fitted.
    pub(crate) notes: Vec<Assumption>,
    pub(crate) spectrum: Option<Spectrum>,
    /// Components one behind the other, each as long as a row.
    pub(crate) dictionary: Option<Vec<f64>>,
    pub(crate) pairs: Option<Pairs>,
    pub(crate) model: Option<Model>,
    /// Whether the user stopped it and kept what there was.
    pub(crate) stopped: bool,
}

/// What a spectrum is of.
pub(crate) enum Spectrum {
    /// Energies of the first components, and of all.
    Energies {
        energies: Vec<f64>,
        total: f64,
    },
    Eigenvalues(Vec<f64>),
}

/// Given distances, embedded ones, and what these were fitted to.
pub(crate) struct Pairs {
    pub(crate) given: Vec<f64>,
    pub(crate) embedded: Vec<f64>,
    pub(crate) disparities: Option<Vec<f64>>,
}

impl Fitted {
    pub(crate) fn new(model: &impl AsRef<Embedding>) -> Fitted {
        Fitted {
            embedding: model.as_ref().clone(),
            kept: None,
            measurements: Vec::new(),
            notes: Vec::new(),
            spectrum: None,
            dictionary: None,
            pairs: None,
            model: None,
            stopped: false,
        }
    }

    pub(crate) fn measurement(mut self, name: &'static str, value: impl Into<Value>) -> Fitted {
        self.measurements.push((name, value.into()));
        self
    }

    pub(crate) fn doubt(mut self, text: String) -> Fitted {
        self.notes.push(Assumption::Doubt(text));
        self
    }

    /// Whether an iteration reached its tolerance in `steps`; where it did not, the user is told what to give.
    pub(crate) fn convergence(self, converged: bool, steps: usize) -> Fitted {
        let fitted = self.measurement("steps", steps).measurement("converged", converged);
        if converged || fitted.stopped {
            return fitted;
        }
        fitted.doubt(format!(
            "not converged after {}: give more --steps or a larger --tolerance",
            counted(steps, "step")
        ))
    }

    pub(crate) fn spectrum(self, spectrum: Spectrum) -> Fitted {
        Fitted { spectrum: Some(spectrum), ..self }
    }

    pub(crate) fn dictionary(self, components: &[f64]) -> Fitted {
        Fitted { dictionary: Some(components.to_vec()), ..self }
    }

    pub(crate) fn pairs(self, pairs: Pairs) -> Fitted {
        Fitted { pairs: Some(pairs), ..self }
    }

    pub(crate) fn model(self, model: impl Into<Model>) -> Fitted {
        Fitted { model: Some(model.into()), ..self }
    }

    /// Of `n` rows only those in `kept` have coordinates.
    pub(crate) fn kept(self, kept: &[u32], n: usize) -> Fitted {
        Fitted { kept: (kept.len() < n).then(|| kept.to_vec()), ..self }
    }
}

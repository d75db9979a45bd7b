//! The centers of one place: exact, with few flows solved.
//!
//! The global center minimizes V(s), the total cost of the one-to-all flow from s. Lower bound:
//!
//! ```text
//! V(s) >= m(0)·sum over v of geodesic(s, v)
//! ```
//!
//! because no unit is cheaper than the first. Sources are solved in ascending order of the bound until
//! it exceeds the best V found.
//!
//! Further centers are n-medoids, greedily: the next one minimizes the sum over v of
//! min(D(c, v) over the centers so far, D(s, v)), D the flow distance of [`Solved::distances`].
//! D(s, v) >= m(0)·geodesic(s, v), since other sinks only add load, bounds the candidates the same
//! way.
//!
//! ```
//! use manifold::flow::CenterSearch;
//! use manifold::flow::{EdgeCost, Marginal};
//! use manifold::graph::Graph;
//!
//! // A path of five nodes: its center is the node in the middle.
//! let path = Graph::from_edges(5, &[(0, 1, 4), (1, 2, 4), (2, 3, 4), (3, 4, 4)])?;
//! let marginal = Marginal::new(&EdgeCost::default(), 5, 2)?;
//! let centers = CenterSearch::default().most_central(&path, &marginal, 1)?;
//! assert_eq!(centers.nodes, [2]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::{FlowError, Loaded, Marginal, Solved, Solver};
use crate::graph::{GeodesicMatrix, Graph};

/// The centers of one place.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Centers {
    /// Nodes, the global center first.
    pub nodes: Vec<u32>,
    /// V of the global center (fixed point: lengths x `SCALE` x parts).
    pub cost: i64,
    /// Flows solved to find and prove them.
    pub solves: u32,
}

/// Searches places one after the other in the same memory.
#[derive(Clone, Debug, Default)]
pub struct CenterSearch {
    solver: Solver,
    geodesics: GeodesicMatrix,
    candidates: Vec<(i64, u32)>,
    known: Known,
}

/// Solved sources: those in use, and memory for more.
#[derive(Clone, Debug, Default)]
struct Known {
    sources: Vec<Source>,
    count: usize,
}

/// Exact results of one solved source.
#[derive(Clone, Debug, Default)]
struct Source {
    node: u32,
    cost: Option<i64>,
    distances: Vec<i64>,
}

impl CenterSearch {
    /// The `count` nodes of least V (one at least; all, if there are fewer) of a connected graph,
    /// ascending.
    ///
    /// # Errors
    /// As [`Solver::load`] and [`Loaded::solve`]; [`FlowError::NoSuchNode`] if there are no nodes.
    pub fn most_central(
        &mut self,
        graph: &Graph,
        marginal: &Marginal,
        count: usize,
    ) -> Result<Centers, FlowError> {
        let mut search = self.start(graph, marginal)?;
        search.bound_by_geodesics(graph);
        search.least(count)
    }

    /// The same from lower bounds of V of all nodes (in its fixed point), proven elsewhere: on a GPU, say.
    /// The tighter they are, the fewer flows are solved; the answer is the same.
    ///
    /// # Errors
    /// As [`most_central`](CenterSearch::most_central).
    pub fn most_central_above(
        &mut self,
        graph: &Graph,
        marginal: &Marginal,
        count: usize,
        bounds: &[i64],
    ) -> Result<Centers, FlowError> {
        let mut search = self.start(graph, marginal)?;
        search.candidates.clear();
        search.candidates.extend(bounds.iter().copied().zip(0..));
        search.least(count)
    }

    /// The global center and then n-medoids, `count` in all (one at least; at most the number of
    /// nodes).
    ///
    /// # Errors
    /// As [`most_central`](CenterSearch::most_central).
    pub fn medoids(
        &mut self,
        graph: &Graph,
        marginal: &Marginal,
        count: usize,
    ) -> Result<Centers, FlowError> {
        let mut search = self.start(graph, marginal)?;
        search.bound_by_geodesics(graph);
        let (cost, first) = search.least_total(1, true)?[0];
        let mut nodes = vec![first];
        let mut nearest = search.known.distances(first).to_vec();
        while nodes.len() < count.min(graph.nodes()) {
            let next = search.next_medoid(&nodes, &nearest)?;
            for (near, &distance) in nearest.iter_mut().zip(search.known.distances(next)) {
                *near = (*near).min(distance);
            }
            nodes.push(next);
        }
        Ok(Centers { nodes, cost, solves: search.known.count as u32 })
    }

    fn start<'a>(&'a mut self, graph: &Graph, marginal: &'a Marginal) -> Result<Search<'a>, FlowError> {
        if graph.nodes() == 0 {
            return Err(FlowError::NoSuchNode { source_node: 0, nodes: 0 });
        }
        let network = self.solver.load(graph, marginal)?;
        self.known.count = 0;
        let (geodesics, candidates, known) = (&mut self.geodesics, &mut self.candidates, &mut self.known);
        Ok(Search { network, marginal, geodesics, candidates, known })
    }
}

/// The search of one place.
struct Search<'a> {
    network: Loaded<'a>,
    marginal: &'a Marginal,
    geodesics: &'a mut GeodesicMatrix,
    candidates: &'a mut Vec<(i64, u32)>,
    known: &'a mut Known,
}

impl Search<'_> {
    /// All nodes as candidates, each with the bound that its geodesics give.
    fn bound_by_geodesics(&mut self, graph: &Graph) {
        self.geodesics.fill(graph);
        let first_price = self.marginal.first_price();
        let bound = |node: u32| (self.geodesics.sum(node as usize) * first_price, node);
        self.candidates.clear();
        self.candidates.extend((0..self.geodesics.nodes() as u32).map(bound));
    }

    /// The `count` nodes of least V.
    fn least(&mut self, count: usize) -> Result<Centers, FlowError> {
        let best = self.least_total(count, false)?;
        let nodes = best.iter().map(|&(_, node)| node).collect();
        Ok(Centers { nodes, cost: best[0].0, solves: self.known.count as u32 })
    }

    /// The `count` least (V, node) of the candidates, ascending; at least one.
    fn least_total(&mut self, count: usize, with_distances: bool) -> Result<Vec<(i64, u32)>, FlowError> {
        self.candidates.sort_unstable();
        let count = count.max(1);
        let mut best: Vec<(i64, u32)> = Vec::with_capacity(count + 1);
        let mut infeasible = FlowError::Infeasible { source_node: 0 };
        for at in 0..self.candidates.len() {
            let candidate = self.candidates[at];
            if best.len() == count && candidate > best[count - 1] {
                break;
            }
            match self.solve(candidate.1, with_distances) {
                Ok(cost) => {
                    let found = (cost, candidate.1);
                    best.insert(best.partition_point(|&other| other < found), found);
                    best.truncate(count);
                }
                Err(error @ FlowError::Infeasible { .. }) => infeasible = error,
                Err(error) => return Err(error),
            }
        }
        if best.is_empty() { Err(infeasible) } else { Ok(best) }
    }

    fn next_medoid(&mut self, chosen: &[u32], nearest: &[i64]) -> Result<u32, FlowError> {
        let price = self.marginal.of(1, 0);
        let shift = self.geodesics.shift();
        self.candidates.clear();
        for node in (0..nearest.len() as u32).filter(|node| !chosen.contains(node)) {
            let bound = match self.known.of(node) {
                Some(solved) => sum_of_minima(nearest.iter().copied().zip(solved.distances.iter().copied())),
                None => {
                    let row = self.geodesics.row(node as usize).iter();
                    sum_of_minima(nearest.iter().copied().zip(row.map(|&d| (i64::from(d) << shift) * price)))
                }
            };
            self.candidates.push((bound, node));
        }
        self.candidates.sort_unstable();
        let mut best: Option<(i64, u32)> = None;
        for at in 0..self.candidates.len() {
            let (bound, node) = self.candidates[at];
            if best.is_some_and(|best| (bound, node) > best) {
                break;
            }
            match self.solve(node, true) {
                Ok(_) => {}
                Err(FlowError::Infeasible { .. }) => continue,
                Err(error) => return Err(error),
            }
            let distances = self.known.distances(node);
            let sum = sum_of_minima(nearest.iter().copied().zip(distances.iter().copied()));
            best = Some(best.map_or((sum, node), |old| old.min((sum, node))));
        }
        best.map(|(_, node)| node).ok_or(FlowError::Infeasible { source_node: 0 })
    }

    /// V(node), remembered.
    fn solve(&mut self, node: u32, with_distances: bool) -> Result<i64, FlowError> {
        if let Some(known) = self.known.of(node) {
            return known.cost.ok_or(FlowError::Infeasible { source_node: node as usize });
        }
        let known = self.known.next();
        known.node = node;
        let outcome = self.network.solve(node as usize);
        known.cost = outcome.as_ref().ok().map(Solved::cost);
        let mut solved = outcome?;
        if with_distances {
            solved.distances(&mut known.distances);
        }
        Ok(solved.cost())
    }
}

impl Known {
    fn of(&self, node: u32) -> Option<&Source> {
        self.sources[..self.count].iter().find(|source| source.node == node)
    }

    /// The flow distances from a solved source.
    fn distances(&self, node: u32) -> &[i64] {
        self.of(node).map_or(&[], |source| &source.distances)
    }

    /// Room for one more source.
    fn next(&mut self) -> &mut Source {
        if self.sources.len() == self.count {
            self.sources.push(Source::default());
        }
        self.count += 1;
        let source = &mut self.sources[self.count - 1];
        source.distances.clear();
        source
    }
}

fn sum_of_minima(pairs: impl Iterator<Item = (i64, i64)>) -> i64 {
    pairs.map(|(a, b)| a.min(b)).sum()
}

//! Pairwise flow distances: a few units from one node to another.
//!
//! K units travel from s to t at the least total cost. On an edge of length d, in one direction
//! (loads in opposite directions cancel), unit number j from 0 costs d·g_j rounded to an integer,
//! with 1 = g_0 <= g_1 <= …; after the last g no further unit fits. With c_1 <= c_2 <= … <= c_K
//! the costs of the units one after the other (the optimum of j units less that of j - 1), the
//! distance is c_K or the mean of all. K = 1 is the geodesic. With room for one unit per edge, K
//! units take K paths without a common edge, so a single false edge shortens only the first.
//!
//! Method: successive shortest paths with potentials (Ahuja, Magnanti and Orlin, Network Flows,
//! 1993, section 9.7). The potentials start as the geodesics from s, shared by all t, and each
//! search runs backwards from t, so it hardly leaves the paths it looks for (`rows.rs`; `successive.rs` is the
//! plain form for single pairs, which it is tested against). Integers throughout:
//! optimal costs are exact and the same on any number of threads.
//! Reading distances off pairwise flows, and the default of 4 units, are our choices.

use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use rayon::prelude::*;

use super::EdgeCost;
use super::rows::Rows;
use super::successive::{Network, Workspace};
use crate::graph::Graph;
use crate::progress::{Canceled, Counter, Progress, Stage};

/// Sources, and targets of each, that are timed first.
const TIMED: usize = 8;

/// Costs of units on edges that are held at most: a gigabyte.
const COSTS: usize = 1 << 27;

/// Targets between two questions whether to stop.
const ASK: usize = 64;

/// Which number of the K unit costs is the distance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reading {
    /// The cost of the K-th unit.
    #[default]
    Last,
    /// The mean of all K.
    Mean,
}

/// What the distance of a pair is when fewer than K units fit between its nodes (such as to a
/// node with fewer than K edges).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shortfall {
    /// The reading of the units that fit; at least one must.
    #[default]
    Fitting,
    /// An error that names the pair.
    Fail,
}

/// How pairwise flow distances are measured.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct PairwiseSettings {
    /// K.
    pub units: NonZeroU32,
    /// Where a capacity is `None`, it is 1: a unit pays more, or goes elsewhere, as soon as it
    /// shares an edge.
    pub cost: EdgeCost,
    /// Which of the unit costs is the distance.
    pub reading: Reading,
    /// What happens where fewer units fit.
    pub shortfall: Shortfall,
}

impl Default for PairwiseSettings {
    /// Four units without a common edge, the cost of the last.
    fn default() -> PairwiseSettings {
        PairwiseSettings {
            units: NonZeroU32::MIN.saturating_add(3),
            cost: EdgeCost::Capacitated { capacity: None },
            reading: Reading::Last,
            shortfall: Shortfall::Fitting,
        }
    }
}

/// Why there are no pairwise distances.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PairwiseError {
    /// The slopes do not make a convex cost.
    #[error("the slopes of a convex cost must start at 1 and rise strictly")]
    Slopes,
    /// Lambda does not make a quadratic cost.
    #[error("lambda is {lambda}: it must be positive and finite")]
    Lambda {
        /// The value given.
        lambda: f64,
    },
    /// A ratio cannot mark leaks.
    #[error("a ratio of {ratio} marks no leaks: it must be positive and finite")]
    Ratio {
        /// The value given.
        ratio: f64,
    },
    /// A length is too large for exact costs.
    #[error("an edge of length {length} makes costs that do not fit 64 bits")]
    TooLong {
        /// The length, in the unit of the graph.
        length: i64,
    },
    /// The costs of so many units on all edges do not fit memory.
    #[error("{units} units on {edges} edges are too many costs: send at most {most}")]
    TooMany {
        /// Units requested.
        units: u32,
        /// Edges of the graph.
        edges: usize,
        /// Units that are possible.
        most: usize,
    },
    /// A node is not in the graph.
    #[error("node {node} is not one of the {nodes} nodes")]
    NoSuchNode {
        /// The node.
        node: usize,
        /// Nodes of the graph.
        nodes: usize,
    },
    /// Two nodes are in different components.
    #[error("no path leads from node {from} to node {to}")]
    Unreachable {
        /// Where the flow starts.
        from: usize,
        /// Where it is to end.
        to: usize,
    },
    /// Fewer units fit than requested, under [`Shortfall::Fail`].
    #[error("only {fit} of {units} units fit between nodes {from} and {to}")]
    Shortfall {
        /// Where the flow starts.
        from: usize,
        /// Where it ends.
        to: usize,
        /// Units that fit.
        fit: usize,
        /// Units requested.
        units: u32,
    },
    /// The work was canceled.
    #[error("canceled")]
    Canceled,
}

impl From<Canceled> for PairwiseError {
    fn from(_: Canceled) -> PairwiseError {
        PairwiseError::Canceled
    }
}

/// An optimal flow of as many of the K units as fit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PairFlow {
    /// c_1 <= c_2 <= …, one per unit that fits; empty when s = t or no path leads to t.
    pub unit_costs: Vec<i64>,
    /// Net units on each edge, positive from its smaller to its larger node.
    pub loads: Vec<i32>,
    /// p_v - p_u is at most the cost of one more unit from u to v, wherever one fits: the proof
    /// of optimality. Nodes that s cannot reach have `None`.
    pub potentials: Vec<Option<i64>>,
}

/// Distances of all pairs: the strict upper triangle, row by row, in the unit of the lengths.
///
/// `progress` receives how long it will take and how many pairs are done, and may stop the work.
///
/// # Errors
/// For costs that are not convex, a graph that is not connected or too long, a shortfall that is not allowed, and
/// [`Canceled`](PairwiseError::Canceled).
pub fn pairwise_distances(
    graph: &Graph,
    settings: &PairwiseSettings,
    progress: &dyn Progress,
) -> Result<Vec<f64>, PairwiseError> {
    let network = network(graph, settings)?;
    let n = graph.nodes();
    let counter = Counter::new(progress, Stage::FLOW, n * n.saturating_sub(1) / 2);
    progress.expected(Stage::FLOW, expected(&network, n, settings.units, &counter)?);
    // Collected before errors are examined: the first in order, not in time.
    let rows: Vec<Result<Vec<f64>, PairwiseError>> = (0..n)
        .into_par_iter()
        .map_init(|| Rows::new(&network, settings.units), |rows, from| row(rows, from, n, settings, &counter))
        .collect();
    counter.check()?;
    Ok(rows.into_iter().collect::<Result<Vec<_>, _>>()?.concat())
}

/// The distances from a source to all later nodes.
fn row(
    rows: &mut Rows,
    from: usize,
    n: usize,
    settings: &PairwiseSettings,
    counter: &Counter,
) -> Result<Vec<f64>, PairwiseError> {
    counter.check()?;
    rows.start(from);
    let mut row = Vec::with_capacity(n - from - 1);
    let targets: Vec<usize> = (from + 1..n).collect();
    // A source of thousands takes long: whether to stop is asked on the way.
    for some in targets.chunks(ASK) {
        for &to in some {
            row.push(read(rows.send(to), settings, from, to)?);
        }
        counter.add(some.len())?;
    }
    Ok(row)
}

/// How long all pairs will take on this pool's threads, by a few of them.
fn expected(
    network: &Network,
    n: usize,
    units: NonZeroU32,
    counter: &Counter,
) -> Result<Duration, PairwiseError> {
    if n < TIMED.pow(2) {
        return Ok(Duration::ZERO);
    }
    let mut rows = Rows::new(network, units);
    let (mut starts, mut flows) = (Duration::ZERO, Duration::ZERO);
    for i in 0..TIMED {
        counter.add(0)?;
        let from = i * n / TIMED;
        let begun = Instant::now();
        rows.start(from);
        let started = Instant::now();
        // Targets all over the graph, none the source itself.
        for j in 0..TIMED {
            rows.send((from + 1 + j * (n - 1) / TIMED) % n);
        }
        starts += started - begun;
        flows += started.elapsed();
    }
    let sources = n as f64 / TIMED as f64;
    let pairs = n as f64 * (n - 1) as f64 / 2.0 / TIMED.pow(2) as f64;
    let all = starts.mul_f64(sources) + flows.mul_f64(pairs);
    Ok(all.div_f64(rayon::current_num_threads() as f64))
}

/// The flow of one pair.
pub fn pair_flow(
    graph: &Graph,
    from: usize,
    to: usize,
    settings: &PairwiseSettings,
) -> Result<PairFlow, PairwiseError> {
    let nodes = graph.nodes();
    if let Some(&node) = [from, to].iter().find(|&&node| node >= nodes) {
        return Err(PairwiseError::NoSuchNode { node, nodes });
    }
    let network = network(graph, settings)?;
    let mut workspace = Workspace::new(graph);
    workspace.start(&network, from);
    let unit_costs = workspace.send(&network, to, settings.units).to_vec();
    Ok(PairFlow { unit_costs, loads: workspace.loads().to_vec(), potentials: workspace.potentials() })
}

/// The distance between s and t that `costs`, the costs of the units that fit, amount to.
fn read(costs: &[i64], settings: &PairwiseSettings, from: usize, to: usize) -> Result<f64, PairwiseError> {
    let units = settings.units.get();
    let Some(last) = costs.last() else {
        return Err(PairwiseError::Unreachable { from, to });
    };
    if costs.len() < units as usize && settings.shortfall == Shortfall::Fail {
        return Err(PairwiseError::Shortfall { from, to, fit: costs.len(), units });
    }
    Ok(match settings.reading {
        Reading::Last => *last as f64,
        Reading::Mean => costs.iter().sum::<i64>() as f64 / costs.len() as f64,
    })
}

fn network<'g>(graph: &'g Graph, settings: &PairwiseSettings) -> Result<Network<'g>, PairwiseError> {
    let units = settings.units.get();
    let room = match settings.cost {
        EdgeCost::Capacitated { capacity } => capacity.map_or(1, NonZeroU32::get).min(units),
        _ => units,
    };
    let most = COSTS / graph.edges().max(1);
    if room as usize > most {
        return Err(PairwiseError::TooMany { units, edges: graph.edges(), most });
    }
    let factors = factors(&settings.cost, units as usize)?;
    Network::new(graph, &factors).map_err(|length| PairwiseError::TooLong { length })
}

/// g_0, g_1, … for at most `units` units; shorter where no more fit on an edge.
fn factors(cost: &EdgeCost, units: usize) -> Result<Vec<f64>, PairwiseError> {
    let room = |capacity: &Option<NonZeroU32>| capacity.map_or(1, NonZeroU32::get) as usize;
    match cost {
        EdgeCost::Linear => Ok(vec![1.0; units]),
        EdgeCost::Capacitated { capacity } => Ok(vec![1.0; units.min(room(capacity))]),
        EdgeCost::Convex { capacity, slopes } => {
            let rising = slopes.windows(2).all(|pair| pair[0] < pair[1]);
            let finite = slopes.last().is_some_and(|slope| slope.is_finite());
            if slopes.first() != Some(&1.0) || !rising || !finite {
                return Err(PairwiseError::Slopes);
            }
            let last = slopes.len() - 1;
            Ok((0..units).map(|unit| slopes[(unit / room(capacity)).min(last)]).collect())
        }
        // d·(f + lambda·f²/2) at f = j + 1 less that at f = j.
        &EdgeCost::Quadratic { lambda } => {
            if !(lambda > 0.0 && lambda.is_finite()) {
                return Err(PairwiseError::Lambda { lambda });
            }
            Ok((0..units).map(|unit| 1.0 + lambda * (unit as f64 + 0.5)).collect())
        }
    }
}

#[cfg(test)]
mod tests;

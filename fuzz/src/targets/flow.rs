//! Flows on any graph under any cost: what is solved is proven by `flow::verify`.

use std::num::NonZeroU32;

use arbitrary::{Arbitrary, Unstructured};
use manifold::flow::pairwise::{PairwiseSettings, pair_flow};
use manifold::flow::{CenterSearch, EdgeCost, Marginal, Solver, verify};
use manifold::graph::{Graph, geodesics_from};

/// Nodes at most.
const NODES: usize = 24;

#[derive(Arbitrary, Debug)]
enum Cost {
    Linear,
    Convex(Option<NonZeroU32>, Vec<f32>),
    /// Rising slopes, in steps of an eighth.
    Rising(Option<NonZeroU32>, Vec<u8>),
    Capacitated(Option<NonZeroU32>),
    Quadratic(f32),
}

#[derive(Arbitrary, Debug)]
struct Problem {
    nodes: u8,
    degree: u8,
    cost: Cost,
    /// A path through all nodes, so that most graphs are connected.
    path: bool,
    edges: Vec<(u8, u8, u16)>,
    /// All lengths are multiplied by two to the power of this.
    scale: u8,
}

/// What [`Arbitrary`] makes of the bytes.
pub fn run(bytes: &[u8]) {
    let Ok(problem) = Problem::arbitrary_take_rest(Unstructured::new(bytes)) else { return };
    let nodes = usize::from(problem.nodes) % NODES;
    let Ok(graph) = Graph::from_edges(nodes, &edges(&problem, nodes)) else { return };
    let cost = cost(&problem.cost);
    let Ok(marginal) = Marginal::new(&cost, nodes, usize::from(problem.degree)) else { return };
    let mut solver = Solver::default();
    let Ok(mut network) = solver.load(&graph, &marginal) else { return };
    let mut least = None;
    for source in 0..=nodes {
        let Ok(solved) = network.solve(source) else { continue };
        assert_eq!(verify(&graph, &marginal, &solved.solution()), Ok(()), "from {source}");
        least = least.into_iter().chain([solved.cost()]).min();
    }
    check_pairs(&graph, &cost);
    if let Ok(centers) = CenterSearch::default().most_central(&graph, &marginal, 1) {
        assert_eq!(Some(centers.cost), least);
    }
}

/// A unit costs no less than the one before it, and the first finds a way if there is one.
fn check_pairs(graph: &Graph, cost: &EdgeCost) {
    let settings = PairwiseSettings { cost: cost.clone(), ..PairwiseSettings::default() };
    let nodes = graph.nodes();
    for to in 1..nodes.min(4) {
        let Ok(flow) = pair_flow(graph, 0, to, &settings) else { continue };
        assert!(flow.unit_costs.is_sorted(), "to {to}: {:?}", flow.unit_costs);
        assert_eq!(flow.unit_costs.is_empty(), geodesics_from(graph, 0)[to].is_none(), "to {to}");
    }
}

fn cost(cost: &Cost) -> EdgeCost {
    match cost {
        Cost::Linear => EdgeCost::Linear,
        Cost::Convex(capacity, slopes) => EdgeCost::Convex {
            capacity: *capacity,
            slopes: slopes.iter().map(|&slope| slope.into()).collect(),
        },
        Cost::Rising(capacity, steps) => {
            let mut slope = 1.0;
            let rising = steps.iter().map(|&step| {
                slope += f64::from(step) / 8.0;
                slope
            });
            EdgeCost::Convex { capacity: *capacity, slopes: [1.0].into_iter().chain(rising).collect() }
        }
        Cost::Capacitated(capacity) => EdgeCost::Capacitated { capacity: *capacity },
        Cost::Quadratic(lambda) => EdgeCost::Quadratic { lambda: f64::from(*lambda) },
    }
}

/// The edges without those that are there already.
fn edges(problem: &Problem, nodes: usize) -> Vec<(u32, u32, i64)> {
    let scale = problem.scale % 64;
    let within = |node: u8| u32::from(node) % nodes.max(1) as u32;
    let length = |length: u16| i64::from(length).checked_shl(scale.into()).unwrap_or(i64::MAX);
    let path = (1..nodes as u32).filter(|_| problem.path).map(|node| (node - 1, node, 1 << (scale % 32)));
    let given = problem.edges.iter().map(|&(u, v, d)| (within(u), within(v), length(d)));
    let mut all: Vec<(u32, u32, i64)> = Vec::new();
    for (u, v, length) in path.chain(given) {
        let ends = (u.min(v), u.max(v));
        if u != v && !all.iter().any(|&(u, v, _)| (u, v) == ends) {
            all.push((ends.0, ends.1, length));
        }
    }
    all
}

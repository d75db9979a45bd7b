//! The bounded center search finds what trying every node finds.

use manifold::flow::CenterSearch;
use manifold::flow::{EdgeCost, FlowError, Marginal, Solver};
use manifold::graph::Graph;
use proptest::prelude::*;

use super::random;

/// V and flow distances of every feasible source.
fn all(graph: &Graph, marginal: &Marginal) -> Vec<Option<(i64, Vec<i64>)>> {
    let mut solver = Solver::default();
    let mut network = solver.load(graph, marginal).unwrap();
    let solve = |source| {
        let mut solved = network.solve(source).ok()?;
        let mut distances = Vec::new();
        solved.distances(&mut distances);
        Some((solved.cost(), distances))
    };
    (0..graph.nodes()).map(solve).collect()
}

fn ranking(all: &[Option<(i64, Vec<i64>)>]) -> Vec<(i64, u32)> {
    let costs = all.iter().enumerate();
    let mut ranking: Vec<_> =
        costs.filter_map(|(node, solved)| Some((solved.as_ref()?.0, node as u32))).collect();
    ranking.sort_unstable();
    ranking
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_most_central_nodes_are_exact(
        graph in random::graph(30, 12),
        cost in random::piecewise(),
        count in 1usize..6,
    ) {
        let marginal = Marginal::new(&cost, graph.nodes(), 3).unwrap();
        let ranking = ranking(&all(&graph, &marginal));
        let mut search = CenterSearch::default();
        match search.most_central(&graph, &marginal, count) {
            Ok(found) => {
                let wanted: Vec<u32> = ranking.iter().take(count).map(|&(_, node)| node).collect();
                prop_assert_eq!(found.nodes, wanted);
                prop_assert_eq!(found.cost, ranking[0].0);
                prop_assert!(found.solves as usize <= graph.nodes());
            }
            Err(FlowError::Infeasible { .. }) => prop_assert!(ranking.is_empty()),
            Err(error) => return Err(TestCaseError::fail(error.to_string())),
        }
    }

    #[test]
    fn medoids_are_the_greedy_ones(
        graph in random::graph(24, 12),
        cost in random::piecewise(),
        count in 1usize..5,
    ) {
        let marginal = Marginal::new(&cost, graph.nodes(), 3).unwrap();
        let all = all(&graph, &marginal);
        prop_assume!(all.iter().all(Option::is_some));
        let distances = |node: u32| &all[node as usize].as_ref().unwrap().1;
        let mut wanted = vec![ranking(&all)[0].1];
        while wanted.len() < count.min(graph.nodes()) {
            let gain = |&node: &u32| -> (i64, u32) {
                let nearest = |v: usize| wanted.iter().chain([&node]).map(|&c| distances(c)[v]).min();
                ((0..graph.nodes()).filter_map(nearest).sum(), node)
            };
            let rest = (0..graph.nodes() as u32).filter(|node| !wanted.contains(node));
            let next = rest.min_by_key(gain).unwrap();
            wanted.push(next);
        }
        let found = CenterSearch::default().medoids(&graph, &marginal, count).unwrap();
        prop_assert_eq!(found.nodes, wanted);
    }
}

/// A search that has seen other graphs gives the same answer as a fresh one.
#[test]
fn memory_is_reused_without_traces() {
    let path = |n: u32| {
        let edges: Vec<_> = (1..n).map(|v| (v - 1, v, i64::from(v))).collect();
        Graph::from_edges(n as usize, &edges).unwrap()
    };
    let mut reused = CenterSearch::default();
    for nodes in [9, 30, 4, 70, 12] {
        let graph = path(nodes);
        let marginal = Marginal::new(&EdgeCost::default(), graph.nodes(), 2).unwrap();
        for count in [1, 3] {
            let fresh = CenterSearch::default().medoids(&graph, &marginal, count).unwrap();
            assert_eq!(reused.medoids(&graph, &marginal, count).unwrap(), fresh);
            let fresh = CenterSearch::default().most_central(&graph, &marginal, count).unwrap();
            assert_eq!(reused.most_central(&graph, &marginal, count).unwrap(), fresh);
        }
    }
}

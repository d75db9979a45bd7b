//! Each way a flow can be refused.

use std::num::NonZeroU32;

use manifold::flow::{EdgeCost, FlowError, Marginal, Solver};
use manifold::graph::Graph;

fn solve(graph: &Graph, cost: &EdgeCost, source: usize) -> Result<i64, FlowError> {
    let marginal = Marginal::new(cost, graph.nodes(), 2)?;
    let mut solver = Solver::default();
    Ok(solver.load(graph, &marginal)?.solve(source)?.cost())
}

#[test]
fn costs_that_are_not_convex() {
    for slopes in
        [vec![], vec![2.0], vec![1.0, 1.0], vec![1.0, 3.0, 2.0], vec![1.0, f64::NAN], vec![1.0, 1e9]]
    {
        let error = Marginal::new(&EdgeCost::Convex { capacity: None, slopes }, 9, 2).unwrap_err();
        assert!(matches!(error, FlowError::Slopes { .. }), "{error}");
    }
    for lambda in [0.0, -1.0, f64::NAN, f64::INFINITY, 17.0] {
        let error = Marginal::new(&EdgeCost::Quadratic { lambda }, 9, 2).unwrap_err();
        assert!(matches!(error, FlowError::Lambda { .. }), "{error}");
    }
}

#[test]
fn more_nodes_than_costs_can_count() {
    for cost in [EdgeCost::Linear, EdgeCost::default(), EdgeCost::Quadratic { lambda: 0.1 }] {
        for nodes in [(1 << 27) + 1, usize::MAX] {
            let error = Marginal::new(&cost, nodes, 8).unwrap_err();
            assert_eq!(error, FlowError::Range { nodes, longest: 1 });
        }
    }
}

#[test]
fn sources_that_are_not_there() {
    let graph = Graph::from_edges(2, &[(0, 1, 5)]).unwrap();
    let error = solve(&graph, &EdgeCost::Linear, 2).unwrap_err();
    assert_eq!(error, FlowError::NoSuchNode { source_node: 2, nodes: 2 });
}

#[test]
fn graphs_in_pieces() {
    let graph = Graph::from_edges(4, &[(0, 1, 5), (2, 3, 5)]).unwrap();
    let error = solve(&graph, &EdgeCost::Linear, 0).unwrap_err();
    assert_eq!(error, FlowError::Disconnected { source_node: 0, unreachable: 2 });
}

#[test]
fn capacities_that_let_nothing_through() {
    let path = Graph::from_edges(3, &[(0, 1, 5), (1, 2, 5)]).unwrap();
    let one = EdgeCost::Capacitated { capacity: NonZeroU32::new(1) };
    assert_eq!(solve(&path, &one, 0), Err(FlowError::Infeasible { source_node: 0 }));
    assert!(solve(&path, &one, 1).is_ok());
}

#[test]
fn lengths_that_overflow() {
    let graph = Graph::from_edges(3, &[(0, 1, 1 << 60), (1, 2, 5)]).unwrap();
    let error = solve(&graph, &EdgeCost::default(), 0).unwrap_err();
    assert_eq!(error, FlowError::Range { nodes: 3, longest: 1 << 60 });
}

//! Every solution carries its certificate; the certificate's optimum is the oracles'.

use manifold::flow::{EdgeCost, FlowError, FlowSolution, Marginal, SCALE, Solver, Violation, verify};
use manifold::graph::{Graph, geodesics_from};
use proptest::prelude::*;

use super::random;
use crate::oracles::clarabel::quadratic_one_to_all;
use crate::oracles::lemon::{Problem, lemon};
use crate::oracles::pieces;

/// k of the random graphs' default capacities.
const DEGREE: usize = 3;

fn solved(graph: &Graph, marginal: &Marginal, source: usize) -> Result<FlowSolution, FlowError> {
    let mut solver = Solver::default();
    Ok(solver.load(graph, marginal)?.solve(source)?.solution())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn solutions_are_certified(graph in random::graph(24, 12), cost in random::piecewise()) {
        let marginal = Marginal::new(&cost, graph.nodes(), DEGREE).unwrap();
        for source in 0..graph.nodes() {
            match solved(&graph, &marginal, source) {
                Ok(solution) => prop_assert_eq!(verify(&graph, &marginal, &solution), Ok(())),
                Err(error) => prop_assert_eq!(error, FlowError::Infeasible { source_node: source }),
            }
        }
    }

    #[test]
    fn quadratic_solutions_are_certified(graph in random::graph(14, 30), lambda in 0.01..4.0f64) {
        let marginal = Marginal::new(&EdgeCost::Quadratic { lambda }, graph.nodes(), DEGREE).unwrap();
        let solution = solved(&graph, &marginal, 0).unwrap();
        prop_assert_eq!(verify(&graph, &marginal, &solution), Ok(()));
    }

    #[test]
    fn linear_flow_is_the_geodesic(graph in random::graph(30, 50)) {
        let marginal = Marginal::new(&EdgeCost::Linear, graph.nodes(), DEGREE).unwrap();
        let mut solver = Solver::default();
        let mut network = solver.load(&graph, &marginal).unwrap();
        let mut distances = Vec::new();
        for source in 0..graph.nodes() {
            let mut solved = network.solve(source).unwrap();
            solved.distances(&mut distances);
            let geodesics: Vec<i64> =
                geodesics_from(&graph, source).into_iter().map(|d| d.unwrap() * SCALE).collect();
            prop_assert_eq!(solved.cost(), geodesics.iter().sum::<i64>());
            prop_assert_eq!(&distances, &geodesics);
        }
    }

    /// D is what one unit more costs, and never below the geodesic: the bound of the medoid search.
    #[test]
    fn flow_distances_are_marginal_costs(graph in random::graph(12, 12), cost in random::piecewise()) {
        let marginal = Marginal::new(&cost, graph.nodes(), DEGREE).unwrap();
        let mut solver = Solver::default();
        let mut network = solver.load(&graph, &marginal).unwrap();
        let Ok(mut solved) = network.solve(0) else { return Ok(()) };
        let mut distances = Vec::new();
        solved.distances(&mut distances);
        let geodesics = geodesics_from(&graph, 0);
        let Some(lemon) = lemon() else { return Ok(()) };
        let problem = Problem::one_to_all(&graph, 0, |length| pieces(&marginal, length));
        let once = lemon.solve(&problem).map(|optimum| optimum.cost);
        let node = graph.nodes() - 1;
        let mut more = problem.clone();
        more.supplies[0] += 1;
        more.supplies[node] -= 1;
        if let (Some(once), Some(twice)) = (once, lemon.solve(&more).map(|optimum| optimum.cost)) {
            prop_assert_eq!(distances[node], twice - once);
        }
        for (distance, geodesic) in distances.iter().zip(geodesics) {
            prop_assert!(*distance >= geodesic.unwrap() * SCALE);
        }
    }
}

proptest! {
    // Each case starts a process.
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn costs_are_lemons(graph in random::graph(40, 40), cost in random::piecewise()) {
        let Some(lemon) = lemon() else { return Ok(()) };
        let marginal = Marginal::new(&cost, graph.nodes(), DEGREE).unwrap();
        let problem = Problem::one_to_all(&graph, 0, |length| pieces(&marginal, length));
        let theirs = lemon.all_sources(&problem).costs;
        let mut solver = Solver::default();
        let mut network = solver.load(&graph, &marginal).unwrap();
        let ours: Vec<_> = (0..graph.nodes()).map(|s| network.solve(s).ok().map(|solved| solved.cost())).collect();
        prop_assert_eq!(ours, theirs);
    }

    /// The optimum over eighths of a unit lies above the true one by no more than stated.
    #[test]
    fn quadratic_costs_are_clarabels(graph in random::graph(16, 30), lambda in 0.05..2.0f64) {
        let marginal = Marginal::new(&EdgeCost::Quadratic { lambda }, graph.nodes(), DEGREE).unwrap();
        let solution = solved(&graph, &marginal, 0).unwrap();
        let ours = solution.cost as f64 / (SCALE * marginal.parts() as i64) as f64;
        let exact = quadratic_one_to_all(&graph, 0, lambda);
        let lengths: f64 = graph.lengths().iter().map(|&d| d as f64).sum();
        let parts = marginal.parts() as f64;
        let above = lengths * lambda / (8.0 * parts * parts);
        // Prices are multiples of 1/256 of a length, each off by at most half of that.
        let loads: f64 = solution.flow.iter().zip(graph.lengths()).map(|(f, d)| (f.abs() * d) as f64).sum();
        let rounding = loads / parts / 512.0 + 1e-6 * exact;
        prop_assert!(ours >= exact - rounding, "{ours} is below {exact}");
        prop_assert!(ours <= exact + above + rounding, "{ours} is far above {exact}");
    }
}

/// Cancels negative cycles unit by unit until there are none: slow, and unlike a simplex.
fn brute_force(graph: &Graph, marginal: &Marginal, source: usize) -> i64 {
    let n = graph.nodes();
    let mut flow = vec![0i64; graph.edges()];
    for node in (0..n).filter(|&node| node != source) {
        let mut at = node;
        let from = geodesics_from(graph, source);
        while at != source {
            let back = |&(to, e): &(usize, usize)| from[to].unwrap() + graph.length(e) == from[at].unwrap();
            let (to, edge) = graph.neighbors(at).find(back).unwrap();
            flow[edge] += if to < at { 1 } else { -1 };
            at = to;
        }
    }
    while let Some(cycle) = negative_cycle(graph, marginal, &flow) {
        for (edge, sign) in cycle {
            flow[edge] += sign;
        }
    }
    (0..graph.edges()).map(|e| marginal.total(graph.length(e), flow[e])).sum()
}

fn negative_cycle(graph: &Graph, marginal: &Marginal, flow: &[i64]) -> Option<Vec<(usize, i64)>> {
    let n = graph.nodes();
    let mut distance = vec![0i64; n];
    let mut by = vec![None; n];
    let mut last = None;
    for _ in 0..=n {
        last = None;
        for (edge, &load) in flow.iter().enumerate() {
            let (u, v) = graph.ends(edge);
            for (from, to, sign) in [(u, v, 1), (v, u, -1)] {
                let through = distance[from] + marginal.forward(graph.length(edge), sign * load);
                if through < distance[to] {
                    distance[to] = through;
                    by[to] = Some((edge, sign, from));
                    last = Some(to);
                }
            }
        }
    }
    let mut at = last?;
    for _ in 0..n {
        at = by[at]?.2;
    }
    let start = at;
    let mut cycle = Vec::new();
    loop {
        let (edge, sign, from) = by[at]?;
        cycle.push((edge, sign));
        at = from;
        if at == start {
            return Some(cycle);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn costs_are_those_of_canceled_cycles(graph in random::graph(7, 9), cost in random::piecewise()) {
        let marginal = Marginal::new(&cost, graph.nodes(), DEGREE).unwrap();
        if let Ok(solution) = solved(&graph, &marginal, 0) {
            prop_assert_eq!(solution.cost, brute_force(&graph, &marginal, 0));
        }
    }
}

/// The certificate rejects wrong solutions.
#[test]
fn wrong_solutions_are_refused() {
    let graph = Graph::from_edges(4, &[(0, 1, 10), (1, 2, 10), (2, 3, 10), (0, 3, 25)]).unwrap();
    let marginal = Marginal::new(&EdgeCost::default(), 4, 1).unwrap();
    let right = solved(&graph, &marginal, 0).unwrap();
    assert_eq!(verify(&graph, &marginal, &right), Ok(()));
    let refused = |change: fn(&mut FlowSolution)| {
        let mut wrong = right.clone();
        change(&mut wrong);
        verify(&graph, &marginal, &wrong).unwrap_err()
    };
    assert!(matches!(refused(|s| s.flow.truncate(2)), Violation::Shape));
    assert!(matches!(refused(|s| s.cost += 1), Violation::Cost { .. }));
    assert!(matches!(refused(|s| s.potential[2] += 100_000), Violation::Slackness { edge: 2, .. }));
    // Edges in the order of their ends: 0-1, 0-3, 1-2, 2-3. The long way round to node 3.
    assert!(matches!(
        refused(|s| {
            s.flow = vec![0, 3, -1, -2];
            s.potential = vec![0, 45 * 256, 35 * 256, 25 * 256];
        }),
        Violation::Slackness { .. } | Violation::Cost { .. }
    ));
    assert!(matches!(refused(|s| s.source = 1), Violation::Conservation { .. } | Violation::Gap { .. }));
    // A load that breaks conservation but keeps all slopes.
    let star = Graph::from_edges(3, &[(0, 1, 10), (0, 2, 10)]).unwrap();
    let linear = Marginal::new(&EdgeCost::Linear, 3, 1).unwrap();
    let mut wrong = solved(&star, &linear, 0).unwrap();
    wrong.flow[0] += 1;
    assert!(matches!(verify(&star, &linear, &wrong), Err(Violation::Conservation { .. })));
}

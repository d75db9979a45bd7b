//! The quadratic edge cost by an interior-point solver.

use clarabel::algebra::CscMatrix;
use clarabel::solver::{
    DefaultSettingsBuilder, DefaultSolver, IPSolver, NonnegativeConeT, SolverStatus, ZeroConeT,
};
use manifold::graph::Graph;

/// min Σ_e d_e (f + lambda f² / 2) with one unit from `source` to every other node; each edge has
/// a load f >= 0 in both directions, of which at the optimum one is 0. Relative error about 1e-8.
pub fn quadratic_one_to_all(graph: &Graph, source: usize, lambda: f64) -> f64 {
    let mut supplies = vec![-1.0; graph.nodes()];
    supplies[source] = graph.nodes() as f64 - 1.0;
    quadratic(graph, &supplies, lambda)
}

/// The same with any supplies that add up to 0; the graph must be connected.
pub fn quadratic(graph: &Graph, supplies: &[f64], lambda: f64) -> f64 {
    let (n, m) = (graph.nodes(), graph.edges());
    assert_eq!(supplies.len(), n);
    let scale = graph.lengths().iter().map(|&d| d as f64).sum::<f64>() / m as f64;
    let cost: Vec<f64> = (0..2 * m).map(|x| graph.length(x / 2) as f64 / scale).collect();
    let curvature: Vec<f64> = cost.iter().map(|d| lambda * d).collect();
    let quadratic = diagonal(&curvature);
    // Balance of all nodes but the last (it follows from the others), then -f <= 0.
    let rows = n - 1;
    let (mut at_row, mut at_column, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for x in 0..2 * m {
        let (u, v) = graph.ends(x / 2);
        let (from, to) = if x % 2 == 0 { (u, v) } else { (v, u) };
        for (row, value) in [(from, 1.0), (to, -1.0), (rows + x, -1.0)] {
            if row < rows || row == rows + x {
                at_row.push(row);
                at_column.push(x);
                values.push(value);
            }
        }
    }
    let constraints = CscMatrix::new_from_triplets(rows + 2 * m, 2 * m, at_row, at_column, values);
    let right: Vec<f64> = supplies[..rows].iter().copied().chain(vec![0.0; 2 * m]).collect();
    let cones = [ZeroConeT(rows), NonnegativeConeT(2 * m)];
    let settings = DefaultSettingsBuilder::default()
        .verbose(false)
        .max_threads(1)
        .tol_gap_abs(1e-9)
        .tol_gap_rel(1e-9)
        .build()
        .expect("settings of Clarabel");
    let mut solver = DefaultSolver::new(&quadratic, &cost, &constraints, &right, &cones, settings)
        .expect("a problem for Clarabel");
    solver.solve();
    assert_eq!(solver.solution.status, SolverStatus::Solved, "Clarabel gave up");
    solver.solution.obj_val * scale
}

fn diagonal(values: &[f64]) -> CscMatrix<f64> {
    let n = values.len();
    CscMatrix::new(n, n, (0..=n).collect(), (0..n).collect(), values.to_vec())
}

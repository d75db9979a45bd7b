//! The oracles themselves, on problems whose answers are known on paper.

use crate::oracles::clarabel::{quadratic, quadratic_one_to_all};
use crate::oracles::lemon::{Piece, Problem, lemon, linear};
use manifold::graph::Graph;

fn cycle() -> Graph {
    // 0 -10- 1 -10- 2 -10- 3 -25- 0
    Graph::from_edges(4, &[(0, 1, 10), (1, 2, 10), (2, 3, 10), (0, 3, 25)]).unwrap()
}

#[test]
fn lemon_solves_the_linear_cycle() {
    let Some(lemon) = lemon() else { return };
    let problem = Problem::one_to_all(&cycle(), 0, linear);
    let optimum = lemon.solve(&problem).unwrap();
    assert_eq!(optimum.cost, 10 + 20 + 25);
    let p = &optimum.potentials;
    assert_eq!([p[1] - p[0], p[2] - p[0], p[3] - p[0]], [10, 20, 25]);
    let all = lemon.all_sources(&problem);
    assert_eq!(all.costs, [Some(55), Some(10 + 10 + 20), Some(10 + 10 + 20), Some(10 + 20 + 25)]);
    assert!(all.microseconds > 0.0);
    let timed = lemon.time(&problem, 20).unwrap();
    assert_eq!(timed.cost, 55);
    assert!(timed.microseconds > 0.0);
}

#[test]
fn lemon_fills_pieces_in_order_and_names_what_does_not_fit() {
    let Some(lemon) = lemon() else { return };
    let twice = |d| vec![Piece { capacity: Some(1), cost: d }, Piece { capacity: Some(1), cost: 3 * d }];
    let cost =
        |units| lemon.solve(&Problem::pairwise(&cycle(), (0, 2), units, twice)).map(|optimum| optimum.cost);
    // 0-1-2 costs 20 then 60; 0-3-2 costs 35 then 105.
    assert_eq!([cost(1), cost(2), cost(3), cost(4)], [Some(20), Some(55), Some(115), Some(220)]);
    assert_eq!(cost(5), None);
}

#[test]
fn clarabel_solves_two_parallel_paths() {
    // One path of length 20 and one of 35, lambda 1: x units on the first, 1 - x on the second;
    // 20 (1 + x) = 35 (2 - x) gives x = 50/55.
    let x: f64 = 50.0 / 55.0;
    let y = 1.0 - x;
    let wanted = 20.0 * (x + x * x / 2.0) + 35.0 * (y + y * y / 2.0);
    let got = quadratic(&cycle(), &[1.0, 0.0, -1.0, 0.0], 1.0);
    assert!((got - wanted).abs() < 1e-6 * wanted, "{got} is not {wanted}");
}

#[test]
fn clarabel_solves_a_path() {
    // Loads 2 and 1 on lengths 10 and 30.
    let path = Graph::from_edges(3, &[(0, 1, 10), (1, 2, 30)]).unwrap();
    let wanted = 10.0 * (2.0 + 0.5 * 4.0 / 2.0) + 30.0 * (1.0 + 0.5 / 2.0);
    let got = quadratic_one_to_all(&path, 0, 0.5);
    assert!((got - wanted).abs() < 1e-6 * wanted, "{got} is not {wanted}");
}

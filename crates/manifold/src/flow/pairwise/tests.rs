use super::*;
use crate::progress::Silent;

fn settings(units: u32, cost: EdgeCost) -> PairwiseSettings {
    let units = NonZeroU32::new(units).unwrap();
    PairwiseSettings { units, cost, reading: Reading::Last, shortfall: Shortfall::Fitting }
}

/// 0 -10- 1 -10- 2 -10- 3 -25- 0, and a leaf 4 -7- 3.
fn kite() -> Graph {
    Graph::from_edges(5, &[(0, 1, 10), (1, 2, 10), (2, 3, 10), (0, 3, 25), (3, 4, 7)]).unwrap()
}

fn unit_costs(from: usize, to: usize, units: u32, cost: EdgeCost) -> Vec<i64> {
    pair_flow(&kite(), from, to, &settings(units, cost)).unwrap().unit_costs
}

#[test]
fn units_take_the_ways_that_are_known_on_paper() {
    let one = EdgeCost::Capacitated { capacity: None };
    assert_eq!(unit_costs(0, 2, 4, one.clone()), [20, 35]);
    assert_eq!(unit_costs(0, 4, 4, one), [32]);
    assert_eq!(unit_costs(0, 2, 3, EdgeCost::Linear), [20, 20, 20]);
    let convex = EdgeCost::Convex { capacity: None, slopes: vec![1.0, 3.0] };
    assert_eq!(unit_costs(0, 2, 4, convex), [20, 35, 60, 60]);
    let two = EdgeCost::Capacitated { capacity: NonZeroU32::new(2) };
    assert_eq!(unit_costs(0, 2, 5, two), [20, 20, 35, 35]);
    // lambda 1: units cost 1.5 d, 2.5 d, …
    assert_eq!(unit_costs(0, 2, 3, EdgeCost::Quadratic { lambda: 1.0 }), [30, 50, 53]);
}

#[test]
fn later_units_give_back_what_is_in_their_way() {
    // The shortest path takes the bridge 1-2; two units must not.
    let edges = [(0, 1, 1), (1, 2, 1), (2, 3, 1), (0, 2, 4), (1, 3, 4)];
    let graph = Graph::from_edges(4, &edges).unwrap();
    let flow = pair_flow(&graph, 0, 3, &PairwiseSettings::default()).unwrap();
    assert_eq!(flow.unit_costs, [3, 7]);
    assert_eq!(flow.loads, [1, 1, 0, 1, 1]);
}

#[test]
fn readings_and_shortfalls() {
    let one = EdgeCost::Capacitated { capacity: None };
    let mut asked = settings(2, one);
    let last = pairwise_distances(&kite(), &asked, &Silent).unwrap();
    assert_eq!(last[..4], [45.0, 35.0, 30.0, 32.0]);
    asked.reading = Reading::Mean;
    let mean = pairwise_distances(&kite(), &asked, &Silent).unwrap();
    assert_eq!(mean[..4], [27.5, 27.5, 27.5, 32.0]);
    asked.shortfall = Shortfall::Fail;
    let refused = PairwiseError::Shortfall { from: 0, to: 4, fit: 1, units: 2 };
    assert_eq!(pairwise_distances(&kite(), &asked, &Silent), Err(refused));
}

#[test]
fn nonsense_is_refused() {
    let error = |cost| pairwise_distances(&kite(), &settings(2, cost), &Silent).unwrap_err();
    for slopes in [vec![], vec![2.0, 3.0], vec![1.0, 1.0], vec![1.0, f64::NAN], vec![1.0, f64::INFINITY]] {
        assert_eq!(error(EdgeCost::Convex { capacity: None, slopes }), PairwiseError::Slopes);
    }
    assert_eq!(error(EdgeCost::Quadratic { lambda: 0.0 }), PairwiseError::Lambda { lambda: 0.0 });
    assert!(matches!(error(EdgeCost::Quadratic { lambda: f64::NAN }), PairwiseError::Lambda { .. }));
    let long = Graph::from_edges(2, &[(0, 1, i64::MAX / 2)]).unwrap();
    let refused = PairwiseError::TooLong { length: i64::MAX / 2 };
    assert_eq!(pairwise_distances(&long, &PairwiseSettings::default(), &Silent), Err(refused));
    let refused = pair_flow(&kite(), 0, 5, &PairwiseSettings::default());
    assert_eq!(refused, Err(PairwiseError::NoSuchNode { node: 5, nodes: 5 }));
    let apart = Graph::from_edges(3, &[(0, 1, 4)]).unwrap();
    let refused = PairwiseError::Unreachable { from: 0, to: 2 };
    assert_eq!(pairwise_distances(&apart, &PairwiseSettings::default(), &Silent), Err(refused));
    let many = settings(u32::MAX, EdgeCost::Linear);
    let refused = PairwiseError::TooMany { units: u32::MAX, edges: 5, most: COSTS / 5 };
    assert_eq!(pair_flow(&kite(), 0, 2, &many), Err(refused));
    assert_eq!(pairwise_distances(&kite(), &many, &Silent), Err(refused));
    // As many as there is room for.
    assert_eq!(unit_costs(0, 2, u32::MAX, EdgeCost::Capacitated { capacity: None }), [20, 35]);
    let all =
        pairwise_distances(&kite(), &settings(u32::MAX, EdgeCost::Capacitated { capacity: None }), &Silent);
    assert_eq!(all.unwrap()[..2], [45.0, 35.0]);
    let flow = pair_flow(&apart, 0, 2, &PairwiseSettings::default()).unwrap();
    assert_eq!((flow.unit_costs, flow.potentials[2]), (vec![], None));
}

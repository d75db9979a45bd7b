//! Pairwise flow against oracles that share nothing with it.

use std::num::NonZeroU32;
use std::ops::ControlFlow;
use std::sync::Mutex;
use std::time::Duration;

use crate::oracles::lemon::{Piece, Problem, lemon};
use crate::shapes::{Sample, Shape};
use manifold::flow::EdgeCost;
use manifold::flow::pairwise::{
    PairFlow, PairwiseError, PairwiseSettings, Reading, Shortfall, pair_flow, pairwise_distances,
};
use manifold::graph::Graph;
use manifold::progress::{Progress, Silent, Stage};
use proptest::prelude::*;

fn settings(units: u32, cost: EdgeCost) -> PairwiseSettings {
    let units = NonZeroU32::new(units).unwrap();
    PairwiseSettings { units, cost, reading: Reading::Last, shortfall: Shortfall::Fitting }
}

/// Notes what is told, and stops when `left` reports have come.
struct Notes {
    expected: Mutex<Vec<(Duration, usize)>>,
    reports: Mutex<usize>,
    left: usize,
}

impl Notes {
    fn stopping_after(left: usize) -> Notes {
        Notes { expected: Mutex::default(), reports: Mutex::default(), left }
    }
}

impl Progress for Notes {
    fn advance(&self, _: Stage, _: usize, _: Option<usize>) -> ControlFlow<()> {
        let mut reports = self.reports.lock().unwrap();
        *reports += 1;
        if *reports > self.left { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn expected(&self, stage: Stage, time: Duration) {
        assert_eq!(stage, Stage::FLOW);
        self.expected.lock().unwrap().push((time, *self.reports.lock().unwrap()));
    }
}

/// A ring of n nodes with chords.
fn ring(n: u32) -> Graph {
    let edges: Vec<(u32, u32, i64)> =
        (0..n).flat_map(|u| [(u, (u + 1) % n, 100), (u, (u + 7) % n, 650)]).collect();
    Graph::from_edges(n as usize, &edges).unwrap()
}

#[test]
fn the_time_is_told_before_the_work() {
    let asked = PairwiseSettings::default();
    let notes = Notes::stopping_after(usize::MAX);
    pairwise_distances(&ring(200), &asked, &notes).unwrap();
    let expected = notes.expected.into_inner().unwrap();
    assert!(matches!(expected[..], [(time, _)] if time > Duration::ZERO), "{expected:?}");
}

/// What is counted is what takes the time: pairs, all of them at the end.
#[test]
fn pairs_are_counted() {
    let last = Mutex::new((0, None));
    let count = |_: Stage, done: usize, total: Option<usize>| {
        *last.lock().unwrap() = (done, total);
        ControlFlow::Continue(())
    };
    pairwise_distances(&ring(200), &PairwiseSettings::default(), &count).unwrap();
    assert_eq!(last.into_inner().unwrap(), (19900, Some(19900)));
}

/// A row of 1500 pairs asks several times whether to go on, and so do the pairs that are timed first.
#[test]
fn a_stop_does_not_wait_for_the_end_of_a_row() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let notes = Notes::stopping_after(10);
    let stopped = pool.install(|| pairwise_distances(&ring(1500), &PairwiseSettings::default(), &notes));
    assert_eq!(stopped, Err(PairwiseError::Canceled));
    assert_eq!(notes.reports.into_inner().unwrap(), 11);
}

/// On graphs of points, where ways are long and searches wide.
#[test]
fn all_pairs_of_points_cost_what_the_plain_form_says() {
    for (seed, cost) in [
        EdgeCost::Capacitated { capacity: None },
        EdgeCost::Convex { capacity: NonZeroU32::new(2), slopes: vec![1.0, 1.5, 4.0] },
        EdgeCost::Quadratic { lambda: 0.25 },
    ]
    .into_iter()
    .enumerate()
    {
        let sample = Sample::new(Shape::L, 90, seed as u64, 0.01);
        let graph = sample.graph(6, &sample.false_edges(1, 1));
        let asked = settings(4, cost);
        let distances = pairwise_distances(&graph, &asked, &Silent).unwrap();
        let pairs = (0..90).flat_map(|u| (u + 1..90).map(move |v| (u, v)));
        for ((u, v), distance) in pairs.zip(distances) {
            let costs = pair_flow(&graph, u, v, &asked).unwrap().unit_costs;
            assert_eq!(Some(distance), costs.last().map(|&last| last as f64), "{u} to {v}");
        }
    }
}

type Pieces = fn(i64) -> Vec<Piece>;

/// Costs with their pieces (None: infinite room), as the documentation defines them.
fn costs() -> Vec<(EdgeCost, Pieces)> {
    fn piece(capacity: Option<i64>, cost: i64) -> Piece {
        Piece { capacity, cost }
    }
    let slopes = vec![1.0, 3.0, 5.0];
    vec![
        (EdgeCost::Linear, |d| vec![piece(None, d)]),
        (EdgeCost::Capacitated { capacity: None }, |d| vec![piece(Some(1), d)]),
        (EdgeCost::Capacitated { capacity: NonZeroU32::new(2) }, |d| vec![piece(Some(2), d)]),
        (EdgeCost::Convex { capacity: None, slopes: slopes.clone() }, |d| {
            vec![piece(Some(1), d), piece(Some(1), 3 * d), piece(None, 5 * d)]
        }),
        (EdgeCost::Convex { capacity: NonZeroU32::new(2), slopes }, |d| {
            vec![piece(Some(2), d), piece(Some(2), 3 * d), piece(None, 5 * d)]
        }),
        // At most 8 units: d (1 + 2 (j + 1/2)) = 2 d (j + 1).
        (EdgeCost::Quadratic { lambda: 2.0 }, |d| (1..=8).map(|j| piece(Some(1), 2 * d * j)).collect()),
    ]
}

fn graphs(nodes: std::ops::Range<usize>) -> impl Strategy<Value = Graph> {
    nodes.prop_flat_map(|n| {
        prop::collection::vec(prop_oneof![Just(0i64), 1i64..50], n * (n - 1) / 2).prop_map(move |lengths| {
            let pairs = (0..n as u32).flat_map(|u| (u + 1..n as u32).map(move |v| (u, v)));
            let edges = pairs.zip(lengths).filter(|&(_, d)| d > 0).map(|((u, v), d)| (u, v, d));
            Graph::from_edges(n, &edges.collect::<Vec<_>>()).unwrap()
        })
    })
}

/// Balance at every node, and no arc with room has a negative reduced cost.
fn certify(graph: &Graph, (from, to): (usize, usize), flow: &PairFlow, pieces: Pieces) {
    let mut balance = vec![0i64; graph.nodes()];
    let mut total = 0;
    for e in 0..graph.edges() {
        let (u, v) = graph.ends(e);
        let load = i64::from(flow.loads[e]);
        balance[u] += load;
        balance[v] -= load;
        let unit = |j: i64| {
            let mut before = 0;
            pieces(graph.length(e)).into_iter().find_map(|piece| {
                before += piece.capacity.unwrap_or(i64::MAX / 2);
                (j < before).then_some(piece.cost)
            })
        };
        total += (0..load.abs()).map(|j| unit(j).expect("load beyond the capacity")).sum::<i64>();
        for (from, to, along) in [(u, v, load), (v, u, -load)] {
            let price = if along >= 0 { unit(along) } else { Some(-unit(-along - 1).unwrap()) };
            if let (Some(price), Some(p), Some(q)) = (price, flow.potentials[from], flow.potentials[to]) {
                assert!(price + p - q >= 0, "edge {e} improves the flow");
            }
        }
    }
    let sent = flow.unit_costs.len() as i64;
    balance[from] -= sent;
    balance[to] += sent;
    assert!(balance.iter().all(|&rest| rest == 0));
    assert_eq!(total, flow.unit_costs.iter().sum::<i64>());
    assert!(flow.unit_costs.is_sorted());
}

/// Least cost of `units` over all loads of -1, 0 or 1 per edge.
fn by_enumeration(graph: &Graph, from: usize, to: usize, units: i32) -> Option<i64> {
    let m = graph.edges() as u32;
    let loads = |code: u32| (0..m).map(move |e| (code / 3u32.pow(e) % 3) as i32 - 1);
    let balanced = |code: &u32| {
        let mut balance = vec![0; graph.nodes()];
        for (e, load) in loads(*code).enumerate() {
            let (u, v) = graph.ends(e);
            balance[u] += load;
            balance[v] -= load;
        }
        balance[from] -= units;
        balance[to] += units;
        balance.iter().all(|&rest| rest == 0)
    };
    let cost = |code| loads(code).enumerate().map(|(e, load)| graph.length(e) * i64::from(load.abs())).sum();
    (0..3u32.pow(m)).filter(balanced).map(cost).min()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn lemon_finds_the_same_cost(graph in graphs(2..12), units in 1u32..8, ends in any::<(u8, u8)>()) {
        let Some(lemon) = lemon() else { return Ok(()) };
        let n = graph.nodes();
        let from = ends.0 as usize % n;
        let to = (from + 1 + ends.1 as usize % (n - 1)) % n;
        for (cost, pieces) in costs() {
            let flow = pair_flow(&graph, from, to, &settings(units, cost.clone())).unwrap();
            certify(&graph, (from, to), &flow, pieces);
            let fit = flow.unit_costs.len() as i64;
            let solve = |units| lemon.solve(&Problem::pairwise(&graph, (from, to), units, pieces));
            let optimum = solve(fit).map(|optimum| optimum.cost);
            prop_assert_eq!(optimum, Some(flow.unit_costs.iter().sum()), "{:?}", cost);
            if fit < i64::from(units) {
                prop_assert_eq!(solve(fit + 1), None, "{:?}: one more unit fits", cost);
            }
        }
    }

    #[test]
    fn enumeration_finds_the_same_cost(graph in graphs(2..5), units in 1u32..5) {
        let capacitated = settings(units, EdgeCost::Capacitated { capacity: None });
        for (from, to) in (0..graph.nodes()).flat_map(|u| (0..u).flat_map(move |v| [(u, v), (v, u)])) {
            let flow = pair_flow(&graph, from, to, &capacitated).unwrap();
            for sent in 1..=units as usize {
                let cost = flow.unit_costs.get(..sent).map(|costs| costs.iter().sum());
                prop_assert_eq!(cost, by_enumeration(&graph, from, to, sent as i32));
            }
        }
    }

    #[test]
    fn one_unit_walks_the_shortest_path(graph in graphs(2..15)) {
        let n = graph.nodes();
        let mut shortest = vec![i64::MAX / 4; n * n];
        for e in 0..graph.edges() {
            let (u, v) = graph.ends(e);
            shortest[u * n + v] = graph.length(e);
            shortest[v * n + u] = graph.length(e);
        }
        for middle in 0..n {
            for u in 0..n {
                for v in 0..n {
                    let through = shortest[u * n + middle] + shortest[middle * n + v];
                    shortest[u * n + v] = shortest[u * n + v].min(through);
                }
            }
        }
        for u in 0..n {
            for v in u + 1..n {
                let flow = pair_flow(&graph, u, v, &settings(1, EdgeCost::Linear)).unwrap();
                let wanted = Some(shortest[u * n + v]).filter(|&d| d < i64::MAX / 4);
                prop_assert_eq!(flow.unit_costs.first().copied(), wanted);
            }
        }
    }

    /// The search for all pairs and the plain one for a single pair find the same costs, whatever an edge
    /// charges, with lengths of any size and ties.
    #[test]
    fn all_pairs_cost_what_the_plain_form_says(
        graph in graphs(4..24),
        units in 1u32..7,
        times in prop_oneof![Just(1i64), Just(1_000_003), Just(1 << 40)],
        reading in prop_oneof![Just(Reading::Last), Just(Reading::Mean)],
    ) {
        let edges: Vec<_> = (0..graph.edges())
            .map(|e| (graph.ends(e).0 as u32, graph.ends(e).1 as u32, graph.length(e) * times))
            .collect();
        let graph = Graph::from_edges(graph.nodes(), &edges).unwrap();
        for (cost, _) in costs() {
            let asked = PairwiseSettings { reading, ..settings(units, cost) };
            let Ok(distances) = pairwise_distances(&graph, &asked, &Silent) else { return Ok(()) };
            let pairs = (0..graph.nodes()).flat_map(|u| (u + 1..graph.nodes()).map(move |v| (u, v)));
            for ((u, v), distance) in pairs.zip(distances) {
                let costs = pair_flow(&graph, u, v, &asked).unwrap().unit_costs;
                let plain = match reading {
                    Reading::Last => *costs.last().unwrap() as f64,
                    Reading::Mean => costs.iter().sum::<i64>() as f64 / costs.len() as f64,
                };
                prop_assert_eq!(distance, plain);
            }
        }
    }

    /// Distances of all pairs are those of single flows, in both directions and on any number of
    /// threads.
    #[test]
    fn all_pairs_agree_with_single_ones(graph in graphs(3..10), units in 1u32..5) {
        let asked = settings(units, EdgeCost::Convex { capacity: None, slopes: vec![1.0, 2.5] });
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| pairwise_distances(&graph, &asked, &Silent))
        };
        prop_assert_eq!(on(1), on(3));
        let Ok(distances) = on(2) else { return Ok(()) };
        let mut next = distances.iter();
        for u in 0..graph.nodes() {
            for v in u + 1..graph.nodes() {
                let distance = *next.next().unwrap();
                for (from, to) in [(u, v), (v, u)] {
                    let flow = pair_flow(&graph, from, to, &asked).unwrap();
                    prop_assert_eq!(*flow.unit_costs.last().unwrap() as f64, distance);
                }
            }
        }
    }
}

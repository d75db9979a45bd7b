use std::num::NonZeroUsize;

use proptest::prelude::*;

use super::*;
use crate::graph::Disconnected;
use crate::progress::Silent;

fn k(k: usize) -> NonZeroUsize {
    NonZeroUsize::new(k).unwrap()
}

fn line(values: &[f32]) -> Points {
    Points::new(values.to_vec(), 1).unwrap()
}

fn listed(graph: &WeightedGraph) -> Vec<(usize, u32, f32)> {
    let all = (0..graph.nodes()).flat_map(|u| graph.arcs(u).map(move |(v, d)| (u, v, d)));
    all.filter(|&(u, v, _)| u < v as usize).collect()
}

#[test]
fn neighbors_are_either_mutual_or_within() {
    let points = line(&[0.0, 1.0, 3.0, 7.0]);
    let of = |rule| {
        let graph = WeightedGraph::of_points(&points, rule, &Silent).unwrap();
        let distance = |i: usize, j: usize| points.squared_distance(i, j).sqrt();
        assert_eq!(WeightedGraph::of_distances(4, &distance, rule).as_ref(), Ok(&graph));
        listed(&graph)
    };
    assert_eq!(of(Neighbors::Nearest(k(1))), [(0, 1, 1.0), (1, 2, 2.0), (2, 3, 4.0)]);
    assert_eq!(of(Neighbors::Mutual(k(1))), [(0, 1, 1.0)]);
    assert_eq!(of(Neighbors::Within(3.0)), [(0, 1, 1.0), (0, 2, 3.0), (1, 2, 2.0)]);
}

#[test]
fn points_that_coincide_are_neighbors_at_0() {
    let points = line(&[5.0; 4]);
    let graph = WeightedGraph::of_points(&points, Neighbors::Within(1e-3), &Silent).unwrap();
    assert_eq!((graph.edges(), graph.length_between(0, 3)), (6, Some(0.0)));
    let graph = WeightedGraph::of_points(&points, Neighbors::Nearest(k(2)), &Silent).unwrap();
    assert!(listed(&graph).iter().all(|&(_, _, length)| length == 0.0));
}

#[test]
fn nonsense_is_refused() {
    use WeightedGraphError as Error;
    let refused = |starts: &[usize], columns: &[u32], lengths: &[f32]| {
        WeightedGraph::from_csr(starts, columns, lengths).unwrap_err()
    };
    assert_eq!(refused(&[0, 1], &[], &[]), Error::Shape { starts: 2, columns: 0, values: 0 });
    assert_eq!(refused(&[0, 1, 1], &[5], &[1.0]), Error::NoSuchNode { row: 0, column: 5, nodes: 2 });
    assert_eq!(refused(&[0, 1, 1], &[0], &[1.0]), Error::SelfLoop { row: 0 });
    assert_eq!(refused(&[0, 2, 2], &[1, 1], &[1.0, 1.0]), Error::Duplicate { row: 0, column: 1 });
    assert_eq!(refused(&[0, 1, 1], &[1], &[1.0]), Error::Asymmetric { row: 0, column: 1 });
    assert_eq!(refused(&[0, 1, 2], &[1, 0], &[1.0, 2.0]), Error::Asymmetric { row: 0, column: 1 });
    for length in [-1.0, f32::NAN, f32::INFINITY] {
        assert!(matches!(
            refused(&[0, 1, 2], &[1, 0], &[length; 2]),
            Error::Length { row: 0, column: 1, .. }
        ));
    }
    for radius in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        let refused = WeightedGraph::of_points(&line(&[0.0, 1.0]), Neighbors::Within(radius), &Silent);
        assert!(matches!(refused, Err(Error::Radius { .. })));
    }
    let few = WeightedGraph::of_points(&line(&[0.0, 1.0]), Neighbors::Nearest(k(2)), &Silent).unwrap_err();
    assert_eq!(few, Error::Knn(KnnError::TooFew { points: 2, k: 2 }));
}

#[test]
fn components_are_joined_dropped_or_refused() {
    // Three clusters: 0 1 2, 10 11, 30 31.
    let points = line(&[30.0, 0.0, 10.0, 1.0, 31.0, 2.0, 11.0]);
    let graph = WeightedGraph::of_points(&points, Neighbors::Within(1.5), &Silent).unwrap();
    let distance = |u, v| points.squared_distance(u, v).sqrt();
    assert_eq!(graph.components(), (vec![0, 1, 2, 1, 0, 1, 2], 3));
    let wanted = WeightedGraphError::Disconnected { components: 3, largest: 3 };
    assert_eq!(graph.clone().connected(Disconnected::Fail, Some(&distance)), Err(wanted.clone()));
    assert_eq!(graph.clone().connected(Disconnected::Join, None), Err(wanted));
    let largest = graph.clone().connected(Disconnected::Largest, None).unwrap();
    assert_eq!((largest.kept, largest.components), (vec![1, 3, 5], 3));
    assert_eq!(listed(&largest.graph), [(0, 1, 1.0), (1, 2, 1.0)]);
    let joined = graph.clone().connected(Disconnected::Join, Some(&distance)).unwrap();
    assert_eq!((joined.graph.components().1, joined.kept.len()), (1, 7));
    // 2 - 10 and 11 - 30 are the gaps.
    assert_eq!(joined.graph.edges(), graph.edges() + 2);
    assert_eq!(joined.graph.length_between(2, 5), Some(8.0));
    assert_eq!(joined.graph.length_between(0, 6), Some(19.0));
}

proptest! {
    #[test]
    fn the_radius_is_exact_by_tree_and_by_products(
        (d, values) in (1usize..11).prop_flat_map(|d| (Just(d), prop::collection::vec(-4i8..4, d * 3..d * 40))),
        radius in 0.5f32..6.0,
    ) {
        let whole = values.len() / d * d;
        let points = Points::new(values[..whole].iter().map(|&x| f32::from(x)).collect(), d).unwrap();
        let graph = WeightedGraph::of_points(&points, Neighbors::Within(radius), &Silent).unwrap();
        let mut wanted = Vec::new();
        for u in 0..points.n() {
            for v in u + 1..points.n() {
                let distance = points.squared_distance(u, v).sqrt();
                if distance <= f64::from(radius) {
                    wanted.push((u, v as u32, distance as f32));
                }
            }
        }
        prop_assert_eq!(listed(&graph), wanted);
        prop_assert_eq!(
            &WeightedGraph::from_csr(graph.offsets(), graph.targets(), graph.lengths()).unwrap(), &graph
        );
    }
}

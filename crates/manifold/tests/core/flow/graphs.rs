//! Neighborhood graphs against their definition; all-pairs geodesics against Dijkstra.

use std::num::NonZeroUsize;

use manifold::distance::SquaredDistances;
use manifold::graph::{
    Disconnected, GeodesicMatrix, GraphError, Neighbors, UNIT, geodesics_from, neighborhood,
};
use proptest::prelude::*;

use super::random;

/// Distances between points on a line of gray levels.
fn on_a_line(levels: &[u8]) -> SquaredDistances {
    SquaredDistances::from_fn(levels.len(), |i, j| u64::from(levels[i].abs_diff(levels[j])).pow(2))
}

fn k(k: usize) -> NonZeroUsize {
    NonZeroUsize::new(k).unwrap()
}

/// Whether `j` is one of the k nearest of `i`, straight from the definition.
fn names(levels: &[u8], i: usize, j: usize, k: usize) -> bool {
    let key = |j: usize| (levels[i].abs_diff(levels[j]), j);
    (0..levels.len()).filter(|&other| other != i && key(other) < key(j)).count() < k
}

proptest! {
    #[test]
    fn edges_are_those_of_the_definition(
        levels in proptest::collection::vec(any::<u8>(), 3..40),
        neighbors in 1usize..6,
        radius in 0f32..60.0,
    ) {
        let n = levels.len();
        prop_assume!(neighbors < n);
        let distances = on_a_line(&levels);
        type Rule<'a> = Box<dyn Fn(usize, usize) -> bool + 'a>;
        let near = |i, j| names(&levels, i, j, neighbors);
        let rules: [(Neighbors, Rule); 3] = [
            (Neighbors::Nearest(k(neighbors)), Box::new(|i, j| near(i, j) || near(j, i))),
            (Neighbors::Mutual(k(neighbors)), Box::new(|i, j| near(i, j) && near(j, i))),
            (Neighbors::Within(radius), Box::new(|i, j| f32::from(levels[i].abs_diff(levels[j])) <= radius)),
        ];
        for (neighbors, rule) in rules {
            let joined = neighborhood(&distances, neighbors, Disconnected::Join).unwrap();
            let mut links = 0;
            for i in 0..n {
                for j in i + 1..n {
                    let edge = joined.graph.edge_between(i, j);
                    prop_assert!(edge.is_some() || !rule(i, j), "{i} {j} missing");
                    links += usize::from(edge.is_some() && !rule(i, j));
                    if let Some(edge) = edge {
                        let length = (f64::from(levels[i].abs_diff(levels[j])) * UNIT).round() as i64;
                        prop_assert_eq!(joined.graph.length(edge), length.max(1));
                    }
                }
            }
            prop_assert_eq!(links, joined.components - 1);
            prop_assert!(geodesics_from(&joined.graph, 0).iter().all(Option::is_some));
        }
    }

    #[test]
    fn floyd_warshall_is_dijkstra(graph in random::graph(150, 1 << 20)) {
        let mut matrix = GeodesicMatrix::default();
        matrix.fill(&graph);
        prop_assert_eq!(matrix.shift(), 0);
        for source in 0..graph.nodes() {
            let wanted: Vec<i64> = geodesics_from(&graph, source).into_iter().map(|d| d.unwrap()).collect();
            let got: Vec<i64> = matrix.row(source).iter().map(|&d| i64::from(d)).collect();
            prop_assert_eq!(&got, &wanted);
            prop_assert_eq!(matrix.sum(source), wanted.iter().sum::<i64>());
        }
    }

    /// Lengths too long for 32 bits are rounded down: still a lower bound, and a close one.
    #[test]
    fn long_geodesics_are_bounded_from_below(graph in random::graph(70, 1 << 44)) {
        let mut matrix = GeodesicMatrix::default();
        matrix.fill(&graph);
        let hops = graph.nodes() as i64;
        for (got, exact) in matrix.row(0).iter().zip(geodesics_from(&graph, 0)) {
            let (got, exact) = (i64::from(*got) << matrix.shift(), exact.unwrap());
            prop_assert!(got <= exact && exact - got <= hops << matrix.shift());
        }
    }
}

#[test]
fn components_are_joined_by_the_shortest_links() {
    // Three clusters: 10, 11, 12 - 100, 101 - 200, 203.
    let distances = on_a_line(&[10, 100, 200, 11, 101, 203, 12]);
    let joined = neighborhood(&distances, Neighbors::Within(4.0), Disconnected::Join).unwrap();
    assert_eq!(joined.components, 3);
    assert!(joined.graph.edge_between(1, 6).is_some(), "12 - 100");
    assert!(joined.graph.edge_between(2, 4).is_some(), "101 - 200");
    assert_eq!(joined.graph.edges(), 3 + 1 + 1 + 2);
}

#[test]
fn the_largest_component_is_kept() {
    let distances = on_a_line(&[10, 100, 200, 11, 101, 203, 12]);
    let kept = neighborhood(&distances, Neighbors::Within(4.0), Disconnected::Largest).unwrap();
    assert_eq!((kept.components, kept.points), (3, vec![0, 3, 6]));
    assert_eq!(kept.graph.nodes(), 3);
}

#[test]
fn errors_name_the_numbers() {
    let distances = on_a_line(&[10, 100, 200]);
    let fail = neighborhood(&distances, Neighbors::Within(1.0), Disconnected::Fail);
    assert_eq!(fail.unwrap_err(), GraphError::Components { components: 3 });
    let many = neighborhood(&distances, Neighbors::Nearest(k(3)), Disconnected::Join);
    assert_eq!(many.unwrap_err(), GraphError::Neighbors { neighbors: 3, points: 3 });
}

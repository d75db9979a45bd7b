use proptest::prelude::*;

use super::*;
use crate::progress::Silent;

/// A random graph as its sparse matrix.
fn graph(n: usize, edges: &[(u32, u32, f32)]) -> WeightedGraph {
    let mut rows = vec![std::collections::BTreeMap::new(); n];
    for &(u, v, length) in edges {
        let (u, v) = (u % n as u32, v % n as u32);
        if u != v {
            rows[u as usize].insert(v, length);
            rows[v as usize].insert(u, length);
        }
    }
    let mut starts = vec![0];
    let (mut columns, mut lengths) = (Vec::new(), Vec::new());
    for row in rows {
        columns.extend(row.keys());
        lengths.extend(row.values());
        starts.push(columns.len());
    }
    WeightedGraph::from_csr(&starts, &columns, &lengths).unwrap()
}

fn check(graph: &WeightedGraph) {
    let all = AllGeodesics::of(graph, &Silent).unwrap();
    for (rank, &node) in all.order().iter().enumerate() {
        let wanted = geodesics(graph, node);
        for &to in &all.order()[rank..] {
            assert_eq!(all.get(node as usize, to as usize).to_bits(), wanted[to as usize].to_bits());
            assert_eq!(all.get(to as usize, node as usize), wanted[to as usize]);
        }
    }
    let sources: Vec<u32> = (0..graph.nodes() as u32).step_by(3).collect();
    let seeds: Vec<Seeds> = sources.iter().map(|&source| vec![(source, 0.0)]).collect();
    let rows = geodesics_from(graph, &seeds, &Silent).unwrap();
    for (row, &source) in rows.chunks_exact(graph.nodes()).zip(&sources) {
        assert_eq!(row, geodesics(graph, source));
    }
}

proptest! {
    #[test]
    fn sweeps_end_with_the_bits_of_dijkstra(
        n in 1usize..90,
        edges in prop::collection::vec((0u32..90, 0u32..90, 0f32..1.0), 0..300),
    ) {
        check(&graph(n, &edges));
    }
}

#[test]
fn a_grid_has_the_distances_of_a_city() {
    let side = 20u32;
    let mut edges = Vec::new();
    for x in 0..side {
        for y in 0..side {
            edges.extend((x + 1 < side).then_some((x * side + y, (x + 1) * side + y, 1.0)));
            edges.extend((y + 1 < side).then_some((x * side + y, x * side + y + 1, 1.0)));
        }
    }
    let all = AllGeodesics::of(&graph(400, &edges), &Silent).unwrap();
    for u in 0..400u32 {
        for v in 0..400 {
            let wanted = (u / side).abs_diff(v / side) + (u % side).abs_diff(v % side);
            assert_eq!(all.get(u as usize, v as usize), wanted as f32);
        }
    }
}

#[test]
fn paths_start_from_several_seeds() {
    let line = graph(5, &[(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0), (3, 4, 1.0)]);
    let rows = geodesics_from(&line, &[vec![(0, 0.5), (4, 0.25)], vec![(2, 3.0)]], &Silent).unwrap();
    assert_eq!(rows, [0.5, 1.5, 2.25, 1.25, 0.25, 5.0, 4.0, 3.0, 4.0, 5.0]);
}

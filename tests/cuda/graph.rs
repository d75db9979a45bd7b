//! Geodesics and resistances of many graphs against the plain ones.

use manifold::flow::{resistances, resistances_on};
use manifold::graph::{GeodesicMatrix, Graph, geodesic_sums};
use rand::RngExt;

use super::{SIZES, device, device_with, random};

/// Connected graphs of these many nodes, of lengths up to `longest`.
fn graphs(sizes: &[usize], longest: i64) -> Vec<Graph> {
    let mut random = random();
    let graph = |&nodes: &usize| {
        let tree: Vec<(u32, u32)> = (1..nodes as u32).map(|v| (random.random_range(0..v), v)).collect();
        let mut pairs = tree;
        for _ in 0..3 * nodes {
            let (u, v) = (random.random_range(0..nodes as u32), random.random_range(0..nodes as u32));
            if u != v {
                pairs.push((u.min(v), u.max(v)));
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        let edges: Vec<_> =
            pairs.into_iter().map(|(u, v)| (u, v, random.random_range(1..=longest))).collect();
        Graph::from_edges(nodes, &edges).unwrap()
    };
    sizes.iter().map(graph).collect()
}

fn check_geodesics(graphs: &[Graph], memory: Option<u64>) {
    let Some(device) = device_with(memory) else { return };
    let all: Vec<&Graph> = graphs.iter().collect();
    let (sums, _) = geodesic_sums(device.gpu().unwrap(), &all).unwrap();
    let mut matrix = GeodesicMatrix::default();
    for (graph, sums) in graphs.iter().zip(sums) {
        matrix.fill(graph);
        let wanted: Vec<i64> = (0..graph.nodes()).map(|node| matrix.sum(node)).collect();
        assert_eq!(sums, wanted, "{} nodes", graph.nodes());
    }
}

#[test]
fn sums_of_geodesics_are_equal() {
    for nodes in SIZES {
        check_geodesics(&graphs(&[nodes], 100_000), None);
    }
    check_geodesics(&graphs(&[64, 65, 3, 128, 200], 1000), None);
}

/// Lengths that 32 bits do not hold are rounded as on the CPU.
#[test]
fn long_edges_are_shifted_alike() {
    check_geodesics(&graphs(&[70, 5], 1 << 40), None);
}

#[test]
fn graphs_go_in_batches() {
    check_geodesics(&graphs(&[50; 7], 1000), Some(3 * (4 * 64 * 64 + 5000)));
}

#[test]
fn resistances_agree_to_nine_digits() {
    let Some(device) = device() else { return };
    for sizes in [&SIZES[1..], &[32, 64, 7, 33], &[50; 5]] {
        let graphs = graphs(sizes, 1000);
        let all: Vec<&Graph> = graphs.iter().collect();
        let (found, _) = resistances_on(device.gpu().unwrap(), &all).unwrap();
        for (graph, found) in graphs.iter().zip(found) {
            let wanted = resistances(graph).unwrap();
            assert_eq!(found.len(), wanted.len());
            for (found, wanted) in found.iter().zip(&wanted) {
                assert!((found - wanted).abs() <= 1e-9 * wanted, "{found} for {wanted}");
            }
        }
    }
}

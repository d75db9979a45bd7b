use proptest::prelude::*;

use super::*;
use manifold::graph::geodesics_from;

/// A ring of 12 with steps of 10, 256ths of a gray level each.
fn ring() -> Graph {
    let edges: Vec<_> = (0..12u32).map(|u| (u, (u + 1) % 12, 10)).collect();
    Graph::from_edges(12, &edges).unwrap()
}

#[test]
fn shortest_ways_take_the_smallest_of_equals() {
    let ways = Ways::shortest(&ring(), 0);
    assert_eq!(ways.path(3), [3, 2, 1, 0]);
    assert_eq!(ways.path(11), [11, 0]);
    assert_eq!(ways.path(6), [6, 5, 4, 3, 2, 1, 0]);
    assert_eq!(ways.path(0), [0]);
    // Nodes, centers and edges that are not there lead nowhere.
    assert_eq!(ways.path(u32::MAX), [u32::MAX]);
    assert_eq!(Ways::shortest(&ring(), usize::MAX).path(3), [3]);
    assert_eq!(Ways::with_the_stream(&ring(), 0, &[]).path(3), [3]);
}

#[test]
fn branches_and_far_patches_are_as_defined() {
    let graph = ring();
    let marginal = Marginal::new(&EdgeCost::Linear, 12, 2).unwrap();
    let streams = streams(&graph, &marginal, &[0, 6]).unwrap();
    let branch = branches(&streams);
    assert_eq!(branch, [0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0]);
    let centers = centers(&[0, 6], &branch, &streams[0].1);
    let told: Vec<_> = centers.iter().map(|c| (&c.name[..], &c.far_name[..], c.far, c.members)).collect();
    assert_eq!(told, [("F", "O", 3, 7), ("FA", "A", 6, 5)]);
}

proptest! {
    /// Both kinds of ways lead from every node to the center over edges, and with linear costs the
    /// stream is as short as the shortest path.
    #[test]
    fn all_ways_lead_to_the_center(
        lengths in prop::collection::vec(1i64..60, 66),
        center in 0usize..12,
        convex in any::<bool>(),
    ) {
        let pairs = (0u32..12).flat_map(|u| (u + 1..12).map(move |v| (u, v)));
        // The path 0, 1, 2, … keeps it connected.
        let kept = pairs.zip(lengths).filter(|&((u, v), d)| v == u + 1 || d < 20);
        let edges: Vec<_> = kept.map(|((u, v), d)| (u, v, d)).collect();
        let graph = Graph::from_edges(12, &edges).unwrap();
        let cost = if convex { EdgeCost::default() } else { EdgeCost::Linear };
        let marginal = Marginal::new(&cost, 12, 3).unwrap();
        let (stream, _) = streams(&graph, &marginal, &[center as u32]).unwrap().remove(0);
        let geodesics = geodesics_from(&graph, center);
        for (ways, shortest) in [(Ways::shortest(&graph, center), true), (stream, !convex)] {
            for node in 0..12u32 {
                let path = ways.path(node);
                prop_assert_eq!((path[0], path[path.len() - 1]), (node, center as u32));
                let mut length = 0;
                for step in path.windows(2) {
                    let edge = graph.edge_between(step[0] as usize, step[1] as usize);
                    prop_assert!(edge.is_some(), "{:?} is no edge", step);
                    length += graph.length(edge.unwrap());
                }
                prop_assert!(!shortest || Some(length) == geodesics[node as usize]);
            }
        }
    }
}

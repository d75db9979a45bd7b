//! Random connected graphs and the costs under test.

use std::num::NonZeroU32;

use manifold::flow::EdgeCost;
use manifold::graph::Graph;
use proptest::prelude::*;

/// A connected graph of up to `most` nodes: a random tree and some more edges. Small lengths make
/// ties, and so degenerate pivots, common.
pub fn graph(most: usize, longest: i64) -> impl Strategy<Value = Graph> {
    (2..=most).prop_flat_map(move |nodes| {
        let tree = proptest::collection::vec((any::<prop::sample::Index>(), 1..=longest), nodes - 1);
        let more = proptest::collection::vec((0..nodes as u32, 0..nodes as u32, 1..=longest), 0..3 * nodes);
        (tree, more).prop_map(move |(tree, more)| {
            let mut edges = std::collections::BTreeMap::new();
            for (child, (parent, length)) in tree.into_iter().enumerate() {
                edges.insert((parent.index(child + 1) as u32, child as u32 + 1), length);
            }
            for (u, v, length) in more {
                if u != v {
                    edges.entry((u.min(v), u.max(v))).or_insert(length);
                }
            }
            let edges: Vec<_> = edges.into_iter().map(|((u, v), length)| (u, v, length)).collect();
            Graph::from_edges(nodes, &edges).expect("a simple graph")
        })
    })
}

/// Costs of every kind with whole-number prices, which LEMON can be given.
pub fn piecewise() -> impl Strategy<Value = EdgeCost> {
    let capacity = || proptest::option::of((1u32..6).prop_map(|c| NonZeroU32::new(c).expect("not zero")));
    let slopes = proptest::collection::vec(1u32..5, 0..6).prop_map(|rises| {
        let rising = rises.iter().scan(1.0, |slope, &rise| {
            *slope += f64::from(rise) / 4.0;
            Some(*slope)
        });
        std::iter::once(1.0).chain(rising).collect::<Vec<_>>()
    });
    prop_oneof![
        Just(EdgeCost::Linear),
        (capacity(), slopes).prop_map(|(capacity, slopes)| EdgeCost::Convex { capacity, slopes }),
        capacity().prop_map(|capacity| EdgeCost::Capacitated { capacity }),
        Just(EdgeCost::default()),
    ]
}

//! False edges, found by flow, so that plain geodesics no longer leak through them.
//!
//! Close edge e = {u, v} of length d and send K units from u to v without a common edge; c_K is
//! the cost of the last one that fits. With s the larger of d and the median lengths of the edges
//! at u and at v (so that two points which happen to lie close together do not count),
//!
//!   ratio(e) = c_K / s
//!
//! says how many typical steps apart the ends of e are when e, and up to K - 1 other edges like
//! it, are not trusted. Edges whose ratio exceeds a threshold are suspects. Then all suspects are
//! closed at once, and those whose ends are within the threshold of each other on open edges are
//! opened again, in rounds, until none is: what stays closed is a leak. The first step finds false
//! edges also where up to K run side by side and vouch for each other; the second clears true
//! edges that are suspects only because their last detour is long (at corners, in sparse places).
//!
//! What a mistake costs: a false edge that stays shortcuts at most `ratio` steps. Where a graph is
//! truly joined by K edges or fewer and the way around is long (a thin neck), they look
//! exactly like leaks and count as leaks. Leaks whose loss would cut a component in two stay,
//! smallest ratio first; an edge without any detour (a bridge) is none.
//!
//! The method, K = 3 and the threshold 6 are choices of ours. They were chosen on ten samples of
//! 300 points in a triangle and an L, k = 8, and then measured on a hundred others of each, with
//! and without noise of 1% of the side: 53 of 564 603 true edges are lost, in 3 to 8% of the
//! graphs, and 8 of 2 400 false edges missed, up to three side by side. A threshold of 5 loses
//! three times as many, one of 7 misses 69 false edges; K = 4 loses 127; K = 2 misses all that run three
//! side by side. It does not help where the whole manifold is hardly more than 6 steps wide (100
//! points: most false edges stay) or where points thin out so much that false edges span fewer
//! than 6 steps (the tails of a Gaussian cloud); arms two or three steps wide that close a ring
//! may be cut (300 points in a 1.5 x 1 frame with arms of 0.3 and 0.45: 4 of 60 samples).

use std::num::NonZeroU32;

use petgraph::unionfind::UnionFind;
use rayon::prelude::*;

use super::pairwise::PairwiseError;
use super::successive::{Network, Workspace};
use crate::graph::Graph;

/// Which edges count as false.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct LeakSettings {
    /// K: also the number of false edges side by side that are still found.
    pub units: NonZeroU32,
    /// Ratios above this are leaks; positive.
    pub ratio: f64,
}

/// An edge that a graph is better without.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Leak {
    /// Number of the edge in its graph.
    pub edge: usize,
    /// Typical steps between its ends without it.
    pub ratio: f64,
    /// c_K: what the last unit pays to get from end to end without it.
    pub detour: i64,
}

impl Default for LeakSettings {
    /// Three units, six steps: see the module's text.
    fn default() -> LeakSettings {
        LeakSettings { units: NonZeroU32::MIN.saturating_add(2), ratio: 6.0 }
    }
}

/// The leaks of `graph`, ascending by edge.
pub fn leaks(graph: &Graph, settings: &LeakSettings) -> Result<Vec<Leak>, PairwiseError> {
    if !(settings.ratio > 0.0 && settings.ratio.is_finite()) {
        return Err(PairwiseError::Ratio { ratio: settings.ratio });
    }
    let mut network = Network::new(graph, &[1.0]).map_err(|length| PairwiseError::TooLong { length })?;
    let steps = steps(graph);
    let mut suspects = suspects(graph, &network, &steps, settings);
    for leak in &suspects {
        network.close(leak.edge, true);
    }
    loop {
        let cleared = near_on_open_edges(graph, &network, &steps, settings, &suspects);
        for leak in cleared {
            network.close(leak.edge, false);
        }
        let before = suspects.len();
        suspects.retain(|leak| network.is_closed(leak.edge));
        if suspects.len() == before {
            return Ok(dispensable(graph, suspects));
        }
    }
}

/// Edges whose ends stay far apart for the last of K units when the edge is closed.
fn suspects(graph: &Graph, network: &Network, steps: &[i64], settings: &LeakSettings) -> Vec<Leak> {
    (0..graph.edges())
        .into_par_iter()
        .map_init(
            || (network.clone(), Workspace::new(graph)),
            |(network, workspace), edge| {
                network.close(edge, true);
                let detour = detour(network, workspace, graph.ends(edge), settings, steps[edge]);
                network.close(edge, false);
                let leak =
                    detour.map(|detour| Leak { edge, ratio: detour as f64 / steps[edge] as f64, detour });
                leak.filter(|leak| leak.ratio > settings.ratio)
            },
        )
        .flatten_iter()
        .collect()
}

/// Those of the suspects whose ends are near each other on open edges.
fn near_on_open_edges(
    graph: &Graph,
    network: &Network,
    steps: &[i64],
    settings: &LeakSettings,
    suspects: &[Leak],
) -> Vec<Leak> {
    let near = |workspace: &mut Workspace, leak: &Leak| {
        let (u, v) = graph.ends(leak.edge);
        workspace.start_within(network, u, horizon(steps[leak.edge], settings));
        workspace.geodesic(v).is_some().then_some(*leak)
    };
    suspects.par_iter().map_init(|| Workspace::new(graph), near).flatten_iter().collect()
}

/// The graph without its leaks; the other edges keep their order, so their numbers move up.
#[must_use]
pub fn without(graph: &Graph, leaks: &[Leak]) -> Graph {
    let mut keep = vec![true; graph.edges()];
    for leak in leaks {
        keep[leak.edge] = false;
    }
    graph.keeping(&keep)
}

/// Cost of the last of K units around a closed edge. `None` if no unit
/// fits, or if all K stay within the threshold; that is found without leaving the vicinity.
fn detour(
    network: &Network,
    workspace: &mut Workspace,
    (u, v): (usize, usize),
    settings: &LeakSettings,
    step: i64,
) -> Option<i64> {
    let units = settings.units;
    workspace.start_within(network, u, horizon(step, settings));
    if workspace.send(network, v, units).len() == units.get() as usize {
        return None;
    }
    workspace.start(network, u);
    workspace.send(network, v, units).last().copied()
}

/// The longest way that still counts as near.
fn horizon(step: i64, settings: &LeakSettings) -> i64 {
    (settings.ratio * step as f64) as i64
}

/// s of each edge: its length or the median length (the upper one of two) at one of its ends.
fn steps(graph: &Graph) -> Vec<i64> {
    let median = |node| {
        let mut lengths: Vec<i64> = graph.neighbors(node).map(|(_, e)| graph.length(e)).collect();
        lengths.sort_unstable();
        lengths.get(lengths.len() / 2).copied().unwrap_or(0)
    };
    let medians: Vec<i64> = (0..graph.nodes()).map(median).collect();
    let step = |e| {
        let (u, v) = graph.ends(e);
        graph.length(e).max(medians[u]).max(medians[v])
    };
    (0..graph.edges()).map(step).collect()
}

/// Those of the suspects that can all go without cutting a component in two.
fn dispensable(graph: &Graph, mut suspects: Vec<Leak>) -> Vec<Leak> {
    let mut joined = UnionFind::<usize>::new(graph.nodes());
    let mut next = suspects.iter().map(|leak| leak.edge).peekable();
    for edge in 0..graph.edges() {
        if next.next_if_eq(&edge).is_none() {
            let (u, v) = graph.ends(edge);
            joined.union(u, v);
        }
    }
    suspects.sort_by(|a, b| a.ratio.total_cmp(&b.ratio).then(a.edge.cmp(&b.edge)));
    suspects.retain(|leak| {
        let (u, v) = graph.ends(leak.edge);
        !joined.union(u, v)
    });
    suspects.sort_by_key(|leak| leak.edge);
    suspects
}

#[cfg(test)]
mod tests {
    use super::super::pairwise::{PairwiseSettings, pair_flow};
    use super::*;
    use proptest::prelude::*;

    fn found(graph: &Graph, settings: &LeakSettings) -> Vec<(usize, usize)> {
        leaks(graph, settings).unwrap().iter().map(|leak| graph.ends(leak.edge)).collect()
    }

    /// A strip of 2 x 12 nodes with steps of 10 and diagonals of 14; (i, row) is node 2 i + row.
    fn strip(extra: &[(u32, u32, i64)]) -> Graph {
        let mut edges = extra.to_vec();
        for i in 0..12 {
            edges.push((2 * i, 2 * i + 1, 10));
            if i < 11 {
                edges.extend([(2 * i, 2 * i + 2, 10), (2 * i + 1, 2 * i + 3, 10)]);
                edges.extend([(2 * i, 2 * i + 3, 14), (2 * i + 1, 2 * i + 2, 14)]);
            }
        }
        Graph::from_edges(24, &edges).unwrap()
    }

    #[test]
    fn false_edges_side_by_side_are_found() {
        let settings = LeakSettings { units: NonZeroU32::new(2).unwrap(), ratio: 6.0 };
        assert_eq!(found(&strip(&[]), &settings), []);
        assert_eq!(found(&strip(&[(0, 22, 10)]), &settings), [(0, 22)]);
        let graph = strip(&[(0, 22, 10), (1, 23, 10)]);
        assert_eq!(found(&graph, &settings), [(0, 22), (1, 23)]);
        let one = LeakSettings { units: NonZeroU32::MIN, ..settings };
        assert_eq!(found(&graph, &one), [], "one unit is not enough for two edges");
        assert_eq!(without(&graph, &leaks(&graph, &settings).unwrap()), strip(&[]));
    }

    #[test]
    fn bridges_stay() {
        let graph = Graph::from_edges(4, &[(0, 1, 1), (1, 2, 1000), (2, 3, 1)]).unwrap();
        assert_eq!(found(&graph, &LeakSettings::default()), []);
    }

    #[test]
    fn no_component_is_cut() {
        // Two triangles joined by two links; each link's detour is the other, five steps off.
        let mut edges = vec![(0, 1, 10), (1, 2, 10), (0, 2, 10), (3, 4, 10), (4, 5, 10), (3, 5, 10)];
        edges.extend([(0, 3, 10), (1, 4, 10)]);
        let graph = Graph::from_edges(6, &edges).unwrap();
        let strict = LeakSettings { units: NonZeroU32::MIN, ratio: 1.5 };
        let links = found(&graph, &strict);
        assert!(links.len() < 2 || !links.contains(&(0, 3)) || !links.contains(&(1, 4)));
        let kept = without(&graph, &leaks(&graph, &strict).unwrap());
        let flow = pair_flow(&kept, 0, 5, &PairwiseSettings::default()).unwrap();
        assert!(!flow.unit_costs.is_empty());
    }

    #[test]
    fn nonsense_is_refused() {
        for ratio in [0.0, -1.0, f64::INFINITY] {
            let settings = LeakSettings { ratio, ..LeakSettings::default() };
            assert_eq!(leaks(&strip(&[]), &settings), Err(PairwiseError::Ratio { ratio }));
        }
    }

    /// The definition of a suspect, on a graph that really lacks the edge.
    fn plain(graph: &Graph, edge: usize, units: NonZeroU32) -> Option<Leak> {
        let keep: Vec<bool> = (0..graph.edges()).map(|e| e != edge).collect();
        let (u, v) = graph.ends(edge);
        let settings = PairwiseSettings { units, ..PairwiseSettings::default() };
        let costs = pair_flow(&graph.keeping(&keep), u, v, &settings).unwrap().unit_costs;
        let detour = *costs.last()?;
        Some(Leak { edge, ratio: detour as f64 / steps(graph)[edge] as f64, detour })
    }

    proptest! {
        #[test]
        fn suspects_are_what_the_definition_says(
            lengths in prop::collection::vec(0i64..40, 45),
            units in 1u32..5,
            ratio in 1.0f64..6.0,
        ) {
            let pairs = (0u32..10).flat_map(|u| (u + 1..10).map(move |v| (u, v)));
            let listed = pairs.zip(lengths).filter(|&(_, d)| d > 20).map(|((u, v), d)| (u, v, d - 20));
            let graph = Graph::from_edges(10, &listed.collect::<Vec<_>>()).unwrap();
            let settings = LeakSettings { units: NonZeroU32::new(units).unwrap(), ratio };
            let network = Network::new(&graph, &[1.0]).unwrap();
            let got = suspects(&graph, &network, &steps(&graph), &settings);
            let all = (0..graph.edges()).filter_map(|edge| plain(&graph, edge, settings.units));
            prop_assert_eq!(got, all.filter(|leak| leak.ratio > ratio).collect::<Vec<_>>());
        }
    }
}

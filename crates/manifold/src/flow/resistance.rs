//! The least quadratic cost of a flow from each node to all, without solving one.
//!
//! A unit from s to each of n nodes at the least R = Σ length · load² is a current: R(s) = n² L⁺_ss, L
//! the graph's Laplacian with conductances 1/length. Under [`EdgeCost::Quadratic`](super::EdgeCost::Quadratic)
//! the cost of a load f is length (f + λ f²/2), so V(s) is at least the sum of geodesics plus λ/2 R(s): the
//! minimum of a sum is never below the sum of the minima.
//!
//! Source: Doyle, Snell, "Random walks and electric networks", 1984.

use algebra::{Mat, invert_positive};

use super::FlowError;
use super::marginal::{QUADRATIC_PARTS, SCALE};
use crate::graph::Graph;

/// n² L⁺_ss of each node of a connected graph, in lengths: the least Σ length · load². This is the plain
/// version, by one dense inverse; `cuda/resistance.cu` does many graphs at once.
pub fn resistances(graph: &Graph) -> Result<Vec<f64>, FlowError> {
    let n = graph.nodes();
    let mut matrix = Mat::<f64>::from_fn(n, n, |_, _| 1.0 / n as f64);
    for edge in 0..graph.edges() {
        let (u, v) = graph.ends(edge);
        let conductance = 1.0 / graph.length(edge) as f64;
        matrix[(u, u)] += conductance;
        matrix[(v, v)] += conductance;
        matrix[(u, v)] -= conductance;
        matrix[(v, u)] -= conductance;
    }
    let Ok(inverse) = invert_positive(&matrix) else {
        return Err(FlowError::Disconnected { source_node: 0, unreachable: 0 });
    };
    Ok((0..n).map(|s| (n * n) as f64 * (inverse[(s, s)] - 1.0 / n as f64)).collect())
}

/// A lower bound of V(s) under the quadratic cost of this λ, in the fixed point of
/// [`Solved::cost`](super::Solved::cost), from the sum of geodesics from s and R(s).
///
/// A part's price is rounded to 1/[`SCALE`] of a length, by at most half of that, which is taken off the linear
/// part. R(s) is trusted to one part in a million, a thousand times what its parity contract says.
#[must_use]
pub fn quadratic_bound(lambda: f64, geodesics: i64, resistance: f64) -> i64 {
    let scale = SCALE as f64;
    let linear = (scale - 0.5) * geodesics as f64;
    let quadratic = scale * 0.5 * lambda * resistance * (1.0 - 1e-6);
    (QUADRATIC_PARTS as f64 * (linear + quadratic) * (1.0 - 1e-12)).floor() as i64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::flow::{EdgeCost, Marginal, Solver};
    use crate::graph::GeodesicMatrix;

    /// A ring with chords: connected, with lengths from 1 to a thousand.
    fn graph(nodes: usize, lengths: &[i64]) -> Graph {
        let ring = (0..nodes).map(|u| (u as u32, ((u + 1) % nodes) as u32));
        let chords = (0..nodes / 3).map(|u| (u as u32, (u + nodes / 2) as u32));
        let edges: Vec<_> =
            ring.chain(chords).zip(lengths.iter().cycle()).map(|((u, v), &d)| (u, v, d)).collect();
        Graph::from_edges(nodes, &edges).unwrap()
    }

    #[test]
    fn a_path_of_three_by_hand() {
        // From an end 2 units over the first edge and 1 over the second; from the middle 1 and 1.
        let graph = Graph::from_edges(3, &[(0, 1, 10), (1, 2, 4)]).unwrap();
        let found = resistances(&graph).unwrap();
        for (found, wanted) in found.iter().zip([44.0, 14.0, 26.0]) {
            assert!((found - wanted).abs() < 1e-9, "{found}");
        }
        let apart = Graph::from_edges(4, &[(0, 1, 10), (2, 3, 4)]).unwrap();
        assert!(resistances(&apart).is_err() || resistances(&apart).unwrap()[0] > 1e12);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn no_flow_is_cheaper_than_its_bound(
            nodes in 6_usize..24,
            lengths in prop::collection::vec(1_i64..1000, 1..9),
            lambda in 0.01_f64..4.0,
        ) {
            let graph = graph(nodes, &lengths);
            let marginal = Marginal::new(&EdgeCost::Quadratic { lambda }, nodes, 3).unwrap();
            let mut solver = Solver::default();
            let mut network = solver.load(&graph, &marginal).unwrap();
            let mut geodesics = GeodesicMatrix::default();
            geodesics.fill(&graph);
            let resistances = resistances(&graph).unwrap();
            for (node, &resistance) in resistances.iter().enumerate() {
                let least = network.solve(node).unwrap().cost();
                let bound = quadratic_bound(lambda, geodesics.sum(node), resistance);
                prop_assert!(bound <= least, "node {node}: {bound} > {least}");
            }
        }
    }
}

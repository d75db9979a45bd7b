//! Proof that a flow is optimal, independent of how it was found.
//!
//! Conservation; complementary slackness: backward slope <= pi_v − pi_u <= forward slope on every
//! edge {u, v}; primal = dual: V = sum over v of (pi_v − pi_s) − sum over edges of the conjugate
//! cost at pi_v − pi_u. All in integers, so all by `==`.

use super::{FlowSolution, Marginal};
use crate::graph::Graph;

/// What is wrong with a claimed optimum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Violation {
    /// The numbers of nodes or edges differ.
    #[error("the solution belongs to another graph")]
    Shape,
    /// A node receives the wrong amount.
    #[error("node {node} receives {got} parts instead of {want}")]
    Conservation {
        /// The node.
        node: usize,
        /// Parts it receives.
        got: i64,
        /// Parts it must receive.
        want: i64,
    },
    /// An edge could carry more or less at a lower cost.
    #[error("edge {edge} has tension {tension} outside its slopes {backward} to {forward}")]
    Slackness {
        /// The edge.
        edge: usize,
        /// Difference of the potentials of its ends.
        tension: i64,
        /// Slope of its cost below its load.
        backward: i64,
        /// Slope of its cost above its load.
        forward: i64,
    },
    /// The stated cost is not that of the flow.
    #[error("the cost {cost} differs from that of the flow, {of_flow}")]
    Cost {
        /// The stated cost.
        cost: i64,
        /// The flow's cost.
        of_flow: i64,
    },
    /// Primal and dual cost differ: the flow is not optimal.
    #[error("the primal cost {primal} differs from the dual {dual}")]
    Gap {
        /// The flow's cost.
        primal: i64,
        /// The potentials' bound.
        dual: i64,
    },
}

/// Checks that `solution` is an optimal one-to-all flow from its source on `graph`.
pub fn verify(graph: &Graph, marginal: &Marginal, solution: &FlowSolution) -> Result<(), Violation> {
    let FlowSolution { source, cost, flow, potential } = solution;
    if flow.len() != graph.edges() || potential.len() != graph.nodes() || *source >= graph.nodes() {
        return Err(Violation::Shape);
    }
    let unit = marginal.parts() as i64;
    let mut received = vec![0; graph.nodes()];
    let mut of_flow = 0;
    let mut dual: i64 = potential.iter().map(|pi| (pi - potential[*source]) * unit).sum();
    for (edge, &load) in flow.iter().enumerate() {
        let (u, v) = graph.ends(edge);
        let length = graph.length(edge);
        received[u] -= load;
        received[v] += load;
        let tension = potential[v] - potential[u];
        let (backward, forward) = (marginal.backward(length, load), marginal.forward(length, load));
        let slack = Violation::Slackness { edge, tension, backward, forward };
        if tension < backward || tension > forward {
            return Err(slack);
        }
        of_flow += marginal.total(length, load);
        dual -= marginal.conjugate(length, tension).ok_or(slack)?;
    }
    for (node, &got) in received.iter().enumerate() {
        let want = if node == *source { -unit * (graph.nodes() as i64 - 1) } else { unit };
        if got != want {
            return Err(Violation::Conservation { node, got, want });
        }
    }
    if *cost != of_flow {
        return Err(Violation::Cost { cost: *cost, of_flow });
    }
    if *cost != dual {
        return Err(Violation::Gap { primal: *cost, dual });
    }
    Ok(())
}

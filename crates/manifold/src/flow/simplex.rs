//! One-to-all convex flow by a primal network simplex on convex edges.
//!
//! Each edge carries one net load and knows its forward and backward slope; the parallel arcs of
//! the textbook formulation are never built. The basis is a spanning tree rooted at the source; the
//! potential of a child is its parent's less the slope of pushing child → parent, so one part can
//! always be pushed toward the root at the tree's own price: the tree stays strongly feasible,
//! and choosing the last blocking edge of the cycle to leave keeps degenerate pivots from cycling
//! (Cunningham 1976; Ahuja, Magnanti, Orlin, "Network Flows", 11.6). A pivot pushes along the
//! cycle through as many breakpoints as still lower the cost.

mod pivot;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::tree::Tree;
use super::{FlowError, Marginal};
use crate::graph::Graph;

/// An optimal one-to-all flow, with its proof.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FlowSolution {
    /// The node that all units leave.
    pub source: usize,
    /// V(source), in lengths x [`SCALE`](super::SCALE) x parts.
    pub cost: i64,
    /// Net load of each edge {u, v} from u to v, in parts (see [`Marginal::parts`]).
    pub flow: Vec<i64>,
    /// Optimal potentials, zero at the source.
    pub potential: Vec<i64>,
}

/// Solves one-to-all flows; its memory is reused from source to source, and from graph to graph by
/// [`Solver::load`].
#[derive(Clone, Debug, Default)]
pub struct Solver {
    nodes: usize,
    edges: Vec<Edge>,
    arcs: Vec<(u32, u32)>,
    offsets: Vec<u32>,
    tree: Tree,
    potential: Vec<i64>,
    next_priced: usize,
    cycle: Vec<Step>,
    uphill: Vec<Step>,
    heap: BinaryHeap<Reverse<(i64, u32)>>,
    distance: Vec<i64>,
}

#[derive(Clone, Copy, Debug)]
struct Edge {
    u: u32,
    v: u32,
    length: i64,
    flow: i64,
    /// Slopes of the cost to the right and to the left of `flow`.
    forward: i64,
    backward: i64,
}

/// An edge of the pivot cycle, pushed along u → v (`sign` 1) or v → u (−1). `child` is the lower
/// end of a tree edge, `NONE` for the entering edge; `down` if it is pushed parent → child.
#[derive(Clone, Copy, Debug)]
struct Step {
    edge: u32,
    sign: i64,
    child: u32,
    down: bool,
}

/// A [`Solver`] with a graph and the costs of its edges.
#[derive(Debug)]
pub struct Loaded<'a> {
    solver: &'a mut Solver,
    marginal: &'a Marginal,
}

/// The optimal flow from one source, in the memory of its [`Solver`].
#[derive(Debug)]
pub struct Solved<'a> {
    solver: &'a mut Solver,
    source: u32,
    cost: i64,
}

impl Loaded<'_> {
    /// The flow from `source` to all other nodes.
    ///
    /// # Errors
    /// [`FlowError::NoSuchNode`], [`FlowError::Disconnected`], or [`FlowError::Infeasible`] if the
    /// capacities are too small.
    pub fn solve(&mut self, source: usize) -> Result<Solved<'_>, FlowError> {
        let cost = self.solver.solve(self.marginal, source)?;
        Ok(Solved { solver: self.solver, source: source as u32, cost })
    }
}

impl Solved<'_> {
    /// V(source), in lengths x [`SCALE`](super::SCALE) x parts.
    #[must_use]
    pub fn cost(&self) -> i64 {
        self.cost
    }

    /// Replaces `distances` by the flow distances D(source, v): the marginal cost of
    /// one more part to each v, i.e. the shortest path in the residual network. Unlike the simplex
    /// potentials they do not depend on the basis: every optimal flow has the same ones.
    pub fn distances(&mut self, distances: &mut Vec<i64>) {
        self.solver.distances(self.source, distances);
    }

    /// Net loads and potentials.
    #[must_use]
    pub fn solution(&self) -> FlowSolution {
        let flow = self.solver.edges.iter().map(|e| e.flow).collect();
        let potential = self.solver.potential.clone();
        FlowSolution { source: self.source as usize, cost: self.cost, flow, potential }
    }
}

impl Solver {
    /// Loads a graph and the costs of its edges.
    ///
    /// # Errors
    /// [`FlowError::Range`] if costs do not fit 64 bits.
    pub fn load<'a>(&'a mut self, graph: &Graph, marginal: &'a Marginal) -> Result<Loaded<'a>, FlowError> {
        marginal.check_range(graph.nodes(), graph.lengths().iter().copied().max().unwrap_or(0))?;
        self.nodes = graph.nodes();
        self.edges.clear();
        self.edges.extend((0..graph.edges()).map(|e| {
            let (u, v) = graph.ends(e);
            let length = graph.length(e);
            Edge { u: u as u32, v: v as u32, length, flow: 0, forward: 0, backward: 0 }
        }));
        self.arcs.clear();
        self.offsets.clear();
        self.offsets.push(0);
        for node in 0..self.nodes {
            self.arcs.extend(graph.neighbors(node).map(|(to, edge)| (to as u32, edge as u32)));
            self.offsets.push(self.arcs.len() as u32);
        }
        Ok(Loaded { solver: self, marginal })
    }

    /// Solves for `source` and returns V(source).
    fn solve(&mut self, marginal: &Marginal, source: usize) -> Result<i64, FlowError> {
        if source >= self.nodes {
            return Err(FlowError::NoSuchNode { source_node: source, nodes: self.nodes });
        }
        self.start_from_shortest_paths(marginal, source as u32)?;
        while let Some((edge, sign)) = self.price() {
            self.pivot(marginal, edge, sign);
        }
        if self.edges.iter().any(|e| marginal.forbids(e.flow)) {
            return Err(FlowError::Infeasible { source_node: source });
        }
        Ok(self.edges.iter().map(|e| marginal.total(e.length, e.flow)).sum())
    }

    /// The flow distances from `source`, for which the flow was solved.
    fn distances(&mut self, source: u32, distances: &mut Vec<i64>) {
        // Dijkstra on reduced costs, which are not negative at the optimum.
        distances.clear();
        distances.resize(self.nodes, i64::MAX);
        self.heap.clear();
        distances[source as usize] = 0;
        self.heap.push(Reverse((0, source)));
        while let Some(Reverse((reduced, node))) = self.heap.pop() {
            if reduced > distances[node as usize] {
                continue;
            }
            for at in self.offsets[node as usize]..self.offsets[node as usize + 1] {
                let (to, edge) = self.arcs[at as usize];
                let drop = self.potential[to as usize] - self.potential[node as usize];
                let through = reduced + self.edges[edge as usize].slope_from(node) - drop;
                if through < distances[to as usize] {
                    distances[to as usize] = through;
                    self.heap.push(Reverse((through, to)));
                }
            }
        }
        for (distance, pi) in distances.iter_mut().zip(&self.potential) {
            *distance += pi;
        }
    }

    /// Initial basis: every unit along its shortest path.
    fn start_from_shortest_paths(&mut self, marginal: &Marginal, source: u32) -> Result<(), FlowError> {
        self.next_priced = 0;
        self.shortest_path_tree(source)?;
        for edge in &mut self.edges {
            edge.flow = 0;
        }
        let parts = marginal.parts() as i64;
        // Loads are subtree sizes: children come before parents in reverse preorder.
        let order = &mut self.potential;
        order.clear();
        order.push(i64::from(source));
        let mut node = source;
        while let Some(next) = self.tree.after(source, node) {
            order.push(i64::from(next));
            node = next;
        }
        self.distance.fill(parts);
        for &node in order.iter().skip(1).rev() {
            let load = self.distance[node as usize];
            let parent = self.tree.parent(node as u32);
            self.distance[parent as usize] += load;
            let edge = &mut self.edges[self.tree.edge(node as u32) as usize];
            edge.flow = if edge.u == parent { load } else { -load };
        }
        for edge in &mut self.edges {
            edge.renew(marginal);
        }
        self.potential[source as usize] = 0;
        self.tree.set_depth(source, 0);
        self.reprice_below(source);
        Ok(())
    }

    fn shortest_path_tree(&mut self, source: u32) -> Result<(), FlowError> {
        self.distance.clear();
        self.distance.resize(self.nodes, i64::MAX);
        self.tree.reset(self.nodes);
        self.heap.clear();
        self.distance[source as usize] = 0;
        self.heap.push(Reverse((0, source)));
        let mut settled = 0;
        while let Some(Reverse((distance, node))) = self.heap.pop() {
            if distance > self.distance[node as usize] {
                continue;
            }
            settled += 1;
            for at in self.offsets[node as usize]..self.offsets[node as usize + 1] {
                let (to, edge) = self.arcs[at as usize];
                let through = distance + self.edges[edge as usize].length;
                if through < self.distance[to as usize] {
                    if self.distance[to as usize] != i64::MAX {
                        self.tree.detach(to);
                    }
                    self.distance[to as usize] = through;
                    self.tree.attach(to, node, edge);
                    self.heap.push(Reverse((through, to)));
                }
            }
        }
        if settled < self.nodes {
            let unreachable = self.distance.iter().position(|&d| d == i64::MAX).unwrap_or(0);
            return Err(FlowError::Disconnected { source_node: source as usize, unreachable });
        }
        Ok(())
    }

    /// The most violated edge of the first block that has one (block search, LEMON's default).
    fn price(&mut self) -> Option<(u32, i64)> {
        let block = (2 * self.edges.len().isqrt()).max(16);
        let mut worst = 0;
        let mut entering = None;
        let mut until_check = block;
        for _ in 0..self.edges.len() {
            let at = self.next_priced;
            let edge = &self.edges[at];
            self.next_priced = if at + 1 == self.edges.len() { 0 } else { at + 1 };
            let tension = self.potential[edge.v as usize] - self.potential[edge.u as usize];
            let ahead = tension - edge.forward;
            let back = edge.backward - tension;
            if ahead > worst {
                (worst, entering) = (ahead, Some((at as u32, 1)));
            } else if back > worst {
                (worst, entering) = (back, Some((at as u32, -1)));
            }
            until_check -= 1;
            if until_check == 0 {
                if entering.is_some() {
                    return entering;
                }
                until_check = block;
            }
        }
        entering
    }
}

impl Edge {
    fn renew(&mut self, marginal: &Marginal) {
        self.forward = marginal.forward(self.length, self.flow);
        self.backward = marginal.backward(self.length, self.flow);
    }

    /// Cost of one more part out of the end `node`.
    fn slope_from(&self, node: u32) -> i64 {
        if self.u == node { self.forward } else { -self.backward }
    }
}

//! Successive shortest paths for a few units from one node: the engine below pairwise flow.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::num::NonZeroU32;

use crate::graph::Graph;

/// A graph with the price of each unit on each edge.
#[derive(Clone)]
pub(super) struct Network<'g> {
    graph: &'g Graph,
    /// `prices[e * room + j]`: unit j on edge e.
    prices: Vec<i64>,
    /// Units that fit on an edge in one direction.
    room: usize,
    /// Edges that take no load.
    closed: Vec<bool>,
}

impl<'g> Network<'g> {
    /// Unit j on an edge of length d costs d·factors[j], rounded; the factors do not fall. `Err`
    /// is a length whose prices could overflow.
    pub(super) fn new(graph: &'g Graph, factors: &[f64]) -> Result<Network<'g>, i64> {
        let room = factors.len();
        // A unit passes at most n - 1 edges; potentials differ by less than twice such a path.
        let limit = i64::MAX as f64 / (4.0 * (graph.nodes() as f64 + 1.0) * (room as f64 + 1.0));
        let mut prices = Vec::with_capacity(graph.edges() * room);
        for &length in graph.lengths() {
            for (unit, factor) in factors.iter().enumerate() {
                let price = (length as f64 * factor).round();
                if price.is_nan() || price > limit {
                    return Err(length);
                }
                // Integers beyond 2^53 pass through unrounded.
                prices.push(if unit == 0 && *factor == 1.0 { length } else { price as i64 });
            }
        }
        Ok(Network { graph, prices, room, closed: vec![false; graph.edges()] })
    }

    pub(super) fn graph(&self) -> &'g Graph {
        self.graph
    }

    /// From the next start on, edge `e` takes no load, or takes load again.
    pub(super) fn close(&mut self, e: usize, closed: bool) {
        self.closed[e] = closed;
    }

    pub(super) fn is_closed(&self, e: usize) -> bool {
        self.closed[e]
    }

    /// Cost of one more unit on edge `e` in a direction that has load `along` (negative: the
    /// load goes the other way, and is given back).
    pub(super) fn price(&self, e: usize, along: i32) -> Option<i64> {
        if self.closed[e] {
            return None;
        }
        let at = e * self.room;
        match usize::try_from(along) {
            Ok(unit) => (unit < self.room).then(|| self.prices[at + unit]),
            Err(_) => Some(-self.prices[at + along.unsigned_abs() as usize - 1]),
        }
    }

    /// The most units that fit through the edges at a node.
    pub(super) fn room_at(&self, node: usize) -> usize {
        self.room.saturating_mul(self.graph.degree(node))
    }

    /// What a unit on edge `e` costs above the first where the load is `along`, 0 or more; `None` if none fits.
    pub(super) fn more(&self, e: usize, along: i32) -> Option<i64> {
        Some(self.price(e, along.max(0))? - self.prices[e * self.room])
    }

    /// What a unit that goes against a load, `along` below 0, costs: it is given back.
    pub(super) fn refund(&self, e: usize, along: i32) -> i64 {
        -self.prices[e * self.room + along.unsigned_abs() as usize - 1]
    }
}

/// Memory for flows from one source after the other.
pub(super) struct Workspace {
    source: usize,
    /// Geodesics from the source, at most `horizon`.
    start: Vec<i64>,
    /// Optimal potentials of the present flow; those of an empty one are the geodesics.
    potential: Vec<i64>,
    load: Vec<i32>,
    reach: Vec<i64>,
    settled: Vec<bool>,
    /// The next node on the way to the target, and the edge that leads there.
    next: Vec<(u32, u32)>,
    heap: BinaryHeap<Reverse<(i64, u32)>>,
    labeled: Vec<u32>,
    moved: Vec<u32>,
    loaded: Vec<u32>,
    unit_costs: Vec<i64>,
    horizon: i64,
}

const FAR: i64 = i64::MAX;

impl Workspace {
    pub(super) fn new(graph: &Graph) -> Workspace {
        let n = graph.nodes();
        Workspace {
            source: 0,
            start: vec![FAR; n],
            potential: vec![0; n],
            load: vec![0; graph.edges()],
            reach: vec![FAR; n],
            settled: vec![false; n],
            next: vec![(0, 0); n],
            heap: BinaryHeap::new(),
            labeled: Vec::new(),
            moved: Vec::new(),
            loaded: Vec::new(),
            unit_costs: Vec::new(),
            horizon: FAR,
        }
    }

    /// Empty flow from `source`.
    pub(super) fn start(&mut self, network: &Network, source: usize) {
        self.start_within(network, source, FAR);
    }

    /// The same, where units that cost more than `horizon` do not matter: [`Workspace::send`] stops
    /// before the first of them.
    pub(super) fn start_within(&mut self, network: &Network, source: usize, horizon: i64) {
        self.restart();
        self.source = source;
        self.horizon = horizon;
        self.start.fill(FAR);
        self.start[source] = 0;
        self.heap.clear();
        self.heap.push(Reverse((0, source as u32)));
        while let Some(Reverse((distance, node))) = self.heap.pop() {
            if distance > self.start[node as usize] {
                continue;
            }
            for (to, e) in network.graph.neighbors(node as usize) {
                let Some(price) = network.price(e, 0) else { continue };
                let through = distance + price;
                if through < self.start[to] && through <= horizon {
                    self.start[to] = through;
                    self.heap.push(Reverse((through, to as u32)));
                }
            }
        }
        for (potential, &start) in self.potential.iter_mut().zip(&self.start) {
            *potential = start.min(horizon);
        }
    }

    /// Back to the empty flow from the same source.
    pub(super) fn restart(&mut self) {
        for node in self.moved.drain(..) {
            self.potential[node as usize] = self.start[node as usize].min(self.horizon);
        }
        for e in self.loaded.drain(..) {
            self.load[e as usize] = 0;
        }
        self.unit_costs.clear();
    }

    /// Sends up to `units` units to `to` on top of an empty flow; the costs of those that fit.
    pub(super) fn send(&mut self, network: &Network, to: usize, units: NonZeroU32) -> &[i64] {
        for _ in 0..units.get() {
            let reachable = to != self.source && self.start[to] < FAR;
            if !reachable || !self.find_path(network, to) {
                break;
            }
            self.unit_costs.push(self.potential[to] - self.potential[self.source]);
            self.augment(network.graph, to);
        }
        &self.unit_costs
    }

    /// Length of the shortest path from the source, if there is one within the horizon.
    pub(super) fn geodesic(&self, to: usize) -> Option<i64> {
        Some(self.start[to]).filter(|&length| length < FAR)
    }

    pub(super) fn loads(&self) -> &[i32] {
        &self.load
    }

    pub(super) fn potentials(&self) -> Vec<Option<i64>> {
        let known = |(&potential, &start): (&i64, &i64)| (start < FAR).then_some(potential);
        self.potential.iter().zip(&self.start).map(known).collect()
    }

    /// Finds the cheapest way for one more unit, backwards from `to`, and lifts the potentials so
    /// that every arc on it has reduced cost 0; false if there is none within the horizon.
    fn find_path(&mut self, network: &Network, to: usize) -> bool {
        // No label beyond this leads to a unit within the horizon.
        let limit = self.horizon.saturating_sub(self.potential[to] - self.potential[self.source]);
        self.label(to, 0, (0, 0));
        let mut found = None;
        while let Some(Reverse((reach, node))) = self.heap.pop() {
            let node = node as usize;
            if self.settled[node] {
                continue;
            }
            self.settled[node] = true;
            if node == self.source {
                found = Some(reach);
                break;
            }
            for (from, e) in network.graph.neighbors(node) {
                let along = if from < node { self.load[e] } else { -self.load[e] };
                let Some(price) = network.price(e, along) else { continue };
                let reduced = price + self.potential[from] - self.potential[node];
                debug_assert!(reduced >= 0, "the potentials are not optimal");
                let through = reach + reduced;
                if !self.settled[from] && through < self.reach[from] && through <= limit {
                    self.label(from, through, (node as u32, e as u32));
                }
            }
        }
        self.heap.clear();
        for node in self.labeled.drain(..) {
            let at = node as usize;
            if let Some(total) = found.filter(|&total| self.settled[at] && self.reach[at] < total) {
                self.potential[at] += total - self.reach[at];
                self.moved.push(node);
            }
            self.reach[at] = FAR;
            self.settled[at] = false;
        }
        found.is_some()
    }

    fn label(&mut self, node: usize, reach: i64, next: (u32, u32)) {
        if self.reach[node] == FAR {
            self.labeled.push(node as u32);
        }
        self.reach[node] = reach;
        self.next[node] = next;
        self.heap.push(Reverse((reach, node as u32)));
    }

    fn augment(&mut self, graph: &Graph, to: usize) {
        let mut node = self.source;
        while node != to {
            let (next, e) = self.next[node];
            let (smaller, _) = graph.ends(e as usize);
            self.load[e as usize] += if node == smaller { 1 } else { -1 };
            self.loaded.push(e);
            node = next as usize;
        }
    }
}

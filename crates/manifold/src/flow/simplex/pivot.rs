//! A pivot: the cycle that an edge closes, how much is pushed along it, and which edge leaves the tree.

use super::{Edge, Solver, Step};
use crate::flow::Marginal;
use crate::flow::tree::NONE;

impl Solver {
    /// Pushes along the cycle that `edge` closes and exchanges it for a blocking edge.
    pub(super) fn pivot(&mut self, marginal: &Marginal, edge: u32, sign: i64) {
        let apex = self.find_cycle(edge, sign);
        let push = self.steepest_push(marginal);
        let leaving = self.last_blocking(marginal, push);
        let repriced = push > 0 && self.apply(marginal, push, leaving.child);
        if leaving.child != NONE {
            self.exchange(leaving, edge, sign, repriced);
        }
        if repriced {
            self.reprice_below(apex);
        }
    }

    /// Fills `cycle` in its direction, from the apex down to the tail, over the entering edge, and
    /// up from the head; returns the apex.
    fn find_cycle(&mut self, entering: u32, sign: i64) -> u32 {
        let Edge { u, v, .. } = self.edges[entering as usize];
        let (mut tail, mut head) = if sign > 0 { (u, v) } else { (v, u) };
        self.cycle.clear();
        self.uphill.clear();
        while tail != head {
            if self.tree.depth(tail) >= self.tree.depth(head) {
                let step = self.tree_step(tail, true);
                self.cycle.push(step);
                tail = self.tree.parent(tail);
            } else {
                let step = self.tree_step(head, false);
                self.uphill.push(step);
                head = self.tree.parent(head);
            }
        }
        self.cycle.reverse();
        self.cycle.push(Step { edge: entering, sign, child: NONE, down: false });
        self.cycle.extend_from_slice(&self.uphill);
        head
    }

    fn tree_step(&self, child: u32, down: bool) -> Step {
        let edge = self.tree.edge(child);
        let from_child = if self.edges[edge as usize].u == child { 1 } else { -1 };
        Step { edge, sign: if down { -from_child } else { from_child }, child, down }
    }

    /// Slope of the cycle's cost to the right of a push of `push` parts.
    fn slope(&self, marginal: &Marginal, push: i64) -> i64 {
        let slope = |step: &Step| {
            let edge = &self.edges[step.edge as usize];
            marginal.forward(edge.length, step.sign * edge.flow + push)
        };
        self.cycle.iter().map(slope).sum()
    }

    /// The smallest push at which the cycle no longer gets cheaper.
    fn steepest_push(&self, marginal: &Marginal) -> i64 {
        if self.slope(marginal, 0) >= 0 {
            return 0;
        }
        let room = |step: &Step| marginal.room(step.sign * self.edges[step.edge as usize].flow);
        let mut high = self.cycle.iter().map(room).min().unwrap_or(1);
        let mut low = 0;
        let first = high;
        while self.slope(marginal, high) < 0 {
            (low, high) = (high, 2 * high);
        }
        if high == first {
            return high;
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if self.slope(marginal, middle) < 0 { low = middle } else { high = middle }
        }
        high
    }

    /// The last edge of the cycle whose slope rises at `push`.
    fn last_blocking(&self, marginal: &Marginal, push: i64) -> Step {
        let blocks = |step: &&Step| {
            if push == 0 && !step.down {
                return false;
            }
            let edge = &self.edges[step.edge as usize];
            let flow = step.sign * edge.flow + push;
            marginal.forward(edge.length, flow) > marginal.backward(edge.length, flow)
        };
        // A push ends where some slope rises, so there is one.
        self.cycle.iter().rev().find(blocks).copied().unwrap_or(self.cycle[0])
    }

    /// Changes the loads; returns whether a tree edge other than the leaving one changed its price.
    fn apply(&mut self, marginal: &Marginal, push: i64, leaving: u32) -> bool {
        let mut repriced = false;
        for at in 0..self.cycle.len() {
            let step = self.cycle[at];
            let edge = &mut self.edges[step.edge as usize];
            edge.flow += step.sign * push;
            edge.renew(marginal);
            if step.child != NONE && step.child != leaving {
                let parent = self.tree.parent(step.child);
                let drop = self.edges[step.edge as usize].slope_from(step.child);
                let price = self.potential[parent as usize] - drop;
                repriced |= price != self.potential[step.child as usize];
            }
        }
        repriced
    }

    /// Cuts off the subtree below the leaving edge and hangs it on the entering one.
    fn exchange(&mut self, leaving: Step, entering: u32, sign: i64, repriced: bool) {
        let Edge { u, v, .. } = self.edges[entering as usize];
        let (tail, head) = if sign > 0 { (u, v) } else { (v, u) };
        // Edges pushed downwards lie on the tail's side.
        let (inner, outer) = if leaving.down { (tail, head) } else { (head, tail) };
        self.tree.detach(leaving.child);
        self.tree.reroot(inner);
        self.tree.attach(inner, outer, entering);
        if repriced {
            return;
        }
        let drop = self.edges[entering as usize].slope_from(inner);
        let shift = self.potential[outer as usize] - drop - self.potential[inner as usize];
        let mut node = Some(inner);
        while let Some(at) = node {
            self.potential[at as usize] += shift;
            self.tree.set_depth(at, self.tree.depth(self.tree.parent(at)) + 1);
            node = self.tree.after(inner, at);
        }
    }

    /// Recomputes potentials and depths of all nodes below `top`.
    pub(super) fn reprice_below(&mut self, top: u32) {
        let mut node = self.tree.after(top, top);
        while let Some(at) = node {
            let parent = self.tree.parent(at);
            let drop = self.edges[self.tree.edge(at) as usize].slope_from(at);
            self.potential[at as usize] = self.potential[parent as usize] - drop;
            self.tree.set_depth(at, self.tree.depth(parent) + 1);
            node = self.tree.after(top, at);
        }
    }
}

//! Integer marginal costs: what the j-th unit on an edge costs.
//!
//! All costs are fixed-point `i64`: an edge of length d (already an integer, see
//! [`Graph`](crate::graph::Graph)) charges its j-th unit (from 0, in one direction)
//!
//! ```text
//! m(j) = d * multiplier[j] + surcharge[j]
//! ```
//!
//! with `multiplier` in units of 1/[`SCALE`] and `surcharge` zero except above a hard capacity.
//! m(j) never falls in j, so the cost of a load is convex and certificates hold by `==`.

use super::{EdgeCost, FlowError};

/// Multipliers are whole multiples of 1/256: fine enough for any slope a user writes, and it
/// leaves 55 bits of an `i64` for lengths, loads and path lengths.
pub const SCALE: i64 = 256;

/// Nodes squared times [`SCALE`] have to fit 62 bits.
const MOST_NODES: usize = 1 << 27;

/// Parts that a unit is cut into under [`EdgeCost::Quadratic`], whose optimum is fractional. The
/// optimum over multiples of 1/q exceeds the true one by at most sum(d)·lambda/(8·q²).
pub(super) const QUADRATIC_PARTS: usize = 8;

/// Marginal costs of one graph size and cost, shared by all sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marginal {
    /// (multiplier, surcharge) of each unit; the last entry holds for all higher loads.
    units: Vec<(i64, i64)>,
    /// Sums of `units` before each load, and the first and last+1 load of each one's piece.
    before: Vec<(i64, i64)>,
    pieces: Vec<(i64, i64)>,
    parts: usize,
    forbidden: i64,
}

impl Marginal {
    /// Marginals for a one-to-all flow on `nodes` nodes whose kNN graph has `degree` neighbors.
    pub fn new(cost: &EdgeCost, nodes: usize, degree: usize) -> Result<Marginal, FlowError> {
        cost.check()?;
        // So many overflow with edges of any length, see `check_range`.
        if nodes > MOST_NODES {
            return Err(FlowError::Range { nodes, longest: 1 });
        }
        let total = nodes.saturating_sub(1).max(1);
        let even = total.div_ceil(degree.max(1)).max(1);
        let scaled = |slope: f64| (slope * SCALE as f64).round() as i64;
        let mut forbidden = 0;
        let mut parts = 1;
        let units: Vec<(i64, i64)> = match cost {
            EdgeCost::Linear => vec![(SCALE, 0)],
            EdgeCost::Convex { capacity, slopes } => {
                let capacity = capacity.map_or(even, |c| c.get() as usize);
                let last = slopes.len() - 1;
                (0..=total).map(|j| (scaled(slopes[(j / capacity).min(last)]), 0)).collect()
            }
            EdgeCost::Capacitated { capacity } => {
                let capacity = capacity.map_or(2 * even, |c| c.get() as usize);
                // More than any detour over allowed units (see `check_range`), so it is paid only
                // when it must be, and the most that sums of n paths of n edges leave room for.
                forbidden = (1 << 61) / (nodes as i64 * nodes as i64 + 1);
                let allowed = std::iter::repeat_n((SCALE, 0), capacity.min(total));
                allowed.chain(std::iter::repeat_n((0, forbidden), (capacity < total) as usize)).collect()
            }
            EdgeCost::Quadratic { lambda } => {
                parts = QUADRATIC_PARTS;
                // Cost of part j, times the parts per unit: d(1 + lambda(2j + 1)/(2q)).
                let slope = |j: usize| 1.0 + lambda * (2 * j + 1) as f64 / (2 * parts) as f64;
                (0..=total * parts).map(|j| (scaled(slope(j)), 0)).collect()
            }
        };
        let sum = |(m, s): &mut (i64, i64), unit: &(i64, i64)| {
            let before = (*m, *s);
            (*m, *s) = (*m + unit.0, *s + unit.1);
            Some(before)
        };
        let before = units.iter().scan((0, 0), sum).collect();
        Ok(Marginal { pieces: pieces(&units), units, before, parts, forbidden })
    }

    /// Integer parts that one unit of flow consists of (1 but for the quadratic cost).
    #[must_use]
    pub fn parts(&self) -> usize {
        self.parts
    }

    /// The least that a unit costs along a path of length 1: no part is cheaper than the first.
    #[must_use]
    pub fn first_price(&self) -> i64 {
        self.of(1, 0) * self.parts as i64
    }

    /// Cost of part number `load` (from 0) on an edge of length `length`.
    #[inline]
    #[must_use]
    pub fn of(&self, length: i64, load: usize) -> i64 {
        let (multiplier, surcharge) = self.units[load.min(self.units.len() - 1)];
        length * multiplier + surcharge
    }

    /// Cost of one more part toward `+` on an edge that carries the net load `flow`.
    #[inline]
    #[must_use]
    pub fn forward(&self, length: i64, flow: i64) -> i64 {
        if flow >= 0 { self.of(length, flow as usize) } else { -self.of(length, (-flow - 1) as usize) }
    }

    /// Cost that the last part toward `+` added: the slope to the left of `flow`.
    #[inline]
    #[must_use]
    pub fn backward(&self, length: i64, flow: i64) -> i64 {
        -self.forward(length, -flow)
    }

    /// Parts that can be added toward `+` to the net load `flow` before the slope changes.
    #[inline]
    #[must_use]
    pub fn room(&self, flow: i64) -> i64 {
        let piece = |load: i64| self.pieces[(load as usize).min(self.units.len() - 1)];
        if flow >= 0 { piece(flow).1 - flow } else { -flow - piece(-flow - 1).0 }
    }

    /// Total cost of the net load `flow`.
    #[must_use]
    pub fn total(&self, length: i64, flow: i64) -> i64 {
        let load = flow.unsigned_abs() as usize;
        let within = load.min(self.units.len() - 1);
        let (multiplier, surcharge) = self.before[within];
        length * multiplier + surcharge + (load - within) as i64 * self.of(length, within)
    }

    /// Conjugate of the edge cost at tension `tension`: max over f of f·tension − cost(f).
    /// `None` if unbounded, which never happens to an optimal potential.
    #[must_use]
    pub fn conjugate(&self, length: i64, tension: i64) -> Option<i64> {
        let tension = tension.abs();
        if self.of(length, self.units.len() - 1) < tension {
            return None;
        }
        Some((0..self.units.len()).map(|j| tension - self.of(length, j)).take_while(|&gain| gain > 0).sum())
    }

    /// Whether a net load goes over a hard capacity.
    #[must_use]
    pub fn forbids(&self, flow: i64) -> bool {
        let last = self.units.len() - 1;
        self.forbidden > 0 && self.units[last].1 > 0 && flow.unsigned_abs() as usize > last
    }

    /// Fails unless every sum of costs over a graph of `nodes` nodes and longest edge `longest`
    /// fits an `i64`.
    pub fn check_range(&self, nodes: usize, longest: i64) -> Result<(), FlowError> {
        let multiplier = self.units.iter().map(|u| u.0).max().unwrap_or(SCALE);
        let dearest = longest as i128 * multiplier as i128 + self.forbidden as i128;
        let path = dearest * nodes as i128;
        let all = path * nodes as i128 * self.parts as i128;
        let detour = longest as i128 * SCALE as i128 * nodes as i128;
        if all >= 1 << 62 || (self.forbidden > 0 && detour >= self.forbidden as i128) {
            return Err(FlowError::Range { nodes, longest });
        }
        Ok(())
    }
}

/// First and last+1 load of the piece that each unit lies in; the last piece never ends.
fn pieces(units: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let mut pieces = Vec::with_capacity(units.len());
    for run in units.chunk_by(|a, b| a == b) {
        let first = pieces.len() as i64;
        let end = if pieces.len() + run.len() == units.len() { 1 << 40 } else { first + run.len() as i64 };
        pieces.extend(std::iter::repeat_n((first, end), run.len()));
    }
    pieces
}

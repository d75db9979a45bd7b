//! Independent solvers that the flow tests compare with: LEMON for integer costs, Clarabel for
//! the quadratic one.
//!
//! LEMON (Debian: `liblemon-dev`) and a C++ compiler must be installed; a machine without them
//! may set `SEETHRU_WITHOUT_LEMON=1`; the tests that need them then print that they are skipped.
#![allow(dead_code)]

pub mod clarabel;
pub mod lemon;

use lemon::Piece;
use manifold::flow::Marginal;

/// The parallel arcs that stand for an edge of `length` under `marginal`.
pub fn pieces(marginal: &Marginal, length: i64) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut load = 0;
    loop {
        let room = marginal.room(load);
        if marginal.forbids(load + 1) {
            return pieces;
        }
        let endless = room > i64::from(u32::MAX);
        let cost = marginal.of(length, load as usize);
        pieces.push(Piece { capacity: (!endless).then_some(room), cost });
        if endless {
            return pieces;
        }
        load += room;
    }
}

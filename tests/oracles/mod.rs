//! Independent solvers that the flow tests compare with: LEMON for integer costs, Clarabel for
//! the quadratic one.
//!
//! LEMON (Debian: `liblemon-dev`) and a C++ compiler must be installed; a machine without them
//! may set `SEETHRU_WITHOUT_LEMON=1`, then the tests that need them print that they are skipped.
#![allow(dead_code)]

pub mod clarabel;
pub mod lemon;

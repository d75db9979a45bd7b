//! `seethru batch`: what is named, planned, written, recorded and skipped.

#[allow(dead_code, reason = "each harness uses its part")]
mod ending;
#[cfg(unix)]
mod killed;
mod naming;
mod options;
mod planning;
#[allow(dead_code, reason = "each harness uses its part")]
mod resuming;
mod support;

//! `seethru compare` from end to end: the table, files, refusals, failures of single methods, interruption.

#[allow(dead_code, reason = "each harness uses its part")]
mod comparing;
#[cfg(unix)]
mod interrupted;
#[allow(dead_code, reason = "each harness uses its part")]
mod refused;

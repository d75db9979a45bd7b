//! `seethru compare` from end to end: the table, files, refusals, failures of single methods, interruption.
#![cfg(all(feature = "cli", feature = "video"))]

#[allow(dead_code, reason = "each harness uses its part")]
#[path = "support/clips.rs"]
mod clips;
#[path = "compare/comparing.rs"]
mod comparing;
#[cfg(unix)]
#[path = "compare/interrupted.rs"]
mod interrupted;
#[allow(dead_code, reason = "each harness uses its part")]
#[path = "support/program.rs"]
mod program;
#[path = "compare/refused.rs"]
mod refused;

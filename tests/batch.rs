//! `seethru batch`: what is named, planned, written, recorded and passed over.
#![cfg(all(feature = "cli", feature = "video"))]

#[allow(dead_code, reason = "each harness uses its part")]
#[path = "support/clips.rs"]
mod clips;
#[path = "batch/ending.rs"]
mod ending;
#[cfg(unix)]
#[path = "batch/killed.rs"]
mod killed;
#[path = "batch/naming.rs"]
mod naming;
#[path = "batch/options.rs"]
mod options;
#[path = "batch/planning.rs"]
mod planning;
#[allow(dead_code, reason = "each harness uses its part")]
#[path = "support/program.rs"]
mod program;
#[path = "batch/resuming.rs"]
mod resuming;
#[path = "batch/support.rs"]
mod support;

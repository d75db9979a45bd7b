//! The program from end to end: pictures, reports, talk and interruption.
#![cfg(all(feature = "cli", feature = "video"))]

#[allow(dead_code, reason = "each harness uses its part")]
#[path = "support/clips.rs"]
mod clips;
#[cfg(unix)]
#[path = "program/interrupted.rs"]
mod interrupted;
#[cfg(target_os = "linux")]
#[path = "program/memory.rs"]
mod memory;
#[allow(dead_code, reason = "each harness uses its part")]
#[path = "support/program.rs"]
mod program;
#[path = "program/restoring.rs"]
mod restoring;

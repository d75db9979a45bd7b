//! `seethru embed`, `knn` and `quality` from end to end: files in, coordinates and plots out.
#![cfg(all(feature = "cli", feature = "video"))]

#[allow(dead_code, reason = "each harness uses its part")]
#[path = "support/clips.rs"]
mod clips;
#[path = "embed/inputs.rs"]
mod inputs;
#[cfg(unix)]
#[path = "embed/interrupted.rs"]
mod interrupted;
#[path = "embed/methods.rs"]
mod methods;
#[path = "embed/neighbors.rs"]
mod neighbors;
#[allow(dead_code, reason = "each harness uses its part")]
#[path = "support/program.rs"]
mod program;
#[path = "embed/quality.rs"]
mod quality;
#[path = "embed/refused.rs"]
mod refused;
#[path = "embed/tables.rs"]
mod tables;

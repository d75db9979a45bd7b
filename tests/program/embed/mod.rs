//! `seethru embed`, `knn` and `quality` from end to end: files in, coordinates and plots out.

#[allow(dead_code, reason = "each harness uses its part")]
mod inputs;
#[cfg(unix)]
mod interrupted;
mod methods;
mod neighbors;
#[allow(dead_code, reason = "each harness uses its part")]
mod quality;
mod refused;
pub mod tables;

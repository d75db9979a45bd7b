//! `seethru embed`, `knn` and `quality` from end to end: files in, coordinates and plots out.

mod inputs;
#[cfg(unix)]
mod interrupted;
mod methods;
mod neighbors;
mod quality;
mod refused;
pub mod tables;

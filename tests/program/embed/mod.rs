//! `seethru embed`, `knn` and `quality` from end to end: files in, coordinates and plots out.

mod columns;
mod inputs;
#[cfg(unix)]
mod interrupted;
#[cfg(unix)]
mod limits;
mod methods;
mod neighbors;
mod parquet;
mod quality;
mod refused;
mod sparse;
pub mod tables;
mod text;

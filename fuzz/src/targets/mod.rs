//! One file for each target: a function of the fuzzer's bytes.

mod cost;
mod csv;
mod flow;
mod graph;
mod images;
mod lists;
mod manifest;
mod model;
mod npy_header;
mod npz;
mod parquet;
mod toml;
mod y4m;

pub use cost::run as cost;
pub use csv::run as csv;
pub use flow::run as flow;
pub use graph::run as graph;
pub use images::run as images;
pub use lists::run as lists;
pub use manifest::run as manifest;
pub use model::run as model;
pub use npy_header::run as npy_header;
pub use npz::run as npz;
pub use parquet::run as parquet;
pub use toml::run as toml;
pub use y4m::run as y4m;

/// A target.
pub type Target = fn(&[u8]);

/// The target of this name.
pub fn named(name: &str) -> Option<Target> {
    Some(match name {
        "cost" => cost,
        "csv" => csv,
        "flow" => flow,
        "graph" => graph,
        "images" => images,
        "lists" => lists,
        "manifest" => manifest,
        "model" => model,
        "npy_header" => npy_header,
        "npz" => npz,
        "parquet" => parquet,
        "toml" => toml,
        "y4m" => y4m,
        _ => return None,
    })
}

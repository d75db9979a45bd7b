//! What is told about a restoration: the machine-readable [`Report`], and a self-contained page.
//!
//! ```
//! use crate::cli::report::maps::{Palette, map};
//!
//! // Two places of a grid, colored from the least to the greatest value.
//! let picture = map(&[0.0, 1.0], 2, (0.0, 1.0), Palette::Viridis);
//! let png = crate::cli::report::encode_png(&picture)?;
//! assert_eq!(&png[1..4], b"PNG");
//! # Ok::<(), crate::cli::report::ReportError>(())
//! ```

mod compare_page;
pub mod comparison;
mod describe;
mod figure;
mod inspect_json;
mod inspect_page;
mod json;
pub mod maps;
mod page;
mod place_maps;
mod png;
mod restore_page;
mod statistics;
mod wave_maps;

pub use compare_page::compare_page;
pub use inspect_json::{INSPECT_SCHEMA, InspectReport, InspectRun};
pub use inspect_page::inspect_page;
pub use json::{InputReport, MemoryReport, OutputReport, PlacesReport, Report, Run, SCHEMA, StageTime};
pub use png::{encode_png, png_data_uri};
pub use restore_page::page;
pub use statistics::{Histogram, Spread, Tally};

/// Why a report could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    #[error("a picture of the report could not be encoded as PNG")]
    Png(#[from] image::ImageError),
    #[error("the report page could not be rendered")]
    Template(#[from] minijinja::Error),
    #[error("the report could not be written as JSON")]
    Json(#[from] serde_json::Error),
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod wave_tests;

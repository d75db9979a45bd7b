//! What is reported about a restoration: the machine-readable [`Report`], and a self-contained page.

mod batch_page;
mod compare_page;
pub(crate) mod comparison;
pub(super) mod describe;
mod figure;
mod inspect_json;
mod inspect_page;
mod json;
pub(crate) mod maps;
mod page;
mod place_maps;
mod png;
mod restore_page;
mod statistics;
mod surface_maps;
mod wave_maps;

pub(crate) use batch_page::{BatchCard, BatchPage, batch_page, thumbnail};
pub(crate) use compare_page::compare_page;
pub(crate) use inspect_json::{InspectReport, InspectRun};
pub(crate) use inspect_page::inspect_page;
pub(crate) use json::{InputReport, Report, Run, StageTime, SurfaceRun};
pub(crate) use png::png_data_uri;
pub(crate) use restore_page::{page, picture_of_page};

/// Why a report could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReportError {
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

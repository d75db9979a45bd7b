//! Pictures of embeddings: SVG and PNG, legible as they come.
//!
//! Axes, legends and text come from the `kuva` crate, which carries its own font. Points beyond a few
//! thousand and pictures are laid into the SVG as one embedded PNG, so that its size does not grow
//! with the data. The same input gives the same bytes.

mod axes;
mod beside;
mod color;
mod curves;
mod dictionary;
mod key;
mod labels;
mod layer;
mod montage;
mod place;
mod scatter;
mod shepard;
#[cfg(test)]
mod tests;
mod thumbnails;

use std::io::Cursor;
use std::path::Path;

use base64::Engine;
use image::codecs::png::{PngDecoder, PngEncoder};
use image::{DynamicImage, ImageBuffer, PixelWithColorType, RgbaImage};
use kuva::backend::png::PngBackend;
use kuva::backend::svg::SvgBackend;
use kuva::render::render::{Primitive, Scene};

use seethru::output::{StillError, write_whole};

pub(crate) use beside::{around, beside, overlap};
pub(crate) use curves::{scree, spectrum};
pub(crate) use dictionary::dictionary;
pub(crate) use labels::Labels;
pub(crate) use montage::{Panel, montage};
pub(crate) use place::{PlaceCenter, PlaceChart, PlaceFigure, place};
pub(crate) use scatter::scatter;
pub(crate) use shepard::{Dissimilarities, shepard};
pub(crate) use thumbnails::{Thumbnails, thumbnails};

use layer::{Layer, Tile};

/// Widest PNG.
const WIDEST: u32 = 8192;
/// Pixels per unit of a PNG, and its width at most: a plot of the usual width is 1600 pixels wide.
const PNG_SCALE: f64 = 2.5;
const PNG_WIDTH: f64 = 2560.0;
/// Pixels per unit of the embedded PNG of an SVG: sharp on a dense display.
const SVG_SCALE: f64 = 3.0;

/// Why the plot could not be drawn.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlotError {
    #[error("{given} labels for {wanted} points")]
    Labels { given: usize, wanted: usize },
    #[error("{given} pictures for {wanted} points")]
    Pictures { given: usize, wanted: usize },
    #[error("{values} values are not pictures of {width} x {height}")]
    Shape { values: usize, width: usize, height: usize },
    #[error("axis {axis} of an embedding in {dimensions} dimensions")]
    Axis { axis: usize, dimensions: usize },
    #[error("class {class} of {classes}")]
    Class { class: usize, classes: usize },
    #[error("patch {node} of {nodes}")]
    Node { node: u32, nodes: usize },
    #[error("there is nothing to plot")]
    Empty,
    #[error("{what} {index} is not a finite number")]
    NotFinite { what: &'static str, index: usize },
    #[error("{width} pixels wide: from 100 to {WIDEST} are possible")]
    Width { width: u32 },
    #[error("{path}: plots are written as .svg or .png")]
    Extension { path: String },
    #[error("the picture cannot be encoded: {0}")]
    Encode(String),
    #[error(transparent)]
    Write(#[from] StillError),
}

/// A plot, ready to be written.
pub(crate) struct Plot {
    /// Axes and keys; its elements lie below the layer.
    below: Scene,
    layer: Layer,
    /// Text on the layer.
    above: Vec<Primitive>,
}

impl std::fmt::Debug for Plot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Plot({} x {})", self.below.width, self.below.height)
    }
}

impl Plot {
    /// As an SVG document without outside references.
    pub(crate) fn to_svg(&self) -> Result<String, PlotError> {
        let backend = SvgBackend::new();
        let mut svg = backend.render_scene(&self.below);
        svg.truncate(svg.rfind("</svg>").unwrap_or(svg.len()));
        if self.layer.apart {
            for tile in &self.layer.tiles {
                svg += &apart(tile)?;
            }
        } else if let Some(picture) = self.layer.rasterize(SVG_SCALE) {
            let Layer { x, y, width, height, .. } = self.layer;
            svg += &embedded([x, y, width, height], "", &encode(&picture)?);
        }
        let above = backend.render_scene(&self.above_on(None));
        svg += above.split_once('>').map_or("", |(_, inner)| inner);
        Ok(svg)
    }

    /// As a PNG, `width` pixels wide (100 to 8192).
    pub(crate) fn to_png(&self, width: u32) -> Result<Vec<u8>, PlotError> {
        if !(100..=WIDEST).contains(&width) {
            return Err(PlotError::Width { width });
        }
        let scale = f64::from(width) / self.below.width;
        let mut picture = raster(&self.below, scale)?;
        if let Some(layer) = self.layer.rasterize(scale) {
            let (x, y) = ((self.layer.x * scale).round() as i64, (self.layer.y * scale).round() as i64);
            image::imageops::overlay(&mut picture, &layer, x, y);
        }
        if !self.above.is_empty() {
            // On white and on black paper: what differs between the two is paper that shows through.
            let on = |paper| raster(&self.above_on(Some(paper)), scale);
            let (white, black) = (on("white")?, on("black")?);
            for (pixel, (white, black)) in picture.pixels_mut().zip(white.pixels().zip(black.pixels())) {
                for ((value, white), black) in pixel.0.iter_mut().zip(white.0).zip(black.0).take(3) {
                    let through = u32::from(white.saturating_sub(black)) * u32::from(*value);
                    *value = black.saturating_add(((through + 127) / 255) as u8);
                }
            }
        }
        encode(&picture)
    }

    /// Writes an SVG or a PNG (1600 pixels wide, the figure of a place 2560), as the extension says, whole or not at all.
    pub(crate) fn write(&self, path: &Path) -> Result<(), PlotError> {
        let name = || path.display().to_string();
        let extension = path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase);
        let bytes = match extension.as_deref() {
            Some("svg") => self.to_svg()?.into_bytes(),
            Some("png") => self.to_png((self.below.width * PNG_SCALE).min(PNG_WIDTH) as u32)?,
            _ => return Err(PlotError::Extension { path: name() }),
        };
        Ok(write_whole(path, &bytes)?)
    }

    fn above_on(&self, background: Option<&str>) -> Scene {
        let mut scene = Scene::new(self.below.width, self.below.height).with_background(background);
        scene.font_family.clone_from(&self.below.font_family);
        scene.elements.clone_from(&self.above);
        scene
    }
}

/// A tile and its frame as elements of an SVG; enlarged pixels stay square.
fn apart(tile: &Tile) -> Result<String, PlotError> {
    let Tile { x, y, width, height, picture, frame } = tile;
    let mut svg = String::new();
    if let Some(([r, g, b], edge)) = frame {
        let (left, top, wide, high) = (x - edge, y - edge, width + 2.0 * edge, height + 2.0 * edge);
        svg += &format!(
            r##"<rect x="{left:.2}" y="{top:.2}" width="{wide:.2}" height="{high:.2}" fill="#{r:02x}{g:02x}{b:02x}"/>"##
        );
    }
    let gray = DynamicImage::ImageRgb8(picture.clone()).into_luma8();
    let same = picture.pixels().zip(gray.pixels()).all(|(color, gray)| color.0 == [gray.0[0]; 3]);
    let file = if same { encode(&gray)? } else { encode(picture)? };
    Ok(svg + &embedded([*x, *y, *width, *height], r#" style="image-rendering:pixelated""#, &file))
}

/// A PNG file as an element of an SVG.
fn embedded([x, y, width, height]: [f64; 4], style: &str, file: &[u8]) -> String {
    let data = base64::engine::general_purpose::STANDARD.encode(file);
    format!(
        r#"<image x="{x:.2}" y="{y:.2}" width="{width:.2}" height="{height:.2}" preserveAspectRatio="none"{style} href="data:image/png;base64,{data}"/>"#
    )
}

fn raster(scene: &Scene, scale: f64) -> Result<RgbaImage, PlotError> {
    let bytes = PngBackend::new().with_scale(scale as f32).render_scene(scene).map_err(PlotError::Encode)?;
    let decoded = PngDecoder::new(Cursor::new(bytes)).and_then(DynamicImage::from_decoder);
    Ok(decoded.map_err(|error| PlotError::Encode(error.to_string()))?.into_rgba8())
}

fn encode<P>(picture: &ImageBuffer<P, Vec<u8>>) -> Result<Vec<u8>, PlotError>
where
    P: PixelWithColorType<Subpixel = u8>,
{
    let mut bytes = Vec::new();
    picture
        .write_with_encoder(PngEncoder::new(&mut bytes))
        .map_err(|error| PlotError::Encode(error.to_string()))?;
    Ok(bytes)
}

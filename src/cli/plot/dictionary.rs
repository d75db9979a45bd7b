//! Components as pictures.

use image::{Rgb as Pixel, RgbImage};
use kuva::render::render::{Scene, TextAnchor};

use super::axes::{TEXT, WIDTH, text};
use super::color;
use super::layer::{Layer, Tile};
use super::{Plot, PlotError};

/// Share of a cell that its picture fills.
const FILL: f64 = 0.92;
/// Height of the line below a picture.
const CAPTION: f64 = 20.0;
const EDGE: f64 = 12.0;

/// Components (`width * height` values each, row by row from the top, one behind the other) in a grid,
/// numbered from 1. Where none is negative (NMF), zero is white and the largest value of each component
/// black; else blue is negative, white zero and vermilion positive, each component to its own scale.
pub(crate) fn dictionary(components: &[f64], width: usize, height: usize) -> Result<Plot, PlotError> {
    let size = width * height;
    if size == 0 || !components.len().is_multiple_of(size) {
        return Err(PlotError::Shape { values: components.len(), width, height });
    }
    if components.is_empty() {
        return Err(PlotError::Empty);
    }
    if let Some(at) = components.iter().position(|value| !value.is_finite()) {
        return Err(PlotError::NotFinite { what: "component", index: at / size });
    }
    let count = components.len() / size;
    let shape = height as f64 / width as f64;
    let columns = columns(count, shape);
    let cell = (WIDTH - 2.0 * EDGE) / columns as f64;
    let picture_width = if shape > 4.0 { cell * FILL * 4.0 / shape } else { cell * FILL };
    let pitch = picture_width * shape + CAPTION + 6.0;
    let rows = count.div_ceil(columns) as f64;
    let mut scene = Scene::new(WIDTH, EDGE + rows * pitch + EDGE);
    scene.font_family = Some(super::axes::FONTS.into());
    let mut layer = Layer { width: WIDTH, height: scene.height, ..Layer::default() };
    let signed = components.iter().any(|&value| value < 0.0);
    for (i, component) in components.chunks_exact(size).enumerate() {
        let x = EDGE + (i % columns) as f64 * cell + (cell - picture_width) / 2.0;
        let y = EDGE + (i / columns) as f64 * pitch;
        let height = picture_width * shape;
        let picture = picture(component, width, signed);
        layer.tiles.push(Tile { x, y, width: picture_width, height, picture, frame: Some(([0xb0; 3], 0.7)) });
        let below = (x + picture_width / 2.0, y + height + CAPTION - 4.0);
        scene.add(text(below, &(i + 1).to_string(), TEXT - 1, TextAnchor::Middle));
    }
    Ok(Plot { below: scene, layer, above: Vec::new() })
}

/// Columns that make the grid about as high as wide.
fn columns(count: usize, shape: f64) -> usize {
    let square = (count as f64 * shape.clamp(0.25, 4.0)).sqrt().round() as usize;
    square.clamp(1, count).min(20)
}

fn picture(component: &[f64], width: usize, signed: bool) -> RgbImage {
    let largest = component.iter().fold(0.0f64, |a, &b| a.max(b.abs()));
    let scale = if largest > 0.0 { 1.0 / largest } else { 0.0 };
    RgbImage::from_fn(width as u32, (component.len() / width) as u32, |x, y| {
        let value = component[y as usize * width + x as usize] * scale;
        if signed { Pixel(color::signed(value)) } else { Pixel([((1.0 - value) * 255.0).round() as u8; 3]) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grids_are_about_square() {
        assert_eq!(columns(25, 1.0), 5);
        assert_eq!(columns(1, 1.0), 1);
        assert_eq!(columns(3, 100.0), 3);
        assert_eq!(columns(8, 0.5), 2);
    }

    #[test]
    fn parts_are_ink_on_paper() {
        let part = picture(&[0.0, 2.0, 4.0, 0.0], 2, false);
        assert_eq!((part.get_pixel(0, 0).0, part.get_pixel(0, 1).0), ([255; 3], [0; 3]));
        assert_eq!(picture(&[0.0; 4], 2, true).get_pixel(1, 1).0, [255; 3]);
    }
}

//! Pictures at their points.

use std::collections::HashMap;

use image::imageops::{self, FilterType};
use image::{Rgb as Pixel, RgbImage};
use rand::seq::SliceRandom;

use super::labels::Key;
use super::layer::{Layer, Tile};
use super::scatter::Sheet;
use super::{Labels, Plot, PlotError};
use manifold::embed::Embedding;
use manifold::points::Points;

/// Longer side of a thumbnail, in units of the plot.
const SIDE: f64 = 24.0;
/// Most pixels of the longer side that are kept.
const KEPT: u32 = 128;
/// Width of the frame in the color of the label.
const FRAME: f64 = 1.5;

/// One picture for each point, all of one size.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Thumbnails {
    pictures: Vec<RgbImage>,
}

impl Thumbnails {
    /// Any pictures; large ones are made small at once.
    pub(crate) fn new(pictures: impl IntoIterator<Item = RgbImage>) -> Thumbnails {
        let small = |picture: RgbImage| {
            let longer = picture.width().max(picture.height());
            if longer <= KEPT {
                return picture;
            }
            let size = |length: u32| (length * KEPT / longer).max(1);
            imageops::resize(&picture, size(picture.width()), size(picture.height()), FilterType::Triangle)
        };
        Thumbnails { pictures: pictures.into_iter().map(small).collect() }
    }

    pub(super) fn pictures(&self) -> &[RgbImage] {
        &self.pictures
    }

    /// Each point is a gray picture, row by row from the top; the least of all values is black, the
    /// greatest white.
    pub(crate) fn from_points(points: &Points, width: usize, height: usize) -> Result<Thumbnails, PlotError> {
        if width * height != points.dimensions() {
            return Err(PlotError::Shape { values: points.dimensions(), width, height });
        }
        let (low, high) = points
            .values()
            .iter()
            .fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), &v| (low.min(v), high.max(v)));
        let span = if high > low { high - low } else { 1.0 };
        let gray = |value: f32| ((value - low) / span * 255.0).round() as u8;
        let picture = |i: usize| {
            let row = points.row(i);
            RgbImage::from_fn(width as u32, height as u32, |x, y| {
                Pixel([gray(row[y as usize * width + x as usize]); 3])
            })
        };
        Ok(Thumbnails::new((0..points.n()).map(picture)))
    }
}

/// The pictures at their points, framed in the colors of the labels: as many as fit without one lying
/// on another, taken in a random order.
pub(crate) fn thumbnails(
    embedding: &Embedding,
    labels: &Labels,
    thumbnails: &Thumbnails,
    seed: u64,
) -> Result<Plot, PlotError> {
    let given = thumbnails.pictures.len();
    if given != embedding.n() {
        return Err(PlotError::Pictures { given, wanted: embedding.n() });
    }
    let sheet = Sheet::new(embedding, labels, seed)?;
    let mut order: Vec<usize> = (0..given).collect();
    order.shuffle(&mut super::scatter::random(seed));
    let [x, y, width, height] = sheet.frame.inside();
    let mut layer = Layer { x, y, width, height, ..Layer::default() };
    let mut taken = Taken::new(SIDE + 2.0 * FRAME);
    for i in order {
        let (center, picture) = (sheet.places[i], &thumbnails.pictures[i]);
        if !taken.take(center) {
            continue;
        }
        let longer = f64::from(picture.width().max(picture.height()).max(1));
        let (w, h) =
            (SIDE * f64::from(picture.width()) / longer, SIDE * f64::from(picture.height()) / longer);
        let frame = (sheet.key != Key::None).then_some((sheet.colors[i], FRAME));
        let picture = picture.clone();
        layer.tiles.push(Tile {
            x: center.0 - w / 2.0,
            y: center.1 - h / 2.0,
            width: w,
            height: h,
            picture,
            frame,
        });
    }
    Ok(Plot { below: sheet.frame.scene, layer, above: Vec::new() })
}

/// Squares of one size that do not overlap, found by the cell of that size their centers lie in.
struct Taken {
    side: f64,
    cells: HashMap<(i64, i64), Vec<(f64, f64)>>,
}

impl Taken {
    fn new(side: f64) -> Taken {
        Taken { side, cells: HashMap::new() }
    }

    /// Whether a square around `center` was still free; it no longer is.
    fn take(&mut self, center: (f64, f64)) -> bool {
        let cell = |v: f64| (v / self.side).floor() as i64;
        let (across, down) = (cell(center.0), cell(center.1));
        let near =
            |at: &(f64, f64)| (at.0 - center.0).abs() < self.side && (at.1 - center.1).abs() < self.side;
        let around = (across - 1..=across + 1).flat_map(|x| (down - 1..=down + 1).map(move |y| (x, y)));
        if around.filter_map(|cell| self.cells.get(&cell)).flatten().any(near) {
            return false;
        }
        self.cells.entry((across, down)).or_default().push(center);
        true
    }
}

//! An embedding as points in the plane.
//!
//! In two dimensions or more, the first two are shown, with one unit for both unless one spans more than
//! eight times the other; one dimension becomes a strip, a row for each class. Points are drawn in a
//! random order, so that no class hides another by its number.

use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

use super::axes::{Axes, Frame, WIDTH, disc};
use super::color::Rgb;
use super::key::name_classes;
use super::labels::{Key, colors};
use super::layer::{Discs, Layer};
use super::{Labels, Plot, PlotError};
use manifold::embed::Embedding;

/// Points up to which the SVG keeps each as a circle.
const VECTOR: usize = 3000;
/// Share of the plot that points would cover if none lay on another, and the limits of their radius.
const COVER: f64 = 0.12;
const RADIUS: (f64, f64) = (0.8, 4.5);
/// Largest ratio of spans that still shares one unit.
const EQUAL: f64 = 8.0;

/// An embedding, its labels and the axes they lie on.
pub(super) struct Sheet {
    pub(crate) frame: Frame,
    /// Places on the plot.
    pub(crate) places: Vec<(f64, f64)>,
    pub(crate) colors: Vec<Rgb>,
    pub(crate) key: Key,
}

/// The points of an embedding, colored by their labels; `seed` is of the order in which they are drawn.
pub(crate) fn scatter(embedding: &Embedding, labels: &Labels, seed: u64) -> Result<Plot, PlotError> {
    let sheet = Sheet::new(embedding, labels, seed)?;
    let mut order: Vec<usize> = (0..sheet.places.len()).collect();
    order.shuffle(&mut random(seed));
    let discs = sheet.discs(&order);
    let Sheet { mut frame, places, key, .. } = sheet;
    let [x, y, width, height] = frame.inside();
    let radius = discs.radius;
    let mut layer = Layer { x, y, width, height, ..Layer::default() };
    if places.len() > VECTOR {
        layer.discs = discs;
    } else {
        for (&center, &color) in discs.centers.iter().zip(&discs.colors) {
            frame.scene.add(disc(center, discs.radius, color, discs.opacity));
        }
    }
    let mut plot = Plot { below: frame.scene, layer, above: Vec::new() };
    if let (Key::Classes(classes, _), true) = (&key, embedding.dimensions() > 1) {
        name_classes(&mut plot, classes, &places, radius);
    }
    Ok(plot)
}

impl Sheet {
    pub(crate) fn new(embedding: &Embedding, labels: &Labels, seed: u64) -> Result<Sheet, PlotError> {
        if embedding.n() == 0 {
            return Err(PlotError::Empty);
        }
        if let Some(at) = embedding.coordinates().iter().position(|value| !value.is_finite()) {
            return Err(PlotError::NotFinite { what: "point", index: at / embedding.dimensions() });
        }
        let (colors, key) = colors(labels, embedding.n())?;
        let dimensions = embedding.dimensions();
        let (points, rows) =
            if dimensions == 1 { strip(embedding, &key, seed) } else { (plane(embedding), None) };
        let (x, y) = (range(points.iter().map(|p| p.0)), range(points.iter().map(|p| p.1)));
        let names = [1, 2].map(|axis| match dimensions {
            1 | 2 => format!("axis {axis}"),
            _ => format!("axis {axis} of {dimensions}"),
        });
        let flat = dimensions == 1;
        let mut axes = Axes {
            x,
            y: if flat { (0.5, rows.as_ref().map_or(1, Vec::len) as f64 + 0.5) } else { y },
            x_label: &names[0],
            y_label: if flat { "" } else { &names[1] },
            rows,
            ..Axes::default()
        };
        let ratio = (x.1 - x.0) / (y.1 - y.0);
        axes.equal = !flat && (1.0 / EQUAL..=EQUAL).contains(&ratio);
        let key = if axes.rows.as_ref().is_some_and(|rows| !rows[0].is_empty()) { Key::None } else { key };
        key.reserve(&mut axes);
        let inside = WIDTH - 55.0 - axes.right;
        let shape = if axes.equal { (1.0 / ratio).clamp(0.4, 1.1) } else { 0.8 };
        axes.height = match &axes.rows {
            Some(rows) => 150.0 + 44.0 * rows.len() as f64,
            None => (inside * shape + 110.0).max(axes.height.min(600.0)),
        };
        let mut frame = axes.draw();
        key.draw(&mut frame);
        let places = points.into_iter().map(|(x, y)| frame.place(x, y)).collect();
        Ok(Sheet { frame, places, colors, key })
    }

    fn discs(&self, order: &[usize]) -> Discs {
        let n = self.places.len() as f64;
        let [_, _, width, height] = self.frame.inside();
        let fitting = (COVER * width * height / (n * std::f64::consts::PI)).sqrt();
        Discs {
            centers: order.iter().map(|&i| self.places[i]).collect(),
            colors: order.iter().map(|&i| self.colors[i]).collect(),
            radius: fitting.clamp(RADIUS.0, RADIUS.1),
            // From nearly opaque up to a thousand points to half for a hundred thousand.
            opacity: (0.85 - 0.175 * (n / 1000.0).log10()).clamp(0.4, 0.85),
        }
    }
}

/// The first two axes.
fn plane(embedding: &Embedding) -> Vec<(f64, f64)> {
    (0..embedding.n()).map(|i| (embedding.point(i)[0], embedding.point(i)[1])).collect()
}

/// Points of a line, spread upwards at random within the row of their class; names of the rows.
fn strip(embedding: &Embedding, key: &Key, seed: u64) -> (Vec<(f64, f64)>, Option<Vec<String>>) {
    let mut rows = vec![0.0; embedding.n()];
    let mut names = vec![String::new()];
    if let Key::Classes(classes, 0) = key {
        names = classes.iter().map(|class| class.name.clone()).collect();
        for (row, class) in classes.iter().enumerate() {
            class.points.iter().for_each(|&i| rows[i] = row as f64);
        }
    }
    let mut numbers = random(seed);
    let points = rows.iter().zip(embedding.coordinates());
    let points = points.map(|(row, &x)| (x, row + numbers.random_range(0.7..1.3))).collect();
    (points, Some(names))
}

/// The random numbers of a plot.
pub(super) fn random(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// The span of the values and a little around it.
pub(super) fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) =
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    let span = high - low;
    if span > low.abs().max(high.abs()) * 1e-12 {
        (low - 0.03 * span, high + 0.03 * span)
    } else {
        let beside = if low == 0.0 { 1.0 } else { low.abs() * 0.1 };
        (low - beside, high + beside)
    }
}

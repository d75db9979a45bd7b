//! One chart: the graph, the patches on it, and the paths to the centers.

use kuva::render::color::Color;
use kuva::render::render::{PathData, Primitive, TextAnchor};
use kuva::render::render_utils::compute_tick_step;

use super::super::axes::{disc, line, rectangle, text};
use super::super::beside::{Plate, around, beside, overlap};
use super::super::color::{GRAY, Rgb};
use super::super::layer::Tile;
use manifold::embed::Embedding;

use super::{PlaceFigure, Plot, SMALL, cased, dashed};

/// Free between the patches and the frame.
const INSET: f64 = 42.0;
/// Sides of the thumbnails of a center, of a far patch, and of any other.
const CENTER: f64 = 42.0;
const FAR: f64 = 34.0;
const OTHER: f64 = 26.0;
/// A path is kept clear of thumbnails at points this far apart.
const CLEAR: f64 = 5.0;

pub(super) struct Chart<'a> {
    figure: &'a PlaceFigure<'a>,
    half: usize,
    frame: [f64; 4],
    places: Vec<(f64, f64)>,
    /// Units of the embedding per unit of the plot.
    unit: f64,
}

impl<'a> Chart<'a> {
    pub(crate) fn new(figure: &'a PlaceFigure<'a>, half: usize, frame: [f64; 4]) -> Chart<'a> {
        let embedding = figure.charts[half].embedding;
        let ((left, right), (low, high)) = (range(embedding, 0), range(embedding, 1));
        let [x, y, width, height] = frame;
        let across = (right - left) / (width - 2.0 * INSET);
        let unit = across.max((high - low) / (height - 2.0 * INSET)).max(f64::MIN_POSITIVE);
        let middle = ((left + right) / 2.0, (low + high) / 2.0);
        let place = |i: usize| {
            let point = embedding.point(i);
            // Both axes have one unit, and the second points upwards.
            let (right, up) = ((point[0] - middle.0) / unit, (point[1] - middle.1) / unit);
            (x + width / 2.0 + right, y + height / 2.0 - up)
        };
        Chart { figure, half, frame, places: (0..embedding.n()).map(place).collect(), unit }
    }

    pub(crate) fn draw(&self, plot: &mut Plot) {
        let [x, y, width, height] = self.frame;
        let corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)];
        plot.below.add(line(corners.to_vec(), [0xc8; 3], 1.0));
        plot.below.add(self.edges());
        let radius = self.radius();
        for (node, &at) in self.places.iter().enumerate() {
            plot.below.add(disc(at, radius, self.figure.color(node as u32), 0.9));
        }
        let paths = &self.figure.charts[self.half].paths;
        for path in paths {
            let color = path.first().map_or(GRAY, |&far| self.figure.color(far));
            let points = self.along(path);
            plot.below.elements.extend(cased(&points, color, 3.0));
            for &at in &points {
                plot.below.add(disc(at, 4.6, [255; 3], 1.0));
                plot.below.add(disc(at, 3.4, color, 1.0));
            }
        }
        // On top, for a path may run along a leak: it shows between the dashes.
        let leaks = self.figure.leaks.iter().map(|&(u, v)| vec![u, v]);
        for leak in leaks.clone() {
            plot.below.add(dashed(self.along(&leak)));
        }
        let clear: Vec<(f64, f64)> =
            leaks.chain(paths.iter().cloned()).flat_map(|path| sampled(&self.along(&path))).collect();
        self.thumbnails(plot, &clear);
        self.scale_bar(plot);
    }

    fn along(&self, path: &[u32]) -> Vec<(f64, f64)> {
        path.iter().map(|&node| self.places[node as usize]).collect()
    }

    /// All edges as one element.
    fn edges(&self) -> Primitive {
        let edge = |&(u, v): &(u32, u32)| {
            let ((x0, y0), (x1, y1)) = (self.places[u as usize], self.places[v as usize]);
            format!("M{x0:.1},{y0:.1} L{x1:.1},{y1:.1} ")
        };
        let stroke = Color::Rgb(0xdd, 0xe0, 0xe2);
        Primitive::Path(Box::new(PathData {
            d: self.figure.edges.iter().map(edge).collect(),
            fill: None,
            stroke,
            stroke_width: 0.6,
            opacity: None,
            stroke_dasharray: None,
        }))
    }

    /// Centers and far patches first, then as many others as fit without covering these, each other, or a
    /// path.
    fn thumbnails(&self, plot: &mut Plot, clear: &[(f64, f64)]) {
        let named = self.figure.centers.iter().map(|center| (center.node, CENTER, 3.0));
        let far = self.figure.centers.iter().map(|center| (center.far, FAR, 2.0));
        let mut done: Vec<(u32, f64, (f64, f64))> = Vec::new();
        let mut taken: Vec<Plate> = Vec::new();
        for (node, side, frame) in named.chain(far) {
            if done.iter().any(|&(other, ..)| other == node) {
                continue;
            }
            let (square, middle) = self.square(node, side, &taken);
            if middle != self.places[node as usize] {
                plot.below.add(line(vec![self.places[node as usize], middle], [0x66; 3], 1.0));
            }
            done.push((node, side, middle));
            taken.push(square);
            plot.layer.tiles.push(self.tile(node, square, self.figure.color(node), frame));
        }
        for &(node, side, at) in &done {
            let name = self.figure.name(node).unwrap_or_default();
            let Some(label) = self.label(at, side, &name, &taken) else { continue };
            taken.push(label);
            let middle = (label[0] + label[2] / 2.0, label[1] + label[3] / 2.0);
            // A line leads from a name that is not next to its patch.
            if (middle.0 - at.0).hypot(middle.1 - at.1) > side / 2.0 + label[2] / 2.0 + 16.0 {
                plot.below.add(line(vec![at, middle], [0x66; 3], 1.0));
            }
            plot.above.push(rectangle(label, [255; 3], 0.85));
            plot.above.push(text((middle.0, label[1] + 13.0), &name, 14, TextAnchor::Middle));
        }
        for node in spread(self.places.len()) {
            let square = around(self.places[node as usize], OTHER);
            let beside = grown(square, 3.0);
            let free = !done.iter().any(|&(other, ..)| other == node)
                && self.holds(beside)
                && !taken.iter().any(|other| overlap(other, &beside))
                && !clear.iter().any(|&(x, y)| overlap(&[x, y, 0.1, 0.1], &beside));
            if free {
                taken.push(beside);
                plot.layer.tiles.push(self.tile(node, square, self.figure.color(node), 1.0));
            }
        }
    }

    /// Where a patch with a name stands, and its middle: at its place, or as near to it as it covers no other.
    fn square(&self, node: u32, side: f64, taken: &[Plate]) -> (Plate, (f64, f64)) {
        let at = self.places[node as usize];
        let own = around(at, side);
        let free = |square: &Plate| !taken.iter().any(|other| overlap(other, &grown(*square, 3.0)));
        if free(&own) {
            return (own, at);
        }
        let moved = beside(at, side, (side, side)).find(|square| self.holds(*square) && free(square));
        moved.map_or((own, at), |square| (square, (square[0] + side / 2.0, square[1] + side / 2.0)))
    }

    /// Where the name of a patch stands: as near to it as it covers no point, no patch with a name and no other name.
    fn label(&self, at: (f64, f64), side: f64, name: &str, taken: &[Plate]) -> Option<Plate> {
        let size = (9.5 * name.chars().count() as f64 + 8.0, 18.0);
        let free = |label: &Plate| {
            self.holds(*label)
                && !taken.iter().any(|other| overlap(other, label))
                && !self.places.iter().any(|&at| overlap(&around(at, 2.0 * self.radius()), label))
        };
        beside(at, side, size).find(free)
    }

    fn radius(&self) -> f64 {
        (90.0 / (self.places.len() as f64).sqrt()).clamp(2.0, 3.6)
    }

    fn tile(&self, node: u32, [x, y, width, height]: [f64; 4], color: Rgb, thickness: f64) -> Tile {
        let picture = self.figure.pictures.pictures()[node as usize].clone();
        Tile { x, y, width, height, picture, frame: Some((color, thickness)) }
    }

    fn holds(&self, [x, y, width, height]: [f64; 4]) -> bool {
        let [left, top, wide, high] = self.frame;
        x >= left && y >= top && x + width <= left + wide && y + height <= top + high
    }

    /// A length of the embedding, in the lower left corner.
    fn scale_bar(&self, plot: &mut Plot) {
        let [left, top, width, height] = self.frame;
        let length = compute_tick_step(0.0, width * self.unit, 6);
        let (from, y) = (left + 14.0, top + height - 14.0);
        let to = from + length / self.unit;
        let label = format!("{length} gray levels");
        let wide = (to - from).max(7.4 * label.chars().count() as f64) + 12.0;
        plot.above.push(rectangle([from - 6.0, y - 22.0, wide, 30.0], [255; 3], 0.85));
        plot.above.push(line(vec![(from, y), (to, y)], [0x33; 3], 2.0));
        plot.above.push(text((from, y - 7.0), &label, SMALL, TextAnchor::Start));
    }
}

fn range(embedding: &Embedding, axis: usize) -> (f64, f64) {
    let values = (0..embedding.n()).map(|i| embedding.point(i)[axis]);
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
}

/// Height at which a chart of this width shows all of the embedding, as large as the width allows.
pub(super) fn height(embedding: &Embedding, width: f64) -> f64 {
    let ((left, right), (low, high)) = (range(embedding, 0), range(embedding, 1));
    let unit = ((right - left) / (width - 2.0 * INSET)).max(f64::MIN_POSITIVE);
    (high - low) / unit + 2.0 * INSET
}

fn grown([x, y, width, height]: [f64; 4], by: f64) -> [f64; 4] {
    [x - by, y - by, width + 2.0 * by, height + 2.0 * by]
}

/// Points of a line, close together.
fn sampled(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let between = |pair: &[(f64, f64)]| {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        let steps = ((x1 - x0).hypot(y1 - y0) / CLEAR).ceil().max(1.0) as usize;
        let at = move |step: usize| {
            let part = step as f64 / steps as f64;
            (x0 + part * (x1 - x0), y0 + part * (y1 - y0))
        };
        (0..=steps).map(at).collect::<Vec<_>>()
    };
    points.windows(2).flat_map(between).collect()
}

/// 0 .. n so that each beginning is spread over the whole: by the golden ratio.
pub(super) fn spread(n: usize) -> Vec<u32> {
    let key = |i: &u32| (f64::from(*i) * 0.618_033_988_749_895).fract();
    let mut order: Vec<u32> = (0..n as u32).collect();
    order.sort_by(|a, b| key(a).total_cmp(&key(b)));
    order
}

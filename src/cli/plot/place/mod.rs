//! A place of a clip: two charts of its patches side by side, and under each the patches along its paths.
//!
//! After figure 7 of Efros, Isler, Shi and Visontai, Seeing through water, NIPS 2004.

mod chart;
mod strips;

use kuva::render::render::{Primitive, Scene, TextAnchor};

use super::axes::{FONTS, TITLE, line, text};
use super::color::{self, Rgb};
use super::layer::Layer;
use super::{Plot, PlotError, Thumbnails};
use manifold::embed::Embedding;

/// Twice as wide as other plots: each half is as legible.
const WIDTH: f64 = 1280.0;
const MARGIN: f64 = 24.0;
/// Between the halves.
const GAP: f64 = 32.0;
const HALF: f64 = (WIDTH - 2.0 * MARGIN - GAP) / 2.0;
const CHART_TOP: f64 = 78.0;
/// Limits of the height of both charts, which follows from what is on them.
const CHART_HEIGHT: (f64, f64) = (250.0, 470.0);
const SMALL: u32 = 12;
/// Edges that leak: a red that no branch has, and dashed, so that color is not all that marks them.
const RED: Rgb = [0xd0, 0x02, 0x1b];
const DASHES: &str = "7,5";

/// What is drawn of a place. Patches are identified by their numbers.
#[derive(Clone, Debug)]
pub(crate) struct PlaceFigure<'a> {
    pub(crate) title: String,
    pub(crate) pictures: &'a Thumbnails,
    /// What is written under each patch: the number of its frame.
    pub(crate) captions: Vec<String>,
    /// Number of each patch's center.
    pub(crate) branch: &'a [u32],
    pub(crate) centers: Vec<PlaceCenter<'a>>,
    pub(crate) edges: Vec<(u32, u32)>,
    /// Edges that leak.
    pub(crate) leaks: Vec<(u32, u32)>,
    pub(crate) charts: [PlaceChart<'a>; 2],
}

/// A center and the patch at the far end of its branch.
#[derive(Clone, Debug)]
pub(crate) struct PlaceCenter<'a> {
    pub(crate) name: &'a str,
    pub(crate) node: u32,
    pub(crate) far_name: &'a str,
    pub(crate) far: u32,
}

/// One of the halves.
#[derive(Clone, Debug)]
pub(crate) struct PlaceChart<'a> {
    pub(crate) title: String,
    /// In two dimensions.
    pub(crate) embedding: &'a Embedding,
    /// From the far patch of each center to the first center.
    pub(crate) paths: Vec<Vec<u32>>,
}

/// The figure of a place.
pub(crate) fn place(figure: &PlaceFigure<'_>) -> Result<Plot, PlotError> {
    figure.check()?;
    let strips = strips::Strips::of(figure);
    let wanted = figure.charts.iter().map(|chart| chart::height(chart.embedding, HALF));
    let high = wanted.fold(CHART_HEIGHT.0, f64::max).min(CHART_HEIGHT.1);
    let height = CHART_TOP + high + strips.height() + MARGIN;
    let mut scene = Scene::new(WIDTH, height);
    scene.font_family = Some(FONTS.into());
    scene.add(text((MARGIN, 34.0), &figure.title, TITLE, TextAnchor::Start));
    let layer = Layer { x: 0.0, y: 0.0, width: WIDTH, height, apart: true, ..Layer::default() };
    let mut plot = Plot { below: scene, layer, above: Vec::new() };
    for (half, sign) in [(0, "(a)"), (1, "(b)")] {
        let left = MARGIN + half as f64 * (HALF + GAP);
        let title = format!("{sign} {}", figure.charts[half].title);
        plot.below.add(text((left, CHART_TOP - 12.0), &title, 15, TextAnchor::Start));
        chart::Chart::new(figure, half, [left, CHART_TOP, HALF, high]).draw(&mut plot);
        strips.draw(figure, half, (left, CHART_TOP + high), &mut plot);
    }
    Ok(plot)
}

impl PlaceFigure<'_> {
    fn check(&self) -> Result<(), PlotError> {
        let nodes = self.pictures.pictures().len();
        if nodes == 0 || self.centers.is_empty() {
            return Err(PlotError::Empty);
        }
        for given in [
            self.captions.len(),
            self.branch.len(),
            self.charts[0].embedding.n(),
            self.charts[1].embedding.n(),
        ] {
            if given != nodes {
                return Err(PlotError::Pictures { given: nodes, wanted: given });
            }
        }
        let ends = self.edges.iter().chain(&self.leaks).flat_map(|&(u, v)| [u, v]);
        let centers = self.centers.iter().flat_map(|center| [center.node, center.far]);
        let paths = self.charts.iter().flat_map(|chart| chart.paths.iter().flatten().copied());
        if let Some(node) = ends.chain(centers).chain(paths).find(|&node| node as usize >= nodes) {
            return Err(PlotError::Node { node, nodes });
        }
        let centers = self.centers.len();
        if let Some(&class) = self.branch.iter().find(|&&branch| branch as usize >= centers) {
            return Err(PlotError::Class { class: class as usize, classes: centers });
        }
        for chart in &self.charts {
            let dimensions = chart.embedding.dimensions();
            if dimensions != 2 {
                return Err(PlotError::Axis { axis: 1, dimensions });
            }
            if let Some(at) = chart.embedding.coordinates().iter().position(|value| !value.is_finite()) {
                return Err(PlotError::NotFinite { what: "point", index: at / 2 });
            }
        }
        Ok(())
    }

    /// Names of a patch, if it has any: of a center, of a far patch, or both.
    fn name(&self, node: u32) -> Option<String> {
        let centers = self.centers.iter().filter(|center| center.node == node).map(|center| center.name);
        let far = self.centers.iter().filter(|center| center.far == node).map(|center| center.far_name);
        let names: Vec<&str> = centers.chain(far).collect();
        (!names.is_empty()).then(|| names.join(" = "))
    }

    fn color(&self, node: u32) -> Rgb {
        color::class(self.branch[node as usize] as usize)
    }
}

/// A line on a white one, so that it stands out from what it crosses.
fn cased(points: &[(f64, f64)], color: Rgb, width: f64) -> [Primitive; 2] {
    [line(points.to_vec(), [255; 3], width + 2.5), line(points.to_vec(), color, width)]
}

/// The line of an edge that leaks.
fn dashed(points: Vec<(f64, f64)>) -> Primitive {
    let [r, g, b] = RED;
    let stroke = kuva::render::color::Color::Rgb(r, g, b);
    Primitive::PolyLine { points, stroke, stroke_width: 3.2, stroke_dasharray: Some(DASHES.into()) }
}

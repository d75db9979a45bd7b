//! The Shepard diagram: what distances an embedding gives to dissimilarities.
//! Source: Kruskal, Psychometrika 29 (1964).

use rand::RngExt;

use super::axes::{Axes, Sign, line};
use super::color::{BLUE, VERMILION};
use super::layer::{Discs, Layer};
use super::scatter::range;
use super::{Plot, PlotError};

/// Pairs that are drawn.
const DRAWN: usize = 20_000;
/// Corners of the line.
const CORNERS: usize = 2000;

/// Pairs of points: how far apart they should be and how far apart they are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dissimilarities<'a> {
    pub(crate) dissimilarities: &'a [f64],
    /// In the embedding.
    pub(crate) distances: &'a [f64],
    /// What the distances were fitted to (non-metric scaling: a rising function of the
    /// dissimilarities).
    pub(crate) disparities: Option<&'a [f64]>,
}

/// Distance against dissimilarity, disparities as a line; a random 20 000 of the pairs are shown, which `seed` chooses.
pub(crate) fn shepard(pairs: &Dissimilarities<'_>, seed: u64) -> Result<Plot, PlotError> {
    let Dissimilarities { dissimilarities, distances, disparities } = *pairs;
    let n = dissimilarities.len();
    if n == 0 {
        return Err(PlotError::Empty);
    }
    for (what, values) in
        [("distance", Some(distances)), ("disparity", disparities), ("dissimilarity", Some(dissimilarities))]
    {
        let Some(values) = values else { continue };
        if values.len() != n {
            return Err(PlotError::Labels { given: values.len(), wanted: n });
        }
        if let Some(index) = values.iter().position(|value| !value.is_finite()) {
            return Err(PlotError::NotFinite { what, index });
        }
    }
    let highest = range(distances.iter().chain(disparities.unwrap_or(&[])).copied()).1;
    let mut legend = vec![("pairs".into(), BLUE, Sign::Disc)];
    if disparities.is_some() {
        legend.push(("disparities".into(), VERMILION, Sign::Line));
    }
    let frame = Axes {
        x: range(dissimilarities.iter().copied()),
        y: (0.0, highest),
        x_label: "dissimilarity",
        y_label: "distance in the embedding",
        right: if disparities.is_some() { 140.0 } else { 100.0 },
        legend,
        ..Axes::default()
    }
    .draw();
    let shown = sample(n, seed);
    let [x, y, width, height] = frame.inside();
    let count: f64 = shown.len() as f64;
    let discs = Discs {
        centers: shown.iter().map(|&i| frame.place(dissimilarities[i], distances[i])).collect(),
        colors: vec![BLUE; shown.len()],
        radius: (3000.0 / count).clamp(1.0, 3.5),
        opacity: (300.0 / count).clamp(0.12, 0.7),
    };
    let mut above = Vec::new();
    if let Some(disparities) = disparities {
        above.push(line(
            rising(dissimilarities, disparities).map(|(x, y)| frame.place(x, y)).collect(),
            VERMILION,
            2.0,
        ));
    }
    Ok(Plot { below: frame.scene, layer: Layer { x, y, width, height, discs, ..Layer::default() }, above })
}

/// All of n pairs, or one of each of as many equal runs as are drawn.
fn sample(n: usize, seed: u64) -> Vec<usize> {
    if n <= DRAWN {
        return (0..n).collect();
    }
    let mut random = super::scatter::random(seed);
    let run = n as f64 / DRAWN as f64;
    (0..DRAWN).map(|at| (((at as f64 + random.random_range(0.0..1.0)) * run) as usize).min(n - 1)).collect()
}

/// The line through the disparities, thinned.
fn rising<'a>(x: &'a [f64], y: &'a [f64]) -> impl Iterator<Item = (f64, f64)> {
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_by(|&a, &b| x[a].total_cmp(&x[b]).then(y[a].total_cmp(&y[b])));
    let last = order.last().copied();
    let step = order.len().div_ceil(CORNERS);
    order.into_iter().step_by(step).chain(last).map(|i| (x[i], y[i]))
}

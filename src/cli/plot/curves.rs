//! Energies and eigenvalues by their number.

use super::axes::{Axes, Sign, disc, line, rectangle};
use super::color::{BLUE, VERMILION};
use super::layer::Layer;
use super::{Plot, PlotError};

/// Components up to which each has a bar with a gap beside it.
const BARS: usize = 60;
/// Eigenvalues of one sign whose ratio passes this are shown on a logarithmic axis.
const LOGARITHMIC: f64 = 1e4;

/// Share of the energy in each component (bars), and in it and all before it (line). `energies` are
/// eigenvalues or variances, largest first, and `total` is the energy of all components, also of those
/// that are not among them.
pub(crate) fn scree(energies: &[f64], total: f64) -> Result<Plot, PlotError> {
    check(energies, "energy")?;
    let total = if total > 0.0 { total } else { 1.0 };
    let shares: Vec<f64> = energies.iter().map(|energy| energy.max(0.0) / total).collect();
    let count = shares.len() as f64;
    let mut frame = Axes {
        x: (0.4, count + 0.6),
        counts: true,
        y: (0.0, 1.04),
        x_label: "component",
        y_label: "share of the energy",
        legend: vec![("of each".into(), BLUE, Sign::Bar), ("cumulative".into(), VERMILION, Sign::Line)],
        right: 140.0,
        ..Axes::default()
    }
    .draw();
    let half = if shares.len() <= BARS { 0.4 } else { 0.5 };
    let mut sum = 0.0;
    let mut cumulative = Vec::new();
    for (i, share) in shares.iter().enumerate() {
        let at = (i + 1) as f64;
        let ((left, top), (right, bottom)) = (frame.place(at - half, *share), frame.place(at + half, 0.0));
        frame.scene.add(rectangle([left, top, right - left, bottom - top], BLUE, 1.0));
        sum += share;
        cumulative.push(frame.place(at, sum.min(1.0)));
    }
    let marks = if shares.len() <= BARS { &cumulative[..] } else { &[] };
    marks.iter().for_each(|&at| frame.scene.add(disc(at, 3.0, VERMILION, 1.0)));
    frame.scene.add(line(cumulative, VERMILION, 2.0));
    Ok(Plot { below: frame.scene, layer: Layer::default(), above: Vec::new() })
}

/// Eigenvalues in the order given: gaps show how many dimensions there are. Where they span many
/// orders of magnitude the axis is logarithmic.
pub(crate) fn spectrum(eigenvalues: &[f64]) -> Result<Plot, PlotError> {
    check(eigenvalues, "eigenvalue")?;
    let (low, high) =
        eigenvalues.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &v| (l.min(v), h.max(v)));
    let exponents = low > 0.0 && high / low > LOGARITHMIC;
    let y = if exponents {
        (low.log10().floor(), high.log10().ceil())
    } else {
        let range = super::scatter::range([low.min(0.0), high.max(0.0)].into_iter());
        (if low < 0.0 { range.0 } else { 0.0 }, range.1)
    };
    let count = eigenvalues.len() as f64;
    let mut frame = Axes {
        x: (0.4, count + 0.6),
        counts: true,
        y,
        x_label: "number",
        y_label: "eigenvalue",
        exponents,
        ..Axes::default()
    }
    .draw();
    let radius = (400.0 / count).clamp(1.2, 4.5);
    let zero = frame.place(0.0, if exponents { y.0 } else { 0.0 }).1;
    for (i, &value) in eigenvalues.iter().enumerate() {
        let at = frame.place((i + 1) as f64, if exponents { value.log10() } else { value });
        if eigenvalues.len() <= BARS {
            frame.scene.add(line(vec![(at.0, zero), at], BLUE, 1.5));
        }
        frame.scene.add(disc(at, radius, if value < 0.0 { VERMILION } else { BLUE }, 1.0));
    }
    Ok(Plot { below: frame.scene, layer: Layer::default(), above: Vec::new() })
}

fn check(values: &[f64], what: &'static str) -> Result<(), PlotError> {
    if values.is_empty() {
        return Err(PlotError::Empty);
    }
    match values.iter().position(|value| !value.is_finite()) {
        Some(index) => Err(PlotError::NotFinite { what, index }),
        None => Ok(()),
    }
}

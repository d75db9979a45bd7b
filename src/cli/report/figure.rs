//! Maps as the page shows them: a picture, a color bar with numbers, and the values behind it.

use minijinja::context;
use minijinja::value::Value;

use super::ReportError;
use super::maps::{self, Palette};
use super::page::source;

/// Color bars are stretched by the page; this many steps look smooth.
const BAR_STEPS: usize = 128;

/// A map with its color bar.
pub(super) struct Map {
    pub(crate) name: &'static str,
    pub(crate) alt: String,
    pub(crate) palette: Palette,
    pub(crate) range: (f64, f64),
    /// Numbers along the color bar, evenly spaced from its low to its high end.
    pub(crate) ticks: Vec<String>,
    pub(crate) note: String,
    /// Lines drawn over it: from and to, in shares of the width and height.
    pub(crate) lines: Vec<[f64; 4]>,
}

impl Map {
    pub(crate) fn draw(self, values: &[f64], columns: usize) -> Result<Value, ReportError> {
        let Map { name, alt, palette, range, ticks, note, lines } = self;
        let map = source(&maps::map(values, columns, range, palette))?;
        let bar = source(&maps::color_bar(BAR_STEPS, palette))?;
        Ok(context! { name, alt, source => map, bar, ticks, note, lines })
    }
}

/// The numbers at the ends and in the middle of a color bar, with what is done to them.
pub(super) fn ticks(range: (f64, f64), write: impl Fn(f64) -> String) -> Vec<String> {
    let (low, high) = range;
    if low == high {
        return vec![write(low)];
    }
    [low, 0.5 * (low + high), high].map(write).to_vec()
}

/// One value of each cell, as it is read out.
#[derive(serde::Serialize)]
pub(super) struct Layer {
    pub(crate) name: &'static str,
    /// Follows the value, with the space before it.
    pub(crate) unit: &'static str,
    pub(crate) values: Vec<String>,
}

/// What the page reads out where one points at a map.
#[derive(serde::Serialize)]
pub(super) struct Cells {
    /// What a cell is called.
    pub(crate) what: &'static str,
    /// Where the cells of a row, and of a column, are in the picture.
    pub(crate) xs: Vec<usize>,
    pub(crate) ys: Vec<usize>,
    pub(crate) layers: Vec<Layer>,
}

impl Cells {
    /// For a `<script>`: all texts are numbers or the program's own words, so it is safe inside one.
    pub(crate) fn json(&self) -> Result<Value, ReportError> {
        Ok(Value::from_safe_string(serde_json::to_string(self)?))
    }
}

/// Three significant digits.
pub(super) fn number(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if !(1e-2..1e5).contains(&size) => format!("{value:.2e}"),
        size => format!("{value:.*}", (2 - size.log10().floor() as i32).max(0) as usize),
    }
}

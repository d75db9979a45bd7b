//! Maps of the water's surface: how high the waves are, and the heights in one frame.

use minijinja::value::Value;
use ndarray::Array2;

use super::ReportError;
use super::figure::{Layer, Map, number, ticks};
use super::maps::Palette;
use super::statistics::range;
use seethru::registration::{HeightUnit, SPACING, SurfaceSummary};

/// Both maps in the cells of the page's other maps.
pub(super) struct SurfaceMaps {
    unit: HeightUnit,
    columns: usize,
    /// Root mean square over time.
    rms: Vec<f64>,
    frame: u32,
    heights: Vec<f64>,
}

impl SurfaceMaps {
    /// At the middles of the columns and rows of cells.
    pub(super) fn of(surface: &SurfaceSummary, xs: &[usize], ys: &[usize]) -> SurfaceMaps {
        let nearest = |at: usize, count: usize| ((at + SPACING / 2) / SPACING).min(count - 1);
        let sampled = |map: &Array2<f32>| -> Vec<f64> {
            let (rows, columns) = map.dim();
            let value = |x: usize, y: usize| f64::from(map[(nearest(y, rows), nearest(x, columns))]);
            ys.iter().flat_map(|&y| xs.iter().map(move |&x| value(x, y))).collect()
        };
        let (frame, heights) = &surface.snapshot;
        SurfaceMaps {
            unit: surface.unit,
            columns: xs.len(),
            rms: sampled(&surface.map),
            frame: *frame,
            heights: sampled(heights),
        }
    }

    pub(super) fn figures(&self) -> Result<Vec<Value>, ReportError> {
        Ok(vec![
            self.rms_map().draw(&self.rms, self.columns)?,
            self.height_map().draw(&self.heights, self.columns)?,
        ])
    }

    /// What is read out where one points at a map.
    pub(super) fn layers(&self) -> Vec<Layer> {
        let unit = match self.unit {
            HeightUnit::Pixels => " pixels",
            HeightUnit::Millimeters => " mm",
        };
        let numbers = |values: &[f64]| values.iter().map(|&value| number(value)).collect();
        vec![
            Layer { name: "height of the waves", unit, values: numbers(&self.rms) },
            Layer { name: "surface in one frame", unit, values: numbers(&self.heights) },
        ]
    }

    fn rms_map(&self) -> Map {
        let high = range(self.rms.iter().copied()).map_or(0.0, |(_, high)| high);
        let unit = self.unit.symbol();
        Map {
            name: "Height of the waves",
            alt: format!(
                "Map of the root mean square height of the water's surface, up to {} {unit}",
                number(high)
            ),
            palette: Palette::Viridis,
            range: (0.0, high),
            ticks: ticks((0.0, high), |height| format!("{} {unit}", number(height))),
            note: "Root mean square over the frames of the surface's height about the mean of each frame."
                .to_owned(),
            lines: Vec::new(),
        }
    }

    fn height_map(&self) -> Map {
        let (low, high) = range(self.heights.iter().copied()).unwrap_or((0.0, 0.0));
        let reach = high.max(-low);
        let unit = self.unit.symbol();
        Map {
            name: "Surface in one frame",
            alt: format!(
                "Map of the height of the water's surface in frame {}, from {} to {} {unit}",
                self.frame,
                number(low),
                number(high)
            ),
            palette: Palette::Viridis,
            range: (-reach, reach),
            ticks: ticks((-reach, reach), |height| format!("{} {unit}", number(height))),
            note: format!("Frame {}: crests are bright, troughs dark.", self.frame),
            lines: Vec::new(),
        }
    }
}

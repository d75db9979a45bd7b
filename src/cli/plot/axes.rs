//! Axes around a plot, by kuva.

use std::sync::Arc;

use kuva::plot::scatter::ScatterPlot;
use kuva::render::color::Color;
use kuva::render::layout::{AxisLine, ComputedLayout, Layout, TickFormat};
use kuva::render::plots::Plot as Kuva;
use kuva::render::render::{Primitive, Scene, TextAnchor, render_multiple};
use kuva::render::render_utils::compute_tick_step;
use kuva::render::theme::Theme;

use super::color::Rgb;

/// Width of every plot, in its own units: text of 15 units is then legible on a telephone.
pub(super) const WIDTH: f64 = 640.0;
pub(super) const TITLE: u32 = 18;
pub(super) const TEXT: u32 = 15;
/// Width of a letter, in heights of the text; most are narrower.
pub(super) const LETTER: f64 = 0.62;
/// Ticks that are asked for.
const TICKS: usize = 6;
/// Height of a line of a legend.
pub(super) const LINE: f64 = 1.5 * TEXT as f64;
pub(super) const FONTS: &str = "DejaVu Sans, Verdana, Arial, sans-serif";

/// What is asked of the axes.
#[derive(Clone, Debug)]
pub(super) struct Axes<'a> {
    pub(crate) x: (f64, f64),
    pub(crate) y: (f64, f64),
    pub(crate) x_label: &'a str,
    /// Written level, above the axis.
    pub(crate) y_label: &'a str,
    /// Height of the plot with its margins.
    pub(crate) height: f64,
    /// Left free at the right-hand side.
    pub(crate) right: f64,
    pub(crate) equal: bool,
    /// x counts: ticks are whole numbers.
    pub(crate) counts: bool,
    /// y is the exponent of what is shown, to base 10.
    pub(crate) exponents: bool,
    /// Names instead of the numbers upwards, at y = 1, 2, … from below.
    pub(crate) rows: Option<Vec<String>>,
    pub(crate) legend: Vec<(String, Rgb, Sign)>,
}

/// What an entry of a legend shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Sign {
    Disc,
    Line,
    Bar,
}

impl Default for Axes<'_> {
    fn default() -> Self {
        Axes {
            x: (0.0, 1.0),
            y: (0.0, 1.0),
            x_label: "",
            y_label: "",
            height: 480.0,
            right: 20.0,
            equal: false,
            counts: false,
            exponents: false,
            rows: None,
            legend: Vec::new(),
        }
    }
}

/// Axes as they are drawn.
pub(super) struct Frame {
    pub(crate) scene: Scene,
    places: ComputedLayout,
}

impl Axes<'_> {
    pub(crate) fn draw(&self) -> Frame {
        let layout = self.layout();
        let places = ComputedLayout::from_layout(&layout);
        let nothing = Kuva::from(ScatterPlot::new().with_data(Vec::<(f64, f64)>::new()));
        let mut scene = render_multiple(vec![nothing], layout);
        if !self.y_label.is_empty() {
            let at = (8.0, places.margin_top - 12.0);
            scene.add(text(at, self.y_label, TEXT, TextAnchor::Start));
        }
        self.draw_legend(&mut scene, &places);
        Frame { scene, places }
    }

    /// kuva's own legend leaves out what is beyond its tenth entry where it sees no room.
    fn draw_legend(&self, scene: &mut Scene, places: &ComputedLayout) {
        let x = WIDTH - self.right + 20.0;
        for (row, (label, color, sign)) in self.legend.iter().enumerate() {
            let y = places.margin_top + (row as f64 + 0.4) * LINE;
            scene.add(match sign {
                Sign::Disc => disc((x, y), 5.0, *color, 1.0),
                Sign::Line => line(vec![(x - 8.0, y), (x + 8.0, y)], *color, 2.5),
                Sign::Bar => rectangle([x - 6.0, y - 6.0, 12.0, 12.0], *color, 1.0),
            });
            scene.add(text((x + 14.0, y + 5.5), label, TEXT, TextAnchor::Start));
        }
    }

    fn layout(&self) -> Layout {
        let mut layout = Layout::new(self.x, self.y)
            .with_width(WIDTH)
            .with_height(self.height)
            .with_theme(Theme {
                grid_color: "#e4e4e4".into(),
                axis_color: "#333333".into(),
                ..Theme::light()
            })
            .with_axis_line(AxisLine::Box)
            .with_ticks(TICKS)
            .with_font_family(FONTS)
            .with_label_size(TEXT)
            .with_tick_size(TEXT - 1)
            .with_body_size(TEXT)
            .with_x_axis_min(self.x.0)
            .with_x_axis_max(self.x.1)
            .with_y_axis_min(self.y.0)
            .with_y_axis_max(self.y.1)
            .with_x_tick_format(ticks(self.x))
            .with_y_tick_format(ticks(self.y))
            .with_clamp_axis();
        if !self.x_label.is_empty() {
            layout = layout.with_x_label(self.x_label);
        }
        if let Some(rows) = &self.rows {
            layout = layout.with_y_categories(rows.clone());
        }
        if self.exponents {
            let power = |exponent: f64| {
                if exponent.fract() == 0.0 { format!("1e{exponent:.0}") } else { String::new() }
            };
            layout = layout.with_y_tick_format(TickFormat::Custom(Arc::new(power)));
        }
        if self.counts {
            layout = layout.with_x_tick_step(compute_tick_step(self.x.0, self.x.1, TICKS).ceil().max(1.0));
        }
        if self.equal {
            layout = layout.with_equal_aspect();
        }
        let top = self.top();
        let left = ComputedLayout::from_layout(&layout).margin_left - f64::from(TEXT);
        layout = layout.with_force_margins(left, self.right).with_force_margins_y(top, 58.0);
        layout
    }

    /// Height above the axes.
    fn top(&self) -> f64 {
        if self.y_label.is_empty() { 14.0 } else { 34.0 }
    }
}

impl Frame {
    /// Where a point of the data lies on the plot.
    pub(crate) fn place(&self, x: f64, y: f64) -> (f64, f64) {
        (self.places.map_x(x), self.places.map_y(y))
    }

    /// Left, top, width and height of what is inside the axes.
    pub(crate) fn inside(&self) -> [f64; 4] {
        [self.places.margin_left, self.places.margin_top, self.places.plot_width(), self.places.plot_height()]
    }
}

/// As many decimals as steps of the axis need.
fn ticks((low, high): (f64, f64)) -> TickFormat {
    TickFormat::Custom(Arc::new(move |value| number(value, compute_tick_step(low, high, TICKS))))
}

/// `value` to the precision of `step`.
pub(super) fn number(value: f64, step: f64) -> String {
    let value = if value.abs() < step.abs() * 1e-6 { 0.0 } else { value };
    let digits = -step.abs().max(f64::MIN_POSITIVE).log10().floor();
    let text = if digits > 5.0 || value.abs() >= 1e6 {
        return if value == 0.0 { "0".into() } else { format!("{value:.1e}") };
    } else {
        format!("{value:.*}", digits.max(0.0) as usize + 1)
    };
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').into() } else { text }
}

pub(super) fn text(at: (f64, f64), content: &str, size: u32, anchor: TextAnchor) -> Primitive {
    let color = Some(Color::Rgb(0x11, 0x11, 0x11));
    Primitive::Text {
        x: at.0,
        y: at.1,
        content: content.to_owned(),
        size,
        anchor,
        rotate: None,
        bold: false,
        color,
    }
}

pub(super) fn rectangle([x, y, width, height]: [f64; 4], [r, g, b]: Rgb, opacity: f64) -> Primitive {
    Primitive::Rect {
        x,
        y,
        width,
        height,
        fill: Color::Rgb(r, g, b),
        stroke: None,
        stroke_width: None,
        opacity: Some(opacity),
    }
}

pub(super) fn disc((cx, cy): (f64, f64), r: f64, [red, green, blue]: Rgb, opacity: f64) -> Primitive {
    Primitive::Circle {
        cx,
        cy,
        r,
        fill: Color::Rgb(red, green, blue),
        fill_opacity: Some(opacity),
        stroke: None,
        stroke_width: None,
    }
}

pub(super) fn line(points: Vec<(f64, f64)>, [r, g, b]: Rgb, width: f64) -> Primitive {
    let stroke = Color::Rgb(r, g, b);
    Primitive::PolyLine { points, stroke, stroke_width: width, stroke_dasharray: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_decimals_they_need() {
        let cases = [(0.0125, 0.0025, "0.0125"), (20.0, 10.0, "20"), (-1e-18, 0.1, "0"), (0.5, 0.5, "0.5")];
        for (value, step, wanted) in cases {
            assert_eq!(number(value, step), wanted);
        }
        assert_eq!(number(2e-9, 1e-9), "2.0e-9");
        assert_eq!(number(3e7, 1e7), "3.0e7");
    }

    #[test]
    fn corners_of_the_data_are_corners_of_the_frame() {
        let axes = Axes { x: (-3.0, 5.0), y: (0.1, 0.7), ..Axes::default() };
        let frame = axes.draw();
        let [left, top, width, height] = frame.inside();
        let (x, y) = frame.place(-3.0, 0.7);
        assert!((x - left).abs() < 1e-9 && (y - top).abs() < 1e-9);
        let (x, y) = frame.place(5.0, 0.1);
        assert!((x - left - width).abs() < 1e-9 && (y - top - height).abs() < 1e-9);
    }

    #[test]
    fn equal_axes_have_one_unit() {
        let frame = Axes { x: (0.0, 10.0), y: (0.0, 2.0), equal: true, ..Axes::default() }.draw();
        let ((x0, y0), (x1, y1)) = (frame.place(0.0, 0.0), frame.place(1.0, 1.0));
        assert!((x1 - x0 - (y0 - y1)).abs() < 1e-9);
    }
}

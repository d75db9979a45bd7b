//! Pictures side by side, each with its name and a few lines below.

use image::RgbImage;
use kuva::render::render::{Primitive, Scene, TextAnchor};

use super::axes::{FONTS, LETTER, text};
use super::color::{BLUE, GRAY, Rgb};
use super::layer::{Layer, Tile};
use super::{Plot, PlotError};

/// Neither side of a montage is longer than this.
const LONGEST: f64 = 4000.0;
/// Pictures are enlarged, by whole numbers, until they are this wide.
const NARROWEST: f64 = 280.0;
/// Of a montage that is as wide as a screen: width by height.
const SHAPE: f64 = 1.6;
/// The width of a picture over the size of its text, and the least and the greatest such size.
const SIZES: (f64, f64, f64) = (24.0, 13.0, 30.0);
const PAPER: &str = "white";
const EMPTY: Rgb = [0xec, 0xef, 0xf0];

/// One picture of a montage.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Panel {
    /// `None` leaves its place gray.
    pub(crate) picture: Option<RgbImage>,
    pub(crate) title: String,
    /// Below the title; all panels get the room of the one with the most.
    pub(crate) lines: Vec<String>,
    /// Framed, to stand out. The lines have to say why.
    pub(crate) marked: bool,
}

/// Where panels lie, in pixels.
#[derive(Clone, Copy, Debug)]
struct Layout {
    columns: usize,
    /// Of a picture.
    width: f64,
    height: f64,
    text: f64,
    gap: f64,
    /// Of a panel with its text.
    tall: f64,
    /// Of the whole.
    whole: (f64, f64),
}

/// The panels in rows under a heading, as a PNG. Pictures have one size; they are made smaller where the whole would
/// be longer than 4000 pixels, and larger by a whole number where they are tiny.
///
/// # Errors
/// [`PlotError::Empty`] without a picture, [`PlotError::Pictures`] where two have different sizes.
pub(crate) fn montage(heading: &str, panels: &[Panel]) -> Result<Vec<u8>, PlotError> {
    let sizes: Vec<(u32, u32)> =
        panels.iter().filter_map(|panel| Some(panel.picture.as_ref()?.dimensions())).collect();
    let &first = sizes.first().ok_or(PlotError::Empty)?;
    let alike = sizes.iter().filter(|&&size| size == first).count();
    if alike != sizes.len() {
        return Err(PlotError::Pictures { given: alike, wanted: sizes.len() });
    }
    let lines = panels.iter().map(|panel| panel.lines.len()).max().unwrap_or(0);
    let layout = Layout::new((f64::from(first.0), f64::from(first.1)), panels.len(), lines);
    let (width, height) = layout.whole;
    let mut scene = Scene::new(width, height).with_background(Some(PAPER));
    scene.font_family = Some(FONTS.to_owned());
    let size = (layout.text * 1.25).round() as u32;
    scene.add(bold((layout.gap, layout.gap + layout.text * 1.2), heading, size));
    let mut layer = Layer { width, height, ..Layer::default() };
    for (at, panel) in panels.iter().enumerate() {
        layout.draw(panel, at, &mut scene, &mut layer);
    }
    Plot { below: scene, layer, above: Vec::new() }.to_png(width as u32)
}

impl Layout {
    /// With the number of columns that makes the whole most like a screen, with few places left empty.
    fn new(picture: (f64, f64), panels: usize, lines: usize) -> Layout {
        let of = |columns: usize| Layout::with_columns(picture, panels, lines, columns);
        let off = |layout: &Layout| {
            let places = panels.div_ceil(layout.columns) * layout.columns;
            (layout.whole.0 / layout.whole.1 / SHAPE).ln().abs() + (places - panels) as f64 / places as f64
        };
        let all = (1..=panels).map(of);
        all.min_by(|a, b| off(a).total_cmp(&off(b))).unwrap_or_else(|| of(1))
    }

    fn with_columns(picture: (f64, f64), panels: usize, lines: usize, columns: usize) -> Layout {
        let enlarged = (NARROWEST / picture.0).ceil().max(1.0);
        let mut scale = enlarged;
        loop {
            let layout = Layout::scaled(picture, scale, panels, lines, columns);
            let longest = layout.whole.0.max(layout.whole.1);
            if longest <= LONGEST || scale < 1e-3 {
                return layout;
            }
            scale *= (LONGEST / longest).min(0.99);
        }
    }

    fn scaled((w, h): (f64, f64), scale: f64, panels: usize, lines: usize, columns: usize) -> Layout {
        let (width, height) = ((w * scale).round().max(1.0), (h * scale).round().max(1.0));
        let (letters, least, most) = SIZES;
        let text = (width / letters).clamp(least, most).round();
        let gap = text;
        let tall = height + text * (1.9 + 1.4 * lines as f64);
        let rows = panels.div_ceil(columns) as f64;
        let whole = (columns as f64 * (width + gap) + gap, rows * (tall + gap) + text * 2.2 + gap);
        Layout { columns, width, height, text, gap, tall, whole: (whole.0.round(), whole.1.round()) }
    }

    fn draw(&self, panel: &Panel, at: usize, scene: &mut Scene, layer: &mut Layer) {
        let Layout { columns, width, height, text: size, gap, tall, .. } = *self;
        let x = gap + (at % columns) as f64 * (width + gap);
        let y = gap + size * 2.2 + (at / columns) as f64 * (tall + gap);
        match &panel.picture {
            Some(picture) => {
                let frame = panel.marked.then_some((BLUE, (size / 5.0).round().max(2.0)));
                layer.tiles.push(Tile { x, y, width, height, picture: picture.clone(), frame });
            }
            None => {
                scene.add(super::axes::rectangle([x, y, width, height], EMPTY, 1.0));
                let cross = |a, b| super::axes::line(vec![a, b], GRAY, 1.0);
                scene.add(cross((x, y), (x + width, y + height)));
                scene.add(cross((x + width, y), (x, y + height)));
            }
        }
        let below = |line: f64| y + height + size * (1.5 + 1.4 * line);
        let cut = |line: &str, letter: f64| shortened(line, (width / (letter * size)) as usize);
        scene.add(bold((x, below(0.0)), &cut(&panel.title, LETTER * 1.12), size as u32));
        for (line, content) in panel.lines.iter().enumerate() {
            let at = (x, below(line as f64 + 1.0));
            scene.add(text(at, &cut(content, LETTER), size as u32, TextAnchor::Start));
        }
    }
}

fn bold(at: (f64, f64), content: &str, size: u32) -> Primitive {
    match text(at, content, size, TextAnchor::Start) {
        Primitive::Text { x, y, content, size, anchor, rotate, color, .. } => {
            Primitive::Text { x, y, content, size, anchor, rotate, bold: true, color }
        }
        other => other,
    }
}

/// At most so many letters; dots stand for what is cut off.
fn shortened(line: &str, letters: usize) -> String {
    if line.chars().count() <= letters.max(2) {
        return line.to_owned();
    }
    line.chars().take(letters.max(2) - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use image::Rgb as Pixel;

    use super::*;

    fn panels(count: usize, size: (u32, u32)) -> Vec<Panel> {
        let picture = RgbImage::from_pixel(size.0, size.1, Pixel([200, 30, 30]));
        let panel = |at: usize| Panel {
            picture: Some(picture.clone()),
            title: format!("Panel {at}"),
            lines: vec!["SSIM 0.9".to_owned(); 2],
            marked: at == 1,
        };
        (0..count).map(panel).collect()
    }

    fn drawn(panels: &[Panel]) -> RgbImage {
        image::load_from_memory(&montage("pool.mp4", panels).unwrap()).unwrap().into_rgb8()
    }

    #[test]
    fn small_pictures_are_enlarged_and_large_ones_fit() {
        for (count, size) in
            [(1, (96, 72)), (11, (96, 72)), (11, (1920, 1080)), (11, (1080, 1920)), (3, (9000, 60))]
        {
            let picture = drawn(&panels(count, size));
            assert!(picture.width().max(picture.height()) <= 4000, "{size:?}: {:?}", picture.dimensions());
            let red = picture.pixels().filter(|pixel| pixel.0 == [200, 30, 30]).count() as f64;
            let share = red / f64::from(picture.width() * picture.height());
            assert!(share > if size.0 > 5000 { 0.05 } else { 0.5 }, "{count} of {size:?}: {share}");
        }
        assert!(drawn(&panels(1, (96, 72))).width() > 280);
    }

    #[test]
    fn a_marked_picture_is_framed_and_a_missing_one_is_gray() {
        let mut panels = panels(4, (300, 200));
        let share =
            |panels: &[Panel], color: Rgb| drawn(panels).pixels().filter(|pixel| pixel.0 == color).count();
        assert!(share(&panels, BLUE) > 1500);
        panels[1].marked = false;
        assert_eq!((share(&panels, BLUE), share(&panels, EMPTY)), (0, 0));
        panels[2].picture = None;
        assert!(share(&panels, EMPTY) > 50_000);
    }

    #[test]
    fn pictures_have_one_size_and_there_is_one() {
        assert!(matches!(montage("", &[]), Err(PlotError::Empty)));
        let mut two = panels(2, (30, 20));
        two[1].picture = Some(RgbImage::new(31, 20));
        assert!(matches!(montage("", &two), Err(PlotError::Pictures { given: 1, wanted: 2 })));
    }

    #[test]
    fn long_lines_are_cut() {
        assert_eq!(shortened("Nearest to the mean", 9), "Nearest …");
        assert_eq!(shortened("Mean", 9), "Mean");
    }
}

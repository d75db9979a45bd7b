//! What explains the colors: a legend of classes or a bar of values, and names where classes lie.

use std::collections::HashMap;

use kuva::render::render::TextAnchor;
use kuva::render::render_utils::generate_ticks;

use super::Plot;
use super::axes::{Axes, Frame, LETTER, LINE, Sign, TEXT, number, rectangle, text};
use super::beside::{Plate, around, beside};
use super::color::{self, GRAY};
use super::labels::{Class, Key};
use super::layer::Layer;

/// Longest name in the legend, in letters, and longest on the plot.
const IN_LEGEND: usize = 18;
const ON_PLOT: usize = 14;
/// Width of the bar of values and distance from the axes.
const BAR: (f64, f64) = (16.0, 14.0);

impl Key {
    /// Makes room beside the axes, and fills in the legend.
    pub(crate) fn reserve(&self, axes: &mut Axes<'_>) {
        let letters = |text: &str| text.chars().count() as f64 * LETTER * f64::from(TEXT);
        match self {
            Key::None => {}
            Key::Classes(classes, more) => {
                let entry = |class: &Class| (shortened(&class.name, IN_LEGEND), class.color, Sign::Disc);
                axes.legend = classes.iter().map(entry).collect();
                if *more > 0 {
                    axes.legend.push((format!("{more} more"), GRAY, Sign::Disc));
                }
                let widest = axes.legend.iter().map(|entry| letters(&entry.0)).fold(0.0, f64::max);
                axes.right = widest + 46.0;
                axes.height = axes.height.max((axes.legend.len() as f64 + 1.0) * LINE + 110.0);
            }
            Key::Ramp(low, high) => {
                let widest = values(*low, *high).iter().map(|(_, name)| letters(name)).fold(0.0, f64::max);
                axes.right = BAR.0 + BAR.1 + widest + 16.0;
            }
        }
    }

    /// Draws what kuva does not: the bar.
    pub(crate) fn draw(&self, frame: &mut Frame) {
        let [left, top, width, height] = frame.inside();
        let x = left + width + BAR.1;
        let Key::Ramp(low, high) = *self else { return };
        let steps = 100;
        for step in 0..steps {
            let share = f64::from(step) / f64::from(steps);
            // Each strip reaches under the next, so that no seam shows.
            let reach = (2.0 * height / f64::from(steps)).min(height * (1.0 - share));
            let strip = [x, top + height * (1.0 - share) - reach, BAR.0, reach];
            frame.scene.add(rectangle(strip, color::ramp(share), 1.0));
        }
        let span = if high > low { high - low } else { 1.0 };
        for (value, name) in values(low, high) {
            let y = top + height * (1.0 - (value - low) / span);
            let tick = [x + BAR.0, y - 0.5, 4.0, 1.0];
            frame.scene.add(rectangle(tick, [0x33; 3], 1.0));
            frame.scene.add(text((x + BAR.0 + 8.0, y + 5.0), &name, TEXT - 1, TextAnchor::Start));
        }
    }
}

/// Values written beside the bar.
fn values(low: f64, high: f64) -> Vec<(f64, String)> {
    let ticks: Vec<f64> =
        generate_ticks(low, high, 6).into_iter().filter(|value| (low..=high).contains(value)).collect();
    match ticks[..] {
        [first, second, ..] => ticks.iter().map(|&v| (v, number(v, second - first))).collect(),
        _ => vec![(low, number(low, low / 100.0))],
    }
}

/// Writes the name of each class on the plot, largest class first: as near to the middle of its points as it covers no point and
/// no other name, and where it lies beside points of its class alone. One for which there is no such place is left to the legend.
pub(super) fn name_classes(plot: &mut Plot, classes: &[Class], places: &[(f64, f64)], radius: f64) {
    let mut largest: Vec<&Class> =
        classes.iter().filter(|class| class.name.chars().count() <= ON_PLOT).collect();
    largest.sort_by_key(|class| usize::MAX - class.points.len());
    let Layer { x, y, width, height, .. } = plot.layer;
    let mut cells = Cells::of(classes, places, radius);
    for class in largest {
        let Some(at) = middle(&class.points, places) else { continue };
        let of = classes.iter().position(|other| std::ptr::eq(other, class));
        let tall = f64::from(TEXT) + 5.0;
        let wide = class.name.chars().count() as f64 * LETTER * f64::from(TEXT) + 8.0;
        let inside = |[l, t, w, h]: &Plate| *l >= x && l + w <= x + width && *t >= y && t + h <= y + height;
        let free = |plate: &Plate| inside(plate) && cells.are_free(plate) && cells.are_of(of, plate);
        let Some(plate) = beside(at, 0.0, (wide, tall)).find(free) else { continue };
        cells.take(&plate);
        let below = (plate[0] + wide / 2.0, plate[1] + tall / 2.0 + 5.5);
        plot.above.push(text(below, &class.name, TEXT, TextAnchor::Middle));
    }
}

/// The plot in small squares: which classes have points in each.
struct Cells(HashMap<(i32, i32), Cell>);

#[derive(Clone, Copy, PartialEq)]
enum Cell {
    Of(usize),
    /// Of several classes, of one without a color, or under a name.
    Mixed,
}

/// Side of such a square, and how far from a name the points lie that it stands for.
const CELL: f64 = 3.0;
const NEAR: f64 = 14.0;

impl Cells {
    fn of(classes: &[Class], places: &[(f64, f64)], radius: f64) -> Cells {
        let mut owners = vec![Cell::Mixed; places.len()];
        for (class, Class { points, .. }) in classes.iter().enumerate() {
            points.iter().for_each(|&point| owners[point] = Cell::Of(class));
        }
        let mut cells = HashMap::new();
        for (&at, owner) in places.iter().zip(owners) {
            for cell in squares(&around(at, 2.0 * radius)) {
                let found = cells.entry(cell).or_insert(owner);
                if *found != owner {
                    *found = Cell::Mixed;
                }
            }
        }
        Cells(cells)
    }

    fn are_free(&self, plate: &Plate) -> bool {
        squares(plate).all(|cell| !self.0.contains_key(&cell))
    }

    /// Whether what is around a plate is of this class, and something is.
    fn are_of(&self, class: Option<usize>, [x, y, w, h]: &Plate) -> bool {
        let wider = [x - NEAR, y - NEAR, w + 2.0 * NEAR, h + 2.0 * NEAR];
        let mut found = squares(&wider).filter_map(|cell| self.0.get(&cell)).peekable();
        found.peek().is_some() && found.all(|cell| matches!(cell, Cell::Of(of) if Some(*of) == class))
    }

    fn take(&mut self, plate: &Plate) {
        self.0.extend(squares(plate).map(|cell| (cell, Cell::Mixed)));
    }
}

/// The squares that a rectangle touches.
fn squares(&[x, y, width, height]: &Plate) -> impl Iterator<Item = (i32, i32)> {
    let cell = |at: f64| (at / CELL).floor() as i32;
    let (rows, columns) = (cell(y)..=cell(y + height), cell(x)..=cell(x + width));
    rows.flat_map(move |row| columns.clone().map(move |column| (column, row)))
}

/// The point nearest to the median of the class: it lies on the class even where that is bent.
fn middle(points: &[usize], places: &[(f64, f64)]) -> Option<(f64, f64)> {
    let median = |axis: &dyn Fn(&(f64, f64)) -> f64| {
        let mut values: Vec<f64> = points.iter().map(|&i| axis(&places[i])).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied()
    };
    let (x, y) = (median(&|place| place.0)?, median(&|place| place.1)?);
    let distance = |&i: &usize| (places[i].0 - x).hypot(places[i].1 - y);
    let nearest = points.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
    Some(places[*nearest])
}

fn shortened(name: &str, most: usize) -> String {
    if name.chars().count() <= most {
        name.to_owned()
    } else {
        name.chars().take(most - 1).chain(['…']).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_lies_on_a_bent_class() {
        let ring: Vec<(f64, f64)> = (0..100).map(|i| (0.0628 * f64::from(i)).sin_cos()).collect();
        let (x, y) = middle(&(0..100).collect::<Vec<_>>(), &ring).unwrap();
        assert!((x.hypot(y) - 1.0).abs() < 1e-9);
        assert_eq!(middle(&[], &ring), None);
    }

    #[test]
    fn names_cover_no_point_and_stand_beside_their_class() {
        // Two discs of points that touch.
        let places: Vec<(f64, f64)> = (0..400)
            .map(|i| {
                let (turn, far) = (2.4 * f64::from(i), 4.0 * f64::from(i % 200).sqrt());
                (if i < 200 { 200.0 } else { 300.0 } + far * turn.cos(), 200.0 + far * turn.sin())
            })
            .collect();
        let class = |name: &str, points| Class { name: name.into(), color: GRAY, points };
        let classes = [class("left", (0..200).collect()), class("right", (200..400).collect())];
        let layer = Layer { x: 0.0, y: 0.0, width: 500.0, height: 400.0, ..Layer::default() };
        let scene = kuva::render::render::Scene::new(500.0, 400.0);
        let mut plot = Plot { below: scene, layer, above: Vec::new() };
        name_classes(&mut plot, &classes, &places, 3.0);
        assert_eq!(plot.above.len(), 2, "both have a name");
        let cells = Cells::of(&classes, &places, 3.0);
        for (at, class) in [(200.0, 0), (300.0, 1)] {
            let plate = beside((at, 200.0), 0.0, (40.0, 18.0))
                .find(|plate| cells.are_free(plate) && cells.are_of(Some(class), plate));
            let [x, y, w, h] = plate.unwrap();
            let covered = places
                .iter()
                .any(|&(px, py)| px > x - 3.0 && px < x + w + 3.0 && py > y - 3.0 && py < y + h + 3.0);
            assert!(!covered, "{plate:?}");
        }
    }

    #[test]
    fn values_beside_the_bar_lie_on_it() {
        for (low, high) in [(0.0, 1.0), (-3.7, 94.2), (1e-7, 3e-7), (5.0, 5.0), (0.0, 0.0)] {
            let values = values(low, high);
            assert!(!values.is_empty() && values.len() < 14, "{low} {high} {values:?}");
            assert!(values.iter().all(|(value, _)| (low..=high).contains(value)), "{low} {high}");
        }
    }

    #[test]
    fn long_names_are_cut() {
        assert_eq!(shortened("abcdef", 6), "abcdef");
        assert_eq!(shortened("äöüabcdef", 6), "äöüab…");
    }
}

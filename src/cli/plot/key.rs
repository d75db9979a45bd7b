//! What explains the colors: a legend of classes or a bar of values, and names where classes lie.

use kuva::render::render::TextAnchor;
use kuva::render::render_utils::generate_ticks;

use super::Plot;
use super::axes::{Axes, Frame, LETTER, LINE, Sign, TEXT, WIDTH, number, rectangle, text};
use super::color::{self, GRAY};
use super::labels::{Class, Key};

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

/// Writes the name of each class on the plot, near the middle of its points, largest class first;
/// one that would lie on another is left out.
pub(super) fn name_classes(plot: &mut Plot, classes: &[Class], places: &[(f64, f64)]) {
    let mut largest: Vec<&Class> =
        classes.iter().filter(|class| class.name.chars().count() <= ON_PLOT).collect();
    largest.sort_by_key(|class| usize::MAX - class.points.len());
    let mut taken: Vec<[f64; 4]> = Vec::new();
    for class in largest {
        let Some((x, y)) = middle(&class.points, places) else { continue };
        let height = f64::from(TEXT) + 5.0;
        let width = class.name.chars().count() as f64 * LETTER * f64::from(TEXT) + 8.0;
        let plate = [x - width / 2.0, y - height / 2.0, width, height];
        let inside = plate[0] >= 0.0 && plate[0] + width <= WIDTH;
        if !inside || taken.iter().any(|other| overlap(other, &plate)) {
            continue;
        }
        taken.push(plate);
        plot.above.push(rectangle(plate, [255; 3], 0.85));
        plot.above.push(text((x, y + 5.5), &class.name, TEXT, TextAnchor::Middle));
    }
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

/// Whether two rectangles (left, top, width, height) share a point.
pub(super) fn overlap(a: &[f64; 4], b: &[f64; 4]) -> bool {
    a[0] < b[0] + b[2] && b[0] < a[0] + a[2] && a[1] < b[1] + b[3] && b[1] < a[1] + a[3]
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

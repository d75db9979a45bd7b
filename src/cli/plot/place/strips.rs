//! Strips: the patches along each path, morphing from the far end of a branch to the centers.

use kuva::render::render::TextAnchor;

use super::super::axes::text;
use super::super::color::GRAY;
use super::super::layer::Tile;
use super::{HALF, PlaceFigure, Plot, SMALL};

/// Sides of a patch in a strip, and what is free between two.
const SIDES: (f64, f64) = (26.0, 58.0);
const BETWEEN: f64 = 7.0;
/// Above the first strip; the heading and the captions of each.
const ABOVE: f64 = 22.0;
const HEADING: f64 = 24.0;
const CAPTION: f64 = 26.0;

/// How large the patches of all strips are, so that the longest fits.
pub(super) struct Strips {
    side: f64,
    rows: usize,
}

impl Strips {
    pub(crate) fn of(figure: &PlaceFigure<'_>) -> Strips {
        let paths = figure.charts.iter().flat_map(|chart| &chart.paths);
        let longest = paths.map(Vec::len).max().unwrap_or(1).max(1) as f64;
        let fitting = (HALF + BETWEEN) / longest - BETWEEN;
        let rows = figure.charts.iter().map(|chart| chart.paths.len()).max().unwrap_or(0);
        Strips { side: fitting.clamp(SIDES.0, SIDES.1), rows }
    }

    pub(crate) fn height(&self) -> f64 {
        ABOVE + self.rows as f64 * self.row()
    }

    fn row(&self) -> f64 {
        HEADING + self.side + CAPTION
    }

    /// The strips of one half below `at`.
    pub(crate) fn draw(&self, figure: &PlaceFigure<'_>, half: usize, at: (f64, f64), plot: &mut Plot) {
        let most = ((HALF + BETWEEN) / (self.side + BETWEEN)) as usize;
        for (row, path) in figure.charts[half].paths.iter().enumerate() {
            let top = at.1 + ABOVE + row as f64 * self.row();
            let shown = thinned(path, most, |node| figure.name(node).is_some());
            let ends: Vec<String> = path.iter().filter_map(|&node| figure.name(node)).collect();
            let steps = match path.len() - 1 {
                1 => "1 step".to_owned(),
                steps => format!("{steps} steps"),
            };
            let part = match shown.len() < path.len() {
                true => format!(", {} of {} patches", shown.len(), path.len()),
                false => String::new(),
            };
            let heading = format!("{}: {steps}{part}", ends.join(" → "));
            plot.below.add(text((at.0, top + 14.0), &heading, 13, TextAnchor::Start));
            for (place, &node) in shown.iter().enumerate() {
                let x = at.0 + place as f64 * (self.side + BETWEEN);
                self.patch(figure, node, (x, top + HEADING), plot);
            }
        }
    }

    fn patch(&self, figure: &PlaceFigure<'_>, node: u32, (x, y): (f64, f64), plot: &mut Plot) {
        let named = figure.name(node).is_some();
        let frame = if named { (figure.color(node), 2.5) } else { (GRAY, 0.7) };
        let picture = figure.pictures.pictures()[node as usize].clone();
        let (width, height) = (self.side, self.side);
        plot.layer.tiles.push(Tile { x, y, width, height, picture, frame: Some(frame) });
        let caption = &figure.captions[node as usize];
        let at = (x + self.side / 2.0, y + self.side + 15.0);
        plot.below.add(text(at, caption, SMALL.min((self.side / 2.4) as u32), TextAnchor::Middle));
    }
}

/// At most `most` of the nodes, evenly spread, the named ones among them.
fn thinned(path: &[u32], most: usize, named: impl Fn(u32) -> bool) -> Vec<u32> {
    if path.len() <= most {
        return path.to_vec();
    }
    let fixed = path.iter().filter(|&&node| named(node)).count();
    let others: Vec<usize> = (0..path.len()).filter(|&at| !named(path[at])).collect();
    let room = most.saturating_sub(fixed).min(others.len());
    let kept: Vec<usize> = (0..room).map(|at| others[at * others.len() / room.max(1)]).collect();
    (0..path.len()).filter(|at| named(path[*at]) || kept.contains(at)).map(|at| path[at]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_paths_keep_what_has_a_name() {
        let path: Vec<u32> = (0..50).collect();
        let shown = thinned(&path, 20, |node| [0, 23, 49].contains(&node));
        assert_eq!(shown.len(), 20);
        assert!([0, 23, 49].iter().all(|node| shown.contains(node)) && shown.is_sorted());
        assert_eq!(thinned(&path, 50, |_| false), path);
    }
}

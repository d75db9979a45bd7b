//! Maps of what registration found: how sure it is, and how the water moved the picture.

use minijinja::context;
use minijinja::value::Value;

use super::ReportError;
use super::describe;
use super::figure::{Cells, Layer, Map, number, ticks};
use super::maps::Palette;
use super::statistics::{quantiles, range};
use seethru::registration::Registration;
use seethru::registration::SPACING;
use seethru::registration::length;
use seethru::video::{Frame, Samples};

/// Cells in a row or a column at most: more than a phone has pixels for, and a small page.
const CELLS: usize = 96;
/// Lines of direction in a row or a column, at most.
const LINES: usize = 12;
/// A few cells at the border, or under glint, must not take up the colors: they span up to this quantile.
const BULK: f64 = 0.99;
/// Where the longer axis of the motion is less than this many times the shorter one, it has no direction.
const ROUND: f64 = 1.25;

/// How far and which way the water moved one cell over time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sway {
    /// Root mean square displacement in pixels.
    pub(crate) rms: f64,
    /// Angle of the main axis in degrees, 0 ..< 180, counterclockwise from the picture's right; none where it
    /// moves alike in all directions.
    pub(crate) axis: Option<f64>,
}

/// The picture in cells.
pub(super) struct WaveMaps {
    size: (usize, usize),
    columns: usize,
    /// Middles of the columns and rows of cells.
    xs: Vec<usize>,
    ys: Vec<usize>,
    /// How well the halves of the frames agree, in percent.
    confidence: Vec<f64>,
    pub(super) sways: Vec<Sway>,
    /// How far the geometry was corrected for the second-order bias, in pixels, if it was.
    correction: Option<Vec<f64>>,
}

impl WaveMaps {
    pub(crate) fn of(registration: &Registration) -> WaveMaps {
        let Frame { width, height, .. } = registration.confidence;
        let side = width.max(height).div_ceil(CELLS).max(SPACING);
        let middles = |length: usize| -> Vec<usize> {
            (0..length).step_by(side).map(|at| at + (side.min(length - at)) / 2).collect()
        };
        let (xs, ys) = (middles(width), middles(height));
        let places = || ys.iter().flat_map(|&y| xs.iter().map(move |&x| (x, y)));
        let sways = places().map(|place| sway(registration, place)).collect();
        let corrected = registration.second_order.as_ref().filter(|found| found.certainty > 0.0);
        let correction = corrected.map(|found| {
            let far = |(x, y): (usize, usize)| {
                let (dx, dy) = found.correction.at(x as f32, y as f32);
                f64::from(dx.hypot(dy))
            };
            places().map(far).collect()
        });
        let confidence = means(&registration.confidence, side);
        WaveMaps { size: (width, height), columns: xs.len(), xs, ys, confidence, sways, correction }
    }

    pub(crate) fn figures(&self) -> Result<Vec<Value>, ReportError> {
        let rms: Vec<f64> = self.sways.iter().map(|sway| sway.rms).collect();
        let mut figures = vec![
            self.displacement_map(&rms).draw(&rms, self.columns)?,
            self.confidence_map().draw(&self.confidence, self.columns)?,
        ];
        if let Some(correction) = &self.correction {
            figures.push(correction_map(correction).draw(correction, self.columns)?);
        }
        Ok(figures)
    }

    pub(crate) fn cells(&self) -> Cells {
        let direction = |sway: &Sway| match sway.axis {
            Some(axis) => format!("mostly along {axis:.0}°"),
            None => "in all directions".to_owned(),
        };
        let pixels = self.sways.iter().map(|sway| number(sway.rms)).collect();
        let ways = self.sways.iter().map(direction).collect();
        let percent = self.confidence.iter().map(|value| format!("{value:.0}")).collect();
        let mut layers = vec![
            Layer { name: "displacement", unit: " pixels", values: pixels },
            Layer { name: "", unit: "", values: ways },
            Layer { name: "confidence", unit: "%", values: percent },
        ];
        if let Some(correction) = &self.correction {
            let values = correction.iter().map(|&far| number(far)).collect();
            layers.push(Layer { name: "second-order correction", unit: " pixels", values });
        }
        Cells { what: "Pixel", xs: self.xs.clone(), ys: self.ys.clone(), layers }
    }

    fn displacement_map(&self, rms: &[f64]) -> Map {
        let high = quantiles(rms, 0.0, BULK).map_or(0.0, |(_, high)| high);
        let range = (0.0, high);
        let mean = rms.iter().sum::<f64>() / rms.len().max(1) as f64;
        let mut ticks = ticks(range, |pixels| format!("{} px", number(pixels)));
        if let [_, .., last] = &mut ticks[..] {
            *last = format!("≥ {last}");
        }
        Map {
            name: "Displacement",
            alt: format!(
                "Map of how far the water moved each point, {} pixels on average, up to {}",
                number(mean),
                number(high)
            ),
            palette: Palette::Viridis,
            range,
            ticks,
            note:
                "Root mean square over the frames, in pixels. Lines: the direction in which a point mostly \
                   moved, where it had one."
                    .to_owned(),
            lines: self.lines(),
        }
    }

    fn confidence_map(&self) -> Map {
        let (low, high) = range(self.confidence.iter().copied()).unwrap_or((0.0, 100.0));
        // Whole tens.
        let low = (low / 10.0).floor().min(9.0) * 10.0;
        let high = ((high / 10.0).ceil() * 10.0).max(low + 10.0);
        let mean = self.confidence.iter().sum::<f64>() / self.confidence.len().max(1) as f64;
        Map {
            name: "Confidence",
            alt: format!("Map of how well the halves of the frames agree at each point, {mean:.0} percent on average"),
            palette: Palette::Plasma,
            range: (low, high),
            ticks: ticks((low, high), |percent| format!("{percent:.0}%")),
            note:
                "How well the means of both halves of the frames, in register, agree. Darkest: something that crossed, light \
                   that moved, or registration that failed; judge the still there with care."
                    .to_owned(),
            lines: Vec::new(),
        }
    }

    /// One line for some cells each way, as long as the cells between them.
    fn lines(&self) -> Vec<[f64; 4]> {
        let every = self.xs.len().max(self.ys.len()).div_ceil(LINES).max(1);
        let (width, height) = (self.size.0 as f64, self.size.1 as f64);
        let reach = 0.4 * every as f64 * width / self.columns as f64;
        let chosen = |count: usize| (every / 2..count).step_by(every);
        let places =
            chosen(self.ys.len()).flat_map(|row| chosen(self.xs.len()).map(move |column| (row, column)));
        let line = |(row, column): (usize, usize)| {
            let axis = self.sways[row * self.columns + column].axis?.to_radians();
            let (x, y) = (self.xs[column] as f64, self.ys[row] as f64);
            let (dx, dy) = (reach * axis.cos(), -reach * axis.sin());
            let share = |value: f64, of: f64| (1000.0 * value / of).round() / 1000.0;
            Some([share(x - dx, width), share(y - dy, height), share(x + dx, width), share(y + dy, height)])
        };
        places.filter_map(line).collect()
    }
}

fn correction_map(correction: &[f64]) -> Map {
    let high = range(correction.iter().copied()).map_or(0.0, |(_, high)| high);
    let range = (0.0, high);
    let mean = correction.iter().sum::<f64>() / correction.len().max(1) as f64;
    Map {
        name: "Second-order correction",
        alt: format!(
            "Map of how far each point was corrected for the second-order bias, {} pixels on average, up to {}",
            number(mean),
            number(high)
        ),
        palette: Palette::Viridis,
        range,
        ticks: ticks(range, |pixels| format!("{} px", number(pixels))),
        note: "How far each point was corrected for the bias that waves leave in the mean displacement, in pixels."
            .to_owned(),
        lines: Vec::new(),
    }
}

/// Frames that were left out have no say.
fn sway(registration: &Registration, (x, y): (usize, usize)) -> Sway {
    let (mut xx, mut xy, mut yy, mut count) = (0.0, 0.0, 0.0, 0.0);
    for (field, number) in registration.fields.iter().zip(&registration.numbers) {
        if !registration.lost.contains(number) {
            let (dx, dy) = field.at(x as f32, y as f32);
            let (dx, dy) = (f64::from(dx), f64::from(dy));
            (xx, xy, yy, count) = (xx + dx * dx, xy + dx * dy, yy + dy * dy, count + 1.0);
        }
    }
    let count = f64::max(count, 1.0);
    let (middle, apart) = (0.5 * (xx + yy), (0.5 * (xx - yy)).hypot(xy));
    let (long, short) = ((middle + apart).max(0.0).sqrt(), (middle - apart).max(0.0).sqrt());
    // The picture's y runs downwards.
    let angle = -(0.5 * (2.0 * xy).atan2(xx - yy)).to_degrees();
    Sway { rms: ((xx + yy) / count).sqrt(), axis: (long > ROUND * short).then(|| angle.rem_euclid(180.0)) }
}

/// Means over squares of `side` pixels, in percent of the range.
fn means(frame: &Frame, side: usize) -> Vec<f64> {
    let columns = frame.width.div_ceil(side);
    let mut sums = vec![(0.0, 0.0); columns * frame.height.div_ceil(side)];
    let mut add = |at: usize, share: f64| {
        let cell = &mut sums[at / frame.width / side * columns + at % frame.width / side];
        *cell = (cell.0 + share, cell.1 + 1.0);
    };
    match &frame.samples {
        Samples::U8(samples) => samples.iter().enumerate().for_each(|(at, &s)| add(at, f64::from(s) / 255.0)),
        Samples::U16(samples) => {
            samples.iter().enumerate().for_each(|(at, &s)| add(at, f64::from(s) / 65535.0));
        }
    }
    sums.into_iter().map(|(sum, count)| 100.0 * sum / count).collect()
}

/// The chart of each frame's displacement; `None` without frames.
pub(super) fn chart(registration: &Registration) -> Result<Option<Value>, ReportError> {
    let numbers = &registration.numbers;
    let rms: Vec<f64> = registration.fields.iter().map(|field| f64::from(length(field))).collect();
    let lost: Vec<bool> = numbers.iter().map(|number| registration.lost.contains(number)).collect();
    let kept = rms.iter().zip(&lost).filter(|(_, lost)| !**lost).map(|(rms, _)| *rms);
    let (Some((low, high)), Some((&first, &last))) = (range(kept), numbers.first().zip(numbers.last()))
    else {
        return Ok(None);
    };
    let top = if high > 0.0 { high } else { 1.0 };
    let span = f64::from(last - first).max(1.0);
    let x = |number: u32| (1e5 * f64::from(number - first) / span).round() / 1e3;
    let y = |rms: f64| (1e4 * (1.0 - (rms / top).min(1.0))).round() / 100.0;
    let kept = || numbers.iter().zip(&rms).zip(&lost).filter(|(_, lost)| !**lost);
    let points: Vec<String> = kept().map(|((&n, &rms), _)| format!("{},{}", x(n), y(rms))).collect();
    let texts: Vec<String> = rms.iter().map(|&rms| number(rms)).collect();
    let data = serde_json::json!({
        "frames": numbers, "pixels": texts, "lost": registration.lost, "center": registration.center,
    });
    Ok(Some(context! {
        points => points.join(" "),
        first, last,
        ticks => ticks((0.0, top), number),
        low => number(low), high => number(high),
        lost => registration.lost.iter().map(|&number| x(number)).collect::<Vec<f64>>(),
        lost_frames => describe::lost_each(&registration.lost, &registration.misfits),
        center => registration.center,
        center_at => registration.center.map(x),
        data => Value::from_safe_string(serde_json::to_string(&data)?),
    }))
}

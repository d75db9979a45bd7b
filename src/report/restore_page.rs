//! The page: one file that shows the picture beside the plain ones, from disk, without a network.

use minijinja::context;
use minijinja::value::{Serde, Value};

use super::maps::{self, Palette};
use super::page::{render, source};
use super::statistics::{Histogram, quantiles, range};
use super::{Report, ReportError, describe};
use crate::pipeline::{Method, Places, Restoration, Settings};
use crate::video::Frame;

/// Colour bars are stretched by the page; this many steps look smooth.
const BAR_STEPS: usize = 128;
/// A few outliers must not darken the whole cost map: its colours span these quantiles.
const COST_QUANTILES: (f64, f64) = (0.02, 0.98);
/// Bars of the chart of used frames.
const FRAME_BINS: usize = 48;

/// The page as HTML.
pub fn page(report: &Report, restoration: &Restoration) -> Result<String, ReportError> {
    let places = restoration.places.as_ref();
    let values = context! {
        report => Value::from(Serde(report)),
        method => method(report.settings),
        pictures => pictures(report, restoration)?,
        maps => places.map(all_maps).transpose()?,
        places => places.map(lookup).transpose()?,
        frames_histogram => places.and_then(|places| bars(frames_used(places).as_ref())),
        cost_histogram => report.places.as_ref()
            .and_then(|places| places.cost.as_ref())
            .and_then(|cost| bars(Some(&cost.histogram))),
        settings => rows(settings(report)),
        facts => rows(facts(report)),
        timings => timings(report),
    };
    render("restore.html", values)
}

fn method(settings: &Settings) -> String {
    match &settings.method {
        Method::Centres(centres) if centres.centres.get() == 1 => "centre of each place".to_owned(),
        Method::Centres(centres) => format!("{} centres of each place", centres.centres),
        method => describe::method(method).to_owned(),
    }
}

/// The restored picture, then those it is compared with; `key` is fit for identifiers.
fn pictures(report: &Report, restoration: &Restoration) -> Result<Vec<Value>, ReportError> {
    let file = report.input.file;
    let restored = format!("{file} restored: {}", method(report.settings));
    let mut pictures = vec![picture("restored", "Restored", restored, &restoration.picture)?];
    if let Some(plain) = &restoration.comparisons {
        let named = [
            ("mean", "Mean of all frames", &plain.mean),
            ("median", "Median of all frames", &plain.median),
            ("raw", "One raw frame", &plain.raw),
        ];
        for (key, name, frame) in named {
            pictures.push(picture(key, name, format!("{name} of {file}"), frame)?);
        }
    }
    Ok(pictures)
}

fn picture(key: &str, name: &str, alt: String, frame: &Frame) -> Result<Value, ReportError> {
    Ok(context! { key, name, alt, source => source(frame)? })
}

/// A map over the places with its colour bar.
struct Map {
    name: &'static str,
    alt: String,
    palette: Palette,
    range: (f64, f64),
    low: String,
    high: String,
    note: &'static str,
}

impl Map {
    fn draw(self, values: &[f64], columns: usize) -> Result<Value, ReportError> {
        let Map { name, alt, palette, range, low, high, note } = self;
        let map = source(&maps::map(values, columns, range, palette))?;
        let bar = source(&maps::colour_bar(BAR_STEPS, palette))?;
        Ok(context! { name, alt, source => map, bar, low, high, note })
    }
}

fn all_maps(places: &Places) -> Result<Vec<Value>, ReportError> {
    let columns = places.grid.columns();
    let frames: Vec<f64> = places.frame.iter().map(|&frame| f64::from(frame)).collect();
    let mut maps = Vec::new();
    if let Some(cost) = &places.cost {
        maps.push(cost_map(cost).draw(cost, columns)?);
    }
    maps.push(frame_map(&frames).draw(&frames, columns)?);
    Ok(maps)
}

fn cost_map(cost: &[f64]) -> Map {
    let range = quantiles(cost, COST_QUANTILES.0, COST_QUANTILES.1).unwrap_or((0.0, 0.0));
    let (low, high) = (number(range.0), number(range.1));
    Map {
        name: "Cost of the centre",
        alt: format!("Map of the flow cost of each place's centre, from {low} to {high}"),
        palette: Palette::Viridis,
        range,
        low: format!("≤ {low}"),
        high: format!("≥ {high}"),
        note: "Bright: the frames agree least, as where the water moves most or detail is strong. \
               In grey levels × frames; the colours span the 2nd to the 98th percentile.",
    }
}

fn frame_map(frames: &[f64]) -> Map {
    let range = range(frames.iter().copied()).unwrap_or((0.0, 0.0));
    let (low, high) = range;
    Map {
        name: "Frame used",
        alt: format!("Map of the frame that each place was taken from, {low} to {high}"),
        palette: Palette::Plasma,
        range,
        low: format!("frame {low}"),
        high: format!("frame {high}"),
        note: "One colour over an area: neighbouring places taken from the same moment.",
    }
}

/// Three significant digits.
fn number(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if !(1e-2..1e5).contains(&size) => format!("{value:.2e}"),
        size => format!("{value:.*}", (2 - size.log10().floor() as i32).max(0) as usize),
    }
}

/// What the page's pointer read-out needs; numbers only, so it is safe inside `<script>`.
fn lookup(places: &Places) -> Result<Value, ReportError> {
    let cost =
        places.cost.as_ref().map(|cost| cost.iter().map(|value| number(*value)).collect::<Vec<String>>());
    let lookup = serde_json::json!({
        "xs": places.grid.xs(), "ys": places.grid.ys(), "frame": places.frame, "cost": cost,
    });
    Ok(Value::from_safe_string(serde_json::to_string(&lookup)?))
}

fn frames_used(places: &Places) -> Option<Histogram> {
    let frames = places.frame.iter().map(|&frame| f64::from(frame));
    Histogram::of(frames, FRAME_BINS)
}

/// A histogram as the template draws it.
fn bars(histogram: Option<&Histogram>) -> Option<Value> {
    let histogram = histogram.filter(|histogram| histogram.counts.len() > 1)?;
    let tallest = *histogram.counts.iter().max()? as f64;
    let heights: Vec<f64> = histogram.counts.iter().map(|&count| count as f64 / tallest).collect();
    Some(context! { heights, low => number(histogram.low), high => number(histogram.high) })
}

fn rows(rows: Vec<(&'static str, String)>) -> Vec<Value> {
    rows.into_iter().map(|(name, value)| Value::from(vec![name.to_owned(), value])).collect()
}

/// Threads are the run's business, and left out with its times.
fn settings(report: &Report) -> Vec<(&'static str, String)> {
    let mut settings = describe::settings(report.settings);
    settings.retain(|&(name, _)| name != "Threads" || report.total_seconds.is_some());
    settings
}

/// Name and value of the numbers in the page's head.
fn facts(report: &Report) -> Vec<(&'static str, String)> {
    let input = &report.input;
    let mut facts = vec![("Size", format!("{} × {}", input.width, input.height))];
    facts.push((
        "Frames used",
        match input.frames_announced {
            Some(announced) if announced > input.frames_used => {
                format!("{} of {announced}", input.frames_used)
            }
            _ => input.frames_used.to_string(),
        },
    ));
    if let Some(places) = &report.places {
        facts.push(("Places", format!("{} ({} × {})", places.count, places.columns, places.rows)));
        if places.solves.total > 0 {
            facts.push(("Flow solves per place", format!("{:.1}", places.solves.mean)));
        }
    }
    if let Some(seconds) = report.total_seconds {
        facts.push(("Time", describe::seconds(seconds)));
    }
    let estimate = || report.memory.estimate.map(|bytes| format!("about {}", describe::bytes(bytes)));
    if let Some(memory) = report.memory.peak.map(describe::bytes).or_else(estimate) {
        facts.push(("Memory", memory));
    }
    facts
}

fn timings(report: &Report) -> Vec<Value> {
    let total = report.total_seconds.unwrap_or_default().max(f64::MIN_POSITIVE);
    let row = |timing: &super::StageTime| {
        context! {
            stage => describe::stage(timing.stage),
            time => describe::seconds(timing.seconds),
            percent => timing.seconds / total * 100.0,
        }
    };
    report.timings.iter().map(row).collect()
}

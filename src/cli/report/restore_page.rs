//! The page: one file that shows the still next to the plain ones, from disk, without a network.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::context;
use minijinja::value::{Serde, Value};

use super::figure::number;
use super::page::{render, source};
use super::statistics::Histogram;
use super::surface_maps::SurfaceMaps;
use super::wave_maps::{self, WaveMaps};
use super::{Report, ReportError, describe, place_maps};
use seethru::places::Places;
use seethru::video::Frame;
use seethru::{Baseline, Method, Restoration, Settings};

/// Bars of the chart of used frames.
const FRAME_BINS: usize = 48;

/// The page as HTML.
pub(crate) fn page(report: &Report, restoration: &Restoration) -> Result<String, ReportError> {
    let places = restoration.places.as_ref();
    let values = context! {
        report => Value::from(Serde(report)),
        method => method(report.settings),
        pictures => pictures(report, restoration)?,
        maps => maps(report, restoration)?,
        places => places.is_some(),
        frames_chart => restoration.registration.as_ref().map(wave_maps::chart).transpose()?.flatten(),
        frames_histogram => places
            .and_then(frames_used)
            .and_then(|histogram| bars(&histogram, |frame| format!("frame {frame:.0}"))),
        cost_histogram => report.places.as_ref()
            .and_then(|places| places.cost.as_ref())
            .and_then(|cost| cost_bars(&cost.histogram, restoration)),
        settings => rows(settings(report)),
        facts => rows(facts(report)),
        details => rows(details(report)),
        timings => timings(report),
    };
    render("restore.html", values)
}

fn method(settings: &Settings) -> String {
    match &settings.method {
        Method::Centers(centers) if centers.centers.get() == 1 => "center of each place".to_owned(),
        Method::Centers(centers) => format!("{} centers of each place", centers.centers),
        method => describe::method(method).to_owned(),
    }
}

/// The restored picture, then those it is compared with; `key` is fit for identifiers.
fn pictures(report: &Report, restoration: &Restoration) -> Result<Vec<Value>, ReportError> {
    let file = report.input.file;
    let restored = format!("{file} restored: {}", method(report.settings));
    let mut pictures = vec![picture("restored", "Restored", restored, &restoration.still)?];
    if let Some(plain) = &restoration.comparisons {
        let named = [
            ("mean", "Mean of all frames", &plain.mean),
            ("median", "Median of all frames", &plain.median),
            ("raw", "One raw frame", &plain.raw),
        ];
        // A still that is one of them is not shown beside itself.
        let itself = match &report.settings.method {
            Method::Baseline(Baseline::Mean) => "mean",
            Method::Baseline(Baseline::Median) => "median",
            _ => "",
        };
        for (key, name, frame) in named.into_iter().filter(|(key, ..)| *key != itself) {
            pictures.push(picture(key, name, format!("{name} of {file}"), frame)?);
        }
    }
    Ok(pictures)
}

/// The picture of this key on a page, `restored` or `raw`, as it was written there.
pub(crate) fn picture_of_page(page: &str, key: &str) -> Option<Frame> {
    let (_, from) = page.split_once(&format!("<img id=\"picture-{key}\""))?;
    let (_, from) = from.split_once("src=\"data:image/png;base64,")?;
    let png = STANDARD.decode(from.split('"').next()?).ok()?;
    Frame::try_from(image::load_from_memory(&png).ok()?).ok()
}

fn picture(key: &str, name: &str, alt: String, frame: &Frame) -> Result<Value, ReportError> {
    Ok(context! { key, name, alt, source => source(frame)? })
}

/// The maps, and what is read out where one points at them; nothing for the pixel-wise baselines.
fn maps(report: &Report, restoration: &Restoration) -> Result<Option<Value>, ReportError> {
    let (figures, cells) = if let Some(places) = &restoration.places {
        (place_maps::figures(places)?, place_maps::cells(places))
    } else if let Some(registration) = &restoration.registration {
        let maps = WaveMaps::of(registration);
        let (mut figures, mut cells) = (maps.figures()?, maps.cells());
        if let Some(surface) = report.registration.as_ref().and_then(|found| found.surface) {
            let maps = SurfaceMaps::of(surface, &cells.xs, &cells.ys);
            figures.extend(maps.figures()?);
            cells.layers.extend(maps.layers());
        }
        (figures, cells)
    } else {
        return Ok(None);
    };
    Ok(Some(context! { figures, cells => cells.json()? }))
}

fn frames_used(places: &Places) -> Option<Histogram> {
    let frames = places.frame.iter().map(|&frame| f64::from(frame));
    Histogram::of(frames, FRAME_BINS)
}

/// The costs in multiples of their median: in gray levels × frames they say little.
fn cost_bars(histogram: &Histogram, restoration: &Restoration) -> Option<Value> {
    let typical = place_maps::typical_cost(restoration.places.as_ref()?.cost.as_deref()?)?;
    bars(histogram, |cost| format!("{} × the median", number(cost / typical)))
}

/// A histogram as the template draws it, with what is written at its ends.
fn bars(histogram: &Histogram, write: impl Fn(f64) -> String) -> Option<Value> {
    if histogram.counts.len() < 2 {
        return None;
    }
    let tallest = *histogram.counts.iter().max()? as f64;
    let heights: Vec<f64> = histogram.counts.iter().map(|&count| count as f64 / tallest).collect();
    Some(context! { heights, low => write(histogram.low), high => write(histogram.high) })
}

/// Names and values as a template reads them.
pub(super) fn rows(rows: Vec<(&'static str, String)>) -> Vec<Value> {
    rows.into_iter().map(|(name, value)| Value::from(vec![name.to_owned(), value])).collect()
}

/// Threads are the run's business, and left out with its times.
fn settings(report: &Report) -> Vec<(&'static str, String)> {
    let mut settings = describe::settings(report.settings);
    settings.extend(report.input.left_out.map(|share| ("Mask", describe::left_out(share))));
    settings.retain(|&(name, _)| name != "Threads" || report.total_seconds.is_some());
    settings
}

/// Name and value of what stands in the page's head: a word or a number each.
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
    }
    if let Some(registration) = &report.registration {
        let end = describe::end(registration.converged, registration.reliability);
        facts.push(("Rounds", format!("{}, {end}", registration.rounds.len())));
        facts.push(("Confidence", format!("{:.1}%", 100.0 * registration.mean_confidence)));
    }
    if !report.devices.is_empty() {
        facts.push(("Computed on", describe::device(&report.devices)));
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

/// What was found on the way, in sentences.
fn details(report: &Report) -> Vec<(&'static str, String)> {
    let mut details = Vec::new();
    if let Some(places) = report.places.as_ref().filter(|places| places.solves.total > 0) {
        details.push(("Convex flow", format!("{:.1} solved at each place, on average", places.solves.mean)));
    }
    if let Some(registration) = &report.registration {
        details.push(("Start", describe::start(registration.start, registration.agreement)));
        details.push((
            "Confidence",
            describe::confidence(registration.mean_confidence, registration.doubtful_share),
        ));
        if let Some(found) = registration.blur {
            details.push(("Deblurred", describe::blur(found)));
        }
        if let Some(found) = registration.second_order {
            details.push(("Second-order bias", describe::second_order(found)));
        }
        if let Some(surface) = registration.surface {
            details.push(("Surface", describe::surface(surface)));
        }
    }
    if !report.devices.is_empty() {
        details.push(("Computed on", describe::devices(&report.devices)));
    }
    if let Some(bands) = report.memory.bands.filter(|&bands| bands > 1) {
        details.push(("Bands", format!("{bands}, one after the other, to keep to the memory limit")));
    }
    details
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
    report.timings.iter().chain(&report.other_time()).map(row).collect()
}

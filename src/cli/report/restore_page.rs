//! The page: one file that shows the still next to the plain ones, from disk, without a network.

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
use seethru::{Method, Restoration, Settings};

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
        for (key, name, frame) in named {
            pictures.push(picture(key, name, format!("{name} of {file}"), frame)?);
        }
    }
    Ok(pictures)
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

/// A histogram as the template draws it.
fn bars(histogram: Option<&Histogram>) -> Option<Value> {
    let histogram = histogram.filter(|histogram| histogram.counts.len() > 1)?;
    let tallest = *histogram.counts.iter().max()? as f64;
    let heights: Vec<f64> = histogram.counts.iter().map(|&count| count as f64 / tallest).collect();
    Some(context! { heights, low => number(histogram.low), high => number(histogram.high) })
}

/// Names and values as a template reads them.
pub(super) fn rows(rows: Vec<(&'static str, String)>) -> Vec<Value> {
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
    if let Some(registration) = &report.registration {
        let end = describe::end(registration.converged, registration.reliability);
        facts.push(("Start", describe::start(registration.start, registration.agreement)));
        facts.push(("Rounds", format!("{}, {end}", registration.rounds.len())));
        facts.push((
            "Confidence",
            describe::confidence(registration.mean_confidence, registration.doubtful_share),
        ));
        if let Some(found) = registration.blur {
            facts.push(("Deblurred", describe::blur(found)));
        }
        if let Some(found) = registration.second_order {
            facts.push(("Second-order bias", describe::second_order(found)));
        }
        if let Some(surface) = registration.surface {
            facts.push(("Surface", describe::surface(surface)));
        }
    }
    if !report.devices.is_empty() {
        facts.push(("Computed on", describe::devices(&report.devices)));
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

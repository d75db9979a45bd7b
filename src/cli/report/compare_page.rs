//! The page of a comparison: any two pictures under one slider, all measurements in a table, how they are measured.

use minijinja::context;
use minijinja::value::{Serde, Value};

use super::comparison::{Better, Compared, Comparison, Measurement, shown};
use super::page::{render, source};
use super::{ReportError, describe};

/// The page as HTML.
pub(crate) fn compare_page(comparison: &Comparison) -> Result<String, ReportError> {
    let made: Vec<&Compared> = comparison.pictures.iter().filter(|one| one.picture.is_some()).collect();
    let measurements = shown(comparison.pictures);
    let values = context! {
        report => Value::from(Serde(comparison)),
        facts => facts(comparison),
        pictures => made.iter().map(|one| picture(one, comparison)).collect::<Result<Vec<_>, _>>()?,
        left => made.first().map(|one| one.method.as_str()),
        right => right(comparison, &made),
        measurements => measurements.iter().map(|measurement| heading(measurement)).collect::<Vec<_>>(),
        rows => comparison.pictures.iter().map(|one| row(one, comparison, &measurements)).collect::<Vec<_>>(),
        failed => comparison.pictures.iter().filter(|one| one.failed.is_some()).count(),
        settings => comparison.pictures.iter().filter_map(settings).collect::<Vec<_>>(),
        fewer_scales => fewer_scales(comparison),
        devices => (!comparison.devices.is_empty()).then(|| describe::devices(&comparison.devices)),
    };
    render("compare.html", values)
}

fn facts(comparison: &Comparison) -> Vec<Value> {
    let input = &comparison.input;
    let methods = comparison.pictures.iter().filter(|one| one.is_method());
    let frames = match input.frames_announced {
        Some(announced) if announced > input.frames_used => format!("{} of {announced}", input.frames_used),
        _ => input.frames_used.to_string(),
    };
    let given = comparison.pictures.iter().filter(|one| one.is_given()).count();
    let mut facts = vec![("Size", format!("{} × {}", input.width, input.height))];
    if let Some(share) = input.left_out {
        facts.push(("Masked", describe::percent(share)));
    }
    if input.frames_used > 0 {
        facts.extend([("Frames used", frames), ("Methods", methods.count().to_string())]);
    }
    if given > 0 {
        facts.push(("Pictures given", given.to_string()));
    }
    facts.extend([("Time", describe::seconds(comparison.total_seconds))]);
    if !comparison.devices.is_empty() {
        facts.push(("Computed on", describe::device(&comparison.devices)));
    }
    if let Some(peak) = comparison.peak_memory {
        facts.push(("Memory", describe::bytes(peak)));
    }
    facts.into_iter().map(|(name, value)| Value::from(vec![name.to_owned(), value])).collect()
}

/// The picture, what it is called, and its main measurements in a line.
fn picture(one: &Compared, comparison: &Comparison) -> Result<Value, ReportError> {
    let file = comparison.input.file;
    let alt = match one.method.as_str() {
        _ if one.is_given() => format!("The picture {}", one.name),
        "truth" => format!("The truth of {file}"),
        "raw" => format!("Frame {} of {file} as it is", comparison.raw_frame),
        _ => format!("{file} restored: {}", one.name),
    };
    let measurements = match (one.fidelity, one.appearance) {
        (Some(fidelity), _) => format!("SSIM {:.4}, PSNR {:.2} dB", fidelity.ssim, fidelity.psnr),
        (None, Some(appearance)) => format!("gradient {:.2}", appearance.gradient),
        (None, None) => String::new(),
    };
    let frame = one.picture.as_ref().map(source).transpose()?;
    Ok(context! { key => &one.method, name => &one.name, alt, source => frame, measurements })
}

/// What is shown at the right at first: the best by SSIM, without a truth what registration made.
fn right<'a>(comparison: &'a Comparison, made: &[&'a Compared]) -> Option<&'a str> {
    let methods = || made.iter().filter(|one| one.is_method()).map(|one| one.method.as_str());
    comparison
        .best
        .ssim
        .as_deref()
        .or_else(|| methods().find(|method| *method == "register"))
        .or_else(|| methods().next_back())
        .or_else(|| made.last().map(|one| one.method.as_str()))
}

fn heading(measurement: &Measurement) -> Value {
    let better = match measurement.better {
        Better::Higher => "Higher is better.",
        Better::Lower => "Lower is better.",
        Better::NearerToOne => "Best at 1.",
        Better::Neither => "",
    };
    // What a click on the heading puts first.
    let first = if measurement.better == Better::Lower { "ascending" } else { "descending" };
    context! { key => measurement.key, name => measurement.name, unit => measurement.unit, note => measurement.note, better, first }
}

fn row(one: &Compared, comparison: &Comparison, measurements: &[&Measurement]) -> Value {
    let cell = |measurement: &&Measurement| {
        let best = measurement.best(comparison.pictures) == Some(one.method.as_str());
        let value = (measurement.of)(one).filter(|value| value.is_finite()).map(|value| value.to_string());
        context! { text => measurement.text(one), value, best }
    };
    let cells: Vec<Value> = measurements.iter().map(cell).collect();
    let warnings: Vec<String> = one.warnings.iter().map(ToString::to_string).collect();
    context! { name => &one.name, method => one.is_method(), failed => &one.failed, warnings, cells }
}

/// What a method was asked to do.
fn settings(one: &Compared) -> Option<Value> {
    let rows: Vec<Value> = describe::settings(one.settings.as_ref()?)
        .into_iter()
        .map(|(name, value)| Value::from(vec![name.to_owned(), value]))
        .collect();
    Some(context! { name => &one.name, rows })
}

/// The number of scales of MS-SSIM, if the pictures are too small for all five.
fn fewer_scales(comparison: &Comparison) -> Option<usize> {
    let scales = comparison.pictures.iter().filter_map(|one| Some(one.fidelity?.ms_ssim_scales)).min()?;
    (scales < seethru::measure::WEIGHTS.len()).then_some(scales)
}

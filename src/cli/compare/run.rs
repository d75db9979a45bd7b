//! Runs a plan: every method, measurements, files, the table.

use std::time::Instant;

use crate::cli::report::comparison::{Best, COMPARISON_SCHEMA, Compared, Comparison, ComparisonOutput};
use crate::cli::report::{InputReport, describe};
use anyhow::{Context as _, Result, anyhow};
use manifold::progress::{Progress, Stage};
use seethru::measure::{Rule, appearance, fidelity};
use seethru::video::{Frame, Input};
use seethru::{Error, restore};

use super::budget::Budget;
use super::clip::{Seen, look};
use super::plan::{ComparePlan, Job};
use super::{table, write};
use crate::cli::console::{Console, print_bytes};
use crate::cli::memory;
use crate::cli::outputs::Outputs;
use crate::cli::restore::remedy;
use crate::cli::stop::{Interrupted, Stop};
use crate::cli::view_args;

pub(crate) fn run(plan: &ComparePlan, console: &Console, stop: &Stop) -> Result<()> {
    let start = Instant::now();
    let input = plan.source.open(stop).map_err(|error| stop.explain(error))?;
    let info = input.info().map_err(view_args::in_options)?;
    plan.check_size(&info)?;
    let budget = Budget::of(plan, &info)?;
    let truth = plan.read_truth((&input, &info))?;
    let seen = {
        let bars = console.progress(stop.clone());
        look(&input, plan.frames, &bars).map_err(|error| stop.explain(in_options(error, &input)))?
    };
    let mut pictures = pictures(plan, (&seen, truth.as_ref(), &budget), &input, console, stop)?;
    let threads = plan.jobs[0].settings.threads.map_or(0, |threads| threads.get());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    {
        let bars = console.progress(stop.clone());
        pool.install(|| measure(&mut pictures, plan, &seen, truth.as_ref(), &bars))?;
    }
    let comparison = comparison(plan, &seen, &pictures, start.elapsed().as_secs_f64());
    let mut outputs = Outputs::new(stop);
    write::all(plan, &comparison, &mut outputs)?;
    outputs.appear()?;
    if plan.json {
        let json = comparison.to_json()?;
        print_bytes(format!("{json}\n").as_bytes()).with_context(|| write::written(plan))?;
    } else {
        print_bytes(table::text(&pictures).as_bytes()).with_context(|| write::written(plan))?;
    }
    console.summary(&write::summary(plan, &comparison));
    match pictures.iter().find_map(|one| one.failed.as_ref().map(|why| (one.method, why))) {
        None => Ok(()),
        Some((method, why)) => {
            let failed = pictures.iter().filter(|one| one.failed.is_some()).count();
            Err(anyhow!(
                "{failed} of {} methods made no still; the others were compared: {method}: {why}",
                plan.jobs.len()
            ))
        }
    }
}

/// A raw frame, what each method makes of the clip, and the truth; nothing is measured yet.
fn pictures(
    plan: &ComparePlan,
    (seen, truth, budget): (&Seen, Option<&Frame>, &Budget),
    input: &Input,
    console: &Console,
    stop: &Stop,
) -> Result<Vec<Compared>> {
    let mut pictures = vec![found("raw", format!("Raw frame {}", seen.raw_number), &seen.raw)];
    for (at, job) in plan.jobs.iter().enumerate() {
        let start = Instant::now();
        let made = {
            let bars = console.progress(stop.clone());
            let settings = job.settings.clone().reserve(budget.held(at));
            restore(input, &settings, &bars)
        };
        stop.check()?;
        let seconds = start.elapsed().as_secs_f64();
        let (picture, failed, warnings) = match made {
            Ok(restoration) => (Some(restoration.still), None, restoration.warnings),
            Err(error) => (None, Some(failure(error, job, input)), Vec::new()),
        };
        let end = failed.as_ref().map_or_else(|| describe::seconds(seconds), |why| format!("failed: {why}"));
        console.summary(&format!("{} of {}: {}, {end}", at + 1, plan.jobs.len(), job.method));
        let (fidelity, appearance, file) = Default::default();
        pictures.push(Compared {
            method: job.method,
            name: job.name.clone(),
            settings: Some(job.settings.clone()),
            seconds: failed.is_none().then_some(seconds),
            fidelity,
            appearance,
            failed,
            warnings,
            file,
            picture,
        });
    }
    if pictures.iter().all(|one| one.failed.is_some() || one.method == "raw") {
        let why = pictures.iter().find_map(|one| one.failed.clone()).unwrap_or_default();
        return Err(anyhow!("no method made a still: {why}"));
    }
    pictures.extend(truth.map(|truth| found("truth", "Truth".to_owned(), truth)));
    Ok(pictures)
}

/// A picture that no method made.
fn found(method: &'static str, name: String, picture: &Frame) -> Compared {
    let (settings, seconds, fidelity, appearance, failed, warnings, file) = Default::default();
    let picture = Some(picture.clone());
    Compared { method, name, settings, seconds, fidelity, appearance, failed, warnings, file, picture }
}

/// Why a method made no picture, in the words of the command line.
fn failure(error: Error, job: &Job, input: &Input) -> String {
    // What registration needs is no reason to give another method: they are all tried.
    let told = match error {
        Error::Register(error) => anyhow!("{error}; leave {} out with --methods", job.method),
        error => remedy::in_options(error, input),
    };
    let causes: Vec<String> = told.chain().map(ToString::to_string).collect();
    causes.join(": ")
}

/// A range that selects nothing is the user's.
fn in_options(error: anyhow::Error, input: &Input) -> anyhow::Error {
    match error.downcast::<seethru::video::VideoError>() {
        Ok(error) => remedy::in_options(error.into(), input),
        Err(error) => error,
    }
}

fn measure(
    pictures: &mut [Compared],
    plan: &ComparePlan,
    seen: &Seen,
    truth: Option<&Frame>,
    progress: &dyn Progress,
) -> Result<()> {
    let (rule, total) = (Rule::default(), pictures.len());
    for (at, one) in pictures.iter_mut().enumerate() {
        if progress.advance(Stage::QUALITY, at, Some(total)).is_break() {
            return Err(Interrupted.into());
        }
        let Some(picture) = &one.picture else { continue };
        one.appearance = Some(appearance(picture, &seen.mean, &rule)?);
        if let Some(truth) = truth.filter(|_| one.method != "truth") {
            one.fidelity = Some(fidelity(picture, truth, &rule)?);
        }
        let kept = plan.file(one.method).filter(|_| one.method != "truth");
        one.file = kept.map(|path| path.display().to_string());
    }
    Ok(())
}

fn comparison<'a>(
    plan: &'a ComparePlan,
    seen: &'a Seen,
    pictures: &'a [Compared],
    total_seconds: f64,
) -> Comparison<'a> {
    let info = &seen.info;
    Comparison {
        schema: COMPARISON_SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        command: &plan.command,
        input: InputReport {
            file: &plan.name,
            codec: &info.codec,
            width: info.width,
            height: info.height,
            channels: info.channels,
            depth: info.depth,
            frames_announced: info.announced_frames,
            frames_used: seen.frames,
            frame_rate: info.frame_rate,
        },
        truth: plan.truth.as_ref().map(|(path, _)| path.as_path()),
        output: ComparisonOutput {
            montage: &plan.montage,
            report: plan.page.as_deref(),
            csv: plan.csv.as_deref(),
            pictures: plan.pictures.as_deref(),
        },
        alignment: Rule::default(),
        raw_frame: seen.raw_number,
        best: Best::of(pictures),
        pictures,
        devices: plan.jobs[0].settings.device.notes(),
        total_seconds,
        peak_memory: memory::peak(),
    }
}

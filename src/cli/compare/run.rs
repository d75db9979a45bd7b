//! Runs a plan: every method, measurements, files, the table.

use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::cli::report::comparison::{
    Best, COMPARISON_SCHEMA, Compared, Comparison, ComparisonOutput, GIVEN,
};
use crate::cli::report::{InputReport, describe};
use anyhow::{Context as _, Result, anyhow};
use manifold::progress::{Progress, Stage};
use seethru::measure::{Rule, appearance, fidelity};
use seethru::video::{ColorSpace, Depth, Frame, Input, Mask, Samples, VideoInfo, read_still};
use seethru::{Error, Settings, restore};

use super::budget::Budget;
use super::clip::{Seen, look};
use super::plan::{ComparePlan, Job};
use super::{table, write};
use crate::cli::console::Console;
use crate::cli::counted::counted;
use crate::cli::lines::print_bytes;
use crate::cli::memory;
use crate::cli::opener;
use crate::cli::outputs::Outputs;
use crate::cli::restore::remedy;
use crate::cli::stop::{Interrupted, Stop};
use crate::cli::view_args;

pub(crate) fn run(plan: &ComparePlan, console: &Console, stop: &Stop) -> Result<()> {
    let start = Instant::now();
    let Some(source) = &plan.source else { return pictures_alone(plan, console, stop, start) };
    let input = source.open(stop).map_err(|error| stop.explain(error))?;
    let info = input.info().map_err(view_args::in_options)?;
    plan.check_size(&info)?;
    let budget = Budget::of(plan, &info)?;
    let truth = plan.read_truth((&input, &info))?;
    let given = plan.read_given((&input, &info))?;
    let seen = {
        let bars = console.progress(stop.clone());
        look(&input, plan.frames, &bars).map_err(|error| stop.explain(in_options(error, &input)))?
    };
    let mut pictures = pictures(plan, (&seen, &budget), &input, console, stop)?;
    pictures.extend(given_pictures(plan, given));
    pictures.extend(truth.as_ref().map(|truth| found("truth", "Truth".to_owned(), truth.clone())));
    let threads = plan.jobs[0].settings.threads.map_or(0, |threads| threads.get());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    {
        let bars = console.progress(stop.clone());
        pool.install(|| measure(&mut pictures, plan, Some(&seen), truth.as_ref(), &bars))?;
    }
    let input = InputReport { file: &plan.name, ..input_of(&seen.info, seen.frames) };
    let seconds = start.elapsed().as_secs_f64();
    let mut compared = comparison(plan, (input, seen.raw_number), &pictures, seconds);
    compared.color_space = seen.info.color_space.clone();
    tell(plan, &compared, console, stop)?;
    match pictures.iter().find_map(|one| one.failed.as_ref().map(|why| (&one.method, why))) {
        None => Ok(()),
        Some((method, why)) => {
            let failed = pictures.iter().filter(|one| one.failed.is_some()).count();
            Err(anyhow!(
                "{failed} of {} failed; the others were compared: {method}: {why}",
                counted(plan.jobs.len(), "method")
            ))
        }
    }
}

/// Finished pictures beside the truth, without a clip.
fn pictures_alone(plan: &ComparePlan, console: &Console, stop: &Stop, start: Instant) -> Result<()> {
    let (path, _) = plan.truth.as_ref().context("no truth is given")?;
    let read = |option: &'static str, path: &Path| {
        let picture = read_still(path).context(option)?;
        let changed = || format!("{option}: {} changed while it was read", path.display());
        plan.mask.as_ref().map_or(Some(picture.clone()), |mask| mask.fill(picture)).with_context(changed)
    };
    let truth = read("--truth", path)?;
    let read = |(path, _): &(PathBuf, _)| read("--picture", path);
    let mut pictures = given_pictures(plan, plan.given.iter().map(read).collect::<Result<Vec<_>>>()?);
    pictures.push(found("truth", "Truth".to_owned(), truth.clone()));
    {
        let bars = console.progress(stop.clone());
        measure(&mut pictures, plan, None, Some(&truth), &bars).map_err(|error| stop.explain(error))?;
    }
    let depth = if matches!(truth.samples, Samples::U8(_)) { Depth::Eight } else { Depth::Sixteen };
    let input = InputReport {
        file: &plan.name,
        codec: "picture",
        width: truth.width,
        height: truth.height,
        left_out: plan.mask.as_ref().map(Mask::left_out),
        channels: truth.channels,
        depth,
        frames_announced: None,
        frames_used: 0,
        frame_rate: None,
    };
    let seconds = start.elapsed().as_secs_f64();
    tell(plan, &comparison(plan, (input, 0), &pictures, seconds), console, stop)
}

/// Writes and prints all that is asked for.
fn tell(plan: &ComparePlan, comparison: &Comparison, console: &Console, stop: &Stop) -> Result<()> {
    let mut outputs = Outputs::new(stop);
    write::all(plan, comparison, &mut outputs)?;
    outputs.appear()?;
    if plan.json {
        let json = comparison.to_json()?;
        print_bytes(format!("{json}\n").as_bytes()).with_context(|| write::written(plan))?;
    } else {
        print_bytes(table::text(comparison.pictures).as_bytes()).with_context(|| write::written(plan))?;
    }
    console.summary(&write::summary(plan, comparison));
    if let Some(page) = plan.page.as_deref().filter(|_| plan.open) {
        opener::open(page, console);
    }
    Ok(())
}

/// A raw frame, and what each method makes of the clip; nothing is measured yet.
fn pictures(
    plan: &ComparePlan,
    (seen, budget): (&Seen, &Budget),
    input: &Input,
    console: &Console,
    stop: &Stop,
) -> Result<Vec<Compared>> {
    let mut pictures = vec![found("raw", format!("Raw frame {}", seen.raw_number), seen.raw.clone())];
    // Why the first methods failed: told beside what others made, or once if none made anything.
    let (mut held, mut made_one) = (Vec::new(), false);
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
        held.push(format!("{} of {}: {}, {end}", at + 1, plan.jobs.len(), job.method));
        if made_one || failed.is_none() {
            made_one = true;
            held.drain(..).for_each(|line| console.summary(&line));
        }
        let (fidelity, appearance, file) = Default::default();
        pictures.push(Compared {
            method: job.method.to_owned(),
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
    if !made_one {
        let mut reasons: Vec<&str> = pictures.iter().filter_map(|one| one.failed.as_deref()).collect();
        reasons.dedup();
        return Err(anyhow!("every method failed: {}", reasons.join("; ")));
    }
    Ok(pictures)
}

/// The pictures that were given, by the names of their files.
fn given_pictures(plan: &ComparePlan, frames: Vec<Frame>) -> Vec<Compared> {
    let one = |(at, ((path, _), frame)): (usize, (&(PathBuf, _), Frame))| {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let file = Some(path.display().to_string());
        Compared { file, ..found(&format!("{GIVEN}{}", at + 1), name, frame) }
    };
    plan.given.iter().zip(frames).enumerate().map(one).collect()
}

/// A picture that no method made.
fn found(method: &str, name: String, picture: Frame) -> Compared {
    let (settings, seconds, fidelity, appearance, failed, warnings, file) = Default::default();
    let (method, picture) = (method.to_owned(), Some(picture));
    Compared { method, name, settings, seconds, fidelity, appearance, failed, warnings, file, picture }
}

/// Why a method made no picture, in the words of the command line.
fn failure(error: Error, job: &Job, input: &Input) -> String {
    // What registration needs is not a reason to give another method: they are all tried.
    let told = match error {
        Error::Register(error) => anyhow!("{error}; leave {} out with --methods", job.method),
        error => remedy::in_options(error, input, &job.settings.method),
    };
    let causes: Vec<String> = told.chain().map(ToString::to_string).collect();
    causes.join(": ")
}

/// A range that selects nothing is the user's.
fn in_options(error: anyhow::Error, input: &Input) -> anyhow::Error {
    match error.downcast::<seethru::video::VideoError>() {
        Ok(error) => remedy::in_options(error.into(), input, &Settings::default().method),
        Err(error) => error,
    }
}

fn measure(
    pictures: &mut [Compared],
    plan: &ComparePlan,
    seen: Option<&Seen>,
    truth: Option<&Frame>,
    progress: &dyn Progress,
) -> Result<()> {
    let (rule, total) = (Rule::default(), pictures.len());
    for (at, one) in pictures.iter_mut().enumerate() {
        if progress.advance(Stage::QUALITY, at, Some(total)).is_break() {
            return Err(Interrupted.into());
        }
        let Some(picture) = &one.picture else { continue };
        one.appearance = seen.map(|seen| appearance(picture, &seen.mean, &rule)).transpose()?;
        if let Some(truth) = truth.filter(|_| one.method != "truth") {
            one.fidelity = Some(fidelity(picture, truth, &rule)?);
        }
        if !one.is_given() && one.method != "truth" {
            one.file = plan.file(&one.method).map(|path| path.display().to_string());
        }
    }
    Ok(())
}

fn input_of(info: &VideoInfo, frames_used: usize) -> InputReport<'_> {
    InputReport {
        file: "",
        codec: &info.codec,
        width: info.width,
        height: info.height,
        left_out: info.left_out,
        channels: info.channels,
        depth: info.depth,
        frames_announced: info.announced_frames,
        frames_used,
        frame_rate: info.frame_rate,
    }
}

fn comparison<'a>(
    plan: &'a ComparePlan,
    (input, raw_frame): (InputReport<'a>, usize),
    pictures: &'a [Compared],
    total_seconds: f64,
) -> Comparison<'a> {
    Comparison {
        schema: COMPARISON_SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        command: &plan.command,
        input,
        truth: plan.truth.as_ref().map(|(path, _)| path.as_path()),
        output: ComparisonOutput {
            montage: &plan.montage,
            report: plan.page.as_deref(),
            csv: plan.csv.as_deref(),
            pictures: plan.pictures.as_deref(),
        },
        alignment: Rule::default(),
        color_space: ColorSpace::Standard,
        raw_frame,
        best: Best::of(pictures),
        pictures,
        devices: plan.jobs[0].settings.device.notes(),
        total_seconds,
        peak_memory: memory::peak(),
    }
}

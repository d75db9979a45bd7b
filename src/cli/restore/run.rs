//! Runs a plan: restore, write, report.

use std::time::Instant;

use anyhow::{Context as _, Result};
use manifold::progress::{Ahead, Progress};
use seethru::registration::{surface_ahead, warping_ahead};
use seethru::video::{Input, Warning, WarningKind, write_still_in};
use seethru::{Restoration, restore};

use super::doubts::doubt;
use super::pacing::Pacing;
use super::plan::RestorePlan;
use super::surface_outputs::Water;
use super::{registration_outputs, remedy};
use crate::cli::console::Console;
use crate::cli::counted::counted;
use crate::cli::lines::print_bytes;
use crate::cli::memory;
use crate::cli::opener;
use crate::cli::outputs::Outputs;
use crate::cli::report::{self, Report, describe};
use crate::cli::stop::Stop;
use crate::cli::view_args;

pub(crate) fn run(mut plan: RestorePlan, console: &Console, stop: &Stop) -> Result<()> {
    let start = Instant::now();
    let input = plan.source.open(stop).map_err(|error| stop.explain(error))?;
    plan.leave_room(&input.info().map_err(view_args::in_options)?);
    let chosen = plan.settle(&input, &console.progress(stop.clone()))?;
    let (early, late) = chosen.map_or((None, None), |settled| match settled.registrable {
        true => (Some(&settled.line), None),
        // The clip may be one of which no still can be made: that is all to be said then.
        false => (None, Some(&settled.line)),
    });
    early.into_iter().for_each(|line| console.summary(line));
    let progress = console.progress(stop.clone()).then(later(&plan, &input)?);
    let mut restoration = restored(&plan, &input, &progress)?;
    late.into_iter().for_each(|line| progress.aside(|| console.summary(line)));
    stop.check()?;
    let pacing = Pacing::of(&plan, &input, &restoration)?;
    restoration
        .warnings
        .extend(pacing.warnings(&plan).into_iter().map(|line| Warning::new(WarningKind::Output, line)));
    progress.aside(|| {
        restoration.warnings.iter().for_each(|warning| console.warning(&view_args::with_option(warning)));
    });
    if let Some(registration) = &restoration.registration {
        tracing::info!("start: {}", describe::start(registration.start, registration.agreement.as_ref()));
        if !registration.lost.is_empty() {
            tracing::info!("{}", describe::lost(&registration.lost, &registration.misfits));
        }
        if let Some(found) = &registration.second_order {
            tracing::info!("second-order bias: {}", describe::second_order(found));
        }
    }
    let water = Water::of(&plan, &input, &restoration, &progress);
    stop.check()?;
    // All else is worth having even where the depth of the water is not known.
    let found = water.as_ref().ok().and_then(Option::as_ref);
    if let Some(found) = found {
        tracing::info!("surface: {}", describe::surface(&found.summary));
    }
    let mut outputs = Outputs::new(stop);
    let all = (&restoration, &pacing, found);
    let seconds =
        write(&plan, &input, all, &mut outputs, &progress, start).map_err(|error| stop.explain(error))?;
    drop(progress);
    outputs.appear()?;
    if plan.json {
        let json = report(&plan, &restoration, found, seconds).to_json()?;
        print_bytes(format!("{json}\n").as_bytes()).with_context(|| written(&plan))?;
    }
    water.with_context(|| written(&plan))?;
    console.summary(&summary(&plan, &restoration, seconds));
    if let Some(page) = plan.page.as_deref().filter(|_| plan.open) {
        opener::open(page, console);
    }
    Ok(())
}

/// What is to come after the restoration.
fn later(plan: &RestorePlan, input: &Input) -> Result<Vec<Ahead>> {
    let info = input.info().map_err(view_args::in_options)?;
    let surface = plan.surface.as_ref().map(|_| surface_ahead(&info));
    let video = plan.video.as_ref().map(|_| warping_ahead(&info));
    Ok(surface.into_iter().chain(video).collect())
}

/// The plan's restoration, with what `--auto` chooses; nothing is written yet.
pub(crate) fn restored(plan: &RestorePlan, input: &Input, progress: &dyn Progress) -> Result<Restoration> {
    plan.settle(input, progress)?;
    let mut restoration = restore(input, plan.resolved(), progress)
        .map_err(|error| remedy::in_options(error, input, &plan.resolved().method))?;
    restoration.warnings.extend(doubt(&restoration).map(|line| Warning::new(WarningKind::Doubt, line)));
    Ok(restoration)
}

/// Makes all the files that the plan asks for, the page last; returns the seconds since `start` that it tells.
fn write(
    plan: &RestorePlan,
    input: &Input,
    (restoration, pacing, water): (&Restoration, &Pacing, Option<&Water>),
    outputs: &mut Outputs,
    progress: &dyn Progress,
    start: Instant,
) -> Result<f64> {
    outputs.make(&plan.still, |path| {
        Ok(write_still_in(path, &restoration.still, &restoration.video.color_space)?)
    })?;
    registration_outputs::write(plan, input, restoration, pacing, outputs, progress)?;
    if let (Some(water), Some(asked)) = (water, &plan.surface) {
        water.write(asked, (restoration, pacing), outputs, progress)?;
    }
    let seconds = start.elapsed().as_secs_f64();
    if let Some(path) = &plan.page {
        let page = report::page(&report(plan, restoration, water, seconds), restoration)?;
        outputs.bytes(path, page.as_bytes())?;
    }
    Ok(seconds)
}

fn written(plan: &RestorePlan) -> String {
    format!("{} was written, but not all that was asked for", plan.still.display())
}

fn report<'a>(
    plan: &'a RestorePlan,
    restoration: &'a Restoration,
    water: Option<&'a Water>,
    seconds: f64,
) -> Report<'a> {
    let surface = plan.surface.as_ref().zip(water);
    let run = report::Run {
        input: &plan.name,
        command: plan.repeat(),
        still: &plan.still,
        page: plan.page.as_deref(),
        video: plan.video.as_deref(),
        displacements: plan.displacements.as_deref(),
        surface: surface.map(|(asked, water)| report::SurfaceRun {
            arrays: &asked.arrays,
            video: asked.video.as_deref(),
            summary: &water.summary,
        }),
        confidence: plan.confidence.as_deref(),
        peak_memory: memory::peak(),
        seconds,
    };
    Report::new(run, plan.resolved(), restoration)
}

fn summary(plan: &RestorePlan, restoration: &Restoration, seconds: f64) -> String {
    let places =
        restoration.places.as_ref().map(|places| format!(", {}", counted(places.grid.len(), "place")));
    let registration = restoration.registration.as_ref().map(|registration| {
        let rounds = registration.rounds.len();
        let end = describe::end(registration.converged, registration.reliability);
        let lost = match registration.lost.len() {
            0 => String::new(),
            lost => format!(" ({lost} left out)"),
        };
        format!("{lost} registered in {}, {end}", counted(rounds, "round"))
    });
    let others = [&plan.page, &plan.video, &plan.displacements, &plan.confidence];
    let surface = plan.surface.iter().flat_map(|surface| [&surface.arrays].into_iter().chain(&surface.video));
    let files: Vec<String> = [&plan.still]
        .into_iter()
        .chain(others.into_iter().flatten())
        .chain(surface)
        .map(|path| path.display().to_string())
        .collect();
    let files = match files.split_last() {
        Some((last, first)) if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => files.concat(),
    };
    format!(
        "wrote {files}: {}{}{}, {}",
        counted(restoration.frames_used, "frame"),
        places.unwrap_or_default(),
        registration.unwrap_or_default(),
        describe::seconds(seconds),
    )
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;
    use manifold::device::Device;
    use manifold::progress::Silent;
    use seethru::video::{Channels, Frame, Samples};
    use seethru::{Baseline, Method};

    use super::*;
    use crate::cli::command::Cli;
    use crate::cli::restored::restored;

    fn restoration() -> Restoration {
        let mut restoration = restored(Method::Baseline(Baseline::Mean));
        restoration.still =
            Frame { width: 2, height: 1, channels: Channels::Luma, samples: Samples::U8(vec![10, 200]) };
        (restoration.frames_used, restoration.memory_estimate) = (7, 1 << 20);
        (restoration.comparisons, restoration.timings) = (None, Vec::new());
        restoration
    }

    fn input(plan: &RestorePlan) -> Input {
        Input::locate(&plan.name).unwrap()
    }

    fn plan(folder: &std::path::Path) -> RestorePlan {
        let at = |name: &str| folder.join(name).display().to_string();
        std::fs::write(at("pool.mp4"), b"stands for a video").unwrap();
        let words =
            ["seethru", &at("pool.mp4"), "-o", &at("still.png"), "--report", &at("page.html"), "--json"];
        RestorePlan::new(&Cli::try_parse_from(words).unwrap().restore, &Device::cpu(), String::new()).unwrap()
    }

    #[test]
    fn picture_and_page_are_written_and_summed_up() {
        let folder = tempfile::tempdir().unwrap();
        let plan = plan(folder.path());
        let stop = Stop::default();
        let mut outputs = Outputs::new(&stop);
        let made = (&restoration(), &Pacing::even(25.0), None);
        write(&plan, &input(&plan), made, &mut outputs, &Silent, Instant::now()).unwrap();
        assert!(!plan.still.exists());
        outputs.appear().unwrap();
        let picture = image::open(&plan.still).unwrap();
        assert_eq!(picture.to_luma8().into_raw(), [10, 200]);
        let page = std::fs::read_to_string(plan.page.as_ref().unwrap()).unwrap();
        assert!(page.contains("<!doctype html>") && page.contains("still.png"));
        let summary = summary(&plan, &restoration(), 1.25);
        assert!(summary.ends_with("page.html: 7 frames, 1.2 s"), "{summary}");
    }

    #[test]
    fn without_its_report_there_is_no_picture() {
        let folder = tempfile::tempdir().unwrap();
        let mut plan = plan(folder.path());
        plan.page = Some(folder.path().join("gone/page.html"));
        let stop = Stop::default();
        let mut outputs = Outputs::new(&stop);
        let made = (&restoration(), &Pacing::even(25.0), None);
        let error = write(&plan, &input(&plan), made, &mut outputs, &Silent, Instant::now()).unwrap_err();
        assert!(error.to_string().contains("gone"), "{error}");
        drop(outputs);
        assert!(!plan.still.exists());
    }
}

//! `seethru inspect`: one place of a clip, looked at closely.

mod args;
mod figure;
mod plan;
mod remedy;

use std::time::Instant;

use crate::cli::report::{InspectReport, InspectRun, inspect_page};
use anyhow::{Context as _, Result};
use seethru::inspect::{Place, inspect};

pub(crate) use args::InspectArgs;
pub(crate) use plan::InspectPlan;

use super::console::Console;
use super::counted::counted;
use super::lines::print_bytes;
use super::memory;
use super::opener;
use super::outputs::Outputs;
use super::report::describe;
use super::stop::Stop;
use super::view_args::with_option;

pub(crate) fn run(plan: InspectPlan, console: &Console, stop: &Stop) -> Result<()> {
    let start = Instant::now();
    let input = plan.source.open(stop).map_err(|error| stop.explain(error))?;
    let place = {
        let bars = console.progress(stop.clone());
        inspect(&input, &plan.settings, &bars)
            .map_err(|error| remedy::in_options(error, &plan.settings, &plan.name))?
    };
    stop.check()?;
    for warning in &place.warnings {
        console.warning(&with_option(warning));
    }
    let seconds = start.elapsed().as_secs_f64();
    let report = report(&plan, &place, seconds);
    let mut outputs = Outputs::new(stop);
    outputs.make(&plan.figure, |path| Ok(figure::draw(&plan, &place)?.write(path)?))?;
    if let Some(path) = &plan.page {
        outputs.bytes(path, inspect_page(&report, &place)?.as_bytes())?;
    }
    outputs.appear()?;
    if plan.json {
        let written = || format!("{} was written, but not all that was asked for", plan.figure.display());
        print_bytes(format!("{}\n", report.to_json()?).as_bytes()).with_context(written)?;
    }
    console.summary(&summary(&plan, &place, seconds));
    if let Some(page) = plan.page.as_deref().filter(|_| plan.open) {
        opener::open(page, console);
    }
    Ok(())
}

fn report<'a>(plan: &'a InspectPlan, place: &'a Place, seconds: f64) -> InspectReport<'a> {
    let run = InspectRun {
        input: &plan.name,
        command: &plan.command,
        figure: &plan.figure,
        page: plan.page.as_deref(),
        seconds,
        peak_memory: memory::peak(),
    };
    InspectReport::new(run, &plan.settings, place)
}

fn summary(plan: &InspectPlan, place: &Place, seconds: f64) -> String {
    let page = plan.page.as_ref().map_or(String::new(), |page| format!(" and {}", page.display()));
    let leaks = match place.leaks.len() {
        0 => "no edge leaks".to_owned(),
        1 => "1 edge leaks".to_owned(),
        leaks => format!("{leaks} edges leak"),
    };
    format!(
        "wrote {}{page}: {}, F is frame {}, {leaks}, residual variance {:.3} by Isomap and {:.3} by flow, {}",
        plan.figure.display(),
        counted(place.frames.len(), "patch"),
        place.frames[place.centers[0].node as usize],
        place.isomap.residual_variance,
        place.flow.residual_variance,
        describe::seconds(seconds),
    )
}

//! Runs a plan: restore, write, tell.

use std::io::{self, IsTerminal as _};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use seethru::patch::GridError;
use seethru::pipeline::{Restoration, RestoreError, restore};
use seethru::report::{self, Report};
use seethru::video::Input;

use super::console::{Console, print_bytes};
use super::plan::{RestorePlan, Source};
use super::stop::Stop;
use super::{memory, placeholder};

pub fn run(plan: RestorePlan, console: &Console, stop: &Stop) -> Result<()> {
    let start = Instant::now();
    let input = input(&plan.source)?;
    let restoration = {
        let bars = console.progress(stop.clone());
        restore(&input, &plan.settings, &bars).map_err(|error| with_remedy(error, &plan))?
    };
    stop.check()?;
    for warning in &restoration.warnings {
        console.warning(warning);
    }
    write(&plan, &restoration)?;
    console.summary(&summary(&plan, &restoration, start.elapsed().as_secs_f64()));
    Ok(())
}

fn input(source: &Source) -> Result<Input> {
    match source {
        Source::Located(input) => Ok(input.clone()),
        Source::Pipe if io::stdin().is_terminal() => {
            bail!("- reads y4m from a pipe, and nothing is piped in: name a file, or pipe a video in")
        }
        Source::Pipe => placeholder::spool_y4m(io::stdin().lock(), &std::env::temp_dir()),
    }
}

/// Names the option that helps, where one does.
fn with_remedy(error: RestoreError, plan: &RestorePlan) -> anyhow::Error {
    let remedy = match &error {
        RestoreError::Grid(GridError::PatchLargerThanFrame { width, height, .. }) => {
            format!("{}: give a --patch of at most {}", plan.name, width.min(height))
        }
        _ => return error.into(),
    };
    anyhow::Error::new(error).context(remedy)
}

fn write(plan: &RestorePlan, restoration: &Restoration) -> Result<()> {
    let run = report::Run {
        input: &plan.name,
        command: &plan.command,
        picture: &plan.picture,
        page: plan.page.as_deref(),
        peak_memory: memory::peak(),
    };
    let report = Report::new(run, &plan.settings, restoration);
    placeholder::write_still(&plan.picture, &restoration.picture)?;
    let written = || format!("{} was written, but not all of the reports", plan.picture.display());
    if let Some(path) = &plan.page {
        let page = report::page(&report, restoration).with_context(written)?;
        placeholder::write_whole(path, page.as_bytes()).with_context(written)?;
    }
    if plan.json {
        let json = report.to_json().with_context(written)?;
        print_bytes(format!("{json}\n").as_bytes()).with_context(written)?;
    }
    Ok(())
}

fn summary(plan: &RestorePlan, restoration: &Restoration, seconds: f64) -> String {
    let places = restoration.places.as_ref().map(|places| format!(", {} places", places.grid.len()));
    let page = plan.page.as_ref().map(|page| format!(" and {}", page.display()));
    format!(
        "wrote {}{}: {} frames{}, {seconds:.1} s",
        plan.picture.display(),
        page.unwrap_or_default(),
        restoration.frames_used,
        places.unwrap_or_default(),
    )
}

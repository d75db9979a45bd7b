//! `seethru batch`: many clips, each by itself, and on from where it was after a stop.

mod args;
mod board;
mod clip;
mod clip_options;
mod estimate;
mod hash;
mod inputs;
mod job;
pub(crate) mod list;
pub(crate) mod manifest;
mod named;
mod outputs;
mod overview;
mod plan;
mod resume;
mod run;
mod share;
mod summary;

use std::io::{self, IsTerminal as _};
use std::path::Path;
use std::time::Instant;

use anyhow::{Result, bail};
use clap::ArgMatches;
use manifold::device::Device;

pub(crate) use args::BatchArgs;
use board::Board;
pub(crate) use inputs::first_video;
use manifest::{Mode, Record, Records};
use overview::Pictures;
use plan::Plan;
use resume::Due;
use summary::Counts;

use super::console::Console;
use super::counted::counted;
use super::lines::one_line;
use super::opener;
use super::stop::{Kept, Stop};

/// All the rest is done and written.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("{failed} of {} failed: fix them and give --resume, or try again with --retry-failed", counted(*clips, "clip"))]
pub(crate) struct SomeFailed {
    failed: usize,
    clips: usize,
}

/// `matches` is the whole call; `command` repeats it, whether or not a configuration added to it.
pub(crate) fn run(
    args: &BatchArgs,
    (matches, command, configured): (&ArgMatches, &str, bool),
    device: &Device,
    console: &Console,
    stop: &Stop,
) -> Result<()> {
    let start = Instant::now();
    let mode = match (args.overwrite, args.resumes()) {
        (true, _) => Mode::Overwrite,
        (_, true) => Mode::Resume,
        _ => Mode::Fresh,
    };
    if args.clips.iter().any(|clip| clip == Path::new(inputs::PIPE)) && io::stdin().is_terminal() {
        bail!("- reads names of clips from a pipe, but nothing is piped in: name clips, or pipe their names");
    }
    let named = inputs::named(args, io::stdin().lock())?;
    let matches = matches.subcommand_matches("batch").unwrap_or(matches);
    let mut plan = Plan::new(args, (matches, command, configured), named)?;
    if args.dry_run {
        return dry(args, &plan, &manifest::peek(&args.output, mode)?, console);
    }
    manifest::look(&args.output, mode)?;
    // Jobs that run side by side share the memory of the GPU.
    let share = device.shared_by(plan.share.jobs)?;
    plan.clips.iter_mut().for_each(|clip| clip.settings.device = share.clone());
    stop.check()?;
    run::made(&args.output)?;
    let (manifest, before) = manifest::claim(&args.output, mode, command)?;
    stop.waits_for_the_work();
    stop.last_words("stopped; what was done is kept: the same command with --resume continues");
    run::prepare(&plan, stop)?;
    let due = resume::due(&plan, &before, args.retry_failed);
    let running = running(&due);
    let ahead = estimate::ahead(&plan, &running, &before);
    summary::plan(&plan, &due, ahead, false, console);
    // A panic fails its clip, whose line says so; where it was is for the log.
    std::panic::set_hook(Box::new(|panic| tracing::error!("{panic}")));
    let ended = {
        let clips: Vec<_> = running.iter().map(|&at| &plan.clips[at]).collect();
        let board = Board::new(console, stop, &clips);
        run::all(&plan, &running, manifest, &board)
    };
    run::tidy(&plan);
    let (records, pictures) = ended?;
    let ended = Ended { records, pictures, ahead, seconds: start.elapsed().as_secs_f64() };
    finish(args, &plan, &due, &ended, console, stop)
}

/// What a batch has come to.
struct Ended {
    records: Vec<Option<Record>>,
    /// Of the clips that this run has done.
    pictures: Vec<Pictures>,
    /// Seconds that it was expected to take.
    ahead: Option<f64>,
    seconds: f64,
}

/// Makes the overview, and says how the batch ended.
fn finish(
    args: &BatchArgs,
    plan: &Plan,
    due: &[Due],
    ended: &Ended,
    console: &Console,
    stop: &Stop,
) -> Result<()> {
    let &Ended { ref records, ref pictures, ahead, seconds } = ended;
    if let Some(path) = &plan.overview
        && let Err(error) = overview::write(path, plan, (due, records), pictures, seconds, stop)
    {
        // The clips are done all the same.
        let line = format!("the overview {} was not made: {}", path.display(), one_line(&error));
        stop.whole(|| console.warning(&line));
    }
    let counts = Counts::of(due, records);
    if counts.done + counts.passed_over + counts.failed < counts.clips {
        return Err(Kept(format!(
            "{} of {} are done: the same command with --resume continues",
            counts.done + counts.passed_over,
            counted(counts.clips, "clip")
        ))
        .into());
    }
    summary::table(plan, due, records, seconds, console);
    if args.json {
        summary::print(plan, due, records, ahead, Some(seconds))?;
    }
    if let Some(page) = plan.overview.as_deref().filter(|_| args.open) {
        opener::open(page, console);
    }
    match counts.failed {
        0 => Ok(()),
        failed => Err(SomeFailed { failed, clips: counts.clips }.into()),
    }
}

/// Places in the plan of the clips that are to be done.
fn running(due: &[Due]) -> Vec<usize> {
    let numbered = due.iter().enumerate();
    numbered.filter(|(_, due)| matches!(due, Due::Run(_))).map(|(at, _)| at).collect()
}

/// Says what would be done.
fn dry(args: &BatchArgs, plan: &Plan, before: &Records, console: &Console) -> Result<()> {
    let due = resume::due(plan, before, args.retry_failed);
    let ahead = estimate::ahead(plan, &running(&due), before);
    summary::plan(plan, &due, ahead, true, console);
    match args.json {
        true => summary::print(plan, &due, &vec![None; due.len()], ahead, None),
        false => Ok(()),
    }
}

//! One clip: restored, its outputs put in place, its record made.

use std::any::Any;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::cli::report::{self, Report, Run};
use anyhow::{Context as _, Result};
use manifold::progress::Progress;
use seethru::output::write_whole;
use seethru::video::{Warning, WarningKind, write_still_in};
use seethru::{Error, Restoration, Settings, restore};

use super::clip::Clip;
use super::hash;
use super::manifest::{Outcome, Output, Record, StageSeconds, sync_folder};
use super::overview::Pictures;
use super::plan::Plan;
use crate::cli::lines::one_line;
use crate::cli::memory;
use crate::cli::restore::doubts::doubt;
use crate::cli::restore::remedy;
use crate::cli::stop::Stop;
use crate::cli::view_args;

/// Where outputs are made before they are put in place, in each folder that has some. What a kill
/// leaves there goes when a batch goes on.
pub(crate) const STAGE: &str = ".seethru-batch";

/// Restores and writes one clip, and says how it ended; `None` if `progress` stopped it. All outputs
/// are on the disk by then. For the overview it has small pictures besides.
pub(crate) fn run(
    plan: &Plan,
    clip: &Clip,
    progress: &dyn Progress,
    stop: &Stop,
) -> Option<(Record, Pictures)> {
    let (start, mut pictures) = (Instant::now(), Pictures::default());
    let mut record = Record {
        clip: clip.key.clone(),
        result: Outcome::Failed,
        input: clip.name.clone(),
        input_sha256: hash::input(&clip.input).ok().map(|hashed| hashed.sha256),
        options_sha256: clip.options.clone(),
        outputs: Vec::new(),
        seconds: 0.0,
        timings: Vec::new(),
        frames: None,
        threads: plan.share.threads.get(),
        jobs: plan.share.jobs,
        memory_estimate: None,
        peak_memory: None,
        warnings: Vec::new(),
        error: None,
    };
    match caught(|| restored_and_written(plan, clip, progress, stop)) {
        Ok((restoration, outputs)) => {
            if plan.overview.is_some() {
                pictures = Pictures::of(&restoration);
            }
            record.result = Outcome::Done;
            record.outputs = outputs;
            record.frames = Some(restoration.frames_used);
            record.memory_estimate = Some(restoration.memory_estimate);
            record.timings = timings(&restoration);
            record.warnings = restoration.warnings.iter().map(view_args::with_option).collect();
        }
        Err(error) if matches!(error.downcast_ref(), Some(Error::Canceled)) => return None,
        Err(error) => record.error = Some(one_line(&error)),
    }
    record.peak_memory = memory::peak();
    record.seconds = start.elapsed().as_secs_f64();
    Some((record, pictures))
}

/// A defect in one clip's work must not stop the others'.
fn caught<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        Err(anyhow::anyhow!("a bug in seethru: please report it with this clip: {}", text(panic.as_ref())))
    })
}

fn text(panic: &(dyn Any + Send)) -> &str {
    let string = panic.downcast_ref::<String>().map(String::as_str);
    string.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message")
}

fn restored_and_written(
    plan: &Plan,
    clip: &Clip,
    progress: &dyn Progress,
    stop: &Stop,
) -> Result<(Restoration, Vec<Output>)> {
    if let Some(auto) = &clip.auto {
        auto.settle(&clip.input, &plan.share.of(clip), &clip.command, progress)?;
    }
    let settings = plan.share.of(clip);
    let mut restoration = restore(&clip.input, &settings, progress)
        .map_err(|error| remedy::in_options(error, &clip.input, &settings.method))?;
    restoration.warnings.extend(doubt(&restoration).map(|line| Warning::new(WarningKind::Doubt, line)));
    let outputs = written(plan, clip, &restoration, stop)?;
    Ok((restoration, outputs))
}

/// Makes all outputs, then puts them in place.
fn written(plan: &Plan, clip: &Clip, restoration: &Restoration, stop: &Stop) -> Result<Vec<Output>> {
    let outputs = &clip.outputs;
    let settings = clip.resolved();
    let report = report(clip, &settings, restoration);
    write_still_in(&staged(&outputs.still), &restoration.still, &restoration.video.color_space)?;
    write_whole(&staged(&outputs.json), format!("{}\n", report.to_json()?).as_bytes())?;
    if let Some(page) = &outputs.page {
        write_whole(&staged(page), report::page(&report, restoration)?.as_bytes())?;
    }
    let mut written = Vec::new();
    for path in outputs.all() {
        let hashed = hash::file(&staged(path)).with_context(|| unwritten(path))?;
        let file = path.strip_prefix(&plan.folder).unwrap_or(path);
        written.push(Output {
            file: file.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/"),
            bytes: hashed.bytes,
            sha256: hashed.sha256,
        });
    }
    let in_place = |path: &Path| fs::rename(staged(path), path).with_context(|| unwritten(path));
    stop.whole(|| outputs.all().try_for_each(in_place))?;
    sync_folder(outputs.folder());
    Ok(written)
}

fn unwritten(path: &Path) -> String {
    format!("{} cannot be written", path.display())
}

/// The report depends on the clip and its options alone, so that it is the same whenever and beside
/// whatever the clip is restored.
fn report<'a>(clip: &'a Clip, settings: &'a Settings, restoration: &'a Restoration) -> Report<'a> {
    let run = Run {
        input: &clip.name,
        command: clip.repeat(),
        still: &clip.outputs.still,
        page: clip.outputs.page.as_deref(),
        video: None,
        displacements: None,
        surface: None,
        confidence: None,
        peak_memory: None,
        seconds: 0.0,
    };
    Report::new(run, settings, restoration).reproducible()
}

fn staged(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default();
    path.with_file_name(STAGE).join(name)
}

fn timings(restoration: &Restoration) -> Vec<StageSeconds> {
    let name = |stage| serde_json::to_value(stage).ok().and_then(|name| Some(name.as_str()?.to_owned()));
    let timed = restoration.timings.iter();
    timed
        .map(|(stage, time)| StageSeconds {
            stage: name(stage).unwrap_or_default(),
            seconds: time.as_secs_f64(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_that_says_what_it_said() {
        for panic in [|| panic!("no {}", 7), || panic!("no 7")] as [fn() -> Result<()>; 2] {
            let error = caught(panic).unwrap_err().to_string();
            assert!(error.contains("a bug") && error.ends_with("no 7"), "{error}");
        }
        assert_eq!(caught(|| Ok(3)).unwrap(), 3);
    }

    #[test]
    fn a_panic_on_another_thread_is_caught_as_well() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        let error = caught(|| pool.install(|| -> Result<()> { panic!("deep down") })).unwrap_err();
        assert!(error.to_string().ends_with("deep down"), "{error}");
    }
}

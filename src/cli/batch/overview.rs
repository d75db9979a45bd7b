//! The overview: one page with a card for each clip of the batch, whenever that was done.

use std::fs::File;
use std::path::Path;

use anyhow::Result;
use seethru::output::{Together, write_whole};
use seethru::video::{Frame, Selected, read_still};

use super::clip::Clip;
use super::manifest::{Outcome, Record};
use super::plan::Plan;
use super::resume::Due;
use crate::cli::outputs::staged;
use crate::cli::report::{BatchCard, BatchPage, batch_page, thumbnail};
use crate::cli::stop::Stop;

/// Makes the page, from what is on the disk: the records may be of an earlier run.
pub(crate) fn write(
    path: &Path,
    plan: &Plan,
    due: &[Due],
    records: &[Option<Record>],
    seconds: f64,
    stop: &Stop,
) -> Result<()> {
    let known = due.iter().zip(records).map(|(due, record)| match (record, due) {
        (Some(record), _) => Some(record),
        (None, Due::PassOver(before)) => Some(before.as_ref()),
        (None, Due::Run(_)) => None,
    });
    let clips: Vec<(&Clip, Option<&Record>)> = plan.clips.iter().zip(known).collect();
    // One by one: the threads and the memory of the batch are given back by now.
    let cards: Vec<BatchCard> = clips.iter().map(|(clip, record)| card(plan, clip, *record)).collect();
    let folder = plan.folder.display().to_string();
    let page = batch_page(&BatchPage { folder: &folder, command: &plan.command, seconds, cards })?;
    let mut place = Together::default();
    let staged = staged(&mut place, path, stop)?;
    write_whole(&staged, page.as_bytes())?;
    Ok(place.appear()?)
}

fn card(plan: &Plan, clip: &Clip, record: Option<&Record>) -> BatchCard {
    let done = record.is_some_and(|record| record.result == Outcome::Done);
    let below = |path: &Path| path.strip_prefix(&plan.folder).ok().map(Path::to_owned);
    BatchCard {
        name: clip.name.clone(),
        done,
        // A picture that cannot be had leaves its place empty: the batch itself went well.
        before: done.then(|| first_frame(clip)).flatten().and_then(|frame| thumbnail(&frame).ok()),
        after: done
            .then(|| read_still(&clip.outputs.still).ok())
            .flatten()
            .and_then(|still| thumbnail(&still).ok()),
        still: below(&clip.outputs.still).filter(|_| done),
        page: clip.outputs.page.as_deref().and_then(below).filter(|_| done),
        reliability: done.then(|| reliability(&clip.outputs.json)).flatten(),
        frames: record.and_then(|record| record.frames),
        seconds: record.map(|record| record.seconds),
        warnings: record.map_or(Vec::new(), |record| record.warnings.clone()),
        error: record.and_then(|record| record.error.clone()),
    }
}

/// The first of the frames used, as it was filmed.
fn first_frame(clip: &Clip) -> Option<Frame> {
    let channels = clip.input.info().ok()?.channels;
    let source = clip.input.open(channels).ok()?;
    Selected::new(source, clip.settings.frames, clip.input.name())
        .next_numbered()
        .ok()?
        .map(|(_, frame)| frame)
}

/// How well the halves of the clip agree, as its report tells.
fn reliability(json: &Path) -> Option<f64> {
    let report: serde_json::Value = serde_json::from_reader(File::open(json).ok()?).ok()?;
    report.pointer("/registration/reliability")?.as_f64()
}

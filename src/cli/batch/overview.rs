//! The overview: one page with a card for each clip of the batch, whenever that was done.

use std::fs::{self, File};
use std::path::Path;

use anyhow::Result;
use rayon::prelude::*;
use seethru::Restoration;
use seethru::output::{Together, write_whole};

use super::clip::Clip;
use super::manifest::{Outcome, Record};
use super::plan::Plan;
use super::resume::Due;
use crate::cli::outputs::staged;
use crate::cli::report::{BatchCard, BatchPage, batch_page, picture_of_page, thumbnail};
use crate::cli::stop::Stop;

/// Small pictures of a clip, as addresses. One that cannot be had leaves its place empty: the batch itself went well.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pictures {
    before: Option<String>,
    after: Option<String>,
}

impl Pictures {
    /// Of a clip that was just restored, with a raw frame for its page.
    pub(crate) fn of(restoration: &Restoration) -> Pictures {
        let raw = restoration.comparisons.as_ref().map(|plain| &plain.raw);
        Pictures {
            before: raw.and_then(|frame| thumbnail(frame).ok()),
            after: thumbnail(&restoration.still).ok(),
        }
    }

    /// The same from the page of the clip, which shows both: no frame is decoded again.
    fn on_page(page: &Path) -> Pictures {
        let page = fs::read_to_string(page).unwrap_or_default();
        let small = |key| picture_of_page(&page, key).and_then(|frame| thumbnail(&frame).ok());
        Pictures { before: small("raw"), after: small("restored") }
    }
}

/// Makes the page. Pictures of clips that were done in an earlier run are looked up on their pages, as many at a time as clips
/// were restored; once the user wants to stop, their cards go without.
pub(crate) fn write(
    path: &Path,
    plan: &Plan,
    (due, records): (&[Due], &[Option<Record>]),
    pictures: &[Pictures],
    seconds: f64,
    stop: &Stop,
) -> Result<()> {
    let known = due.iter().zip(records).map(|(due, record)| match (record, due) {
        (Some(record), _) => (Some(record), false),
        (None, Due::PassOver(before)) => (Some(before.as_ref()), true),
        (None, Due::Run(_)) => (None, false),
    });
    let clips: Vec<_> = plan.clips.iter().zip(known).zip(pictures).collect();
    let one = |&((clip, (record, earlier)), made): &((&Clip, (Option<&Record>, bool)), &Pictures)| {
        let pictures = match &clip.outputs.page {
            Some(page) if earlier && !stop.requested() => Pictures::on_page(page),
            _ => made.clone(),
        };
        card(plan, clip, record, pictures)
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(plan.share.jobs).build()?;
    let cards: Vec<BatchCard> = pool.install(|| clips.par_iter().map(one).collect());
    let folder = plan.folder.display().to_string();
    let page = batch_page(&BatchPage { folder: &folder, command: &plan.command, seconds, cards })?;
    let mut place = Together::default();
    let staged = staged(&mut place, path, stop)?;
    write_whole(&staged, page.as_bytes())?;
    Ok(place.appear()?)
}

fn card(plan: &Plan, clip: &Clip, record: Option<&Record>, pictures: Pictures) -> BatchCard {
    let done = record.is_some_and(|record| record.result == Outcome::Done);
    let below = |path: &Path| path.strip_prefix(&plan.folder).ok().map(Path::to_owned);
    BatchCard {
        name: clip.name.clone(),
        done,
        before: pictures.before.filter(|_| done),
        after: pictures.after.filter(|_| done),
        still: below(&clip.outputs.still).filter(|_| done),
        page: clip.outputs.page.as_deref().and_then(below).filter(|_| done),
        reliability: done.then(|| reliability(&clip.outputs.json)).flatten(),
        frames: record.and_then(|record| record.frames),
        seconds: record.map(|record| record.seconds),
        warnings: record.map_or(Vec::new(), |record| record.warnings.clone()),
        error: record.and_then(|record| record.error.clone()),
    }
}

/// How well the halves of the clip agree, as its report tells.
fn reliability(json: &Path) -> Option<f64> {
    let report: serde_json::Value = serde_json::from_reader(File::open(json).ok()?).ok()?;
    report.pointer("/registration/reliability")?.as_f64()
}

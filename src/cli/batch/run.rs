//! Runs the clips that are due, several at a time, and records each as it ends.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, Result};

use super::board::Board;
use super::job;
use super::manifest::{Manifest, Record, sync_folder};
use super::overview::Pictures;
use super::plan::Plan;
use crate::cli::file_names::{self, missing};
use crate::cli::stop::Stop;

/// The records of the clips that ended, in the plan's order, and their pictures; `None` for those that did not come to it.
///
/// # Errors
/// If the manifest cannot be written: what ended then is not recorded.
pub(crate) fn all(
    plan: &Plan,
    due: &[usize],
    manifest: Manifest,
    board: &Board,
) -> Result<(Vec<Option<Record>>, Vec<Pictures>)> {
    let next = AtomicUsize::new(0);
    let ended = Mutex::new((vec![None; plan.clips.len()], vec![Pictures::default(); plan.clips.len()]));
    let recording = Mutex::new((manifest, Ok(())));
    let work = || {
        while let Some(&at) = due.get(next.fetch_add(1, Ordering::Relaxed)) {
            if board.stopped() {
                break;
            }
            let line = board.start(&plan.clips[at]);
            let Some((record, pictures)) = job::run(plan, &plan.clips[at], &line, board.stop()) else {
                break;
            };
            {
                let mut recording = recording.lock().unwrap_or_else(PoisonError::into_inner);
                let (manifest, failed) = &mut *recording;
                // A clip that fails because the process is ending has not failed.
                if let Err(error) = board.stop().whole(|| manifest.append(&record)) {
                    // Without records there is nothing to go on from: the others are stopped.
                    *failed = Err(error);
                    board.abandon();
                    break;
                }
            }
            board.finish(&plan.clips[at], line, &record);
            let mut ended = ended.lock().unwrap_or_else(PoisonError::into_inner);
            (ended.0[at], ended.1[at]) = (Some(record), pictures);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..plan.share.jobs.min(due.len()) {
            scope.spawn(work);
        }
    });
    let (_, failed) = recording.into_inner().unwrap_or_else(PoisonError::into_inner);
    failed?;
    Ok(ended.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// Makes the folders for outputs, each name on the disk, and those where they are made, without what a kill left in them.
pub(crate) fn prepare(plan: &Plan, stop: &Stop) -> Result<()> {
    for folder in folders(plan) {
        made(folder)?;
        let stage = folder.join(job::STAGE);
        if stage.exists() {
            let stuck = || format!("{} cannot be removed", stage.display());
            fs::remove_dir_all(&stage).with_context(stuck)?;
        }
        let unmade = || format!("the folder {} cannot be made", stage.display());
        stop.temporary(|| fs::create_dir(&stage).map(|()| ((), stage.clone()))).with_context(unmade)?;
    }
    Ok(())
}

/// Takes the folders away in which outputs were made.
pub(crate) fn tidy(plan: &Plan) {
    for folder in folders(plan) {
        // There is none where nothing was done.
        let _ = fs::remove_dir_all(folder.join(job::STAGE));
    }
}

fn folders(plan: &Plan) -> Vec<&Path> {
    let mut folders: Vec<&Path> = plan.clips.iter().map(|clip| clip.outputs.folder()).collect();
    folders.sort_unstable();
    folders.dedup();
    folders
}

/// Makes a folder and those above it, each name on the disk.
pub(crate) fn made(folder: &Path) -> Result<()> {
    let missing = missing(folder);
    fs::create_dir_all(folder).with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    for path in &missing {
        sync_folder(file_names::folder(path));
    }
    Ok(())
}

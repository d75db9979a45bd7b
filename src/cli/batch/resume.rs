//! What a batch that goes on passes over, and why it does the rest.

use std::path::Path;

use rayon::prelude::*;

use super::clip::Clip;
use super::hash;
use super::manifest::{Outcome, Record, Records};
use super::plan::Plan;

/// What is to be done with a clip.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Due {
    /// Restore it; a reason, if it was restored before.
    Run(Option<&'static str>),
    /// It ended before, so.
    PassOver(Box<Record>),
}

/// For each clip of the plan, in its order.
pub(crate) fn due(plan: &Plan, records: &Records, retry_failed: bool) -> Vec<Due> {
    let one = |clip: &Clip| match records.get(&clip.key) {
        None => Due::Run(None),
        Some(record) => match changed(clip, record, &plan.folder, retry_failed) {
            Some(why) => Due::Run(Some(why)),
            None => Due::PassOver(Box::new(record.clone())),
        },
    };
    plan.clips.par_iter().map(one).collect()
}

/// What is not as it was when this was recorded; the quickest to find out first.
fn changed(clip: &Clip, record: &Record, folder: &Path, retry_failed: bool) -> Option<&'static str> {
    if record.result == Outcome::Failed && retry_failed {
        return Some("it failed before");
    }
    if record.options_sha256 != clip.options {
        return Some("its options changed");
    }
    if record.result == Outcome::Done {
        for output in &record.outputs {
            let path = folder.join(&output.file);
            match std::fs::metadata(&path) {
                Err(_) => return Some("an output is missing"),
                Ok(found) if found.len() != output.bytes => return Some("an output changed"),
                Ok(_) => {}
            }
            if !hash::file(&path).is_ok_and(|hashed| hashed.sha256 == output.sha256) {
                return Some("an output changed");
            }
        }
    }
    let now = hash::input(&clip.input).ok().map(|hashed| hashed.sha256);
    if record.input_sha256 != now {
        return Some("its input changed");
    }
    None
}

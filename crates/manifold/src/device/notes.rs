//! Notes about a run: which stage ran where, and why.

use std::sync::{Arc, Mutex, PoisonError};

use crate::progress::Stage;

/// Where a stage ran.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Note {
    /// The stage that ran.
    pub stage: Stage,
    /// `cpu`, or `cuda:0 (name)`.
    pub device: String,
    /// Why it ran there.
    pub why: String,
}

/// A list that several threads add to.
#[derive(Clone, Debug, Default)]
pub(super) struct Notes(Arc<Mutex<Vec<Note>>>);

impl Notes {
    /// Adds a note, unless it was noted before.
    pub(crate) fn add(&self, stage: Stage, device: String, why: String) {
        let note = Note { stage, device, why };
        // A poisoned lock means another thread panicked; the list is still sound.
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !notes.contains(&note) {
            notes.push(note);
        }
    }

    /// Drops the notes about a stage.
    pub(crate) fn forget(&self, stage: Stage) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|note| note.stage != stage);
    }

    pub(crate) fn all(&self) -> Vec<Note> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

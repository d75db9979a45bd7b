//! Progress of work that many threads share.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::KnnError;
use crate::progress::{Progress, Stage};

/// Counts finished points, reports from one thread at a time, and remembers a stop.
pub(super) struct Counter<'a> {
    progress: &'a dyn Progress,
    done: Mutex<usize>,
    total: usize,
    stopped: AtomicBool,
}

impl<'a> Counter<'a> {
    pub fn new(progress: &'a dyn Progress, total: usize) -> Counter<'a> {
        Counter { progress, done: Mutex::new(0), total, stopped: AtomicBool::new(false) }
    }

    pub fn check(&self) -> Result<(), KnnError> {
        if self.stopped.load(Ordering::Relaxed) { Err(KnnError::Canceled) } else { Ok(()) }
    }

    pub fn add(&self, points: usize) -> Result<(), KnnError> {
        let mut done = self.done.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        *done += points;
        if self.progress.advance(Stage::Neighbors, *done, Some(self.total)).is_break() {
            self.stopped.store(true, Ordering::Relaxed);
        }
        drop(done);
        self.check()
    }
}

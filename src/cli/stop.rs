//! Ctrl-C: the first asks the work to stop, the second does not wait for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, Result};

/// Exit status of an interrupted run, as shells count it (128 + SIGINT).
pub(crate) const INTERRUPTED: u8 = 130;

/// The user stopped the run before anything was written.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("stopped; nothing was written")]
pub(crate) struct Interrupted;

/// The user stopped the run and had what there was by then written, as this line says.
#[derive(Clone, Debug, thiserror::Error)]
#[error("stopped early; {0}")]
pub(crate) struct Kept(pub(crate) String);

/// Set once the user wants the work to stop.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Listens for Ctrl-C and the termination signals from now on.
    pub(crate) fn on_interrupt() -> Result<Stop> {
        let stop = Stop::default();
        let flag = Arc::clone(&stop.0);
        ctrlc::set_handler(move || {
            if flag.swap(true, Ordering::Relaxed) {
                // The work does not get to a point where it can stop, such as a pipe that stalls.
                std::process::exit(i32::from(INTERRUPTED));
            }
        })
        .context("cannot listen for Ctrl-C")?;
        Ok(stop)
    }

    pub(crate) fn requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// What ended the work: the user, if that was what they wanted, or `error`.
    pub(crate) fn explain(&self, error: anyhow::Error) -> anyhow::Error {
        if self.requested() { Interrupted.into() } else { error }
    }

    /// An error if the user wants the work to stop.
    pub(crate) fn check(&self) -> Result<(), Interrupted> {
        if self.requested() { Err(Interrupted) } else { Ok(()) }
    }
}

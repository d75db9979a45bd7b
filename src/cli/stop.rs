//! Ctrl-C: the first asks the work to stop and gives it a moment, the second does not wait for it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{fs, thread};

use anyhow::{Context as _, Result};

use super::lines::say;

/// Exit status of an interrupted run, as shells count it (128 + SIGINT).
pub(crate) const INTERRUPTED: u8 = 130;

/// What work that does not look whether it is to stop, such as a read from a pipe that stalls, is given.
const PATIENCE: Duration = Duration::from_millis(700);
/// Times that a folder is taken away while the work may still be making files in it.
const TRIES: usize = 20;

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
pub(crate) struct Stop(Arc<State>);

#[derive(Debug, Default)]
struct State {
    requested: AtomicBool,
    /// The work ends by itself, however long that takes: what is done by then is worth keeping.
    patient: AtomicBool,
    /// The work has ended, and is about to say how.
    over: AtomicBool,
    leaving: Mutex<Leaving>,
}

/// What the process does that ends before its work has.
#[derive(Debug, Default)]
struct Leaving {
    /// Files and folders that are temporary.
    temporary: Vec<PathBuf>,
    /// What is said instead of "nothing was written".
    line: Option<String>,
}

impl Stop {
    /// Listens for Ctrl-C and the termination signals from now on.
    pub(crate) fn on_interrupt() -> Result<Stop> {
        let stop = Stop::default();
        let state = Arc::clone(&stop.0);
        ctrlc::set_handler(move || {
            let again = state.requested.swap(true, Ordering::Relaxed);
            if again {
                state.leave();
            }
            if !state.patient.load(Ordering::Relaxed) {
                let state = Arc::clone(&state);
                thread::spawn(move || {
                    thread::sleep(PATIENCE);
                    state.leave();
                });
            }
        })
        .context("cannot listen for Ctrl-C")?;
        Ok(stop)
    }

    pub(crate) fn requested(&self) -> bool {
        self.0.requested.load(Ordering::Relaxed)
    }

    /// What ended the work: the user, if that was what they wanted, or `error`.
    pub(crate) fn explain(&self, error: anyhow::Error) -> anyhow::Error {
        if self.requested() { Interrupted.into() } else { error }
    }

    /// An error if the user wants the work to stop.
    pub(crate) fn check(&self) -> Result<(), Interrupted> {
        if self.requested() { Err(Interrupted) } else { Ok(()) }
    }

    /// From now on the work is waited for after a first Ctrl-C, however long it takes.
    pub(crate) fn waits_for_the_work(&self) {
        self.0.patient.store(true, Ordering::Relaxed);
    }

    /// What is true from now on should the process have to end before its work.
    pub(crate) fn last_words(&self, line: &str) {
        self.0.leaving().line = Some(line.to_owned());
    }

    /// The work has ended: from now on what is said last is its own.
    pub(crate) fn work_has_ended(&self) {
        // Not while the process is ending instead of the work.
        let _leaving = self.0.leaving();
        self.0.over.store(true, Ordering::Relaxed);
    }

    /// Takes this file or folder away should the process have to end before its work.
    pub(crate) fn takes_away(&self, temporary: &Path) {
        self.0.leaving().temporary.push(temporary.to_owned());
    }

    /// Makes what is temporary, and takes the place that `make` tells away should the process have to end before its work. While
    /// it ends, nothing is made any more.
    pub(crate) fn temporary<T, E>(&self, make: impl FnOnce() -> Result<(T, PathBuf), E>) -> Result<T, E> {
        let mut leaving = self.0.leaving();
        let (made, place) = make()?;
        leaving.temporary.push(place);
        Ok(made)
    }

    /// Does what the process must not end in the middle of, nor begin while it ends: nothing is said after its last words.
    pub(crate) fn whole<T>(&self, work: impl FnOnce() -> T) -> T {
        let _leaving = self.0.leaving();
        work()
    }

    /// Does what the process must not end in the middle of, after which `line` is true.
    pub(crate) fn unbroken<T>(&self, work: impl FnOnce() -> Result<T>, line: &str) -> Result<T> {
        let mut leaving = self.0.leaving();
        let done = work()?;
        leaving.temporary.clear();
        leaving.line = Some(line.to_owned());
        Ok(done)
    }
}

impl State {
    fn leaving(&self) -> MutexGuard<'_, Leaving> {
        self.leaving.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the process, which leaves nothing that is temporary.
    fn leave(&self) -> ! {
        let leaving = self.leaving();
        for path in &leaving.temporary {
            taken_away(path);
        }
        if !self.over.load(Ordering::Relaxed) {
            say("", leaving.line.as_deref().unwrap_or(&Interrupted.to_string()));
        }
        std::process::exit(i32::from(INTERRUPTED));
    }
}

fn taken_away(path: &Path) {
    for _ in 0..TRIES {
        let gone = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        if gone.is_ok() || !path.exists() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_last_is_true() {
        let stop = Stop::default();
        let says = |line: Option<&str>, temporary: usize| {
            let leaving = stop.0.leaving();
            assert_eq!((leaving.line.as_deref(), leaving.temporary.len()), (line, temporary));
        };
        stop.takes_away(Path::new("a"));
        assert!(stop.unbroken(|| -> Result<()> { anyhow::bail!("failed") }, "done").is_err());
        says(None, 1);
        assert_eq!(stop.unbroken(|| Ok(3), "done").unwrap(), 3);
        says(Some("done"), 0);
    }

    #[test]
    fn files_and_folders_are_taken_away() {
        let folder = tempfile::tempdir().unwrap();
        let (inner, file) = (folder.path().join("a"), folder.path().join("b"));
        fs::create_dir(&inner).unwrap();
        fs::write(inner.join("c"), "c").unwrap();
        fs::write(&file, "b").unwrap();
        for path in [&inner, &file, &folder.path().join("gone")] {
            taken_away(path);
            assert!(!path.exists());
        }
    }
}

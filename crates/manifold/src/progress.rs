//! How long-running work reports its progress to the caller, and how the caller stops it.
//!
//! ```
//! use std::ops::ControlFlow;
//! use manifold::progress::{Progress, Stage};
//!
//! /// Stops the search for neighbors after ten points.
//! struct Ten;
//!
//! impl Progress for Ten {
//!     fn advance(&self, stage: Stage, done: usize, _: Option<usize>) -> ControlFlow<()> {
//!         if stage == Stage::NEIGHBORS && done >= 10 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
//!     }
//! }
//! assert!(Ten.advance(Stage::QUALITY, 99, None).is_continue());
//! ```

mod searched;

use std::fmt;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

pub use searched::{By, Searched};

/// A stage of some work, by its name. The code that runs a stage names it: those below are the core's own.
///
/// ```
/// use manifold::progress::Stage;
///
/// const DECODE: Stage = Stage::new("decode");
/// assert_eq!(DECODE.to_string(), "decode");
/// assert_ne!(DECODE, Stage::OPTIMIZE);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct Stage(&'static str);

impl Stage {
    /// Nearest neighbors are searched; points are counted.
    pub const NEIGHBORS: Stage = Stage::new("neighbors");
    /// Distances along a graph, from each point or landmark.
    pub const GEODESICS: Stage = Stage::new("geodesics");
    /// Convex-flow distances between all pairs; sources are counted.
    pub const FLOW: Stage = Stage::new("flow");
    /// Eigenvectors or singular vectors are computed.
    pub const EIGENVECTORS: Stage = Stage::new("eigenvectors");
    /// An objective is minimized step by step.
    pub const OPTIMIZE: Stage = Stage::new("optimize");
    /// Quality is measured.
    pub const QUALITY: Stage = Stage::new("quality");
    /// The search for neighbors, in the [device's notes](crate::device::Note).
    pub const NEIGHBOR_SEARCH: Stage = Stage::new("nearest neighbors");
    /// The descent of t-SNE, in the [device's notes](crate::device::Note).
    pub const TSNE: Stage = Stage::new("t-SNE");

    /// The stage of this name, as reports show it: a word; of a device's notes, what was computed.
    #[must_use]
    pub const fn new(name: &'static str) -> Stage {
        Stage(name)
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

/// Receives progress. Called from one thread at a time, a few hundred times per stage at most.
pub trait Progress: Sync {
    /// `done` of `total` units of `stage` are finished (points or steps, say; the count never falls, and `total` is `None`
    /// when it cannot be known). Return `Break` to stop: the call in progress then ends with
    /// its `Canceled` error and nothing is written.
    fn advance(&self, stage: Stage, done: usize, total: Option<usize>) -> ControlFlow<()>;

    /// What the work needs, reported before it starts, and again if there is more of it than
    /// announced: at most this many bytes of memory, and how many there are of each part
    /// (`(40, "frames")`, say).
    fn planned(&self, _memory: u64, _parts: &[(usize, &'static str)]) {}

    /// The stages that are to come, in order, for a bar over all of them; again, with those that are done, when more is known.
    /// Empty where it is not known what is to come.
    fn ahead(&self, _stages: &[Ahead]) {}

    /// About how long `stage` will take, estimated from a few of its units before it begins; only long work reports it.
    fn expected(&self, _stage: Stage, _time: Duration) {}

    /// The objective that `stage` minimizes (stress, divergence, error) is now `value`. Reported
    /// every few steps, between calls of [`advance`](Progress::advance).
    fn objective(&self, _stage: Stage, _value: f64) {}

    /// `stage` begins its round number `_round`, counted from 1, of at most `_most`; only what works in rounds tells.
    fn round(&self, _stage: Stage, _round: usize, _most: usize) {}

    /// The nearest neighbors of all points were found: how, and how many of the true ones.
    fn searched(&self, _found: &Searched) {}
}

/// A stage that is to come, and what it takes beside the others.
#[derive(Clone, Debug, PartialEq)]
pub struct Ahead {
    /// Which.
    pub stage: Stage,
    /// What each of its equal parts takes (of its rounds, if it has some), in a unit that all stages share; 0 for a part
    /// that is not likely to come.
    pub costs: Vec<f64>,
}

/// The share of all work ahead that is done, 0 ..= 1, when `done` of `total` units of `stage` are; `None` for a stage that is
/// not ahead.
///
/// ```
/// use manifold::progress::{Ahead, Stage, share};
///
/// let (search, descent) = (Stage::NEIGHBORS, Stage::OPTIMIZE);
/// let ahead = [Ahead { stage: search, costs: vec![3.0, 1.0] }, Ahead { stage: descent, costs: vec![4.0] }];
/// assert_eq!(share(&ahead, search, 50, 100), Some(3.0 / 8.0));
/// assert_eq!(share(&ahead, descent, 250, 1000), Some(5.0 / 8.0));
/// ```
#[must_use]
pub fn share(ahead: &[Ahead], stage: Stage, done: usize, total: usize) -> Option<f64> {
    let at = ahead.iter().position(|ahead| ahead.stage == stage)?;
    let cost = |ahead: &Ahead| ahead.costs.iter().sum::<f64>();
    let before: f64 = ahead[..at].iter().map(cost).sum();
    let all: f64 = ahead.iter().map(cost).sum();
    let parts = ahead[at].costs.len() as f64 * (done as f64 / total.max(1) as f64).min(1.0);
    let begun = ahead[at].costs.iter().enumerate();
    let own: f64 = begun.map(|(part, cost)| cost * (parts - part as f64).clamp(0.0, 1.0)).sum();
    (all > 0.0).then(|| (before + own) / all)
}

/// Reports nothing and never stops.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn advance(&self, _: Stage, _: usize, _: Option<usize>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// A closure that receives progress and may stop the work.
impl<F: Fn(Stage, usize, Option<usize>) -> ControlFlow<()> + Sync> Progress for F {
    fn advance(&self, stage: Stage, done: usize, total: Option<usize>) -> ControlFlow<()> {
        self(stage, done, total)
    }
}

/// The caller stopped the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("canceled")]
pub struct Canceled;

/// Counts the work of several threads on one stage, reports from one thread at a time, and remembers that
/// the work was stopped.
pub struct Counter<'a> {
    progress: &'a dyn Progress,
    stage: Stage,
    total: usize,
    done: Mutex<usize>,
    stopped: AtomicBool,
}

impl<'a> Counter<'a> {
    /// Nothing of `total` is done.
    #[must_use]
    pub fn new(progress: &'a dyn Progress, stage: Stage, total: usize) -> Counter<'a> {
        Counter { progress, stage, total, done: Mutex::new(0), stopped: AtomicBool::new(false) }
    }

    /// Whether the work is to continue.
    ///
    /// # Errors
    /// [`Canceled`] once the work was stopped.
    pub fn check(&self) -> Result<(), Canceled> {
        if self.stopped.load(Ordering::Relaxed) { Err(Canceled) } else { Ok(()) }
    }

    /// `more` are done.
    ///
    /// # Errors
    /// [`Canceled`] once the work was stopped.
    pub fn add(&self, more: usize) -> Result<(), Canceled> {
        self.tell(|done| done + more)
    }

    /// A round begins, counted from 1.
    ///
    /// # Errors
    /// [`Canceled`] once the work was stopped.
    pub fn round(&self, round: usize, most: usize) -> Result<(), Canceled> {
        // The stage has begun before its first round has.
        self.add(0)?;
        self.progress.round(self.stage, round, most);
        Ok(())
    }

    /// All are done, including those that were not needed.
    ///
    /// # Errors
    /// [`Canceled`] once the work was stopped.
    pub fn finish(&self) -> Result<(), Canceled> {
        self.tell(|_| self.total)
    }

    fn tell(&self, count: impl FnOnce(usize) -> usize) -> Result<(), Canceled> {
        // A poisoned lock means another thread panicked; its count is still sound.
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        *done = count(*done);
        if self.progress.advance(self.stage, *done, Some(self.total)).is_break() {
            self.stopped.store(true, Ordering::Relaxed);
        }
        drop(done);
        self.check()
    }
}

/// Work on a stage that continues after part of it was done in an earlier call.
pub struct After<'a> {
    /// The receiver.
    pub progress: &'a dyn Progress,
    /// What is added to every count.
    pub done: usize,
}

impl Progress for After<'_> {
    fn advance(&self, stage: Stage, done: usize, total: Option<usize>) -> ControlFlow<()> {
        self.progress.advance(stage, self.done + done, total.map(|total| self.done + total))
    }

    fn objective(&self, stage: Stage, value: f64) {
        self.progress.objective(stage, value);
    }

    fn expected(&self, stage: Stage, time: Duration) {
        self.progress.expected(stage, time);
    }

    fn round(&self, stage: Stage, round: usize, most: usize) {
        self.progress.round(stage, round, most);
    }

    fn searched(&self, found: &Searched) {
        self.progress.searched(found);
    }
}

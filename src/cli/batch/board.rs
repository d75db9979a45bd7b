//! How far the batch is: on a terminal one bar over all and a line per running clip, else a plain
//! line per clip that ended.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use manifold::progress::{Progress, Stage};

use super::clip::Clip;
use super::estimate::Pace;
use super::manifest::{Outcome, Record};
use super::summary::told;
use crate::cli::console::Console;
use crate::cli::duration::about;
use crate::cli::progress::{name, unit};
use crate::cli::report::describe;
use crate::cli::stop::Stop;

/// Redraws per second.
const REDRAWS: u8 = 8;
const OVER_ALL: &str = "{prefix:<11} {bar:28.cyan/dim} {pos}/{len} clips  {msg}";
const CLIP: &str = "  {prefix}  {bar:20.cyan/dim} {msg}";

pub(crate) struct Board<'a> {
    console: &'a Console,
    stop: &'a Stop,
    abandoned: AtomicBool,
    bars: Option<(MultiProgress, ProgressBar)>,
    ended: AtomicUsize,
    clips: usize,
    left: Mutex<Left>,
}

/// What is still to be done, to estimate how long it takes.
struct Left {
    start: Instant,
    done: Pace,
    /// Pixels x frames of the clips that are due, if their headers say so.
    total: Option<f64>,
}

impl<'a> Board<'a> {
    pub(crate) fn new(console: &'a Console, stop: &'a Stop, due: &[&Clip]) -> Board<'a> {
        let bars = console.shows_bars().then(|| {
            let target = ProgressDrawTarget::stderr_with_hz(REDRAWS);
            let bars = MultiProgress::with_draw_target(target);
            let over_all = bars.add(styled(ProgressBar::new(due.len() as u64), OVER_ALL));
            over_all.set_prefix("batch");
            over_all.enable_steady_tick(Duration::from_millis(500));
            (bars, over_all)
        });
        let total = due.iter().map(|clip| clip.work()).sum();
        let left = Left { start: Instant::now(), done: Pace::default(), total };
        let (clips, left) = (due.len(), Mutex::new(left));
        Board {
            console,
            stop,
            abandoned: AtomicBool::new(false),
            bars,
            ended: AtomicUsize::new(0),
            clips,
            left,
        }
    }

    pub(crate) fn stop(&self) -> &Stop {
        self.stop
    }

    /// Whether no further clip is begun.
    pub(crate) fn stopped(&self) -> bool {
        self.stop.requested() || self.abandoned.load(Ordering::Relaxed)
    }

    /// Stops all clips: something else than the user is against going on.
    pub(crate) fn abandon(&self) {
        self.abandoned.store(true, Ordering::Relaxed);
    }

    /// A clip begins.
    pub(crate) fn start(&self, clip: &Clip) -> Line<'_> {
        let bar = match &self.bars {
            Some((bars, _)) => bars.add(styled(ProgressBar::new(1), CLIP)),
            None => ProgressBar::hidden(),
        };
        bar.set_prefix(clip.name.clone());
        tracing::info!("{} begins", clip.name);
        Line { board: self, bar, clip: clip.name.clone(), stage: Mutex::new(None) }
    }

    /// A clip has ended and is recorded.
    pub(crate) fn finish(&self, clip: &Clip, line: Line<'_>, record: &Record) {
        drop(line);
        let ended = 1 + self.ended.fetch_add(1, Ordering::Relaxed);
        let left = self.left(clip, record);
        let left = left.filter(|_| ended < self.clips).map(|seconds| format!("{} left", about(seconds)));
        if let Some((_, over_all)) = &self.bars {
            over_all.inc(1);
            over_all.set_message(left.clone().unwrap_or_default());
        }
        let (clips, name, told) = (self.clips, &clip.name, told(clip, record));
        for warning in &record.warnings {
            self.warn(&format!("{name}: {warning}"));
        }
        if record.result == Outcome::Failed {
            self.warn(&format!("{ended}/{clips} failed: {name}: {told}"));
        } else if self.bars.is_none() {
            // On a terminal those that went well are in the table at the end.
            let left = left.map_or(String::new(), |left| format!(" ({left})"));
            self.console.summary(&format!(
                "{ended}/{clips} done: {name}, {}: {told}{left}",
                describe::seconds(record.seconds)
            ));
        }
    }

    fn warn(&self, line: &str) {
        match &self.bars {
            Some((bars, _)) => bars.suspend(|| self.console.warning(line)),
            None => self.console.warning(line),
        }
    }

    /// Seconds until the end: what all takes at the pace so far, less what has passed.
    fn left(&self, clip: &Clip, record: &Record) -> Option<f64> {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        left.done.work += clip.work()?;
        left.done.seconds += record.seconds;
        let all = left.done.of(left.total?, record.jobs.min(self.clips))?;
        Some((all - left.start.elapsed().as_secs_f64()).max(0.0))
    }
}

impl Drop for Board<'_> {
    fn drop(&mut self) {
        if let Some((_, over_all)) = &self.bars {
            over_all.finish_and_clear();
        }
    }
}

fn styled(bar: ProgressBar, template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.with_style(style.progress_chars("━╸─"))
}

/// The line of one running clip.
pub(crate) struct Line<'a> {
    board: &'a Board<'a>,
    bar: ProgressBar,
    clip: String,
    stage: Mutex<Option<Stage>>,
}

impl Progress for Line<'_> {
    fn advance(&self, stage: Stage, done: usize, total: Option<usize>) -> ControlFlow<()> {
        if self.board.stopped() {
            return ControlFlow::Break(());
        }
        let begins = self.stage.lock().unwrap_or_else(PoisonError::into_inner).replace(stage) != Some(stage);
        if begins {
            tracing::info!("{}: {}", self.clip, name(stage));
        }
        let of = total.map_or(String::new(), |total| format!("/{total}"));
        self.bar.set_length(total.unwrap_or(done).max(1) as u64);
        self.bar.set_position(if total.is_some() { done as u64 } else { 0 });
        self.bar.set_message(format!("{} {done}{of} {}", name(stage), unit(stage)));
        ControlFlow::Continue(())
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
        if let Some((bars, _)) = &self.board.bars {
            bars.remove(&self.bar);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_templates_are_valid() {
        assert!(ProgressStyle::with_template(OVER_ALL).is_ok());
        assert!(ProgressStyle::with_template(CLIP).is_ok());
    }
}

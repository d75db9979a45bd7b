//! One progress bar per stage, on standard error.

use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use manifold::progress::{Progress, Stage};

use super::duration::about;
use super::lines::say;
use super::stop::Stop;
use seethru::stage;

/// Redraws per second: smooth enough, and cheap over a slow connection.
const REDRAWS: u8 = 8;
const KNOWN: &str =
    "{prefix:<11} {bar:28.cyan/dim} {human_pos:>7}/{human_len} {msg}  {per_sec:>12}  {eta:>4} left";
const UNKNOWN: &str = "{prefix:<11} {spinner:.cyan} {human_pos} {msg}  {per_sec}";

/// Shows how far the work is (or nothing), and ends it when the user wants to stop.
pub(crate) struct Bars {
    visible: bool,
    /// Whether a line is said where the work will take long.
    tells: bool,
    stop: Stop,
    current: Mutex<Option<(Stage, ProgressBar)>>,
}

impl Bars {
    pub(crate) fn new(visible: bool, stop: Stop) -> Bars {
        Bars { visible, tells: visible, stop, current: Mutex::new(None) }
    }

    /// The same, which says or does not say that work will take long, on a terminal or not.
    pub(crate) fn telling(mut self, tells: bool) -> Bars {
        self.tells = tells;
        self
    }

    fn show(&self, stage: Stage, done: usize, total: Option<usize>) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = match current.take() {
            Some((running, bar)) if running == stage => bar,
            finished => {
                if let Some((_, bar)) = finished {
                    bar.finish_and_clear();
                }
                tracing::info!(
                    "{} {}",
                    name(stage),
                    total.map_or(String::new(), |n| format!("({}{n} {})", most(stage), unit(stage)))
                );
                self.bar(stage, total)
            }
        };
        if let Some(total) = total {
            bar.set_length(total as u64);
        }
        bar.set_position(done as u64);
        *current = Some((stage, bar));
    }

    fn bar(&self, stage: Stage, total: Option<usize>) -> ProgressBar {
        if !self.visible {
            return ProgressBar::hidden();
        }
        let target = ProgressDrawTarget::stderr_with_hz(REDRAWS);
        let bar = ProgressBar::with_draw_target(total.map(|total| total as u64), target);
        let template = if total.is_some() { KNOWN } else { UNKNOWN };
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style.progress_chars("━╸─"));
        bar.set_prefix(name(stage));
        bar.set_message(unit(stage));
        bar.enable_steady_tick(Duration::from_millis(500));
        bar
    }
}

/// Work that takes longer is announced.
const LONG: Duration = Duration::from_secs(10);

/// The line that announces it.
fn announced(stage: Stage, time: Duration) -> String {
    format!("{} will take {} (Ctrl-C stops it)", name(stage), about(time.as_secs_f64()))
}

impl Drop for Bars {
    fn drop(&mut self) {
        let current = self.current.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, bar)) = current.take() {
            bar.finish_and_clear();
        }
    }
}

impl Progress for Bars {
    fn advance(&self, stage: Stage, done: usize, total: Option<usize>) -> ControlFlow<()> {
        if self.stop.requested() {
            return ControlFlow::Break(());
        }
        self.show(stage, done, total);
        ControlFlow::Continue(())
    }

    fn objective(&self, stage: Stage, value: f64) {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((running, bar)) = current.as_ref()
            && *running == stage
        {
            bar.set_message(format!("{}, objective {value:.4}", unit(stage)));
        }
        tracing::debug!("{} objective {value}", name(stage));
    }

    fn expected(&self, stage: Stage, time: Duration) {
        let line = announced(stage, time);
        if self.tells && time >= LONG {
            say("", &line);
        }
        tracing::info!("{line}");
    }

    fn planned(&self, memory: u64, parts: &[(usize, &'static str)]) {
        let mut line = String::new();
        for part in parts {
            match part {
                (0, _) => {}
                (1, "bands") => line.push_str("one band, "),
                (count, what) => line.push_str(&format!("{count} {what}, ")),
            }
        }
        line.push_str(&format!("at most {} MiB", memory >> 20));
        if self.visible {
            eprintln!("seethru: {line}");
        }
        tracing::info!("{line}");
    }
}

/// Points, images or frames are read.
pub(crate) const LOAD: Stage = Stage::new("load");

pub(crate) fn name(stage: Stage) -> &'static str {
    match stage {
        stage::DECODE => "decoding",
        stage::PLACES => "centers",
        stage::AGREE => "agreeing",
        stage::STITCH => "stitching",
        stage::STABILIZE => "stabilizing",
        stage::START => "choosing a start",
        stage::REGISTER => "registering",
        stage::FUSE => "fusing",
        stage::DEBLUR => "deblurring",
        stage::LOW_RANK => "robust PCA",
        stage::COLOR => "coloring",
        stage::WARP => "warping",
        stage::SURFACE => "surface",
        stage::BASELINE => "baseline",
        stage::RENDER => "rendering",
        LOAD => "reading",
        Stage::NEIGHBORS => "neighbors",
        Stage::GEODESICS => "geodesics",
        Stage::FLOW => "convex flow",
        Stage::EIGENVECTORS => "eigenvectors",
        Stage::OPTIMIZE => "optimizing",
        Stage::QUALITY => "quality",
        other => other.name(),
    }
}

pub(crate) fn unit(stage: Stage) -> &'static str {
    match stage {
        stage::PLACES | stage::AGREE => "places",
        // Each round aligns each frame.
        stage::START | stage::REGISTER => "alignments",
        stage::LOW_RANK | Stage::EIGENVECTORS | Stage::OPTIMIZE | Stage::QUALITY => "steps",
        LOAD => "rows",
        Stage::NEIGHBORS | Stage::GEODESICS | Stage::FLOW => "points",
        _ => "frames",
    }
}

/// Where a total counts rounds that may not come.
fn most(stage: Stage) -> &'static str {
    if matches!(stage, stage::START | stage::REGISTER) { "at most " } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_templates_are_valid() {
        assert!(ProgressStyle::with_template(KNOWN).is_ok());
        assert!(ProgressStyle::with_template(UNKNOWN).is_ok());
    }

    #[test]
    fn long_work_is_announced_in_minutes() {
        let line = announced(Stage::FLOW, Duration::from_secs(660));
        assert_eq!(line, "convex flow will take about 11 min (Ctrl-C stops it)");
    }

    #[test]
    fn hidden_bars_follow_every_stage_and_do_not_stop_by_themselves() {
        let bars = Bars::new(false, Stop::default());
        for (stage, total) in [(stage::DECODE, None), (stage::DECODE, Some(9)), (stage::PLACES, Some(4))] {
            assert!(bars.advance(stage, 1, total).is_continue());
            bars.objective(stage, 0.5);
        }
    }
}

//! One progress bar per stage, on standard error.

use std::fmt::Write;
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use manifold::progress::{Progress, Stage};

use super::counted::counted;
use super::duration::about;
use super::lines::say;
use super::stop::Stop;
use seethru::stage;

/// Redraws per second: smooth enough, and cheap over a slow connection.
const REDRAWS: u8 = 8;
const KNOWN: &str = "{prefix:<11} {bar:18.cyan/dim} {human_pos:>7}/{human_len} {msg}  {rate}  {left}";
const UNKNOWN: &str = "{prefix:<11} {spinner:.cyan} {human_pos} {msg}  {rate}";

/// Units per second in three digits: "1240", "226", "19.7".
fn rate(per_second: f64, unit: &str) -> String {
    match per_second {
        r if !r.is_finite() || r < 0.005 => String::new(),
        r if r < 0.995 => format!("{r:.2} {unit}/s"),
        r if r < 99.95 => format!("{r:.1} {unit}/s"),
        r => format!("{r:.0} {unit}/s"),
    }
}

/// How a stage that counts in `unit` is drawn.
fn style(template: &str, unit: &'static str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let write_rate = move |state: &ProgressState, out: &mut dyn Write| {
        let _ = out.write_str(&rate(state.per_sec(), unit));
    };
    let write_left = |state: &ProgressState, out: &mut dyn Write| {
        // Before the first unit nothing is known.
        if state.pos() > 0 && !state.is_finished() {
            let left = about(state.eta().as_secs_f64());
            let _ = write!(out, "{} left", left.trim_start_matches("about "));
        }
    };
    style.with_key("rate", write_rate).with_key("left", write_left).progress_chars("━╸─")
}

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
        let template = if total.is_some() { KNOWN } else { UNKNOWN };
        let bar = ProgressBar::with_draw_target(total.map(|total| total as u64), target)
            .with_style(style(template, unit(stage)))
            .with_prefix(name(stage))
            .with_message(unit(stage));
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

/// What is said before the work of what it needs: how much there is of each part, if there is any of it to tell of.
fn needed(memory: u64, parts: &[(usize, &'static str)]) -> String {
    let told = parts.iter().filter(|&&(count, what)| count > usize::from(what == "bands"));
    let parts = told.map(|&(count, what)| counted(count, what.trim_end_matches('s')) + ", ");
    format!("{}at most {} MiB of memory", parts.collect::<String>(), memory.div_ceil(1 << 20))
}

fn in_round(stage: Stage, round: usize, most: usize) -> String {
    format!("{}, round {round} of {most}", unit(stage))
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

    fn round(&self, stage: Stage, round: usize, most: usize) {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((running, bar)) = current.as_ref()
            && *running == stage
        {
            bar.set_message(in_round(stage, round, most));
        }
        tracing::debug!("{} round {round} of at most {most}", name(stage));
    }

    fn expected(&self, stage: Stage, time: Duration) {
        let line = announced(stage, time);
        if self.tells && time >= LONG {
            say("", &line);
        }
        tracing::info!("{line}");
    }

    fn planned(&self, memory: u64, parts: &[(usize, &'static str)]) {
        let line = needed(memory, parts);
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
        Stage::NEIGHBORS | Stage::GEODESICS => "points",
        Stage::FLOW => "pairs",
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
    fn rates_have_three_digits_and_a_unit() {
        let told =
            [0.0, 0.123_456, 19.676_592_482_762, 226.606_882, 5_721.586_977].map(|r| rate(r, "frames"));
        assert_eq!(told, ["", "0.12 frames/s", "19.7 frames/s", "227 frames/s", "5722 frames/s"]);
    }

    #[test]
    fn what_there_is_none_of_is_not_told() {
        let parts =
            |places, bands| needed(102 << 20, &[(80, "frames"), (places, "places"), (bands, "bands")]);
        assert_eq!(parts(0, 1), "80 frames, at most 102 MiB of memory");
        assert_eq!(parts(1, 3), "80 frames, 1 place, 3 bands, at most 102 MiB of memory");
    }

    #[test]
    fn rounds_are_named() {
        let bars = Bars::new(false, Stop::default());
        assert!(bars.advance(stage::REGISTER, 0, Some(400)).is_continue());
        bars.round(stage::REGISTER, 1, 5);
        let running = bars.current.lock().unwrap().as_ref().map(|(stage, bar)| (*stage, bar.message()));
        assert_eq!(running, Some((stage::REGISTER, "alignments, round 1 of 5".to_owned())));
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

//! One progress bar over all stages, where it is known what is to come, else one per stage; on standard error.

use std::fmt::Write;
use std::ops::ControlFlow;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use manifold::progress::{Ahead, Progress, Searched, Stage, share};

use super::counted::counted;
use super::duration::about;
use super::lines::say;
use super::stop::Stop;
use seethru::stage;

/// Redraws per second: smooth enough, and cheap over a slow connection.
const REDRAWS: u8 = 8;
const KNOWN: &str = "{prefix:<11} {bar:18.cyan/dim} {human_pos:>7}/{human_len} {msg}  {rate}  {left}";
const WHOLE: &str = "{prefix:<16} {bar:24.cyan/dim} {percent:>3}%  {msg}  {left}";
/// The share that has to be done before what is left can be told.
const KNOWN_FROM: f32 = 0.02;
/// Steps of a bar over all stages.
const STEPS: u64 = 10_000;
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
    // Of one stage at its latest rate, of all at the mean rate so far.
    let left = match template {
        WHOLE => |state: &ProgressState| remaining(state.elapsed(), f64::from(state.fraction())),
        _ => |state: &ProgressState| state.eta(),
    };
    let write_left = move |state: &ProgressState, out: &mut dyn Write| {
        // Before the first units nothing is known.
        if state.fraction() >= KNOWN_FROM && state.pos() > 0 && !state.is_finished() {
            let left = about(left(state).as_secs_f64());
            let _ = write!(out, "{} left", left.trim_start_matches("about "));
        }
    };
    style.with_key("rate", write_rate).with_key("left", write_left).progress_chars("━╸─")
}

/// What is left when a share of the work has taken so long.
fn remaining(elapsed: Duration, share: f64) -> Duration {
    elapsed.mul_f64((1.0 - share).max(0.0) / share.max(1e-3))
}

/// Shows how far the work is (or nothing), and ends it when the user wants to stop.
pub(crate) struct Bars {
    visible: bool,
    /// Whether a line is said where the work will take long.
    tells: bool,
    stop: Stop,
    /// What follows the work that says itself what is to come.
    later: Vec<Ahead>,
    current: Mutex<Current>,
}

/// What is shown.
#[derive(Default)]
struct Current {
    ahead: Vec<Ahead>,
    running: Option<Running>,
    searched: Option<Searched>,
}

struct Running {
    stage: Stage,
    bar: ProgressBar,
    /// Whether the bar is over all stages.
    whole: bool,
    /// Of at most so many.
    round: Option<(usize, usize)>,
}

impl Bars {
    pub(crate) fn new(visible: bool, stop: Stop) -> Bars {
        Bars { visible, tells: visible, stop, later: Vec::new(), current: Mutex::default() }
    }

    /// The same, which says or does not say that work will take long, on a terminal or not.
    pub(crate) fn telling(mut self, tells: bool) -> Bars {
        self.tells = tells;
        self
    }

    /// The same, with this to come after what the work says of itself.
    pub(crate) fn then(mut self, later: Vec<Ahead>) -> Bars {
        self.later = later;
        self
    }

    /// Says something while no bar is in the way.
    pub(crate) fn aside(&self, say: impl FnOnce()) {
        let bar = self.current().running.as_ref().map(|running| running.bar.clone());
        match bar {
            Some(bar) => bar.suspend(say),
            None => say(),
        }
    }

    /// How neighbors were searched for, if they were.
    pub(crate) fn searched(&self) -> Option<Searched> {
        self.current().searched
    }

    fn current(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn show(&self, stage: Stage, done: usize, total: Option<usize>) {
        let mut current = self.current();
        let Current { ahead, running, .. } = &mut *current;
        let whole = share(ahead, stage, done, total.unwrap_or(usize::MAX));
        let place = |stage| ahead.iter().position(|ahead| ahead.stage == stage);
        let goes_on = |before: &Running| match whole.is_some() {
            true => before.whole && place(before.stage) <= place(stage),
            false => !before.whole && before.stage == stage,
        };
        if running.as_ref().is_none_or(|before| before.stage != stage) {
            let units = total.map_or(String::new(), |n| format!(" ({}{n} {})", most(stage), unit(stage)));
            tracing::info!("{}{units}", name(stage));
        }
        let mut shown = match running.take() {
            Some(before) if goes_on(&before) => before,
            before => {
                if let Some(before) = before {
                    before.bar.finish_and_clear();
                }
                let whole = whole.is_some();
                let bar =
                    if whole { self.bar(stage, Some(STEPS), WHOLE) } else { self.own_bar(stage, total) };
                Running { stage, bar, whole, round: None }
            }
        };
        if shown.stage != stage {
            (shown.stage, shown.round) = (stage, None);
            shown.bar.set_prefix(name(stage));
        }
        match (whole, total) {
            (Some(share), _) => {
                shown.bar.set_position((share * STEPS as f64) as u64);
                shown.bar.set_message(counts(stage, done, total, shown.round));
            }
            (None, total) => {
                total.into_iter().for_each(|total| shown.bar.set_length(total as u64));
                shown.bar.set_position(done as u64);
            }
        }
        *running = Some(shown);
    }

    /// The bar of a stage that is not ahead.
    fn own_bar(&self, stage: Stage, total: Option<usize>) -> ProgressBar {
        self.bar(stage, total.map(|total| total as u64), if total.is_some() { KNOWN } else { UNKNOWN })
    }

    fn bar(&self, stage: Stage, length: Option<u64>, template: &'static str) -> ProgressBar {
        if !self.visible {
            return ProgressBar::hidden().with_prefix(name(stage));
        }
        let target = ProgressDrawTarget::stderr_with_hz(REDRAWS);
        let bar = ProgressBar::with_draw_target(length, target)
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

fn in_round(stage: Stage, (round, most): (usize, usize)) -> String {
    format!("{}, round {round} of {most}", unit(stage))
}

/// How far a stage is, beside a bar over all: in rounds, where it works in rounds.
fn counts(stage: Stage, done: usize, total: Option<usize>, round: Option<(usize, usize)>) -> String {
    match (round, total) {
        (Some((round, most)), _) => format!("round {round} of {most}"),
        (None, Some(total)) => format!("{done} of {total} {}", unit(stage)),
        (None, None) => format!("{done} {}", unit(stage)),
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        let current = self.current.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = current.running.take() {
            running.bar.finish_and_clear();
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
        if let Some(running) = self.current().running.as_ref().filter(|running| running.stage == stage) {
            running.bar.set_message(format!("{}, objective {value:.4}", unit(stage)));
        }
        tracing::debug!("{} objective {value}", name(stage));
    }

    fn round(&self, stage: Stage, round: usize, most: usize) {
        if let Some(running) = self.current().running.as_mut().filter(|running| running.stage == stage) {
            running.round = Some((round, most));
            if !running.whole {
                running.bar.set_message(in_round(stage, (round, most)));
            }
        }
        tracing::debug!("{} round {round} of at most {most}", name(stage));
    }

    fn searched(&self, found: &Searched) {
        self.current().searched = Some(*found);
        tracing::info!("neighbors: {found}");
    }

    fn ahead(&self, stages: &[Ahead]) {
        let later = if stages.is_empty() { &[][..] } else { &self.later };
        self.current().ahead = [stages, later].concat();
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
    fn all_templates_are_valid() {
        assert!(ProgressStyle::with_template(KNOWN).is_ok());
        assert!(ProgressStyle::with_template(UNKNOWN).is_ok());
        assert!(ProgressStyle::with_template(WHOLE).is_ok());
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
        let message = bars.current().running.as_ref().map(|running| running.bar.message());
        assert_eq!(message.as_deref(), Some("alignments, round 1 of 5"));
    }

    /// Positions and messages of one bar over all stages; another run begins another bar, and what is not ahead has its own.
    #[test]
    fn one_bar_is_over_all_that_is_ahead() {
        let of = |stage, costs| Ahead { stage, costs };
        let bars = Bars::new(false, Stop::default()).then(vec![of(stage::WARP, vec![4.0])]);
        let shown = |bars: &Bars| {
            let current = bars.current();
            let Running { bar, whole, .. } = current.running.as_ref().unwrap();
            (*whole, bar.position(), bar.prefix(), bar.message())
        };
        bars.ahead(&[of(stage::DECODE, vec![1.0]), of(stage::REGISTER, vec![3.0, 2.0])]);
        assert!(bars.advance(stage::DECODE, 5, Some(10)).is_continue());
        assert_eq!(shown(&bars), (true, 500, "decoding".to_owned(), "5 of 10 frames".to_owned()));
        assert!(bars.advance(stage::REGISTER, 0, Some(20)).is_continue());
        bars.round(stage::REGISTER, 2, 2);
        assert!(bars.advance(stage::REGISTER, 15, Some(20)).is_continue());
        assert_eq!(shown(&bars), (true, 5000, "registering".to_owned(), "round 2 of 2".to_owned()));
        assert!(bars.advance(stage::WARP, 10, Some(10)).is_continue());
        assert_eq!(shown(&bars), (true, 10_000, "warping".to_owned(), "10 of 10 frames".to_owned()));
        // The next clip.
        bars.ahead(&[of(stage::DECODE, vec![1.0])]);
        assert!(bars.advance(stage::DECODE, 1, Some(10)).is_continue());
        assert_eq!(shown(&bars).1, 200);
        bars.ahead(&[]);
        assert!(bars.advance(stage::DECODE, 1, Some(10)).is_continue());
        assert_eq!((shown(&bars).0, shown(&bars).1), (false, 1));
    }

    #[test]
    fn what_is_left_follows_from_the_share_that_is_done() {
        assert_eq!(remaining(Duration::from_secs(10), 0.25), Duration::from_secs(30));
        assert_eq!(remaining(Duration::from_secs(10), 1.0), Duration::ZERO);
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

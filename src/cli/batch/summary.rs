//! What is reported about a batch: the plan, the table at its end, and the same for scripts.

use serde::Serialize;

use super::clip::Clip;
use super::manifest::{NAME, Outcome, Record};
use super::plan::Plan;
use super::resume::Due;
use crate::cli::console::Console;
use crate::cli::counted::counted;
use crate::cli::duration::about;
use crate::cli::lines::print_bytes;
use crate::cli::report::describe;

/// Name and version of the summary's shape.
const SCHEMA: &str = "seethru.batch/2";

/// Clips by how they ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Counts {
    pub(crate) clips: usize,
    /// Done by this run.
    pub(crate) done: usize,
    /// Failed, be it before.
    pub(crate) failed: usize,
    /// Done before.
    pub(crate) passed_over: usize,
}

impl Counts {
    pub(crate) fn of(due: &[Due], records: &[Option<Record>]) -> Counts {
        let mut counts = Counts { clips: due.len(), ..Counts::default() };
        for (due, record) in due.iter().zip(records) {
            match (due, record.as_ref().map(|record| record.result)) {
                (_, Some(Outcome::Done)) => counts.done += 1,
                (_, Some(Outcome::Failed)) => counts.failed += 1,
                (Due::PassOver(before), None) => match before.result {
                    Outcome::Done => counts.passed_over += 1,
                    Outcome::Failed => counts.failed += 1,
                },
                (Due::Run(_), None) => {}
            }
        }
        counts
    }
}

/// What a record says in a line: where the picture is, or what was wrong.
pub(crate) fn told(clip: &Clip, record: &Record) -> String {
    record.error.clone().unwrap_or_else(|| clip.outputs.still.display().to_string())
}

/// Says what will be done; with `each` clip by clip.
pub(crate) fn plan(plan: &Plan, due: &[Due], ahead: Option<f64>, each: bool, console: &Console) {
    if each {
        let width = width(plan);
        for (clip, due) in plan.clips.iter().zip(due) {
            console.summary(&format!("{:width$}  {:<20}  {}", clip.name, size(clip), what(clip, due)));
        }
    }
    let running = due.iter().filter(|due| matches!(due, Due::Run(_))).count();
    let passed = match due.len() - running {
        0 => String::new(),
        passed => format!(" ({passed} more skipped)"),
    };
    let clips = plan.clips.iter().zip(due);
    let failing =
        match clips.filter(|(clip, due)| clip.unreadable.is_some() && matches!(due, Due::Run(_))).count() {
            0 => String::new(),
            failing => format!(" ({failing} will fail)"),
        };
    let share = &plan.share;
    let time = match ahead {
        _ if running == 0 => "there is nothing to do".to_owned(),
        Some(seconds) => format!("{}, judging by the clips done before", about(seconds)),
        None => "the time will be known after the first clip".to_owned(),
    };
    console.summary(&format!(
        "{}{passed}{failing} into {}: {} at a time with {} and {} MiB each; {time}",
        counted(running, "clip"),
        plan.folder.display(),
        share.jobs,
        counted(share.threads.get(), "thread"),
        share.memory >> 20
    ));
}

fn width(plan: &Plan) -> usize {
    plan.clips.iter().map(|clip| clip.name.chars().count()).max().unwrap_or(0)
}

fn size(clip: &Clip) -> String {
    match clip.size {
        Some((width, height, Some(frames))) => format!("{width}x{height}, {}", counted(frames, "frame")),
        Some((width, height, None)) => format!("{width}x{height}"),
        None => "cannot be read".to_owned(),
    }
}

fn what(clip: &Clip, due: &Due) -> String {
    let picture = clip.outputs.still.display();
    match due {
        Due::Run(_) if clip.unreadable.is_some() => {
            format!("will fail: {}", clip.unreadable.as_deref().unwrap_or_default())
        }
        Due::Run(None) => format!("-> {picture}"),
        Due::Run(Some(why)) => format!("-> {picture} again: {why}"),
        Due::PassOver(record) if record.result == Outcome::Done => "skipped: it is done".to_owned(),
        Due::PassOver(_) => "skipped: it failed, and --retry-failed is not given".to_owned(),
    }
}

/// The table at the end, and the sum.
pub(crate) fn table(plan: &Plan, due: &[Due], records: &[Option<Record>], seconds: f64, console: &Console) {
    let width = width(plan).max("clip".len());
    console.summary(&format!("{:width$}  result       seconds  output or error", "clip"));
    for ((clip, due), record) in plan.clips.iter().zip(due).zip(records) {
        let line = match (due, record) {
            (_, Some(record)) => row(result(record.result), Some(record.seconds), &told(clip, record)),
            (Due::PassOver(before), None) if before.result == Outcome::Done => {
                row("skipped", None, &told(clip, before))
            }
            (Due::PassOver(before), None) => row("failed before", None, &told(clip, before)),
            (Due::Run(_), None) => row("not done", None, ""),
        };
        console.summary(format!("{:width$}  {line}", clip.name).trim_end());
    }
    if let Some(overview) = &plan.overview {
        console.summary(&format!("all clips on one page: {}", overview.display()));
    }
    let counts = Counts::of(due, records);
    let passed = match counts.passed_over {
        0 => String::new(),
        passed => format!(", {passed} skipped"),
    };
    console.summary(&format!(
        "{} done{passed}, {} failed, {}",
        counts.done,
        counts.failed,
        describe::seconds(seconds)
    ));
}

fn row(result: &str, seconds: Option<f64>, told: &str) -> String {
    let seconds = seconds.map_or(String::new(), |seconds| format!("{seconds:.1}"));
    format!("{result:<13} {seconds:>6}  {told}")
}

fn result(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "done",
        Outcome::Failed => "failed",
    }
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    version: &'static str,
    command: &'a str,
    dry_run: bool,
    output: String,
    manifest: String,
    /// The page with a card for each clip; `None` where no pages are wanted.
    overview: Option<String>,
    jobs: usize,
    threads_per_job: usize,
    memory_per_job: u64,
    /// Before the work: at the pace of clips done before.
    estimated_seconds: Option<f64>,
    /// Of this run; `None` for a dry one.
    seconds: Option<f64>,
    counts: Counts,
    clips: Vec<ClipDocument<'a>>,
}

#[derive(Serialize)]
struct ClipDocument<'a> {
    input: &'a str,
    still: String,
    json: String,
    report: Option<String>,
    command: &'a str,
    /// planned, done, failed, passed-over or failed-before.
    result: &'static str,
    /// Why it is done again.
    again: Option<&'static str>,
    width: Option<usize>,
    height: Option<usize>,
    frames: Option<usize>,
    memory_estimate: Option<u64>,
    seconds: Option<f64>,
    error: Option<&'a str>,
}

/// Prints the batch for scripts; `seconds` is `None` for a dry run.
pub(crate) fn print(
    plan: &Plan,
    due: &[Due],
    records: &[Option<Record>],
    ahead: Option<f64>,
    seconds: Option<f64>,
) -> anyhow::Result<()> {
    let clips = plan.clips.iter().zip(due).zip(records);
    let document = Document {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        command: &plan.command,
        dry_run: seconds.is_none(),
        output: plan.folder.display().to_string(),
        manifest: plan.folder.join(NAME).display().to_string(),
        overview: plan.overview.as_ref().map(|page| page.display().to_string()),
        jobs: plan.share.jobs,
        threads_per_job: plan.share.threads.get(),
        memory_per_job: plan.share.memory,
        estimated_seconds: ahead,
        seconds,
        counts: Counts::of(due, records),
        clips: clips.map(|((clip, due), record)| document(clip, due, record.as_ref())).collect(),
    };
    print_bytes(format!("{}\n", serde_json::to_string_pretty(&document)?).as_bytes())
}

fn document<'a>(clip: &'a Clip, due: &'a Due, record: Option<&'a Record>) -> ClipDocument<'a> {
    let before = match due {
        Due::PassOver(before) => Some(before.as_ref()),
        Due::Run(_) => None,
    };
    let known = record.or(before);
    ClipDocument {
        input: &clip.name,
        still: clip.outputs.still.display().to_string(),
        json: clip.outputs.json.display().to_string(),
        report: clip.outputs.page.as_ref().map(|page| page.display().to_string()),
        command: &clip.command,
        result: match (record, before.map(|before| before.result)) {
            (Some(record), _) => result(record.result),
            (None, Some(Outcome::Done)) => "passed-over",
            (None, Some(Outcome::Failed)) => "failed-before",
            (None, None) => "planned",
        },
        again: if let Due::Run(why) = due { *why } else { None },
        width: clip.size.map(|(width, _, _)| width),
        height: clip.size.map(|(_, height, _)| height),
        frames: known.and_then(|known| known.frames).or(clip.size.and_then(|(_, _, frames)| frames)),
        memory_estimate: clip.memory_estimate,
        seconds: known.map(|known| known.seconds),
        error: known.map_or(clip.unreadable.as_deref(), |known| known.error.as_deref()),
    }
}

//! What will be done, settled and checked before anything is decoded.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use seethru::graph::{Disconnected, Neighbours};
use seethru::output::check_writable;
use seethru::pipeline::{Baseline, CentreSettings, Choice, FrameRange, Method, Settings};
use seethru::video::{Input, check_output};

use super::args::{BaselineArg, ChoiceArg, DisconnectedArg, RestoreArgs};
use super::command_line;

/// The input's name for standard input.
const PIPE: &str = "-";

/// Where the frames come from.
#[derive(Debug)]
pub enum Source {
    Located(Input),
    /// YUV4MPEG2 on standard input; it is read only once all the rest is known to be right.
    Pipe,
}

/// One restoration, ready to run.
#[derive(Debug)]
pub struct RestorePlan {
    pub source: Source,
    /// The input as the user named it.
    pub name: String,
    pub settings: Settings,
    pub picture: PathBuf,
    pub page: Option<PathBuf>,
    pub json: bool,
    /// A command line that repeats the run.
    pub command: String,
}

impl RestorePlan {
    pub fn new(args: &RestoreArgs) -> Result<RestorePlan> {
        let name = args.input.clone().context("no video is given")?;
        let mut settings = settings(args)?;
        let source = match name.as_str() {
            PIPE => Source::Pipe,
            path => Source::Located(Input::locate(path).map_err(|error| with_hint(error.into(), path))?),
        };
        let picture = args.output.clone().map_or_else(|| default_picture(&name), Ok)?;
        check_output(&picture).context("--output")?;
        // The picture's folder can be written to and is on a disk, which a temporary folder may not be.
        settings.spill = Some(folder(&picture).to_owned());
        if let Some(page) = &args.report {
            check_page(page)?;
        }
        let inputs = match &source {
            Source::Located(input) => input.paths(),
            Source::Pipe => Vec::new(),
        };
        check_apart(&inputs, &picture, args.report.as_deref())?;
        Ok(RestorePlan {
            source,
            name,
            settings,
            picture,
            page: args.report.clone(),
            json: args.json,
            command: command_line::repeatable(),
        })
    }
}

fn settings(args: &RestoreArgs) -> Result<Settings> {
    let patch = args.patch.get();
    let step = args.step.map_or((patch / 2).max(1), |step| step.get());
    if step > patch {
        bail!(
            "--step {step} is larger than --patch {patch}: pixels between places would stay uncovered; give at most {patch}"
        );
    }
    Ok(Settings {
        patch,
        step,
        frames: FrameRange { start: args.frames.start, end: args.frames.end, every: args.every },
        method: args
            .baseline
            .map_or_else(|| Method::Centres(centres(args)), |kind| Method::Baseline(baseline(kind))),
        threads: args.threads,
        memory: args.memory,
        spill: None,
        comparisons: args.report.is_some(),
    })
}

fn centres(args: &RestoreArgs) -> CentreSettings {
    CentreSettings {
        centres: args.centers,
        choice: match args.choice {
            ChoiceArg::Agree => Choice::Agree,
            ChoiceArg::Blend => Choice::Blend,
            ChoiceArg::Medoids => Choice::Medoids,
        },
        neighbours: match args.radius {
            Some(radius) => Neighbours::Within(radius),
            None if args.mutual => Neighbours::Mutual(args.neighbours),
            None => Neighbours::Nearest(args.neighbours),
        },
        disconnected: match args.disconnected {
            DisconnectedArg::Join => Disconnected::Join,
            DisconnectedArg::Largest => Disconnected::Largest,
            DisconnectedArg::Fail => Disconnected::Fail,
        },
        cost: args.cost.clone(),
        level: args.level,
    }
}

fn baseline(kind: BaselineArg) -> Baseline {
    match kind {
        BaselineArg::Mean => Baseline::Mean,
        BaselineArg::Median => Baseline::Median,
        BaselineArg::NearestMean => Baseline::NearestMean,
        BaselineArg::NearestMedian => Baseline::NearestMedian,
    }
}

/// `clips/pool.mp4` becomes `pool-still.png` in the folder the user is in.
fn default_picture(input: &str) -> Result<PathBuf> {
    let stem = Path::new(input).file_stem().map(|stem| stem.to_string_lossy());
    match stem {
        Some(stem) if input != PIPE && !stem.contains(['*', '?', '[']) => {
            Ok(PathBuf::from(format!("{stem}-still.png")))
        }
        _ => bail!("{input} gives the picture no name: name it with --output"),
    }
}

fn check_page(page: &Path) -> Result<()> {
    let ending = page.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    if !matches!(ending.as_deref(), Some("html" | "htm")) {
        bail!("--report: {} does not end in .html: the report is a web page, name it so", page.display());
    }
    check_writable(page).context("--report")
}

/// No output may replace an input, by whatever name or link, nor another output.
fn check_apart(inputs: &[&Path], picture: &Path, page: Option<&Path>) -> Result<()> {
    let outputs = [("--output", Some(picture)), ("--report", page)];
    for (option, output) in outputs {
        let Some(output) = output else { continue };
        if let Some(input) =
            inputs.iter().find(|input| same_file::is_same_file(input, output).unwrap_or(false))
        {
            bail!("{option}: {} is the input {}: give another name", output.display(), input.display());
        }
    }
    if page.is_some_and(|page| same_target(page, picture)) {
        bail!("--report and --output are both {}: give two names", picture.display());
    }
    Ok(())
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Whether two names lead to one file, be it there already or not.
fn same_target(a: &Path, b: &Path) -> bool {
    let whole = |path: &Path| Some(folder(path).canonicalize().ok()?.join(path.file_name()?));
    same_file::is_same_file(a, b).unwrap_or(false) || (whole(a).is_some() && whole(a) == whole(b))
}

/// A subcommand behind other options is taken for a file: says so where it is none.
fn with_hint(error: anyhow::Error, input: &str) -> anyhow::Error {
    use clap::CommandFactory as _;
    match super::Cli::command().find_subcommand(input) {
        Some(_) => error.context(format!("the subcommand {input} has to come before all options")),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::super::Cli;
    use super::*;

    fn parsed(line: &str) -> Result<Settings> {
        settings(&Cli::try_parse_from(line.split(' '))?.restore)
    }

    #[test]
    fn defaults() {
        let settings = parsed("seethru a.mp4").unwrap();
        assert_eq!((settings.patch, settings.step, settings.memory), (16, 8, 4 << 30));
        let Method::Centres(centres) = settings.method else { panic!("centres are the default") };
        assert_eq!(centres.centres.get(), 3);
        assert_eq!(centres.choice, Choice::Blend);
        assert_eq!(centres.neighbours, Neighbours::Nearest(8.try_into().unwrap()));
        assert!(!centres.level && !settings.comparisons);
    }

    #[test]
    fn the_step_follows_the_patch() {
        assert_eq!(parsed("seethru a.mp4 --patch 1").unwrap().step, 1);
        assert_eq!(parsed("seethru a.mp4 --patch 9").unwrap().step, 4);
        assert_eq!(parsed("seethru a.mp4 --patch 9 --step 9").unwrap().step, 9);
        let error = parsed("seethru a.mp4 --patch 9 --step 10").unwrap_err().to_string();
        assert!(error.contains("--step 10") && error.contains("--patch 9"), "{error}");
    }

    #[test]
    fn both_spellings_mean_the_same() {
        let british = parsed("seethru a.mp4 --centres 2 --neighbours 5 --mutual").unwrap();
        let american = parsed("seethru a.mp4 --centers 2 --neighbors 5 --mutual").unwrap();
        assert_eq!(british, american);
        let Method::Centres(centres) = british.method else { panic!("centres are the default") };
        assert_eq!(centres.neighbours, Neighbours::Mutual(5.try_into().unwrap()));
    }

    #[test]
    fn what_contradicts_itself_is_a_usage_error() {
        for line in [
            "seethru a.mp4 --radius 3 --neighbours 4",
            "seethru a.mp4 --radius 3 --mutual",
            "seethru a.mp4 --baseline mean --centers 3",
            "seethru a.mp4 --baseline mean --cost linear",
            "seethru a.mp4 -q -v",
        ] {
            assert!(parsed(line).is_err(), "{line}");
        }
        assert_eq!(
            parsed("seethru a.mp4 --baseline nearest-mean").unwrap().method,
            Method::Baseline(Baseline::NearestMean)
        );
    }

    #[test]
    fn subcommands_and_files_of_their_name() {
        let cli = |line: &str| Cli::try_parse_from(line.split(' ')).unwrap();
        assert!(cli("seethru synth a.png -o b.mp4").command.is_some());
        for line in ["seethru ./synth", "seethru -- synth", "seethru --patch 8 -- man"] {
            let cli = cli(line);
            assert!(cli.command.is_none() && cli.restore.input.is_some(), "{line}");
        }
    }

    #[test]
    fn the_picture_is_named_after_the_input() {
        assert_eq!(default_picture("clips/pool.mp4").unwrap(), Path::new("pool-still.png"));
        assert_eq!(default_picture("frames/").unwrap(), Path::new("frames-still.png"));
        for nameless in ["-", "frames/*.png", ".."] {
            assert!(default_picture(nameless).unwrap_err().to_string().contains("--output"), "{nameless}");
        }
    }
}

//! What will be done, settled and checked before anything is decoded.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use manifold::device::Device;
use seethru::output::check_writable;
use seethru::pipeline::{
    Baseline, CenterSettings, Choice, FrameRange, Method, Motion, RegisterSettings, Settings,
};
use seethru::video::{Input, check_output, check_video};

use super::args::{BaselineArg, ChoiceArg, HowArgs, MethodArg, MotionArg, RestoreArgs};
use super::auto::Auto;

/// Side of a patch where none is given.
const DEFAULT_PATCH: usize = 16;
/// The input's name for standard input.
pub const PIPE: &str = "-";

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
    /// As far as they are known from the command line alone: see [`resolved`](RestorePlan::resolved).
    pub settings: Settings,
    /// What completes the settings once the clip is opened.
    pub auto: Option<Auto>,
    pub picture: PathBuf,
    pub page: Option<PathBuf>,
    /// The clip with the water taken out.
    pub video: Option<PathBuf>,
    /// The waves.
    pub displacements: Option<PathBuf>,
    /// How sure each pixel is.
    pub confidence: Option<PathBuf>,
    pub json: bool,
    /// A command line that repeats the run.
    pub command: String,
}

impl RestorePlan {
    /// `command` is a command line that repeats the run.
    pub fn new(args: &RestoreArgs, device: &Device, command: String) -> Result<RestorePlan> {
        let name = args.input.clone().context("no video is given")?;
        let mut settings = settings(&args.how)?;
        settings.comparisons = args.report.is_some();
        settings.device = device.clone();
        let source = source(&name)?;
        let picture = args.output.clone().map_or_else(|| named_after(&name, "-still.png"), Ok)?;
        check_output(&picture).context("--output")?;
        // The picture's folder can be written to and is on a disk, which a temporary folder may not be.
        settings.spill = Some(folder(&picture).to_owned());
        if let Some(page) = &args.report {
            check_page(page)?;
        }
        check_extras(args, &settings.method)?;
        let inputs = match &source {
            Source::Located(input) => input.paths(),
            Source::Pipe => Vec::new(),
        };
        check_apart(&inputs, &outputs(args, &picture))?;
        Ok(RestorePlan {
            source,
            name,
            settings,
            auto: Auto::of(&args.how, needs_registration(args)),
            picture,
            page: args.report.clone(),
            video: args.video.clone(),
            displacements: args.displacements.clone(),
            confidence: args.confidence.clone(),
            json: args.json,
            command,
        })
    }
}

/// Where the frames of the input with this name come from.
pub fn source(name: &str) -> Result<Source> {
    Ok(match name {
        PIPE => Source::Pipe,
        path => Source::Located(Input::locate(path).map_err(|error| with_hint(error.into(), path))?),
    })
}

/// What the options ask for, if they agree with each other.
pub fn settings(args: &HowArgs) -> Result<Settings> {
    let patch = args.patch.map_or(DEFAULT_PATCH, |patch| patch.get());
    let step = args.step.map_or((patch / 2).max(1), |step| step.get());
    if step > patch {
        bail!(
            "--step {step} is larger than --patch {patch}: pixels between places would stay uncovered; give at most {patch}"
        );
    }
    Ok(Settings {
        patch,
        step,
        frames: frames(args),
        method: method(args)?,
        threads: args.threads,
        memory: args.memory,
        spill: None,
        comparisons: false,
        device: Device::cpu(),
    })
}

fn frames(args: &HowArgs) -> FrameRange {
    let every = args.every.unwrap_or(NonZeroUsize::MIN);
    let range = args.frames.map(|range| FrameRange { start: range.start, end: range.end, every });
    range.unwrap_or(FrameRange { every, ..FrameRange::default() })
}

/// The method that is asked for, be it by one of its options.
fn method(args: &HowArgs) -> Result<Method> {
    if let Some(kind) = args.baseline {
        return Ok(Method::Baseline(baseline(kind)));
    }
    let (patches, graph) = (patch_option(args), center_option(args));
    let implied = if patches.or(graph).is_some() { MethodArg::Centers } else { MethodArg::Register };
    let register = RegisterSettings {
        stabilize: match args.stabilize {
            None | Some(MotionArg::None) => Motion::None,
            Some(MotionArg::Translation) => Motion::Translation,
            Some(MotionArg::Homography) => Motion::Homography,
        },
        sharpen: args.sharpen,
    };
    let chosen = args.method.unwrap_or(implied);
    let unused = match chosen {
        MethodArg::Centers => None,
        MethodArg::Lucky => graph,
        MethodArg::Register | MethodArg::MeanRegister => patches.or(graph),
    };
    if let Some(option) = unused {
        bail!("{option} belongs to --method centers: leave it out, or give that method");
    }
    if matches!(chosen, MethodArg::Centers | MethodArg::Lucky) && register != RegisterSettings::default() {
        let option = if args.sharpen { "--sharpen" } else { "--stabilize" };
        bail!(
            "{option} belongs to --method register: leave it out, or leave out what asks for another method"
        );
    }
    Ok(match chosen {
        MethodArg::Register => Method::Register(register),
        MethodArg::MeanRegister => Method::MeanRegister(register),
        MethodArg::Centers => Method::Centers(centers(args)),
        MethodArg::Lucky => Method::Lucky,
    })
}

/// An option about patches that is given.
pub fn patch_option(args: &HowArgs) -> Option<&'static str> {
    let given = [("--patch", args.patch.is_some()), ("--step", args.step.is_some())];
    given.into_iter().find(|(_, given)| *given).map(|(option, _)| option)
}

/// An option about centers that is given.
pub fn center_option(args: &HowArgs) -> Option<&'static str> {
    let given = [
        ("--centers", args.centers.is_some()),
        ("--choice", args.choice.is_some()),
        ("--neighbors", args.graph.neighbors.is_some()),
        ("--mutual", args.graph.mutual),
        ("--radius", args.graph.radius.is_some()),
        ("--disconnected", args.graph.disconnected.is_some()),
        ("--cost", args.graph.cost.is_some()),
        ("--level", args.graph.level),
    ];
    given.into_iter().find(|(_, given)| *given).map(|(option, _)| option)
}

fn centers(args: &HowArgs) -> CenterSettings {
    let defaults = CenterSettings::default();
    CenterSettings {
        centers: args.centers.unwrap_or(defaults.centers),
        choice: args.choice.map_or(defaults.choice, |choice| match choice {
            ChoiceArg::Agree => Choice::Agree,
            ChoiceArg::Blend => Choice::Blend,
            ChoiceArg::Medoids => Choice::Medoids,
        }),
        neighbors: args.graph.neighbors(),
        disconnected: args.graph.disconnected(),
        cost: args.graph.cost.clone().unwrap_or(defaults.cost),
        level: args.graph.level,
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

/// `clips/pool.mp4` becomes `pool-still.png`, say, in the folder the user is in.
pub fn named_after(input: &str, ending: &str) -> Result<PathBuf> {
    let stem = Path::new(input).file_stem().map(|stem| stem.to_string_lossy());
    match stem {
        Some(stem) if input != PIPE && !stem.contains(['*', '?', '[']) => {
            Ok(PathBuf::from(format!("{stem}{ending}")))
        }
        _ => bail!("{input} gives the picture no name: name it with --output"),
    }
}

pub fn check_page(page: &Path) -> Result<()> {
    let ending = page.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    if !matches!(ending.as_deref(), Some("html" | "htm")) {
        bail!("--report: {} does not end in .html: the report is a web page, name it so", page.display());
    }
    check_writable(page).context("--report")
}

/// Whether outputs are asked for that only registration has.
fn needs_registration(args: &RestoreArgs) -> bool {
    args.video.is_some() || args.displacements.is_some() || args.confidence.is_some()
}

/// The outputs that only registration has.
fn check_extras(args: &RestoreArgs, method: &Method) -> Result<()> {
    let registers = matches!(method, Method::Register(_) | Method::MeanRegister(_));
    let extras = [
        ("--video", &args.video),
        ("--displacements", &args.displacements),
        ("--confidence", &args.confidence),
    ];
    for (option, path) in extras {
        let Some(path) = path else { continue };
        if !registers {
            bail!("{option} needs --method register: no other method knows where the water moved each pixel");
        }
        match option {
            "--confidence" => check_output(path).context(option)?,
            "--video" => {
                check_video(path).context(option)?;
                check_writable(path).context(option)?;
            }
            _ => {
                let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
                if ending.as_deref() != Some("npz") {
                    bail!(
                        "{option}: {} does not end in .npz: the waves are a NumPy archive, name it so",
                        path.display()
                    );
                }
                check_writable(path).context(option)?;
            }
        }
    }
    Ok(())
}

/// All files that will be written, with their options.
fn outputs<'a>(args: &'a RestoreArgs, picture: &'a Path) -> Vec<(&'static str, &'a Path)> {
    let others = [
        ("--report", &args.report),
        ("--video", &args.video),
        ("--displacements", &args.displacements),
        ("--confidence", &args.confidence),
    ];
    let others = others.into_iter().filter_map(|(option, path)| Some((option, path.as_deref()?)));
    [("--output", picture)].into_iter().chain(others).collect()
}

/// No output may replace an input, by whatever name or link, nor another output.
pub fn check_apart(inputs: &[&Path], outputs: &[(&str, &Path)]) -> Result<()> {
    for (option, output) in outputs {
        if let Some(input) =
            inputs.iter().find(|input| same_file::is_same_file(input, output).unwrap_or(false))
        {
            bail!("{option}: {} is the input {}: give another name", output.display(), input.display());
        }
    }
    for (at, (second, path)) in outputs.iter().enumerate() {
        if let Some((first, _)) = outputs[..at].iter().find(|(_, earlier)| same_target(earlier, path)) {
            bail!("{second} and {first} are both {}: give two names", path.display());
        }
    }
    Ok(())
}

pub fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Whether two names lead to one file, be it there already or not.
fn same_target(a: &Path, b: &Path) -> bool {
    let whole = |path: &Path| Some(folder(path).canonicalize().ok()?.join(path.file_name()?));
    same_file::is_same_file(a, b).unwrap_or(false) || (whole(a).is_some() && whole(a) == whole(b))
}

/// A subcommand behind other options is taken for a file: says so where it is none.
pub fn with_hint(error: anyhow::Error, input: &str) -> anyhow::Error {
    use clap::CommandFactory as _;
    match super::Cli::command().find_subcommand(input) {
        Some(_) => error.context(format!("the subcommand {input} has to come before all options")),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use manifold::graph::Neighbors;

    use super::super::Cli;
    use super::*;

    fn parsed(line: &str) -> Result<Settings> {
        settings(&Cli::try_parse_from(line.split(' '))?.restore.how)
    }

    #[test]
    fn defaults() {
        let settings = parsed("seethru a.mp4").unwrap();
        assert_eq!((settings.patch, settings.step, settings.memory), (16, 8, 4 << 30));
        assert_eq!(settings.method, Method::Register(RegisterSettings::default()));
        assert!(!settings.comparisons);
        let settings = parsed("seethru a.mp4 --method centers").unwrap();
        assert_eq!(settings.method, Method::Centers(CenterSettings::default()));
        assert_eq!(settings.method, parsed("seethru a.mp4 --patch 16 --centers 3").unwrap().method);
    }

    #[test]
    fn options_belong_to_methods() {
        let steady = parsed("seethru a.mp4 --stabilize homography --sharpen").unwrap().method;
        assert_eq!(
            steady,
            Method::Register(RegisterSettings { stabilize: Motion::Homography, sharpen: true })
        );
        assert_eq!(parsed("seethru a.mp4 --method lucky --patch 8").unwrap().method, Method::Lucky);
        for (line, option) in [
            ("seethru a.mp4 --method register --centers 3", "--centers"),
            ("seethru a.mp4 --method mean-register --patch 8", "--patch"),
            ("seethru a.mp4 --method lucky --cost linear", "--cost"),
            ("seethru a.mp4 --method centers --sharpen", "--sharpen"),
            ("seethru a.mp4 --patch 8 --stabilize translation", "--stabilize"),
        ] {
            let error = parsed(line).unwrap_err().to_string();
            assert!(error.starts_with(option), "{line}: {error}");
        }
        assert!(parsed("seethru a.mp4 --method register --baseline mean").is_err());
    }

    #[test]
    fn what_only_registration_knows_is_asked_of_it_alone() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).display().to_string();
        std::fs::write(at("a.mp4"), b"stands for a video").unwrap();
        let refused = |extra: &[&str]| {
            let mut words = vec!["seethru".to_owned(), at("a.mp4"), "-o".to_owned(), at("a.png")];
            words.extend(extra.iter().map(|&word| word.to_owned()));
            RestorePlan::new(&Cli::try_parse_from(words).unwrap().restore, &Device::cpu(), String::new())
                .unwrap_err()
        };
        let (video, waves) = (at("b.mp4"), at("b.npz"));
        for (extra, part) in [
            (["--video", &video, "--centers", "3"].as_slice(), "--video needs"),
            (&["--displacements", &at("b.txt")], ".npz"),
            (&["--displacements", &at("gone/b.npz")], "--displacements"),
            (&["--video", &at("b.gif")], "--video"),
            (&["--confidence", &at("b.xyz")], "--confidence"),
            (&["--displacements", &waves, "--report", &at("b.html"), "--confidence", &at("a.png")], "both"),
        ] {
            let error = format!("{:#}", refused(extra));
            assert!(error.contains(part), "{extra:?}: {error}");
        }
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
        let british = parsed("seethru a.mp4 --centers 2 --neighbors 5 --mutual").unwrap();
        let american = parsed("seethru a.mp4 --centers 2 --neighbors 5 --mutual").unwrap();
        assert_eq!(british, american);
        let Method::Centers(centers) = british.method else { panic!("centers are the default") };
        assert_eq!(centers.neighbors, Neighbors::Mutual(5.try_into().unwrap()));
    }

    #[test]
    fn what_contradicts_itself_is_a_usage_error() {
        for line in [
            "seethru a.mp4 --radius 3 --neighbors 4",
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
        assert_eq!(named_after("clips/pool.mp4", "-still.png").unwrap(), Path::new("pool-still.png"));
        assert_eq!(named_after("frames/", "-still.png").unwrap(), Path::new("frames-still.png"));
        for nameless in ["-", "frames/*.png", ".."] {
            assert!(
                named_after(nameless, "-still.png").unwrap_err().to_string().contains("--output"),
                "{nameless}"
            );
        }
    }
}

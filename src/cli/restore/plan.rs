//! What will be done, settled and checked before anything is decoded.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};
use manifold::device::Device;
use manifold::progress::Progress;
use seethru::output::check_writable;
use seethru::video::{Input, check_output, check_video};
use seethru::{Method, Settings};

use super::args::RestoreArgs;
use super::auto::{Auto, Settled};
use super::settings::settings;
use super::surface_plan::SurfacePlan;
use crate::cli::clip_source::Source;
use crate::cli::file_names::{check_apart, check_no_frame, check_page, folder, named_after};
use crate::cli::misuse::Misuse;
use crate::cli::opener;

/// One restoration, ready to run.
#[derive(Debug)]
pub(crate) struct RestorePlan {
    pub(crate) source: Source,
    /// The input as the user named it.
    pub(crate) name: String,
    /// As far as they are known from the command line alone: see [`resolved`](RestorePlan::resolved).
    pub(crate) settings: Settings,
    /// What completes the settings once the clip is opened.
    pub(crate) auto: Option<Auto>,
    pub(crate) still: PathBuf,
    pub(crate) page: Option<PathBuf>,
    /// Whether the page is opened at the end.
    pub(crate) open: bool,
    /// The clip with the water removed.
    pub(crate) video: Option<PathBuf>,
    /// The waves.
    pub(crate) displacements: Option<PathBuf>,
    /// The surface of the water.
    pub(crate) surface: Option<SurfacePlan>,
    /// How sure each pixel is.
    pub(crate) confidence: Option<PathBuf>,
    pub(crate) json: bool,
    /// A command line that repeats the run.
    pub(crate) command: String,
}

impl RestorePlan {
    /// The videos that are made of the clip's frames.
    pub(crate) fn videos(&self) -> Vec<(&'static str, &Path)> {
        let moving_map = self.surface.as_ref().and_then(|surface| surface.video.as_deref());
        self.video.as_deref().into_iter().chain(moving_map).map(|path| ("--video", path)).collect()
    }

    /// `command` is a command line that repeats the run.
    pub(crate) fn new(args: &RestoreArgs, device: &Device, command: String) -> Result<RestorePlan> {
        let input = args.input.as_deref().context("no video is given")?;
        let name = input.display().to_string();
        let mut settings = settings(&args.settings)?;
        settings.comparisons = args.report.is_some();
        settings.device = device.clone();
        let source = Source::named(input, args.settings.view.view()?)?;
        let still = args.output.clone().map_or_else(|| named_after(input, "-still.png"), Ok)?;
        check_output(&still).context("--output")?;
        // The still's folder can be written to and is on a disk, which a temporary folder may not be.
        settings.spill = Some(folder(&still).to_owned());
        if let Some(page) = &args.report {
            check_page(page)?;
        }
        opener::check(args.open, args.report.as_deref())?;
        check_extras(args, &settings.method)?;
        let surface = SurfacePlan::new(args, &settings.method)?;
        let outputs = outputs(args, &still, surface.as_ref());
        check_apart(&source.paths(), &outputs)?;
        check_no_frame(input, &outputs)?;
        Ok(RestorePlan {
            source,
            name,
            settings,
            auto: Auto::of(&args.settings, needs_registration(args)),
            still,
            page: args.report.clone(),
            open: args.open,
            video: args.video.clone(),
            displacements: args.displacements.clone(),
            surface,
            confidence: args.confidence.clone(),
            json: args.json,
            command,
        })
    }

    /// Measures the clip if that was asked for and not yet done; returns what was chosen, if anything was.
    pub(crate) fn settle(&self, input: &Input, progress: &dyn Progress) -> Result<Option<&Settled>> {
        let Some(auto) = &self.auto else { return Ok(None) };
        Ok(Some(auto.settle(input, &self.settings, &self.command, progress)?))
    }

    /// The settings, with what `--auto` chose once it has.
    pub(crate) fn resolved(&self) -> &Settings {
        self.settled().map_or(&self.settings, |settled| &settled.settings)
    }

    /// A command line that repeats the run, `--auto` replaced by what it chose.
    pub(crate) fn repeat(&self) -> &str {
        self.settled().map_or(&self.command, |settled| &settled.command)
    }

    fn settled(&self) -> Option<&Settled> {
        self.auto.as_ref()?.settled()
    }
}

/// Whether outputs are asked for that only registration has.
fn needs_registration(args: &RestoreArgs) -> bool {
    args.video.is_some()
        || args.displacements.is_some()
        || args.surface.is_some()
        || args.confidence.is_some()
}

/// The outputs that only registration has.
fn check_extras(args: &RestoreArgs, method: &Method) -> Result<()> {
    let registers = matches!(method, Method::Register(_) | Method::MeanRegister(_));
    let extras = [
        ("--video", &args.video),
        ("--displacements", &args.displacements),
        ("--surface", &args.surface),
        ("--confidence", &args.confidence),
    ];
    for (option, path) in extras {
        let Some(path) = path else { continue };
        if !registers {
            return Err(Misuse::of(anyhow!(
                "{option} needs --method register or mean-register: no other method measures where the water moved each pixel"
            )));
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
                    let what = option.trim_start_matches('-');
                    bail!(
                        "{option}: {} does not end in .npz: the {what} will be a NumPy archive",
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
fn outputs<'a>(
    args: &'a RestoreArgs,
    still: &'a Path,
    surface: Option<&'a SurfacePlan>,
) -> Vec<(&'static str, &'a Path)> {
    let moving = surface.and_then(|surface| surface.video.as_deref());
    let others = [
        ("--report", &args.report),
        ("--video", &args.video),
        ("--displacements", &args.displacements),
        ("--surface", &args.surface),
        ("--confidence", &args.confidence),
    ];
    let others = others.into_iter().filter_map(|(option, path)| Some((option, path.as_deref()?)));
    let moving = moving.map(|path| ("--surface with --video", path));
    [("--output", still)].into_iter().chain(others).chain(moving).collect()
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::command::Cli;

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
            (
                &["--surface", &waves, "--baseline", "mean"],
                "--surface needs --method register or mean-register",
            ),
            (&["--surface", &at("b.npy")], ".npz"),
            (&["--surface", &at("gone/b.npz")], "--surface"),
            (&["--surface", &waves, "--displacements", &waves], "both"),
            (&["--surface", &waves, "--video", &video], "--surface with --video and --video are both"),
            (&["--surface", &waves, "--method", "mean-register"], "--depth 40px"),
            (&["--surface", &waves, "--depth", "12cm"], "--scale 0.8mm"),
            (&["--depth", "40px"], "--depth is for --surface"),
            (&["--scale", "0.8mm", "--video", &video], "--scale is for --surface"),
            (&["--displacements", &waves, "--report", &at("b.html"), "--confidence", &at("a.png")], "both"),
        ] {
            let error = format!("{:#}", refused(extra));
            assert!(error.contains(part), "{extra:?}: {error}");
        }
    }
}

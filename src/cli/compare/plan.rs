//! What will be done, settled and checked before anything is decoded.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use clap::ValueEnum as _;
use manifold::device::Device;
use seethru::measure::Rule;
use seethru::output::check_writable;
use seethru::video::{Frame, Input, Mask, Size, VideoInfo, check_output, read_still, still_size};
use seethru::{Baseline, FrameRange, PatchSettings, Settings};

use super::args::{Compare, CompareArgs};
use crate::cli::clip_source::Source;
use crate::cli::file_names::{self, check_page, folder, named_after};
use crate::cli::graph_args::GraphArgs;
use crate::cli::misuse::Misuse;
use crate::cli::opener;
use crate::cli::restore::SettingsArgs;
use crate::cli::restore::args::MethodArg;
use crate::cli::restore::settings::settings;
use crate::cli::view_args;

/// One method, ready to run.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) method: &'static str,
    /// For people.
    pub(crate) name: String,
    pub(crate) settings: Settings,
}

/// A comparison, ready to run.
#[derive(Debug)]
pub(crate) struct ComparePlan {
    /// `None` where finished pictures alone are measured.
    pub(crate) source: Option<Source>,
    /// The input as the user named it; without one, the truth.
    pub(crate) name: String,
    pub(crate) jobs: Vec<Job>,
    pub(crate) frames: FrameRange,
    /// The file, and the size that its header says.
    pub(crate) truth: Option<(PathBuf, Size)>,
    /// What of the pictures is left out, where there is no source to say so.
    pub(crate) mask: Option<Mask>,
    /// Finished pictures to measure, likewise.
    pub(crate) given: Vec<(PathBuf, Size)>,
    pub(crate) montage: PathBuf,
    pub(crate) page: Option<PathBuf>,
    /// Whether the page is opened at the end.
    pub(crate) open: bool,
    pub(crate) csv: Option<PathBuf>,
    /// The folder of the single pictures.
    pub(crate) pictures: Option<PathBuf>,
    pub(crate) json: bool,
    /// A command line that repeats the run.
    pub(crate) command: String,
}

impl ComparePlan {
    pub(crate) fn new(args: &CompareArgs, device: &Device, command: String) -> Result<ComparePlan> {
        refuse_one_method(&args.settings).map_err(Misuse::of)?;
        let mut jobs = jobs(args)?;
        let view = args.settings.view.view()?;
        let mask = view.mask.clone();
        let source = args.input.as_ref().map(|input| Source::named(input, view)).transpose()?;
        let truth = args.truth.as_ref().map(|path| sized("--truth", path)).transpose()?;
        let given = args.picture.iter().map(|path| sized("--picture", path)).collect::<Result<Vec<_>>>()?;
        let named = match (&args.input, &truth, given.first()) {
            (Some(input), ..) => input.clone(),
            (None, Some(_), _) if !args.methods.is_empty() => {
                let why = "--methods: there is no video to restore: name one, or leave --methods out";
                return Err(Misuse::of(anyhow!(why)));
            }
            (None, Some(_), Some((picture, _))) => picture.clone(),
            (None, ..) => {
                let why = "--picture: without a video there is nothing to measure against: give --truth FILE, or name a video";
                return Err(Misuse::of(anyhow!(why)));
            }
        };
        let montage = match &args.output {
            Some(path) => path.clone(),
            None => named_after(&named, "-compare.png").context("--output")?,
        };
        check_ending("--output", &montage, "png", "the montage is a PNG")?;
        check_output(&montage).context("--output")?;
        if let Some(page) = &args.report {
            check_page(page)?;
        }
        opener::check(args.open, args.report.as_deref())?;
        if let Some(csv) = &args.csv {
            check_ending("--csv", csv, "csv", "the measurements are comma-separated values")?;
            check_writable(csv).context("--csv")?;
        }
        if let Some(folder) = &args.pictures {
            check_folder(folder)?;
        }
        for job in &mut jobs {
            job.settings.spill = Some(folder(&montage).to_owned());
            job.settings.device = device.clone();
        }
        let plan = ComparePlan {
            source,
            name: match &args.input {
                Some(input) => input.display().to_string(),
                None => args.truth.as_deref().unwrap_or(&named).display().to_string(),
            },
            frames: jobs[0].settings.frames,
            jobs,
            truth,
            mask,
            given,
            montage,
            page: args.report.clone(),
            open: args.open,
            csv: args.csv.clone(),
            pictures: args.pictures.clone(),
            json: args.json,
            command,
        };
        plan.check_apart(args.input.as_deref())?;
        match &plan.source {
            Some(Source::Located(input)) => {
                plan.check_size(&input.info().map_err(view_args::in_options)?)?;
            }
            Some(Source::Pipe(_)) => {}
            None => plan.check_pictures()?,
        }
        Ok(plan)
    }

    /// Where the picture of a method goes, if the single pictures are wanted.
    pub(crate) fn file(&self, method: &str) -> Option<PathBuf> {
        Some(self.pictures.as_ref()?.join(format!("{method}.png")))
    }

    /// The truth, once its size has been found to fit.
    pub(crate) fn read_truth(&self, (input, info): (&Input, &VideoInfo)) -> Result<Option<Frame>> {
        let Some((path, _)) = &self.truth else { return Ok(None) };
        Ok(Some(read_like("--truth", path, (input, info))?))
    }

    /// The pictures that were given, likewise.
    pub(crate) fn read_given(&self, clip: (&Input, &VideoInfo)) -> Result<Vec<Frame>> {
        self.given.iter().map(|(path, _)| read_like("--picture", path, clip)).collect()
    }

    /// Without a video, pictures have to be of the truth's size, and large enough to be measured.
    fn check_pictures(&self) -> Result<()> {
        let Some((truth, wanted)) = &self.truth else { return Ok(()) };
        if let Some(mask) = self.mask.as_ref().filter(|mask| mask.size() != *wanted) {
            bail!(
                "--mask: the mask {} is {} and {} is {wanted}: make it of the truth's size",
                mask.path().display(),
                mask.size(),
                truth.display()
            );
        }
        let (width, height) = Rule::default().least();
        ensure!(
            wanted.width >= width && wanted.height >= height,
            "--truth: {} is {wanted}: pictures must be at least {width}x{height} to be measured: give larger ones",
            truth.display()
        );
        for (path, size) in &self.given {
            ensure!(
                size == wanted,
                "--picture: {} is {size} and {} is {wanted}: crop or scale it to the truth's size",
                path.display(),
                truth.display()
            );
        }
        Ok(())
    }

    /// The truth has to be of the video's size, and both large enough to be measured.
    pub(crate) fn check_size(&self, info: &VideoInfo) -> Result<()> {
        let (width, height) = Rule::default().least();
        ensure!(
            info.width >= width && info.height >= height,
            "{} is {}x{}: frames must be at least {width}x{height} to be compared: give a larger video",
            self.name,
            info.width,
            info.height
        );
        let pictures = self.truth.iter().map(|picture| ("--truth", picture));
        for (option, (path, size)) in pictures.chain(self.given.iter().map(|given| ("--picture", given))) {
            ensure!(
                *size == Size { width: info.width, height: info.height } || *size == info.whole,
                "{option}: {} is {size} and {} is {}x{}: crop or scale it to the video's size",
                path.display(),
                self.name,
                info.width,
                info.height
            );
        }
        Ok(())
    }

    fn check_apart(&self, input: Option<&Path>) -> Result<()> {
        let mut inputs = self.source.as_ref().map_or(Vec::new(), Source::paths);
        inputs.extend(self.given.iter().map(|(path, _)| path.as_path()));
        inputs.extend(self.truth.as_ref().map(|(path, _)| path.as_path()));
        let others = [("--report", &self.page), ("--csv", &self.csv)];
        let others = others.into_iter().filter_map(|(option, path)| Some((option, path.as_deref()?)));
        let names = ["raw"].into_iter().chain(self.jobs.iter().map(|job| job.method));
        let single: Vec<PathBuf> =
            names.filter(|_| input.is_some()).filter_map(|name| self.file(name)).collect();
        let outputs: Vec<(&str, &Path)> = [("--output", self.montage.as_path())]
            .into_iter()
            .chain(others)
            .chain(single.iter().map(|path| ("--pictures", path.as_path())))
            .collect();
        file_names::check_apart(&inputs, &outputs)?;
        input.map_or(Ok(()), |input| file_names::check_no_frame(input, &outputs))
    }
}

/// `--method` and `--baseline` say which one picture to make.
fn refuse_one_method(how: &SettingsArgs) -> Result<()> {
    let option = match (how.method, how.baseline) {
        (None, None) if how.auto => "--auto",
        (None, None) => return Ok(()),
        (Some(_), _) => "--method",
        (None, Some(_)) => "--baseline",
    };
    bail!(
        "{option} is for one still, and compare makes several: choose methods with --methods, or leave it out"
    )
}

/// What is to be run, in the order of the list; by default all.
fn jobs(args: &CompareArgs) -> Result<Vec<Job>> {
    let all = args.methods.is_empty();
    let one_center = args.settings.centers.is_some_and(|centers| centers.get() == 1);
    let wanted = |method: &&Compare| {
        // With one center the two are the same.
        if all { !(one_center && **method == Compare::Center) } else { args.methods.contains(method) }
    };
    Compare::value_variants().iter().filter(wanted).map(|&method| job(method, &args.settings)).collect()
}

/// One method with those of the options that are its own.
fn job(method: Compare, how: &SettingsArgs) -> Result<Job> {
    let nearest =
        |kind: Baseline| SettingsArgs { baseline: Some(kind), stabilize: None, sharpen: None, ..how.clone() };
    let plain = |kind: Baseline| SettingsArgs { patch: None, step: None, ..nearest(kind) };
    let patches = |method: MethodArg| SettingsArgs {
        method: Some(method),
        stabilize: None,
        sharpen: None,
        ..how.clone()
    };
    let register = |method: MethodArg| SettingsArgs {
        patch: None,
        step: None,
        method: Some(method),
        ..without_centers(how)
    };
    let centers = how.centers.map_or(3, |centers| centers.get());
    let (method, name, how) = match method {
        Compare::Mean => ("mean", "Mean".to_owned(), plain(Baseline::Mean)),
        Compare::Median => ("median", "Median".to_owned(), plain(Baseline::Median)),
        Compare::NearestMean => (
            "nearest-mean",
            "Nearest to the mean".to_owned(),
            nearest(Baseline::NearestMean(PatchSettings::default())),
        ),
        Compare::NearestMedian => (
            "nearest-median",
            "Nearest to the median".to_owned(),
            nearest(Baseline::NearestMedian(PatchSettings::default())),
        ),
        Compare::Center => {
            let one =
                SettingsArgs { centers: Some(std::num::NonZeroUsize::MIN), ..patches(MethodArg::Centers) };
            ("center", "One center".to_owned(), one)
        }
        Compare::Centers if centers == 1 => ("centers", "One center".to_owned(), patches(MethodArg::Centers)),
        Compare::Centers => ("centers", format!("{centers} centers"), patches(MethodArg::Centers)),
        Compare::Lucky => {
            let lucky = SettingsArgs { stabilize: None, sharpen: None, ..without_centers(how) };
            ("lucky", "Sharpest patches".to_owned(), SettingsArgs { method: Some(MethodArg::Lucky), ..lucky })
        }
        Compare::MeanRegister => {
            ("mean-register", "Registered to the mean".to_owned(), register(MethodArg::MeanRegister))
        }
        Compare::Register => ("register", "Registered".to_owned(), register(MethodArg::Register)),
    };
    Ok(Job { method, name, settings: settings(&how)? })
}

/// The options without those about centers.
fn without_centers(how: &SettingsArgs) -> SettingsArgs {
    SettingsArgs { centers: None, choice: None, graph: GraphArgs::default(), ..how.clone() }
}

fn sized(option: &'static str, path: &Path) -> Result<(PathBuf, Size)> {
    Ok((path.to_owned(), still_size(path).context(option)?))
}

/// A picture of the clip's size, cut and masked as the clip is.
fn read_like(option: &'static str, path: &Path, (input, info): (&Input, &VideoInfo)) -> Result<Frame> {
    let picture = read_still(path).context(option)?;
    let changed = || format!("{option}: {} changed while it was read", path.display());
    let picture = match input.view().crop {
        // One of the cut size is of that part already.
        Some(crop) if (picture.width, picture.height) == (info.whole.width, info.whole.height) => {
            crop.of_picture(picture, info.whole).with_context(changed)
        }
        _ => Ok(picture),
    }?;
    match input.mask(info.whole).map_err(view_args::in_options)? {
        Some(mask) => mask.fill(picture).with_context(changed),
        None => Ok(picture),
    }
}

fn check_ending(option: &str, path: &Path, wanted: &str, why: &str) -> Result<()> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    ensure!(
        ending.as_deref() == Some(wanted),
        "{option}: {} does not end in .{wanted}: {why}",
        path.display()
    );
    Ok(())
}

/// A folder that is there and can be written to, or that can be made.
fn check_folder(folder: &Path) -> Result<()> {
    let there = folder.exists();
    ensure!(
        !there || folder.is_dir(),
        "--pictures: {} is a file: give the name of a folder",
        folder.display()
    );
    let probe = if there { folder.join("raw.png") } else { folder.to_owned() };
    check_writable(&probe).context("--pictures")
}

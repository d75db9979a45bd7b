//! What will be looked at and written, checked before anything is decoded.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use manifold::flow::leakage::LeakSettings;
use seethru::inspect::{InspectSettings, MOST_CENTERS};
use seethru::output::check_writable;
use seethru::video::FrameRange;

use super::InspectArgs;
use super::remedy;
use crate::cli::clip_source::Source;
use crate::cli::file_names::{check_apart, check_no_frame, check_page, named_after};
use crate::cli::misuse::Misuse;
use crate::cli::opener;
use crate::cli::view_args;

/// One place to look at.
#[derive(Debug)]
pub(crate) struct InspectPlan {
    pub(crate) source: Source,
    /// The input as the user named it.
    pub(crate) name: String,
    pub(crate) settings: InspectSettings,
    pub(crate) figure: PathBuf,
    pub(crate) page: Option<PathBuf>,
    /// Whether the page is opened at the end.
    pub(crate) open: bool,
    pub(crate) json: bool,
    /// A command line that repeats the run.
    pub(crate) command: String,
}

impl InspectPlan {
    pub(crate) fn new(args: &InspectArgs, command: String) -> Result<InspectPlan> {
        let input = args.input.as_path();
        let name = input.display().to_string();
        let mut settings = settings(args).map_err(Misuse::of)?;
        let source = Source::named(input, args.view.view()?)?;
        let figure = args.output.clone().map_or_else(|| named_after(input, "-place.svg"), Ok)?;
        check_figure(&figure)?;
        settings.reserve = reserve(args, &figure);
        if let Some(page) = &args.report {
            check_page(page)?;
        }
        opener::check(args.open, args.report.as_deref())?;
        if let Source::Located(input) = &source {
            let info = input.info().map_err(view_args::in_options)?;
            settings.check_place(&info).map_err(|error| remedy::in_options(error, &settings, &name))?;
        }
        let outputs = [("--output", Some(&figure)), ("--report", args.report.as_ref())];
        let outputs = outputs.into_iter().filter_map(|(option, path)| Some((option, path?.as_path())));
        let outputs: Vec<_> = outputs.collect();
        check_apart(&source.paths(), &outputs)?;
        check_no_frame(input, &outputs)?;
        Ok(InspectPlan {
            source,
            name,
            settings,
            figure,
            page: args.report.clone(),
            open: args.open,
            json: args.json,
            command,
        })
    }
}

fn settings(args: &InspectArgs) -> Result<InspectSettings> {
    ensure!(
        args.centers.get() <= MOST_CENTERS,
        "--centers {}: the figure has room for {MOST_CENTERS}: give at most {MOST_CENTERS}",
        args.centers
    );
    let defaults = InspectSettings::new((args.at.x, args.at.y));
    Ok(InspectSettings {
        patch: args.patch.get(),
        frames: FrameRange { start: args.frames.start, end: args.frames.end, every: args.every },
        limit: args.limit,
        centers: args.centers,
        neighbors: args.graph.neighbors(),
        disconnected: args.graph.disconnected(),
        cost: args.graph.cost.clone().unwrap_or_default(),
        level: args.graph.level,
        leaks: LeakSettings { ratio: args.leak_ratio, ..defaults.leaks },
        threads: args.threads,
        memory: args.memory,
        ..defaults
    })
}

/// Memory for the charts, and for the figure as pixels. Found by trial at 60 to 1000 patches.
fn reserve(args: &InspectArgs, figure: &Path) -> u64 {
    let page = if args.report.is_some() { 4 << 20 } else { 0 };
    let is_png = figure.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("png"));
    (8 << 20) + page + if is_png { 88 << 20 } else { 0 }
}

fn check_figure(path: &Path) -> Result<()> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    if !matches!(ending.as_deref(), Some("svg" | "png")) {
        bail!("--output: {} does not end in .svg or .png", path.display());
    }
    check_writable(path).context("--output")
}

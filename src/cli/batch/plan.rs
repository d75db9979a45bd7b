//! What a batch will do, settled and checked before anything is decoded.

use std::collections::HashSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::ArgMatches;
use rayon::prelude::*;
use seethru::Settings;
use seethru::video::{Mask, View};

use super::args::BatchArgs;
use super::clip::Clip;
use super::clip_options::{ClipOptions, clip_options};
use super::hash;
use super::named::Named;
use super::outputs::{self, Outputs};
use super::share::{self, Share};
use crate::cli::command_line::repeatable;
use crate::cli::lines::one_line;
use crate::cli::restore::auto::Auto;
use crate::cli::restore::reserve::reserve;
use crate::cli::view_args;

/// The whole batch.
#[derive(Debug)]
pub(crate) struct Plan {
    /// A command line that repeats it.
    pub(crate) command: String,
    pub(crate) folder: PathBuf,
    pub(crate) clips: Vec<Clip>,
    /// The page with a card for each clip.
    pub(crate) overview: Option<PathBuf>,
    pub(crate) share: Share,
}

impl Plan {
    /// `matches` is what was typed after `seethru batch`, with the options of the configuration, if there
    /// is one; `command` repeats it.
    pub(crate) fn new(
        args: &BatchArgs,
        (matches, command, configured): (&ArgMatches, &str, bool),
        named: Vec<Named>,
    ) -> Result<Plan> {
        let outputs = named.iter().map(|clip| Outputs::new(args, clip)).collect::<Result<Vec<_>>>()?;
        outputs::check(&named.iter().zip(&outputs).collect::<Vec<_>>())?;
        let overview = outputs::overview(&args.output, !args.no_report, &outputs)?;
        outputs::check_folder(&args.output)?;
        let options = named.iter().map(|clip| clip_options(matches, clip)).collect::<Result<Vec<_>>>()?;
        let masks: HashSet<&Path> =
            options.iter().filter_map(|one| one.view.mask.as_ref()).map(Mask::path).collect();
        outputs::check_masks(&masks, &outputs)?;
        let all = named.into_iter().zip(outputs).zip(options);
        let mut clips: Vec<Clip> = all
            .map(|((named, outputs), options)| clip(args, named, outputs, options, configured))
            .collect::<Result<_>>()?;
        clips.par_iter_mut().try_for_each(look)?;
        let share = share::settle(args, &mut clips)?;
        Ok(Plan { command: command.to_owned(), folder: args.output.clone(), clips, overview, share })
    }
}

fn clip(
    args: &BatchArgs,
    named: Named,
    outputs: Outputs,
    options: ClipOptions,
    configured: bool,
) -> Result<Clip> {
    let ClipOptions { mut settings, view, auto, mut words } = options;
    // How many there are does not concern one clip.
    settings.threads = None;
    words.retain(|word| !word.starts_with("--threads="));
    settings.comparisons = outputs.page.is_some();
    let shared = Settings { memory: 0, ..settings.clone() };
    let mut options = serde_json::to_string(&shared)?;
    if view != View::default() {
        options += &serde_json::to_string(&view)?;
    }
    options.extend(auto.as_ref().map(Auto::open));
    let key = outputs.still.strip_prefix(&args.output).unwrap_or(&outputs.still);
    Ok(Clip {
        options: hash::text(&options),
        auto,
        command: command(&named, &outputs, words, configured),
        key: key.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/"),
        name: named.name,
        input: named.input.with_view(view),
        outputs,
        settings,
        size: None,
        unreadable: None,
        memory_estimate: None,
    })
}

fn command(clip: &Named, outputs: &Outputs, words: Vec<String>, configured: bool) -> String {
    let mut all: Vec<OsString> = vec![clip.name.clone().into(), "-o".into(), outputs.still.clone().into()];
    if let Some(page) = &outputs.page {
        all.extend(["--report".into(), page.clone().into()]);
    }
    all.extend(words.into_iter().map(OsString::from));
    if configured {
        all.push("--no-config".into());
    }
    repeatable(&all)
}

/// Opens a clip as far as its header. A file that cannot be read is the plan's fault; one that is
/// no video fails when its turn comes.
fn look(clip: &mut Clip) -> Result<()> {
    for path in clip.input.paths() {
        readable(path)?;
    }
    match clip.input.info() {
        Ok(info) => {
            let frames = info.announced_frames.map(|frames| clip.settings.frames.count(frames));
            clip.size = Some((info.width, info.height, frames));
            clip.settings.reserve = reserve(&info, clip.outputs.page.is_some(), 0);
        }
        Err(error) => clip.unreadable = Some(one_line(&view_args::in_options(error))),
    }
    Ok(())
}

fn readable(path: &Path) -> Result<()> {
    match std::fs::File::open(path) {
        Ok(_) => Ok(()),
        Err(cause) => {
            anyhow::bail!(
                "{} cannot be read: {cause}: change its permissions, or leave it out",
                path.display()
            )
        }
    }
}

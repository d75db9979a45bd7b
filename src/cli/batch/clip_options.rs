//! How one clip is restored: the options of the command line with those of its row.

use anyhow::{Context as _, Result};
use clap::{ArgMatches, Args as _, Command, FromArgMatches as _};
use seethru::Settings;
use seethru::video::View;

use super::named::Named;
use crate::cli::options::given;
use crate::cli::restore::SettingsArgs;
use crate::cli::restore::auto::Auto;
use crate::cli::restore::settings::settings;
use crate::cli::usage::usage_line;

/// The options of restoring alone; of one that is repeated the last counts.
pub(crate) fn command() -> Command {
    let command = Command::new("seethru").no_binary_name(true).args_override_self(true);
    SettingsArgs::augment_args(command).disable_help_flag(true)
}

/// One clip's settings, and the options as words that ask for them.
#[derive(Debug)]
pub(crate) struct ClipOptions {
    pub(crate) settings: Settings,
    pub(crate) view: View,
    /// What is chosen once the clip is measured.
    pub(crate) auto: Option<Auto>,
    pub(crate) words: Vec<String>,
}

/// `batch` is what was typed after `seethru batch`, the configuration's options included.
///
/// # Errors
/// If options contradict each other, naming the clip.
pub(crate) fn clip_options(batch: &ArgMatches, clip: &Named) -> Result<ClipOptions> {
    let command = command();
    let typed = given(batch, command.get_arguments()).into_iter().filter(|word| !is_off(word, &clip.off));
    let all = typed.chain(clip.words.iter().cloned());
    let matches = command.clone().try_get_matches_from(all).map_err(|error| blamed(&error, clip))?;
    let args = SettingsArgs::from_arg_matches(&matches).map_err(|error| blamed(&error, clip))?;
    let settings = match &clip.origin {
        Some(_) => settings(&args).map_err(|error| error.context(clip.title())),
        // Not this clip's doing.
        None => settings(&args),
    }?;
    Ok(ClipOptions {
        settings,
        view: args.view.view().with_context(|| clip.title())?,
        auto: Auto::of(&args, false),
        words: given(&matches, command.get_arguments()),
    })
}

fn blamed(error: &clap::Error, clip: &Named) -> anyhow::Error {
    let text = usage_line(error);
    let text = text.trim_end_matches(" (see seethru --help)");
    let hint = if clip.origin.is_some() { ", with the options of the command line" } else { "" };
    anyhow::anyhow!("{}: {text}{hint}", clip.title())
}

/// Whether the option of this word, with a value or without, is switched off.
fn is_off(word: &str, off: &[String]) -> bool {
    off.iter().any(|off| word.split('=').next() == Some(off))
}

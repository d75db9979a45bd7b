//! One clip of the plan.

use seethru::Settings;
use seethru::video::Input;

use super::outputs::Outputs;
use crate::cli::restore::auto::Auto;

/// One clip, ready to be restored.
#[derive(Debug)]
pub(crate) struct Clip {
    pub(crate) name: String,
    pub(crate) input: Input,
    pub(crate) outputs: Outputs,
    /// Its name in the manifest: the picture's, below the output folder.
    pub(crate) key: String,
    /// As they were asked for; memory is that of the whole batch.
    pub(crate) settings: Settings,
    /// What is chosen once the clip is measured, with `--auto`.
    pub(crate) auto: Option<Auto>,
    /// Hash of all that its outputs depend on besides the input.
    pub(crate) options: String,
    /// A command line that restores this clip alone.
    pub(crate) command: String,
    /// Width, height and frames to use, as far as the file says; it may not be a video after all.
    pub(crate) size: Option<(usize, usize, Option<usize>)>,
    /// Why it is going to fail, if its header cannot be read.
    pub(crate) unreadable: Option<String>,
    /// What it will take, as far as that is known before it is decoded.
    pub(crate) memory_estimate: Option<u64>,
}

impl Clip {
    /// The settings, with what `--auto` chose once it has.
    pub(crate) fn resolved(&self) -> Settings {
        let chosen =
            self.auto.as_ref().and_then(Auto::settled).map_or(&self.settings, |settled| &settled.settings);
        // Of the machine, each clip has its share.
        let Settings { threads, memory, spill, .. } = self.settings.clone();
        Settings { threads, memory, spill, ..chosen.clone() }
    }

    /// A command line that restores this clip alone, `--auto` replaced by what it chose.
    pub(crate) fn repeat(&self) -> &str {
        self.auto.as_ref().and_then(Auto::settled).map_or(&self.command, |settled| &settled.command)
    }

    /// Pixels x frames, if the header says so.
    pub(crate) fn work(&self) -> Option<f64> {
        let (width, height, frames) = self.size?;
        Some((width * height * frames?) as f64)
    }
}

//! `--auto`: the clip is measured, and the options that were not given follow from it.

use std::sync::OnceLock;

use anyhow::Result;
use manifold::progress::Progress;
use seethru::survey::{Given, Setting, Suggestion, Survey, suggest, survey};
use seethru::video::Input;
use seethru::{Method, Motion, Settings};

use super::args::SettingsArgs;
use super::remedy;
use super::settings::{center_option, patch_option};
use crate::cli::command_line;
use crate::cli::counted::counted;
use crate::cli::values::Words as _;

/// The switch itself.
const SWITCH: &str = "--auto";

/// What is to be chosen, and what was.
#[derive(Debug)]
pub(crate) struct Auto {
    given: Given,
    settled: OnceLock<Settled>,
}

#[derive(Debug)]
pub(crate) struct Settled {
    pub(crate) settings: Settings,
    /// A command line that repeats the run without measuring again.
    pub(crate) command: String,
    /// Whether the survey found something to register.
    pub(crate) registrable: bool,
    /// What was chosen, for people.
    pub(crate) line: String,
}

impl Auto {
    /// `None` where everything is as given. `registers`: outputs are asked for that only registration has.
    pub(crate) fn of(args: &SettingsArgs, registers: bool) -> Option<Auto> {
        let mut given = given(args);
        given.method |= registers;
        args.auto.then(|| Auto { given, settled: OnceLock::new() })
    }

    /// What may be chosen besides what is given; the same text for the same.
    pub(crate) fn open(&self) -> String {
        format!("{:?}", self.given)
    }

    /// What was chosen, once something was.
    pub(crate) fn settled(&self) -> Option<&Settled> {
        self.settled.get()
    }

    /// Measures the clip, if that is not yet done, and chooses. `command` restores it with `--auto`.
    pub(crate) fn settle(
        &self,
        input: &Input,
        settings: &Settings,
        command: &str,
        progress: &dyn Progress,
    ) -> Result<&Settled> {
        if let Some(settled) = self.settled.get() {
            return Ok(settled);
        }
        let found = survey(input, settings, progress)
            .map_err(|error| remedy::in_options(error, input, &settings.method))?;
        let suggestion = suggest(&found, settings, &self.given);
        // Whoever comes second has measured the same.
        Ok(self.settled.get_or_init(|| Settled::of(suggestion, &found, command)))
    }
}

/// Which settings were given, be it by an option that only one method has.
pub(crate) fn given(args: &SettingsArgs) -> Given {
    let names_method = args.method.is_some() || args.baseline.is_some();
    let implies_method = patch_option(args).or(center_option(args)).is_some();
    Given {
        method: names_method || implies_method || args.stabilize.is_some() || args.sharpen.is_some(),
        stabilize: args.stabilize.is_some(),
        every: args.every.is_some(),
        patch: args.patch.is_some(),
        step: args.step.is_some(),
    }
}

/// What was chosen, as options.
pub(crate) fn words(suggestion: &Suggestion) -> Vec<String> {
    let settings = &suggestion.settings;
    let patches = settings.method.patches().copied().unwrap_or_default();
    let word = |setting: Setting| match setting {
        Setting::Method => format!("--method={}", method(&settings.method)),
        Setting::Stabilize => format!("--stabilize={}", motion(&settings.method)),
        Setting::Every => format!("--every={}", settings.frames.every),
        Setting::Patch => format!("--patch={}", patches.patch),
        Setting::Step => format!("--step={}", patches.step),
    };
    suggestion.reasons.iter().map(|reason| word(reason.setting)).collect()
}

/// As the option spells it.
pub(crate) fn method(method: &Method) -> &'static str {
    match method {
        Method::Register(_) => "register",
        Method::Centers(_) => "centers",
        Method::MeanRegister(_) => "mean-register",
        Method::Lucky(_) => "lucky",
        Method::Baseline(baseline) => baseline.word(),
    }
}

fn motion(method: &Method) -> &'static str {
    match method {
        Method::Register(settings) | Method::MeanRegister(settings) => settings.stabilize.word(),
        _ => Motion::None.word(),
    }
}

impl Settled {
    fn of(suggestion: Suggestion, found: &Survey, command: &str) -> Settled {
        let words = words(&suggestion);
        let chosen =
            if words.is_empty() { "nothing beyond the given options".to_owned() } else { words.join(" ") };
        let measured = match &found.waves {
            Some(waves) => {
                format!("waves of {:.1} pixels on {}", waves.rms, counted(waves.frames, "frame"))
            }
            None => "there is nothing to register".to_owned(),
        };
        Settled {
            registrable: found.waves.is_some(),
            command: command_line::replaced(command, SWITCH, &words),
            line: format!("{SWITCH} chose {chosen} ({measured})"),
            settings: suggestion.settings,
        }
    }
}

//! `--auto`: the clip is measured, and the options that were not given follow from it.

use std::sync::OnceLock;

use anyhow::Result;
use seethru::pipeline::{Baseline, Method, Motion, Settings};
use seethru::progress::Progress;
use seethru::survey::{Given, Setting, Suggestion, Survey, suggest, survey};
use seethru::video::Input;

use super::args::{HowArgs, RestoreArgs};
use super::plan::{RestorePlan, centre_option, patch_option};
use super::{command_line, remedy};

/// The switch itself.
const SWITCH: &str = "--auto";

/// What is to be chosen, and what was.
#[derive(Debug)]
pub struct Auto {
    given: Given,
    settled: OnceLock<Settled>,
}

#[derive(Debug)]
struct Settled {
    settings: Settings,
    /// A command line that repeats the run without measuring again.
    command: String,
    /// What was chosen, for people.
    line: String,
}

impl Auto {
    /// `None` where everything is as given.
    pub fn of(args: &RestoreArgs) -> Option<Auto> {
        let mut given = given(&args.how);
        // Only registration has these.
        given.method |= args.video.is_some() || args.displacements.is_some() || args.confidence.is_some();
        args.how.auto.then(|| Auto { given, settled: OnceLock::new() })
    }
}

/// Which settings were given, be it by an option that only one method has.
pub fn given(args: &HowArgs) -> Given {
    let names_method = args.method.is_some() || args.baseline.is_some();
    let implies_method = patch_option(args).or(centre_option(args)).is_some();
    Given {
        method: names_method || implies_method || args.stabilise.is_some() || args.sharpen,
        stabilise: args.stabilise.is_some(),
        every: args.every.is_some(),
        patch: args.patch.is_some(),
        step: args.step.is_some(),
    }
}

/// What was chosen, as options.
pub fn words(suggestion: &Suggestion) -> Vec<String> {
    let settings = &suggestion.settings;
    let word = |setting: Setting| match setting {
        Setting::Method => format!("--method={}", method(&settings.method)),
        Setting::Stabilise => format!("--stabilise={}", motion(&settings.method)),
        Setting::Every => format!("--every={}", settings.frames.every),
        Setting::Patch => format!("--patch={}", settings.patch),
        Setting::Step => format!("--step={}", settings.step),
    };
    suggestion.reasons.iter().map(|reason| word(reason.setting)).collect()
}

/// As the option spells it.
pub fn method(method: &Method) -> &'static str {
    match method {
        Method::Register(_) => "register",
        Method::Centres(_) => "centers",
        Method::MeanRegister(_) => "mean-register",
        Method::Lucky => "lucky",
        Method::Baseline(Baseline::Mean) => "mean",
        Method::Baseline(Baseline::Median) => "median",
        Method::Baseline(Baseline::NearestMean) => "nearest-mean",
        Method::Baseline(Baseline::NearestMedian) => "nearest-median",
    }
}

fn motion(method: &Method) -> &'static str {
    match method {
        Method::Register(settings) | Method::MeanRegister(settings) => match settings.stabilise {
            Motion::None => "none",
            Motion::Translation => "translation",
            Motion::Homography => "homography",
        },
        _ => "none",
    }
}

impl RestorePlan {
    /// Measures the clip if that was asked for and not yet done; returns what was chosen, if anything was.
    pub fn settle(&self, input: &Input, progress: &dyn Progress) -> Result<Option<&str>> {
        let Some(auto) = &self.auto else { return Ok(None) };
        if auto.settled.get().is_none() {
            let found =
                survey(input, &self.settings, progress).map_err(|error| remedy::in_options(error, input))?;
            let suggestion = suggest(&found, &self.settings, &auto.given);
            // Whoever comes second has measured the same.
            let _ = auto.settled.set(Settled::of(suggestion, &found, &self.command));
        }
        Ok(auto.settled.get().map(|settled| settled.line.as_str()))
    }

    /// The settings, with what `--auto` chose once it has.
    pub fn resolved(&self) -> &Settings {
        self.settled().map_or(&self.settings, |settled| &settled.settings)
    }

    /// A command line that repeats the run, `--auto` replaced by what it chose.
    pub fn repeat(&self) -> &str {
        self.settled().map_or(&self.command, |settled| &settled.command)
    }

    fn settled(&self) -> Option<&Settled> {
        self.auto.as_ref()?.settled.get()
    }
}

impl Settled {
    fn of(suggestion: Suggestion, found: &Survey, command: &str) -> Settled {
        let words = words(&suggestion);
        let chosen = if words.is_empty() { "nothing more".to_owned() } else { words.join(" ") };
        let measured = match &found.waves {
            Some(waves) => format!("waves of {:.1} pixels on {} frames", waves.rms, waves.frames),
            None => "there is nothing to register".to_owned(),
        };
        Settled {
            command: command_line::replaced(command, SWITCH, &words),
            line: format!("{SWITCH} chose {chosen} ({measured})"),
            settings: suggestion.settings,
        }
    }
}

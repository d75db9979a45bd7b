//! The machine-readable report. Its fields are a promise to scripts: within one schema fields are only
//! added, never renamed or removed.

use seethru::survey::{Camera, Cost, Count, Light, Reason, Waves};
use seethru::video::{Channels, Depth, Warning};
use seethru::{FrameRange, Method, PatchSettings};
use serde::Serialize;

use super::Told;
use crate::cli::restore::auto;

/// Name and version of the report's shape.
const SCHEMA: &str = "seethru.info/2";

#[derive(Serialize)]
pub(super) struct Report<'a> {
    schema: &'static str,
    version: &'static str,
    /// A command line that repeats the run.
    command: &'a str,
    input: InputReport<'a>,
    frames: &'a Count,
    light: &'a Light,
    /// `null` where there is nothing to register.
    camera: Option<&'a Camera>,
    /// `null` as for `camera`.
    waves: Option<&'a Waves>,
    suggestion: SuggestionReport<'a>,
    /// What the suggestion takes; `null` where it cannot be done.
    cost: Option<&'a Cost>,
    /// Why it cannot be done.
    problem: Option<&'a str>,
    warnings: &'a [Warning],
}

#[derive(Serialize)]
struct InputReport<'a> {
    file: &'a str,
    container: &'a str,
    codec: &'a str,
    width: usize,
    height: usize,
    /// Share of the pixels that `--mask` leaves out; `null` without it.
    left_out: Option<f64>,
    /// Width to height in lowest terms.
    aspect: (usize, usize),
    channels: Channels,
    depth: Depth,
    frame_rate: Option<f64>,
    /// Seconds.
    duration: Option<f64>,
}

#[derive(Serialize)]
struct SuggestionReport<'a> {
    /// A command line that does it; `null` where it cannot be done.
    command: Option<&'a str>,
    /// The options among its words that were chosen.
    options: Vec<String>,
    reasons: &'a [Reason],
    method: &'static str,
    frames: FrameRange,
    /// Patch and step that suit the methods of patches, chosen or not.
    patch: usize,
    step: usize,
    stabilize: Option<seethru::Motion>,
}

impl<'a> Report<'a> {
    pub(super) fn of(told: &'a Told<'a>) -> Report<'a> {
        let survey = told.survey;
        let settings = &told.suggestion.settings;
        let patches = told.patches.or(settings.method.patches().copied());
        let PatchSettings { patch, step } = patches.unwrap_or_default();
        Report {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            command: told.call,
            input: InputReport {
                file: told.name,
                container: &survey.container,
                codec: &survey.video.codec,
                width: survey.video.width,
                height: survey.video.height,
                left_out: survey.video.left_out,
                aspect: aspect(survey.video.width, survey.video.height),
                channels: survey.video.channels,
                depth: survey.video.depth,
                frame_rate: survey.video.frame_rate,
                duration: survey.duration(),
            },
            frames: &survey.frames,
            light: &survey.light,
            camera: survey.camera.as_ref(),
            waves: survey.waves.as_ref(),
            suggestion: SuggestionReport {
                command: told.cost.is_ok().then_some(&told.command),
                options: auto::words(told.suggestion),
                reasons: &told.suggestion.reasons,
                method: auto::method(&settings.method),
                frames: settings.frames,
                patch,
                step,
                stabilize: match &settings.method {
                    Method::Register(register) | Method::MeanRegister(register) => Some(register.stabilize),
                    _ => None,
                },
            },
            cost: told.cost.as_ref().ok(),
            problem: told.cost.as_ref().err().map(String::as_str),
            warnings: &survey.warnings,
        }
    }
}

/// In lowest terms: 320 x 240 is 4 to 3.
pub(super) fn aspect(width: usize, height: usize) -> (usize, usize) {
    let (mut a, mut b) = (width, height);
    while b > 0 {
        (a, b) = (b, a % b);
    }
    (width / a.max(1), height / a.max(1))
}

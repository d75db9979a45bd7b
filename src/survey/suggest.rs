//! Settings that suit a clip.

use std::num::NonZeroUsize;

use super::Survey;
use crate::clip::FEWEST_FRAMES;
use crate::error::Error;
use crate::places::CenterSettings;
use crate::places::distance::MAX_SIDE;
use crate::registration::Motion;
use crate::registration::SMALLEST_SIDE;
use crate::restore::estimate;
use crate::settings::{Method, Settings};
use manifold::graph::Neighbors;

/// Fewer frames are not suggested for the sake of memory alone: a second or two of waves.
const FEWEST: usize = 48;
/// Side of a patch where the water moves the picture by up to [`STRONG`] pixels, and where by more. Measured
/// as `benches/patches.py` does, on 40 frames of 128 x 96 (made waves) and 160 x 160 pixels (crops of filmed
/// clips), SSIM for sides of 8, 16, 24 and 32. Made: .865 .868 .839 .823 at 1.5 pixels, .409 .458 .444 .452 at
/// 2.5, .152 .168 .180 .185 at 3.3. Filmed: .985 .984 .984 .984 at 3.6, .389 .413 .457 .456 at 5.2,
/// .469 .483 .489 .478 at 5.9, .630 .706 .703 .703 at 6.2, .560 .557 .565 .580 at 9.2.
const PATCHES: [usize; 2] = [16, 24];
/// Root mean square displacement in pixels.
const STRONG: f64 = 3.0;

/// A setting that can be suggested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Setting {
    /// The method of restoring.
    Method,
    /// Whether the camera is steadied.
    Stabilize,
    /// Which frames are used.
    Every,
    /// The side of the patches.
    Patch,
    /// The step between places.
    Step,
}

/// Which settings are not to be changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// Also where the method's own settings say which one it is.
    pub method: bool,
    /// Whether the camera is steadied was given.
    pub stabilize: bool,
    /// Which frames are used was given.
    pub every: bool,
    /// The side of the patches was given.
    pub patch: bool,
    /// The step between places was given.
    pub step: bool,
}

/// Why a setting is what it is.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Reason {
    /// Which setting.
    pub setting: Setting,
    /// The reason, as a sentence.
    pub because: String,
}

/// Settings for a clip.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Suggestion {
    /// The settings.
    pub settings: Settings,
    /// One for each setting that was decided.
    pub reasons: Vec<Reason>,
}

/// Completes `settings` for the clip that was surveyed; those that are `given` stay.
#[must_use]
pub fn suggest(survey: &Survey, settings: &Settings, given: &Given) -> Suggestion {
    let mut suggestion = Suggestion { settings: settings.clone(), reasons: Vec::new() };
    if !given.method {
        suggestion.method(survey);
    }
    if !given.stabilize {
        suggestion.stabilize(survey);
    }
    suggestion.patches(survey, given);
    if !given.every {
        suggestion.every(survey);
    }
    suggestion
}

/// Fewer frames than these are refused.
fn fewest(method: &Method) -> usize {
    match method {
        Method::Centers(settings) => {
            let neighbors = match settings.neighbors {
                Neighbors::Nearest(k) | Neighbors::Mutual(k) => k.get(),
                Neighbors::Within(_) => 0,
            };
            settings.centers.get().max(neighbors + 1).max(FEWEST_FRAMES)
        }
        _ => FEWEST_FRAMES,
    }
}

/// The side of a patch for displacements of this size, in pixels.
pub(super) fn patch_for(rms: f64) -> usize {
    PATCHES[usize::from(rms > STRONG)]
}

impl Suggestion {
    fn because(&mut self, setting: Setting, because: impl Into<String>) {
        self.reasons.push(Reason { setting, because: because.into() });
    }

    fn method(&mut self, survey: &Survey) {
        let (width, height) = (survey.video.width, survey.video.height);
        if width.min(height) < SMALLEST_SIDE {
            self.settings.method = Method::Centers(CenterSettings::default());
            let least = format!("registration needs {SMALLEST_SIDE} pixels each way");
            self.because(Setting::Method, least);
        } else if let Method::Register(_) = self.settings.method {
            self.because(Setting::Method, "the sharpest still on most clips");
        }
    }

    fn stabilize(&mut self, survey: &Survey) {
        let Some(camera) = &survey.camera else { return };
        if let Method::Register(register) | Method::MeanRegister(register) = &mut self.settings.method
            && camera.moves()
        {
            register.stabilize = camera.motion;
            let moves = if camera.motion == Motion::Homography { "turns or tilts" } else { "shifts" };
            let because = format!("the whole picture {moves} by up to {:.1} pixels", camera.largest);
            self.because(Setting::Stabilize, because);
        }
    }

    fn patches(&mut self, survey: &Survey, given: &Given) {
        let Some(patches) = self.settings.method.patches_mut() else { return };
        let most = survey.video.width.min(survey.video.height).min(MAX_SIDE);
        let rms = survey.waves.as_ref().map(|waves| waves.rms);
        let mut reasons = Vec::new();
        if !given.patch {
            // A step that is given is at most a patch.
            let least = if given.step { patches.step } else { 1 };
            let wanted = rms.map_or(patches.patch, patch_for);
            patches.patch = wanted.max(least).min(most.max(1));
            let because = match rms {
                _ if patches.patch < wanted => "as large as the picture".to_owned(),
                Some(rms) => format!("scores best for displacements of about {rms:.1} pixels"),
                None => "the displacement is not known".to_owned(),
            };
            reasons.push(Reason { setting: Setting::Patch, because });
        }
        if !given.step {
            patches.step = (patches.patch / 2).max(1);
            reasons.push(Reason { setting: Setting::Step, because: "half a patch".to_owned() });
        }
        self.reasons.extend(reasons);
    }

    fn every(&mut self, survey: &Survey) {
        let count = &survey.frames;
        let start = self.settings.frames.every;
        if start == NonZeroUsize::MIN
            && let Some(every) = NonZeroUsize::new(count.new_every).filter(|every| every.get() > 1)
            && survey.seen_of(every) >= fewest(&self.settings.method)
        {
            self.settings.frames.every = every;
            let copies = format!("only one in {every} frames is new, the others are copies");
            self.because(Setting::Every, copies);
        }
        let fits = |settings: &Settings| {
            !matches!(estimate(&survey.video, settings, survey.used(settings)), Err(Error::Memory { .. }))
        };
        let before = self.settings.frames.every;
        let mut fewer = self.settings.clone();
        while !fits(&fewer) {
            fewer.frames.every = fewer.frames.every.saturating_mul(NonZeroUsize::MIN.saturating_add(1));
            if survey.used(&fewer) < FEWEST {
                // It does not fit however few the frames: the run reports what it needs.
                return;
            }
        }
        if fewer.frames.every > before {
            self.settings = fewer;
            self.reasons.retain(|reason| reason.setting != Setting::Every);
            self.because(Setting::Every, "more frames would exceed the memory limit");
        }
    }
}

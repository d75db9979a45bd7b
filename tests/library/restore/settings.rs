//! Settings that differ from the defaults in what a test is about.

use std::num::NonZeroUsize;

use manifold::graph::Neighbors;
use seethru::progress::Silent;
use seethru::video::Input;
use seethru::{
    Baseline, CenterSettings, Choice, Method, PatchSettings, RegisterSettings, Restoration, Settings, restore,
};

pub fn count(value: usize) -> NonZeroUsize {
    value.try_into().unwrap()
}

pub fn centers(centers: usize, choice: Choice) -> Method {
    let neighbors = Neighbors::Nearest(count(4));
    Method::Centers(CenterSettings { centers: count(centers), choice, neighbors, ..Default::default() })
}

/// Three blended centers with the settings that `change` makes.
pub fn changed(change: impl FnOnce(&mut CenterSettings)) -> Settings {
    let Method::Centers(mut centers) = centers(3, Choice::Blend) else { unreachable!() };
    change(&mut centers);
    with(Method::Centers(centers))
}

pub fn with(method: Method) -> Settings {
    Settings { method, threads: Some(count(2)), ..Settings::default() }
}

/// All methods that do not move pixels.
pub fn methods() -> Vec<Method> {
    use Baseline::{Mean, Median, NearestMean, NearestMedian};
    let choices = [Choice::Blend, Choice::Agree, Choice::Medoids].map(|choice| centers(3, choice));
    let patches = PatchSettings::default();
    let plain = [Mean, Median, NearestMean(patches), NearestMedian(patches)].map(Method::Baseline);
    choices.into_iter().chain(plain).chain([Method::Lucky(patches)]).collect()
}

/// The method on these patches, if it picks any.
pub fn on_patches(mut method: Method, patch: usize, step: usize) -> Settings {
    if let Some(patches) = method.patches_mut() {
        *patches = PatchSettings { patch, step };
    }
    with(method)
}

/// Both methods that register frames.
pub fn registering() -> [Method; 2] {
    [Method::Register(RegisterSettings::default()), Method::MeanRegister(RegisterSettings::default())]
}

#[track_caller]
pub fn restored(input: &Input, settings: &Settings) -> Restoration {
    restore(input, settings, &Silent).unwrap()
}

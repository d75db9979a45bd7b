//! Settings that differ from the defaults in what a test is about.

use std::num::NonZeroUsize;

use seethru::graph::Neighbours;
use seethru::pipeline::{
    Baseline, CentreSettings, Choice, Method, RegisterSettings, Restoration, Settings, restore,
};
use seethru::progress::Silent;
use seethru::video::Input;

pub fn count(value: usize) -> NonZeroUsize {
    value.try_into().unwrap()
}

pub fn centres(centres: usize, choice: Choice) -> Method {
    let neighbours = Neighbours::Nearest(count(4));
    Method::Centres(CentreSettings { centres: count(centres), choice, neighbours, ..Default::default() })
}

/// Three blended centres with the settings that `change` makes.
pub fn changed(change: impl FnOnce(&mut CentreSettings)) -> Settings {
    let Method::Centres(mut centres) = centres(3, Choice::Blend) else { unreachable!() };
    change(&mut centres);
    with(Method::Centres(centres))
}

pub fn with(method: Method) -> Settings {
    Settings { method, threads: Some(count(2)), ..Settings::default() }
}

/// All ways to make a picture of pixels where they are.
pub fn methods() -> Vec<Method> {
    use Baseline::{Mean, Median, NearestMean, NearestMedian};
    let choices = [Choice::Blend, Choice::Agree, Choice::Medoids].map(|choice| centres(3, choice));
    let plain = [Mean, Median, NearestMean, NearestMedian].map(Method::Baseline);
    choices.into_iter().chain(plain).chain([Method::Lucky]).collect()
}

/// Both that register frames.
pub fn registering() -> [Method; 2] {
    [Method::Register(RegisterSettings::default()), Method::MeanRegister(RegisterSettings::default())]
}

#[track_caller]
pub fn restored(input: &Input, settings: &Settings) -> Restoration {
    restore(input, settings, &Silent).unwrap()
}

//! Settings that differ from the defaults in what a test is about.

use std::num::NonZeroUsize;

use manifold::graph::Neighbors;
use seethru::pipeline::{
    Baseline, CenterSettings, Choice, Method, RegisterSettings, Restoration, Settings, restore,
};
use seethru::progress::Silent;
use seethru::video::Input;

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
    let plain = [Mean, Median, NearestMean, NearestMedian].map(Method::Baseline);
    choices.into_iter().chain(plain).chain([Method::Lucky]).collect()
}

/// Both methods that register frames.
pub fn registering() -> [Method; 2] {
    [Method::Register(RegisterSettings::default()), Method::MeanRegister(RegisterSettings::default())]
}

#[track_caller]
pub fn restored(input: &Input, settings: &Settings) -> Restoration {
    restore(input, settings, &Silent).unwrap()
}

//! Centre patches with and without a GPU: the same picture, the same centres, the same costs.

use std::num::NonZeroUsize;

use seethru::device::{Device, GpuError};
use seethru::flow::EdgeCost;
use seethru::graph::{Disconnected, Neighbours};
use seethru::pipeline::{CentreSettings, Choice, Method, Restoration, RestoreError, Settings, restore};
use seethru::progress::Silent;
use seethru::video::Input;

use super::{clips, device, device_with};

fn settings(centres: CentreSettings, device: &Device) -> Settings {
    Settings { method: Method::Centres(centres), device: device.afresh(), ..Settings::default() }
}

fn count(n: usize) -> NonZeroUsize {
    NonZeroUsize::new(n).unwrap()
}

#[track_caller]
fn assert_same(input: &Input, centres: &CentreSettings, device: &Device) -> (Restoration, Settings) {
    let on_gpu = settings(centres.clone(), device);
    let with = restore(input, &on_gpu, &Silent).unwrap();
    let without = restore(input, &settings(centres.clone(), &Device::cpu()), &Silent).unwrap();
    assert!(with.picture == without.picture, "another picture with {centres:?}");
    let (a, b) = (with.places.as_ref().unwrap(), without.places.as_ref().unwrap());
    assert_eq!((&a.frame, &a.cost, &a.components), (&b.frame, &b.cost, &b.components));
    (with, on_gpu)
}

#[test]
fn every_choice_and_graph_and_cost() {
    let Some(device) = device() else { return };
    let folder = tempfile::tempdir().unwrap();
    let still = clips::grey(&clips::still(52, 37));
    let input = clips::images(folder.path(), &clips::wavy(&still, 20));
    let plain = CentreSettings::default();
    for centres in [
        plain.clone(),
        CentreSettings { choice: Choice::Agree, level: true, ..plain.clone() },
        CentreSettings { choice: Choice::Medoids, ..plain.clone() },
        CentreSettings { neighbours: Neighbours::Mutual(count(6)), ..plain.clone() },
        CentreSettings { cost: EdgeCost::Linear, centres: count(1), ..plain.clone() },
        CentreSettings { cost: EdgeCost::Capacitated { capacity: None }, ..plain.clone() },
        CentreSettings { cost: EdgeCost::Quadratic { lambda: 0.5 }, ..plain.clone() },
    ] {
        let (_, settings) = assert_same(&input, &centres, &device);
        let notes = settings.device.notes();
        assert!(notes.iter().any(|note| note.stage == "distances" && note.device.starts_with("cuda:0")));
    }
}

/// Frames that fall into two groups, which are joined, or of which the larger is kept, or named.
#[test]
fn graphs_that_fall_apart() {
    let Some(device) = device() else { return };
    let folder = tempfile::tempdir().unwrap();
    let still = clips::grey(&clips::still(40, 32));
    let input = clips::images(folder.path(), &clips::two_groups(&still, 8, 11));
    for disconnected in [Disconnected::Join, Disconnected::Largest] {
        let neighbours = Neighbours::Nearest(count(4));
        assert_same(
            &input,
            &CentreSettings { disconnected, neighbours, ..CentreSettings::default() },
            &device,
        );
    }
    let fail = CentreSettings {
        disconnected: Disconnected::Fail,
        neighbours: Neighbours::Nearest(count(4)),
        ..CentreSettings::default()
    };
    assert!(matches!(restore(&input, &settings(fail, &device), &Silent), Err(RestoreError::Graph(_))));
}

#[test]
fn sixteen_bits_and_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let still = clips::deep(&clips::grey(&clips::still(48, 64)));
    let input = clips::images(folder.path(), &clips::wavy(&still, 12));
    for memory in [None, Some(600_000)] {
        let Some(device) = device_with(memory) else { return };
        assert_same(&input, &CentreSettings::default(), &device);
    }
    let Some(device) = device_with(Some(5_000)) else { return };
    let error = restore(&input, &settings(CentreSettings::default(), &device), &Silent).unwrap_err();
    assert!(matches!(error, RestoreError::Gpu(GpuError::Memory { limit: 5_000, .. })), "{error}");
}

/// A better bound of the quadratic cost leaves fewer flows to solve.
#[test]
fn resistances_save_flows() {
    let Some(device) = device() else { return };
    let folder = tempfile::tempdir().unwrap();
    let still = clips::grey(&clips::still(40, 40));
    let input = clips::images(folder.path(), &clips::wavy(&still, 40));
    let centres = CentreSettings { cost: EdgeCost::Quadratic { lambda: 1.0 }, ..CentreSettings::default() };
    let solves = |device: &Device| {
        let found = restore(&input, &settings(centres.clone(), device), &Silent).unwrap();
        found.places.unwrap().solves.iter().sum::<u32>()
    };
    let (with, without) = (solves(&device), solves(&Device::cpu()));
    eprintln!("{with} flows solved with resistances, {without} without");
    assert!(with < without, "{with} flows solved with resistances, {without} without");
}

#[test]
fn what_a_gpu_cannot_do_is_said() {
    let Some(device) = device() else { return };
    let folder = tempfile::tempdir().unwrap();
    let input = clips::images(folder.path(), &clips::wavy(&clips::grey(&clips::still(32, 32)), 10));
    let within = CentreSettings { neighbours: Neighbours::Within(60.0), ..CentreSettings::default() };
    let error = restore(&input, &settings(within, &device), &Silent).unwrap_err();
    assert!(matches!(error, RestoreError::Gpu(GpuError::Unsupported { .. })), "{error}");
    let many = CentreSettings { neighbours: Neighbours::Nearest(count(10)), ..CentreSettings::default() };
    let error = restore(&input, &settings(many, &device), &Silent).unwrap_err();
    assert!(matches!(error, RestoreError::Graph(_)), "{error}");
}

//! Center patches with and without a GPU: the same picture, the same centers, the same costs.

use std::num::NonZeroUsize;

use manifold::flow::EdgeCost;
use manifold::graph::{Disconnected, Neighbors};
use seethru::device::{Device, GpuError};
use seethru::progress::Silent;
use seethru::video::Input;
use seethru::{CenterSettings, Choice, Error, Method, Restoration, Settings, restore};

use super::{clips, device, device_with};

fn settings(centers: CenterSettings, device: &Device) -> Settings {
    Settings { method: Method::Centers(centers), device: device.afresh(), ..Settings::default() }
}

fn count(n: usize) -> NonZeroUsize {
    NonZeroUsize::new(n).unwrap()
}

#[track_caller]
fn assert_same(input: &Input, centers: &CenterSettings, device: &Device) -> (Restoration, Settings) {
    let on_gpu = settings(centers.clone(), device);
    let with = restore(input, &on_gpu, &Silent).unwrap();
    let without = restore(input, &settings(centers.clone(), &Device::cpu()), &Silent).unwrap();
    assert!(with.still == without.still, "another picture with {centers:?}");
    let (a, b) = (with.places.as_ref().unwrap(), without.places.as_ref().unwrap());
    assert_eq!((&a.frame, &a.cost, &a.components), (&b.frame, &b.cost, &b.components));
    (with, on_gpu)
}

#[test]
fn every_choice_and_graph_and_cost() {
    let Some(device) = device() else { return };
    let folder = tempfile::tempdir().unwrap();
    let still = clips::gray(&clips::still(52, 37));
    let input = clips::images(folder.path(), &clips::wavy(&still, 20));
    let plain = CenterSettings::default();
    for centers in [
        plain.clone(),
        CenterSettings { choice: Choice::Agree, level: true, ..plain.clone() },
        CenterSettings { choice: Choice::Medoids, ..plain.clone() },
        CenterSettings { neighbors: Neighbors::Mutual(count(6)), ..plain.clone() },
        CenterSettings { cost: EdgeCost::Linear, centers: count(1), ..plain.clone() },
        CenterSettings { cost: EdgeCost::Capacitated { capacity: None }, ..plain.clone() },
        CenterSettings { cost: EdgeCost::Quadratic { lambda: 0.5 }, ..plain.clone() },
    ] {
        let (_, settings) = assert_same(&input, &centers, &device);
        let notes = settings.device.notes();
        assert!(
            notes
                .iter()
                .any(|note| note.stage == seethru::stage::DISTANCES && note.device.starts_with("cuda:0"))
        );
    }
}

/// Frames that fall into two groups: joined, or only the larger kept, or an error.
#[test]
fn graphs_that_fall_apart() {
    let Some(device) = device() else { return };
    let folder = tempfile::tempdir().unwrap();
    let still = clips::gray(&clips::still(40, 32));
    let input = clips::images(folder.path(), &clips::two_groups(&still, 8, 11));
    for disconnected in [Disconnected::Join, Disconnected::Largest] {
        let neighbors = Neighbors::Nearest(count(4));
        assert_same(
            &input,
            &CenterSettings { disconnected, neighbors, ..CenterSettings::default() },
            &device,
        );
    }
    let fail = CenterSettings {
        disconnected: Disconnected::Fail,
        neighbors: Neighbors::Nearest(count(4)),
        ..CenterSettings::default()
    };
    assert!(matches!(restore(&input, &settings(fail, &device), &Silent), Err(Error::Graph(_))));
}

#[test]
fn sixteen_bits_and_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let still = clips::deep(&clips::gray(&clips::still(48, 64)));
    let input = clips::images(folder.path(), &clips::wavy(&still, 12));
    for memory in [None, Some(600_000)] {
        let Some(device) = device_with(memory) else { return };
        assert_same(&input, &CenterSettings::default(), &device);
    }
    let Some(device) = device_with(Some(5_000)) else { return };
    let error = restore(&input, &settings(CenterSettings::default(), &device), &Silent).unwrap_err();
    assert!(matches!(error, Error::Gpu(GpuError::Memory { limit: 5_000, .. })), "{error}");
}

/// A better bound of the quadratic cost leaves fewer flows to solve.
#[test]
fn resistances_save_flows() {
    let Some(device) = device() else { return };
    let folder = tempfile::tempdir().unwrap();
    let still = clips::gray(&clips::still(40, 40));
    let input = clips::images(folder.path(), &clips::wavy(&still, 40));
    let centers = CenterSettings { cost: EdgeCost::Quadratic { lambda: 1.0 }, ..CenterSettings::default() };
    let solves = |device: &Device| {
        let found = restore(&input, &settings(centers.clone(), device), &Silent).unwrap();
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
    let input = clips::images(folder.path(), &clips::wavy(&clips::gray(&clips::still(32, 32)), 10));
    let within = CenterSettings { neighbors: Neighbors::Within(60.0), ..CenterSettings::default() };
    let error = restore(&input, &settings(within, &device), &Silent).unwrap_err();
    assert!(matches!(error, Error::Gpu(GpuError::Unsupported { .. })), "{error}");
    let many = CenterSettings { neighbors: Neighbors::Nearest(count(10)), ..CenterSettings::default() };
    let error = restore(&input, &settings(many, &device), &Silent).unwrap_err();
    assert!(matches!(error, Error::Graph(_)), "{error}");
}

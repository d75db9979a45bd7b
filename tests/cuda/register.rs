//! Whole registrations: on a GPU as on the CPU.

#[path = "../../src/registration/cuda/scene.rs"]
#[expect(dead_code, reason = "what is known of the displacements is for the tests of the parts")]
mod scene;

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};

use seethru::device::{Device, GpuError};
use seethru::progress::{Silent, Stage};
use seethru::registration::{Frames, Plane, RegisterError, Registered, Start, register};

use super::device;
use scene::{Scene, fresh_seed};

/// A small memory, so that frames come in batches.
fn limited(bytes: u64) -> Device {
    Device::cuda(0, Some(bytes)).unwrap()
}

fn registered(scene: &Scene, start: Start, device: &Device) -> Result<Registered, RegisterError> {
    let numbers: Vec<u32> = (0..scene.frames.len() as u32).collect();
    register(scene, &numbers, start, device, &Silent)
}

fn root_mean_square(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    (a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f32>() / a.len() as f32).sqrt()
}

/// The same without the one in 200 pixels that differ most: whether a frame sees a pixel at its border, and has a part in it,
/// depends on the last bit of a field.
fn mostly(a: &[f32], b: &[f32]) -> f32 {
    let mut squares: Vec<f32> = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).collect();
    squares.sort_unstable_by(f32::total_cmp);
    squares.truncate(squares.len() - squares.len() / 200);
    (squares.iter().sum::<f32>() / squares.len() as f32).sqrt()
}

fn held(start: Start, size: (usize, usize), frames: usize) {
    let Some(device) = device() else { return };
    let scene = Scene::new(fresh_seed(), size, frames);
    let cpu = registered(&scene, start, &Device::cpu()).unwrap();
    let gpu = registered(&scene, start, &device).unwrap();
    assert_eq!((cpu.center, &cpu.trusted), (gpu.center, &gpu.trusted), "{start:?} {size:?}");
    assert_eq!(cpu.rounds.len(), gpu.rounds.len(), "{start:?} {size:?}: {:?} {:?}", cpu.rounds, gpu.rounds);
    assert_eq!(cpu.converged, gpu.converged);
    let far = mostly(&cpu.reference.values, &gpu.reference.values);
    let fields = cpu.fields.iter().zip(&gpu.fields);
    let fields = fields.map(|(a, b)| root_mean_square(&a.dx, &b.dx).max(root_mean_square(&a.dy, &b.dy)));
    let fields = fields.fold(0.0, f32::max);
    println!(
        "{start:?} {size:?}, {frames} frames, {} rounds: reference {far}, fields {fields}",
        cpu.rounds.len()
    );
    assert!(far < 0.05, "{start:?} {size:?}: {far}");
    assert!(fields < 5e-3, "{start:?} {size:?}: {fields}");
    assert_eq!(device.notes().len(), 1, "{:?}", device.notes());
}

#[test]
fn from_the_center() {
    held(Start::Center, (65, 49), 12);
}

#[test]
fn from_the_center_of_small_frames() {
    held(Start::Center, (17, 31), 5);
    held(Start::Center, (16, 16), 1);
    held(Start::Center, (33, 33), 2);
}

#[test]
fn from_the_mean() {
    held(Start::Mean, (61, 47), 5);
    held(Start::MeanKept, (61, 47), 5);
    held(Start::MeanKept, (17, 31), 2);
}

#[test]
fn batches_give_the_same_bits() {
    let Some(device) = device() else { return };
    let scene = Scene::new(fresh_seed(), (41, 33), 5);
    let at_once = registered(&scene, Start::Center, &device).unwrap();
    // Three frames at a time of all that stay on the GPU; one at a time, brought when it is needed.
    for bytes in [150_000, 52_000] {
        let few = registered(&scene, Start::Center, &limited(bytes)).unwrap();
        assert_eq!(at_once.fields, few.fields, "{bytes}");
        assert_eq!(at_once.reference, few.reference, "{bytes}");
    }
}

#[test]
fn too_little_memory_is_said() {
    if device().is_none() {
        return;
    }
    let scene = Scene::new(fresh_seed(), (41, 33), 3);
    for start in [Start::Center, Start::Mean, Start::MeanKept] {
        let error = registered(&scene, start, &limited(10_000)).unwrap_err();
        assert!(
            matches!(error, RegisterError::Gpu(GpuError::Memory { what: "registration", limit: 10_000, .. })),
            "{error}"
        );
    }
}

#[test]
fn canceled_work_stops_between_batches() {
    let Some(_) = device() else { return };
    let scene = Scene::new(fresh_seed(), (41, 33), 5);
    let numbers: Vec<u32> = (0..5).collect();
    // One frame at a time: told to stop at the second, it does not continue to the third.
    let told = AtomicUsize::new(0);
    let stop = |_: Stage, done: usize, _: Option<usize>| {
        told.store(done, Ordering::Relaxed);
        if done < 2 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    let error = register(&scene, &numbers, Start::Mean, &limited(90_000), &stop).unwrap_err();
    assert!(matches!(error, RegisterError::Canceled), "{error}");
    assert_eq!(told.load(Ordering::Relaxed), 2);
}

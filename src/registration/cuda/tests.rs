//! Parts of registration on a GPU against the CPU's. Skipped if there is no GPU, unless
//! `SEETHRU_REQUIRE_CUDA=1` says that there must be one.

use super::scene::{Scene, fresh_seed};
use super::*;
use crate::registration::align::Aligner;
use crate::registration::average::average;
use crate::registration::plane::Pyramid;
use crate::registration::template::Template;
use manifold::device::GpuError;
use manifold::progress::Silent;

/// Odd sizes: the smallest, more than a cell, more than a level, wide, several blocks each way.
const SIZES: [((usize, usize), usize); 5] =
    [((16, 16), 5), ((17, 31), 2), ((33, 33), 12), ((257, 19), 2), ((133, 101), 1)];

fn device(memory: Option<u64>) -> Option<(Device, Arc<Gpu>)> {
    match Device::cuda(0, memory) {
        Ok(device) => {
            let work = manifold::device::Work { operations: 0.0, bytes: 0.0 };
            let gpu = device.for_work(stage::REGISTRATION, work, 1)?;
            Some((device, gpu))
        }
        Err(why) if std::env::var_os("SEETHRU_REQUIRE_CUDA").is_some_and(|value| value == "1") => {
            panic!("SEETHRU_REQUIRE_CUDA=1, but {why}")
        }
        Err(why) => {
            eprintln!("skipped: {why}");
            None
        }
    }
}

fn counter() -> Counter<'static> {
    Counter::new(&Silent, stage::REGISTER, 1000)
}

/// Mean and largest difference.
fn apart(a: &[f32], b: &[f32]) -> (f32, f32) {
    assert_eq!(a.len(), b.len());
    let far = || a.iter().zip(b).map(|(a, b)| (a - b).abs());
    (far().sum::<f32>() / a.len() as f32, far().fold(0.0, |most, far| if far <= most { most } else { far }))
}

fn on_gpu(
    scene: &Scene,
    memory: Option<u64>,
    effort: Effort,
    fresh: Option<Effort>,
) -> (Vec<Field>, Vec<f32>) {
    let (device, gpu) = device(memory).expect("asked for before");
    let mut session = Session::new(gpu, &device, scene).unwrap();
    let reference = session.reference(&scene.still).unwrap();
    let mut fields = vec![Field::zero(reference.lattice()); scene.frames.len()];
    let all: Vec<usize> = (0..scene.frames.len()).collect();
    let variances = session.align(&reference, &all, &mut fields, effort, fresh, &counter()).unwrap();
    (fields, variances)
}

fn on_cpu(scene: &Scene, effort: Effort, fresh: Option<Effort>) -> (Vec<Field>, Vec<f32>) {
    let template = Template::new(&scene.still);
    let mut aligner = Aligner::default();
    let register = |frame: &Plane| {
        let mut field = Field::zero(template.lattice());
        let variance = match fresh {
            Some(fresh) => aligner.align_anew(&template, frame, &mut field, (fresh, effort)),
            None => aligner.align(&template, frame, &mut field, effort),
        };
        (field, variance)
    };
    scene.frames.iter().map(register).unzip()
}

/// Root mean square distance from the true displacement, a cell of the border left out.
fn error(scene: &Scene, fields: &[Field]) -> f32 {
    let (mut sum, mut count) = (0.0, 0.0);
    for (at, field) in fields.iter().enumerate() {
        for y in (4..scene.size.1 - 4).step_by(2) {
            for x in (4..scene.size.0 - 4).step_by(2) {
                let (x, y) = (x as f32, y as f32);
                let (found, truth) = (field.at(x, y), scene.truth(at, x, y));
                sum += (found.0 - truth.0).powi(2) + (found.1 - truth.1).powi(2);
                count += 1.0;
            }
        }
    }
    (sum / count as f32).sqrt()
}

fn held(effort: Effort, fresh: Option<Effort>) {
    if device(None).is_none() {
        return;
    }
    let seed = fresh_seed();
    for (size, frames) in SIZES {
        let scene = Scene::new(seed, size, frames);
        let (cpu, gpu) = (on_cpu(&scene, effort, fresh), on_gpu(&scene, None, effort, fresh));
        for at in 0..frames {
            let (x, y) = (apart(&cpu.0[at].dx, &gpu.0[at].dx), apart(&cpu.0[at].dy, &gpu.0[at].dy));
            let (old, new) = (cpu.1[at], gpu.1[at]);
            println!("{size:?} frame {at}: dx {x:?}, dy {y:?}, variance {old} {new}");
            assert!(x.0.max(y.0) < 1e-3 && x.1.max(y.1) < 2e-2, "{size:?} frame {at}: {x:?} {y:?}");
            assert!((old - new).abs() < 0.01 * old, "{size:?} frame {at}: {old} {new}");
        }
        let (old, new) = (error(&scene, &cpu.0), error(&scene, &gpu.0));
        println!("{size:?}: from the truth {old} {new}");
        assert!(new < 1.02 * old + 0.005, "{size:?}: {old} {new}");
    }
}

#[test]
fn fields_are_those_of_the_cpu() {
    held(Effort { levels: usize::MAX, steps: 6 }, None);
}

#[test]
fn fields_found_anew_are_those_of_the_cpu() {
    held(Effort { levels: 1, steps: 3 }, Some(Effort { levels: 3, steps: 4 }));
}

#[test]
fn pyramids_are_those_of_the_cpu() {
    let Some((device, gpu)) = device(None) else { return };
    let seed = fresh_seed();
    for size in [(16, 16), (97, 51), (200, 131)] {
        let scene = Scene::new(seed, size, 1);
        let session = Session::new(gpu.clone(), &device, &scene).unwrap();
        let reference = session.reference(&scene.still).unwrap();
        let mut pyramid = Pyramid::default();
        pyramid.fill(&scene.still, session.shapes.len());
        for (level, plane) in reference.levels.planes.iter().enumerate() {
            let far = apart(&pyramid.level(level).values, &gpu.download(plane).unwrap());
            println!("{size:?}, level {level}: {far:?}");
            assert!(far.1 < 1e-4, "{size:?}, level {level}: {far:?}");
        }
    }
}

#[test]
fn averages_are_those_of_the_cpu() {
    let Some((device, gpu)) = device(None) else { return };
    let seed = fresh_seed();
    for (size, frames) in SIZES {
        let scene = Scene::new(seed, size, frames);
        let lattice = Lattice::over(size.0, size.1);
        // Beyond the border at one side, so that some pixels are seen by no frame at all.
        let fields: Vec<Field> = (0..frames)
            .map(|at| {
                Field::through(lattice, |x, y| {
                    let u = scene.truth(at, x, y);
                    (u.0 - 3.0, u.1)
                })
            })
            .collect();
        let mut trusted = vec![true; frames];
        trusted[frames / 2] = frames == 1;
        let counter = Counter::new(&Silent, stage::REGISTER, frames);
        let cpu = average(&scene, &fields, &trusted, &counter).unwrap();
        let mut session = Session::new(gpu.clone(), &device, &scene).unwrap();
        let far = apart(&cpu.values, &session.average(&fields, &trusted).unwrap().values);
        println!("{size:?}: {far:?}");
        assert!(far.1 < 1e-3, "{size:?}: {far:?}");
    }
}

#[test]
fn batches_do_not_matter() {
    if device(None).is_none() {
        return;
    }
    let scene = Scene::new(fresh_seed(), (61, 47), 7);
    let shapes = Shape::levels(scene.size);
    let pixels = shapes[0].pixels() as u64;
    let fixed = 4 * (Levels::values(&shapes) as u64 + pixels);
    let each = Room::each(&shapes);
    let (effort, fresh) = (Effort { levels: 1, steps: 2 }, Some(Effort { levels: 2, steps: 2 }));
    let at_once = on_gpu(&scene, None, effort, fresh);
    // Frames that stay, all or three at a time; frames that do not, one at a time.
    let kept = 4 * pixels * 7;
    for limit in [2 * kept.max(fixed + each), fixed + kept + 4 * each, fixed + each + 4 + 4 * pixels] {
        let (fields, variances) = on_gpu(&scene, Some(limit), effort, fresh);
        assert!(fields == at_once.0 && variances == at_once.1, "limit {limit}");
    }
    let (device, gpu) = device(Some(fixed + each)).unwrap();
    let mut session = Session::new(gpu, &device, &scene).unwrap();
    let reference = session.reference(&scene.still).unwrap();
    let mut field = [Field::zero(reference.lattice())];
    let short = session.align(&reference, &[0], &mut field, effort, fresh, &counter()).unwrap_err();
    assert!(matches!(short, RegisterError::Gpu(GpuError::Memory { what: "registration", .. })), "{short}");
    println!("{:?}", device.notes());
}

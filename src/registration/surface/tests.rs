//! Heights from exact displacements, whose surface is known, and what is refused.

use std::ops::ControlFlow;

use manifold::progress::{Silent, Stage};

use super::*;
use crate::registration::field::Lattice;
use crate::registration::plane::Plane;
use crate::registration::rounds::{Registered, Start};
use crate::synth::{WaveSettings, Waves};

const SIZE: (usize, usize) = (192, 160);
/// Seconds from frame to frame.
const STEP: f64 = 0.04;

/// Frames by these fields, numbered 10, 12, 14, ..., of which `lost` (counted from zero) is left out.
fn registered(fields: Vec<Field>, lost: Option<usize>) -> Registration {
    let count = fields.len();
    let found = Registered {
        fields,
        reference: Plane::new(SIZE.0, SIZE.1),
        trusted: (0..count).map(|at| Some(at) != lost).collect(),
        misfits: vec![1.0; count],
        center: None,
        rounds: Vec::new(),
        converged: true,
        second_order: None,
    };
    let numbers: Vec<u32> = (0..count as u32).map(|at| 10 + 2 * at).collect();
    let confidence = Plane::new(SIZE.0, SIZE.1);
    Registration::new(found, (Start::Center, None), &numbers, (&confidence, None), Vec::new())
}

/// Exact displacements from the scene to the frames.
fn exact(settings: &WaveSettings, frames: usize) -> (Waves, Registration) {
    let waves = Waves::new(SIZE.0, SIZE.1, settings).unwrap();
    let at = |t: usize| {
        Field::through(Lattice::over(SIZE.0, SIZE.1), |x, y| {
            let (mut dx, mut dy) = (0.0, 0.0);
            for _ in 0..30 {
                let w = waves.displacement_at(f64::from(x) + dx, f64::from(y) + dy, STEP * t as f64);
                (dx, dy) = (-w.0, -w.1);
            }
            (dx as f32, dy as f32)
        })
    };
    let fields = (0..frames).into_par_iter().map(at).collect();
    (waves, registered(fields, None))
}

/// The true heights at the nodes, about their mean.
fn truth(waves: &Waves, surface: &Surface, t: f64) -> Array2<f32> {
    let (xs, ys): (Vec<f64>, Vec<f64>) =
        (positions(surface.grid.columns).collect(), positions(surface.grid.rows).collect());
    let heights = Array2::from_shape_fn((ys.len(), xs.len()), |(row, column)| {
        waves.surface_at(xs[column], ys[row], t).0 as f32
    });
    let mean = heights.mean().unwrap();
    heights - mean
}

/// By how much heights differ, as a share of their root mean square.
fn error(surface: &Surface, waves: &Waves, frames: usize) -> f64 {
    let (mut off, mut all) = (0.0, 0.0);
    for at in 0..frames {
        let (found, truth) = (surface.height(at).unwrap(), truth(waves, surface, STEP * at as f64));
        off += found.iter().zip(&truth).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>();
        all += truth.iter().map(|b| f64::from(*b).powi(2)).sum::<f64>();
    }
    (off / all).sqrt()
}

fn deep(pixels: f64) -> WaterSettings {
    WaterSettings { depth: Some(pixels), scale: None, threads: None }
}

/// A second-order coefficient with this certainty.
fn told(coefficient: f64, certainty: f64) -> SecondOrder {
    SecondOrder {
        coefficient,
        standard_error: coefficient.abs() * (1.0 - certainty).sqrt(),
        certainty,
        explained: 0.5,
        depth: Some(1.0 / (BEND * coefficient.abs()).sqrt()),
        period: 10.0,
        wavelength: 80.0,
        correction: Field::zero(Lattice::over(SIZE.0, SIZE.1)),
    }
}

#[test]
fn exact_displacements_give_the_heights() {
    // Ripples of 10 to 20 pixels, which moderate waves have most of, are at the limit of nodes 4 pixels apart.
    for (name, settings, limit) in [
        ("calm", WaveSettings::CALM, 0.02),
        ("moderate", WaveSettings::MODERATE, 0.1),
        ("standing", WaveSettings::STANDING, 0.05),
    ] {
        let (waves, registration) = exact(&settings, 5);
        let surface = Surface::new(&registration, &deep(settings.depth)).unwrap();
        let error = error(&surface, &waves, 5);
        println!("{name}: {error:.4}");
        assert!(error < limit, "{name}: {error}");
    }
}

/// The nonlinear formula matters where waves are high for the depth.
#[test]
fn a_height_is_that_of_its_potential() {
    for depth in [10.0, 60.0, 300.0] {
        for h in [-0.9 * depth, -1.0, 0.0, 0.25, 0.5 * depth] {
            let phi = BEND * (depth * h + 0.5 * h * h);
            approx::assert_relative_eq!(height(phi, depth), h, max_relative = 1e-12, epsilon = 1e-12);
        }
        assert_eq!(height(-BEND * depth * depth, depth), -depth, "no deeper than the floor");
    }
}

#[test]
fn millimeters_are_pixels_times_the_scale() {
    let (_, registration) = exact(&WaveSettings::CALM, 2);
    let pixels = Surface::new(&registration, &deep(300.0)).unwrap();
    let both = WaterSettings { depth: Some(300.0), scale: Some(0.5), threads: None };
    let millimeters = Surface::new(&registration, &both).unwrap();
    let doubled = millimeters.height(1).unwrap() * 2.0;
    assert!(doubled.iter().zip(&pixels.height(1).unwrap()).all(|(a, b)| (a - b).abs() < 1e-6));
    let [pixels, millimeters] = [pixels, millimeters].map(|surface| surface.summary(&Silent).unwrap());
    assert_eq!((pixels.unit.symbol(), millimeters.unit.symbol()), ("px", "mm"));
    assert_eq!((pixels.depth, millimeters.depth), (300.0, 150.0));
    approx::assert_relative_eq!(millimeters.rms, 0.5 * pixels.rms, max_relative = 1e-5);
}

#[test]
fn frames_that_were_left_out_have_no_height_and_no_say() {
    let (_, whole) = exact(&WaveSettings::CALM, 5);
    let mut fields = whole.fields;
    fields[2] = Field::through(Lattice::over(SIZE.0, SIZE.1), |x, _| (x, 900.0));
    let registration = registered(fields, Some(2));
    let surface = Surface::new(&registration, &deep(300.0)).unwrap();
    assert!(surface.height(2).unwrap().iter().all(|h| h.is_nan()));
    assert!(surface.height(5).is_none());
    let summary = surface.summary(&Silent).unwrap();
    let mut squares = 0.0;
    for at in [0, 1, 3, 4] {
        let height = surface.height(at).unwrap();
        assert!(height.mean().unwrap().abs() < 1e-5);
        squares += height.iter().map(|h| f64::from(*h).powi(2)).sum::<f64>() / height.len() as f64;
    }
    approx::assert_relative_eq!(summary.rms, (squares / 4.0).sqrt(), max_relative = 1e-6);
    assert_eq!(summary.significant_height, 4.0 * summary.rms);
    assert!(summary.lowest < 0.0 && summary.highest > 0.0 && summary.map.dim() == (40, 48));
    // Of frames 10, 12, 16 and 18 the third.
    assert_eq!((summary.snapshot.0, &summary.snapshot.1), (16, &surface.height(3).unwrap()));
}

#[test]
fn threads_change_nothing() {
    let (_, registration) = exact(&WaveSettings::MODERATE, 18);
    let on = |threads: usize| {
        let water = WaterSettings { threads: NonZeroUsize::new(threads), ..deep(300.0) };
        let surface = Surface::new(&registration, &water).unwrap();
        assert_eq!(surface.pool.as_ref().map(ThreadPool::current_num_threads), Some(threads));
        surface.summary(&Silent).unwrap()
    };
    assert_eq!(on(1), on(3));
}

#[test]
fn the_depth_is_the_one_given_or_the_one_that_the_clip_tells_for_certain() {
    let (_, mut registration) = exact(&WaveSettings::CALM, 2);
    let depth = |registration: &Registration, water: &WaterSettings| {
        Surface::new(registration, water).map(|surface| surface.depth())
    };
    let unknown = depth(&registration, &WaterSettings::default());
    assert!(matches!(unknown, Err(SurfaceError::UnknownDepth { certainty: None })));
    registration.second_order = Some(told(-0.0025, 0.74));
    let unsure = depth(&registration, &WaterSettings::default());
    assert!(matches!(unsure, Err(SurfaceError::UnknownDepth { certainty: Some(0.74) })));
    registration.second_order = Some(told(0.0025, 0.99));
    let outweighed = depth(&registration, &WaterSettings::default());
    assert!(matches!(outweighed, Err(SurfaceError::MeanLevel)));
    registration.second_order = Some(told(-0.0025, 0.75));
    let told = depth(&registration, &WaterSettings::default()).unwrap();
    assert_eq!((told.pixels, told.from), (40.0, DepthFrom::Clip));
    approx::assert_relative_eq!(told.standard_error.unwrap(), 10.0, max_relative = 1e-12);
    let given = depth(&registration, &deep(55.0)).unwrap();
    assert_eq!((given.pixels, given.from, given.standard_error), (55.0, DepthFrom::Given, None));
}

#[test]
fn what_makes_no_sense_is_refused() {
    let (_, registration) = exact(&WaveSettings::CALM, 1);
    for value in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        for (what, water) in [
            ("depth", WaterSettings { depth: Some(value), scale: None, threads: None }),
            ("scale", WaterSettings { depth: Some(300.0), scale: Some(value), threads: None }),
        ] {
            let refused = Surface::new(&registration, &water).err().unwrap();
            assert!(refused.to_string().contains(what), "{refused}");
            assert!(matches!(refused, SurfaceError::OutOfRange { .. }));
        }
    }
    let none = registered(Vec::new(), None);
    assert!(matches!(Surface::new(&none, &deep(300.0)), Err(SurfaceError::NoFrames)));
}

#[test]
fn what_is_stopped_or_has_no_folder_writes_nothing() {
    let (_, registration) = exact(&WaveSettings::CALM, 1);
    let surface = Surface::new(&registration, &deep(300.0)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let stop = |_: Stage, _: usize, _: Option<usize>| ControlFlow::Break(());
    let stopped = write_surface(&folder.path().join("surface.npz"), &surface, None, &stop);
    assert!(matches!(stopped, Err(SurfaceError::Canceled)));
    assert!(matches!(surface.summary(&stop), Err(SurfaceError::Canceled)));
    let lost = write_surface(&folder.path().join("gone/surface.npz"), &surface, None, &Silent);
    assert!(matches!(lost, Err(SurfaceError::Write(_))));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

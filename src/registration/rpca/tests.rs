use std::ops::ControlFlow;
use std::sync::Mutex;

use super::*;
use manifold::progress::{Silent, Stage};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// Rank 2, and the same with one sample in twenty far off. Gray levels.
fn planted(pixels: usize, frames: usize) -> (Vec<f32>, Vec<f32>) {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let mut row =
        |low: f32, high: f32, n| -> Vec<f32> { (0..n).map(|_| random.random_range(low..high)).collect() };
    let (scene, other) = (row(60.0, 180.0, pixels), row(-40.0, 40.0, pixels));
    let (light, course) = (row(0.9, 1.1, frames), row(-1.0, 1.0, frames));
    let picture = |f: usize| (0..pixels).map(move |p| (f, p));
    let low: Vec<f32> =
        (0..frames).flat_map(picture).map(|(f, p)| scene[p] * light[f] + other[p] * course[f]).collect();
    let (chosen, glint) = (row(0.0, 1.0, low.len()), row(-100.0, 100.0, low.len()));
    let glints = chosen.iter().zip(glint).map(|(&chosen, glint)| if chosen < 0.05 { glint } else { 0.0 });
    let both = low.iter().zip(glints).map(|(low, glint)| low + glint).collect();
    (low, both)
}

fn relative(a: &[f32], b: &[f32]) -> f64 {
    let square = |x: f32| f64::from(x).powi(2);
    let apart: f64 = a.iter().zip(b).map(|(&a, &b)| square(a - b)).sum();
    (apart / b.iter().map(|&b| square(b)).sum::<f64>()).sqrt()
}

#[test]
fn a_planted_rank_is_recovered() {
    // Whole blocks, a last block of one pixel, and fewer pixels than frames.
    for (pixels, frames) in [(2 * BLOCK, 60), (2 * BLOCK + 1, 60), (100, 130)] {
        let (low, mut samples) = planted(pixels, frames);
        assert!(relative(&samples, &low) > 0.05);
        let told = Mutex::new(Vec::new());
        let hear = |_: Stage, done: usize, _: Option<usize>| {
            told.lock().unwrap().push(done);
            ControlFlow::Continue(())
        };
        let outcome = low_rank(&mut samples, pixels, &hear).unwrap();
        assert!(outcome.converged() && outcome.rank == 2, "{outcome:?}");
        assert!((10..45).contains(&outcome.iterations), "{outcome:?}");
        assert_eq!(told.into_inner().unwrap(), (0..outcome.iterations).collect::<Vec<_>>());
        let error = relative(&samples, &low);
        assert!(error < 1e-3, "{pixels} {frames}: {error}");
    }
}

#[test]
fn what_does_not_change_stays() {
    for (pixels, frames, value) in [(300, 12, 131.0), (1, 5, 255.0), (5, 2, 1e-3), (40, 9, 6e4)] {
        let mut samples = vec![value; pixels * frames];
        let outcome = low_rank(&mut samples, pixels, &Silent).unwrap();
        assert!(outcome.converged() && outcome.rank == 1, "{outcome:?}");
        assert!(relative(&samples, &vec![value; pixels * frames]) < 2.0 * RPCA_TOLERANCE);
    }
    let (mut black, mut single) = (vec![0.0; 12], vec![1.0, 0.0, 9.0]);
    let nothing = RpcaOutcome { iterations: 0, rank: 0, residual: 0.0 };
    assert_eq!(low_rank(&mut black, 3, &Silent), Ok(nothing));
    assert_eq!(low_rank(&mut single, 3, &Silent), Ok(RpcaOutcome { rank: 1, ..nothing }));
    assert_eq!((black, single), (vec![0.0; 12], vec![1.0, 0.0, 9.0]));
}

#[test]
fn threads_do_not_change_a_byte() {
    let (_, samples) = planted(40 * BLOCK + 3, 14);
    let run = |threads| {
        let mut samples = samples.clone();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let outcome = pool.install(|| low_rank(&mut samples, 40 * BLOCK + 3, &Silent)).unwrap();
        (outcome, samples.iter().map(|sample| sample.to_bits()).collect::<Vec<_>>())
    };
    let (one, four) = (run(1), run(4));
    assert_eq!(one.0, four.0);
    assert!(one.1 == four.1);
}

#[test]
fn nonsense_is_refused() {
    assert_eq!(low_rank(&mut [], 4, &Silent), Err(RpcaError::Empty));
    assert_eq!(low_rank(&mut [1.0], 0, &Silent), Err(RpcaError::Empty));
    let error = RpcaError::Length { samples: 5, pixels: 2 };
    assert_eq!(low_rank(&mut [1.0; 5], 2, &Silent), Err(error));
    for bad in [f32::NAN, f32::INFINITY] {
        let error = RpcaError::NotFinite { frame: 1, pixel: 2 };
        assert_eq!(low_rank(&mut [1.0, 1.0, 1.0, 1.0, 1.0, bad], 3, &Silent), Err(error));
    }
    let overflow = Mat::from_fn(2, 2, |i, j| if i > j { f64::INFINITY } else { 1.0 });
    assert_eq!(Spectrum::of(&overflow).err(), Some(RpcaError::Decomposition));
}

#[test]
fn a_canceled_split_leaves_the_samples() {
    let (_, samples) = planted(50, 10);
    for last in [0, 3] {
        let mut copy = samples.clone();
        let stop = |_: Stage, done: usize, _: Option<usize>| {
            if done == last { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        assert_eq!(low_rank(&mut copy, 50, &stop), Err(RpcaError::Canceled));
        assert_eq!(copy, samples);
    }
}

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::points::Points;

fn cloud(n: usize, d: usize) -> Points {
    Points::new((0..n * d).map(|i| ((i * i) as f32 * 0.37 + i as f32).sin()).collect(), d).unwrap()
}

fn distances(n: usize, d: usize) -> SquareDistances {
    SquareDistances::from_points(&cloud(n, d))
}

#[test]
fn flat_points_fit_without_stress() {
    let given = distances(60, 2);
    for start in [SmacofStart::Classical, SmacofStart::Random { restarts: 6 }] {
        let model = Smacof::new(2).start(start).tolerance(1e-13).steps(3000).fit(&given, &Silent).unwrap();
        assert!(model.stress1() < 1e-4, "{start:?}: {}", model.stress1());
    }
}

#[test]
fn stress_is_what_a_plain_sum_gives() {
    let given = distances(45, 5);
    let model = Smacof::new(2).fit(&given, &Silent).unwrap();
    assert!(model.converged() && !model.stopped());
    let shepard = model.shepard(&given).unwrap();
    let both = shepard.disparities.iter().zip(&shepard.distances);
    let raw: f64 = both.map(|(a, b)| (a - b).powi(2)).sum();
    assert!((raw - model.raw_stress()).abs() < 1e-9 * raw);
    let squares: f64 = shepard.distances.iter().map(|d| d * d).sum();
    assert!((model.stress1() - (raw / squares).sqrt()).abs() < 1e-9);
    assert_eq!(shepard.dissimilarities, shepard.disparities);
}

#[test]
fn no_step_raises_the_stress() {
    struct Falling(std::sync::Mutex<Vec<f64>>);
    impl Progress for Falling {
        fn advance(&self, _: Stage, _: usize, _: Option<usize>) -> ControlFlow<()> {
            ControlFlow::Continue(())
        }
        fn objective(&self, _: Stage, value: f64) {
            self.0.lock().unwrap().push(value);
        }
    }
    let told = Falling(Default::default());
    Smacof::new(2).start(SmacofStart::Random { restarts: 1 }).fit(&distances(50, 4), &told).unwrap();
    let told = told.0.into_inner().unwrap();
    assert!(told.len() > 5);
    // From the second on: the first is of a start of any size.
    assert!(told[1..].windows(2).all(|w| w[1] <= w[0] + 1e-9), "{told:?}");
}

#[test]
fn only_order_counts_without_metric() {
    // Distances of flat points, bent by a rising function: the order fits without stress.
    let flat = distances(40, 2);
    let bent = SquareDistances::from_fn(40, |i, j| flat.get(i, j).powi(3) + 0.2).unwrap();
    let metric = Smacof::new(2).fit(&bent, &Silent).unwrap();
    let free = Smacof::new(2).metric(false).tolerance(1e-10).fit(&bent, &Silent).unwrap();
    assert!(free.stress1() < 0.02 && metric.stress1() > 0.1, "{} {}", free.stress1(), metric.stress1());
    let shepard = free.shepard(&bent).unwrap();
    assert!(shepard.disparities.windows(2).all(|w| w[0] <= w[1] + 1e-12));
    assert!(shepard.dissimilarities.windows(2).all(|w| w[0] <= w[1]));
    let pairs = 40.0 * 39.0 / 2.0;
    assert!((shepard.disparities.iter().map(|d| d * d).sum::<f64>() - pairs).abs() < 1e-6);
}

#[test]
fn ties_may_become_different() {
    // Only two values: near and far. With the primary treatment any flat clustering fits.
    let two = SquareDistances::from_fn(30, |i, j| if i % 3 == j % 3 { 1.0 } else { 2.0 }).unwrap();
    let model = Smacof::new(2).metric(false).fit(&two, &Silent).unwrap();
    assert!(model.stress1() < 1e-2, "{}", model.stress1());
}

/// Stops at a step.
struct At(usize, AtomicUsize);

impl Progress for At {
    fn advance(&self, _: Stage, done: usize, _: Option<usize>) -> ControlFlow<()> {
        self.1.store(done, Ordering::Relaxed);
        if done >= self.0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

#[test]
fn what_there_is_can_be_kept() {
    let given = distances(50, 5);
    let at = At(3, AtomicUsize::new(0));
    let settings = Smacof::new(2).start(SmacofStart::Random { restarts: 2 });
    assert_eq!(settings.clone().fit(&given, &at), Err(EmbedError::Canceled));
    assert_eq!(at.1.load(Ordering::Relaxed), 3);
    let kept = settings.keep_when_stopped(true).fit(&given, &at).unwrap();
    assert!(kept.stopped() && kept.steps() == 3 && kept.stress1().is_finite());
}

#[test]
fn the_bits_do_not_depend_on_threads() {
    let given = distances(150, 4);
    for metric in [true, false] {
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| Smacof::new(2).metric(metric).steps(30).fit(&given, &Silent).unwrap())
        };
        let one = run(1);
        assert!(run(2) == one && run(3) == one);
    }
}

#[test]
fn nonsense_is_refused() {
    let given = distances(6, 2);
    for dimensions in [0, 7] {
        let refused = Smacof::new(dimensions).fit(&given, &Silent);
        assert_eq!(refused, Err(EmbedError::Dimensions { dimensions, most: 6 }));
    }
    let restarts = Smacof::new(1).start(SmacofStart::Random { restarts: 0 });
    for settings in [restarts, Smacof::new(1).steps(0), Smacof::new(1).tolerance(-1.0)] {
        assert!(matches!(settings.fit(&given, &Silent), Err(EmbedError::Setting { .. })));
    }
    let zeros = SquareDistances::from_fn(4, |_, _| 0.0).unwrap();
    assert_eq!(Smacof::new(1).fit(&zeros, &Silent), Err(EmbedError::Coincide));
    let one = SquareDistances::from_fn(1, |_, _| 0.0).unwrap();
    assert_eq!(Smacof::new(1).fit(&one, &Silent), Err(EmbedError::TooFew { n: 1, needed: 2 }));
    // Some points coincide.
    let pairs = SquareDistances::from_fn(8, |i, j| if i / 2 == j / 2 { 0.0 } else { 1.0 }).unwrap();
    assert!(Smacof::new(2).fit(&pairs, &Silent).unwrap().stress1().is_finite());
}

/// Distances that are not Euclidean: classical scaling has fewer axes than points.
#[test]
fn an_axis_without_a_start_is_used() {
    let given = SquareDistances::from_fn(20, |i, j| 1.0 + ((i * 31 + j * 17) as f64).sin().abs()).unwrap();
    let classical = ClassicalMds::new(20).full_spectrum(true).fit(&given, &Silent).unwrap();
    let axes = classical.eigenvalues().iter().filter(|&&value| value > 1e-9).count();
    assert!(axes < 19);
    for metric in [true, false] {
        let fit = |k: usize| {
            Smacof::new(k).metric(metric).tolerance(1e-12).steps(3000).fit(&given, &Silent).unwrap()
        };
        let wide = fit(axes + 1);
        assert!(
            (0..20).any(|i| wide.embedding().point(i)[axes].abs() > 1e-9),
            "{metric}: the last axis is 0"
        );
        assert!(wide.stress1() <= fit(axes).stress1() * (1.0 + 1e-6) + 1e-6, "{metric}");
    }
    // Where the plane meets all distances, space adds nothing.
    let model = Smacof::new(3).fit(&distances(30, 2), &Silent).unwrap();
    assert!((0..30).all(|i| model.embedding().point(i)[2].abs() < 1e-6));
}

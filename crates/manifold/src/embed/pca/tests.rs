use super::*;
use crate::embed::Transform;
use crate::progress::Silent;

fn cloud(n: usize, d: usize) -> Points {
    let value = |at: usize| {
        let (i, j) = (at / d, at % d);
        ((i * i + 1) as f64 * 0.7 * (j + 1) as f64).sin() / (1.0 + j as f64) + 3.0
    };
    Points::new((0..n * d).map(|at| value(at) as f32).collect(), d).unwrap()
}

const RANDOMIZED: PcaSolver = PcaSolver::Randomized { oversampling: 8, power_iterations: 12 };

#[test]
fn solvers_agree() {
    for (n, d, k) in [(2, 1, 1), (50, 8, 3), (8, 50, 5), (30, 30, 4), (700, 20, 2)] {
        let points = cloud(n, d);
        let fit = |solver| Pca::new(k).solver(solver).fit(&points, &Silent).unwrap();
        let wanted = fit(PcaSolver::Svd);
        for solver in [PcaSolver::Auto, PcaSolver::Eigen, RANDOMIZED] {
            let found = fit(solver);
            for (a, b) in found.explained_variance().iter().zip(wanted.explained_variance()) {
                assert!((a - b).abs() < 1e-9, "{solver:?} {n} x {d}: {a} {b}");
            }
            for (a, b) in found.embedding().coordinates().iter().zip(wanted.embedding().coordinates()) {
                assert!((a - b).abs() < 1e-6, "{solver:?} {n} x {d}: {a} {b}");
            }
        }
    }
}

#[test]
fn all_components_rebuild_the_points() {
    for whiten in [false, true] {
        let points = cloud(40, 6);
        let model = Pca::new(6).whiten(whiten).fit(&points, &Silent).unwrap();
        let back = model.inverse_transform(model.embedding()).unwrap();
        for (a, b) in back.values().iter().zip(points.values()) {
            assert!((a - b).abs() < 1e-5);
        }
        assert!((model.explained_variance_ratio().iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(model.reconstruction_error(&points, &Silent).unwrap() < 1e-5);
    }
}

#[test]
fn whitened_scores_have_variance_one_or_zero() {
    // The third column repeats the first: one direction has no energy.
    let values = (0..60).flat_map(|i| {
        let (a, b) = ((i as f32).sin(), (i as f32 * 0.3).cos());
        [a, b, a]
    });
    let points = Points::new(values.collect(), 3).unwrap();
    let model = Pca::new(3).whiten(true).solver(PcaSolver::Svd).fit(&points, &Silent).unwrap();
    for axis in 0..3 {
        let squares: f64 = (0..60).map(|i| model.embedding().point(i)[axis].powi(2)).sum();
        let wanted = if axis < 2 { 59.0 } else { 0.0 };
        assert!((squares - wanted).abs() < 1e-6, "{axis}: {squares}");
    }
}

#[test]
fn the_bits_do_not_depend_on_threads() {
    // Large enough for 32 bits.
    let points = cloud(5000, 300);
    for solver in [PcaSolver::Auto, PcaSolver::Randomized { oversampling: 5, power_iterations: 2 }] {
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| Pca::new(4).solver(solver).fit(&points, &Silent).unwrap())
        };
        let one = run(1);
        assert!(run(2) == one && run(3) == one);
    }
}

#[test]
fn nonsense_is_refused() {
    let points = cloud(5, 3);
    for dimensions in [0, 4] {
        let refused = Pca::new(dimensions).fit(&points, &Silent);
        assert_eq!(refused, Err(EmbedError::Dimensions { dimensions, most: 3 }));
    }
    let one = cloud(1, 3);
    assert_eq!(Pca::new(1).fit(&one, &Silent), Err(EmbedError::TooFew { n: 1, needed: 2 }));
    let same = Points::new(vec![1.5; 12], 3).unwrap();
    assert_eq!(Pca::new(1).fit(&same, &Silent), Err(EmbedError::Coincide));
    let model = Pca::new(2).fit(&points, &Silent).unwrap();
    let wanted = EmbedError::NewPoints { given: 2, wanted: 3 };
    assert_eq!(model.transform(&cloud(4, 2), &Silent), Err(wanted));
}

#[test]
fn constant_columns_and_duplicate_rows_do_no_harm() {
    let values = (0..20).flat_map(|i| [(i / 2) as f32, 7.25, ((i / 2) as f32).sin()]);
    let points = Points::new(values.collect(), 3).unwrap();
    let model = Pca::new(3).fit(&points, &Silent).unwrap();
    assert!(model.explained_variance()[2].abs() < 1e-12);
    assert!(model.component(0)[1].abs() < 1e-12);
    assert_eq!(model.embedding().point(4), model.embedding().point(5));
}

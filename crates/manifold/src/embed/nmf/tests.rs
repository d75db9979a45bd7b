use super::*;
use crate::embed::Transform;
use crate::progress::Silent;

/// Three parts in a table of twelve columns.
fn sample(n: usize) -> Points {
    let part = |t: usize, j: usize| if j / 4 == t { 1.0 + (j % 4) as f32 } else { 0.0 };
    let weight = |i: usize, t: usize| (((i * 7 + t * 13) as f32).sin() - 0.2).max(0.0);
    let value = |i: usize, j: usize| (0..3).map(|t| weight(i, t) * part(t, j)).sum::<f32>();
    Points::new((0..n * 12).map(|at| value(at / 12, at % 12)).collect(), 12).unwrap()
}

#[test]
fn parts_are_found_from_every_start_and_by_both_solvers() {
    let points = sample(600);
    for start in [NmfStart::Nndsvd, NmfStart::Nndsvda, NmfStart::Random] {
        for solver in [NmfSolver::CoordinateDescent, NmfSolver::Multiplicative] {
            if (start, solver) == (NmfStart::Nndsvd, NmfSolver::Multiplicative) {
                continue; // Zeros of this start stay.
            }
            let settings = Nmf::new(3).start(start).solver(solver).tolerance(1e-7).steps(5000);
            let model = settings.fit(&points, &Silent).unwrap();
            let error = model.relative_error();
            assert!(error < 5e-3, "{start:?} {solver:?}: {error} after {}", model.steps());
            assert!(model.components().iter().all(|&x| x >= 0.0));
            assert!(model.embedding().coordinates().iter().all(|&x| x >= 0.0));
            for t in 0..3 {
                // Each part lives in one block of four columns.
                let part = model.component(t);
                let most = part.chunks(4).map(|c| c.iter().sum::<f32>()).fold(0.0, f32::max);
                assert!(most > 0.98 * part.iter().sum::<f32>());
            }
        }
    }
}

#[test]
fn fitted_points_transform_to_their_weights() {
    let points = sample(300);
    let model = Nmf::new(3).tolerance(1e-6).fit(&points, &Silent).unwrap();
    let again = model.transform(&points, &Silent).unwrap();
    for (a, b) in again.coordinates().iter().zip(model.embedding().coordinates()) {
        assert!((a - b).abs() < 1e-2, "{a} {b}");
    }
}

#[test]
fn the_bits_do_not_depend_on_threads() {
    let points = sample(900);
    for solver in [NmfSolver::CoordinateDescent, NmfSolver::Multiplicative] {
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| Nmf::new(2).solver(solver).steps(20).fit(&points, &Silent).unwrap())
        };
        let one = run(1);
        assert!(run(2) == one && run(3) == one);
    }
}

#[test]
fn nonsense_is_refused() {
    let mut values = vec![1.0f32; 12];
    values[7] = -0.5;
    let negative = Points::new(values, 3).unwrap();
    let wanted = EmbedError::Negative { row: 2, column: 1, value: -0.5 };
    assert_eq!(wanted.to_string(), "row 2, column 1 is -0.5: no value may be negative");
    assert_eq!(Nmf::new(1).fit(&negative, &Silent), Err(wanted.clone()));
    let points = Points::new((0..12).map(|i| i as f32).collect(), 3).unwrap();
    for dimensions in [0, 4] {
        let refused = Nmf::new(dimensions).fit(&points, &Silent);
        assert_eq!(refused, Err(EmbedError::Dimensions { dimensions, most: 3 }));
    }
    assert!(Nmf::new(4).start(NmfStart::Random).fit(&points, &Silent).is_ok());
    for settings in [Nmf::new(1).tolerance(f64::NAN), Nmf::new(1).steps(0)] {
        assert!(matches!(settings.fit(&points, &Silent), Err(EmbedError::Setting { .. })));
    }
    let model = Nmf::new(1).fit(&points, &Silent).unwrap();
    assert_eq!(model.transform(&negative, &Silent), Err(wanted));
    let narrow = Points::new(vec![1.0; 4], 2).unwrap();
    assert_eq!(model.transform(&narrow, &Silent), Err(EmbedError::NewPoints { given: 2, wanted: 3 }));
}

#[test]
fn a_table_of_zeros_has_no_error() {
    let zeros = Points::new(vec![0.0; 12], 3).unwrap();
    for start in [NmfStart::Nndsvda, NmfStart::Random] {
        let model = Nmf::new(2).start(start).fit(&zeros, &Silent).unwrap();
        assert_eq!((model.reconstruction_error(), model.relative_error()), (0.0, 0.0));
    }
}

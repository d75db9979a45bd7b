//! Isomap, Laplacian eigenmaps and locally linear embedding against scikit-learn (fixtures by
//! `fixtures/embed/make_manifold.py`) and against what is known on paper.

use std::num::NonZeroUsize;

use manifold::embed::spectrum::Solver;
use manifold::embed::{
    EmbedError, Embedding, Fit, Isomap, Landmarks, Laplacian, LaplacianEigenmaps, Lle, LleForm,
    SquareDistances, Transform, Weights, similarity,
};
use manifold::graph::{Disconnected, Neighbors, WeightedGraph};
use manifold::points::Points;
use manifold::progress::Silent;
use serde_json::Value;

struct Fixture {
    points: Points,
    k: usize,
    results: Value,
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

fn fixture(name: &str) -> Fixture {
    let all: Value = serde_json::from_str(include_str!("../fixtures/embed/manifold.json")).unwrap();
    let data = &all[name];
    let values = numbers(&data["points"]).iter().map(|&x| x as f32).collect();
    let points = Points::new(values, data["dimensions"].as_u64().unwrap() as usize).unwrap();
    Fixture { points, k: data["k"].as_u64().unwrap() as usize, results: data.clone() }
}

fn k(k: usize) -> NonZeroUsize {
    NonZeroUsize::new(k).unwrap()
}

/// The same up to the sign of each axis, relative to the largest coordinate.
fn same_axes(found: &Embedding, wanted: &[f64], tolerance: f64) {
    let dimensions = found.dimensions();
    assert_eq!(found.coordinates().len(), wanted.len());
    for axis in 0..dimensions {
        let column = |all: &[f64]| all.iter().copied().skip(axis).step_by(dimensions).collect::<Vec<f64>>();
        let (found, wanted) = (column(found.coordinates()), column(wanted));
        let size = wanted.iter().fold(0.0, |a: f64, b| a.max(b.abs()));
        let sign = found.iter().zip(&wanted).map(|(a, b)| a * b).sum::<f64>().signum();
        for (a, b) in found.iter().zip(&wanted) {
            assert!((sign * a - b).abs() < tolerance * size, "axis {axis}: {a} is not {b} ({size})");
        }
    }
}

fn near(found: &[f64], wanted: &[f64], relative: f64) {
    for (a, b) in found.iter().zip(wanted) {
        assert!((a - b).abs() <= relative * b.abs(), "{a} is not {b}");
    }
}

/// A swiss roll of evenly spread points (Roberts' R2 sequence).
fn roll(n: usize) -> Points {
    let point = |i: usize| {
        let (u, v) = ((0.5 + 0.754_877_666_2 * i as f64).fract(), (0.5 + 0.569_840_291 * i as f64).fract());
        let t = 1.5 * std::f64::consts::PI * (1.0 + 2.0 * u);
        [(t * t.cos()) as f32, (21.0 * v) as f32, (t * t.sin()) as f32]
    };
    Points::new((0..n).flat_map(point).collect(), 3).unwrap()
}

/// A grid of `side` x `side` points, 1 apart.
fn grid(side: usize) -> Points {
    let values = (0..side * side).flat_map(|i| [(i / side) as f32, (i % side) as f32]).collect();
    Points::new(values, 2).unwrap()
}

#[test]
fn isomap_is_that_of_scikit_learn() {
    for name in ["roll", "digits"] {
        let Fixture { points, k: neighbors, results } = fixture(name);
        let rule = Neighbors::Nearest(k(neighbors));
        let model = Isomap::new(2).neighbors(rule).fit(&points, &Silent).unwrap();
        near(model.eigenvalues(), &numbers(&results["isomap"]["eigenvalues"]), 1e-5);
        same_axes(model.embedding(), &numbers(&results["isomap"]["embedding"]), 1e-4);
        assert_eq!((model.components(), model.kept().len()), (1, points.n()));
        let moved = points.values()[..5 * points.dimensions()].iter().map(|x| x + 0.05).collect();
        let new = model.transform(&Points::new(moved, points.dimensions()).unwrap(), &Silent).unwrap();
        same_axes(&new, &numbers(&results["isomap"]["new"]), 1e-3);
    }
}

#[test]
fn isomap_unrolls_and_places_new_points() {
    let points = roll(1200);
    let model = Isomap::new(2).neighbors(Neighbors::Nearest(k(10))).fit(&points, &Silent).unwrap();
    assert!(model.residual_variance() < 2e-3, "{}", model.residual_variance());
    // Old points are placed where they were.
    let back = model.transform(&points, &Silent).unwrap();
    for (a, b) in back.coordinates().iter().zip(model.embedding().coordinates()) {
        assert!((a - b).abs() < 1e-3, "{a} is not {b}");
    }
    let wrong = Points::new(vec![0.0; 4], 2).unwrap();
    assert_eq!(model.transform(&wrong, &Silent), Err(EmbedError::NewPoints { given: 2, wanted: 3 }));
    let stored = serde_json::to_string(&model).unwrap();
    let read: manifold::embed::IsomapModel = serde_json::from_str(&stored).unwrap();
    assert_eq!(read.kept(), model.kept());
}

#[test]
fn landmarks_come_near_the_whole() {
    let points = roll(1200);
    let settings = Isomap::new(2).neighbors(Neighbors::Nearest(k(10)));
    let whole = settings.fit(&points, &Silent).unwrap();
    for choice in [Landmarks::Random, Landmarks::MaxMin] {
        let few = settings.clone().landmarks(Some(60)).choice(choice).fit(&points, &Silent).unwrap();
        let chosen = few.landmarks().unwrap();
        let mut distinct = chosen.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!((chosen.len(), distinct.len()), (60, 60));
        let size = whole.embedding().coordinates().iter().fold(0.0, |a: f64, b| a.max(b.abs()));
        let fit = similarity(few.embedding().coordinates(), whole.embedding().coordinates(), 2).unwrap();
        assert!(fit.rms < 0.04 * size, "{choice:?}: {} of {size}", fit.rms);
        assert!(few.residual_variance() < 5e-3, "{choice:?}: {}", few.residual_variance());
        let back = few.transform(&points, &Silent).unwrap();
        for (a, b) in back.coordinates().iter().zip(few.embedding().coordinates()) {
            assert!((a - b).abs() < 1e-3 * size, "{a} is not {b}");
        }
    }
    let all = settings.clone().landmarks(Some(1200)).fit(&points, &Silent).unwrap();
    assert_eq!(all.embedding(), whole.embedding());
}

#[test]
fn a_line_of_any_shape_is_its_length() {
    // A spiral: distances along it are all that matters.
    let n = 300;
    let spiral: Vec<f32> = (0..n)
        .flat_map(|i| {
            let t = 1.0 + i as f32 * 0.02;
            [t * t.cos(), t * t.sin(), 0.0]
        })
        .collect();
    let points = Points::new(spiral, 3).unwrap();
    let model = Isomap::new(1).neighbors(Neighbors::Nearest(k(2))).fit(&points, &Silent).unwrap();
    assert!(model.residual_variance() < 1e-6);
    let mut length = 0.0;
    for i in 1..n {
        length += points.squared_distance(i - 1, i).sqrt();
    }
    let ends = model.embedding().point(0)[0] - model.embedding().point(n - 1)[0];
    assert!((ends.abs() - length).abs() < 0.01 * length);
}

#[test]
fn isomap_of_graphs_and_distances_is_that_of_points() {
    let points = grid(8);
    let rule = Neighbors::Within(1.5);
    let by_points = Isomap::new(2).neighbors(rule).fit(&points, &Silent).unwrap();
    let distances = SquareDistances::from_fn(64, |i, j| points.squared_distance(i, j).sqrt()).unwrap();
    let by_distances = Isomap::new(2).neighbors(rule).fit(&distances, &Silent).unwrap();
    let graph = WeightedGraph::of_points(&points, rule, &Silent).unwrap();
    let by_graph = Isomap::new(2).fit(&graph, &Silent).unwrap();
    assert_eq!(by_points.embedding(), by_distances.embedding());
    assert_eq!(by_points.embedding(), by_graph.embedding());
    assert_eq!(by_graph.transform(&points, &Silent), Err(EmbedError::NotOnPoints));
}

#[test]
fn spectral_embedding_is_that_of_scikit_learn() {
    for name in ["roll", "digits"] {
        let Fixture { points, k: neighbors, results } = fixture(name);
        // Its neighbors count the point itself, its weights are the mean of both directions.
        let settings = LaplacianEigenmaps::new(2)
            .neighbors(Neighbors::Nearest(k(neighbors - 1)))
            .one_sided(0.5)
            .spectrum(6);
        for solver in [Solver::Factors, Solver::Products] {
            let model = settings.clone().solver(solver).fit(&points, &Silent).unwrap();
            assert_eq!(model.solver(), solver);
            let wanted = numbers(&results["spectral"]["eigenvalues"]);
            assert!(model.eigenvalues()[0].abs() < 1e-12);
            near(&model.eigenvalues()[1..6], &wanted[1..], 1e-6);
            assert!(model.residuals().iter().all(|&residual| residual < 1e-7));
            let wanted = numbers(&results["spectral"]["embedding"]);
            same_axes(&normed(model.embedding()), &normed_values(&wanted), 1e-4);
        }
    }
}

/// Each axis to length 1: scikit-learn's scale is its own.
fn normed_values(values: &[f64]) -> Vec<f64> {
    let length = |axis: usize| values.iter().skip(axis).step_by(2).map(|x| x * x).sum::<f64>().sqrt();
    let lengths = [length(0), length(1)];
    values.iter().enumerate().map(|(at, x)| x / lengths[at % 2]).collect()
}

fn normed(embedding: &Embedding) -> Embedding {
    let values = serde_json::json!({
        "dimensions": 2, "coordinates": normed_values(embedding.coordinates())
    });
    serde_json::from_value(values).unwrap()
}

#[test]
fn paths_and_cycles_have_the_eigenvalues_known_on_paper() {
    let pi = std::f64::consts::PI;
    for n in [2usize, 3, 50, 400] {
        let line = Points::new((0..n).map(|i| i as f32).collect(), 1).unwrap();
        let model = LaplacianEigenmaps::new(1)
            .neighbors(Neighbors::Within(1.0))
            .laplacian(Laplacian::Unnormalized)
            .spectrum(4)
            .fit(&line, &Silent)
            .unwrap();
        for (i, value) in model.eigenvalues().iter().enumerate() {
            let wanted = 2.0 - 2.0 * (pi * i as f64 / n as f64).cos();
            assert!((value - wanted).abs() < 1e-9, "path of {n}, {i}: {value} is not {wanted}");
        }
        // cos(π (i + 1/2) / n), up to its size.
        let wanted: Vec<f64> = (0..n).map(|i| (pi * (i as f64 + 0.5) / n as f64).cos()).collect();
        let size = (n as f64 / 2.0).sqrt();
        let sign = model.embedding().coordinates()[0].signum() * wanted[0].signum();
        for (a, b) in model.embedding().coordinates().iter().zip(&wanted) {
            assert!((sign * a * size - b).abs() < 1e-6, "path of {n}: {a}");
        }
    }
    let n = 240usize;
    let circle = |i: usize| 2.0 * pi * i as f64 / n as f64;
    let values = (0..n).flat_map(|i| [circle(i).cos() as f32, circle(i).sin() as f32]).collect();
    let points = Points::new(values, 2).unwrap();
    for (laplacian, factor) in
        [(Laplacian::Unnormalized, 2.0), (Laplacian::RandomWalk, 1.0), (Laplacian::Symmetric, 1.0)]
    {
        let model = LaplacianEigenmaps::new(2)
            .neighbors(Neighbors::Within(0.03))
            .laplacian(laplacian)
            .spectrum(5)
            .fit(&points, &Silent)
            .unwrap();
        for (i, value) in model.eigenvalues().iter().enumerate() {
            let wanted = factor * (1.0 - circle(i.div_ceil(2)).cos());
            assert!((value - wanted).abs() < 1e-8, "cycle, {i}: {value} is not {wanted}");
        }
        // Both axes together are the circle again.
        let fit = similarity(model.embedding().coordinates(), &as_f64(&points), 2).unwrap();
        assert!(fit.rms < 1e-4, "{laplacian:?}: {}", fit.rms);
    }
}

fn as_f64(points: &Points) -> Vec<f64> {
    points.values().iter().map(|&x| f64::from(x)).collect()
}

#[test]
fn heat_kernels_weigh_by_distance_and_place_new_points() {
    let points = roll(1200);
    for laplacian in [Laplacian::Unnormalized, Laplacian::RandomWalk, Laplacian::Symmetric] {
        let settings = LaplacianEigenmaps::new(2)
            .laplacian(laplacian)
            .weights(Weights::HeatKernel { sigma: None })
            .neighbors(Neighbors::Nearest(k(10)));
        let model = settings.fit(&points, &Silent).unwrap();
        let sigma = model.sigma().unwrap();
        let lengths = WeightedGraph::of_points(&points, Neighbors::Nearest(k(10)), &Silent).unwrap();
        let below = lengths.lengths().iter().filter(|&&length| f64::from(length) < sigma).count();
        assert!(below.abs_diff(lengths.edges()) <= 2, "{below} of {}", 2 * lengths.edges());
        // Old points, seen as new ones, land near where they were.
        let back = model.transform(&points, &Silent).unwrap();
        let fit = similarity(back.coordinates(), model.embedding().coordinates(), 2).unwrap();
        let size = model.embedding().coordinates().iter().map(|x| x * x).sum::<f64>() / 1200.0;
        assert!(fit.rms < 0.12 * size.sqrt(), "{laplacian:?}: {} of {}", fit.rms, size.sqrt());
    }
    let vanishing = LaplacianEigenmaps::new(2).weights(Weights::HeatKernel { sigma: Some(1e-3) });
    assert!(matches!(vanishing.fit(&points, &Silent), Err(EmbedError::Setting { setting: "sigma", .. })));
}

#[test]
fn locally_linear_embedding_is_that_of_scikit_learn() {
    for name in ["roll", "digits"] {
        let Fixture { points, k: neighbors, results } = fixture(name);
        for (form, key) in [(LleForm::Standard, "standard"), (LleForm::Modified, "modified")] {
            for solver in [Solver::Factors, Solver::Products] {
                let settings = Lle::new(2).neighbors(k(neighbors)).form(form).solver(solver);
                let model = settings.fit(&points, &Silent).unwrap();
                let wanted = results[key]["error"].as_f64().unwrap();
                near(&[model.reconstruction_error()], &[wanted], 1e-3);
                same_axes(model.embedding(), &numbers(&results[key]["embedding"]), 1e-3);
                assert!(model.eigenvalues()[0].abs() < 1e-9);
            }
        }
        let model = Lle::new(2).neighbors(k(neighbors)).fit(&points, &Silent).unwrap();
        let moved = points.values()[..5 * points.dimensions()].iter().map(|x| x + 0.05).collect();
        let new = model.transform(&Points::new(moved, points.dimensions()).unwrap(), &Silent).unwrap();
        // The axes' signs are fixed by all points, so compare with the same points' own places.
        let wanted = numbers(&results["standard"]["new"]);
        let all = numbers(&results["standard"]["embedding"]);
        for axis in 0..2 {
            let sign =
                (0..points.n()).map(|i| all[2 * i + axis] * model.embedding().point(i)[axis]).sum::<f64>();
            for i in 0..5 {
                let (a, b) = (sign.signum() * new.point(i)[axis], wanted[2 * i + axis]);
                assert!((a - b).abs() < 2e-3, "{name} {i}: {a} is not {b}");
            }
        }
    }
}

#[test]
fn the_bits_do_not_depend_on_the_threads() {
    let points = fixture("roll").points;
    let fit = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let isomap = Isomap::new(2).fit(&points, &Silent).unwrap();
            let landmarks = Isomap::new(2).landmarks(Some(50)).fit(&points, &Silent).unwrap();
            let laplacian = LaplacianEigenmaps::new(2).fit(&points, &Silent).unwrap();
            let products = LaplacianEigenmaps::new(2).solver(Solver::Products).fit(&points, &Silent).unwrap();
            let lle = Lle::new(2).fit(&points, &Silent).unwrap();
            let modified = Lle::new(2).form(LleForm::Modified).fit(&points, &Silent).unwrap();
            (isomap, landmarks, laplacian, products, lle, modified)
        })
    };
    let one = fit(1);
    for threads in [2, 3] {
        assert!(fit(threads) == one, "{threads} threads");
    }
}

#[test]
fn pieces_are_refused_joined_or_dropped() {
    let mut values: Vec<f32> = grid(6).values().to_vec();
    values.extend(grid(4).values().iter().map(|x| x + 40.0));
    let points = Points::new(values, 2).unwrap();
    let rule = Neighbors::Nearest(k(5));
    let apart = EmbedError::Disconnected { components: 2, largest: 36 };
    assert_eq!(Isomap::new(2).neighbors(rule).fit(&points, &Silent), Err(apart.clone()));
    assert_eq!(LaplacianEigenmaps::new(2).neighbors(rule).fit(&points, &Silent), Err(apart.clone()));
    assert_eq!(Lle::new(2).neighbors(k(5)).fit(&points, &Silent), Err(apart));
    for (how, kept) in [(Disconnected::Join, 52), (Disconnected::Largest, 36)] {
        let isomap = Isomap::new(2).neighbors(rule).disconnected(how).fit(&points, &Silent).unwrap();
        let laplacian =
            LaplacianEigenmaps::new(2).neighbors(rule).disconnected(how).fit(&points, &Silent).unwrap();
        assert_eq!((isomap.kept().len(), isomap.embedding().n(), isomap.components()), (kept, kept, 2));
        assert_eq!((laplacian.kept().len(), laplacian.embedding().n()), (kept, kept));
    }
}

#[test]
fn edge_cases_are_one_clear_error_or_an_answer() {
    let one = Points::new(vec![1.0, 2.0], 2).unwrap();
    let line = Points::new((0..30).map(|i| i as f32).collect(), 1).unwrap();
    let same = Points::new(vec![3.0; 60], 2).unwrap();
    let constant = Points::new((0..30).flat_map(|i| [i as f32, 7.0]).collect(), 2).unwrap();
    for points in [&one, &grid(3)] {
        assert!(matches!(Isomap::new(1).fit(points, &Silent), Err(EmbedError::Knn(_))));
        assert!(matches!(LaplacianEigenmaps::new(1).fit(points, &Silent), Err(EmbedError::Knn(_))));
        assert!(Lle::new(1).fit(points, &Silent).is_err());
    }
    assert_eq!(Isomap::new(1).fit(&same, &Silent), Err(EmbedError::Coincide));
    for dimensions in [0, 30] {
        let refused = EmbedError::Dimensions { dimensions, most: 29 };
        assert_eq!(Isomap::new(dimensions).fit(&line, &Silent), Err(refused.clone()));
        assert_eq!(LaplacianEigenmaps::new(dimensions).fit(&line, &Silent), Err(refused.clone()));
        assert_eq!(Lle::new(dimensions).fit(&line, &Silent), Err(refused));
    }
    for points in [&line, &constant] {
        let model = Isomap::new(1).fit(points, &Silent).unwrap();
        let ends = model.embedding().point(29)[0] - model.embedding().point(0)[0];
        assert!((ends.abs() - 29.0).abs() < 1e-3);
        assert!(LaplacianEigenmaps::new(1).fit(points, &Silent).is_ok());
        assert!(Lle::new(1).fit(points, &Silent).is_ok());
    }
    let refused = LaplacianEigenmaps::new(1).one_sided(0.0).fit(&line, &Silent);
    assert!(matches!(refused, Err(EmbedError::Setting { setting: "one_sided", .. })));
    let refused = Lle::new(1).regularization(0.0).fit(&line, &Silent);
    assert!(matches!(refused, Err(EmbedError::Setting { setting: "regularization", .. })));
    let refused = Lle::new(2).neighbors(k(2)).form(LleForm::Modified).fit(&grid(5), &Silent);
    assert!(matches!(refused, Err(EmbedError::Setting { setting: "neighbors", .. })));
}

//! The linear methods and scaling against scikit-learn: `fixtures/embed/make_linear.py` stored its answers.

use manifold::embed::{
    ClassicalMds, Contrast, FactorAnalysis, FastIca, Fit, Kernel, KernelPca, Nmf, NmfSolver, Pca, PcaSolver,
    Smacof, SquareDistances, Transform,
};
use manifold::points::Points;
use manifold::progress::Silent;
use serde_json::Value;

fn fixture() -> Value {
    serde_json::from_str(include_str!("../fixtures/embed/linear.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn table(fixture: &Value, name: &str) -> Points {
    let table = &fixture["tables"][name];
    let columns = table["columns"].as_u64().unwrap() as usize;
    Points::new(numbers(&table["values"]).iter().map(|&x| x as f32).collect(), columns).unwrap()
}

fn rows(points: &Points, range: std::ops::Range<usize>) -> Points {
    let d = points.dimensions();
    Points::new(points.values()[range.start * d..range.end * d].to_vec(), d).unwrap()
}

#[track_caller]
fn near(found: &[f64], wanted: &[f64], within: f64) {
    assert_eq!(found.len(), wanted.len());
    for (i, (a, b)) in found.iter().zip(wanted).enumerate() {
        assert!((a - b).abs() < within, "{i}: {a}, wanted {b}");
    }
}

/// Columns of `k` in which both may differ by sign.
#[track_caller]
fn near_but_for_signs(found: &[f64], wanted: &[f64], k: usize, within: f64) {
    let column = |values: &[f64], j: usize| values.iter().skip(j).step_by(k).copied().collect::<Vec<_>>();
    for j in 0..k {
        let (found, mut wanted) = (column(found, j), column(wanted, j));
        if found.iter().zip(&wanted).map(|(a, b)| a * b).sum::<f64>() < 0.0 {
            wanted.iter_mut().for_each(|x| *x = -*x);
        }
        near(&found, &wanted, within);
    }
}

#[test]
fn pca() {
    let fixture = fixture();
    for (name, k) in [("iris", 3), ("digits", 8)] {
        let (points, wanted) = (table(&fixture, name), &fixture["pca"][name]);
        let head = rows(&points, 0..10);
        for solver in [PcaSolver::Auto, PcaSolver::Eigen, PcaSolver::Svd] {
            let model = Pca::new(k).solver(solver).fit(&points, &Silent).unwrap();
            near(model.explained_variance(), &numbers(&wanted["variance"]), 1e-7);
            near(&model.explained_variance_ratio(), &numbers(&wanted["ratio"]), 1e-8);
            near(model.singular_values(), &numbers(&wanted["singular"]), 1e-7);
            assert!((model.noise_variance() - number(&wanted["noise"])).abs() < 1e-8);
            let scores = model.transform(&head, &Silent).unwrap();
            near_but_for_signs(scores.coordinates(), &numbers(&wanted["scores"]), k, 1e-6);
            let white = Pca::new(k).solver(solver).whiten(true).fit(&points, &Silent).unwrap();
            let scores = white.transform(&head, &Silent).unwrap();
            near_but_for_signs(scores.coordinates(), &numbers(&wanted["white"]), k, 1e-5);
        }
    }
}

#[test]
fn kernel_pca() {
    let fixture = fixture();
    let digits = table(&fixture, "digits");
    let (old, new) = (rows(&digits, 0..120), rows(&digits, 120..150));
    for (name, kernel) in [
        ("linear", Kernel::Linear),
        ("polynomial", Kernel::Polynomial { degree: 3, gamma: None, offset: 1.0 }),
        ("rbf", Kernel::Rbf { gamma: None }),
        ("rbf_0.05", Kernel::Rbf { gamma: Some(0.05) }),
    ] {
        let wanted = &fixture["kernel_pca"][name];
        let model = KernelPca::new(3).kernel(kernel).fit(&old, &Silent).unwrap();
        near(model.eigenvalues(), &numbers(&wanted["eigenvalues"]), 1e-6);
        let placed = model.transform(&new, &Silent).unwrap();
        near_but_for_signs(placed.coordinates(), &numbers(&wanted["new"]), 3, 1e-6);
    }
}

#[test]
fn factor_analysis() {
    let fixture = fixture();
    for (name, k) in [("iris", 2), ("digits", 4)] {
        let (points, wanted) = (table(&fixture, name), &fixture["factor"][name]);
        let model = FactorAnalysis::new(k).first_noise(Some(1.0)).fit(&points, &Silent).unwrap();
        let path = numbers(&wanted["log_likelihood"]);
        let steps = path.len().min(model.log_likelihood().len()).min(10);
        // Constant columns are at the floor of their noise, where each rounds in its own way.
        near(&model.log_likelihood()[..steps], &path[..steps], 1e-6 * path[0].abs());
        let reached = model.log_likelihood().last().unwrap();
        assert!(*reached > path.last().unwrap() - 0.02, "{name}: {reached}");
        near(model.noise_variance(), &numbers(&wanted["noise"]), 1e-4);
        let scores = model.transform(&rows(&points, 0..10), &Silent).unwrap();
        near_but_for_signs(scores.coordinates(), &numbers(&wanted["scores"]), k, 2e-2);
    }
}

#[test]
fn fast_ica() {
    let fixture = fixture();
    let mixed = table(&fixture, "mixed");
    for (name, contrast) in [("logcosh", Contrast::LogCosh), ("exp", Contrast::Exp), ("cube", Contrast::Cube)]
    {
        let model = FastIca::new(3).contrast(contrast).tolerance(1e-12).fit(&mixed, &Silent).unwrap();
        assert!(model.converged());
        near(model.mixing(), &numbers(&fixture["ica"][name]["mixing"]), 1e-4);
    }
}

#[test]
fn nmf() {
    let fixture = fixture();
    let digits = table(&fixture, "digits");
    for (name, solver) in [("cd", NmfSolver::CoordinateDescent), ("mu", NmfSolver::Multiplicative)] {
        let model = Nmf::new(5).solver(solver).tolerance(1e-5).steps(4000).fit(&digits, &Silent).unwrap();
        let wanted = number(&fixture["nmf"][name]["error"]);
        let found = model.reconstruction_error();
        assert!(found < 1.001 * wanted, "{name}: {found}, wanted {wanted}");
    }
}

#[test]
fn classical_scaling() {
    let fixture = fixture();
    let iris = table(&fixture, "iris");
    let model = ClassicalMds::new(3).fit(&SquareDistances::from_points(&iris), &Silent).unwrap();
    let wanted = &fixture["classical"];
    near(&model.eigenvalues()[..3], &numbers(&wanted["eigenvalues"])[..3], 1e-6);
    let places = &model.embedding().coordinates()[..30];
    near_but_for_signs(places, &numbers(&wanted["places"]), 3, 1e-5);
}

#[test]
fn smacof() {
    let fixture = fixture();
    let distances = SquareDistances::from_points(&table(&fixture, "digits"));
    for (name, metric) in [("metric", true), ("order", false)] {
        let settings = Smacof::new(2).metric(metric).tolerance(1e-9).steps(3000);
        let model = settings.fit(&distances, &Silent).unwrap();
        let wanted = number(&fixture["smacof"][name]["stress1"]);
        assert!(model.stress1() < 1.001 * wanted, "{name}: {}, wanted {wanted}", model.stress1());
    }
}

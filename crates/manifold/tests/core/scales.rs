//! Units do not matter: every method embeds scaled data as it does the data themselves, or refuses them by name.

use std::num::NonZeroUsize;

use manifold::embed::Transform;
use manifold::embed::{
    ClassicalMds, Contrast, EmbedError, Embedding, FactorAnalysis, FastIca, Fit, FlowEmbedding, Isomap,
    Kernel, KernelPca, Laplacian, LaplacianEigenmaps, Lle, LleForm, Nmf, NmfSolver, Pca, PcaSolver, Smacof,
    SmacofStart, SquareDistances, Tsne, Weights,
};
use manifold::graph::Neighbors;
use manifold::points::{Points, PointsError};
use manifold::progress::Silent;

const N: usize = 90;
const D: usize = 5;

/// Columns of different widths on a bent sheet, none negative, no two axes alike.
fn sheet(n: usize) -> Vec<f64> {
    let row = |i: usize| {
        let (t, height) = (3.0 * i as f64 / n as f64, (i * 37 % n) as f64 / n as f64);
        let wave = (i as f64 * 2.3).sin();
        [
            2.0 + 2.0 * t.cos(),
            1.5 + 1.25 * t.sin(),
            1.4 * height,
            0.5 + 0.3 * wave,
            1.0 + 0.2 * (t * height).cos(),
        ]
    };
    (0..n).flat_map(row).collect()
}

fn scaled(values: &[f64], scale: f64) -> Result<Points, PointsError> {
    Points::from_f64(&values.iter().map(|x| x * scale).collect::<Vec<f64>>(), D)
}

type Embed = Box<dyn Fn(&Points) -> Result<Embedding, EmbedError>>;

fn of<M: Fit<Points> + 'static>(method: M) -> Embed {
    Box::new(move |points| Ok(method.fit(points, &Silent)?.as_ref().clone()))
}

fn of_distances<M: Fit<SquareDistances> + 'static>(method: M) -> Embed {
    Box::new(move |points| Ok(method.fit(&SquareDistances::from_points(points), &Silent)?.as_ref().clone()))
}

/// The methods whose coordinates scale with the data, or do not depend on their scale.
fn methods() -> Vec<(&'static str, Embed)> {
    let eight = NonZeroUsize::new(8).unwrap();
    let nearest = Neighbors::Nearest(eight);
    let eigenmaps = || LaplacianEigenmaps::new(2).neighbors(nearest);
    let random = PcaSolver::Randomized { oversampling: 2, power_iterations: 3 };
    let tsne = Tsne::new(2).perplexity(10.0).steps(100);
    vec![
        ("pca", of(Pca::new(2))),
        ("pca svd", of(Pca::new(2).solver(PcaSolver::Svd))),
        ("pca randomized", of(Pca::new(2).solver(random))),
        ("pca whitened", of(Pca::new(2).whiten(true))),
        ("kernel pca linear", of(KernelPca::new(2).kernel(Kernel::Linear))),
        ("factor analysis", of(FactorAnalysis::new(2))),
        ("ica", of(FastIca::new(2))),
        ("ica cube", of(FastIca::new(2).contrast(Contrast::Cube))),
        ("nmf", of(Nmf::new(2))),
        ("nmf multiplicative", of(Nmf::new(2).solver(NmfSolver::Multiplicative))),
        ("mds", of_distances(ClassicalMds::new(2))),
        ("smacof", of_distances(Smacof::new(2))),
        ("smacof non-metric", of_distances(Smacof::new(2).metric(false))),
        ("smacof random", of_distances(Smacof::new(2).start(SmacofStart::Random { restarts: 2 }))),
        ("isomap", of(Isomap::new(2).neighbors(nearest))),
        ("isomap landmarks", of(Isomap::new(2).neighbors(nearest).landmarks(Some(20)))),
        ("isomap of distances", of_distances(Isomap::new(2).neighbors(nearest))),
        ("flow", of(FlowEmbedding::new(2).neighbors(nearest))),
        ("laplacian", of(eigenmaps())),
        (
            "laplacian heat",
            of(eigenmaps().weights(Weights::HeatKernel { sigma: None }).laplacian(Laplacian::Symmetric)),
        ),
        ("lle", of(Lle::new(2).neighbors(eight))),
        ("modified lle", of(Lle::new(2).neighbors(eight).form(LleForm::Modified))),
        ("t-sne", of(tsne.clone())),
        ("sne", of(tsne.clone().degrees_of_freedom(f64::INFINITY))),
        ("t-sne of distances", of_distances(tsne)),
    ]
}

/// The largest difference between the axes of two embeddings at unit size and of the better sign.
fn apart(a: &Embedding, b: &Embedding) -> f64 {
    assert_eq!((a.n(), a.dimensions()), (b.n(), b.dimensions()));
    let axis = |of: &Embedding, axis: usize| -> Vec<f64> {
        let values: Vec<f64> = of.coordinates().iter().skip(axis).step_by(of.dimensions()).copied().collect();
        let largest = values.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
        let length = values.iter().map(|x| (x / largest).powi(2)).sum::<f64>().sqrt();
        values.iter().map(|x| x / largest / length).collect()
    };
    let worst = |at: usize| {
        let (a, b) = (axis(a, at), axis(b, at));
        let by = |sign: f64| a.iter().zip(&b).map(|(a, b)| (a - sign * b).abs()).fold(0.0, f64::max);
        // NaN must not pass for the smaller one.
        if a.iter().chain(&b).all(|x| x.is_finite()) { by(1.0).min(by(-1.0)) } else { f64::INFINITY }
    };
    (0..a.dimensions()).map(worst).fold(0.0, f64::max)
}

/// 2^exponent is near 1e-30, 1e-15, 1e-6, 1e6 and 1e15: only the scale changes, and no rounding.
#[test]
fn scaled_data_are_embedded_as_the_data_are() {
    let values = sheet(N);
    let mut wrong = Vec::new();
    for (name, embed) in methods() {
        let wanted = embed(&scaled(&values, 1.0).unwrap()).unwrap();
        for exponent in [-100, -50, -20, 20, 50] {
            match scaled(&values, 2f64.powi(exponent))
                .map_err(EmbedError::from)
                .and_then(|points| embed(&points))
            {
                Ok(got) if apart(&got, &wanted) < 1e-6 => {}
                Ok(got) => wrong.push(format!("{name}, 2^{exponent}: {:.1e}", apart(&got, &wanted))),
                Err(error) => wrong.push(format!("{name}, 2^{exponent}: {error}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The units of the decimal system: values round anew in each, so chaotic descents are left out.
#[test]
fn decimal_units_change_rounding_only() {
    let values = sheet(N);
    let steady =
        |name: &str| !name.contains("sne") && !name.contains("random") && !name.contains("non-metric");
    for (name, embed) in methods().into_iter().filter(|(name, _)| steady(name)) {
        let wanted = embed(&scaled(&values, 1.0).unwrap()).unwrap();
        for scale in [1e-30, 1e-15, 1e-6, 1e6, 1e15] {
            let got = embed(&scaled(&values, scale).unwrap()).unwrap();
            assert!(apart(&got, &wanted) < 1e-3, "{name}, {scale:e}: {:.1e}", apart(&got, &wanted));
        }
    }
}

/// γ has the unit of 1 / distance²: what suits one scale makes all rows alike or all different on another.
#[test]
fn kernels_that_tell_nothing_are_refused() {
    let values = sheet(N);
    let at = |exponent: i32| scaled(&values, 2f64.powi(exponent)).unwrap();
    let embed = |kernel: Kernel, points: &Points| KernelPca::new(2).kernel(kernel).fit(points, &Silent);
    let rbf = |gamma| Kernel::Rbf { gamma };
    let wanted = embed(rbf(Some(0.2)), &at(0)).unwrap();
    for exponent in [-100, -50, -20, 20, 50] {
        let gamma = Some(0.2 * 2f64.powi(-2 * exponent));
        let same = embed(rbf(gamma), &at(exponent)).unwrap();
        assert!(apart(same.embedding(), wanted.embedding()) < 1e-6, "2^{exponent}");
    }
    // All but flat: the scores of plain PCA.
    let flat = embed(rbf(None), &at(-20)).unwrap();
    let plain = Pca::new(2).fit(&at(0), &Silent).unwrap();
    assert!(apart(flat.embedding(), plain.embedding()) < 1e-2);
    let cubic = Kernel::Polynomial { degree: 3, gamma: None, offset: 1.0 };
    for (kernel, exponent) in
        [(rbf(None), -100), (rbf(None), -50), (rbf(None), 20), (rbf(None), 50), (cubic, -100), (cubic, -50)]
    {
        let refused = embed(kernel, &at(exponent)).map(|model| model.embedding().clone());
        assert!(
            matches!(refused, Err(EmbedError::Setting { setting: "gamma", .. })),
            "{exponent}: {refused:?}"
        );
    }
    let steep = Kernel::Polynomial { degree: 16, gamma: None, offset: 1.0 };
    assert_eq!(embed(steep, &at(50)).map(|_| ()), Err(EmbedError::Overflow));
}

/// Above some size products are taken in 32 bits, whose least number is 1e-38.
#[test]
fn large_tables_of_tiny_numbers() {
    let (n, d) = (2200, 450);
    let value = |at: usize| ((at % d + 1) as f64 * (at / d) as f64 * 0.37).sin() / (1 + at % d) as f64;
    let at = |exponent: i32| {
        let scale = 2f64.powi(exponent);
        Points::from_f64(&(0..n * d).map(|at| value(at) * scale).collect::<Vec<f64>>(), d).unwrap()
    };
    let (usual, tiny) = (at(0), at(-100));
    let linear = KernelPca::new(2).kernel(Kernel::Linear);
    let randomized = Pca::new(2).solver(PcaSolver::Randomized { oversampling: 8, power_iterations: 4 });
    for (name, embed) in [
        ("pca", of(Pca::new(2))),
        ("pca randomized", of(randomized)),
        ("factor analysis", of(FactorAnalysis::new(2).steps(3))),
        ("kernel pca", of(linear)),
    ] {
        let (wanted, got) = (embed(&usual).unwrap(), embed(&tiny).unwrap());
        assert!(apart(&wanted, &got) < 1e-3, "{name}: {:e}", apart(&wanted, &got));
    }
}

/// New rows in the unit of the old ones have their places.
#[test]
fn tiny_parts_place_tiny_rows() {
    for exponent in [-100, -20, 0, 50] {
        let points = scaled(&sheet(N), 2f64.powi(exponent)).unwrap();
        let nmf = Nmf::new(2).fit(&points, &Silent).unwrap();
        assert!(nmf.relative_error() < 0.2, "2^{exponent}: {}", nmf.relative_error());
        assert!(apart(&nmf.transform(&points, &Silent).unwrap(), nmf.embedding()) < 1e-2, "2^{exponent}");
        let factors = FactorAnalysis::new(2).fit(&points, &Silent).unwrap();
        assert_eq!(&factors.transform(&points, &Silent).unwrap(), factors.embedding(), "2^{exponent}");
    }
}

#[test]
fn values_beyond_the_range_are_refused() {
    let refused = scaled(&sheet(N), 1e30);
    assert!(matches!(refused, Err(PointsError::NotFinite { row: 0, column: 0, .. })), "{refused:?}");
}
